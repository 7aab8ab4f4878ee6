"""From a standing page's file to a Page and its HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator import frontmatter
from generator.article import digest_of
from generator.body import read_body
from generator.errors import ContentError, Problem, message
from generator.fields import Fields
from generator.keys import SYNONYMS
from generator.manuscript import DESCRIPTION_LENGTH, shorten
from generator.page import Page
from generator.urls import page_path, slugify

if TYPE_CHECKING:
    from generator.config import Site


class ParsedPage(NamedTuple):
    """What a page's file gave."""

    page: Page
    html: str
    warnings: tuple[Problem, ...]


def parse_page(data: bytes, source: str, site: Site) -> ParsedPage:
    """Read a standing page. Raises ContentError with every problem."""
    parts = frontmatter.parse(data, source)
    fields = Fields(parts.fields, source, list(parts.problems))
    title = fields.text("title", required=True)
    stem = source.rpartition("/")[2].rpartition(".")[0]
    written = fields.text("slug")
    slug = slugify(written or stem)
    if not slug or (written and written != slug):
        what = message("A slug is made of small letters, digits and hyphens.")
        fields.report("slug", what, message('Write "slug: {slug}".', slug=slug or "nama-halaman"))
    body = read_body(parts, source, lambda name: name, fields.problems)
    for name, _, _ in body.images:
        what = message("A standing page takes no pictures yet.")
        fix = message("Put the picture into a release, or into templates/static/ and write ![…](/static/…).")
        fields.problems.append(Problem(source, parts.body_line, what, fix, name[:200]))
    page = Page(
        source=source,
        line=fields.line("slug" if written else "title"),
        url=page_path(slug),
        title=title,
        description=shorten(fields.text("summary") or body.lead, DESCRIPTION_LENGTH[1]),
        draft=fields.flag("draft"),
        digest=digest_of(data, source, site),
    )
    fields.want_values("draft")
    fields.finish(SYNONYMS)
    if any(p.severity == "error" for p in fields.problems):
        raise ContentError(fields.problems)
    return ParsedPage(page, body.html, tuple(fields.problems))
