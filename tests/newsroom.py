"""A small newsroom for tests: files inline, one build, the output as a dict."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from generator.build import Report, build
from generator.config import Site, load_site
from generator.errors import ContentError, Problem
from generator.fields import parse_moment
from generator.gather import Order
from generator.manuscript import Parsed, parse_article

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from generator.errors import Message

SITE = """\
title = "Biro CONTOH"
base_url = "https://contoh.example"
office = "Biro CONTOH"
organization = "Biro Percontohan"
cards_from = 2100-01-01
"""
BELOW = SITE.count("\n") + 1
"""The line of what is written below SITE."""
NOW = "2026-11-24 10:00"


class Quiet:
    """A Progress that nobody watches."""

    def stage(self, what: Message, total: int) -> None:
        """Say nothing."""

    def step(self, steps: int = 1, name: str = "") -> None:
        """Say nothing."""


def release(title: str = "CONTOH", date: str = "2026-11-01", body: str = "Isi CONTOH.", **keys: str) -> str:
    """Return the text of a release's file; ``keys`` are further lines of front matter, as YAML."""
    rows = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\ntitle: {title}\ndate: {date}\n{rows}---\n\n{body}\n"


def read(text: str | bytes, source: str = "content/berita/a.md") -> Parsed:
    """Read one release of the site SITE, without building anything."""
    return parse_article(text.encode() if isinstance(text, str) else text, source, site())


@lru_cache(maxsize=1)
def site() -> Site:
    """Return the Site of SITE."""
    with TemporaryDirectory() as folder:
        return load_site(Newsroom(Path(folder)).root)


def refusals(text: str | bytes) -> tuple[Problem, ...]:
    """Read one release, which must fail, and return the problems."""
    try:
        read(text)
    except ContentError as error:
        return error.problems
    raise AssertionError("the release was read")


class Newsroom:
    """A site below ``root`` with a site.toml, ready to be written to and built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write({"content/site.toml": SITE})

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write ``files`` (path below the root → text or bytes)."""
        for name, text in files.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)

    def release(self, name: str, text: str | bytes) -> None:
        """Write one file in content/berita/."""
        self.write({f"content/berita/{name}": text})

    def build(self, now: str = NOW, **options: object) -> Report:
        """Build as the clock stands at ``now``; options are the other fields of an Order."""
        site = load_site(self.root)
        moment = parse_moment(now, site.zone)
        assert moment is not None
        return build(Order(self.root, site, moment.at, **options), Quiet())  # type: ignore[arg-type] # passed through

    def problems(self, now: str = NOW) -> tuple[Problem, ...]:
        """Build, which must fail, and return the problems."""
        try:
            self.build(now)
        except ContentError as error:
            return error.problems
        raise AssertionError("the build did not fail")

    def files(self) -> dict[str, bytes]:
        """Return every file below output/ but the manifest, with its bytes."""
        output = self.root / "output"
        return {
            path.relative_to(output).as_posix(): path.read_bytes()
            for path in sorted(output.rglob("*"))
            if path.is_file() and path.name != ".adpim-manifest"
        }

    def photo(self, name: str, ending: str = "jpg") -> str:
        """Return the one file below output/ of a photo that is called ``name`` before the mark of its content."""
        pattern = re.compile(rf"(?:.*/)?{re.escape(name)}\.[0-9a-f]{{8}}\.{ending}")
        (file,) = (file for file in self.files() if pattern.fullmatch(file))
        return file

    def text(self, file: str) -> str:
        """Return the text of one file below output/."""
        return (self.root / "output" / file).read_text(encoding="utf-8")


def png(width: int = 2, height: int = 2, grey: int = 128) -> bytes:
    """Return the bytes of a small grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 0, 0, 0, 0))
    rows = (b"\0" + bytes([grey]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def at(text: str, zone: str = "Asia/Pontianak") -> datetime:
    """Return the moment that ``text`` names."""
    moment = parse_moment(text, ZoneInfo(zone))
    assert moment is not None
    return moment.at
