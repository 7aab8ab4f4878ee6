"""What kind of file each file of a site is, for web servers: from a table, since systems keep none or a wrong one.

Source: IANA's media types; RFC 9239 for JavaScript, RFC 4287 for Atom, RFC 5334 for Ogg, RFC 6350 for vCard, RFC 7946
for GeoJSON. Icons and WAV go by what browsers call them: Chromium does not know IANA's audio/vnd.wave (RFC 2361).
"""

from __future__ import annotations

from typing import NamedTuple

_TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "manifest.json": "application/manifest+json; charset=utf-8",
    "aac": "audio/aac",
    "avif": "image/avif",
    "conf": "text/plain; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "geojson": "application/geo+json; charset=utf-8",
    "gif": "image/gif",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "ics": "text/calendar; charset=utf-8",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "m4a": "audio/mp4",
    "mjs": "text/javascript; charset=utf-8",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rar": "application/vnd.rar",
    "rtf": "application/rtf",
    "svg": "image/svg+xml; charset=utf-8",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json; charset=utf-8",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml; charset=utf-8",
    "zip": "application/zip",
}


def media_type(file: str) -> str:
    """Return the media type of a file below output/ by its name, with the charset where it is text."""
    name = file.rpartition("/")[2].lower()
    return _TYPES.get(name) or _TYPES.get(name.rpartition(".")[2]) or "application/octet-stream"


def is_text(file: str) -> bool:
    """Say whether a file below output/ is text by its name, and so worth compressing."""
    return ";" in media_type(file)


class Kind(NamedTuple):
    """One media type, as a web server's table lists it: ``text/css`` and the ``names`` of its files.

    ``names`` are suffixes without their dot, or whole names. ``is_text`` says that its charset is UTF-8 and that it is
    worth compressing: pictures, fonts and archives are compressed already.
    """

    type: str
    names: tuple[str, ...]
    is_text: bool


def kinds(*, whole: bool) -> tuple[Kind, ...]:
    """Return the table by media type: that of suffixes, or that of ``whole`` names, which go before suffixes."""
    names: dict[str, list[str]] = {}
    for name, full in _TYPES.items():
        if ("." in name) == whole:
            names.setdefault(full, []).append(name)
    return tuple(Kind(full.partition(";")[0], tuple(of), ";" in full) for full, of in sorted(names.items()))
