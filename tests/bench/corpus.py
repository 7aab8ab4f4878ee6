"""The archive that every tool is given, and the releases by which it is changed.

adpim reads what `adpim demo` wrote. The others get the same releases with their front matter in their own words;
drafts and withdrawn releases, which only adpim knows, are left out for them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import yaml

from generator.intake.demo import releases
from generator.urls import slugify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BERITA = "content/berita/"
AHEAD = 100
"""Releases behind the archive's last among which one with four tags is looked for."""
_HEAD = re.compile(r"---\n(.*?)\n---\n\n", re.DOTALL)


class Source(NamedTuple):
    """A release's file: path below the site's folder, and text."""

    name: str
    text: str


class Post(NamedTuple):
    """A release as tools other than adpim need it; ``name`` is its path below content/berita/."""

    name: str
    head: dict[str, object]
    body: str
    at: datetime

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slugify(str(self.head["title"]))

    @property
    def path(self) -> str:
        """Its address."""
        return f"/{self.at:%Y/%m}/{self.slug}/"


class Changes(NamedTuple):
    """What is done to the archive: a release that is added, and one from its middle that is edited and deleted."""

    new: Source
    old: Source


def make(adpim: Sequence[str], count: int, work: Path) -> Path:
    """Return the folder of a demo site of ``count`` releases in ``work``, made now unless it is there."""
    root = work / f"corpus-{count}"
    if not root.exists():
        beside = work / f"corpus-{count}.part"
        shutil.rmtree(beside, ignore_errors=True)
        subprocess.run([*adpim, "demo", str(count), str(beside)], check=True, stdout=subprocess.DEVNULL)
        beside.rename(root)
    return root


def changes(root: Path, count: int) -> Changes:
    """Return the changes for the archive of ``count`` releases in ``root``."""
    ahead = (Source(name, text) for name, text in islice(releases(count + AHEAD), count, None))
    new = next(source for source in ahead if (post := read(source)) is not None and tags(post) == 4)
    files = sorted((root / BERITA).rglob("*.md"))
    middle = (_source(root, path) for path in files[len(files) // 2 :])
    old = next(source for source in middle if (post := read(source)) is not None and tags(post) == 4)
    return Changes(new, old)


def edited(source: Source, mark: int) -> Source:
    """Return the release with a sentence more, another for each ``mark``."""
    return source._replace(text=f"{source.text}\nCONTOH suntingan nomor {mark}.\n")


def sources(root: Path) -> Iterator[Source]:
    """Yield the releases of the demo site in ``root``."""
    for path in sorted((root / BERITA).rglob("*.md")):
        yield _source(root, path)


def _source(root: Path, path: Path) -> Source:
    return Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def read(source: Source) -> Post | None:
    """Return the release in ``source``, None for a draft or a withdrawn one."""
    match = _HEAD.match(source.text)
    assert match is not None, source.name
    head = yaml.load(match[1], yaml.CSafeLoader)
    if "draft" in head or "withdrawn" in head:
        return None
    at = _moment(head.pop("date"))
    return Post(source.name.removeprefix(BERITA), _plain(head), source.text[match.end() :], at)


def tags(post: Post) -> int:
    """Return the number of topics of a release."""
    its = post.head.get("tags", [])
    return len(its) if isinstance(its, list) else 0


def _moment(value: object) -> datetime:
    """Return a date of front matter; the site's zone is what each tool adds."""
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - as the docstring says
    return datetime.strptime(str(value), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - as the docstring says


def _plain(head: dict[str, object]) -> dict[str, object]:
    """Return front matter with days as text, as JSON has them."""

    def text(value: object) -> object:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, list):
            return [text(item) for item in value]
        if isinstance(value, dict):
            return {key: text(item) for key, item in value.items()}
        return value

    return {key: text(value) for key, value in head.items()}
