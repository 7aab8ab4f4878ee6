"""No two things at one address: releases and their pictures, pages, old addresses and the site's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.clock import state
from generator.errors import Message, Problem, Severity, message
from generator.urls import could_be_own, file_of, photo_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from generator.article import Article
    from generator.page import Page


class _Claim(NamedTuple):
    """Somebody's wish for an address."""

    path: str
    source: str
    line: int
    alias: bool = False
    draft: bool = False


def check_addresses(
    articles: Iterable[Article], pages: Iterable[Page], site_files: Iterable[str], now: datetime
) -> list[Problem]:
    """Return a Problem for each address that is wanted twice; the message names both.

    Embargoed releases count: nobody is there to mend it when their hour comes. A draft is only warned about. Releases
    with mistakes of their own may be among ``articles``, so that all comes in one run.
    ``site_files`` are the files that the site itself makes (lists, feeds).
    """
    taken: dict[str, _Claim] = {}
    own = {file.casefold() for file in site_files}
    problems = []
    for claim in _claims(articles, pages, now):
        file = file_of(claim.path).casefold()
        other = taken.get(file)
        if other is None and file not in own and not claim.alias:
            taken[file] = claim
            continue
        severity: Severity = "warning" if claim.draft else "error"
        if file in own or (claim.alias and (could_be_own(claim.path) or _collides(file, own))):
            what = message("The address {path} is the site's own.", path=claim.path)
            problems.append(Problem(claim.source, claim.line, what, _fix(claim), claim.path, severity))
        elif other is not None:
            what = message(
                "The address {path} is taken by {other}:{line}.", path=claim.path, other=other.source, line=other.line
            )
            problems.append(Problem(claim.source, claim.line, what, _fix(claim), claim.path, severity))
        else:
            taken[file] = claim
    return problems + _nested(taken)


def _claims(articles: Iterable[Article], pages: Iterable[Page], now: datetime) -> list[_Claim]:
    """Return all claims, strongest first: what is public keeps its address, and an old address yields to a real one."""
    claims = []
    for article in articles:
        standing = state(article, now)
        if standing == "expired":
            continue
        draft = standing == "draft"
        claims += [_Claim(a.path, article.source, a.line, alias=True, draft=draft) for a in article.aliases]
        if not article.card.url:
            continue  # its date or slug is among the problems already
        claims.append(_Claim(article.card.url, article.source, article.line, draft=draft))
        pictures = {photo_path(article.card.url, ref.name): ref.line for ref in article.photos}
        claims += [_Claim(path, article.source, line, draft=draft) for path, line in pictures.items()]
    claims += [_Claim(page.url, page.source, page.line, draft=page.draft) for page in pages]
    return sorted(claims, key=lambda claim: (claim.draft, claim.alias, claim.source))


def _collides(file: str, own: set[str]) -> bool:
    """Say whether a file stands where one of ``own`` needs a folder, or below one of them."""
    if any(parent in own for parent in _parents(file)):
        return True
    return not file.endswith("/index.html") and any(each.startswith(f"{file}/") for each in own)


def _nested(taken: dict[str, _Claim]) -> list[Problem]:
    """Find a file that stands where another address needs a folder: only old addresses can name such files."""
    problems = []
    files = {file for file, claim in taken.items() if claim.alias and not file.endswith("/index.html")}
    for file, claim in taken.items() if files else ():
        for parent in files.intersection(_parents(file)):
            other = taken[parent]
            what = message(
                "The address {path} lies below {above}, which is a file ({other}:{line}).",
                path=claim.path,
                above=other.path,
                other=other.source,
                line=other.line,
            )
            problems.append(Problem(claim.source, claim.line, what, _fix(claim), claim.path))
    return problems


def _parents(file: str) -> list[str]:
    return [file[:place] for place, sign in enumerate(file) if sign == "/"]


def _fix(claim: _Claim) -> Message:
    if claim.alias:
        return message("Delete this address from aliases:.")
    return message('Give one of the two another title, or a line "slug: …".')
