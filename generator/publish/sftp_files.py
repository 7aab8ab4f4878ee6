"""Single files on an SFTP server: fetched, put there, named; and the folders that lead to them."""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
from typing import TYPE_CHECKING, cast

import asyncssh  # noqa: TID251 - this is a room for it

from generator.publish.sftp_line import TROUBLE

if TYPE_CHECKING:
    from generator.publish.sftp_line import Line

MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
"""What is answered where there is no such file."""
SETTLING = 1.0
"""Seconds after which it is looked who was last, where a server may have renamed two files to one name."""
PIECE = 1 << 18
"""Bytes after which a transfer shows a sign of life: on a slow line 32 photos at once take their time."""


async def fetch(line: Line, place: str) -> bytes:
    """Return the bytes of a file."""
    async with line.files.open(place, "rb") as source:
        size = (await source.stat()).size or 0
        pieces, start = list[bytes](), 0
        while start < size:
            most = min(PIECE, size - start)
            async with line.room.taken(most):
                piece = cast("bytes", await source.read(most, start))  # since it was opened so
            if not piece:
                break  # somebody made it shorter
            line.pulse.beat()
            pieces.append(piece)
            start += len(piece)
        return b"".join(pieces)


async def put(line: Line, place: str, data: bytes) -> None:
    """Put a new file there. What could not be written whole is removed again if the line still bears it."""
    files = line.files
    try:
        target = await files.open(place, "xb")
    except MISSING:
        # First try, then make the folder: of all files of a site few are the first in theirs.
        await make_folder(files, posixpath.dirname(place))
        target = await files.open(place, "xb")
    whole = False
    try:
        async with target:
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                async with line.room.taken(len(piece)):
                    await target.write(piece, start)
                line.pulse.beat()
        whole = True
    finally:
        if not whole:
            with contextlib.suppress(*TROUBLE):
                await files.remove(place)


async def make_folder(files: asyncssh.SFTPClient, folder: str) -> None:
    """Make a folder with those above it; one that is there is left."""
    try:
        await files.mkdir(folder)
    except MISSING:
        above = posixpath.dirname(folder)
        if above in {"", folder}:
            raise
        await make_folder(files, above)
        with contextlib.suppress(asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
            await files.mkdir(folder)
    except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
        pass  # it is there, or something else is, which the next request will say


async def name_new(line: Line, part: str, place: str, data: bytes) -> bool:
    """Give a whole file, whose bytes are ``data``, another name if that is free, and say whether it was.

    A link, ``hardlink@openssh.com``, takes no name that there is, on no server. A rename should not either (so says
    version 3 of the protocol, which nearly all speak), but some servers do it over what is there: so it is looked
    before, and a moment after it whose file it is. ``part`` may be left under its old name too.
    """
    files = line.files
    with contextlib.suppress(asyncssh.SFTPError):  # the name is taken; or the server, or its disk, knows no links
        await files.link(part, place)
        return True
    if await files.lexists(place):
        return False
    try:
        await files.rename(part, place)
    except asyncssh.SFTPError:
        # Version 3 has no word for "exists".
        if await files.lexists(place):
            return False
        raise
    await asyncio.sleep(SETTLING)
    try:
        return await fetch(line, place) == data
    except MISSING:
        return False
