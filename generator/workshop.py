"""Where an Output becomes bytes, in this process or another, and is staged for the output folder."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from generator.article import Picture
from generator.assets import Asset, read_template
from generator.errors import ContentError, Problem, message
from generator.ledger import open_bodies, read_body
from generator.output import WORK_FOLDER
from generator.photos import make_picture
from generator.picture_cache import PictureCache
from generator.sharecards import card_key, draw, words_on
from generator.sharing import ShareCard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from generator.config import Site
    from generator.output import Staging
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
        self._pictures = PictureCache(root / WORK_FOLDER / "pictures")
        self._renderer = Renderer(site.in_templates, *templates, bodies, cache)

    def bytes_of(self, output: Output) -> bytes:
        """Return the bytes of an Output. Raises ContentError."""
        asset, picture, drawing = map(output.inputs.get, ("asset", "picture", "drawing"))
        if isinstance(asset, Asset):
            return read_template(asset.file, f"static/{asset.name}")
        if isinstance(picture, Picture):
            return self._picture(picture, output.source)
        if isinstance(drawing, ShareCard):
            return self._card(drawing)
        return self._renderer.render(output)

    def _picture(self, picture: Picture, source: str) -> bytes:
        try:
            return make_picture(self._root / picture.file, picture.photo.url)
        except (OSError, ValueError, SyntaxError):
            # It was whole when it was measured, a moment ago.
            what = message('The picture "{name}" is damaged or is no picture.', name=picture.file)
            fix = message("Open it in a picture program and save it as JPEG.")
            raise ContentError([Problem(source, 0, what, fix)]) from None

    def _card(self, card: ShareCard) -> bytes:
        words = words_on(card)
        key = card_key(words)
        data = self._pictures.get(key)
        if data is None:
            data = draw(words)
            self._pictures.put(key, data)
        return data


class Workshop:
    """Makes Outputs with one kit and stages them; ``bodies`` gives the HTML of a source file."""

    def __init__(self, kit: Kit, bodies: Bodies) -> None:
        self._kit = kit
        # A release's page and its plain text are made one after the other: one look at the ledger serves both.
        latest = lru_cache(maxsize=1)(bodies)
        self._maker = Maker(kit.root, kit.site, (kit.folders, kit.assets), kit.work / "templates", latest)

    def make(self, task: Task) -> Done:
        """Make an Output and stage its bytes. Raises OutputError."""
        output = task.output
        try:
            data = self._maker.bytes_of(output)
        except ContentError as error:
            return Done(output.file, "", error.problems)
        return Done(output.file, self._kit.staging.put(output.file, data, task.number))


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
