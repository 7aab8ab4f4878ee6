"""All that a plan is made of but the clock, gathered from the disk: for a build, and for the preview.

What was read before is taken from the ledger, and what had to be read anew is remembered at once, even if what follows
should fail.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.assets import find_assets, template_folders
from generator.clock import state
from generator.content import Content, Errand, Reading, read_content, read_one, read_piece
from generator.due import Sources
from generator.errors import ContentError, Message, Problem, message
from generator.output import WORK_FOLDER
from generator.photos import Measures, find_pictures
from generator.render.closure import Closures, Names
from generator.signature import drive_clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.article import Picture
    from generator.config import Site
    from generator.crew import Crew
    from generator.ledger import Ledger


class Progress(Protocol):
    """Who watches a build."""

    def stage(self, what: Message, total: int) -> None:
        """Say that a stage of ``total`` steps begins."""

    def step(self) -> None:
        """Say that one step is done."""


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


def gather(order: Order, ledger: Ledger, crew: Crew, progress: Progress) -> Sources:
    """Read content/ and look at the templates: all that a plan is made of but the clock."""
    moment = drive_clock(order.root / WORK_FOLDER)
    content = _read(order, ledger, crew, progress, moment)
    pictures = _pictures(order, content, ledger, moment)
    folders = template_folders(order.root)
    assets = find_assets(folders)
    closures = Closures(folders, assets, ledger.recall("names", _NO_NAMES))
    return Sources(order.site, content, pictures, folders, assets, closures)


_NO_NAMES: dict[bytes, Names] = {}


def _read(order: Order, ledger: Ledger, crew: Crew, progress: Progress, moment: int) -> Content:
    """Read what changed in content/ and remember it, even if what follows should fail."""
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

    content = read_content(order.root, known, read, ledger.keep_body, moment)
    content.problems.extend(order.problems)
    if content.changed:
        changed = {place: content.shards.get(place, {}) for place in content.changed}
        ledger.save_sources(changed, content.gone, context)
    return content


def _pictures(order: Order, content: Content, ledger: Ledger, moment: int) -> dict[str, tuple[Picture, ...]]:
    """Find the pictures of all that is or will be public; what a draft still lacks is no problem yet."""
    measures = Measures(ledger.recall("pictures", {}), moment)
    pictures = {}
    for article in (*content.articles, *content.unfinished):
        if article.photos and state(article, order.now) not in {"draft", "expired"}:
            try:
                pictures[article.source] = find_pictures(order.root, article, measures)
            except ContentError as error:
                content.problems.extend(error.problems)
    if measures.taken:
        ledger.keep("pictures", measures.used)
    return pictures
