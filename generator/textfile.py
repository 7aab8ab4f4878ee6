"""From bytes to text: UTF-8 with any line ends, with or without a byte order mark, or a Problem naming the byte."""

from __future__ import annotations

from generator.errors import ContentError, Message, Problem, message

MAX_FILE = 1_000_000
"""Bytes in one file: a long release has 20,000; more than this is a picture pasted as text, or no release at all."""


def _problem(path: str, line: int, what: Message, fix: Message, text: str = "") -> ContentError:
    return ContentError([Problem(path, line, what, fix, text.strip()[:200])])


def decode(data: bytes, path: str) -> str:
    r"""Return the text of a file in UTF-8, without byte order mark and with ``\n`` line ends.

    Raises ContentError naming the byte where another encoding shows.
    """
    save_as = message('Save the file as "UTF-8" (in Notepad: Save As, Encoding: UTF-8).')
    if len(data) > MAX_FILE:
        # Whoever read the file stopped at the limit, so its whole size is not known here.
        what = message("The file is larger than {limit} bytes.", limit=MAX_FILE)
        raise _problem(path, 1, what, message("Was a picture pasted into the text? Put it beside the file as a photo."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(data):
        raise _problem(path, 1, message("The file is in UTF-16, not UTF-8 (byte {offset}).", offset=0), save_as)
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        row = (_rows(data[:offset])[-1] + _rows(data[offset:])[0]).decode("cp1252", "replace")
        what = message(
            "The file is not valid UTF-8 at byte {offset} (0x{byte}); it looks like Windows-1252.",
            offset=offset,
            byte=f"{data[offset]:02X}",
        )
        raise _problem(path, len(_rows(data[:offset])), what, save_as, row) from None
    if "\0" in text:
        offset = data.index(b"\0")
        what = message("The file contains a NUL byte at byte {offset}: it is not plain text.", offset=offset)
        row = (_rows(data[:offset])[-1] + _rows(data[offset:])[0]).decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        raise _problem(path, len(_rows(data[:offset])), what, save_as, row)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _looks_like_utf16(data: bytes) -> bool:
    """Say whether every second byte of the beginning is NUL, as in Latin text in UTF-16 without a byte order mark."""
    head = data[:64]
    return b"\0" in head and len(head) > 3 and any(half and not half.strip(b"\0") for half in (head[::2], head[1::2]))


def _rows(data: bytes) -> list[bytes]:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
