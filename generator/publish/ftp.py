"""A folder on a host that speaks FTP: with TLS (``ftps``), or on purpose in the clear (``ftp``)."""

from __future__ import annotations

import contextlib
import ftplib  # noqa: TID251 - this is the room for it
import posixpath
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from generator.publish.ftp_access import access_to
from generator.publish.ftp_claim import alone_at, is_taken, standing
from generator.publish.ftp_line import TROUBLE, can_say
from generator.publish.ftp_lines import Lines
from generator.publish.ftp_listing import UnreadableError
from generator.publish.ftp_refusals import answering
from generator.publish.host import CLOSED, PART, Entry, inside, part_name
from generator.publish.refusals import denied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.ftp_line import Line
    from generator.publish.ftp_listing import Listed
    from generator.publish.secrets import Secrets
    from generator.publishing import Target

TOGETHER = 128
"""Folders that one line is asked for at a glance before another line may have the next ones."""
LANES = 4
"""Transfers at once, each on a line of its own; with the one that is kept free for the lock that makes five lines. Many
a shared host bears eight for a user, and the user's other programs want some."""
_HERE = "~/"
"""How a folder begins that stands below the one where the login ends up, as for ``sftp``."""


class FtpHost:
    """``ftps://`` and ``ftp://``. Lines are made as they are needed, one for each transfer at once.

    ``quick``: a glance at a folder is enough where the server grants one. It tells names and sizes, which is what one
    publishes by, but not when a file was changed, and may miss what somebody hides.
    """

    lanes = LANES

    def __init__(self, target: Target, secrets: Secrets, *, quick: bool = False) -> None:
        self.label = target.label
        self._together = TOGETHER if quick else 1
        self._quick = quick
        self._access = access_to(target, secrets)
        self._lines = Lines(self._access, LANES)
        self._known: set[str] = set()
        """Folders that stand there."""
        with self._line() as line:
            self._home = line.pwd() or "/"
        path = target.path.lstrip("/")
        below_home = not path or path == "~" or path.startswith(_HERE)
        self._base = posixpath.join(self._home, path.removeprefix("~").lstrip("/")) if below_home else f"/{path}"
        self._base = self._base.rstrip("/") or "/"
        self._below = self._base.rstrip("/") + "/"

    def listing(self) -> dict[str, Entry]:
        """Return every file below the folder; folders are asked for several at once."""
        found: dict[str, Entry] = {}
        to_ask = [""]
        over = threading.Event()
        with ThreadPoolExecutor(self.lanes) as threads, contextlib.ExitStack() as leaving:
            leaving.callback(over.set)  # Ctrl-C and errors wait for one folder of each line, and not for all of them
            asked: dict[Future[list[Listed | None]], list[str]] = {}
            while to_ask or asked:
                size = min(self._together, -(-len(to_ask) // self.lanes))
                while to_ask and len(asked) < self.lanes:
                    some, to_ask = to_ask[:size], to_ask[size:]
                    asked[threads.submit(self._folders, some, over)] = some
                for answer in wait(asked, return_when=FIRST_COMPLETED).done:
                    for prefix, listed in zip(asked.pop(answer), answer.result(), strict=True):
                        if listed is None:
                            if self._is_closed(prefix, over):
                                found[prefix.rstrip("/")] = CLOSED
                            continue
                        if listed.unread:
                            # A line of the site's own folder stands for itself, under a name that no other line has.
                            found[prefix.rstrip("/") or f"\n{listed.unread}"] = CLOSED
                        found.update({prefix + name: entry for name, entry in listed.items if entry is not None})
                        to_ask += [f"{prefix}{name}/" for name, entry in listed.items if entry is None]
        return found

    def read(self, file: str, most: int | None = None) -> bytes | None:
        """Return the bytes of a file, None if there is none, or it has more than ``most``.

        Servers themselves open nothing but files.
        """
        path = self._path(file)
        with self._line(file) as line:
            try:
                if most is not None and (line.length(path) or 0) > most:
                    return None
                return line.fetch(path)
            except ftplib.error_perm:
                # 550 may mean either, and what stands behind it is in every server's own words.
                there = standing(line, path)
                if there is None:
                    return None
                is_file = there.entry is not None and there.entry.is_file
                if most is None or (is_file and is_taken(line, path)):
                    raise
                return None

    def write(self, file: str, data: bytes) -> None:
        """Put a file there under another name, and give it its own when all of it has arrived."""
        path = self._path(file)
        with self._line(file) as line:
            self._put(line, path, data)

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put."""
        path = self._path(file)
        with self._line(file) as line:
            self._make(line, posixpath.dirname(path))
            with alone_at(line, path):
                is_free = not is_taken(line, path)
                if is_free:
                    self._put(line, path, data)
            return is_free

    def remove(self, file: str) -> None:
        """Remove a file and the folders that it leaves empty."""
        path = self._path(file)
        with self._line(file) as line:
            try:
                line.delete(path)
            except ftplib.error_perm:
                if line.length(path) is not None:
                    raise
            folder = posixpath.dirname(path)
            while folder != self._base:
                try:
                    line.rmd(folder)
                except ftplib.error_perm:
                    break  # something else stands in it
                self._known.discard(folder)
                folder = posixpath.dirname(folder)

    def move(self, file: str, target: str) -> None:
        """Rename a file; ``target`` may lie beside the folder if the login reaches that far up."""
        goal = posixpath.normpath(posixpath.join(self._base, target))
        ups = target.split("/").count("..")
        if ups > self._base.strip("/").count("/") + bool(self._base.strip("/")):
            raise denied(self.label, target)
        path = self._path(file)
        with self._line(file) as line:
            self._make(line, posixpath.dirname(goal))
            self._rename(line, path, goal)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()

    def _path(self, file: str) -> str:
        return self._below + inside(self.label, file)

    def _folders(self, prefixes: list[str], over: threading.Event) -> list[Listed | None]:
        """Return what stands in each folder below the site's own, which is "" here; the others end in a slash.

        None stands for one that is not there, or about which there is no asking. Once nobody wants to know any more,
        it is ``over``, and the long way is gone for no further folder.
        """
        paths = [self._path(prefix.rstrip("/")) if prefix else self._base for prefix in prefixes]
        with self._line() as line:
            found: list[Listed | None] = [None] * len(paths)
            if self._quick:
                together = self._together
                try:
                    found = line.glances(paths)
                except TROUBLE:
                    # It may be one that does not like to be asked for several, or like that at all: the next tries are
                    # for one at a time, and then in the long way.
                    self._together, self._quick = 1, self._quick and together > 1
                    raise
            for number, path in enumerate(paths):
                if found[number] is None and not over.is_set():
                    found[number] = self._folder(line, path)
            return found

    def _folder(self, line: Line, path: str) -> Listed | None:
        """Return what stands in a folder in the long way, None as above.

        One name must not end the whole listing. Only of the site's own folder it is told if it cannot be read at all.
        """
        if path == self._base:
            listed = line.folder(path)
            if listed is not None and listed.unread and not listed.items:
                raise UnreadableError(listed.unread)
            return listed
        if not can_say(path):
            return None
        try:
            return line.folder(path)
        except ftplib.error_perm:
            return None

    def _is_closed(self, prefix: str, over: threading.Event) -> bool:
        """Say whether a folder that could not be entered is there all the same.

        ``prefix`` is "" for the site's own, which need not be there yet.
        """
        above, _, name = prefix.rstrip("/").rpartition("/")
        listed = self._folders([f"{above}/" if above else ""], over)[0] if prefix else None
        return listed is not None and any(item.name == name for item in listed.items)

    def _put(self, line: Line, path: str, data: bytes) -> None:
        folder = posixpath.dirname(path)
        part = posixpath.join(folder, part_name())
        self._make(line, folder)
        try:
            self._store(line, part, data)
            self._rename(line, part, path)
        except (ftplib.error_perm, ftplib.error_temp):
            # Where the disk is full, each try would leave there what had still found room.
            with contextlib.suppress(*TROUBLE):
                line.delete(part)
            raise

    def _store(self, line: Line, part: str, data: bytes) -> None:
        try:
            line.store(part, data)
        except ftplib.error_perm:
            # Another transfer may have removed the folder since it was last seen.
            folder = posixpath.dirname(part)
            self._known.discard(folder)
            self._make(line, folder)
            line.store(part, data)

    def _rename(self, line: Line, path: str, goal: str) -> None:
        """Rename a file over another one, in one step where the server can."""
        try:
            line.rename(path, goal)
        except ftplib.error_perm:
            if line.length(goal) is None or line.length(path) is None:
                raise
        else:
            return
        # Microsoft's server and others rename over nothing. The old file steps aside first and is removed last, so that
        # it can come back if the new one is refused; in between, for two replies, there is none.
        aside = posixpath.join(posixpath.dirname(goal), part_name())
        line.rename(goal, aside)
        try:
            line.rename(path, goal)
        except ftplib.error_perm:
            line.rename(aside, goal)
            raise
        line.delete(aside)

    def _make(self, line: Line, folder: str) -> None:
        """Make a folder with those above it, unless it stands there."""
        if folder in self._known or folder in {"", "/"}:
            return
        try:
            line.cwd(folder)
        except ftplib.error_perm:
            self._make(line, posixpath.dirname(folder))
            try:
                line.mkd(folder)
            except ftplib.error_perm:
                line.cwd(folder)  # another thread was first
        self._known.add(folder)

    @contextlib.contextmanager
    def _line(self, file: str = "") -> Iterator[Line]:
        """Give a line to one thread for a while; what goes wrong becomes LostError or RefusedError.

        ``file`` is what travels on it. One of the site may travel for longer than a lock holds, which must be renewed
        meanwhile; the program's own are small, as a list of files is.
        """
        is_small = not file or posixpath.basename(file).startswith(PART)
        with answering(self._access), self._lines.one(is_small=is_small) as line:
            yield line
