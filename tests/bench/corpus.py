"""The archive that every tool is given, and the changes that are made to it.

adpim reads what `adpim demo` wrote. The others get the same releases with their front matter in their own words;
drafts and withdrawn releases, which only adpim knows, are left out for them.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import yaml  # noqa: TID251 - read as another program would, not by the code that is measured

from generator.intake.demo import releases
from generator.urls import slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BERITA = "content/berita/"
_HEAD = re.compile(r"---\n(.*?)\n---\n\n", re.DOTALL)


class Post(NamedTuple):
    """A release as a tool other than adpim needs it; ``name`` is its path below content/berita/."""

    name: str
    head: dict[str, object]
    body: str
    at: datetime

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slugify(str(self.head["title"]))


class Source(NamedTuple):
    """A release's file: path below the site's folder, and text."""

    name: str
    text: str


def read(source: Source) -> Post | None:
    """Return the release in ``source``, None for a draft or a withdrawn one."""
    match = _HEAD.match(source.text)
    assert match is not None, source.name
    head: dict[str, object] = yaml.load(match[1], yaml.CSafeLoader)  # noqa: S506 - the C form of safe_load
    if "draft" in head or "withdrawn" in head:
        return None
    return Post(source.name.removeprefix(BERITA), head, source.text[match.end() :], moment(head["date"]))


def moment(value: object) -> datetime:
    """Return a date of front matter as a moment in the site's zone, written without one."""
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - each tool adds its zone
    return datetime.strptime(str(value), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - as above


def sources(root: Path) -> Iterator[Source]:
    """Yield the releases of the demo site in ``root``, oldest file first."""
    for path in sorted((root / BERITA).rglob("*.md")):
        yield Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def as_yaml(head: dict[str, object]) -> str:
    """Return front matter between its rulers; JSON values are YAML."""
    lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items())
    return f"---\n{lines}---\n\n"


def plain_head(post: Post) -> dict[str, object]:
    """Return the front matter with moments and days as text, and without a key that holds nothing."""

    def text(value: object) -> object:
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, list):
            return [text(item) for item in value]
        if isinstance(value, dict):
            return {key: text(item) for key, item in value.items()}
        return value

    return {key: text(value) for key, value in post.head.items() if key != "date"}


def hugo(post: Post) -> str:
    """Return a release for Hugo: dates are taxonomies too, so that their lists are made and paged like topics."""
    head = {"date": post.at.isoformat(), "slug": post.slug, **plain_head(post)}
    renamed = {{"tags": "topik"}.get(key, key): value for key, value in head.items()}
    for key, pattern in (("tahun", "%Y"), ("bulan", "%Y/%m"), ("hari", "%Y/%m/%d")):
        renamed[key] = [post.at.strftime(pattern)]
    return as_yaml(renamed) + post.body
