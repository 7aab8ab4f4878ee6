"""What may stand on a host without being ours: what somebody allows, and the program's own work, while it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.publish.guard import MOST_READ, Verdict, is_allowed
from generator.publish.host import is_part, part_name
from generator.publish.lock import LOCK
from generator.publish.suspects import Weight
from tests.test_guard import OURS, PAGE, Guarded

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    """A published site to which nothing has happened yet."""
    return Guarded(tmp_path)


@pytest.mark.parametrize(
    ("file", "patterns", "allowed"),
    [
        (".well-known/acme-challenge/abc", [".well-known/*"], True),
        ("google1234.html", ["google*.html"], True),
        ("google/judi.html", ["google*.html"], False),
        ("lain.html", ["google*.html"], False),
        (".well-known/x.php", [".well-known/*"], False),
        (".well-known/.htaccess", [".well-known/*"], False),
        ("cgi-bin/kontak.php", ["cgi-bin/kontak.php"], True),
        ("a+b.txt", ["a+b.txt"], True),
        ("bidang/a/index.php", ["bidang/"], True),
        ("bidang.php", ["bidang/"], False),
        ("lain/bidang/a.php", ["bidang/"], False),
        ("aab.txt", ["a+b.txt"], False),
    ],
)
def test_a_pattern_lets_stand_what_it_names(file: str, patterns: list[str], allowed: bool) -> None:
    """A star stays within its folder, and at the end takes all below; a program is let stand by its name alone."""
    assert is_allowed(file, patterns) is allowed


@pytest.mark.parametrize(
    ("file", "pattern", "data", "weight"),
    [
        ("google0123456789abcdef.html", "google*.html", "judi", Weight.ELSEWHERE),
        ("google0123456789abcdef.html", "google*.html", "CONTOH", Weight.OWNERSHIP),
        (".well-known/slot/index.html", ".well-known/*", "judi", Weight.ELSEWHERE),
        (".well-known/tanpa-akhiran", ".well-known/*", "judi", Weight.ELSEWHERE),
        (".well-known/x.php", ".well-known/*", "CONTOH", Weight.PROGRAM),
        (".well-known/foto.jpg", ".well-known/*", "<?php CONTOH", Weight.PROGRAM),
        (".well-known/.htaccess", ".well-known/*", "CONTOH", Weight.RULES),
        (".well-known/game.apk", ".well-known/*", "CONTOH", Weight.EXECUTABLE),
    ],
)
def test_a_pattern_excuses_nothing_that_tells(
    guarded: Guarded, file: str, pattern: str, data: str, weight: Weight
) -> None:
    """What only a pattern allows is read and judged; its whole name excuses it."""
    guarded.put(file, PAGE.format('<a href="https://judi.example/">gacor</a>') if data == "judi" else data)
    verdict = guarded.check((pattern,))
    assert [(f.file, f.weight) for f in verdict.findings] == [(file, weight)]
    assert verdict.allowed == ()
    assert guarded.check((pattern, file)) == Verdict((), (), len(OURS), (file,))


def test_what_a_pattern_allows_must_let_itself_be_looked_into(guarded: Guarded) -> None:
    """A link, and a page too big to be read, are excused by their whole names alone; a big picture by a pattern."""
    guarded.put("boleh/besar.html", bytes(MOST_READ + 1))
    guarded.put("boleh/besar.jpg", bytes(MOST_READ + 1))
    (guarded.web / "boleh/nol").symlink_to("/dev/zero")
    verdict = guarded.check(("boleh/*",))
    assert [finding.file for finding in verdict.findings] == ["boleh/besar.html", "boleh/nol"]
    assert verdict.allowed == ("boleh/besar.jpg",)
    assert guarded.check(("boleh/*", "boleh/besar.html", "boleh/nol")).findings == ()


def test_no_file_is_called_like_a_pattern(guarded: Guarded) -> None:
    """A file whose own name is the pattern, star and all, is not excused as if somebody had named it."""
    guarded.put("cgi-bin/*.php", "CONTOH")
    assert [finding.file for finding in guarded.check(("cgi-bin/*.php",)).findings] == ["cgi-bin/*.php"]


def test_what_is_allowed_is_no_finding(guarded: Guarded) -> None:
    """A foreign file that the target allows is counted and not found."""
    guarded.put(".well-known/security.txt", "CONTOH")
    assert guarded.check((".well-known/*",)) == Verdict((), (), len(OURS), (".well-known/security.txt",))


@pytest.mark.parametrize(
    "file", [part_name(), f"a/b/{part_name()}", ".adpim-0123.part", ".adpim-x.php.part", f".adpim-{LOCK}.part/x.html"]
)
def test_a_name_of_the_programs_own_excuses_nothing(guarded: Guarded, file: str) -> None:
    """While nothing is sent, a file that is called like an upload is judged as any other."""
    guarded.put(file, PAGE.format('<a href="https://judi.example/">gacor</a>'))
    ((found, (kind, weight)),) = guarded.found().items()
    assert (found, kind) == (file, "foreign")
    assert weight <= Weight.ELSEWHERE


def test_an_upload_that_has_ended_meanwhile_is_no_finding(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that waited to be renamed when the host was listed, and is gone when it is read, was a publish's."""
    guarded.put(part_name(), "CONTOH")
    read = guarded.host.read

    def gone(file: str, most: int | None = None) -> bytes | None:
        return None if is_part(file) else read(file, most)

    monkeypatch.setattr(guarded.host, "read", gone)
    assert guarded.found() == {}


@pytest.mark.parametrize(
    ("file", "is_one"),
    [
        (".adpim-0123456789abcdef.part", True),
        ("a/b/.adpim-0123456789abcdef.part", True),
        ("a\nb/.adpim-0123456789abcdef.part", True),
        (".adpim-0123456789abcde.part", False),
        (".adpim-0123456789abcdef0.part", False),
        (".adpim-0123456789ABCDEF.part", False),
        ("x.adpim-0123456789abcdef.part", False),
        (".adpim-0123456789abcdef.part.html", False),
        (".adpim-0123456789abcdef.part\n", False),
    ],
)
def test_uploads_have_names_of_one_form(file: str, is_one: bool) -> None:
    """A name is that of an upload if the program may have made it, and no other is."""
    assert is_part(file) is is_one
    assert is_part(part_name())
