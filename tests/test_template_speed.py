"""Templates are written as quick code; what comes out is what Jinja2's own code gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import jinja2
import pytest
from markupsafe import Markup

from generator.assets import find_assets
from generator.config import load_site
from generator.i18n import Moment
from generator.render.environment import make_environment
from tests.newsroom import Newsroom

TEMPLATES = Path(__file__).parent.parent / "templates"
MACROS = """
{% macro plain(a, b=2) %}<i>{{ a }}{{ b }}</i>{% endmacro %}
{% macro greedy(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}
{% macro around(title) %}<div title="{{ title }}">{{ caller(title) }}</div>{% endmacro %}
{% set top = "<top>" %}
"""
FRAME = """
{% import "macros.html" as m %}
<title>{% block title %}{% endblock %}|{{ self.title() }}</title>
{% set kept %}{% block kept %}<kept>{% endblock %}{% endset %}
{{ kept }}{{ kept }}
{% block content %}before {{ text }} {% block inner %}inner{% endblock %} after{% endblock %}
"""
CASES = {
    "text, markup and numbers": "{{ text }}|{{ markup }}|{{ 3 }}|{{ number }}|{{ none }}|{{ [text, markup] }}",
    "attributes and items": "{{ thing.name }}|{{ thing.sub.name }}|{{ table.name }}|{{ table.sub.name }}|{{ pair[1] }}",
    "what is missing": "{{ thing.nothing is defined }}|{{ nothing is defined }}|{{ nothing|default('<d>') }}",
    "loops": "{% for x in pair %}{{ loop.index }}{{ x }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}",
    "recursive loops": "{% for x in tree recursive %}({{ x.name }}{{ loop(x.sub) }}){% endfor %}",
    "macros": "{% import 'macros.html' as m %}{{ m.plain(text) }}{{ m.plain(markup, text) }}{{ m.plain(1, b=text) }}",
    "macros kept": "{% import 'macros.html' as m %}{% set x = m.plain(text) %}{{ x }}{{ x|upper }}{{ '<' ~ x }}",
    "greedy macros": "{% from 'macros.html' import greedy, top %}{{ greedy(1, text, x=text) }}{{ top }}",
    "callers": "{% import 'macros.html' as m %}{% call(t) m.around(text) %}{{ t }}{{ markup }}{% endcall %}",
    "a macro of its own": "{% macro own(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ own(text) }}{{ own(b=1, a=2) }}",
    "functions": "{{ link('/a/?b=<&>') }}|{{ absolute('//x') }}|{{ _('Home') }}|{{ range(3)|list }}|{{ dict(a=text) }}",
    "a function's name": "{% set link = text %}{{ link }}{% macro _(x) %}<{{ x }}>{% endmacro %}{{ _(text) }}",
    "methods": "{{ text.upper() }}|{{ text.split('&')|join('<') }}|{{ markup.upper() }}|{{ thing.shout('<') }}",
    "conditions": "{{ text if number else markup }}|{{ 'x' if not number }}|{{ number > 2 and text or markup }}",
    "blocks": "{% extends 'frame.html' %}{% block title %}{{ text }}{% for x in pair %}-{% endfor %}{% endblock %}",
    "the parent's block": "{% extends 'frame.html' %}{% block content %}[{{ super() }}]{{ super() }}{% endblock %}",
    "blocks in blocks": "{% extends 'frame.html' %}{% block inner %}{% set text = 'mine' %}{{ text }}{% endblock %}",
    "scoped blocks": "{% for x in pair %}{% block each scoped %}{{ x }};{% endblock %}{% endfor %}",
    "includes": "{% block a %}<{% include 'part.html' %}>{% include 'absent.html' ignore missing %}{% endblock %}",
    "includes without the page": "{% block a %}1{% include 'bare.html' without context %}2{{ text }}{% endblock %}",
    "autoescape off": "{% autoescape false %}{{ text }}{{ markup }}{{ link('/<') }}{% endautoescape %}{{ text }}",
    "autoescape by a value": "{% autoescape number == 3 %}{{ text }}{{ text.upper() }}{{ markup }}{% endautoescape %}",
    "addresses": "{{ text|urlencode }} {{ markup|urlencode }} {{ 'a b/ç~.%'|urlencode }} {{ table|urlencode }}",
    "filter blocks": "{% filter upper %}{{ text }}{{ markup }}<b>{% endfilter %}",
    "translations": "{% trans name=text %}News from {{ name }}{% endtrans %}{{ _('Photo: %(name)s', name=text) }}",
    "modules with the page": "{% import 'part.html' as part with context %}{{ part }}",
}
PARTS = {
    "macros.html": MACROS,
    "frame.html": FRAME,
    "part.html": "part {{ text }}",
    "bare.html": "bare {{ link('/<') }}",
}


class Thing(NamedTuple):
    """Something with attributes."""

    name: str
    sub: object

    def shout(self, word: str) -> str:
        return f"{word}!"


INPUTS = {
    "text": "a & <b> 'c' \"d\"",
    "markup": Markup("<em>m</em>"),
    "number": 3,
    "none": None,
    "thing": Thing("<n>", Thing("sub", ())),
    "table": {"name": "<t>", "sub": {"name": "deep"}},
    "pair": ("<x>", Markup("<y>")),
    "tree": [Thing("1", [Thing("1.1", []), Thing("<1.2>", [])]), Thing("2", [])],
}
Make = Callable[[dict[str, str]], tuple[jinja2.Environment, jinja2.Environment]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A function that returns our environment of some templates and Jinja2's own."""

    def make(templates: dict[str, str]) -> tuple[jinja2.Environment, jinja2.Environment]:
        newsroom = Newsroom(tmp_path)
        newsroom.write({f"own/{name}": text for name, text in (PARTS | templates).items()})
        folders = (newsroom.root / "own", TEMPLATES)
        ours = make_environment(
            load_site(newsroom.root), folders, {a.name: a.url for a in find_assets(folders)}, tmp_path / "c"
        )
        own = jinja2.Environment(
            loader=ours.loader,
            autoescape=ours.autoescape,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=["jinja2.ext.i18n"],
        )
        own.newstyle_gettext = True  # type: ignore[attr-defined] # the i18n extension adds it
        own.globals.update(ours.globals)
        own.filters.update(ours.filters, urlencode=jinja2.filters.FILTERS["urlencode"])
        return ours, own

    return make


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("suffix", ["html", "txt"])
def test_what_comes_out_is_the_same(make: Make, case: str, suffix: str) -> None:
    """Whatever a template does, our code for it writes what Jinja2's own writes."""
    ours, own = make({f"page.{suffix}": CASES[case]})
    assert ours.get_template(f"page.{suffix}").render(INPUTS) == own.get_template(f"page.{suffix}").render(INPUTS)


MISTAKES = {
    "an unknown name": "\n\n{{ nothing }}",
    "an unknown attribute": "\n{{ thing.nothing }}",
    "an attribute of something unknown": "\n\n\n{{ nothing.name }}",
    "a call of something unknown": "{{ text }}\n{{ nothing(1) }}",
    "a call of what is no function": "{{ text }}\n{{ text(1) }}",
    "too many arguments": "{% import 'macros.html' as m %}\n\n{{ m.plain(1, 2, 3) }}",
    "an argument that no macro knows": "{% import 'macros.html' as m %}\n{{ m.plain(1, z=3) }}",
    "an argument that is not given": "{% import 'macros.html' as m %}\n{{ m.plain() }}",
    "no macro of that name": "{% import 'macros.html' as m %}\n{{ m.absent(1) }}",
    "no block of that name": "\n{{ self.absent() }}",
    "a mistake in a block": "{% extends 'frame.html' %}\n{% block title %}\n{{ thing.nothing }}{% endblock %}",
}


def mistake(environment: jinja2.Environment) -> tuple[str, str, int]:
    """Return what the page's mistake is said to be, and where."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any; it is compared
        environment.get_template("page.html").render(INPUTS)
    places = [entry for entry in caught.traceback if str(entry.path).endswith((".html", ".xml"))]
    return str(caught.value), Path(places[-1].path).name, places[-1].lineno


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_the_same_way(make: Make, case: str) -> None:
    """A mistake in a template gives the message, file and line that it gives in Jinja2's own code."""
    ours, own = make({"page.html": MISTAKES[case]})
    assert mistake(ours) == mistake(own)


def test_what_is_made_once_is_made_once_for_the_same_arguments(make: Make) -> None:
    """``once`` tells arguments apart that are equal but of another kind, and takes as few as the macro does."""
    text = (
        "{% import 'macros.html' as m %}{% for x in xs %}{{ once(m.plain, x) }}{% endfor %}{{ once(m.greedy, 1, 2) }}"
    )
    ours, _ = make({"page.html": text})
    made = ours.get_template("page.html").render(xs=[1, True, 1.0, "<", Markup("<"), "<"])
    assert made == "<i>12</i><i>True2</i><i>1.02</i><i>&lt;2</i><i><2</i><i>&lt;2</i>1(2,){}"


def test_what_once_keeps_is_bounded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a macro's output becomes too much to keep, ``once`` begins anew."""
    monkeypatch.setattr("generator.render.environment.REMEMBERED", 30)
    ours, _ = make({"page.html": "{% import 'macros.html' as m %}{% for x in xs %}{{ once(m.plain, x) }}{% endfor %}"})
    assert (
        ours.get_template("page.html").render(xs=[*range(9), *range(9)])
        == "".join(f"<i>{n}2</i>" for n in range(9)) * 2
    )


def test_two_times_that_a_clock_shows_twice_are_told_apart(make: Make) -> None:
    """In the hour that a clock runs through twice, the form for machines says which of the two is meant."""
    ours, _ = make({"page.html": "{% for m in moments %}{{ m|iso }} {% endfor %}"})
    at = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    moments = [Moment(at), Moment(at.replace(fold=1)), Moment(at)]
    made = ours.get_template("page.html").render(moments=moments)
    assert made == "2026-10-25T02:30:00+02:00 2026-10-25T02:30:00+01:00 2026-10-25T02:30:00+02:00 "
