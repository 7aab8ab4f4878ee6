"""One renderer, one way: an Output's template and inputs to bytes."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

import jinja2  # noqa: TID251 - this is the room for it
from markupsafe import Markup

from generator import i18n
from generator.errors import ContentError, Problem, message
from generator.library import Release
from generator.page import Page
from generator.urls import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping
    from datetime import datetime
    from pathlib import Path

    from generator.article import Correction, Photo, Topic
    from generator.assets import Asset
    from generator.config import Site
    from generator.i18n import Moment
    from generator.plan import Output


class ReleaseView(NamedTuple):
    """A release as templates see it: the fields of its Card, then those that only its own page and feeds show."""

    url: str
    title: str
    summary: str
    date: Moment
    place: str
    topics: tuple[Topic, ...]
    photo: Photo | None
    corrected: Moment | None
    updated: Moment | None
    lastmod: Moment
    released: Moment
    description: str
    html: Markup
    photos: tuple[Photo, ...]
    caption: str
    credits: tuple[str, ...]
    corrections: tuple[Correction, ...]
    withdrawn: str


class PageView(NamedTuple):
    """A standing page as its template sees it."""

    url: str
    title: str
    description: str
    html: Markup


class Renderer:
    """Renders Outputs of one site with one set of templates; it has no state that a render changes."""

    def __init__(
        self, site: Site, folders: Iterable[Path], assets: Iterable[Asset], bodies: Callable[[str], str], cache: Path
    ) -> None:
        """Prepare the templates.

        ``folders`` are those of the templates, first the site's own; ``bodies`` gives the HTML of a source file;
        ``cache`` is a folder for compiled templates, which need 5 to 20 ms each to compile.
        """
        self._site = site
        self._bodies = bodies
        self._folders = tuple(folders)
        self._environment = _environment(site, self._folders, {asset.name: asset.url for asset in assets})
        self._environment.bytecode_cache = _cache(cache)

    def render(self, output: Output) -> bytes:
        """Return the bytes of ``output``. Raises ContentError naming the template's file and line."""
        inputs = {name: self._view(value) for name, value in output.inputs.items()}
        try:
            text = self._environment.get_template(output.template).render(inputs)
        except ContentError:
            raise
        except Exception as error:
            raise ContentError([self._explain(error, output)]) from error
        return text.encode()

    def _view(self, value: object) -> object:
        if isinstance(value, Release):
            return self._release(value)
        if isinstance(value, Page):
            return PageView(value.url, value.title, value.description, self._markup(value.source))
        if isinstance(value, tuple) and value and isinstance(value[0], Release):
            return tuple(self._release(release) for release in value)
        return value

    def _release(self, release: Release) -> ReleaseView:
        article, card, pictures = release
        return ReleaseView(
            *card[:-1],
            description=article.description,
            html=self._markup(article.source),
            photos=tuple(picture.photo for picture in pictures if not picture.inline),
            caption=article.caption,
            credits=article.credits,
            corrections=article.corrections,
            withdrawn=article.withdrawn,
        )

    def _markup(self, source: str) -> Markup:
        html = self._bodies(source)
        base = self._site.base_path
        return Markup(_ROOTED.sub(rf"\1{base}/", html) if base else html)  # noqa: S704 - nh3 has cleaned it

    def _explain(self, error: Exception, output: Output) -> Problem:
        name, line = output.template, 0
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or name, error.lineno
        elif isinstance(error, jinja2.TemplateNotFound):
            what = message('The template "{name}" does not exist.', name=error.name)
            return Problem(f"templates/{name}", 0, what, message("Check the name in include, extends or import."))
        else:
            folders = tuple(str(folder) for folder in self._folders)
            for frame in traceback.extract_tb(error.__traceback__):
                if frame.filename.startswith(folders) and frame.lineno:
                    folder = next(f for f in folders if frame.filename.startswith(f))
                    name, line = frame.filename[len(folder) + 1 :].replace("\\", "/"), frame.lineno
        what = message("The template fails: {error}.", error=str(error).rstrip("."))
        fix = message("templates/README.md says what each template receives. The page was {file}.", file=output.file)
        return Problem(f"templates/{name}", line, what, fix, self._row(name, line))

    def _row(self, name: str, line: int) -> str:
        for folder in self._folders:
            if line and (folder / name).is_file():
                rows = (folder / name).read_text("utf-8", "replace").split("\n")
                return rows[line - 1].strip()[:200] if line <= len(rows) else ""
        return ""


def _cache(folder: Path) -> jinja2.BytecodeCache | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return jinja2.FileSystemBytecodeCache(str(folder))


_ROOTED = re.compile(r'((?:href|src)=")/(?!/)')
_ADDRESS = re.compile(r'((?:href|src)=")([^"]*)"')


class _Environment(jinja2.Environment):
    """Jinja2's, but for the globals of a template: one dict instead of a chain of two, a tenth of a page's time."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template sees besides its inputs; nothing here changes globals once templates are loaded."""
        return {**self.globals, **(d or {})}


def _environment(site: Site, folders: tuple[Path, ...], static: Mapping[str, str]) -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        autoescape=lambda name: name is not None and name.endswith((".html", ".xml")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = i18n.catalogue(site.language)
    environment.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined] # the i18n extension adds it
    base = site.base_path

    def link(path: str) -> str:
        return path if is_elsewhere(path) else base + path

    def absolute(path: str) -> str:
        return path if is_elsewhere(path) else site.base_url + path

    def static_url(name: str) -> str:
        if name not in static:
            raise LookupError(f'static("{name}"): templates/static/{name} does not exist')
        return base + static[name]

    def absolute_links(html: str, path: str) -> Markup:
        here = site.base_url + path
        whole = _ADDRESS.sub(lambda found: f'{found[1]}{urljoin(here, found[2])}"', str(html))
        return Markup(whole)  # noqa: S704 - it was markup before

    environment.globals.update(site=site, link=link, absolute=absolute, static=static_url)
    environment.filters.update(_date_filters(site.language), absolute_links=absolute_links, regex_escape=re.escape)
    return environment


def _date_filters(language: str) -> dict[str, Callable[[Moment], str]]:
    def in_words(write: Callable[[Moment, str], str]) -> Callable[[Moment], str]:
        return lambda moment: write(moment, language)

    return {
        "datestamp": in_words(i18n.datestamp),
        "timestamp": in_words(i18n.timestamp),
        "clock": in_words(i18n.clock),
        "monthname": in_words(i18n.monthname),
        "monthshort": in_words(i18n.monthshort),
        "iso": lambda moment: moment.at.isoformat(timespec="seconds"),
        "rfc822": lambda moment: _rfc822(moment.at),
    }


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _rfc822(at: datetime) -> str:
    """RSS dates are English whatever the site's language; source: RFC 822, section 5, with four-digit years."""
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"
