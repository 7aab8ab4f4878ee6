"""The one orchestration: read, plan, check, render, write, report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.assets import Asset, find_assets, template_folders
from generator.checks.addresses import check_addresses
from generator.clock import Change, next_change, state
from generator.content import Content, read_content
from generator.errors import ContentError, Message, Problem, message
from generator.library import Library
from generator.output import WORK_FOLDER, Changes, Folder, choose_folder
from generator.photos import find_pictures, make_picture
from generator.plan import Output, plan
from generator.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.article import Picture
    from generator.config import Site


class Progress(Protocol):
    """Who watches a build."""

    def stage(self, what: Message, total: int) -> None:
        """Say that a stage of ``total`` steps begins (0: nobody knows how many)."""

    def step(self) -> None:
        """Say that one step is done."""


class Report(NamedTuple):
    """What a build did: counts of what is public, what changed in the folder, and what the clock will change next."""

    folder: Path
    releases: int
    topics: int
    changes: Changes
    next_change: Change | None
    warnings: tuple[Problem, ...]


_ORDER = {"asset": 0, "page": 1, "list": 2}


def build(
    root: Path, site: Site, now: datetime, progress: Progress, *, output: Path | None = None, clean: bool = False
) -> Report:
    """Build the site of ``root`` as it is at ``now``.

    Raises ContentError with every problem, OutputError or UsageError; the published pages are then as they were.
    """
    target = choose_folder(root, output)
    folders = template_folders(root)
    assets = find_assets(folders)
    progress.stage(message("Reading"), 0)
    content = read_content(root, site, progress.step)
    pictures = _pictures(root, content, now)
    library = Library(site, content.articles, content.pages, now, pictures)
    outputs = list(plan(library, assets))
    _stop_at_errors(content, outputs, now)
    renderer = Renderer(site, folders, assets, content.bodies.__getitem__)
    folder = Folder(target, root / WORK_FOLDER)
    progress.stage(message("Writing"), len(outputs))
    try:
        for output_ in outputs:
            data = make(output_, root, renderer)
            if not folder.holds(output_.file, data):
                folder.stage(output_.file, data)
            progress.step()
        changes = folder.publish({o.file: _ORDER[o.stage] for o in outputs}, {o.file for o in outputs})
    finally:
        folder.close()
    return Report(
        folder=target,
        releases=len(library.releases),
        topics=len(library.topics),
        changes=changes,
        next_change=next_change(content.articles, now),
        warnings=tuple(content.problems),
    )


def make(output: Output, root: Path, renderer: Renderer) -> bytes:
    """Return the bytes of one Output."""
    asset, picture = output.inputs.get("asset"), output.inputs.get("picture")
    if isinstance(asset, Asset):
        return asset.file.read_bytes()
    if picture is not None:
        return make_picture(root / picture.file, picture.photo.url)
    return renderer.render(output)


def _pictures(root: Path, content: Content, now: datetime) -> dict[str, tuple[Picture, ...]]:
    """Find the pictures of all that is or will be public; what a draft still lacks is no problem yet."""
    pictures = {}
    for article in content.articles:
        if article.photos and state(article, now) not in {"draft", "expired"}:
            try:
                pictures[article.source] = find_pictures(root, article)
            except ContentError as error:
                content.problems.extend(error.problems)
    return pictures


def _stop_at_errors(content: Content, outputs: list[Output], now: datetime) -> None:
    site_files = [output.file for output in outputs if not output.source and output.template != "redirect.html"]
    content.problems.extend(check_addresses(content.articles, content.pages, site_files, now))
    content.problems.sort(key=lambda p: (p.severity, p.path, p.line))
    if any(problem.severity == "error" for problem in content.problems):
        raise ContentError(content.problems)
