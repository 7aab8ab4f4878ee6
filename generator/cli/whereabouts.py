"""Which site a command is about, what time it is, and how a command ends."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import show
from generator.errors import NewsroomError, Problem, UsageError, message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from generator.config import Site

WELL, PROBLEMS, WRONG_USAGE = 0, 1, 2
"""Exit codes."""


def find_root(named: str | None) -> Path:
    """Return the site's folder: the one ``named``, else this one or the nearest above it that holds a site."""
    if named is not None:
        if not (folder := Path(named).resolve()).is_dir():
            fix = message("Name the folder that holds content/.")
            raise UsageError([Problem(named, 0, message("There is no such folder."), fix)])
        return folder
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "content" / "site.toml").is_file()), here)


def site_root() -> Path:
    """Return the site's folder for the command that runs: --root may stand before or behind its name."""
    context = click.get_current_context()
    here = context.params.get("root")
    above = context.parent.params.get("root") if context.parent else None
    return find_root(here if here is not None else above)


def read_clock(written: str | None, site: Site) -> datetime:
    """Return the build's one ``now`` in the site's zone: the clock's, or the moment ``written`` with --now."""
    from datetime import UTC, datetime  # noqa: PLC0415 - late, as everything that `--help` does not need

    from generator.fields import parse_moment  # noqa: PLC0415 - as above

    if written is None:
        return datetime.now(UTC).astimezone(site.zone)  # noqa: TID251 - this is the edge
    moment = parse_moment(written, site.zone)
    if moment is None:
        what = message('"{text}" is not a moment.', text=written)
        fix = message('Write for example --now "2026-12-04 08:00".')
        raise UsageError([Problem("--now", 0, what, fix)])
    return moment.at


@contextlib.contextmanager
def speaking(language: str, *, as_json: bool) -> Iterator[None]:
    """Tell problems as JSON, if that is what is spoken; else they are told where all are."""
    try:
        yield
    except NewsroomError as error:
        if not as_json:
            raise
        show.problems_json(error.problems, language)
        raise SystemExit(WRONG_USAGE if isinstance(error, UsageError) else PROBLEMS) from None
