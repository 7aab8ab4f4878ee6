"""What stands in the output folder before a build touches it, told by how it differs from what was left there.

Nearly always it differs in nothing: to bring home from another process what 27,000 files look like takes a hundredth of
a second, and to compare them there nothing.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.errors import OutputError, Problem, message
from generator.signature import Signature, signature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Signed(Protocol):
    """What is remembered of a file that was written."""

    @property
    def signature(self) -> Signature:
        """How it was left."""


class Survey(NamedTuple):
    """How a folder differs from what was left there.

    ``others`` are files (a link is one) that are new there or not as they were left, with their signatures; ``gone``
    are files that were left and are no more there; ``folders`` are all folders, without their last slash.
    """

    others: dict[str, Signature]
    gone: set[str]
    folders: set[str]

    def holds(self, file: str, left: Mapping[str, Signed]) -> bool:
        """Say whether ``file`` stands there, with the same ``left`` as the survey was given."""
        return file in self.others or (file in left and file not in self.gone)


def survey(folder: Path, left: Mapping[str, Signed]) -> Survey:
    """Look at everything below ``folder``, where ``left`` was left. Raises OutputError where it cannot be read."""
    found = Survey({}, {*left}, set())
    places = [("", str(folder))]
    while places:
        prefix, path = places.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        found.folders.add(prefix + entry.name)
                        places.append((f"{prefix}{entry.name}/", entry.path))
                    else:
                        with contextlib.suppress(FileNotFoundError):  # it went away while we looked
                            _compare(prefix + entry.name, signature(entry.stat(follow_symlinks=False)), left, found)
        except FileNotFoundError:
            continue
        except OSError as error:
            what = message("The folder cannot be read: {error}.", error=error.strerror or error)
            raise OutputError([Problem(path, 0, what, message("Check the folder's permissions."))]) from None
    return found


def _compare(file: str, now: Signature, left: Mapping[str, Signed], found: Survey) -> None:
    found.gone.discard(file)
    if (was := left.get(file)) is None or was.signature != now:
        found.others[file] = now
