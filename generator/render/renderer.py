"""One renderer, one way: an Output's template and inputs to bytes."""

from __future__ import annotations

import re
import traceback
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import jinja2  # noqa: TID251 - this is the room for it
from markupsafe import Markup

from generator.errors import ContentError, DamagedError, Problem, message
from generator.library import Release
from generator.page import Page
from generator.photo import bundle_of
from generator.render.environment import make_environment
from generator.render.inline import plain_picture, set_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from generator.article import Correction, Topic
    from generator.assets import Asset
    from generator.config import Site
    from generator.i18n import Moment
    from generator.photo import Download, Photo
    from generator.plan import Output
    from generator.render.inline import Placed


class _ReleaseFields(NamedTuple):
    """What a ReleaseView holds: the fields of its Card, then those that only its own page and feeds show."""

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
    standfirst: str
    description: str
    body: Callable[[Callable[[Placed], str] | None], Markup]
    photos: tuple[Photo, ...]
    all_photos: tuple[Photo, ...]
    photos_zip: Download | None
    caption: str
    credits: tuple[str, ...]
    corrections: tuple[Correction, ...]
    withdrawn: str
    digest: bytes
    """Stands for all of it, for ``once``."""


class ReleaseView(_ReleaseFields):
    """A release as templates see it; its text is read only where it is shown."""

    __slots__ = ()

    @property
    def html(self) -> Markup:
        """The text, sanitised; its pictures as any reader of HTML shows them."""
        return self.body(None)

    def html_with(self, picture: Callable[..., object]) -> Markup:
        """Return the text with its pictures as the macro ``picture(photo, alt, caption, alone)`` writes them."""
        return self.body(lambda placed: str(picture(*placed)))


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
        static = {asset.name: asset.url for asset in assets}
        self._environment = make_environment(site, self._folders, static, cache)

    def compile_all(self) -> None:
        """Compile each template that the cache does not hold. Raises what Jinja2 raises where one is no template."""
        for name in self._environment.list_templates(filter_func=_is_template):
            self._environment.get_template(name)

    def render(self, output: Output) -> bytes:
        """Return the bytes of ``output``. Raises ContentError naming the template's file and line."""
        inputs = {name: self._view(value) for name, value in output.inputs.items()}
        try:
            text = self._environment.get_template(output.template).render(inputs)
        except (ContentError, DamagedError):
            raise
        except Exception as error:
            raise ContentError([self._explain(error, output)]) from error
        return text.encode()

    def _view(self, value: object) -> object:
        if isinstance(value, Release):
            return self._release(value)
        if isinstance(value, Page):
            return PageView(value.url, value.title, value.description, Markup(self._text(value.source)))  # noqa: S704 - nh3 has cleaned it
        if isinstance(value, tuple) and value and isinstance(value[0], Release):
            return tuple(self._release(release) for release in value)
        return value

    def _release(self, release: Release) -> ReleaseView:
        article, card, pictures = release
        every = {picture.photo.base: picture.photo for picture in sorted(pictures, key=lambda p: p.inline)}
        return ReleaseView(
            *card[:-1],
            standfirst=article.standfirst,
            description=article.description,
            body=partial(self._body, release),
            photos=tuple(picture.photo for picture in pictures if not picture.inline),
            all_photos=tuple(every.values()),
            photos_zip=bundle.download if (bundle := bundle_of(pictures)) else None,
            caption=article.caption,
            credits=article.credits,
            corrections=article.corrections,
            withdrawn=article.withdrawn,
            digest=b"".join([article.digest, card.digest, *(picture.photo.mark.encode() for picture in pictures)]),
        )

    def _body(self, release: Release, write: Callable[[Placed], str] | None) -> Markup:
        base, html = self._site.base_path, self._text(release.article.source)
        photos = {base + picture.place: picture.photo for picture in release.pictures if picture.inline}
        return Markup(set_pictures(html, photos, write or partial(plain_picture, base)))  # noqa: S704 - nh3 has cleaned it

    def _text(self, source: str) -> str:
        """Return a text whose addresses on this site begin at the root of its host."""
        html, base = self._bodies(source), self._site.base_path
        return _ROOTED.sub(rf"\1{base}/", html) if base else html

    def _explain(self, error: Exception, output: Output) -> Problem:
        name, line = output.template, 0
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or name, error.lineno
        elif isinstance(error, jinja2.TemplateNotFound):
            what = message('The template "{name}" does not exist.', name=error.name)
            return Problem(f"templates/{error.name}", 0, what, message("Check the name in include, extends or import."))
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


def _is_template(name: str) -> bool:
    return not name.startswith("static/") and not name.endswith(".md")


_ROOTED = re.compile(r'((?:href|src)=")/(?!/)')
