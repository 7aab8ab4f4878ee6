"""The Indonesian catalogues are complete and current, and both languages speak where they should."""

from __future__ import annotations

import ast
import os
import re
import string
import subprocess
import sys
import tomllib
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import click
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from generator import i18n
from generator.i18n import LANGUAGES, LOCALE_DIR, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parent.parent
DOMAINS = ("adpim", "click")
FOLDER = LOCALE_DIR / "id" / "LC_MESSAGES"
NINE = Moment(datetime(2023, 10, 30, 9, 5, tzinfo=ZoneInfo("Asia/Pontianak")))


class Extraction(NamedTuple):
    """What [tool.babel] in pyproject.toml says: methods by pattern, and options by pattern."""

    methods: list[tuple[str, str]]
    options: dict[str, dict[str, Any]]


def extraction() -> Extraction:
    """Read pyproject.toml as pybabel does, whose own reader is private."""
    rules = Extraction([], {})
    for rule in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]:
        method, pattern = rule.pop("method"), rule.pop("pattern")
        words = [keyword.partition(":") for keyword in rule["keywords"]]
        rule["keywords"] = {name: tuple(map(int, spec.split(","))) if spec else None for name, _, spec in words}
        for each in [pattern] if isinstance(pattern, str) else pattern:
            rules.methods.append((each, method))
            rules.options[each] = rule
    return rules


def extracted() -> set[str | tuple[str, ...]]:
    """Return the message ids of the program and its templates; one with a plural is a tuple."""
    rules = extraction()
    folders = (ROOT / "generator", ROOT / "templates")
    return {row[2] for folder in folders for row in extract_from_dir(folder, rules.methods, rules.options)}


def read(domain: str) -> Catalog:
    with (FOLDER / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="id", domain=domain)


def texts(catalogue: Catalog) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """Return message ids, in the shape that extraction gives, with all forms of their translations; no header."""
    found: dict[str | tuple[str, ...], tuple[str, ...]] = {}
    for message in catalogue:
        if message.id:
            forms = (message.string,) if isinstance(message.string, str) else tuple(map(str, message.string or ("",)))
            found[message.id if isinstance(message.id, str) else tuple(message.id)] = forms
    return found


def placeholders(text: str) -> set[str]:
    """Return what is filled in: ``{name!r}`` and ``%(name)s``. Raises ValueError for braces that do not match."""
    fields = ((name, conversion) for _, name, _, conversion in string.Formatter().parse(text) if name is not None)
    braces = {f"{{{name}!{conversion}}}" if conversion else f"{{{name}}}" for name, conversion in fields}
    return braces | set(re.findall(r"%\(\w+\)[a-z]", text))


def written_in_code() -> Iterator[tuple[str, ast.expr]]:
    """Yield place and argument of each call in generator/ that the extraction should see."""
    keywords = extraction().options["**.py"]["keywords"]
    for file in sorted((ROOT / "generator").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in keywords:
                places = keywords[name] or (1,)
                yield from ((f"{file.relative_to(ROOT)}:{node.lineno}", node.args[place - 1]) for place in places)


def speak(*words: str, **environment: str) -> str:
    """Run ``adpim`` with ``words`` as a person would, and return all that it prints."""
    kept = {
        name: value for name, value in os.environ.items() if name not in {"ADPIM_LANG", "LANGUAGE", "LC_ALL", "LANG"}
    }
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "generator", *words],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_every_text_is_translated() -> None:
    """Each text of the program and its templates has its Indonesian in adpim.po, and nothing else stands there."""
    translated = texts(read("adpim"))
    found = extracted()
    assert sorted(map(str, found - translated.keys())) == []
    assert sorted(map(str, translated.keys() - found)) == []


def test_every_text_of_click_is_translated() -> None:
    """Each text of the installed click has its Indonesian in click.po, which holds those of other versions too."""
    # Before click 8.4 another plural stood beside this singular, by which alone gettext looks a text up.
    translated = {id_ if isinstance(id_, str) else id_[0] for id_ in texts(read("click"))}
    found = (row[2] for row in extract_from_dir(Path(click.__file__).parent))
    assert {id_ if isinstance(id_, str) else id_[0] for id_ in found} - translated == set()


def test_extraction_sees_every_call() -> None:
    """No text in generator/ hides from the extraction in an f-string or a variable."""
    seen = {text for id_ in extracted() for text in ([id_] if isinstance(id_, str) else id_)}
    hidden = [
        f"{place}: {ast.unparse(argument)}"
        for place, argument in written_in_code()
        if not (isinstance(argument, ast.Constant) and argument.value in seen)
        # i18n.say translates what another place made with message(), render/environment.py what templates give it.
        and ast.unparse(argument) not in {"text.msgid", "text", "one", "many"}
    ]
    assert hidden == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_is_left_open(domain: str) -> None:
    """No translation is empty, fuzzy or obsolete."""
    catalogue = read(domain)
    assert [id_ for id_, forms in texts(catalogue).items() if not all(forms)] == []
    assert [message.id for message in catalogue if message.fuzzy] == []
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_are_kept(domain: str) -> None:
    """A translation fills in exactly what its text does; Indonesian has one form, that of the plural."""
    wrong = {}
    for id_, forms in texts(read(domain)).items():
        source = id_ if isinstance(id_, str) else id_[-1]
        if len(forms) != 1 or placeholders(source) != placeholders(forms[0]):
            wrong[source] = forms
    assert wrong == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_header_is_calm(domain: str) -> None:
    """The header says language and plural, names no person and no e-mail address, and its dates stand still."""
    catalogue = read(domain)
    header = dict(catalogue.mime_headers)
    assert header["Language"] == "id"
    assert header["Plural-Forms"] == "nplurals=1; plural=0;"
    assert "@" not in str(header)
    assert header["Last-Translator"] == ""
    assert header["POT-Creation-Date"] == header["PO-Revision-Date"] == "2026-01-01 00:00+0000"
    assert not any(message.locations for message in catalogue)


@pytest.mark.parametrize("domain", DOMAINS)
def test_compiled_catalogue_is_current(domain: str) -> None:
    """Each .mo says what its .po would compile to."""
    compiled = BytesIO()
    write_mo(compiled, read(domain))
    compiled.seek(0)
    with (FOLDER / f"{domain}.mo").open("rb") as file:
        assert texts(read_mo(file)) == texts(read_mo(compiled))


def test_help_is_indonesian() -> None:
    """Without further words, the help speaks Indonesian, click's part of it too."""
    text = speak("--help")
    assert "Cara pakai: adpim" in text
    assert "Mengubah rilis pers di content/" in text
    assert "Tampilkan bantuan ini, lalu selesai." in text
    assert "Usage" not in text


def test_wrong_usage_is_indonesian() -> None:
    """An unknown option is refused in Indonesian, whatever language the machine speaks."""
    text = speak("build", "--outptu", "x", LANG="en_US.UTF-8", LANGUAGE="en")
    assert "Kesalahan: Opsi '--outptu' tidak ada." in text
    assert "Mungkin maksud Anda: '--output'" in text
    assert "Coba 'adpim build --help' untuk bantuan." in text


@pytest.mark.parametrize(("words", "environment"), [(["--lang", "en"], {}), ([], {"ADPIM_LANG": "en"})])
def test_english_is_spoken_on_demand(words: list[str], environment: dict[str, str]) -> None:
    """Both ``--lang en`` and ADPIM_LANG=en make help and refusals English."""
    text = speak(*words, "--help", **environment)
    assert "Usage: adpim" in text
    assert "Turns press releases in content/" in text
    assert "Show this message and exit." in text
    assert "No such option" in speak(*words, "--salah", **environment)


@pytest.mark.parametrize(
    ("language", "day", "clock", "whole"),
    [
        ("id", "Senin, 30 Oktober 2023", "09.05 WIB", "Senin, 30 Oktober 2023 pukul 09.05 WIB"),
        ("en", "Monday, October 30, 2023", "09:05 WIB", "Monday, October 30, 2023 at 09:05 WIB"),
    ],
)
def test_dates_in_words(language: str, day: str, clock: str, whole: str) -> None:
    """A moment is written as each language writes it, with the zone's own short name."""
    assert i18n.datestamp(NINE, language) == day
    assert i18n.clock(NINE, language) == clock
    assert i18n.timestamp(NINE, language) == whole
    assert i18n.timestamp(Moment(NINE.at, has_time=False), language) == day


def test_months_in_words() -> None:
    """A month has its whole name and its short one."""
    assert [i18n.monthname(NINE, language) for language in LANGUAGES] == ["Oktober 2023", "October 2023"]
    assert [i18n.monthshort(NINE, language) for language in LANGUAGES] == ["Okt", "Oct"]


def test_zones_of_indonesia() -> None:
    """Each of the three zones is named as people name it, in both languages."""
    for zone, name in {"Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.items():
        moment = Moment(NINE.at.replace(tzinfo=ZoneInfo(zone)))
        assert {i18n.clock(moment, language)[5:] for language in LANGUAGES} == {f" {name}"}
