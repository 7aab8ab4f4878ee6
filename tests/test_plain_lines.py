"""Front matter of plain lines is read as YAML would read it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import frontmatter
from generator.errors import ContentError, Problem
from generator.intake.demo import releases
from generator.plainlines import read_plain_lines

# Values that meet each key: each kind that is read without YAML, and what makes each of them something else.
TEXTS = [
    *["kata", "dua kata", "2023-10-30", "2023-10-30 14:00", "12", "1e3", "0x1F", "true", "nULL", "a:b", "/lama/1/"],
    *["(a)", "“a” b", "‘a’", "é", "kata\u0301", "a \N{GRINNING FACE} b", "a, b", "a [b]", "a]", "a]["],
    *["a {b}", "a'b", 'a"b'],
    *["a\\b", "a & b", "a? b!", "a=b", "https://contoh.example/a", "kata " * 300 + "akhir"],
]
NULLS = ["", "null", "Null", "NULL", "~"]
QUOTED = ['"kata"', '""', '"a: b #c"', "'a'", "''", "'a: \"b\" #c'", '"a\'b"', '"  a  "']
ROWS = ["[a]", "[a, b c]", "[a,b ]", "[ a , b]", "[null, Null]", "[1, 2.5]", "[a&b, c*d]", "[a'b, c\"d]", "[a - b]"]
OTHER = [
    *["a: b", "a:", "a #b", "a#b", "#a", "- a", "-1", "? a", "?a", ": a", "|", ">", "| a", "&a b", "*a", "!x a"],
    *["!!str a", "%a", "@a", "`a`", "{a: b}", "{}", "=", "<<", ".5", ",a", "]", "}", "—a", "---", "..."],
    *["'a''b'", '"a\\"b"', '"a', "'a", '"a" b', '"a" # b', "'a'b", " a", "a ", "a\tb", "\ta"],
    *["[]", "[a, ]", "[,a]", "[a]b", "[a] ", "[a: b]", "[a:b]", "[a ?b]", "[a?b]", '["a"]', "[-a]", "[[a]]", "[a"],
    *["a\x07b", "a\x7fb", "a\x85b", "a\xa0b", "a\xadb", "a\u200bb", "a\u2028b", "\ufeffa", "a\ufffeb", "a\x1cb"],
]
KEYS = ["title", "date", "tags", "note", "null", "true", "yes", "_", "x_y", "a" * 60, "é", "'a'", "a b", "a ", "?"]
LINES = [
    *["- a", "- b c", "  - a", "  - b c", " - a", "-   a", "- null", "- a:b", "- é", "- " + "kata " * 300 + "akhir"],
    *["-", "- ", "- a: b", "- - a", "- 'a'", "- a #b", "- [a]", "-a", "- a ", "\t- a", "- ~"],
    *["", " ", "  a", "a", "# a", "  b: c", "k:v", "k :v", "...", "<<: a", "%YAML 1.1", "{a: b}"],
]
ENTRIES = st.builds(
    lambda key, value: f"{key}: {value}" if value else f"{key}:",
    st.sampled_from(KEYS[:6]) | st.sampled_from(KEYS),
    st.sampled_from([*TEXTS, *NULLS, *QUOTED, *ROWS]) | st.sampled_from(OTHER) | st.text(max_size=20),
)


def read(front: str) -> frontmatter.Source | tuple[Problem, ...]:
    """Return what a file with this front matter holds, or what is wrong with it."""
    try:
        return frontmatter.parse(f"\n---\n{front}\n---\n\nIsi CONTOH.\n".encode(errors="replace"), "rilis.md")
    except ContentError as error:
        return error.problems


def assert_same(front: str) -> None:
    """Compare what is read with what is read by YAML alone."""
    with pytest.MonkeyPatch.context() as patch:
        seen = read(front)
        patch.setattr(frontmatter, "read_plain_lines", lambda *_: None)
        # The types too: a list of nothing must not be taken for a text.
        assert repr(seen) == repr(read(front))


def is_plain(front: str) -> bool:
    """Say whether the front matter is read without YAML."""
    return read_plain_lines(f"\n{front}\n", 1) is not None


@settings(max_examples=800, deadline=None)
@given(st.lists(ENTRIES | st.sampled_from(LINES), max_size=6).map("\n".join))
def test_lines_in_any_order(front: str) -> None:
    """Whatever lines meet, the tree, its lines and the problems are YAML's."""
    assert_same(front)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100))
def test_any_text(front: str) -> None:
    """Any text at all is read as YAML reads it."""
    assert_same(front)


@pytest.mark.parametrize("value", [*TEXTS, *NULLS, *QUOTED, *ROWS, *OTHER])
def test_each_value(value: str) -> None:
    """Each value is read as YAML reads it: first, last and between others."""
    entry = f"title: {value}" if value else "title:"
    for front in (entry, f"{entry}\ndate: 2023-10-30", f"date: 2023-10-30\n\n{entry}\n\n\ntags: [a]"):
        assert_same(front)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("before", ["tags:", "title: a", "tags: [a]", "tags:\n- a", "tags:\n  - a", "tags:\n"])
def test_each_line_behind_another(before: str, line: str) -> None:
    """Each line is read as YAML reads it behind a key, a value and an item of a list."""
    assert_same(f"{before}\n{line}\ndate: 2023-10-30")


def test_releases() -> None:
    """Whole releases are read as YAML reads them, and nearly all without it."""
    fronts = [text.split("---\n")[1].rstrip("\n") for _, text in releases(300)]
    for front in fronts:
        assert_same(front)
    assert sum(map(is_plain, fronts)) > 290


@pytest.mark.parametrize("value", [*TEXTS, "", "null", *QUOTED, *ROWS])
def test_plain_lines_need_no_yaml(value: str) -> None:
    """Texts, quoted texts and lists of texts are read without YAML."""
    assert is_plain(f"title: {value}" if value else "title:\n\ndate: 2023-10-30")


def test_lists_of_lines_need_no_yaml() -> None:
    """A list with an item a line is read without YAML, indented or not."""
    assert is_plain("title: a\ntags:\n- a\n- b c\nphotos:\n  - a.jpg\n  - b.jpg\ndate: 2023-10-30")


@pytest.mark.parametrize("value", OTHER)
def test_all_else_is_for_yaml(value: str) -> None:
    """What a sign may make anything but a text is left to YAML."""
    assert not is_plain(f"title: {value}")


def test_a_key_that_stands_twice_is_for_yaml() -> None:
    """A key that stands twice is left to the one room that reports it."""
    assert not is_plain("title: a\ntitle: b")


def test_blank_lines_by_the_thousand() -> None:
    """Front matter of blank lines alone is looked at once, not from each of them."""
    assert not is_plain("\n" * 60_000)
