"""A server with SSH as a host: ``sftp://``.

Many calls share one connection: each sends its requests without waiting for those of the others, so that a slow line
costs its delay once for many files and not for each. asyncssh wants an event loop, which runs in a thread of its own;
the threads that call wait for theirs alone.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import posixpath
import threading
from typing import TYPE_CHECKING

import asyncssh  # noqa: TID251 - this is the room for it

from generator.publish.host import LostError, inside, part_name
from generator.publish.secrets import Secret
from generator.publish.sftp_files import MISSING, fetch, make_folder, name_new, put
from generator.publish.sftp_line import TROUBLE, Line, PasswordWantedError, dial, failed, key_refused, read_key
from generator.publish.sftp_listing import REGULAR, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, TypeVar

    from generator.publish.host import Entry
    from generator.publish.secrets import Secrets
    from generator.publish.sftp_line import Pulse
    from generator.publishing import Target

    T = TypeVar("T")

_LAST_SECONDS = 2
"""How long what was given up may take to end."""
_HOME = "/~"
"""How a path begins that counts from the login folder: ``sftp://host/~/situs``, as curl and git have it."""


class SftpHost:
    """``sftp://``: one connection for all calls, made anew by the next call when it broke."""

    lanes = 32
    """With 40 ms of delay each way a thousand files take 17 s; with 16 lanes they take 32 s."""

    def __init__(self, target: Target, secrets: Secrets) -> None:
        """Connect. Raises LostError or RefusedError."""
        self.label = target.label
        self._target = target
        self._secrets = secrets
        self._base = _base(target.path)
        self._renames_over = True
        self._opening = threading.Lock()
        self._line: Line | None = None
        self._loop = asyncio.new_event_loop()
        # When the line breaks, asyncssh leaves requests alone that nobody waits for any more, and asyncio would print
        # a traceback for each. The call to which they belonged has raised its error.
        self._loop.set_exception_handler(lambda _, __: None)
        self._thread = threading.Thread(target=self._loop.run_forever, name="sftp", daemon=True)
        self._thread.start()
        try:
            self._connected()
        except BaseException:
            self.close()
            raise

    def listing(self) -> dict[str, Entry]:
        """Return every file below the folder."""
        return self._do(lambda line: listing(line, self._base))

    def read(self, file: str, most: int | None = None) -> bytes | None:
        """Return the bytes of a file, None if there is none, or none that is regular and has at most so many bytes."""
        place = self._place(file)

        async def read(line: Line) -> bytes | None:
            try:
                if most is not None:
                    facts = await line.files.lstat(place)
                    if facts.type not in REGULAR or (facts.size or 0) > most:
                        return None
                return await fetch(line, place)
            except MISSING:
                return None

        return self._do(read)

    def write(self, file: str, data: bytes) -> None:
        """Put a file there under another name, then give it its own."""
        place = self._place(file)
        part = posixpath.join(posixpath.dirname(place), part_name())

        async def write(line: Line) -> None:
            await put(line, part, data)
            renamed = False
            try:
                await self._rename(line.files, part, place)
                renamed = True
            finally:
                if not renamed:
                    with contextlib.suppress(*TROUBLE):
                        await line.files.remove(part)

        self._do(write)

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put: it gets its name when it is whole."""
        place = self._place(file)
        part = posixpath.join(posixpath.dirname(place), part_name())

        async def create(line: Line) -> bool:
            await put(line, part, data)
            try:
                return await name_new(line, part, place, data)
            finally:
                with contextlib.suppress(*TROUBLE):
                    await line.files.remove(part)

        return self._do(create)

    def remove(self, file: str) -> None:
        """Remove a file and the folders that it leaves empty."""
        place = self._place(file)
        depth = file.count("/")

        async def remove(line: Line) -> None:
            with contextlib.suppress(*MISSING):
                await line.files.remove(place)
            folder = place
            with contextlib.suppress(asyncssh.SFTPError):  # something else stands in it
                for _ in range(depth):
                    folder = posixpath.dirname(folder)
                    await line.files.rmdir(folder)

        self._do(remove)

    def move(self, file: str, target: str) -> None:
        """Rename a file; ``target`` may lie beside the folder."""
        place, goal = self._place(file), posixpath.normpath(posixpath.join(self._base, target))

        async def move(line: Line) -> None:
            await make_folder(line.files, posixpath.dirname(goal))
            await self._rename(line.files, place, goal)

        self._do(move)

    def close(self) -> None:
        """Hang up and end the thread."""
        if self._loop.is_closed():
            return
        line, self._line = self._line, None
        asyncio.run_coroutine_threadsafe(_hang_up(line), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _place(self, file: str) -> str:
        return posixpath.join(self._base, inside(self.label, file))

    def _do(self, work: Callable[[Line], Coroutine[Any, Any, T]]) -> T:
        """Return what ``work`` returns over the line. Raises LostError or RefusedError."""
        line = self._connected()
        try:
            return self._wait(work(line), line.pulse)
        except TROUBLE as error:
            became = failed(self.label, error, line.password)
            if isinstance(became, LostError):
                self._drop(line)
            raise became from None

    def _drop(self, line: Line) -> None:
        """Let the next call connect anew: the file service may have ended alone, with the connection still up."""
        with self._opening:
            if self._line is line:
                self._line = None
                self._loop.call_soon_threadsafe(line.connection.abort)

    def _wait(self, work: Coroutine[Any, Any, T], pulse: Pulse | None = None) -> T:
        """Return what a coroutine returns in the loop; whoever is interrupted meanwhile, interrupts it too.

        Raises TimeoutError when the ``pulse`` stops.
        """
        if pulse is not None:
            pulse.beat()
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            while pulse is not None and not future.done():
                concurrent.futures.wait((future,), max(0.0, pulse.left))
                if pulse.left < 0 and not future.done():
                    raise TimeoutError("timed out")
            return future.result()
        finally:
            future.cancel()
            if pulse is not None:
                pulse.beat()

    def _connected(self) -> Line:
        """Return the line, a new one if there is none or the last one broke."""
        with self._opening:
            if self._line is None or not self._line.is_up:
                self._line = self._dialled()
            return self._line

    def _dialled(self) -> Line:
        """Return a new line. Whatever must be asked of people is asked here, in the thread that calls."""
        target, secrets = self._target, self._secrets
        key = self._key()
        known = secrets.known(target, "PASSWORD")
        try:
            return self._wait(dial(target, key, known))
        except PasswordWantedError:
            return self._wait(dial(target, key, secrets.password(target)))

    def _key(self) -> asyncssh.SSHKey | None:
        """Return the key that site.toml names; its passphrase is asked for if it has one."""
        wrong = (asyncssh.KeyImportError, asyncssh.KeyEncryptionError)
        try:
            return read_key(self._target, Secret(""))
        except wrong as error:
            if "assphrase" not in str(error):
                raise key_refused(self._target, error) from None
        try:
            return read_key(self._target, self._secrets.passphrase(self._target))
        except wrong as error:
            raise key_refused(self._target, error) from None

    async def _rename(self, files: asyncssh.SFTPClient, place: str, goal: str) -> None:
        """Give a file another name, over one that may be there.

        ``posix-rename@openssh.com`` does it in one step, and nearly every server knows it. SFTP's own rename fails
        where there is a file, so that one goes first: for the time of one answer there is none of that name.
        """
        if self._renames_over:
            try:
                await files.posix_rename(place, goal)
            except asyncssh.SFTPOpUnsupported:
                self._renames_over = False
            else:
                return
        with contextlib.suppress(*MISSING):
            await files.remove(goal)
        await files.rename(place, goal)


def _base(path: str) -> str:
    """Return the site's folder as the server is told it."""
    if path == _HOME or path.startswith(f"{_HOME}/"):
        path = path.removeprefix(_HOME).lstrip("/")
    return path or "."


async def _hang_up(line: Line | None) -> None:
    """Close the line, and see what was given up to its end: Python would print what ends with the loop."""
    if line is not None:
        line.connection.close()
        with contextlib.suppress(*TROUBLE):
            await line.connection.wait_closed()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_LAST_SECONDS)
