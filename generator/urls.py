"""Every URL rule of the site, once.

A *path* here is the site's own address of a page: it starts with ``/``, is ASCII, and ends with ``/`` for a page. A
*file* is where that page stands below output/. Both are safe on every file system and web server: lower case letters,
digits, hyphens and dots only.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

if TYPE_CHECKING:
    from datetime import date

MAX_SLUG = 120
"""Characters in a slug: room for a long headline, and far below the 255 bytes of a file name."""

MAX_PATH = 1000
"""Characters in a path that somebody wrote: far below the 4096 bytes that systems take."""

HOME, TOPICS, ARCHIVE, CORRECTIONS = "/", "/topik/", "/arsip/", "/koreksi/"
ATOM, RSS, JSON_FEED = "/atom.xml", "/rss.xml", "/feed.json"
MANIFEST = "/manifest.json"
SITEMAP_INDEX, SITEMAP_NEWS, SITEMAP_PAGES = "/sitemap.xml", "/sitemap-news.xml", "/sitemap-halaman.xml"

# Letters that Unicode does not take apart into a Latin letter and a mark.
_TRANSLITERATION = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
# Names that Windows keeps for devices: a folder cannot bear them there.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = "'’‘ʼ`"
_NO_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)


def _is_unseen(sign: str) -> bool:
    """Say whether a sign is a mark on its letter, or one that is never shown, such as a soft hyphen."""
    return unicodedata.combining(sign) != 0 or unicodedata.category(sign) == "Cf"


def slugify(text: str) -> str:
    """Return the address form of a title or topic: ``"Jum'at Bersih & Sehat"`` → ``jumat-bersih-sehat``.

    Applying it twice changes nothing. The result is "" when the text holds no letter or digit that can be written in
    ASCII, and never longer than MAX_SLUG (cut at a word where there is one).
    """
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize(
            "NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_TRANSLITERATION)
        )
        # What is not seen vanishes; a dash or another sign that is not ASCII still parts two words.
        folded = "".join(c if c.isascii() or c in _APOSTROPHES else "" if _is_unseen(c) else " " for c in folded)
    slug = _NOT_SLUG.sub("-", folded.translate(_NO_APOSTROPHES)).strip("-")
    if len(slug) > MAX_SLUG:
        head, _, _ = slug[: MAX_SLUG + 1].rpartition("-")
        slug = head or slug[:MAX_SLUG]
    return f"{slug}-x" if slug in _DEVICES else slug


def release_path(day: date, slug: str) -> str:
    """Return ``/YYYY/MM/slug/``, the address form of the office's present site."""
    return f"/{day.year:04}/{day.month:02}/{slug}/"


def release_text_path(release: str) -> str:
    """Return where the plain text of the release at path ``release`` is served."""
    return f"{release}rilis.txt"


# Names that carry a hash of what is in them

_RELEASE = "[0-9]{4}/[0-9]{2}/[^/]+/"
HASHED = "|".join(
    (
        r"static/.+\.[0-9a-f]{8}(?:\.[^./]*)?",
        rf"(?:{_RELEASE})?kartu\.[0-9a-f]{{12}}\.png",
        rf"{_RELEASE}[a-z0-9-]+-[a-z0-9]+\.[0-9a-f]{{8}}\.(?:avif|jpg|webp|zip)",
    )
)
"""The files below output/ whose addresses never mean other bytes: a pattern that Python, Apache and nginx read alike.

They are those of ``static_path``, ``share_card_path`` and ``photo_file_path``, in the places where these stand: an old
address of a release may look the same anywhere else, and changes. Readers keep such a file for ever.
"""
_HASHED = re.compile(HASHED)


def is_hashed(file: str) -> bool:
    """Say whether a ``file`` below output/ carries a hash of what is in it, so that it may be kept for ever."""
    return _HASHED.fullmatch(file) is not None


def static_path(name: str, digest: str) -> str:
    """Return where the file ``name`` of templates/static/ is served: ``style.css`` → ``/static/style.1a2b3c4d.css``.

    ``digest`` are eight hexadecimal digits of its bytes'. A name without an ending ends with them.
    """
    folder, slash, last = name.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    return f"/static/{folder}{slash}{stem}.{digest}.{ending}" if dot else f"/static/{name}.{digest}"


def share_card_path(page: str, digest: str) -> str:
    """Return where the share card of the page at path ``page`` is served.

    ``digest``, twelve hexadecimal digits, stands for all that it is made of.
    """
    return f"{page}kartu.{digest}.png"


def year_path(day: date) -> str:
    """Return ``/YYYY/``."""
    return f"/{day.year:04}/"


def month_path(day: date) -> str:
    """Return ``/YYYY/MM/``."""
    return f"/{day.year:04}/{day.month:02}/"


def day_path(day: date) -> str:
    """Return ``/YYYY/MM/DD/``."""
    return f"/{day.year:04}/{day.month:02}/{day.day:02}/"


def topic_path(slug: str) -> str:
    """Return ``/topik/slug/``."""
    return f"{TOPICS}{slug}/"


def topic_feed_path(slug: str) -> str:
    """Return ``/topik/slug/atom.xml``."""
    return f"{TOPICS}{slug}/atom.xml"


def topic_letter_path(letter: str) -> str:
    """Return ``/arsip/topik/p/``: below ``/topik/`` a topic could have that address."""
    return f"{ARCHIVE}topik/{letter}/"


def page_path(slug: str) -> str:
    """Return ``/slug/``, the address of a standing page."""
    return f"/{slug}/"


def numbered_path(front: str, number: int) -> str:
    """Return the address of numbered page ``number`` (1 is the oldest) of the list whose front page is ``front``."""
    return f"{front}halaman/{number}/"


def sitemap_month_path(day: date) -> str:
    """Return ``/sitemap-YYYY-MM.xml``."""
    return f"/sitemap-{day.year:04}-{day.month:02}.xml"


def file_of(path: str) -> str:
    """Return the file below output/ that serves ``path``: ``/topik/`` → ``topik/index.html``."""
    file = path.lstrip("/")
    return f"{file}index.html" if not file or file.endswith("/") else file


def could_be_day(slug: str) -> bool:
    """Say whether a release with this slug would stand where the page of a day stands or may come to stand."""
    return bool(re.fullmatch(r"\d{1,2}", slug))


_OWN = re.compile(r"/(topik|arsip|koreksi|static)/.*|/\d{4}/(\d\d/(\d\d/)?)?(halaman/\d+/)?")


def could_be_own(path: str) -> bool:
    """Say whether ``path`` is one at which the site itself has a page, picture or card, or may come to have one."""
    return _OWN.fullmatch(path) is not None or is_hashed(file_of(path))


# Nothing here has a meaning of its own in an .htaccess pattern's quotes or an nginx map.
_ALIAS_PART = re.compile(r"[A-Za-z0-9_~+,=@!().-]+")


def clean_alias(alias: str, base_url: str) -> str | None:
    """Return an old address as a path of this site, or None where it cannot be one.

    Takes ``/lama/berita.html``, ``lama/berita`` or the whole address on this site. Escapes are undone first, so that
    ``%2e%2e`` is seen for what it is; a query, another host, ``..``, a backslash or a control character is refused.
    """
    text = alias.strip()
    if base_url and f"{text}/".startswith(f"{base_url}/"):
        text = text[len(base_url) :]
    text = unquote(text)
    if not text or text.startswith("//") or len(text) > MAX_PATH or re.search(r"[\\:?#%\x00-\x20\x7f]", text):
        return None
    parts = [part for part in text.split("/") if part]
    for part in parts:
        stem = part.split(".")[0].lower()
        if (
            part.startswith(".")  # also what the site keeps for itself and its server: .htaccess, .well-known
            or part.endswith(".")
            or len(part) > 200
            or stem in _DEVICES
            or not _ALIAS_PART.fullmatch(part)
        ):
            return None
    if not parts:
        return None
    is_file = re.fullmatch(r".+\.[A-Za-z0-9]{1,5}", parts[-1]) is not None and not text.endswith("/")
    return "/" + "/".join(parts) + ("" if is_file else "/")


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


def is_elsewhere(address: str) -> bool:
    """Say whether an address names its own scheme or host, or a place in the same page: it is left as it is."""
    # What begins with one slash is a path of this site, as nearly all are.
    return (address[:1] != "/" or address[1:2] == "/") and _SCHEME.match(address) is not None


# Whole addresses and paths in which nothing has to be resolved.
_RESOLVED = re.compile(r"(?:https?://[a-z0-9.-]+)?(?:/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)*/?")


def joined(here: str, address: str) -> str:
    """Return the whole address of ``address`` as a page at ``here`` refers to it, as ``urljoin`` does.

    Of most there is nothing to resolve: these take a sixth of the time.
    """
    if not address or _RESOLVED.fullmatch(address) is None:
        return urljoin(here, address)
    return here[: here.index("/", len("https://"))] + address if address[0] == "/" else address


def clean_photo_name(name: str) -> str | None:
    """Return a picture's name as a relative path with ``/``, or None where it could leave its folder.

    Escapes are not undone: a picture's name is a file's name. An absolute path, a drive, ``..``, a backslash, a control
    character, a device's name or a part that is too long for a file system is refused.
    """
    if (
        not 0 < len(name) <= MAX_PATH
        or re.search(r"[\\:*?\"<>|\x00-\x1f\x7f]", name)
        or name.startswith("/")
        or "%2e" in name.lower()
    ):
        return None
    parts = name.split("/")
    for part in parts:
        if not part.strip(". ") or len(part.encode()) > 250 or part.split(".")[0].lower() in _DEVICES:
            return None
    return "/".join(parts)


def photo_path(release: str, name: str) -> str:
    """Return where the picture ``name`` of the release at path ``release`` is served."""
    stem, _, suffix = name.rpartition("/")[2].rpartition(".")
    kind = {"jpeg": "jpg"}.get(suffix.lower(), suffix.lower())
    return f"{release}{slugify(stem) or 'foto'}.{slugify(kind) or 'jpg'}"


def photo_file_path(base: str, label: str, mark: str, ending: str) -> str:
    """Return where one file of a picture is served: ``/2026/11/x/bimtek-960.1a2b3c4d.webp``.

    ``mark``, eight hexadecimal digits, stands for all that the file is made from.
    """
    return f"{base}-{label}.{mark}.{ending}"
