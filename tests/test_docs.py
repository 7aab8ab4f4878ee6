"""The documents tell all that the program knows, and nothing they show is wrong."""

from __future__ import annotations

import ast
import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from generator.cli.app import commands
from generator.config import parse_site
from generator.errors import ContentError
from generator.i18n import LOCALE_DIR, catalogue
from generator.manuscript import parse_article
from generator.page_manuscript import parse_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.newsroom import Newsroom

ROOT = Path(__file__).parent.parent
HANDBOOK = (ROOT / "docs/panduan.md").read_text("utf-8")
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "templates/README.md"],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
SITE = parse_site((ROOT / "content/site.toml").read_bytes())
STRANGE = "zzzzzz"
"""A key so unlike any other that the program answers with all that it knows."""

SET_UP = (
    "python3 -m venv .venv && .venv/bin/python -m pip install --quiet -r {requirements} && "
    ".venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e . && {then}\n"
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")


def fences(text: str, language: str) -> list[str]:
    """Return the code blocks of ``language``."""
    return [match[2] for match in _FENCE.finditer(text) if match[1] == language]


def section(heading: str) -> str:
    """Return what stands in the handbook under a second-level heading."""
    _, found, rest = HANDBOOK.partition(f"\n## {heading}\n")
    assert found, heading
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


RELEASE, PAGE = section("Semua kunci rilis"), section("Halaman tetap")
SETTINGS, COMMANDS = section("Pengaturan situs: site.toml"), section("Perintah")


def known_keys(read: Callable[[], object]) -> set[str]:
    """Return the keys that the program names when it meets a STRANGE one, at the top and in groups."""
    with pytest.raises(ContentError) as caught:
        read()
    answers = [dict(p.fix.values)["keys"] for p in caught.value.problems if STRANGE in p.text]
    return {key for answer in answers for key in answer.split(", ")}


def release_keys() -> set[str]:
    text = (
        f"---\ntitle: CONTOH\ndate: 2026-12-04\n{STRANGE}: 1\nphoto: a.jpg\n"
        f"photos:\n- file: b.jpg\n  {STRANGE}: 1\n"
        f"corrections:\n- date: 2026-12-05\n  note: CONTOH\n  {STRANGE}: 1\n---\n"
    )
    return known_keys(lambda: parse_article(text.encode(), "content/berita/contoh.md", SITE))


def page_keys() -> set[str]:
    text = f"---\ntitle: CONTOH\n{STRANGE}: 1\n---\n"
    return known_keys(lambda: parse_page(text.encode(), "content/halaman/contoh.md", SITE))


def site_keys() -> set[str]:
    text = (
        f'title = "CONTOH"\nbase_url = "https://contoh.example"\n{STRANGE} = 1\n'
        f'menu = [{{ label = "CONTOH", {STRANGE} = 1, items = [{{ label = "CONTOH", url = "/", {STRANGE} = 1 }}] }}]\n'
        f'announcement = {{ text = "CONTOH", {STRANGE} = 1 }}\npress = {{ name = "CONTOH", {STRANGE} = 1 }}\n'
        f'[publish.web]\nurl = "file:///contoh"\n{STRANGE} = 1\n'
    )
    return known_keys(lambda: parse_site(text.encode()))


def options() -> dict[str, set[str]]:
    """Return the long options of each command, those of ``adpim`` itself under ""."""
    group = commands("id")
    every = {"": group, **group.commands}
    return {name: {o for p in command.params for o in p.opts if o[:2] == "--"} for name, command in every.items()}


def whole(keys: str) -> str:
    """Return a release's file with these lines of front matter, and those that every release needs."""
    needed = {"title": "title: CONTOH\n", "date": "date: 2026-12-04\n"}
    added = "".join(line for key, line in needed.items() if not re.search(rf"^{key}:", keys, re.MULTILINE))
    return f"---\n{added}{keys}---\n\nIsi CONTOH.\n"


def anchors(text: str) -> set[str]:
    """Return the anchors that the headings of a document get on a code host."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_keys_are_found() -> None:
    """The program answers a strange key with its keys, those of groups among them."""
    assert {"title", "photo", "photos", "file", "corrections", "note"} <= release_keys()
    assert {"base_url", "menu", "label", "items", "hours", "start", "allow"} <= site_keys()


@pytest.mark.parametrize("key", sorted(release_keys()))
def test_every_key_of_a_release_is_explained(key: str) -> None:
    """Each front-matter key stands in the handbook, and in one of its examples."""
    assert f"`{key}`" in RELEASE
    assert any(re.search(rf"^[ -]*{key}:", example, re.MULTILINE) for example in fences(RELEASE, "yaml"))


@pytest.mark.parametrize("key", sorted(page_keys()))
def test_every_key_of_a_page_is_explained(key: str) -> None:
    """Each key of a standing page stands in the handbook, and in its example."""
    assert f"| `{key}` |" in PAGE
    assert any(re.search(rf"^{key}:", example, re.MULTILINE) for example in fences(PAGE, "markdown"))


@pytest.mark.parametrize("key", sorted(site_keys()))
def test_every_setting_is_explained(key: str) -> None:
    """Each setting of site.toml stands in the handbook, and in one of its examples."""
    assert f"`{key}`" in SETTINGS
    shown = rf"^{key} = |[{{,] {key} = |^\[{key}\."
    assert any(re.search(shown, example, re.MULTILINE) for example in fences(SETTINGS, "toml"))


@pytest.mark.parametrize("command", sorted(options()))
def test_every_command_and_option_is_explained(command: str) -> None:
    """Each command has a heading in the handbook, and each option stands there."""
    assert not command or f"\n### `adpim {command}`\n" in COMMANDS
    assert {option for option in options()[command] if f"`{option}" not in COMMANDS} == set()


def test_no_option_is_invented() -> None:
    """The handbook and the README name no option of adpim that does not exist."""
    text = COMMANDS + (ROOT / "README.md").read_text("utf-8").partition("\n## Commands\n")[2]
    named = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", text))
    assert named - set().union(*options().values()) == {"--help"}


@pytest.mark.parametrize("keys", fences(HANDBOOK, "yaml"))
def test_examples_of_front_matter_are_right(keys: str) -> None:
    """Each example of front matter parses without a problem or a warning."""
    assert parse_article(whole(keys).encode(), "content/berita/contoh.md", SITE).warnings == ()


@pytest.mark.parametrize("text", fences(HANDBOOK, "markdown"))
def test_examples_of_files_are_right(text: str) -> None:
    """Each example of a whole file parses without a problem or a warning."""
    if "\ndate:" in text:
        assert parse_article(text.encode(), "content/berita/contoh.md", SITE).warnings == ()
    else:
        assert parse_page(text.encode(), "content/halaman/contoh.md", SITE).warnings == ()


@pytest.mark.parametrize("settings", fences(HANDBOOK, "toml"))
def test_examples_of_settings_are_right(settings: str) -> None:
    """Each example of site.toml is accepted."""
    needed = {"title": "CONTOH", "base_url": "https://contoh.example"}
    added = "".join(f'{key} = "{value}"\n' for key, value in needed.items() if not settings.startswith(f"{key} ="))
    assert parse_site((added + settings).encode()).title


def test_settings_that_wait_are_right() -> None:
    """The examples in the office's site.toml would be accepted if they were settings, and say CONTOH."""
    text = (ROOT / "content/site.toml").read_text("utf-8")
    waiting = re.findall(r"^# (\w+ = .*)$", text, re.MULTILINE)
    assert len(waiting) > 5
    assert [row for row in waiting if "contoh" not in row.lower() and "000" not in row] == []
    site = parse_site(re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE).encode())
    assert site.press is not None
    assert site.channels


def test_first_example_is_the_office_s_own() -> None:
    """The handbook's first whole file is the beginning of the office's real release."""
    release = ROOT / "content/berita/2023/10/sekda-nuryakin-buka-bimtek-tksk.md"
    assert release.read_text("utf-8").startswith(fences(HANDBOOK, "markdown")[0])


def test_messages_are_the_program_s() -> None:
    """Each message that the handbook explains is one that the program says, word for word."""
    with (LOCALE_DIR / "id/LC_MESSAGES/adpim.po").open("rb") as file:
        said = {re.sub(r"\{\w+\}", "…", m.string) for m in read_po(file) if isinstance(m.string, str)}
    rows = re.findall(r"^\| (.+?) \| .+ \|$", section("Bila ada pesan masalah"), re.MULTILINE)
    explained = {row for row in rows if row != "pesan"}
    assert len(explained) > 50
    assert explained - said == set()


def messages(tree: ast.AST) -> set[str]:
    """Return the texts of all message() calls in a piece of code."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return {ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "message"}


def not_causes(tree: ast.AST) -> set[str]:
    """Return the texts that say how to mend something or what is being done, and not what is wrong.

    A fix stands behind its cause, is assigned to a name that says so, or comes from a function that makes one.
    """
    found = set()
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
        for cause, fix in pairwise(parts):
            is_cause = ast.unparse(cause).startswith("message(") or ast.unparse(cause) in {"what", "_UNREADABLE"}
            found |= messages(fix) if is_cause else set()
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"fix", "save_as", "SPACE_NEEDED"}:
            found |= messages(node)
        if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "Message":
            found |= messages(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".stage", ".sending")):
            found |= messages(node)
    return found


def test_no_message_is_left_out() -> None:
    """Each text by which the program says what is wrong stands in the handbook's list, in Indonesian."""
    trees = {file: ast.parse(file.read_text("utf-8")) for file in (ROOT / "generator").rglob("*.py")}
    # What systems say, and what the preview's bar is labelled with and says of a page, is no message of a problem.
    others = {"system.py", "texts.py", "facts.py"}
    causes = set().union(*(messages(tree) for file, tree in trees.items() if file.name not in others))
    causes -= set().union(*map(not_causes, trees.values()))
    assert len(causes) > 50
    said = {re.sub(r"\{\w+\}", "…", catalogue("id").gettext(cause)) for cause in causes}
    assert {text for text in said if f"\n| {text} | " not in HANDBOOK} == set()


def test_readme_begins_with_the_two_commands() -> None:
    """The README's first two code blocks set up and build, and set up and test."""
    blocks = [match[2] for match in _FENCE.finditer((ROOT / "README.md").read_text("utf-8"))]
    assert blocks[:2] == [
        SET_UP.format(requirements="requirements.txt", then=".venv/bin/adpim build"),
        SET_UP.format(requirements="requirements-test.txt", then=".venv/bin/python -m pytest"),
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_resolve(document: Path) -> None:
    """Each relative link leads to a file that exists, and to a heading in it where it names one."""
    text = _CODE.sub("", _FENCE.sub("", document.read_text("utf-8")))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        file = (document.parent / path) if path else document
        if "://" in target or target.startswith(("mailto:", "/")):
            continue
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if document.name != "panduan.md"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_named_paths_exist(document: Path) -> None:
    """Each file or folder of the repository that a document names exists; the handbook also names ones to be made."""
    named = re.findall(r"`((?:content|docs|generator|templates|tests)/[\w./-]*)`", document.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_standing_pages_lead_somewhere(newsroom: Newsroom) -> None:
    """Each link of the office's standing pages and menu leads to a page of the built site."""
    content = (file for file in (ROOT / "content").rglob("*") if file.is_file())
    newsroom.write({file.relative_to(ROOT).as_posix(): file.read_bytes() for file in content})
    newsroom.build()
    pages = [file.read_text("utf-8") for file in (ROOT / "content/halaman").glob("*.md")]
    targets = {target for page in pages for target in re.findall(r"\]\((/[^)\s]*)\)", page)}
    targets |= {item.url for item in SITE.menu if item.url.startswith("/")}
    built = newsroom.files()
    assert {t for t in targets if f"{t[1:]}index.html" not in built and t[1:] not in built} == set()


@pytest.mark.parametrize("language", ["id", "en"])
def test_descriptions_of_the_office_s_site_are_long_enough(newsroom: Newsroom, language: str) -> None:
    """Each page of the office's own site is described in 80 to 160 characters, whichever language frames it."""
    content = (file for file in (ROOT / "content").rglob("*") if file.is_file())
    newsroom.write({file.relative_to(ROOT).as_posix(): file.read_bytes() for file in content})
    settings = (ROOT / "content/site.toml").read_text("utf-8").replace('language = "id"', f'language = "{language}"')
    newsroom.write({"content/site.toml": settings})
    newsroom.build()
    lengths: dict[str, int] = {}
    for file, data in newsroom.files().items():
        described = re.search(r'<meta name="description" content="([^"]*)">', data.decode("utf-8", "replace"))
        lengths |= {file: len(unescape(described[1]))} if described else {}
    assert len(lengths) > 10
    assert {file: length for file, length in lengths.items() if not 80 <= length <= 160} == {}
