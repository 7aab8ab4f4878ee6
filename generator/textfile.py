"""From bytes to text: UTF-8 with any line ends and with or without a byte order mark, or a Problem that names the byte."""

from __future__ import annotations

from generator.errors import ContentError, Message, Problem, message

MAX_FILE = 1_000_000
"""Bytes in one file: a long release has 20,000; more than this is a picture pasted as text, or no release at all."""


def _problem(path: str, line: int, what: Message, fix: Message, text: str = "") -> ContentError:
    return ContentError([Problem(path, line, what, fix, text.strip()[:200])])


def decode(data: bytes, path: str) -> str:
    """Return the text of a file in UTF-8, without byte order mark and with ``\\n`` line ends.

    Raises ContentError naming the byte where another encoding shows.
    """
    save_as = message('Save the file as "UTF-8" (in Notepad: Save As, Encoding: UTF-8).')
    if len(data) > MAX_FILE:
        what = message("The file has {size} bytes; at most {limit} are taken.", size=len(data), limit=MAX_FILE)
        raise _problem(path, 1, what, message("Was a picture pasted into the text? Put it beside the file as a photo."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _problem(path, 1, message("The file is in UTF-16, not UTF-8 (byte {offset}).", offset=0), save_as)
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        before = data[:offset].replace(b"\r\n", b"\n")
        what = message(
            "The file is not valid UTF-8 at byte {offset} (0x{byte}); it looks like Windows-1252.",
            offset=offset,
            byte=f"{data[offset]:02X}",
        )
        row = data[data.rfind(b"\n", 0, offset) + 1 :].split(b"\n", 1)[0].decode("cp1252", "replace")
        raise _problem(path, before.count(b"\n") + 1, what, save_as, row) from None
    if "\0" in text:
        offset = data.index(b"\0")
        what = message("The file contains a NUL byte at byte {offset}: it is not plain text.", offset=offset)
        raise _problem(path, data[:offset].count(b"\n") + 1, what, save_as)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
