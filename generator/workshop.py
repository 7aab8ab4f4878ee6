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


class Workshop:
    """Makes Outputs with one kit and stages them; ``bodies`` gives the HTML of a source file."""

    def __init__(self, kit: Kit, bodies: Bodies) -> None:
        self.kit = kit
        # A release's page and its plain text are made one after the other: one look at the ledger serves both.
        latest = lru_cache(maxsize=1)(bodies)
        self._maker = Maker(kit.root, kit.site, (kit.folders, kit.assets), kit.work / "templates", latest)

    def make(self, task: Task) -> Done:
        """Make an Output and stage its bytes. Raises OutputError."""
        output = task.output
        staging = self.kit.staging
        try:
            if "bundle" in output.inputs:
                staged = staging.put_large(output.file, partial(self._maker.write, output), task.number)
            else:
                staged = staging.put(output.file, self._maker.bytes_of(output), task.number)
        except ContentError as error:
            return Done(output.file, "", error.problems)
        return Done(output.file, staged)


def compile_templates(site: Site, folders: tuple[Path, ...], assets: tuple[Asset, ...], cache: Path) -> None:
    """Compile the templates for whoever makes Outputs later. Raises what Jinja2 raises where one is no template."""
    from generator.render.renderer import Renderer  # noqa: PLC0415 - as above

    Renderer(site, folders, assets, str, cache).compile_all()


def make_piece(kit: Kit, tasks: Sequence[Task]) -> list[Done]:
    """Make some Outputs in a process that does nothing else and ends with the build."""
    return [_workshop(kit).make(task) for task in tasks]


@lru_cache(maxsize=1)
def _workshop(kit: Kit) -> Workshop:
    return Workshop(kit, partial(read_body, open_bodies(kit.ledger)))
