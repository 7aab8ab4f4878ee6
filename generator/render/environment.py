"""The Jinja2 environment of a site: what every template sees besides its inputs, made quick where pages are many."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2  # noqa: TID251 - this is the room for it
from jinja2.filters import do_urlencode  # noqa: TID251 - this is the room for it
from jinja2.utils import htmlsafe_json_dumps  # noqa: TID251 - as above
from markupsafe import Markup

from generator import i18n
from generator.errors import DamagedError
from generator.render.plaintext import plaintext_of
from generator.render.shortcuts import QuickCode, QuickContext, QuickMacro, QuickTemplate
from generator.sealing import seal, unseal
from generator.sharing import ShareCards
from generator.urls import is_elsewhere, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from datetime import datetime

    from jinja2.bccache import Bucket  # noqa: TID251 - as above

    from generator.config import Site
    from generator.i18n import Moment

REMEMBERED = 4_000_000
"""Characters of a macro's output that ``once`` keeps in a process, before it begins anew."""


class _Environment(jinja2.Environment):
    """Jinja2's, but for the globals of a template: one dict instead of a chain of two, a tenth of a page's time."""

    context_class = QuickContext
    code_generator_class = QuickCode
    template_class = QuickTemplate

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jinja2's own
        super().__init__(**options)
        self._loaded: dict[str, jinja2.Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template sees besides its inputs; nothing here changes globals once templates are loaded."""
        return {**self.globals, **(d or {})}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja2's name
    ) -> jinja2.Template:
        """Return a template: every page asks for its ten partials, and Jinja2 would lock and check each time."""
        known = self._loaded.get(name) if isinstance(name, str) and globals is None else None
        if known is None:
            known = super().get_template(name, parent, globals)
            if isinstance(name, str) and globals is None:
                self._loaded[name] = known
        return known


def make_environment(
    site: Site, folders: tuple[Path, ...], static: Mapping[str, str], cache: Path
) -> jinja2.Environment:
    """Return the environment of ``site``.

    ``folders`` are those of the templates, first the site's own; ``static`` maps names of static files to addresses;
    ``cache`` is a folder for compiled templates, which need 5 to 20 ms each to compile.
    """
    environment = _Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        autoescape=lambda name: name is not None and name.endswith((".html", ".xml")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_cache(cache),
    )
    # {% trans %} hands its values to gettext, as ours wants them.
    environment.newstyle_gettext = True  # type: ignore[attr-defined] # the i18n extension adds it
    environment.globals.update(_addresses(site, static), site=site, site_card=ShareCards(site).own)
    environment.globals.update(once=_once(), **_texts(site.language))
    environment.filters.update(_dates(site.language), absolute_links=_absolute_links(site), jsonld=_jsonld)
    environment.filters["filesize"] = lambda size: i18n.filesize(size, site.language)
    environment.filters["json"] = _json
    environment.filters["regex_escape"] = re.escape
    environment.filters["urlencode"] = _urlencode
    environment.filters["plaintext"] = plaintext_of(site.base_url)
    return environment


def _cache(folder: Path) -> jinja2.BytecodeCache | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return _Cache(folder)


class _Cache(jinja2.BytecodeCache):
    """Compiled templates in a folder, each behind a checksum: Python would run, or be crashed by, whatever is there.

    What is not as it was written, or cannot be, is compiled again next time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give ``bucket`` the code that was kept for it, if that is whole; the code says of which text it was made."""
        with contextlib.suppress(OSError, DamagedError):
            bucket.bytecode_from_string(unseal(bucket.key, self._file(bucket).read_bytes()))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        code = bucket.bytecode_to_string()
        with contextlib.suppress(OSError):
            descriptor, beside = tempfile.mkstemp(prefix=bucket.key, suffix=".tmp", dir=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as target:
                    target.write(seal(bucket.key, code))
                os.replace(beside, self._file(bucket))  # noqa: PTH105 - a name, as mkstemp gives it
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.cache"


def _texts(language: str) -> dict[str, Callable[..., Markup]]:
    """Return the gettext functions. Texts are the program's own, so they are markup; values in them are escaped."""
    catalogue = i18n.catalogue(language)
    known: dict[str, Markup] = {}

    def gettext(text: str, **values: object) -> Markup:
        translated = known.get(text)
        if translated is None:
            translated = known[text] = Markup(catalogue.gettext(text))  # noqa: S704 - a text of the program's own
        return translated % values if values or "%" in translated else translated

    def ngettext(one: str, many: str, num: int, **values: object) -> Markup:
        return Markup(catalogue.ngettext(one, many, num)) % {"num": num, **values}  # noqa: S704 - as above

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def _addresses(site: Site, static: Mapping[str, str]) -> dict[str, Callable[[str], str]]:
    base = site.base_path

    def link(path: str) -> str:
        return path if is_elsewhere(path) else base + path

    def absolute(path: str) -> str:
        return path if is_elsewhere(path) else site.base_url + path

    def static_url(name: str) -> str:
        if name not in static:
            raise LookupError(f'static("{name}"): templates/static/{name} does not exist')
        return base + static[name]

    return {"link": link, "absolute": absolute, "static": static_url}


def _once() -> Callable[..., Markup]:
    """Return the function ``once``: a macro's output, made once for the same arguments.

    A macro sees its arguments and the globals alone, so the same arguments give the same output; a release's card
    stands on ten pages. What carries a digest is known by it.
    """
    shelves: dict[QuickMacro, _Shelf] = {}

    def once(macro: QuickMacro, *arguments: object) -> Markup:
        # 1 equals True, and a text equals the same text as markup; to a macro they are not the same.
        key = (*map(type, arguments), *[getattr(argument, "digest", argument) for argument in arguments])
        shelf = shelves.get(macro)
        if shelf is None:
            shelf = shelves[macro] = _Shelf()
        output = shelf.get(key)
        if output is None:
            output = Markup(macro.write(*arguments))  # noqa: S704 - a macro's output has been escaped
            shelf.put(key, output)
        return output

    return once


class _Shelf(dict[tuple[object, ...], Markup]):
    """What ``once`` keeps of one macro."""

    size = 0

    def put(self, key: tuple[object, ...], output: Markup) -> None:
        """Keep ``output``; where that is too much, begin anew."""
        self.size += len(output)
        if self.size > REMEMBERED:
            self.clear()
            self.size = len(output)
        self[key] = output


_write_json = json.JSONEncoder(check_circular=False).encode
"""No object of a page holds itself; looking for that is a quarter of the writing."""


def _jsonld(members: Mapping[str, object]) -> Markup:
    """Return JSON that is safe inside a script element, without the members that have no value."""
    return htmlsafe_json_dumps({name: value for name, value in members.items() if value}, dumps=_write_json)


_write_file = json.JSONEncoder(check_circular=False, ensure_ascii=False, separators=(",", ":")).encode


def _json(value: object) -> str:
    """Return JSON for a file of its own, signs as they are: as ``tojson`` writes it, a feed is a tenth longer."""
    return _write_file(value)


# Searched for from the equals sign on: with "href" or "src" in front the same takes four times as long.
_ADDRESS = re.compile(r'="(?:(?<=href=")|(?<=src="))([^"]*)"')


def _absolute_links(site: Site) -> Callable[[str, str], Markup]:
    def absolute_links(html: str, path: str) -> Markup:
        here = site.base_url + path
        whole = _ADDRESS.sub(lambda found: f'="{joined(here, found[1])}"', str(html))
        return Markup(whole)  # noqa: S704 - it was markup before

    return absolute_links


_TO_ESCAPE = re.compile(r"[^A-Za-z0-9_.~/-]")


def _urlencode(value: object) -> str:
    """Do as Jinja2's filter, which looks at each sign: that was a twentieth of the page of a release."""
    if not isinstance(value, str) or not value.isascii():
        return do_urlencode(value)  # type: ignore[arg-type] # it says itself what it takes
    return _TO_ESCAPE.sub(lambda sign: f"%{ord(sign[0]):02X}", value)


def _dates(language: str) -> dict[str, Callable[[Moment], str]]:
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
