"""Publishing to real servers over a line that breaks, and by processes that are killed: no page ever lacks anything.

What the facts of tests/test_publishing.py say of a host in memory is asked here of servers as distributions ship them,
and of a process that has no chance to tidy up.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.intake.demo import write_demo
from generator.publish import patience
from generator.publish.coding import unpacked
from generator.publish.host import LostError
from generator.publish.lock import LOCK
from generator.publish.manifest import HEAD
from tests.hosting import LOCAL, Proxy, at_home, ssh_server
from tests.hosting_ftp import KINDS, vsftpd
from tests.hosting_ftp import PASSWORD as FTP_PASSWORD
from tests.newsroom import png, release
from tests.publishing import Office, file_at, first_state, lacking, references, second_state, site_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.host import Entry, Host
    from tests.hosting import Stand
    from tests.newsroom import Newsroom

ROOT = Path(__file__).parent.parent
KILLS = 20
RELEASES = 100
REMOVAL = "removal"


class Recorder:
    """A host that hands everything on to another one and keeps which files were written.

    At the moment ``cut_at`` the ``line`` to it breaks, and stays so: in the midst of the write of that number or of
    that file, or of the first removal.
    """

    def __init__(self, host: Host, line: Proxy | None = None, cut_at: int | str = -1) -> None:
        self._host, self._line, self._cut_at = host, line, cut_at
        self.label, self.lanes = "sftp://contoh", host.lanes  # the port, which changes, is no part of the place
        self.written: list[str] = []

    def listing(self) -> dict[str, Entry]:
        return self._host.listing()

    def read(self, file: str, most: int | None = None) -> bytes | None:
        return self._host.read(file, most)

    def write(self, file: str, data: bytes) -> None:
        self._meet(len(self.written))
        self._meet(file)
        self.written.append(file)
        self._host.write(file, data)

    def create(self, file: str, data: bytes) -> bool:
        return self._host.create(file, data)

    def remove(self, file: str) -> None:
        self._meet(REMOVAL)
        self._host.remove(file)

    def move(self, file: str, target: str) -> None:
        self._host.move(file, target)

    def close(self) -> None:
        self._host.close()

    def _meet(self, moment: int | str) -> None:
        if self._line is not None and moment == self._cut_at and not self._line.is_down:
            self._line.is_down = True
            threading.Timer(0.001, self._line.cut).start()


def read_all(stand: Stand) -> dict[str, bytes]:
    """Return all that stands on a host, as its readers see it."""
    found = {file: stand.get(file) for file in stand.names()}
    read = {file: data for file, data in found.items() if data is not None}
    return site_files({file: unpacked(data, 1 << 30) if stand.compresses else data for file, data in read.items()})


@pytest.fixture(params=[kind for kind in KINDS if kind not in LOCAL])
def far(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Each kind of host at the other end of a line."""
    with contextlib.contextmanager(KINDS[request.param])(tmp_path, monkeypatch) as made:
        yield made


@pytest.mark.server
def test_a_line_that_breaks_at_each_tenth(far: Stand, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut at each tenth of the transfer, at the list and while it removes, no page lacks anything, and it goes on.

    Nothing that had arrived whole is sent again.
    """
    assert far.reopen is not None
    monkeypatch.setattr(patience, "PAUSES", ())
    first_state(newsroom)
    with contextlib.closing(far.open()) as host:
        Office(newsroom, Recorder(host), compresses=far.compresses).publish()
    second_state(newsroom)
    built = Office(newsroom, Recorder(host), compresses=far.compresses).build()
    for number, moment in enumerate((*range(10), HEAD, REMOVAL)):
        office = Office(newsroom, Recorder(host), compresses=far.compresses)
        with Proxy(far.port) as line:
            with contextlib.closing(far.reopen(line.port)) as cut:
                office.host = Recorder(cut)
                writes = len(office.offer(built).plan.sent)
                office.host = Recorder(cut, line, writes * moment // 10 if isinstance(moment, int) else moment)
                with pytest.raises(LostError):
                    office.publish(built)
            line.is_down = False
            there = read_all(far)
            assert lacking(there) == []
            wanted = newsroom.files()
            whole = {file for file, data in there.items() if wanted.get(file) == data}
            with contextlib.closing(far.reopen(line.port)) as again:
                recorder = Recorder(again)
                office.host = recorder
                office.publish(built)
            assert whole.isdisjoint(recorder.written)
            assert read_all(far) == wanted
            assert {file for file in far.names() if file.startswith(".adpim")} == {HEAD}
        (second_state if number % 2 else first_state)(newsroom)
        built = office.build()


class Victim:
    """A site, and a folder on this machine to which processes publish by ``url`` that are killed."""

    def __init__(self, root: Path, web: Path, url: str, *rows: str) -> None:
        self.root, self.web = root, web
        write_demo(root, RELEASES)
        with (root / "content/site.toml").open("a") as settings:
            settings.write("\n".join(("", "[publish.kantor]", f'url = "{url}"', *rows, "")))
        self.berita = root / "content/berita"
        self.sources = sorted(self.berita.rglob("*.md"))
        self._journal = root / ".adpim/publish/kantor/journal"
        self.is_changed = False
        self._needed: dict[tuple[str, int], list[str]] = {}

    def run(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "generator", "--root", str(self.root), *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def finish(self, *words: str) -> None:
        """Run a command to its end."""
        process = self.run(*words)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()

    def change(self) -> None:
        """Turn every release into its other state, give one another photo and put another one beside it, and build."""
        words = (b"Naskah ini", b"Naskah itu")
        for file in self.sources:
            file.write_bytes(file.read_bytes().replace(words[self.is_changed], words[not self.is_changed]))
        for name in ("ganjil.md", "ganjil.png", "genap.md", "genap.png"):
            (self.berita / name).unlink(missing_ok=True)
        name = "ganjil" if self.is_changed else "genap"
        (self.berita / f"{name}.png").write_bytes(png(8, 8, len(name)))
        for release_name in ("tetap", name):
            text = release(f"CONTOH {release_name}", "2020-01-01", photo=f"{name}.png", alt="CONTOH")
            (self.berita / f"{release_name}.md").write_text(text)
        self.is_changed = not self.is_changed
        self.finish("build")

    def publish(self) -> subprocess.Popen[bytes]:
        """Start to publish; return when it begins to send."""
        process = self.run("publish", "--yes")
        while not self._journal.exists() and process.poll() is None:
            time.sleep(0.002)
        return process

    def transfer(self) -> float:
        """Publish to the end, and return how long it sends, in seconds."""
        process = self.publish()
        began = time.monotonic()
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
        return time.monotonic() - began

    def marks(self) -> dict[str, tuple[int, int]]:
        """Return what tells that a file on the host was not written again, when the server has come to rest."""
        before, found = None, self._marks()
        while found != before:
            time.sleep(0.05)
            before, found = found, self._marks()
        return found

    def _marks(self) -> dict[str, tuple[int, int]]:
        found = {}
        for path in self.web.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                if path.is_file():
                    found[path.relative_to(self.web).as_posix()] = (status.st_ino, status.st_mtime_ns)
        return found

    def whole(self) -> set[str]:
        """Return the files on the host that hold already what is to be published."""
        output = self.root / "output"
        return {
            file
            for file in site_files(dict.fromkeys(self.marks(), b""))
            if (output / file).is_file() and (self.web / file).read_bytes() == (output / file).read_bytes()
        }

    def outdated(self) -> set[str]:
        """Return the files that have still to be sent or removed."""
        wanted, there = self.wanted(), site_files(dict.fromkeys(self.marks(), b"")).keys()
        return (wanted - self.whole()) | (there - wanted)

    def wanted(self) -> set[str]:
        """Return the files that are to be published."""
        output = self.root / "output"
        files = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
        return files - {".adpim-manifest"}

    def lacking(self) -> list[tuple[str, str]]:
        """Return each page with something that it needs and that is not there."""
        found = []
        for file, mark in self.marks().items():
            if file.endswith(".html"):
                key = (file, mark[0] ^ mark[1])
                if key not in self._needed:
                    data = (self.web / file).read_bytes().replace(b"https://demo.example", b"https://contoh.example")
                    addresses = references(data, f"https://contoh.example/{file}")
                    self._needed[key] = [needed for each in addresses if (needed := file_at(each)) is not None]
                found += [(file, needed) for needed in self._needed[key] if not (self.web / needed).is_file()]
        return found


@contextlib.contextmanager
def folder_victim(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Victim]:
    """Publish to a mounted folder."""
    web = tmp_path / "web"
    yield Victim(tmp_path / "situs", web, web.as_uri())


@contextlib.contextmanager
def sshd_victim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Victim]:
    """Publish to an OpenSSH server."""
    web = tmp_path / "web"
    with ssh_server(tmp_path / "sshd") as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        url = f"sftp://{server.user}@127.0.0.1:{server.port}{web.as_posix()}"
        yield Victim(tmp_path / "situs", web, url, f'key = "{server.key.as_posix()}"')


@contextlib.contextmanager
def vsftpd_victim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Victim]:
    """Publish to vsftpd under TLS."""
    folder = tmp_path / "vsftpd"
    folder.mkdir()
    monkeypatch.setenv("ADPIM_KANTOR_PASSWORD", FTP_PASSWORD)
    with vsftpd(folder) as server:
        url = f"ftps://anonymous@localhost:{server.port}/~/situs"
        certificate = f'certificate = "{server.certificate.as_posix()}"'
        yield Victim(tmp_path / "situs", server.root / "situs", url, certificate)


@pytest.fixture(
    params=[
        pytest.param(folder_victim, id="folder"),
        pytest.param(sshd_victim, id="sshd", marks=pytest.mark.server),
        pytest.param(vsftpd_victim, id="vsftpd", marks=pytest.mark.server),
    ]
)
def victim(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Victim]:
    """What is published to each kind of host by processes that are killed."""
    with request.param(tmp_path, monkeypatch) as made:
        yield made


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills as systems other than Windows do")
def test_a_killed_publish_goes_on(victim: Victim) -> None:
    """Killed at twenty random moments, it leaves whole pages with all they need, and sends nothing whole again."""
    chance = random.Random("CONTOH")  # the same moments each time
    victim.finish("build")
    lasts = {True: victim.transfer()}
    victim.change()
    lasts[False] = victim.transfer()
    assert victim.lacking() == []
    killed, midway = 0, 0
    for number in range(KILLS):
        if is_first := number % 4 == 3:
            shutil.rmtree(victim.web)
            shutil.rmtree(victim.root / ".adpim/publish")
        victim.change()
        there = victim.whole()
        process = victim.publish()
        time.sleep(lasts[is_first] * (number + chance.random()) / KILLS)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        assert victim.lacking() == []
        whole, before = victim.whole(), victim.marks()
        midway += bool(whole - there) and bool(victim.outdated())
        victim.finish("publish", "--yes")
        after = victim.marks()
        assert {file for file in whole if after[file] != before[file]} == set()
        assert victim.whole() == victim.wanted() == site_files(dict.fromkeys(after, b"")).keys()
        assert not [file for file in after if file.endswith(".part") or file == LOCK]
    assert killed >= KILLS // 2
    assert midway >= KILLS // 2
