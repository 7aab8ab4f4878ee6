"""From a release's file to an Article and its HTML.

The result is a function of the file's bytes, its place in content/ and three facts of the Site (zone, office, address);
nothing here looks at the clock, at other releases or at the disk.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from generator import frontmatter
from generator.article import Alias, Article, Card, Correction, Topic, digest_of
from generator.body import look_for_text, read_body
from generator.dateline import credits_stand_in, set_dateline, without_dateline
from generator.errors import ContentError, Problem, message
from generator.fields import Fields
from generator.i18n import Moment
from generator.keys import SYNONYMS
from generator.photo_list import PHOTO_KEYS, read_inline_photos, read_photos
from generator.urls import (
    clean_alias,
    could_be_day,
    photo_path,
    release_path,
    slugify,
)

if TYPE_CHECKING:
    from generator.config import Site

SUMMARY_LENGTH = 240
"""Characters of a summary that is taken from the first paragraph."""
DESCRIPTION_LENGTH = (80, 160)
"""Characters of a description for search engines and sharing: WhatsApp shows about 80, Google about 160."""


class Parsed(NamedTuple):
    """What a release's file gave: the Article with its HTML, and what the writer should know besides."""

    article: Article
    html: str
    warnings: tuple[Problem, ...]


class UnfinishedError(ContentError):
    """A release that could be read but has problems; ``article`` is what came of it, for further checks alone.

    Its card's ``url`` is "" where date or slug do not give one.
    """

    def __init__(self, problems: list[Problem], article: Article) -> None:
        super().__init__(problems)
        self.article = article


def parse_article(data: bytes, source: str, site: Site) -> Parsed:
    """Read a release.

    ``data`` is the file's bytes, ``source`` its path below the root with ``/``. Raises ContentError with every problem,
    UnfinishedError among them.
    """
    parts = frontmatter.parse(data, source)
    fields = Fields(parts.fields, source, list(parts.problems))
    title = fields.text("title", required=True)
    date, path = _address(fields, site, title)
    body = read_body(parts, source, lambda name: photo_path(path, name), fields.problems)
    photos = read_photos(fields)
    caption = photos[0].caption if photos else fields.text("caption")
    place = fields.text("place")
    lead = without_dateline(body.lead, place, site.office)
    written = fields.text("summary") or ("" if photos else caption)
    summary = written or caption or shorten(lead, SUMMARY_LENGTH) or title
    corrections = _corrections(fields, site)
    card = _card(fields, site, date, corrections)._replace(url=path, title=title, summary=summary, place=place)
    names = fields.texts("credits")
    article = Article(
        source=source,
        line=fields.line("slug" if fields.has("slug") else "title"),
        card=card.sealed(),
        standfirst="" if lead.startswith(written.removesuffix("…")) else written,
        description=describe(summary, without_dateline(body.opening, place, site.office)),
        photos=photos + read_inline_photos(body, parts, fields),
        caption=caption,
        credits=() if credits_stand_in(body.html, names) else names,
        draft=fields.flag("draft"),
        expires=_expires(fields, site, card.released),
        corrections=corrections,
        withdrawn=_withdrawn(fields),
        aliases=_aliases(fields, site, path),
        digest=digest_of(data, source, site),
    )
    # The text of a withdrawn release may be deleted, as the handbook says.
    fields.problems += [] if article.draft else look_for_text(parts, source, needed=not article.withdrawn)
    _finish(fields)
    if any(p.severity == "error" for p in fields.problems):
        raise UnfinishedError(fields.problems, article)
    html = set_dateline(body.html, place, site.office) if lead == body.lead else body.html
    return Parsed(article, html, tuple(fields.problems))


def _address(fields: Fields, site: Site, title: str) -> tuple[Moment, str]:
    """Return date and address; where one cannot be read, a date that stands in, and no address."""
    date = fields.moment("date", site.zone, required=True)
    slug = _slug(fields, title)
    path = release_path(date.at.date(), slug) if date and slug else ""
    return date or Moment(datetime(2000, 1, 1, tzinfo=site.zone)), path


def _finish(fields: Fields) -> None:
    """Report keys that nobody knows, and those that would hold the release back if only they had a value."""
    fields.want_values("draft", "publish_at", "expires", "withdrawn", "updated", "corrections")
    fields.finish(SYNONYMS, also=("photo", *PHOTO_KEYS))


def _card(fields: Fields, site: Site, date: Moment, corrections: tuple[Correction, ...]) -> Card:
    publish_at = fields.moment("publish_at", site.zone) or date
    released = max(date, publish_at, key=_at)
    updated = fields.moment("updated", site.zone)
    changes = [released, *([updated] if updated else []), *(c.date for c in corrections)]
    return Card(
        url="",
        title="",
        summary="",
        date=date,
        place="",
        topics=_topics(fields),
        photo=None,
        corrected=corrections[-1].date if corrections else None,
        updated=updated,
        lastmod=max(changes, key=_at),
        released=released,
    )


def _at(moment: Moment) -> datetime:
    return moment.at


def _slug(fields: Fields, title: str) -> str:
    """Return the slug, or "" where there is none that could be an address: that is among the problems then."""
    written = fields.text("slug")
    slug = slugify(written or title)
    key = "slug" if written else "title"
    if written and slug != written:
        what = message("A slug is made of small letters, digits and hyphens.")
        fix = (
            message('Write "slug: {slug}".', slug=slug) if slug else message("Write it in Latin letters, or delete it.")
        )
        fields.report("slug", what, fix)
    elif title and not slug:
        what = message("No address can be made of this title: it has no Latin letter and no digit.")
        fields.report(key, what, message('Add a line "slug: …" with small Latin letters and hyphens.'))
    elif could_be_day(slug):
        what = message('The address would end in "/{slug}/", where the page of a day stands.', slug=slug)
        fields.report(key, what, message('Add a line "slug: …" with at least one word.'))
        return ""
    return slug


def _topics(fields: Fields) -> tuple[Topic, ...]:
    topics: dict[str, Topic] = {}
    for name in fields.texts("tags"):
        topic = _topic(name)
        if topic.slug:
            topics.setdefault(topic.slug, topic)
        else:
            what = message('The tag "{name}" has no Latin letter and no digit, so it can have no page.', name=name)
            fields.report("tags", what, message("Write the tag in Latin letters."), text=name)
    return tuple(topics.values())


@lru_cache(maxsize=4096)
def _topic(name: str) -> Topic:
    """Return the topic of a tag. An archive has few of them on many releases: one object for all is pickled once."""
    return Topic(name, slugify(name))


def _expires(fields: Fields, site: Site, released: Moment) -> Moment | None:
    expires = fields.moment("expires", site.zone)
    if expires is None:
        return None
    if not expires.has_time:
        # "expires: 2026-12-31" means that the release may be read on that day.
        expires = Moment(expires.at + timedelta(days=1))
    if expires.at <= released.at:
        what = message("The release expires before it is published.")
        fields.report("expires", what, message('Give a later "expires:", or delete the line.'))
    return expires


def _corrections(fields: Fields, site: Site) -> tuple[Correction, ...]:
    corrections = []
    for group in fields.groups("corrections", bare="note"):
        date = group.moment("date", site.zone, required=True)
        note = group.text("note", required=True)
        group.finish(SYNONYMS)
        if date is not None and note:
            corrections.append(Correction(date, note))
    return tuple(sorted(corrections, key=lambda c: (c.date.at, c.note)))


def _withdrawn(fields: Fields) -> str:
    reason = fields.text("withdrawn")
    if reason.lower() in {"false", "no", "tidak"}:
        return ""
    if reason.lower() in {"true", "yes", "ya"}:
        what = message("A withdrawn release says why.")
        fields.report("withdrawn", what, message('Write the reason: "withdrawn: …".'))
    return reason


def _aliases(fields: Fields, site: Site, own: str) -> tuple[Alias, ...]:
    aliases = {}
    for written in fields.texts("aliases"):
        path = clean_alias(written, site.base_url)
        if path is None:
            what = message('"{alias}" is not an old address of this site.', alias=written)
            fix = message('Write the path only, for example "/2019/05/judul-lama/" or "/berita/123.html".')
            fields.report("aliases", what, fix, text=written)
        elif path != own:
            aliases[path] = Alias(path, fields.line("aliases"))
    return tuple(aliases.values())


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of ``text``: whole words, and an ellipsis where something is left out."""
    if len(text) <= limit:
        return text
    head = text[:limit].rpartition(" ")[0] or text[: limit - 1]
    return head.rstrip(" ,;:–-") + "…"


def describe(summary: str, lead: str) -> str:
    """Return a description of DESCRIPTION_LENGTH characters where the texts give that much: summary, then lead."""
    low, high = DESCRIPTION_LENGTH
    text = summary
    if len(text) < low and lead and not lead.startswith(text) and not text.startswith(lead):
        text = f"{text}{'' if text.endswith(('.', '!', '?', '…')) else '.'} {lead}"
    elif lead.startswith(text) and len(text) < low:
        text = lead
    return shorten(text, high)
