"""What the bar says of a page: whose file it is, who may see it when, what is wrong with it and with the site."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from generator.article import Article
from generator.assets import template_folders
from generator.clock import State, state
from generator.errors import Message, Problem, message
from generator.i18n import Moment, say, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from generator.page import Page
    from generator.preview.desk import Desk, Shown
    from generator.preview.libraries import Look

AROUND = 3
"""Lines shown above and below the one with the mistake."""
MOST = 100
"""Problems that are listed; with more, something else is wrong."""


def facts(desk: Desk, look: Look, shown: Shown, elsewhere: Iterable[Problem], language: str) -> dict[str, Any]:
    """Return what the bar shows, ready for JSON.

    ``shown`` is the page, ``elsewhere`` are problems of the site that no single file holds, texts are in ``language``.
    """
    with desk.lock:
        now = desk.now
        entry = desk.archive.entries.get(shown.source)
        problems = [*desk.site_problems, *chain(*desk.press.problems.values())]
        for each in desk.archive.entries.values():
            problems += each.problems
        for found in desk.pictures.problems.values():
            problems += found
        unseen = {a.card.url: a for a in desk.archive.articles if state(a, now) in {"draft", "embargo", "expired"}}
        draft_pages = [page for page in desk.archive.pages if page.draft]
    problems = list(dict.fromkeys((*problems, *elsewhere)))
    parsed = (entry.parsed or entry.unfinished) if entry is not None else None
    standing, words = _standing(parsed, now, language)
    marks = {url: _mark(state(article, now), article, language) for url, article in unseen.items()}
    marks |= {page.url: say(message("Draft"), language) for page in draft_pages}
    base = desk.site.base_path
    return {
        "number": desk.number,
        "source": shown.source,
        "file": str(desk.root / shown.source) if shown.source else "",
        "state": standing,
        "words": words,
        "found": shown.found,
        "look": _look(look, language),
        "now": f"{now:%Y-%m-%dT%H:%M}",
        "base": base,
        "marks": {base + url: mark for url, mark in marks.items()},
        "host": desk.site.base_url.partition("//")[2],
        "problems": [_problem(problem, language) for problem in problems[:MOST]],
        "count": len(problems),
        "here": [_problem(p, language) | {"rows": rows_around(desk.root, p)} for p in shown.problems],
        "whole": shown.body is not None,
    }


def _look(look: Look, language: str) -> dict[str, Any]:
    if look.at is None:
        return {"staff": look.staff, "at": "", "words": ""}
    return {"staff": look.staff, "at": f"{look.at:%Y-%m-%dT%H:%M}", "words": timestamp(Moment(look.at), language)}


def _standing(parsed: Article | Page | None, now: datetime, language: str) -> tuple[State | str, str]:
    """Return the state of a page by its name and in words; "" for what is neither a release nor a standing page."""
    if parsed is None:
        return "", ""
    if not isinstance(parsed, Article):
        return ("draft", say(_DRAFT, language)) if parsed.draft else ("public", say(_PUBLIC, language))
    standing = state(parsed, now)
    words = {
        "draft": _DRAFT,
        "embargo": message("Under embargo: it is published on {when}.", when=timestamp(parsed.released, language)),
        "expired": _EXPIRED if parsed.expires is None else _ended(parsed.expires, language),
        "withdrawn": message("Withdrawn: the page says so, and no list shows it."),
        "public": message("Public since {when}.", when=timestamp(parsed.released, language)),
    }[standing]
    text = say(words, language)
    if standing == "public" and parsed.expires is not None:
        text += " " + say(message("It ends on {when}.", when=timestamp(parsed.expires, language)), language)
    return standing, text


_DRAFT = message('Draft: nobody sees it until the line "draft: true" is deleted.')
_PUBLIC = message("Public.")
_EXPIRED = message("Its time is over.")


def _ended(expires: Moment, language: str) -> Message:
    return message("Its time was over on {when}.", when=timestamp(expires, language))


def _mark(standing: State, article: Article, language: str) -> str:
    if standing == "embargo":
        return say(message("Embargo until {when}", when=timestamp(article.released, language)), language)
    return say(message("Draft") if standing == "draft" else message("Expired"), language)


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "what": say(problem.what, language),
        "fix": say(problem.fix, language),
        "text": problem.text,
        "severity": problem.severity,
    }


def rows_around(root: Path, problem: Problem) -> list[dict[str, Any]]:
    """Return the lines around the one that a problem names, each with its number; none where it names no line."""
    if not problem.line:
        return []
    kind, _, name = problem.path.partition("/")
    files = [root / problem.path]
    if kind == "templates":
        files = [folder / name for folder in template_folders(root)]
    for file in files:
        try:
            rows = file.read_text("utf-8-sig", "replace").splitlines()
        except OSError:
            continue
        first = max(1, problem.line - AROUND)
        numbered = enumerate(rows[first - 1 : problem.line + AROUND], first)
        return [{"line": number, "text": row[:300], "here": number == problem.line} for number, row in numbered]
    return []
