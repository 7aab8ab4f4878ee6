"""Every file of a folder on an SFTP server: from one command where the server runs commands, else folder by folder.

A site has a folder for each release, and SFTP asks four times for each: 10,000 are 40,000 answers to wait for and to
take apart. ``find`` says the same in one. Its answer counts only if it is whole and about the very folder that SFTP
sees.
"""

from __future__ import annotations

import asyncio
import posixpath
import shlex
from typing import TYPE_CHECKING

import asyncssh  # noqa: TID251 - this is the room for it

from generator.publish.host import CLOSED, Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.publish.sftp_line import Line

_AT_ONCE = 64
"""Folders that are asked about at once. Each is a handle of the server's, and OpenSSH has some hundreds."""
REGULAR = frozenset({asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_UNKNOWN})
"""What a server may call a file of its own."""
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_BROKEN = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost)
"""Errors of the line, which say nothing of the folder that was asked for."""
_LONGEST = 3800
"""Bytes of a folder's path above which OpenSSH's server may keep quiet about what stands in it: names whose whole path
is longer than the 4,096 of Linux are left out of its answer."""
_FIND_SECONDS = 60
_FIND = (
    "cd -- {folder} && printf 'adpim\\0%s\\0' \"$(pwd -P)\""
    " && command -p find . ! -type d -printf '%y %s %T@ %P\\0' && printf end"
)
"""Says which folder it is about, then kind, size, time and name of each file, then that it came to its end.

It is the system's own ``find`` and no other that lies in the user's path: the guard asks it what intruders left there.
"""


async def listing(line: Line, base: str) -> dict[str, Entry]:
    """Return every file below ``base``; links are files. Raises asyncssh's errors."""
    found = await _found(line, base)
    return await _walked(line, base) if found is None else found


async def _found(line: Line, base: str) -> dict[str, Entry] | None:
    """Return what ``find`` found, None where the server runs no commands, or others than we mean."""
    try:
        place = await line.files.realpath(base.encode("utf-8", "surrogateescape"))
        script = _FIND.format(folder=shlex.quote(base))
        answer = await line.connection.run(
            f"/bin/sh -c {shlex.quote(script)}",
            encoding=None,
            stdin=asyncssh.DEVNULL,
            stderr=asyncssh.DEVNULL,
            timeout=_FIND_SECONDS,
        )
    except (asyncssh.ChannelOpenError, asyncssh.ProcessError, asyncssh.SFTPNoSuchFile, asyncssh.SFTPFailure):
        return None
    said = answer.stdout
    assert isinstance(said, bytes)  # since no encoding was asked for
    name, folder, *rows, end = said.split(b"\0") if said.count(b"\0") > 1 else (b"", b"", b"")
    if (name, folder, end) != (b"adpim", place, b"end"):
        return None
    return dict(map(_entry, rows))


def _entry(row: bytes) -> tuple[str, Entry]:
    kind, size, modified, file = row.split(b" ", 3)
    return file.decode("utf-8", "surrogateescape"), Entry(int(size), "", float(modified), is_file=kind == b"f")


async def _walked(line: Line, base: str) -> dict[str, Entry]:
    """Return every file, asked for folder by folder, many at once."""
    found: dict[str, Entry] = {}
    gate = asyncio.Semaphore(_AT_ONCE)

    async def visit(prefix: str) -> None:
        async with gate:
            names = await _names(line, base, prefix)
            line.pulse.beat()
        if names is None:
            found[prefix.rstrip("/")] = CLOSED
        below = []
        for entry in names or ():
            assert isinstance(entry.filename, str)  # since the path was
            if entry.filename in {".", ".."}:
                continue
            file = prefix + entry.filename
            if entry.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                below.append(visit(f"{file}/"))
            else:
                is_file = entry.attrs.type in REGULAR
                found[file] = Entry(entry.attrs.size or 0, "", entry.attrs.mtime, is_file)
        await asyncio.gather(*below)

    await visit("")
    return found


async def _names(line: Line, base: str, prefix: str) -> Sequence[asyncssh.SFTPName] | None:
    """Return what stands in a folder, None where there is no looking into it; into the site's own there must be."""
    path = posixpath.join(base, prefix)
    if prefix and len(path.encode("utf-8", "surrogateescape")) > _LONGEST:
        return None
    try:
        return await line.files.readdir(path)
    except _MISSING:
        # Not there yet, or another has just removed it; but servers call other things so, too.
        return None if prefix and await _is_there(line, base, prefix) else ()
    except _BROKEN:
        raise
    except asyncssh.SFTPError:
        if not prefix:
            raise
        return None


async def _is_there(line: Line, base: str, prefix: str) -> bool:
    """Say whether the folder above lists this one."""
    above, _, name = prefix.rstrip("/").rpartition("/")
    try:
        return any(entry.filename == name for entry in await line.files.readdir(posixpath.join(base, above)))
    except _MISSING:
        return False
