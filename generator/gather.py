"""All that a plan is made of but the clock, gathered from the disk: for a build, and for the preview.

What was read before is taken from the ledger, and what had to be read anew is remembered at once, even if what follows
should fail.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.assets import find_assets, template_folders
from generator.clock import state
from generator.content import Content, find_all, read_content
from generator.due import Sources
from generator.errors import Message, Problem, message
from generator.output import PICTURES, WORK_FOLDER
from generator.picture_cache import PictureCache
from generator.reading import Errand, Reading, read_one, read_piece
from generator.render.closure import Closures, Names
from generator.signature import drive_clock
from generator.site_file import SITE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.config import Site
    from generator.content import Found
    from generator.crew import Crew
    from generator.ledger import Ledger
    from generator.photo import Picture
    from generator.photos import Errand as Look
    from generator.photos import Facts, Refusal


class Progress(Protocol):
    """Who watches a build."""

    def stage(self, what: Message, total: int) -> None:
        """Say that a stage of ``total`` steps begins."""

    def step(self, steps: int = 1, name: str = "") -> None:
        """Say that ``steps`` are done, and the ``name`` of what was done last where each takes a while."""


class Order(NamedTuple):
    """What a build is asked for: whose site, as it is when, where to, and how.

    ``problems`` are those of site.toml, to be told with all others; ``output`` is output/ below the root if None;
    ``clean`` forgets the last build; ``jobs`` is how many processes may work, as many as there are cores if None.
    """

    root: Path
    site: Site
    now: datetime
    problems: tuple[Problem, ...] = ()
    output: Path | None = None
    clean: bool = False
    jobs: int | None = None


class Glance(NamedTuple):
    """What stands in content/, and what the drive's clock said before it was looked at."""

    found: Found
    moment: int


def look_ahead(root: Path, ledger: Ledger, crew: Crew) -> Callable[[], Glance]:
    """Begin to look at content/; to see 10,000 files takes as long as to remember what was read from them."""
    return crew.aside(_glance, root, items=ledger.count_bodies())


def _glance(root: Path) -> Glance:
    moment = drive_clock(root / WORK_FOLDER)
    return Glance(find_all(root), moment)


def gather(order: Order, hands: tuple[Ledger, Crew, Progress], looking: Callable[[], Glance]) -> Sources:
    """Read content/ and look at the templates: all that a plan is made of but the clock.

    ``looking`` is what ``look_ahead`` returned.
    """
    ledger = hands[0]
    content, moment = _read(order, hands, looking)
    pictures = _pictures(order, content, hands, moment)
    folders = template_folders(order.root)
    assets = find_assets(folders)
    closures = Closures(folders, assets, ledger.recall("names", _NO_NAMES))
    return Sources(order.site, content, pictures, folders, assets, closures)


_NO_NAMES: dict[bytes, Names] = {}


def _read(order: Order, hands: tuple[Ledger, Crew, Progress], looking: Callable[[], Glance]) -> tuple[Content, int]:
    """Read what changed in content/ and remember it, even if what follows should fail."""
    ledger, crew, progress = hands
    context = order.site.reading_context
    known = ledger.shards()
    if ledger.recall("context", None) != context:
        known = {place: {n: r._replace(signature=None) for n, r in shard.items()} for place, shard in known.items()}

    def read(errands: list[Errand]) -> Iterator[Reading]:
        progress.stage(message("Reading"), len(errands))
        one = partial(read_one, order.root, order.site)
        for reading in crew.do(errands, one, partial(read_piece, order.root, order.site)):
            progress.step()
            yield reading

    found, moment = looking()
    content = read_content(found, known, read, ledger.keep_body, moment)
    content.problems.extend(order.problems)
    if content.changed:
        changed = {place: content.shards.get(place, {}) for place in content.changed}
        ledger.save_sources(changed, content.gone, context)
    return content, moment


def _pictures(
    order: Order, content: Content, hands: tuple[Ledger, Crew, Progress], moment: int
) -> dict[str, tuple[Picture, ...]]:
    """Find the pictures of all that is or will be public; what a draft still lacks is no problem yet."""
    ledger, crew, progress = hands
    wanted = [
        article
        for article in (*content.articles, *content.unfinished)
        if article.photos and state(article, order.now) not in {"draft", "expired"}
    ]
    if not wanted:
        return {}
    from generator.photos import Measures, Studio, look_at_piece  # noqa: PLC0415 - 8 ms, which a site without photos saves

    studio = Studio(order.root, PictureCache(order.root / PICTURES), order.site.photos)
    if refusal := studio.refusal():
        content.problems.append(Problem(SITE_FILE, 0, *refusal))
        return {}
    measures = Measures(order.root, order.site.photos, ledger.recall("pictures", {}), moment)

    def look(errands: list[Look]) -> Iterator[Facts | Refusal]:
        progress.stage(message("Photos"), len(errands))
        done = crew.do(errands, studio.look_and_make, partial(look_at_piece, studio), heavy=True)
        for errand, facts in zip(errands, done, strict=True):
            progress.step(name=errand.name)
            yield facts

    found = measures.find(wanted, look)
    for problems in found.problems.values():
        content.problems.extend(problems)
    if measures.taken:
        ledger.keep("pictures", measures.used)
    return found.pictures
