"""The fast converter writes what plain Python-Markdown writes."""

from __future__ import annotations

from functools import lru_cache

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.intake.demo import releases
from generator.markup.converter import Converter
from generator.markup.pythonmarkdown import EXTENSIONS, ShapeExtension
from generator.markup.simple import Written, split

FAST = Converter()

# Pieces that meet each other in every order: all triggers, block starts, and words between them.
PIECES = [
    *"`\\[]()<>&*_'\"-.!#|:~^+=",
    "  \n",
    "\n",
    "\n\n",
    "\n\t",
    "\t\n",
    "\n    ",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n## ",
    "\n\n## ",
    "\n\n#### Judul kecil\n\n",
    "\n\n- ",
    "\n\n- kata\n- dua kata\n\n",
    "\n\n1. kata\n2. dua kata\n\n",
    "\n\n> kata\n> ===\n\n",
    "\n- - -\n",
    "\n| a | b |\n|---|--:|\n| 1 | 2 |\n",
    "\n\n| a | b |\n| :-: | :-- |\n| 1 | **dua** |\n\n",
    "---",
    "--",
    "...",
    "``",
    "**",
    "__",
    "![",
    "](",
    '](https://contoh.example/ "judul")',
    "[a][b]",
    "\n[b]: https://contoh.example/\n",
    "\n*[SEKDA]: Sekretaris\n",
    "SEKDA",
    "<b>",
    "</b>",
    "<script>",
    "<!--",
    "-->",
    "<a@b.example>",
    "<https://contoh.example>",
    "&amp;",
    "&#60;",
    "&x",
    "\x02",
    "\x03",
    "kata",
    " kata kedua ",
    "'kutip'",
    '"kutip"',
    "‘’“”–",
    "**kata**",
    " **dua kata** ",
    "(**kata**)",
    "**kata,**",
    "*kata*",
    "[kata](https://contoh.example/a-b/)",
    "[dua kata](/x/)",
    "[kata](/x_y/)",
    "[kata](/x/ 'judul')",
    "[*kata*](/x/)",
    ".",
    ",",
    " ",
    "x",
    "1",
]


@lru_cache(maxsize=1)
def plain() -> markdown.Markdown:
    """Python-Markdown as it comes, with the same extensions and the site's own shaping."""
    return markdown.Markdown(extensions=[*EXTENSIONS, ShapeExtension()], output_format="html")


def assert_same(text: str) -> None:
    """Compare the fast converter with the plain one."""
    converter = plain().reset()
    shape = converter.treeprocessors["shape"]
    shape.images, shape.place = [], str  # type: ignore[attr-defined] # of the site's own treeprocessor
    assert FAST.convert(text, str) == (converter.convert(text), shape.images)  # type: ignore[attr-defined] # as above


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_pieces_of_markdown(text: str) -> None:
    """Whatever pieces of Markdown meet, the fast converter's HTML is plain Python-Markdown's."""
    assert_same(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Any text at all gives the same HTML."""
    assert_same(text)


@pytest.mark.parametrize(
    "text",
    [
        "> kata\n> ===\n\nkata\n\n> kata\n> ---",
        "## kata\n\nkata\n\n#### kata\n\nkata",
        "## kata\n\nkata\n\n#### kata #\n\nkata",
        "## kata\n\nkata\n\n> #### kata",
        "## kata\nkata",
        "##kata",
        "####### kata",
        "## 1. kata",
        "##  kata",
        "- kata\n\n- kata",
        "- kata\n\nkata\n\n- kata",
        "kata\n\n- kata\n\n## kata\n\n1. kata",
        "- kata\n\n* kata",
        "- kata\n\n\n- kata",
        "- kata\n\n> kata",
        "- kata\nkata",
        "- kata\n1. kata",
        "-  kata",
        "- # kata",
        "- - kata",
        "- 1. kata",
        "- 12 kata",
        "- **kata** kata\n- [kata](/x/)",
        "**kata]** kata",
        "kata\n- - -",
        "kata\n- -  -- \nkata",
        "kata\n- - - kata",
        "- kata\n- - -",
        "> kata\n> - - -",
    ],
)
def test_blocks_beside_each_other(text: str) -> None:
    """Headings and lists give the same HTML whatever stands beside them or in them."""
    assert_same(text)


# What may stand in a row, and what may be a row that is none.
CELLS = [
    "kata",
    "dua kata",
    "**kata**",
    "a **b**, c",
    "[a](/b/)",
    "",
    " ",
    "#",
    "-",
    "x-y",
    "1.",
    "é",
    "a_b",
    "*a*",
    "'a'",
    "`|`",
]
CELLS += ["\\|", "&", "![a](b.jpg)", "\xa0", "...", "<b>a</b>"]
UNDER = ["---", ":--", "--:", ":-:", "-", ":", "::", "", "- -", "--- "]
ROWS = ["|", "||", "| a", "a | b", "a | b |", "kata", "|---|---|", "", " | a | b |", "| a | b | "]
ROW = st.one_of(st.lists(st.sampled_from(CELLS), min_size=1, max_size=4).map(lambda row: f"| {' | '.join(row)} |"))
LINE = st.one_of(ROW, ROW, ROW, st.sampled_from(ROWS))
BAR = st.lists(st.sampled_from(UNDER[:5]) | st.sampled_from(UNDER), min_size=1, max_size=3).map(
    lambda row: f"|{'|'.join(row)}|"
)
BESIDE = st.sampled_from(["kata\n\n", "- kata\n\n", "> kata\n\n", "kata\n", "\n", "## kata\n\n", ""])


@settings(max_examples=600, deadline=None)
@given(BESIDE, LINE, BAR, st.lists(LINE, max_size=3), BESIDE)
def test_tables(before: str, head: str, under: str, rows: list[str], after: str) -> None:
    """Tables, and what nearly is one, give the same HTML whatever stands in them and beside them."""
    assert_same(before + "\n".join([head, under, *rows]) + "\n\n" + after)


def test_a_table_of_words_is_written_at_once() -> None:
    """A table between bars is a simple block, with alignment and bold words."""
    table = split("| Kabupaten | Jumlah |\n| --- | ---: |\n| Kapuas | 12 |\n| **Jumlah** | 12 |")
    assert [part.tag for part in table if isinstance(part, Written)] == ["table"]


def test_blank_lines_by_the_thousand() -> None:
    """A text of blank lines, which is looked at once and not from each of them, gives the same HTML."""
    assert_same("kata" + "\n" * 100_000 + "kata")


def test_releases() -> None:
    """Whole releases give the same HTML."""
    for _, text in releases(150):
        assert_same(text.split("---\n", 2)[2])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kata",
        "a `b` c",
        "a\\*b",
        "[a](b)",
        "![a](b)",
        "<b>x</b>",
        "a & b &amp; c",
        "a  \nb",
        "a\t\nb",
        "-- --- ...",
        "*a* _b_ __c__",
    ],
)
def test_each_trigger(text: str) -> None:
    """Each trigger alone gives the same HTML."""
    assert_same(text)
