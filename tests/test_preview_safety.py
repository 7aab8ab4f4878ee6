"""Who may ask the preview and for what; and that nothing that happens ends it."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.cli import main
from generator.errors import OutputError, UsageError
from generator.ledger import Ledger
from generator.preview.drives import kind_of
from generator.preview.guard import Guard
from generator.preview.hints import Hints, is_temporary
from generator.preview.serve import LOG, Preview
from generator.program import program_digest
from tests.newsroom import Newsroom, release, site
from tests.previewing import PATIENCE, Listener, Running, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.server
URL = "/2026/11/contoh/"


@pytest.fixture
def running(newsroom: Newsroom) -> Iterator[Running]:
    """A preview of a newsroom with one release at URL, and with a file beside the site that nobody may see."""
    newsroom.release("contoh.md", release())
    newsroom.write({"rahasia.txt": "RAHASIA", "content/rahasia.html": "RAHASIA", "output/rahasia.html": "RAHASIA"})
    with Running(newsroom.root) as running:
        yield running


ATTACKS = [
    "/../rahasia.txt",
    "/static/../../rahasia.txt",
    "/static/%2e%2e/%2e%2e/rahasia.txt",
    "/%2e%2e/rahasia.txt",
    "/..%2frahasia.txt",
    "/..%5crahasia.txt",
    "/%5c..%5crahasia.txt",
    "//rahasia.txt",
    "//content/rahasia.html",
    "/content/rahasia.html",
    "/output/rahasia.html",
    "/rahasia.html%00.html",
    "/%00",
    "/index.html%00",
    "/.adpim/ledger.db",
    "/content/site.toml",
    "/C:/rahasia.txt",
    "/file:///etc/passwd",
    "/%ff%fe",
    "/__adpim/../rahasia.txt",
    "/__adpim/client.js/../../rahasia.txt",
    "*",
    "http://contoh.example/rahasia.txt",
]


@pytest.mark.parametrize("target", ATTACKS)
def test_no_path_leaves_the_site(running: Running, target: str) -> None:
    """Whatever is written on the wire, what is not planned is not found, and the server goes on."""
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nConnection: close\r\n\r\n"
    answer = running.raw(head.encode("latin-1"))
    assert b"RAHASIA" not in answer
    assert b"root:" not in answer
    assert answer.split(b" ")[1] in {b"400", b"403", b"404", b"501"}
    assert running.ask("/").status == 200


@pytest.mark.parametrize("request_line", [b"\x00\xff\x16\x03\r\n\r\n", b"GET\r\n\r\n", b"", b"GET / HTTP/9.9\r\n\r\n"])
def test_what_is_no_request_ends_nothing(running: Running, request_line: bytes) -> None:
    """Bytes that are no HTTP are refused or ignored."""
    assert b" 200 " not in running.raw(request_line)
    assert running.ask("/").status == 200


ASTRAY = ["//jahat.example/2026", "//2026/11/contoh", "/\\jahat.example", "/%2f%2fjahat.example", "/2026/11/contoh//"]


@pytest.mark.parametrize("target", ASTRAY)
def test_no_redirect_leads_away(running: Running, target: str) -> None:
    """Only a folder of this site is redirected to, whatever stands before its path."""
    answer = running.raw(f"GET {target} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert re.findall(rb"\r\nLocation: (.*)\r\n", answer) in ([], [b"/2026/11/contoh/"])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("jahat.example", 403),
        ("127.0.0.1.jahat.example", 403),
        ("192.168.1.5", 403),
        ("localhost@jahat.example", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
def test_only_names_of_this_machine_are_answered(running: Running, host: str, status: int) -> None:
    """A page of another site cannot read the preview by giving it a name of its own."""
    assert running.ask("/", Host=host).status == status
    assert running.ask("/__adpim/facts?path=/", Host=host).status == status


ORIGINS = [("own", 204), ("http://jahat.example", 403), ("null", 403), ("", 403), ("http://[::1", 403)]


@pytest.mark.parametrize(("origin", "status"), ORIGINS)
def test_only_its_own_pages_may_change_the_look(running: Running, origin: str, status: int) -> None:
    """What is not a mere reading must come from a page of this server."""
    headers = {"Content_Type": "application/x-www-form-urlencoded"}
    if origin:
        headers["Origin"] = f"http://127.0.0.1:{running.port}" if origin == "own" else origin
    answer = running.ask("/__adpim/look", "POST", "look=public", **headers)
    assert answer.status == status
    cookie = answer.headers.get("Set-Cookie", "")
    own = f"adpim-look-{running.port}=public; HttpOnly; Path=/; SameSite=Strict"
    assert cookie == (own if status == 204 else "")


def test_other_methods_are_refused(running: Running) -> None:
    """Pages can only be read, and the preview's own addresses only as they are meant."""
    own = {"Origin": f"http://127.0.0.1:{running.port}"}
    assert running.ask("/", "PUT", **own).status == 405
    assert running.ask("/", "DELETE", **own).status == 405
    assert running.ask("/__adpim/client.js", "POST", **own).status == 404
    assert running.ask("/__adpim/look").status == 404
    assert running.ask("/__adpim/lain").status == 404
    assert running.ask("/", "OPTIONS", Origin="http://jahat.example").status == 403


def test_nothing_is_shared_with_other_sites(running: Running) -> None:
    """No answer opens the preview to other origins, and browsers are told not to hand it on."""
    for path in ("/", "/__adpim/client.js", "/__adpim/facts?path=/", "/tidak-ada/"):
        headers = running.ask(path, Origin="http://jahat.example").headers
        assert [name for name in headers if name.lower().startswith("access-control")] == []
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_unchanged_page_is_not_sent_again(running: Running, newsroom: Newsroom) -> None:
    """The same ETag gives 304 until the page changes, whatever else was saved meanwhile; a 404 has none."""
    first = running.ask(URL)
    assert running.ask(URL, If_None_Match=first.headers["ETag"]).status == 304
    newsroom.write({"content/halaman/lain.md": "---\ntitle: Lain\n---\n\nIsi.\n"})
    running.shows("/lain/", "Isi.")
    assert running.ask(URL, If_None_Match=first.headers["ETag"]).status == 304
    newsroom.release("contoh.md", release(body="Lain."))
    running.shows(URL, "Lain.")
    assert running.ask(URL, If_None_Match=first.headers["ETag"]).status == 200
    assert "ETag" not in running.ask("/tidak-ada/").headers
    assert first.headers["Cache-Control"] == "no-cache"


def test_a_page_has_no_parts(running: Running) -> None:
    """Of a page, which the client makes other in each update, no part is given: its tag says that it is only alike."""
    page = running.ask(URL, Range="bytes=0-10")
    assert (page.status, page.headers["ETag"][:2]) == (200, "W/")


def test_ranges_are_right(running: Running) -> None:
    """Parts of a file are what was asked for, what lies behind its end is refused, HEAD sends no body."""
    whole = running.ask("/robots.txt")
    part = running.ask("/robots.txt", Range="bytes=2-5")
    assert (part.status, part.body) == (206, whole.body[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(whole.body)}"
    assert running.ask("/robots.txt", Range="bytes=-3").body == whole.body[-3:]
    assert running.ask("/robots.txt", Range="bytes=99999-").status == 416
    assert running.ask("/robots.txt", Range="bytes=0-1", If_Range='"lain"').body == whole.body
    head = running.ask("/robots.txt", "HEAD")
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(whole.body)))


def test_a_folder_without_its_slash_redirects(running: Running) -> None:
    """A page's address without its slash leads to the page; an address of nothing does not."""
    answer = running.ask("/2026/11/contoh")
    assert (answer.status, answer.headers["Location"]) == (302, "/2026/11/contoh/")
    assert running.ask("/2026/11/tidak-ada").status == 404
    assert running.ask("/robots.txt/").status == 404


def test_every_kind_of_file_has_its_type(running: Running) -> None:
    """Types come from the program's table, not from the system's."""
    kinds = {path: running.ask(path).headers["Content-Type"] for path in ("/", "/atom.xml", "/feed.json", "/.htaccess")}
    assert kinds == {
        "/": "text/html; charset=utf-8",
        "/atom.xml": "application/atom+xml; charset=utf-8",
        "/feed.json": "application/feed+json; charset=utf-8",
        "/.htaccess": "application/octet-stream",
    }


def test_beyond_this_machine_a_token_is_asked_for(newsroom: Newsroom) -> None:
    """With --host 0.0.0.0 only who has the whole link gets in; the cookie that it sets lets further pages in."""
    with Running(newsroom.root, host="0.0.0.0") as running:
        assert running.link.query.startswith("token=")
        assert running.link.hostname not in {"0.0.0.0", "127.0.0.1"}
        assert running.preview.local.startswith("http://127.0.0.1:")
        assert running.ask("/").status == 403
        assert running.ask("/__adpim/client.js").status == 403
        assert running.ask("/?token=salah").status == 403
        answer = running.ask(f"/?{running.link.query}", Host="192.168.1.5:8000")
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert running.ask("/", Cookie=cookie.partition(";")[0]).status == 200
        assert running.ask("/", Cookie=cookie.partition(";")[0], Host="jahat.example").status == 403


def test_loopback_alone_needs_no_token() -> None:
    """Names and addresses of this machine are known as such, all others are not."""
    assert [Guard.of(host).token for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8")] == ["", "", "", ""]
    assert all(Guard.of(host).token for host in ("0.0.0.0", "192.168.1.5", "kantor"))


def test_a_taken_port_gives_the_next(newsroom: Newsroom) -> None:
    """The next free port is taken, and said; a port that nobody may have is an error that names --port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Running(newsroom.root, port=port) as running:
            assert running.port > port
            (note,) = running.preview.notes
            assert dict(note.values) == {"wanted": str(port), "port": str(running.port)}
    with pytest.raises(UsageError) as refused:
        Running(newsroom.root, host="203.0.113.1")
    assert refused.value.problems[0].path == "--port"


def test_a_build_that_is_running_is_waited_for(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a build holds the ledger the preview does not begin; while the preview runs, a build does."""
    monkeypatch.setattr("generator.ledger.store.PATIENCE", 0.1)
    with Ledger(newsroom.root / ".adpim", program_digest(site().zone)), pytest.raises(OutputError):
        Running(newsroom.root)
    with Running(newsroom.root) as running:
        newsroom.build()
        assert running.ask("/").status == 200


def test_a_damaged_ledger_costs_only_time(newsroom: Newsroom) -> None:
    """The preview begins without what it cannot believe."""
    newsroom.release("contoh.md", release())
    newsroom.build()
    ledger = newsroom.root / ".adpim/ledger.db"
    data = bytearray(ledger.read_bytes())
    for place in range(len(data) // 2, len(data), 97):
        data[place] ^= 255
    ledger.write_bytes(data)
    with Running(newsroom.root) as running:
        assert "Isi CONTOH." in running.ask(URL).text


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe\x00\x01", b"---\n" + b"a: [" * 5000, b"---\ntitle: !!python/object:os.system x\n---\n", b"\0" * 1000],
)
def test_no_file_ends_it(running: Running, newsroom: Newsroom, text: bytes) -> None:
    """Whatever stands in a release, in site.toml or in a template, the server tells of it and goes on."""
    for name in ("content/berita/rusak.md", "content/site.toml", "templates/page.html", "content/halaman/x.md"):
        newsroom.write({name: text})
    until(lambda: running.facts("/")["count"] >= 2, "the mistakes are told")
    assert running.ask("/").status == 200
    newsroom.release("baru.md", release("Baru"))
    running.shows("/", "Baru")


def test_a_deleted_folder_ends_nothing(running: Running, newsroom: Newsroom) -> None:
    """content/ may be deleted or moved aside under the preview, and is followed again when it is back."""
    aside = newsroom.root / "aside"
    (newsroom.root / "content").rename(aside)
    until(lambda: running.ask(URL).status == 404, "all is gone")
    assert running.ask("/").status == 200
    aside.rename(newsroom.root / "content")
    until(lambda: running.ask(URL).status == 200, "all is back")
    newsroom.release("contoh.md", release(body="Diikuti lagi."))
    running.shows(URL, "Diikuti lagi.")
    shutil.rmtree(newsroom.root / "content")
    until(lambda: running.ask(URL).status == 404, "all is gone")
    newsroom.write({"content/site.toml": 'title = "Baru"\nbase_url = "https://contoh.example"\n'})
    newsroom.release("contoh.md", release(body="Dari awal."))
    running.shows(URL, "Dari awal.")


def test_a_client_that_goes_away_ends_nothing(running: Running, newsroom: Newsroom) -> None:
    """Streams and answers that nobody reads any more are given up."""
    for _ in range(20):
        Listener(running).close()
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    newsroom.release("contoh.md", release(body="Terus."))
    running.shows(URL, "Terus.")


def test_a_mistake_of_its_own_is_logged_and_survived(
    running: Running, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """If the program itself fails in a request or in taking in a change, it says so and goes on."""

    def fail(*_: object) -> None:
        raise RuntimeError("CONTOH")

    with monkeypatch.context() as broken:
        broken.setattr(running.preview.desk, "show", fail)
        assert running.ask("/").status == 500
        broken.setattr(running.preview.desk, "update", fail)
        newsroom.release("contoh.md", release(body="Hilang?"))
        until(lambda: "could not be taken in" in caplog.text, "the failure is logged")
    assert "could not be answered" in caplog.text
    newsroom.release("lain.md", release("Lain"))
    running.shows("/2026/11/lain/", "Isi CONTOH.")
    running.shows(URL, "Hilang?")


def test_a_full_disk_ends_nothing(running: Running, newsroom: Newsroom) -> None:
    """Where nothing more can be written, edits are followed and pages are made all the same."""
    work = newsroom.root / ".adpim"
    shutil.rmtree(work)
    work.write_text("no folder any more", "utf-8")
    newsroom.write({"templates/404.html": '{% extends "base.html" %}{% block content %}Tak ada{% endblock %}'})
    running.shows("/tidak-ada/", "Tak ada")
    newsroom.release("contoh.md", release(body="Tanpa disk."))
    running.shows(URL, "Tanpa disk.")


def test_compiled_templates_that_cannot_be_kept_are_compiled_again(
    running: Running, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full when a template is first used is no mistake of the template; nor is a folder that is gone."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jinja2.bccache.tempfile.NamedTemporaryFile", full)
    assert running.ask("/arsip/").status == 200
    monkeypatch.undo()
    shutil.rmtree(newsroom.root / ".adpim")
    assert running.ask("/topik/").status == 200


def test_a_pipe_is_no_release(running: Running, newsroom: Newsroom) -> None:
    """What is no file is not waited for, by the preview or by a build."""
    os.mkfifo(newsroom.root / "content/berita/pipa.md")
    newsroom.release("contoh.md", release(body="Terus."))
    running.shows(URL, "Terus.")
    newsroom.build(output=newsroom.root / "lain")


def test_the_last_port_is_tried_and_no_further(newsroom: Newsroom) -> None:
    """Behind the last port there is none."""
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(UsageError):
        Running(newsroom.root, port=65535)


def test_when_watches_run_out_the_files_are_looked_at(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system grants no more watches, the preview says so and looks once a second."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", refuse)
    newsroom.release("contoh.md", release())
    with Running(newsroom.root) as running:
        assert [note.msgid for note in running.preview.notes] == [
            "The system cannot watch so many folders: they are looked at once a second."
        ]
        newsroom.release("contoh.md", release(body="Tetap diikuti."))
        running.shows(URL, "Tetap diikuti.")


def test_when_watches_run_out_later_the_files_are_looked_at(
    running: Running, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system takes its watches away, the drawer says so, and edits are followed by looking."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", refuse)
    newsroom.write({"templates/404.html": "Tak ada CONTOH"})  # a folder that is new, and must be watched
    until(lambda: running.facts("/")["count"] == 1, "the drawer says so")
    assert running.facts("/")["problems"][0]["fix"] == "Jalankan pratinjau dengan --poll."
    newsroom.release("contoh.md", release(body="Tetap diikuti."))
    running.shows(URL, "Tetap diikuti.")


@pytest.mark.parametrize(("more", "watched", "opened"), [([], True, 1), (["--no-open"], True, 0), ([], False, 0)])
def test_the_browser_opens_for_a_person(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, more: list[str], watched: bool, opened: int
) -> None:
    """Where a person looks at the terminal the page opens by itself, unless they do not want it."""
    links: list[str] = []
    monkeypatch.setattr("sys.stdout.isatty", lambda: watched)
    monkeypatch.setattr("webbrowser.open", links.append)
    run = Preview.run

    def run_shortly(preview: Preview) -> None:
        threading.Timer(0.5, preview.close).start()
        run(preview)

    monkeypatch.setattr(Preview, "run", run_shortly)
    with pytest.raises(SystemExit):
        main(["--root", str(newsroom.root), "serve", "--port", "0", *more])
    assert len(links) == opened
    assert all(link.startswith("http://127.0.0.1:") for link in links)


def test_network_drives_are_known() -> None:
    """The file system that holds a folder is the one mounted nearest above it, the last of several."""
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\n//server/kantor /mnt/kantor cifs rw 0 0\n"
        "server:/x /mnt/kantor/dalam nfs4 rw 0 0\ntmpfs /mnt/dua\\040kata tmpfs rw 0 0\nbad\n"
        "x /mnt/dua\\040kata fuse.sshfs rw 0 0\n"
    )
    kinds = [kind_of(Path(f), mounts) for f in ("/home/a", "/mnt/kantor/a", "/mnt/kantor/dalam", "/mnt/dua kata/a")]
    assert kinds == ["ext4", "cifs", "nfs4", "fuse.sshfs"]
    assert kind_of(Path("/a"), "") == ""


def test_a_network_drive_is_noted(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network drive the preview watches, and says what to do if an edit does not show."""
    monkeypatch.setattr("generator.preview.serve.is_remote", lambda _: True)
    with Running(newsroom.root) as running:
        assert "--poll" in running.preview.notes[0].msgid
    with Running(newsroom.root, poll=True) as running:
        assert running.preview.notes == []


@pytest.mark.parametrize(
    "name", ["4913", "a.md~", ".a.md.swp", "~$siaran.md", "~WRL0001.tmp", "a.tmp", ".git", "#a.md#", "a.md.part"]
)
def test_editors_temporary_files_are_ignored(name: str) -> None:
    """What an editor makes only for a moment is no change."""
    assert is_temporary(name.lower())
    hints = Hints()
    hints.add({f"content/berita/{name}"})
    assert hints.take(0) == frozenset()


def test_hints_are_taken_once_it_is_quiet() -> None:
    """All hints that come in quick succession are taken at once; who waits when all ends is let go."""
    hints = Hints()

    def write() -> None:
        for number in range(500):
            hints.add({f"a{number}.md"})

    writer = threading.Thread(target=write)
    writer.start()
    taken = hints.take(PATIENCE)
    writer.join()
    rest = hints.take(0)
    assert taken is not None
    assert rest is not None
    assert len(taken | rest) == 500
    threading.Timer(0.05, hints.close).start()
    assert hints.take(PATIENCE) is None


def test_ctrl_c_ends_it_at_once_with_streams_open(newsroom: Newsroom) -> None:
    """The command says where the preview is, follows, and ends on Ctrl-C with exit code 0 and no traceback."""
    newsroom.release("contoh.md", release())
    command = [sys.executable, "-m", "generator", "--root", str(newsroom.root), "serve", "--port", "0", "--no-open"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"ADPIM_LANG": "id", "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Pratinjau ada di http://127.0.0.1:")
        port = int(line.rstrip().rstrip("/").rpartition(":")[2])
        stream = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        stream.request("GET", "/__adpim/events?seen=0")
        assert stream.getresponse().readline().startswith(b"data: ")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert rest.endswith("Pratinjau diakhiri.\n")
    assert "Traceback" not in rest
    assert not (newsroom.root / LOG).exists()
    assert not (newsroom.root / "output").exists()
