"""A host that speaks FTP: what is its own, against vsftpd where a server is asked."""

from __future__ import annotations

import contextlib
import ftplib
import io
import posixpath
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

from generator.i18n import say
from generator.publish import ftp, ftp_access, ftp_claim, ftp_line, ftp_lines, lock, patience
from generator.publish.ftp_listing import Item, habit_items, machine_items
from generator.publish.host import CLOSED, PART, Entry, HostError, LostError, RefusedError, is_part
from generator.publish.lock import LOCK, HostLock
from generator.publish.opening import open_host
from generator.publish.patience import Patient
from generator.publish.secrets import Secrets
from tests import faking_ftp
from tests.faking_ftp import FakeServer
from tests.hosting import Proxy
from tests.hosting_ftp import PASSWORD, ftp_target, vsftpd
from tests.newsroom import NOW, at
from tests.servers import FULL, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from generator.publish.ftp_listing import Listed
    from tests.hosting_ftp import FtpServer

asks_server = pytest.mark.server


@pytest.fixture(scope="module", params=["explicit", "implicit"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    """Vsftpd that wants TLS from its first word on, or from its second."""
    with vsftpd(tmp_path_factory.mktemp("vsftpd"), implicit=request.param == "implicit") as running:
        yield running


@pytest.fixture(scope="module")
def explicit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    """Vsftpd that wants TLS, and no file of PHP."""
    with vsftpd(tmp_path_factory.mktemp("vsftpd"), more="deny_file={*.php}\n") as running:
        yield running


def told(error: HostError) -> str:
    """Return all that people are shown of an error."""
    (problem,) = error.problems
    return f"{problem.path} {say(problem.what, 'en')} {say(problem.fix, 'en')}"


@asks_server
def test_a_file_arrives_under_tls(server: FtpServer) -> None:
    """Files with any name travel to vsftpd and back with required TLS and required reuse of sessions."""
    host = server.host()
    host.write("2023/10/é [1] &.html", b"CONTOH")
    host.write(".htaccess", b"CONTOH\r\n")
    assert (server.root / "situs/2023/10/é [1] &.html").read_bytes() == b"CONTOH"
    assert host.read("2023/10/é [1] &.html") == b"CONTOH"
    assert host.listing() == {"2023/10/é [1] &.html": Entry(6), ".htaccess": Entry(8)}
    host.close()


@asks_server
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_are_resumed(explicit: FtpServer, version: ssl.TLSVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that does not resume sessions for its transfers is refused, ours is taken, in TLS 1.2 and 1.3."""
    context = ssl.create_default_context(cafile=str(explicit.certificate))
    context.minimum_version = context.maximum_version = version
    with ftplib.FTP_TLS(context=context, timeout=10) as plain:
        plain.connect("localhost", explicit.port)
        plain.login("anonymous", PASSWORD)
        plain.prot_p()
        with pytest.raises((ftplib.error_perm, ssl.SSLError, ConnectionError)):
            plain.storbinary("STOR lupa.txt", io.BytesIO(b"CONTOH"))
    monkeypatch.setattr(ftp_access, "trusting", lambda _: context)
    host = explicit.host()
    for number in range(3):
        host.write(f"ingat-{version.name}.txt", b"CONTOH" * number)
    assert host.read(f"ingat-{version.name}.txt") == b"CONTOH" * 2
    host.close()


@asks_server
def test_an_unknown_certificate_is_refused(server: FtpServer) -> None:
    """A certificate that nobody vouches for is refused before a password is sent; naming its file is the way."""
    with pytest.raises(RefusedError) as caught:
        server.host(certificate="")
    assert "self-signed" in told(caught.value)
    assert '"certificate"' in told(caught.value)


@asks_server
def test_a_certificate_for_another_name_is_refused(server: FtpServer) -> None:
    """A trusted certificate of another host is refused."""
    with pytest.raises(RefusedError, match="certificate cannot be trusted"):
        server.host(host="127.0.0.1")


@asks_server
def test_a_wrong_password_is_refused(server: FtpServer) -> None:
    """A wrong password is told, and stands in no word of it."""
    with pytest.raises(RefusedError, match="does not let us in") as caught:
        server.host("CONTOH-salah-77")
    assert "530" in told(caught.value)
    assert "salah" not in told(caught.value) + repr(caught.value) + repr(caught.value.__dict__)


@asks_server
def test_the_wrong_kind_of_tls_is_told(explicit: FtpServer) -> None:
    """Who speaks TLS from the first byte to a server that begins without is told of the option."""
    with pytest.raises(RefusedError) as caught:
        explicit.host(implicit=True)
    assert "implicit = true" in told(caught.value)


@asks_server
def test_a_refused_write_is_told(explicit: FtpServer) -> None:
    """What the server does not take is told in its words; the line serves on, and no part of it stays."""
    host = explicit.host()
    with pytest.raises(RefusedError, match="refuses") as caught:
        host.write("x/shell.php", b"CONTOH")
    assert "550" in told(caught.value)
    host.write("x/aman.html", b"CONTOH")
    assert [path.name for path in (explicit.root / "situs/x").iterdir()] == ["aman.html"]
    host.close()


@asks_server
@pytest.mark.parametrize("tls", [True, False])
def test_a_full_disk_is_told(tmp_path: Path, tls: bool) -> None:
    """Where the disk is full, a write is refused and not tried again, and nothing of it stays to fill the disk."""
    with vsftpd(tmp_path, tls=tls, before=FULL) as server:
        host = server.host()
        host.write("a.html", b"CONTOH")
        for write in (host.write, host.create):
            with pytest.raises(RefusedError, match="refuses"):
                write("a.html" if write == host.write else "kunci", b"x" * 100_000)
        assert host.read("a.html") == b"CONTOH"
        assert set(server.root.rglob("*")) == {server.root / "situs", server.root / "situs/a.html"}
        host.close()


@asks_server
def test_a_file_that_may_not_be_read_is_told(explicit: FtpServer) -> None:
    """A file that stands there and may not be read is no file that is missing."""
    host = explicit.host()
    host.write("y/ada.html", b"CONTOH")
    (explicit.root / "situs/y/tutup.php").write_bytes(b"CONTOH")
    assert host.read("y/tidak-ada.html") is None
    with pytest.raises(RefusedError):
        host.read("y/tutup.php")
    host.close()


@asks_server
def test_the_folder_may_be_named_from_the_top(explicit: FtpServer) -> None:
    """A path is that of the server; with ~ in front it begins where the login ends up."""
    absolute = explicit.host(path=f"{explicit.root}/mutlak")
    absolute.write("a.txt", b"CONTOH")
    relative = explicit.host(path="/~/mutlak")
    assert relative.listing() == {"a.txt": Entry(6)}
    top = explicit.host(path="")
    assert "mutlak/a.txt" in top.listing()
    for host in (absolute, relative, top):
        host.close()


@asks_server
@pytest.mark.parametrize("left", [500, 100_000, 900_000])
def test_a_transfer_that_breaks_leaves_the_old_file(tmp_path: Path, left: int) -> None:
    """Wherever vsftpd's line for a file breaks, the name holds the old bytes, and the next try is whole."""
    # The client asks for a transfer at the address where it asks all: there stands the line that breaks.
    port, elsewhere = free_port(), "127.0.0.2"
    with (
        vsftpd(tmp_path, more=f"pasv_min_port={port}\npasv_max_port={port}\n") as server,
        Proxy(server.port, at=(elsewhere, 0)) as control,
    ):
        host = server.host(host=elsewhere, port=control.port)
        with Proxy(port, at=(elsewhere, port)):
            host.write("a.html", b"CONTOH lama")
        with Proxy(port, cut_after=left, at=(elsewhere, port)) as line:
            with pytest.raises(LostError):
                host.write("a.html", b"CONTOH baru" * 100_000)
            assert line.was_cut
        assert (server.root / "situs/a.html").read_bytes() == b"CONTOH lama"
        with Proxy(port, at=(elsewhere, port)):
            host.write("a.html", b"CONTOH baru" * 100_000)
        assert (server.root / "situs/a.html").read_bytes() == b"CONTOH baru" * 100_000
        host.close()


@asks_server
def test_moved_out_of_the_folder(explicit: FtpServer) -> None:
    """A file may be moved beside the folder, and not above all that the login reaches."""
    host = explicit.host(path="/~/a/situs")
    host.write("asing.html", b"CONTOH")
    host.move("asing.html", "../karantina/asing.html")
    assert (explicit.root / "a/karantina/asing.html").read_bytes() == b"CONTOH"
    host.write("asing.html", b"CONTOH")
    with pytest.raises(RefusedError):
        host.move("asing.html", "../" * 40 + "asing.html")
    assert host.read("asing.html") == b"CONTOH"
    host.close()


@asks_server
def test_one_of_many_creates(explicit: FtpServer) -> None:
    """Of eight that create the same file at once one succeeds, and its bytes stand there."""
    hosts = [explicit.host() for _ in range(2)]
    created: list[int] = []

    def create(number: int) -> None:
        if hosts[number % 2].create("kunci/lock", b"%d" % number):
            created.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = created
    assert hosts[0].read("kunci/lock") == b"%d" % first
    assert sorted(path.name for path in (explicit.root / "situs/kunci").iterdir()) == ["lock"]
    for host in hosts:
        host.close()


@asks_server
def test_a_dead_ones_attempt_is_not_waited_for_for_ever(explicit: FtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that a killed program left beside its lock keeps nobody out for long."""
    monkeypatch.setattr(ftp_claim, "PATIENCE", 0.5)
    (explicit.root / f"situs/mati/{PART}lock.part").mkdir(parents=True)
    host = explicit.host()
    assert host.create("mati/lock", b"CONTOH")
    assert not host.create("mati/lock", b"CONTOH")
    assert host.listing()["mati/lock"] == Entry(6)
    host.close()


@asks_server
def test_what_stands_in_an_attempt_s_folder_steps_aside(explicit: FtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever puts something into that folder keeps nobody out: it is moved away as it is, and the guard names it."""
    monkeypatch.setattr(ftp_claim, "PATIENCE", 0.3)
    folder = explicit.root / f"penuh/{PART}lock.part"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"CONTOH")
    host = explicit.host(path="/~/penuh")
    assert host.create("lock", b"CONTOH")
    assert not folder.exists()
    created, aside = sorted(host.listing(), key=len)
    assert (created, posixpath.basename(aside)) == ("lock", "a.txt")
    assert not is_part(aside)
    host.close()


def test_an_attempt_that_cannot_be_cleared_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where that folder can neither be removed nor moved, the host refuses, and nobody waits for ever."""
    monkeypatch.setattr(ftp_claim, "PATIENCE", 0.3)
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        server.folders.add(f"/situs/{PART}kunci.part")
        server.files[f"/situs/{PART}kunci.part/a.txt"] = b"CONTOH"
        with pytest.raises(RefusedError):
            host.create("kunci", b"CONTOH")
        assert "kunci" not in host.listing()
        host.close()


@asks_server
def test_a_folder_in_place_of_the_lock_keeps_nobody_out(
    explicit: FtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is called like a file of ours is none: it is moved away, and the lock can be taken."""
    monkeypatch.setattr(lock, "SETTLING", 0.0)
    (explicit.root / "situs" / LOCK).mkdir(parents=True)
    host = explicit.host()
    assert host.read(LOCK, 4096) is None
    assert not host.create(LOCK, b"CONTOH")
    held = HostLock(host, tmp_path, "komputer-contoh", lambda: at(NOW))
    held.take()
    assert host.read(LOCK, 4096)
    held.release()
    assert host.read(LOCK, 4096) is None
    host.close()


@asks_server
@pytest.mark.parametrize("is_link", [False, True], ids=["line", "link"])
def test_what_only_a_listing_tells_is_no_lock(
    explicit: FtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_link: bool
) -> None:
    """A name of two lines that tells of a lock, and a link to nowhere in its place, keep nobody out."""
    monkeypatch.setattr(lock, "SETTLING", 0.0)
    folder = explicit.root / ("link" if is_link else "line")
    folder.mkdir()
    if is_link:
        (folder / LOCK).symlink_to("tiada")
    else:
        (folder / f"x\n-rw-r--r--    1 0        0               5 Nov 24 12:27 {LOCK}").write_bytes(b"CONTOH")
    host = explicit.host(path=f"/~/{folder.name}")
    assert LOCK in host.listing()
    held = HostLock(host, tmp_path, "komputer-contoh", lambda: at(NOW))
    held.take()
    assert host.read(LOCK, 4096) == (folder / LOCK).read_bytes()
    held.release()
    assert not (folder / LOCK).exists()
    host.close()


@asks_server
def test_plain_ftp_on_purpose(tmp_path: Path) -> None:
    """ftp:// works where it is wanted on purpose, and not otherwise."""
    with vsftpd(tmp_path, tls=False) as running:
        host = running.host()
        host.write("a.txt", b"CONTOH")
        assert host.read("a.txt") == b"CONTOH"
        host.close()
        with pytest.raises(RefusedError, match="in the clear"):
            running.host(insecure=False)


@asks_server
def test_a_server_without_tls_is_given_nothing(tmp_path: Path) -> None:
    """A server that has no TLS gets no password over ftps://."""
    with vsftpd(tmp_path, tls=False) as running, pytest.raises(RefusedError) as caught:
        running.host(scheme="ftps")
    assert "Nothing was sent in the clear" in told(caught.value)


@asks_server
def test_the_password_is_nowhere(explicit: FtpServer) -> None:
    """The password stands in no list of processes, no output and no representation."""
    code = f"""
import sys, subprocess
from generator.publish.opening import open_host
from generator.publish.secrets import Secrets
from tests.hosting_ftp import *
import os
target = FtpServer(None, {explicit.port}, "ftps", {str(explicit.certificate)!r}, False).target()
host = open_host(target, Secrets(os.environ, None))
host.write("z.txt", b"CONTOH")
print(repr(host), vars(host), repr(vars(host)["_lines"].__dict__))
print(open("/proc/self/cmdline").read())
host.read("z\\n")
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"ADPIM_UJI_PASSWORD": PASSWORD, "PATH": ""},
        check=False,
    )
    assert "RefusedError" in ran.stderr
    assert "FtpHost" in ran.stdout
    assert PASSWORD not in ran.stdout + ran.stderr


def test_a_listing_by_the_standard() -> None:
    """MLSD tells files, folders and links; times are in UTC."""
    lines = [
        "type=cdir;modify=20231030070809; .",
        "Type=dir;modify=20231030070809; 2023",
        "type=file;size=12;modify=20231030070809.123; nama dengan  spasi; dan titik koma.html",
        "type=OS.unix=slink:/etc;size=4; tautan",
        "size=x;modify=kapan; aneh",
    ]
    assert machine_items(lines).items == [
        Item("2023", None),
        Item("nama dengan  spasi; dan titik koma.html", Entry(12, modified=1698649689.0)),
        Item("tautan", Entry(4, is_file=False)),
        Item("aneh", Entry(0)),
    ]


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("-rw-r--r--    1 0        0            6 Nov 24 12:27 .htaccess", Item(".htaccess", Entry(6))),
        ("-rw-r--r--   1 web  web 12 Nov  4  2022  dua  spasi.html", Item(" dua  spasi.html", Entry(12))),
        ("drwxr-sr-x+  2 web  www-data  4096 Nov 24 12:27 d -> d", Item("d -> d", None)),
        ("lrwxrwxrwx   1 web  web  4 Nov 24 12:27 ke -> /etc/passwd", Item("ke", Entry(4, is_file=False))),
        ("brw-r-----   1 root disk 8, 0 Nov 24 12:27 sda", Item("sda", Entry(0, is_file=False))),
        ("-rw-r--r--   1 web  12 24 Nov 12:27 tanpa grup", Item("tanpa grup", Entry(12))),
        ("drwxr-xr-x   5 web  33 4096 Nov 24 15:13 2026", Item("2026", None)),
        ("-rw-r--r--   1 web  24 2023 Nov 24  2022 24 Nov 2023 a", Item("24 Nov 2023 a", Entry(2023))),
        ("-rw-r--r--   1 1000 100 12 2023-10-30 12:27 iso", Item("iso", Entry(12))),
        ("-rw-r--r--   1 web  web 12 Agt 24 12:27 2 Nov 10:10 bulan", Item("2 Nov 10:10 bulan", Entry(12))),
        ("-rw-r--r--   1 web  domain users 12 Nov 24 12:27 grup.html", Item("grup.html", Entry(12))),
        ("-rw-r--r--   1 web  web 12 11月 24 12:27 jepang.html", Item("jepang.html", Entry(12))),
        ("-rw-r--r--   1 web  web 12 24. Nov 12.27 titik.html", Item("titik.html", Entry(12))),
        ("10-30-23  03:04PM       <DIR>          berita lama", Item("berita lama", None)),
        ("10-30-2023  15:04                 1234 a b.html", Item("a b.html", Entry(1234))),
    ],
)
def test_a_listing_by_habit(line: str, item: Item) -> None:
    """LIST is read as ls and DOS write it, whatever a server leaves out."""
    assert habit_items(["total 12", "jumlah 12", line, "drwxr-xr-x 2 0 0 4096 Nov 24 12:27 .", ""]) == ([item], "")


@pytest.mark.parametrize(
    "line", ["+i8388621.48594,m825718503,r,s280,\tdjb.html", "?", "-rw-r--r-- 1 0 0 6 Nov 24 12:27 a/b"]
)
def test_an_unknown_line_is_not_read(line: str) -> None:
    """A line of a form that nobody knows is not guessed at, and keeps no other line from being read."""
    known = "-rw-r--r-- 1 0 0 6 Nov 24 12:27 a"
    assert habit_items([known, line]) == ([Item("a", Entry(6))], line)
    line = line.replace(" ", "")
    assert machine_items([line, "type=file;size=6; a"]) == ([Item("a", Entry(6))], line)


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (habit_items, "drwxr-xr-x 2 0 0 4096 Nov 24 12:27 2026"),
        (machine_items, "type=dir; 2026"),
    ],
)
def test_a_name_that_is_listed_twice_is_not_believed(read: Callable[[list[str]], Listed], line: str) -> None:
    """Of two lines with the same name one is the beginning of a name with an end of line in it."""
    assert read([line, line]) == ([Item("2026", None)], line)


def fake_host(server: FakeServer, path: str = "/situs", *, quick: bool = False) -> ftp.FtpHost:
    """Return a host for a server of a few lines."""
    target = ftp_target("ftp", server.port)._replace(path=path, host="127.0.0.1")
    return ftp.FtpHost(target, Secrets({"ADPIM_UJI_PASSWORD": PASSWORD}, None), quick=quick)


def asked_for_folders(server: FakeServer) -> list[str]:
    """Return the commands with which a server was asked what stands in a folder."""
    return [line for line in server.asked if line.partition(" ")[0] in {"STAT", "CWD", "MLSD", "LIST"}]


@asks_server
def test_a_glance_tells_what_a_listing_tells(server: FtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """To publish by, vsftpd is asked on the line that there is, and says the same; only odd names take the long way."""
    host, quick = server.host(path="/~/sekilas"), server.host(path="/~/sekilas", quick=True)
    for file in ("2026/11/contoh-1/index.html", "2026/11/contoh-2/index.html", "é/.htaccess", "b c/x y [1].html"):
        host.write(file, file.encode())
    (server.root / "sekilas/tautan").symlink_to("é/.htaccess")
    (server.root / "sekilas/kosong").mkdir()
    thorough = host.listing()
    assert len(thorough) == 5
    asked, folder = list[str](), ftp_line.Line.folder

    def noted(line: ftp_line.Line, path: str) -> Listed | None:
        asked.append(path)
        return folder(line, path)

    monkeypatch.setattr(ftp_line.Line, "folder", noted)
    assert quick.listing() == thorough
    assert [path.rpartition("/")[2] for path in asked] == ["b c"]
    host.close()
    quick.close()


STANDS = "drwxr-xr-x 5 web 33 4096 Nov 24 15:13 "


@pytest.mark.parametrize(
    "form",
    [
        "213-Status follows:\r\n{rows}213 End of status",  # vsftpd
        "212-Status of /situs:\r\n {indented}212 End of status",  # ProFTPD
    ],
)
def test_a_glance_is_one_command_for_each_folder(form: str) -> None:
    """What a server tells on the line itself is taken, in the forms that servers have for it."""
    with FakeServer() as server:
        host = fake_host(server, quick=True)
        for path, names in (("/situs", (".", "..", "2026")), ("/situs/2026", (".", ".."))):
            rows = [f"{STANDS}{name}\r\n" for name in names]
            rows.append("-rw-r--r-- 1 web 33 6 Nov 24 15:13 .htaccess\r\n")
            server.answers[f"STAT -a {path}"] = form.format(rows="".join(rows), indented=" ".join(rows))
        assert host.listing() == {".htaccess": Entry(6), "2026/.htaccess": Entry(6)}
        assert asked_for_folders(server) == ["STAT -a /situs", "STAT -a /situs/2026"]
        host.close()


def glancing(server: FakeServer, count: int) -> dict[str, Entry]:
    """Let ``count`` folders with a file each be seen at a glance in a server, and return its files."""
    names = [f"contoh-rilis-dengan-nama-panjang-{number}" for number in range(count)]
    rows = "".join(f"{STANDS}{name}\r\n" for name in (".", *names))
    server.answers["STAT -a /situs"] = f"213-STAT\r\n{rows}213 End."
    server.answers["STAT"] = f"213-STAT\r\n{STANDS}.\r\n-rw-r--r-- 1 web 33 6 Nov 24 15:13 index.html\r\n213 End."
    return {f"{name}/index.html": Entry(6) for name in names}


def test_many_folders_share_a_round_trip() -> None:
    """Folders are asked for many together, and no more than every server reads at a time."""
    with FakeServer() as server:
        server.reads = 1024
        files = glancing(server, 400)
        host = fake_host(server, quick=True)
        assert host.listing() == files
        assert server.at_once > 10
        assert len(asked_for_folders(server)) == 401
        host.close()


def test_answers_that_are_too_many_are_believed_of_no_folder() -> None:
    """Where a server answers one command twice, no folder is given another's files."""
    with FakeServer() as server:
        glancing(server, 20)
        server.answers["STAT"] += f"\r\n{server.answers['STAT']}"
        host = fake_host(server, quick=True)
        with pytest.raises(LostError):
            host.listing()
        host.close()


def test_a_server_that_loses_commands_is_asked_for_one_folder_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where commands that come together are not all answered, the next try asks for one at a time."""
    monkeypatch.setattr(ftp_line, "TIMEOUT", 0.2)
    with FakeServer() as server:
        server.reads = 70
        files = glancing(server, 20)
        host = fake_host(server, quick=True)
        with pytest.raises(LostError):
            host.listing()
        server.at_once = 0
        assert host.listing() == files
        assert server.at_once == 2  # with the one that shows that it was one answer
        host.close()


@pytest.mark.parametrize(
    "answers",
    [
        {"STAT": ""},  # it hangs up
        {"STAT": "421 CONTOH bye"},
        {"STAT": "CONTOH"},  # no answer of FTP
        {"NOOP": "502 ?"},
        {"NOOP": "250 fine"},
    ],
)
def test_a_server_that_bears_no_glance_is_asked_in_the_long_way_in_the_end(answers: dict[str, str]) -> None:
    """Where even one folder cannot be seen at a glance, the third try does without: no host is lost by that."""
    with FakeServer(**answers) as server:
        host = fake_host(server, quick=True)
        host.write("2026/11/a.html", b"CONTOH")
        for _ in range(2):
            with pytest.raises(LostError):
                host.listing()
        assert host.listing() == {"2026/11/a.html": Entry(6)}
        host.close()


def test_ctrl_c_does_not_wait_for_folders_that_nobody_wants_to_know_of_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a server tells nothing at a glance, each line has many folders to ask for in the long way, one by one."""
    with FakeServer(STAT="502 ?") as server:
        server.folders |= {"/situs", *(f"/situs/{number}" for number in range(100))}
        host = fake_host(server, quick=True)
        asked, free = list[str](), threading.Event()

        def slowly(line: ftp_line.Line, path: str) -> Listed | None:
            asked.append(path)
            if path != "/situs":
                free.wait(10)
            return folder(line, path)

        def interrupted(futures: Collection[Future[object]], return_when: str) -> object:
            if len(futures) == 1:
                return wait(futures, return_when=return_when)
            # The threads wait on until the listing has been left.
            threading.Timer(0.3, free.set).start()
            raise KeyboardInterrupt

        folder = ftp_line.Line.folder
        monkeypatch.setattr(ftp_line.Line, "folder", slowly)
        monkeypatch.setattr("generator.publish.ftp.wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            host.listing()
        assert len(asked) <= 1 + ftp.LANES
        host.close()


def test_a_line_with_an_answer_too_many_is_not_lent_again() -> None:
    """A refusal that is one too many ends the line, or each later command would get the answer of the one before."""
    with FakeServer(STAT="550 no such folder\r\n550 no such folder") as server:
        host = fake_host(server, quick=True)
        server.files["/situs/a.html"] = b"CONTOH"
        server.folders.add("/situs")
        with pytest.raises(LostError):
            host.listing()
        assert host.read("a.html") == b"CONTOH"
        host.close()


@pytest.mark.parametrize(
    "answer",
    [
        "502 ?",
        "211 all well",
        "213-STAT\r\n213 End.",  # of a folder that it did not find by its name
        f"213-STAT\r\n{STANDS}2026\r\n213 End.",  # without names that begin with a dot
        f"213-STAT\r\n{STANDS}.\r\nCONTOH\r\n213 End.",
    ],
)
def test_a_glance_that_cannot_be_believed_is_one_too_many(answer: str) -> None:
    """A server that tells nothing, or only some of it, is asked in the long way, and on that line from then on."""
    with FakeServer(STAT=answer) as server:
        server.most = 1
        host = fake_host(server, quick=True)
        host.write("2026/11/a.html", b"CONTOH")
        server.asked.clear()
        assert host.listing() == {"2026/11/a.html": Entry(6)}
        assert [line for line in asked_for_folders(server) if line.startswith("STAT")] == ["STAT -a /situs"]
        host.close()


def test_a_folder_that_refuses_a_glance_is_asked_in_the_long_way() -> None:
    """A refusal of one folder says nothing of others; a server that hangs up is no refusal."""
    with FakeServer(STAT=f"213-STAT\r\n{STANDS}.\r\n{STANDS}2026\r\n213 End.") as server:
        server.answers["STAT -a /situs/2026"] = "450 not now"
        host = fake_host(server, quick=True)
        host.write("2026/a.html", b"CONTOH")
        for _ in range(2):
            server.asked.clear()
            assert host.listing() == {"2026/a.html": Entry(6)}
            assert asked_for_folders(server) == ["STAT -a /situs", "STAT -a /situs/2026", "CWD /situs/2026", "MLSD"]
        server.answers["STAT -a /situs/2026"] = "421 CONTOH bye"
        with pytest.raises(LostError) as caught:
            host.listing()
        assert "421 CONTOH bye" in told(caught.value)
        host.close()


def test_a_closed_folder_does_not_make_others_be_asked_in_the_long_way() -> None:
    """Vsftpd tells nothing of a folder that is closed; of the others it still tells all at a glance."""
    with FakeServer() as server:
        server.most = 1
        files = glancing(server, 20)
        (closed, *_), *_ = (file.partition("/") for file in files)
        server.answers[f"STAT -a /situs/{closed}"] = "213-STAT\r\n213 End."
        host = fake_host(server, quick=True)
        assert host.listing() == {file: entry for file, entry in files.items() if file != f"{closed}/index.html"} | {
            closed: CLOSED
        }
        assert [line for line in asked_for_folders(server) if not line.startswith("STAT")] == [f"CWD /situs/{closed}"]
        host.close()


@pytest.mark.parametrize("features", [" SIZE\r\n MLST type*;\r\n", " SIZE\r\n"])
def test_a_listing_of_either_kind(features: str) -> None:
    """The host is listed by MLSD, and by LIST where there is none."""
    with FakeServer() as server:
        server.features = features
        host = fake_host(server)
        assert host.listing() == {}
        host.write("2023/10/a.html", b"CONTOH")
        host.write("b c.html", b"")
        assert host.listing() == {"2023/10/a.html": Entry(6), "b c.html": Entry(0)}
        assert ("MLSD" in server.asked) == ("MLST" in features)
        host.close()


def test_a_listing_of_no_known_form_is_refused() -> None:
    """A server whose listing nobody can read is refused: what stands there is not guessed at."""
    with FakeServer() as server:
        server.features, server.forms = "", ("{name}|{size}", "{name}|")
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        with pytest.raises(RefusedError, match="form that is not known"):
            host.listing()
        host.close()


@pytest.mark.parametrize("quiet", [False, True])
def test_a_cut_leaves_the_old_file(quiet: bool) -> None:
    """A line that breaks in the midst of a file, with or without a word, leaves the old file; the next try is whole."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH lama")
        server.cut, server.quiet = 1000, quiet
        with pytest.raises(LostError):
            host.write("a.html", b"CONTOH baru" * 1000)
        assert host.read("a.html") == b"CONTOH lama"
        server.cut = None
        host.write("a.html", b"CONTOH baru" * 1000)
        assert host.read("a.html") == b"CONTOH baru" * 1000
        host.close()


def test_a_cut_reading_is_noticed() -> None:
    """Less than what the server announced is not taken for the file."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        server.cut = 3
        with pytest.raises(LostError):
            host.read("a.html")
        host.close()


def test_a_server_that_renames_over_nothing() -> None:
    """Where a rename takes no other file's place, the old one steps aside, and comes back if the new one is refused."""
    with FakeServer() as server:
        server.replaces = False
        host = fake_host(server)
        host.write("a.html", b"CONTOH lama")
        host.write("a.html", b"CONTOH baru")
        assert server.files == {"/situs/a.html": b"CONTOH baru"}
        server.renames = ["550 file exists", "", "553 no"]
        with pytest.raises(RefusedError):
            host.write("a.html", b"CONTOH lagi")
        assert server.files == {"/situs/a.html": b"CONTOH baru"}
        host.close()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("552 CONTOH quota", RefusedError),
        ("452 CONTOH disk full", RefusedError),
        ("451 CONTOH disk full", RefusedError),
        ("553 CONTOH name", RefusedError),
        ("426 CONTOH aborted", LostError),
        ("421 CONTOH bye", LostError),
        ("nonsense", LostError),
        ("", LostError),
    ],
)
def test_replies_become_errors(reply: str, kind: type[HostError]) -> None:
    """What would end the same way again is refused, and what may succeed another time is lost."""
    with FakeServer() as server:
        host = fake_host(server)
        server.answers["STOR"] = reply
        with pytest.raises(HostError) as caught:
            host.write("a.html", b"CONTOH")
        assert type(caught.value) is kind
        del server.answers["STOR"]
        host.write("a.html", b"CONTOH")
        assert host.listing() == {"a.html": Entry(6)}
        host.close()


def test_a_server_without_size() -> None:
    """Where there is no SIZE, the listing says whether a file is there."""
    with FakeServer(SIZE="500 ?") as server:
        host = fake_host(server)
        assert host.create("kunci", b"CONTOH")
        assert not host.create("kunci", b"CONTOH")
        host.remove("kunci")
        host.remove("kunci")
        assert host.listing() == {}
        host.close()


def test_no_more_lines_than_a_server_bears() -> None:
    """A server that bears two lines is given two, and every file arrives."""
    with FakeServer() as server:
        server.most = 2
        host = fake_host(server)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda number: host.write(f"{number}/a.html", b"CONTOH"), range(24)))
        assert len(host.listing()) == 24
        host.close()


def test_a_line_that_died_in_its_sleep_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that lay idle for long is asked before it is used again."""
    monkeypatch.setattr(ftp_lines, "FRESH", -1.0)
    with FakeServer() as server:
        host = fake_host(server)
        server.answers["NOOP"] = ""
        host.write("a.html", b"CONTOH")
        assert host.read("a.html") == b"CONTOH"
        assert server.asked.count("USER anonymous") >= 3
        host.close()


@pytest.mark.parametrize("password", ["CONTOH\r\nDELE x", "CONTOH\n"])
def test_a_password_is_no_command(password: str) -> None:
    """A password with an end of line in it is refused before it is sent."""
    with FakeServer() as server:
        with pytest.raises(RefusedError) as caught:
            ftp.FtpHost(ftp_target("ftp", server.port), Secrets({"ADPIM_UJI_PASSWORD": password}, None))
        assert server.asked == []
        assert "CONTOH" not in told(caught.value)


def test_a_repeated_password_is_not_shown() -> None:
    """A server that repeats the password in its reply does not bring it before anybody's eyes."""
    with FakeServer(PASS=f"530 PASS {PASSWORD} is wrong") as server:
        with pytest.raises(RefusedError) as caught:
            fake_host(server)
        assert "530" in told(caught.value)
        assert PASSWORD not in told(caught.value) + repr(caught.value)


def test_a_password_repeated_in_a_list_is_not_shown() -> None:
    """Nor does one that puts it into its list of files."""
    with FakeServer() as server:
        server.features = " SIZE\r\n"
        server.forms = f"PASS {PASSWORD}", server.forms[1]
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        with pytest.raises(RefusedError, match="form that is not known") as caught:
            host.listing()
        assert PASSWORD not in told(caught.value) + repr(caught.value)
        host.close()


def test_a_line_that_breaks_while_hands_are_shaken_is_lost(tmp_path: Path) -> None:
    """Wherever the line breaks before the work begins, another try is worth it, also in the midst of TLS."""
    with vsftpd(tmp_path) as server:
        for left in (0, 3, *range(10, 250, 60)):
            with Proxy(server.port, cut_after=left) as line, pytest.raises(LostError, match="cannot be reached"):
                server.host(port=line.port)


def test_a_line_that_breaks_again_while_a_new_one_is_made_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that breaks in the midst of a publish, and once more while the next shakes hands, is gone on with."""
    monkeypatch.setattr(patience, "PAUSES", (0.0, 0.0, 0.0))
    with (
        vsftpd(tmp_path) as server,
        Proxy(server.port) as line,
        contextlib.closing(server.host(port=line.port)) as far,
    ):
        host = patience.Patient(far, lambda _: None)
        host.write("a.html", b"CONTOH")
        line.cut()
        line.cut_after(150)
        host.write("b.html", b"CONTOH")
        assert line.was_cut
        assert host.read("b.html") == b"CONTOH"


def test_a_server_that_speaks_no_tls_there_is_told() -> None:
    """Where a plain server answers what should be TLS from the first byte on, no other try would help."""
    with FakeServer() as server, pytest.raises(RefusedError, match="does not speak TLS there"):
        open_host(
            ftp_target("ftps", server.port)._replace(implicit=True), Secrets({"ADPIM_UJI_PASSWORD": PASSWORD}, None)
        )


def test_a_user_is_needed() -> None:
    """An address without a user is refused with the way to write it."""
    with pytest.raises(RefusedError, match="log in"):
        open_host(ftp_target("ftps", 1)._replace(user=""), Secrets({}, None))


def test_a_missing_certificate_is_told(tmp_path: Path) -> None:
    """A certificate file that is not there, or holds none, is told by its name."""
    (tmp_path / "kosong.pem").write_text("CONTOH")
    for name in ("tiada.pem", "kosong.pem"):
        target = ftp_target("ftps", 1)._replace(certificate=str(tmp_path / name))
        with pytest.raises(RefusedError) as caught:
            open_host(target, Secrets({"ADPIM_UJI_PASSWORD": PASSWORD}, None))
        assert name in told(caught.value)


def test_nobody_listens() -> None:
    """A host that is not there is lost: another try may succeed."""
    with pytest.raises(LostError, match="cannot be reached"):
        open_host(ftp_target("ftp", free_port()), Secrets({"ADPIM_UJI_PASSWORD": PASSWORD}, None))


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and says nothing is given up."""
    monkeypatch.setattr(ftp_line, "TIMEOUT", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(LostError, match="cannot be reached") as caught,
    ):
        open_host(ftp_target("ftp", silent.getsockname()[1]), Secrets({"ADPIM_UJI_PASSWORD": PASSWORD}, None))
    assert "timed out" in told(caught.value)


def test_a_name_that_ftp_cannot_say_is_refused() -> None:
    """A name with an end of line in it never becomes a second command."""
    with FakeServer() as server:
        host = fake_host(server)
        with pytest.raises(RefusedError):
            host.write("a\r\nDELE b.html", b"CONTOH")
        assert not any(line.startswith("DELE b") for line in server.asked)
        host.close()


def test_a_refused_creation_leaves_nothing_behind() -> None:
    """Where a file may not be created, neither part of it nor the folder that keeps others waiting stays."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        server.answers["RNTO /situs/kunci"] = "553 no"
        with pytest.raises(RefusedError):
            host.create("kunci", b"CONTOH")
        assert host.listing() == {"a.html": Entry(6)}
        assert server.folders == {"/", "/situs"}
        host.close()


@pytest.mark.parametrize("features", [" SIZE\r\n MLST type*;size*;\r\n", " SIZE\r\n"])
def test_a_folder_that_may_not_be_entered_hides_nothing(features: str) -> None:
    """A folder into which we are not let is listed by its name; one that has gone meanwhile is not."""
    with FakeServer() as server:
        server.features = features
        host = fake_host(server)
        host.write("a/b/c.html", b"CONTOH")
        server.answers["CWD /situs/a/b"] = "550 CONTOH"
        assert host.listing() == {"a/b": CLOSED}
        del server.answers["CWD /situs/a/b"]
        gone = iter([True])
        enter = ftp_line.Line.folder

        def folder(line: ftp_line.Line, path: str) -> Listed | None:
            if path == "/situs/a/b" and next(gone, False):
                server.folders.discard(path)
                server.files.clear()
            return enter(line, path)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ftp_line.Line, "folder", folder)
            assert host.listing() == {}
        host.close()


def test_a_folder_that_refuses_to_be_listed_hides_nothing() -> None:
    """A folder that can be entered and not listed is listed by its name, but the site's own must be listed."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a/b.html", b"CONTOH")
        refusals = iter(["", "550 CONTOH"])
        list_it = faking_ftp._Session._mlsd
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                faking_ftp._Session, "_mlsd", lambda session, path: next(refusals, "") or list_it(session, path)
            )
            assert host.listing() == {"a": CLOSED}
        server.answers["MLSD"] = "550 CONTOH"
        with pytest.raises(RefusedError):
            host.listing()
        host.close()


def test_no_server_is_asked_for_a_path_that_is_too_long() -> None:
    """No command is longer than servers bear: a folder with a longer path is closed, and nothing is done there."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        deep = "/situs"
        while len(deep) < 5000:
            deep += f"/{'d' * 200}"
            server.folders.add(deep)
        listed = host.listing()
        (closed,) = listed.keys() - {"a.html"}
        assert listed[closed] == CLOSED
        assert 3800 < len(closed) < 4200
        for call in (host.read, host.remove, lambda file: host.move(file, "b")):
            with pytest.raises(RefusedError) as caught:
                call(f"{closed}/{'d' * 200}")
            assert "refuses: File name too long." in told(caught.value)
        assert max(map(len, server.asked)) < 4096
        host.close()


@asks_server
def test_what_hides_from_the_guard_does_not_stop_a_publish(explicit: FtpServer) -> None:
    """A listing to publish by comes about whatever names somebody has put there."""
    web = explicit.root / "licik"
    for name in ("a\nb", "a\n213 End", "a\rb", "a\n"):
        (web / "slot" / name).mkdir(parents=True)
        (web / "slot" / name / "x.php").write_bytes(b"CONTOH")
    (web / "index.html").write_bytes(b"CONTOH")
    host = Patient(explicit.host(path="/~/licik", quick=True), lambda _: None)
    listed = host.listing()
    assert listed["index.html"] == Entry(6)
    assert listed["slot"] == CLOSED
    host.close()


def test_a_refused_removal_is_told() -> None:
    """A file that is there and may not be removed is told; one that is gone is no mistake."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        host.remove("b.html")
        server.answers["DELE"] = "550 no"
        with pytest.raises(RefusedError):
            host.remove("a.html")
        assert host.read("a.html") == b"CONTOH"
        host.close()


def test_a_folder_that_cannot_be_made_for_waiting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that lets nobody make folders does not keep a creation waiting for ever."""
    monkeypatch.setattr(ftp_claim, "PATIENCE", 0.3)
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a.html", b"CONTOH")
        server.answers["MKD"] = "550 no"
        with pytest.raises(RefusedError):
            host.create("kunci", b"CONTOH")
        host.close()


def test_a_folder_that_another_removed_is_made_again() -> None:
    """A folder that stood there a moment ago and is gone is made anew, and the file arrives."""
    with FakeServer() as server:
        host = fake_host(server)
        host.write("a/b.html", b"CONTOH")
        server.files.clear()
        server.folders -= {"/situs/a"}
        host.write("a/c.html", b"CONTOH")
        assert host.listing() == {"a/c.html": Entry(6)}
        host.close()


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    """What looks like a certificate and cannot be read as one is told before anything is sent."""
    (tmp_path / "rusak.pem").write_text("-----BEGIN CERTIFICATE-----\nCONTOH\n-----END CERTIFICATE-----\n")
    target = ftp_target("ftps", 1)._replace(certificate=str(tmp_path / "rusak.pem"))
    with pytest.raises(RefusedError, match="certificate cannot be trusted"):
        open_host(target, Secrets({"ADPIM_UJI_PASSWORD": PASSWORD}, None))
