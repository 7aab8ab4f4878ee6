"""The host guard on real servers: the same intrusions are found, and put right, on every kind of host."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from generator.publish.folder import FolderHost
from generator.publish.guard import Expected, check
from generator.publish.host import PART, part_name
from generator.publish.lock import LOCK
from generator.publish.manifest import HEAD, MOST, File, Manifest, digest_of, pack
from generator.publish.repair import put_away, put_back, quarantine
from tests.hosting import BUCKETS, bury
from tests.hosting_ftp import KINDS
from tests.newsroom import Quiet
from tests.test_guard import INTRUSIONS, OURS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.publish.host import Host
    from tests.hosting import Stand

pytestmark = pytest.mark.server

PACKED = pack(
    Manifest(
        "https://contoh.example",
        "2026-11-24T10:00:00+07:00",
        {file: File(len(data), digest_of(data)) for file, data in OURS.items()},
    )
)


@pytest.fixture(params=KINDS)
def stand(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Each kind of host in turn."""
    with contextlib.contextmanager(KINDS[request.param])(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def host(stand: Stand) -> Iterator[Host]:
    """The host, connected, with the site published on it."""
    with contextlib.closing(stand.open()) as connected:
        for file, data in {**OURS, **PACKED.parts, HEAD: PACKED.head}.items():
            connected.write(file, data)
        yield connected


def expected() -> Expected:
    """Return what must stand on the host."""
    return Expected(PACKED.manifest, {}, PACKED.head, lambda _: frozenset(), (), "contoh.example", OURS.get)


def house(file: str) -> bytes | None:
    """Return the bytes of a file of the manifest."""
    return PACKED.head if file == HEAD else PACKED.parts.get(file)


def test_what_was_published_is_clean(host: Host) -> None:
    """A host on which all is as it was published is clean."""
    verdict = check(host, expected(), Quiet())
    assert (verdict.findings, verdict.unread, verdict.checked) == ((), (), len(OURS))


@pytest.mark.parametrize("name", INTRUSIONS)
def test_each_intrusion_is_found_and_put_right(host: Host, stand: Stand, tmp_path: Path, name: str) -> None:
    """Whatever was added, changed or deleted is found, alone; after a repair the host is clean, and nothing is lost."""
    file, data, kind, weight = INTRUSIONS[name]
    if data is None:
        host.remove(file)
    else:
        stand.put(file, data)
    findings = check(host, expected(), Quiet()).findings
    assert [(f.file, f.kind, f.weight) for f in findings] == [(file, kind, weight)]
    if kind == "foreign":
        away = put_away(host, [file], quarantine("", tmp_path / "kerja", "s"), Quiet())
        assert away.failed == ()
        places = [*(host.read(place) for _, place in away.moved if not place.startswith("../")), data]
        places += [path.read_bytes() for _, path in away.fetched]
        assert data in places
        assert len(away.moved) + len(away.fetched) == 1
    else:
        assert put_back(host, findings, expected(), house, Quiet()).done == (file,)
        assert stand.get(file) == OURS[file]
    assert check(host, expected(), Quiet()).findings == ()


def test_a_folder_in_place_of_a_page_goes(host: Host, stand: Stand, tmp_path: Path) -> None:
    """Where somebody made a folder of the name of a page, the page comes back once what stood in it is away."""
    for file in ("index.html", "foto.jpg"):
        host.remove(file)
    for file in ("index.html/a/b/x.php", "foto.jpg/x.txt"):
        stand.put(file, b"CONTOH")
    stand_in = ["foto.jpg/x.txt", "index.html/a/b/x.php"]
    put_away(host, stand_in[1:], quarantine("", tmp_path / "kerja", "s"), Quiet())
    findings = check(host, expected(), Quiet()).findings
    back = put_back(host, findings, expected(), house, Quiet())
    if stand.get("foto.jpg") is None:
        assert (back.done, [each.file for each in back.failed]) == (("index.html",), ["foto.jpg"])
    assert stand.get("index.html") == OURS["index.html"]
    assert stand.get("foto.jpg/x.txt") == b"CONTOH"


def test_an_empty_folder_in_place_of_a_page_goes(tmp_path: Path) -> None:
    """An empty folder of the name of a page, which is listed nowhere, does not keep the page away."""
    host = FolderHost(tmp_path / "web", "file:///web")
    host.write(HEAD, PACKED.head)
    (tmp_path / "web/index.html").mkdir()
    findings = check(host, expected(), Quiet()).findings
    assert put_back(host, findings, expected(), house, Quiet()).failed == ()
    assert check(host, expected(), Quiet()).findings == ()


def test_a_thousand_smuggled_pages_are_all_found(host: Host, stand: Stand) -> None:
    """Of very many foreign files none is overlooked, and all are told with what tells on them."""
    page = b'<!doctype html><a href="https://judi.example/">CONTOH</a>'
    for number in range(1000):
        stand.put(f"slot/{number}/index.html", page)
    findings = check(host, expected(), Quiet()).findings
    assert {f.file for f in findings} == {f"slot/{number}/index.html" for number in range(1000)}
    assert {dict(f.why.values)["hosts"] for f in findings} == {"judi.example"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BUCKETS])
def test_what_never_ends_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A link to a device is told without a look into it, whether a page of ours stood there or nothing."""
    with (
        contextlib.contextmanager(KINDS[kind])(tmp_path, monkeypatch) as stand,
        contextlib.closing(stand.open()) as host,
    ):
        for file, data in {**OURS, HEAD: PACKED.head}.items():
            host.write(file, data)
        (folder,) = (path.parent for path in tmp_path.rglob("index.html") if path.parent.name != "naskah")
        (folder / "index.html").unlink()
        for name in ("index.html", "nol.html"):
            (folder / name).symlink_to("/dev/zero")
        findings = {f.file: f.kind for f in check(host, expected(), Quiet()).findings}
    assert findings == {"index.html": "altered", "nol.html": "foreign"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BUCKETS])
def test_what_never_ends_is_no_lock_and_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A pipe, a device or too much of anything, where the lock and the list are looked for, is as good as nothing."""
    with (
        contextlib.contextmanager(KINDS[kind])(tmp_path, monkeypatch) as stand,
        contextlib.closing(stand.open()) as host,
    ):
        for file, data in {**OURS, HEAD: PACKED.head}.items():
            host.write(file, data)
        (folder,) = (path.parent for path in tmp_path.rglob("index.html") if path.parent.name != "naskah")
        os.mkfifo(folder / "pipa")
        (folder / "nol").symlink_to("/dev/zero")
        os.truncate(folder / HEAD, 1 << 40)
        if "ftp" not in kind or kind == "sftp":
            assert [host.read(name, MOST) for name in ("pipa", "nol")] == [None, None]
        assert host.read(HEAD, MOST) is None
        assert host.read("index.html", len(OURS["index.html"])) == OURS["index.html"]
        assert host.read("index.html", len(OURS["index.html"]) - 1) is None
        findings = {f.file: f.kind for f in check(host, expected(), Quiet()).findings}
    assert findings == {HEAD: "altered", "pipa": "foreign", "nol": "foreign"}


def site_folder(tmp_path: Path) -> Path:
    """Return the folder of the host in which the site's pages lie, seen from behind."""
    (folder,) = (path.parent for path in tmp_path.rglob("index.html") if path.parent.name != "naskah")
    return folder


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BUCKETS])
def test_a_path_that_is_too_long_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Where folders go deeper than a path can say, the one that cannot be looked into is told, and all beside it."""
    with (
        contextlib.contextmanager(KINDS[kind])(tmp_path, monkeypatch) as stand,
        contextlib.closing(stand.open()) as host,
    ):
        for file, data in {**OURS, **PACKED.parts, HEAD: PACKED.head}.items():
            host.write(file, data)
        stand.put("slot/x.php", b"CONTOH")
        bury(site_folder(tmp_path) / "slot", "y.php")
        verdict = check(host, expected(), Quiet())
        assert verdict.checked == len(OURS)
        deep, found = sorted((f.file for f in verdict.findings), key=len, reverse=True)
        assert found == "slot/x.php"
        assert deep.startswith(f"slot/{'d' * 200}/")
        place = quarantine("", tmp_path / "kerja", "s")
        away = put_away(host, [deep, found], place, Quiet())
        assert found not in {each.file for each in away.failed}
        host.write("index.html", b"CONTOH")
        assert stand.get("index.html") == b"CONTOH"


@pytest.mark.parametrize("name", ["a\nb", "a\nx.php", "a\rb", "d\n", "d\ntype=dir; ..", "d\ntotal 1"])
@pytest.mark.parametrize("kind", ["folder", "bare sftp", "ftp"])
@pytest.mark.parametrize("above", ["slot/", ""])
def test_a_name_of_two_lines_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, above: str
) -> None:
    """A name with an end of line in it, of a file or a folder, is told in some way, and so is all beside it."""
    with (
        contextlib.contextmanager(KINDS[kind])(tmp_path, monkeypatch) as stand,
        contextlib.closing(stand.open()) as host,
    ):
        for file, data in {**OURS, **PACKED.parts, HEAD: PACKED.head}.items():
            host.write(file, data)
        for file in (f"{above}d/y.php", f"{above}x.php", f"{above}{name}/z.php"):
            stand.put(file, b"CONTOH")
        verdict = check(host, expected(), Quiet())
        told = {f.file for f in verdict.findings} - {f"{above}d/y.php", f"{above}x.php"}
        assert len(verdict.findings) - len(told) == 2
        assert told
        assert verdict.checked == len(OURS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BUCKETS])
def test_a_folder_like_those_that_a_lock_takes_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The folder by which one locks over FTP is no finding as long as it is empty; what stands in it is foreign."""
    with (
        contextlib.contextmanager(KINDS[kind])(tmp_path, monkeypatch) as stand,
        contextlib.closing(stand.open()) as host,
    ):
        for file, data in {**OURS, HEAD: PACKED.head}.items():
            host.write(file, data)
        guard = f"{PART}{LOCK}.part"
        (site_folder(tmp_path) / guard).mkdir()
        assert check(host, expected(), Quiet()).findings == ()
        stand.put(f"{guard}/{part_name()}", b"CONTOH")
        (found,) = check(host, expected(), Quiet()).findings
        assert (found.kind, found.file.rpartition("/")[0]) == ("foreign", guard)
