"""Where an Output becomes bytes, in this process or another, and is staged for the output folder."""

from __future__ import annotations

import contextlib
import io
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from generator.assets import Asset, read_template
from generator.errors import ContentError, Problem
from generator.ledger import open_bodies, read_body
from generator.output import PICTURES
from generator.photo import Bundle, Rendition
from generator.picture_cache import PictureCache
from generator.sharing import ShareCard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import IO

    from generator.config import Site
    from generator.output import Staging
    from generator.photos import Counter
    from generator.plan import Output

    Bodies = Callable[[str], str]


class Task(NamedTuple):
    """An Output to be made; its number is its own in this build."""

    number: int
    output: Output


class Done(NamedTuple):
    """A made Output: where its bytes wait ("" if the folder holds exactly these), or why it could not be made."""

    file: str
    staged: str
    problems: tuple[Problem, ...] = ()


class Kit(NamedTuple):
    """All that a process needs to make Outputs of one build."""

    root: Path
    site: Site
    folders: tuple[Path, ...]
    assets: tuple[Asset, ...]
    work: Path
    ledger: Path
    staging: Staging


class Maker:
    """Makes the bytes of Outputs; ``bodies`` gives the HTML of a source file, ``cache`` is for compiled templates."""

    def __init__(
        self, root: Path, site: Site, templates: tuple[tuple[Path, ...], tuple[Asset, ...]], cache: Path, bodies: Bodies
    ) -> None:
        from generator.render.renderer import Renderer  # noqa: PLC0415 - Jinja2's 60 ms, which a build without work saves

        self._root = root
        self._pictures = PictureCache(root / PICTURES)
        self._renderer = Renderer(site.in_templates, *templates, bodies, cache)

    def bytes_of(self, output: Output) -> bytes:
        """Return the bytes of an Output. Raises ContentError."""
        asset, rendition, drawing = map(output.inputs.get, ("asset", "rendition", "drawing"))
        if isinstance(asset, Asset):
            return read_template(asset.file, f"static/{asset.name}")
        if isinstance(drawing, ShareCard):
            return self._card(drawing)
        if isinstance(rendition, Rendition):
            with _told(output):
                return self._counter.bytes_of(rendition)
        if "bundle" in output.inputs:
            target = io.BytesIO()
            self.write(output, target)
            return target.getvalue()
        return self._renderer.render(output)

    def write(self, output: Output, target: IO[bytes]) -> None:
        """Write the bytes of a ZIP of photos, of which no two need be held at once. Raises ContentError."""
        bundle = output.inputs["bundle"]
        assert isinstance(bundle, Bundle)
        with _told(output):
            self._counter.write(bundle, target)

    @cached_property
    def _counter(self) -> Counter:
        from generator.photos import Counter  # noqa: PLC0415 - 8 ms, which a build without photos saves

        return Counter(self._root, self._pictures)

    def _card(self, card: ShareCard) -> bytes:
        from generator.sharecards import card_key, draw, words_on  # noqa: PLC0415 - as above

        words = words_on(card)
        key = card_key(words)
        data = self._pictures.get(key)
        if data is None:
            data = draw(words)
            self._pictures.put(key, data)
        return data


@contextlib.contextmanager
def _told(output: Output) -> Iterator[None]:
    """Tell as a Problem of the release why a picture of it could not be made; it was whole a moment ago."""
    from generator.photos import RefusedError  # noqa: PLC0415 - as above

    try:
        yield
    except RefusedError as error:
        raise ContentError([Problem(output.source, 0, *error.refusal)]) from None


BODIES = 64
"""Bodies of releases that a workshop has at hand: a release's page and its plain text need the same."""


class Workshop:
    """Makes Outputs with one kit and stages them; ``bodies`` gives the HTML of a source file."""

    def __init__(self, kit: Kit, bodies: Bodies) -> None:
        self.kit = kit
        at_hand = lru_cache(maxsize=BODIES)(bodies)
        self._maker = Maker(kit.root, kit.site, (kit.folders, kit.assets), kit.work / "templates", at_hand)

    def make(self, task: Task) -> Done:
        """Make an Output and stage its bytes. Raises OutputError."""
        output = task.output
        try:
            if "bundle" in output.inputs:
                write = partial(self._maker.write, output)
                return Done(output.file, self.kit.staging.put_large(output.file, write, task.number))
            return self._stage(task, self._maker.bytes_of(output))
        except ContentError as error:
            return Done(output.file, "", error.problems)

    def make_all(self, tasks: Sequence[Task]) -> list[Done]:
        """Do the same for some Outputs, in any order: pages first, one template after the other, then all are staged.

        A processor that does one thing for a while does it quicker: an eighth of the time of a build from nothing.
        Pictures may be large, so each is staged at once.
        """
        pages = sorted((task for task in tasks if task.output.template), key=lambda task: task.output.template)
        made = [self._page(task) for task in pages]
        done = [
            self._stage(task, page) if isinstance(page, bytes) else page for task, page in zip(pages, made, strict=True)
        ]
        return done + [self.make(task) for task in tasks if not task.output.template]

    def _page(self, task: Task) -> bytes | Done:
        try:
            return self._maker.bytes_of(task.output)
        except ContentError as error:
            return Done(task.output.file, "", error.problems)

    def _stage(self, task: Task, data: bytes) -> Done:
        return Done(task.output.file, self.kit.staging.put(task.output.file, data, task.number))


def compile_templates(site: Site, folders: tuple[Path, ...], assets: tuple[Asset, ...], cache: Path) -> None:
    """Compile the templates for whoever makes Outputs later. Raises what Jinja2 raises where one is no template."""
    from generator.render.renderer import Renderer  # noqa: PLC0415 - as above

    Renderer(site, folders, assets, str, cache).compile_all()


def make_piece(kit: Kit, tasks: Sequence[Task]) -> list[Done]:
    """Make some Outputs in a process that does nothing else and ends with the build."""
    return _workshop(kit).make_all(tasks)


@lru_cache(maxsize=1)
def _workshop(kit: Kit) -> Workshop:
    return Workshop(kit, partial(read_body, open_bodies(kit.ledger)))
