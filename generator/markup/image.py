"""A picture as Markdown names it: ``![alt](name "title")``."""

from __future__ import annotations

from typing import NamedTuple


class Image(NamedTuple):
    """The name as written, the alternative text, and the title, which the site shows as a caption; "" where none is."""

    name: str
    alt: str
    title: str
