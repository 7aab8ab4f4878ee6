"""The host guard: whatever somebody else did to the host is found, told in one line, and put right."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import message
from generator.publish.folder import FolderHost
from generator.publish.guard import MOST_READ, Expected, Verdict, check
from generator.publish.host import CLOSED, Entry, refused
from generator.publish.manifest import HEAD, File, Manifest, digest_of, pack
from generator.publish.repair import put_away, put_back, quarantine, safe_name
from generator.publish.stock import Stock
from generator.publish.suspects import Weight, altered_page, suspect
from tests.newsroom import Quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS = {
    ".htaccess": b"# CONTOH aturan kita\n",
    "index.html": b"<!doctype html><p>CONTOH beranda</p>",
    "2026/11/naskah/index.html": b'<!doctype html><p>CONTOH <a href="https://lain.example/">tautan</a></p>',
    "static/style.01234567.css": b"body{}",
    "foto.jpg": b"\xff\xd8CONTOH",
}


class Guarded:
    """A site that was published to a folder, and what this machine remembers of it."""

    def __init__(self, tmp_path: Path) -> None:
        self.web = tmp_path / "rumah" / "public_html"
        self.output = tmp_path / "output"
        self.here = tmp_path / "kerja"
        files = {file: File(len(data), digest_of(data)) for file, data in OURS.items()}
        self.packed = pack(Manifest("https://contoh.example", "2026-11-24T10:00:00+07:00", files))
        for file, data in OURS.items():
            self.put(file, data)
            (self.output / file).parent.mkdir(parents=True, exist_ok=True)
            (self.output / file).write_bytes(data)
        self.put(HEAD, self.packed.head)
        self.tried: dict[str, File] = {}
        self.spared: frozenset[str] = frozenset()
        self.host = FolderHost(self.web, "file:///rumah/public_html")

    def put(self, file: str, data: bytes | str, *, at: float = 1_000_000_000) -> None:
        """Put a file onto the host, as if it had been there since ``at``."""
        path = self.web / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        os.utime(path, (at, at))

    def expected(self, allowed: tuple[str, ...] = (), *, copies: Mapping[str, bytes] | None = None) -> Expected:
        """Return what must stand on the host."""
        stock = Stock(self.output, (copies or {}).get)
        manifest = self.packed.manifest
        return Expected(
            manifest,
            self.tried,
            self.packed.head,
            lambda _: self.spared,
            allowed,
            "contoh.example",
            lambda file: stock.bytes_of(file, manifest.files[file]),
        )

    def check(self, allowed: tuple[str, ...] = ()) -> Verdict:
        """Check the host."""
        return check(self.host, self.expected(allowed), Quiet())

    def found(self) -> dict[str, tuple[str, Weight]]:
        """Return each file that is not as it should be, with its kind and how much it tells."""
        return {finding.file: (finding.kind, finding.weight) for finding in self.check().findings}

    def house(self, file: str) -> bytes | None:
        """Return the bytes of a file of the manifest."""
        return self.packed.head if file == HEAD else None


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    """A published site to which nothing has happened yet."""
    return Guarded(tmp_path)


def changed(data: bytes) -> bytes:
    """Return other bytes of the same size."""
    return data[:-1] + bytes([data[-1] ^ 1])


def test_a_host_as_it_was_published_is_clean(guarded: Guarded) -> None:
    """Where all is as published nothing is found, and all of our files were compared."""
    assert guarded.check() == Verdict((), (), len(OURS), ())


INTRUSIONS = {
    "an added .php": ("foto/x.php", b"<?php system($_GET['x']);", "foreign", Weight.PROGRAM),
    "a changed page": ("index.html", OURS["index.html"] + b"<p>slot</p>", "altered", Weight.ALTERED),
    "a changed .htaccess": (".htaccess", b"RedirectMatch . https://judi.example/", "altered", Weight.RULES),
    "a deleted file": ("foto.jpg", None, "missing", Weight.MISSING),
    "other bytes of the same size": ("foto.jpg", changed(OURS["foto.jpg"]), "altered", Weight.ALTERED),
}


def intrude(guarded: Guarded, name: str) -> None:
    """Do to the host what the intrusion ``name`` does."""
    file, data, _, _ = INTRUSIONS[name]
    if data is None:
        (guarded.web / file).unlink()
    else:
        guarded.put(file, data)


@pytest.mark.parametrize("name", INTRUSIONS)
def test_each_intrusion_is_found(guarded: Guarded, name: str) -> None:
    """Whatever was added, changed or deleted is found, alone, as what it is."""
    intrude(guarded, name)
    file, _, kind, weight = INTRUSIONS[name]
    assert guarded.found() == {file: (kind, weight)}


@pytest.mark.parametrize("name", [name for name, each in INTRUSIONS.items() if each[2] != "foreign"])
def test_what_is_ours_is_put_back(guarded: Guarded, name: str) -> None:
    """A repair gives altered and deleted files the bytes they were published with, and the host is clean again."""
    intrude(guarded, name)
    done = put_back(guarded.host, guarded.check().findings, guarded.expected(), guarded.house, Quiet())
    assert (done.done, done.failed) == ((INTRUSIONS[name][0],), ())
    assert guarded.check().findings == ()
    assert (guarded.web / done.done[0]).read_bytes() == OURS[done.done[0]]


def test_a_file_of_the_same_size_and_date_is_no_hiding_place(guarded: Guarded) -> None:
    """An altered file is found though its size and its date are those of ours."""
    before = (guarded.web / "index.html").stat()
    guarded.put("index.html", changed(OURS["index.html"]), at=before.st_mtime)
    after = (guarded.web / "index.html").stat()
    assert (after.st_size, after.st_mtime) == (before.st_size, before.st_mtime)
    assert guarded.found() == {"index.html": ("altered", Weight.ALTERED)}


def test_the_list_on_the_host_is_not_believed(guarded: Guarded) -> None:
    """Who changes a page and the list on the host accordingly is found by what this machine remembers."""
    page = OURS["index.html"] + b"<p>slot</p>"
    files = dict(guarded.packed.manifest.files) | {"index.html": File(len(page), digest_of(page))}
    guarded.put("index.html", page)
    guarded.put(HEAD, pack(Manifest("https://contoh.example", "2026-11-25", files)).head)
    assert guarded.found() == {"index.html": ("altered", Weight.ALTERED), HEAD: ("altered", Weight.RULES)}
    put_back(guarded.host, guarded.check().findings, guarded.expected(), guarded.house, Quiet())
    assert guarded.found() == {}


def test_what_is_still_to_be_removed_is_no_finding(guarded: Guarded, tmp_path: Path) -> None:
    """Files that a publish has still to remove, and those that are spared, are passed over."""
    manifest = guarded.packed.manifest
    leaving = Manifest(manifest.site, manifest.published, manifest.files, frozenset({"lama/index.html"}))
    guarded.packed = pack(leaving)
    for file in ("lama/index.html", "disisihkan"):
        guarded.put(file, "CONTOH")
    guarded.put(HEAD, guarded.packed.head)
    guarded.spared = frozenset({"disisihkan"})
    assert guarded.found() == {}
    guarded.spared = frozenset()
    assert list(guarded.found()) == ["disisihkan"]


def test_what_a_publish_left_when_it_was_broken_off_is_ours(guarded: Guarded) -> None:
    """Files that a publish was sending when its line broke are no findings, unless their bytes are not those."""
    for file in ("index.html", "baru/index.html"):
        guarded.tried[file] = File(6, digest_of(b"CONTOH"))
        guarded.put(file, "CONTOH")
    assert guarded.found() == {}
    guarded.put("index.html", "contoh")
    guarded.put("baru/index.html", "contoh")
    assert {file: kind for file, (kind, _) in guarded.found().items()} == {
        "index.html": "altered",
        "baru/index.html": "foreign",
    }


PAGE = "<!doctype html><html><body>{}</body></html>"


@pytest.mark.parametrize(
    ("file", "data", "weight"),
    [
        ("x.php", "", Weight.PROGRAM),
        ("X.PHP5", "", Weight.PROGRAM),
        ("foto.php.jpg", "", Weight.PROGRAM),
        ("foto.jpg", "\x00\x01<?php eval($_POST[1]);", Weight.PROGRAM),
        ("lama/x.phtml", "", Weight.PROGRAM),
        ("static/.htaccess", "", Weight.RULES),
        (".user.ini", "", Weight.RULES),
        ("web.config", "", Weight.RULES),
        ("slot/index.html", PAGE.format('<a href="https://judi.example/">gacor</a>'), Weight.ELSEWHERE),
        ("a.html", PAGE.format('<script src="//judi.example/x.js"></script>'), Weight.ELSEWHERE),
        ("a.html", PAGE.format('<iframe src="https://judi.example" width=0></iframe>'), Weight.ELSEWHERE),
        ("a.html", PAGE.format('<meta http-equiv="Refresh" content="0; url=https://judi.example/">'), Weight.ELSEWHERE),
        ("a.html", PAGE.format("<script>window.location.href='https://judi.example/'</script>"), Weight.ELSEWHERE),
        ("a.html", PAGE.format('<div style="position:absolute;left:-9999px">slot</div>'), Weight.ELSEWHERE),
        ("a.html", PAGE.format('<![x[ <![> <a href="https://judi.example/">gacor</a>'), Weight.ELSEWHERE),
        ("tanpa-akhiran", PAGE.format('<a href="https://judi.example/">gacor</a>'), Weight.ELSEWHERE),
        ("unduh/game.apk", "PK", Weight.EXECUTABLE),
        ("catatan", "\x7fELF", Weight.EXECUTABLE),
        ("google0123456789abcdef.html", "google-site-verification", Weight.OWNERSHIP),
        ("sitemap-slot.xml", "<urlset/>", Weight.OWNERSHIP),
    ],
)
def test_what_intruders_leave_is_known(file: str, data: str, weight: Weight) -> None:
    """Programs, rules, pages that lead elsewhere, executables and proofs of ownership are told as what they are."""
    found = suspect(file, data.encode("latin-1"), "contoh.example")
    assert found is not None
    assert found.weight == weight


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("catatan.txt", "CONTOH"),
        ("a.html", PAGE.format('<a href="/arsip/">arsip</a> <a href="https://contoh.example/x">sini</a>')),
        ("phpinfo.txt", "CONTOH tentang php"),
        ("a.html", PAGE.format('<a href="https://[rusak">x</a>')),
    ],
)
def test_what_leads_nowhere_tells_nothing(file: str, data: str) -> None:
    """A text, or a page that stays on this site, is foreign and no more."""
    assert suspect(file, data.encode(), "contoh.example") is None


@pytest.mark.parametrize("text", ["<![x[", "<![", "<!['a", "<![CDATA-", "<![if !x]>", "<![endif]-->", "<![CDATA[x]]>"])
def test_no_page_ends_the_guard(text: str) -> None:
    """Whatever stands behind "<![", whole or not, a foreign page and an altered one are judged."""
    data = PAGE.format(text).encode()
    assert suspect("a.html", data, "contoh.example") is None
    assert altered_page("a.html", data, "contoh.example") is None


@pytest.mark.parametrize("piece", [b"<script ", b"<!--", b"<a ", b"<", b"</a ", b"eval ", b"<a style='left:"])
def test_no_file_holds_the_guard_up(piece: bytes) -> None:
    """What was written to be looked through for ever is judged within seconds."""
    data = b"<!doctype html>" + piece * (MOST_READ // len(piece) // 8)
    start = time.process_time()
    suspect("x.html", data, "contoh.example")
    assert time.process_time() - start < 5


def test_the_telltale_ones_come_first(guarded: Guarded) -> None:
    """Programs come first, then rules and pages that lead elsewhere, then what is merely foreign, new before old."""
    guarded.put("a-lama.txt", "CONTOH")
    guarded.put("b-baru.txt", "CONTOH", at=4_000_000_000)
    guarded.put("y.html", PAGE.format('<iframe src="https://judi.example/"></iframe>'))
    guarded.put("z.php", "CONTOH")
    guarded.put("sub/.htaccess", "CONTOH")
    (guarded.web / "foto.jpg").unlink()
    assert [finding.file for finding in guarded.check().findings] == [
        "z.php",
        "sub/.htaccess",
        "y.html",
        "foto.jpg",
        "b-baru.txt",
        "a-lama.txt",
    ]


def test_a_page_that_was_given_a_script_says_whose(guarded: Guarded) -> None:
    """Of an altered page it is told what ours never have, with the host that it comes from; its links tell nothing."""
    page = "2026/11/naskah/index.html"
    guarded.put(page, OURS[page] + b'<script src="https://judi.example/x.js"></script>')
    (found,) = guarded.check().findings
    assert (found.kind, found.weight) == ("altered", Weight.ELSEWHERE)
    assert dict(found.why.values) == {"hosts": "judi.example"}


def test_bytes_that_are_gone_are_not_made_up(guarded: Guarded) -> None:
    """Where neither output/ nor a copy has the bytes as published the file is left, and it is said what to do."""
    guarded.put("index.html", "diubah")
    (guarded.output / "index.html").write_text("dibangun lagi sesudahnya")
    findings = guarded.check().findings
    done = put_back(guarded.host, findings, guarded.expected(), guarded.house, Quiet())
    assert (done.done, [each.file for each in done.failed]) == ((), ["index.html"])
    assert "publish once" in done.failed[0].why.msgid
    copies = {digest_of(OURS["index.html"]): OURS["index.html"]}
    done = put_back(guarded.host, findings, guarded.expected(copies=copies), guarded.house, Quiet())
    assert done.done == ("index.html",)
    wrong = {digest_of(OURS["index.html"]): b"bukan itu"}
    guarded.put("index.html", "diubah")
    assert put_back(guarded.host, findings, guarded.expected(copies=wrong), guarded.house, Quiet()).done == ()


def test_foreign_files_go_where_no_visitor_comes(guarded: Guarded) -> None:
    """A foreign file is moved beside the web root under a name that no server runs, and its folders go with it."""
    guarded.put("slot/a/x.php", "CONTOH jahat")
    place = quarantine("", guarded.here, "20261124-100000")
    done = put_away(guarded.host, ["slot/a/x.php"], place, Quiet())
    assert (done.failed, done.fetched) == ((), ())
    kept = guarded.web.parent / "adpim-karantina" / "20261124-100000" / "slot%2fa%2fx%2ephp"
    assert kept.read_text() == "CONTOH jahat"
    assert guarded.found() == {}


def test_of_a_site_below_a_path_the_web_root_lies_further_up() -> None:
    """The folder of a site below /a/b is two below the web root, beside which the quarantine stands."""
    assert quarantine("/a/b", Path("x"), "s").beside == "../../../adpim-karantina/s"


class Locked(FolderHost):
    """A host that lets nobody out of the site's folder."""

    def move(self, file: str, target: str) -> None:
        raise refused(
            self.label,
            message("The host refuses: {error}.", error=f"{file} to {target}"),
            message("Check free space and permissions on the host."),
        )


def test_where_nothing_can_be_moved_it_is_fetched_and_removed(guarded: Guarded) -> None:
    """On a host that lets nobody out of the folder foreign files come to this machine before they are removed there."""
    guarded.put("x.php", "CONTOH jahat")
    host = Locked(guarded.web, "file:///")
    done = put_away(host, ["x.php"], quarantine("", guarded.here, "s"), Quiet())
    ((file, kept),) = done.fetched
    assert (file, kept) == ("x.php", guarded.here / "quarantine" / "s" / "x%2ephp")
    assert kept.read_text() == "CONTOH jahat"
    assert not (guarded.web / "x.php").exists()


def test_what_is_gone_already_is_not_said_to_be_fetched(guarded: Guarded) -> None:
    """Of a foreign file that has gone since it was found it is said so, and no place where it would lie."""
    away = put_away(guarded.host, ["gone.php"], quarantine("", guarded.here, "s"), Quiet())
    assert (away.moved, away.fetched) == ((), ())
    assert [failure.file for failure in away.failed] == ["gone.php"]


def test_what_cannot_be_kept_is_not_removed(guarded: Guarded) -> None:
    """Where this machine cannot keep a foreign file it stays on the host, and it is said why."""
    guarded.put("x.php", "CONTOH jahat")
    guarded.here.write_text("sebuah berkas, bukan folder")
    done = put_away(Locked(guarded.web, "file:///"), ["x.php"], quarantine("", guarded.here, "s"), Quiet())
    assert [each.file for each in done.failed] == ["x.php"]
    assert (guarded.web / "x.php").is_file()


def test_what_is_too_big_or_a_link_is_not_fetched(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that memory may not hold, and a link, stay on a host that lets nothing be moved; it is said why."""
    monkeypatch.setattr("generator.publish.repair.MOST_FETCHED", 3)
    guarded.put("besar.zip", "CONTOH")
    (guarded.web / "nol").symlink_to("/dev/zero")
    host = Locked(guarded.web, "file:///")
    done = put_away(host, ["besar.zip", "nol"], quarantine("", guarded.here, "s"), Quiet())
    assert [each.file for each in done.failed] == ["besar.zip", "nol"]
    assert (guarded.web / "besar.zip").is_file()


@pytest.mark.parametrize("name", [".adpim-0123456789abcdef.part", ".adpim-kunci"])
def test_a_closed_folder_is_no_doing_of_a_publish(guarded: Guarded, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A folder that cannot be looked into is found also under a name that the program gives its own files."""
    listed = {**guarded.host.listing(), name: CLOSED}
    monkeypatch.setattr(guarded.host, "listing", lambda: listed)
    expected = guarded.expected()._replace(spared=lambda _: frozenset({name}))
    assert [f.file for f in check(guarded.host, expected, Quiet()).findings] == [name]
    listed[name] = Entry(0)
    assert check(guarded.host, expected, Quiet()).findings == ()


def test_a_closed_folder_goes_with_all_that_is_not_ours(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be looked into wholly is moved with what is in it, but not from beneath files of ours."""
    guarded.put("slot/x.php", "CONTOH")
    guarded.put("slot/y", "CONTOH yang tidak terbaca")
    listed = {**guarded.host.listing(), "slot": CLOSED, "2026": CLOSED}
    del listed["slot/y"]
    monkeypatch.setattr(guarded.host, "listing", lambda: listed)
    done = put_away(guarded.host, ["2026", "slot", "slot/x.php"], quarantine("", guarded.here, "s"), Quiet())
    assert [file for file, _ in done.moved] == ["slot/x.php", "slot"]
    assert (guarded.web.parent / "adpim-karantina/s/slot/y").is_file()
    assert [(each.file, "Files of ours" in each.why.msgid) for each in done.failed] == [("2026", True)]
    assert (guarded.web / "2026/11/naskah/index.html").is_file()


class Silent(FolderHost):
    """A host that lets nothing be read, and vouches for its bytes where ``digests`` has some."""

    def __init__(self, folder: Path, label: str, digests: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, label)
        self.digests = digests or {}

    def listing(self) -> dict[str, Entry]:
        return {f: e._replace(digest=self.digests.get(f, "")) for f, e in super().listing().items()}

    def read(self, file: str, most: int | None = None) -> bytes | None:  # noqa: ARG002 - nothing is read
        raise refused(self.label, message("The host refuses: {error}.", error=file), message("Run the command again."))


def md5_of(data: bytes) -> str:
    """Return a digest as an S3 service gives it."""
    return f"md5:{hashlib.md5(data).hexdigest()}"


def test_what_the_host_vouches_for_need_not_travel(guarded: Guarded) -> None:
    """Where the host gives digests of its own and our bytes are here nothing is read; another digest is looked into."""
    (guarded.web / HEAD).unlink()
    host = Silent(guarded.web, "s3://contoh", {file: md5_of(data) for file, data in OURS.items()})
    verdict = check(host, guarded.expected(), Quiet())
    assert ([f.file for f in verdict.findings], verdict.unread, verdict.checked) == ([HEAD], (), len(OURS))
    host.digests = {file: md5_of(data + b"x") for file, data in OURS.items()}
    assert check(host, guarded.expected(), Quiet()).unread == tuple(sorted(OURS))


def test_another_size_tells_though_nothing_can_be_read(guarded: Guarded) -> None:
    """A file of ours of another size is altered, also where it cannot be read; of the same size nothing is known."""
    guarded.put("index.html", OURS["index.html"] + b"<p>slot</p>")
    guarded.put(".htaccess", OURS[".htaccess"] + b"#")
    guarded.put("foto.jpg", changed(OURS["foto.jpg"]))
    guarded.put(HEAD, "{}")
    verdict = check(Silent(guarded.web, "file:///"), guarded.expected(), Quiet())
    assert {finding.file: (finding.kind, finding.weight) for finding in verdict.findings} == {
        "index.html": ("altered", Weight.ALTERED),
        ".htaccess": ("altered", Weight.RULES),
        HEAD: ("altered", Weight.RULES),
    }
    assert verdict.unread == tuple(sorted(OURS.keys() - {"index.html", ".htaccess"}))
    assert verdict.checked == 0


def test_a_size_that_a_cut_publish_may_have_sent_tells_nothing(guarded: Guarded) -> None:
    """A file that cannot be read may have the size of what a publish was sending when it was broken off."""
    guarded.tried["index.html"] = File(6, digest_of(b"CONTOH"))
    guarded.put("index.html", "CONTOH")
    verdict = check(Silent(guarded.web, "file:///"), guarded.expected(), Quiet())
    assert ("index.html" in verdict.unread, verdict.findings) == (True, ())


def test_what_could_not_be_read_is_put_back_as_well(guarded: Guarded) -> None:
    """A repair writes files of ours that could not be read, also where nothing else was found."""
    guarded.put("index.html", changed(OURS["index.html"]))
    back = put_back(guarded.host, (), guarded.expected(), guarded.house, Quiet(), ("index.html", HEAD))
    assert (back.done, back.failed) == ((HEAD, "index.html"), ())
    assert guarded.found() == {}


def test_what_cannot_be_read_is_judged_by_its_name(guarded: Guarded) -> None:
    """A foreign file that the host does not let us read is told all the same; so is one that is very big."""
    (guarded.web / HEAD).unlink()
    guarded.put("x.php", "CONTOH")
    guarded.put("besar.txt", b"<?php" + bytes(3_000_000))
    guarded.put("halaman.html", PAGE.format('<a href="https://judi.example/">x</a>'))
    found = {f.file: f.weight for f in check(Silent(guarded.web, "file:///"), guarded.expected(), Quiet()).findings}
    assert found == {
        HEAD: Weight.MISSING,
        "x.php": Weight.PROGRAM,
        "besar.txt": Weight.FOREIGN,
        "halaman.html": Weight.FOREIGN,
    }


class Shut(Locked, Silent):
    """A host that lets nothing be moved or read."""


def test_what_the_host_will_not_let_be_put_right_is_said(guarded: Guarded) -> None:
    """A file that the host does not let be fetched or written is a failure, and the others are put right."""
    (guarded.web / "foto.jpg").unlink()
    guarded.put("foto.jpg/x.txt", "CONTOH")
    guarded.put("index.html", "diubah")
    findings = [f for f in guarded.check().findings if f.kind != "foreign"]
    done = put_back(guarded.host, findings, guarded.expected(), guarded.house, Quiet())
    assert (done.done, [each.file for each in done.failed]) == (("index.html",), ["foto.jpg"])
    away = put_away(Shut(guarded.web, "file:///"), ["foto.jpg/x.txt"], quarantine("", guarded.here, "s"), Quiet())
    assert [each.file for each in away.failed] == ["foto.jpg/x.txt"]


def test_a_file_that_goes_away_meanwhile_is_missing(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the host lists, and that is gone when it is read, is missing; a link for the list is altered."""
    monkeypatch.setattr(guarded.host, "read", lambda *_: None)
    assert guarded.found() == dict.fromkeys((*OURS, HEAD), ("missing", Weight.MISSING))
    monkeypatch.undo()
    (guarded.web / HEAD).unlink()
    (guarded.web / HEAD).symlink_to("/dev/zero")
    assert guarded.found() == {HEAD: ("altered", Weight.RULES)}


@pytest.mark.parametrize(
    "file",
    ["../../.ssh/authorized_keys", "a/../b", "x\x1b[2J.php", "x.php.txt", "CON", "é" * 120, "\udcff", ".htaccess"],
)
def test_a_name_in_quarantine_is_harmless(file: str) -> None:
    """Whatever a file is called, in quarantine it has a name of plain letters, short, without dot or slash."""
    name = safe_name(file)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%-_")
    assert len(name) <= 190
    assert safe_name(file + "x") != name


def test_nothing_is_written_through_a_foreign_link(guarded: Guarded, tmp_path: Path) -> None:
    """A link where our folder was is foreign; it is not read, and not written through."""
    away = tmp_path / "tempat-lain"
    away.mkdir()
    (guarded.web / "static" / "style.01234567.css").unlink()
    (guarded.web / "static").rmdir()
    (guarded.web / "static").symlink_to(away)
    findings = guarded.check().findings
    assert {(f.file, f.kind) for f in findings} == {("static", "foreign"), ("static/style.01234567.css", "missing")}
    done = put_back(guarded.host, findings, guarded.expected(), guarded.house, Quiet())
    assert [each.file for each in done.failed] == ["static/style.01234567.css"]
    assert list(away.iterdir()) == []
    put_away(guarded.host, ["static"], quarantine("", guarded.here, "s"), Quiet())
    findings = guarded.check().findings
    assert put_back(guarded.host, findings, guarded.expected(), guarded.house, Quiet()).failed == ()
    assert guarded.found() == {}


def test_a_link_in_place_of_a_page_is_found(guarded: Guarded, tmp_path: Path) -> None:
    """A link to a file of the right bytes is not ours all the same: what it leads to may change."""
    (tmp_path / "lain.html").write_bytes(OURS["index.html"])
    (guarded.web / "index.html").unlink()
    (guarded.web / "index.html").symlink_to(tmp_path / "lain.html")
    assert guarded.found() == {"index.html": ("altered", Weight.ALTERED)}
    put_back(guarded.host, guarded.check().findings, guarded.expected(), guarded.house, Quiet())
    assert not (guarded.web / "index.html").is_symlink()
    assert guarded.found() == {}


def test_what_never_ends_is_not_read(guarded: Guarded) -> None:
    """A pipe, or a link to a device, is told as foreign without a look into it: it would last for ever."""
    os.mkfifo(guarded.web / "pipa")
    (guarded.web / "nol.html").symlink_to("/dev/zero")
    assert guarded.found() == {"pipa": ("foreign", Weight.RECENT), "nol.html": ("foreign", Weight.RECENT)}
