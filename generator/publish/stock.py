"""Our own files as they were published, from where this machine still has them: output/, or the copies of a publish."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from generator.publish.coding import as_stored
from generator.publish.manifest import digest_of, is_safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.publish.manifest import File


class Stock:
    """Bytes by what the manifest says of them; nothing else is believed to be ours."""

    def __init__(self, output: Path, copy_of: Callable[[str], bytes | None]) -> None:
        """``output`` is the built site; ``copy_of`` returns the kept copy of this digest, if there is one."""
        self._output = output
        self._copy_of = copy_of

    def bytes_of(self, file: str, wanted: File) -> bytes | None:
        """Return the bytes of ``file`` as they were published, None where this machine has them no more.

        Text that another zlib compressed then, and of which there is no copy, comes as this one compresses it.
        """
        built = self._built(file, wanted)
        if built is not None and digest_of(built) == wanted.digest:
            return built
        data_kept = self._copy_of(wanted.digest)
        return data_kept if data_kept is not None and digest_of(data_kept) == wanted.digest else built

    def _built(self, file: str, wanted: File) -> bytes | None:
        """Return what output/ has of the file as it would be stored, None where that is not what was published."""
        if is_safe(file):
            path = self._output / file
            with contextlib.suppress(OSError):
                if wanted.text or path.stat().st_size == wanted.size:
                    data = path.read_bytes()
                    return as_stored(data, wanted) if digest_of(data) == wanted.content else None
        return None
