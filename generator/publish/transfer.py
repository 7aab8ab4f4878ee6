"""Files on their way to a host: several at once, each noted before and after, with a copy of what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.errors import OutputError, Problem, message
from generator.publish.manifest import digest_of
from generator.publish.patience import each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from generator.errors import Message
    from generator.publish.copies import Copies
    from generator.publish.host import Host
    from generator.publish.journal import Journal
    from generator.publish.lock import HostLock
    from generator.publish.manifest import File
    from generator.publish.patience import Stop


class Progress(Protocol):
    """Who watches a transfer; several threads call."""

    def sending(self, what: Message, files: int, size: int) -> None:
        """Say that ``files`` of ``size`` bytes together are about to travel."""

    def sent(self, size: int) -> None:
        """Say that one of them, of ``size`` bytes, has."""


class Tools(NamedTuple):
    """What a transfer works with: ``copies`` is None where none are kept."""

    host: Host
    lock: HostLock
    journal: Journal
    copies: Copies | None
    progress: Progress
    stop: Stop


class Transfer:
    """Sends files to a host and removes files there.

    ``source`` gives a file's bytes; ``files`` are those that are wanted, ``before`` those that will be replaced or
    removed, as far as they are to be kept. ``is_kept`` says of which files a copy is kept when they are sent, so that
    it need not be fetched when they are replaced.
    """

    def __init__(
        self,
        tools: Tools,
        source: Callable[[str], bytes],
        files: Mapping[str, File],
        before: Mapping[str, File | None],
        is_kept: Callable[[str], bool],
    ) -> None:
        self._tools, self._source, self._files, self._before = tools, source, files, before
        self._is_kept = is_kept

    def send(self, stages: Iterable[Iterable[str]]) -> None:
        """Send the files of each stage, one stage after the other. Raises HostError, OutputError, StoppedError."""
        for stage in stages:
            each(stage, self._send, self._tools.host.lanes, self._tools.stop)

    def remove(self, *stages: Iterable[str]) -> None:
        """Remove the files of each stage, one stage after the other. Raises HostError, OutputError, StoppedError."""
        for stage in stages:
            each(stage, self._remove, self._tools.host.lanes, self._tools.stop)

    def _send(self, file: str) -> None:
        host, wanted = self._tools.host, self._files[file]
        data = self._source(file)
        if digest_of(data) != wanted.digest:
            what = message("This file changed while it was being published.")
            raise OutputError([Problem(file, 0, what, message("Run the command again."))])
        self._tools.lock.hold()
        self._keep(file)
        self._tools.journal.tries(file, wanted)
        host.write(file, data)
        self._tools.journal.puts(file)
        if self._tools.copies is not None and self._is_kept(file):
            self._tools.copies.keep(wanted.digest, data)
        self._tools.progress.sent(len(data))

    def _remove(self, file: str) -> None:
        self._tools.lock.hold()
        self._keep(file)
        self._tools.host.remove(file)
        self._tools.progress.sent(0)

    def _keep(self, file: str) -> None:
        """Keep a copy of what is about to be replaced or removed."""
        copies, before = self._tools.copies, self._before.get(file)
        if copies is None or before is None or copies.holds(before.digest):
            return
        data = self._tools.host.read(file)
        if data is not None and digest_of(data) == before.digest:
            copies.keep(before.digest, data)
