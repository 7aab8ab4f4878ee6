"""What is SFTP's own: who answers there, who we are, and how either is doubted."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import asyncssh
import pytest

from generator.i18n import say
from generator.publish import sftp_files, sftp_line, sftp_listing
from generator.publish.host import CLOSED, Entry, Host, HostError, LostError, RefusedError
from generator.publish.opening import open_host
from tests.hosting import PASSWORD, Proxy, SshServer, at_home, password_server, secrets, ssh_server, target
from tests.servers import FULL, need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.secrets import Secrets
    from generator.publishing import Target

pytestmark = pytest.mark.server


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    """An OpenSSH server that known_hosts knows."""
    with ssh_server(tmp_path / "sshd") as made:
        at_home(tmp_path / "home", monkeypatch, made.known_hosts(made.port))
        yield made


def refusal(where: Target, known: Secrets) -> tuple[str, str]:
    """Return what is wrong and what mends it, when ``where`` lets nobody in."""
    with pytest.raises(RefusedError) as caught:
        open_host(where, known)
    (problem,) = caught.value.problems
    assert problem.path == where.label
    return say(problem.what, "en"), say(problem.fix, "en")


def visit(where: Target, known: Secrets) -> None:
    """Connect, write and hang up."""
    with contextlib.closing(open_host(where, known)) as host:
        host.write("a.txt", b"CONTOH")
        assert host.read("a.txt") == b"CONTOH"


def test_an_unknown_server_is_not_trusted(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is not in known_hosts is refused with its fingerprint; with the line that is shown it is known."""
    where = server.target((tmp_path / "web").as_posix())
    known_hosts = tmp_path / "home/.ssh/known_hosts"
    at_home(tmp_path / "home", monkeypatch)
    for missing in (False, True):
        if missing:
            known_hosts.unlink()
        what, fix = refusal(where, secrets())
        mark = asyncssh.read_private_key(server.work / "host").get_fingerprint()
        assert what == f"The host shows a key that this machine does not know: {mark}."
        assert mark.startswith("SHA256:")
        assert str(known_hosts) in fix
        assert not (tmp_path / "web").exists()
    known_hosts.write_text(fix.partition(f"{known_hosts}: ")[2] + "\n")
    visit(where, secrets())


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_changed_server_is_not_trusted(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A server with another key than known_hosts has, of the same kind or of another, is refused with a warning."""
    other = asyncssh.generate_private_key(kind).export_public_key().decode()
    at_home(tmp_path / "home", monkeypatch, f"[127.0.0.1]:{server.port} {other}")
    what, fix = refusal(server.target((tmp_path / "web").as_posix()), secrets())
    mark = asyncssh.read_private_key(server.work / "host").get_fingerprint()
    assert what.startswith(f"The host shows another key than before: {mark}.")
    assert "Publish nothing" in fix


@pytest.mark.parametrize(
    "lines",
    [
        "@revoked {place} {key}",
        "{place} {key}\n@revoked * {key}",
        "127.0.0.1 {key}\n@revoked {place} {key}",
        "{place} {key}\n@revoked 127.0.0.1 {key}",
    ],
)
def test_a_revoked_key_is_not_trusted(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str
) -> None:
    """A key that known_hosts calls revoked is refused, wherever it stands besides, and nobody is told to add it."""
    key = asyncssh.read_private_key(server.work / "host").export_public_key().decode().strip()
    at_home(tmp_path / "home", monkeypatch, lines.format(place=f"[127.0.0.1]:{server.port}", key=key))
    what, fix = refusal(server.target((tmp_path / "web").as_posix()), secrets())
    assert what == "The host's key cannot be trusted: Host key is revoked for host 127.0.0.1."
    assert fix.startswith("Publish nothing")
    assert key not in fix


def test_a_server_is_known_by_its_name(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of an address is not known of a name that leads there: whoever leads it may be anybody."""
    at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
    where = server.target((tmp_path / "web").as_posix())._replace(host="localhost")
    what, _ = refusal(where, secrets())
    assert what.startswith("The host shows a key that this machine does not know: ")


def test_a_server_that_the_whole_machine_knows(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the machine's known_hosts counts as well, what is revoked there too; an error names that file."""
    at_home(tmp_path / "home", monkeypatch)
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path))  # where Windows has it; elsewhere it is in /etc
    machine = tmp_path / "ssh/ssh_known_hosts"
    machine.parent.mkdir()
    where = server.target((tmp_path / "web").as_posix())
    machine.write_text(server.known_hosts(server.port))
    visit(where, secrets())
    machine.write_text(f"@revoked {server.known_hosts(server.port)}")
    at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
    assert "revoked" in refusal(where, secrets())[0]
    at_home(tmp_path / "home", monkeypatch)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    machine.write_text(f"[127.0.0.1]:{server.port} {other}")
    assert str(machine) in refusal(where, secrets())[1]
    at_home(tmp_path / "home", monkeypatch, f"[127.0.0.1]:{server.port} {other}")
    machine.write_text(server.known_hosts(server.port).replace(f"[127.0.0.1]:{server.port}", "127.0.0.1"))
    # Where one of them knows it at its port, none is asked for the name alone.
    assert str(tmp_path / "home/.ssh/known_hosts") in refusal(where, secrets())[1]
    machine.write_text("CONTOH\n")
    assert refusal(where, secrets())[0].startswith(f"{machine} cannot be read: ")


def test_hashed_names_are_known(server: SshServer, tmp_path: Path) -> None:
    """A known_hosts file whose names were hashed, as some systems do, is read as well."""
    known_hosts = tmp_path / "home/.ssh/known_hosts"
    subprocess.run([need("ssh-keygen"), "-q", "-H", "-f", known_hosts], check=True, capture_output=True)
    assert "127.0.0.1" not in known_hosts.read_text()
    visit(server.target((tmp_path / "web").as_posix()), secrets())


@pytest.fixture
def renamed(server: SshServer, tmp_path: Path) -> Target:
    """A target whose host, port and key are in ~/.ssh/config."""
    rows = (f"HostName 127.0.0.1\nPort {server.port}", f"User {server.user}", f"IdentityFile {server.key}")
    (tmp_path / "home/.ssh/config").write_text("\n".join(("Host kantor", *rows)))
    return target(f"sftp://kantor{(tmp_path / 'web').as_posix()}")


def test_a_server_that_the_configuration_renames(server: SshServer, renamed: Target, tmp_path: Path) -> None:
    """A server that ~/.ssh/config leads to is known by its own name; the line that is shown for it makes it known."""
    visit(renamed, secrets())
    known_hosts = tmp_path / "home/.ssh/known_hosts"
    known_hosts.write_text("")
    what, fix = refusal(renamed, secrets())
    assert what.startswith("The host shows a key that this machine does not know: SHA256:")
    known_hosts.write_text(fix.partition(f"{known_hosts}: ")[2] + "\n")
    visit(renamed, secrets())


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_renamed_server_that_changed(server: SshServer, renamed: Target, tmp_path: Path, kind: str) -> None:
    """Another key than before is noticed under the name to which ~/.ssh/config leads, too."""
    other = asyncssh.generate_private_key(kind).export_public_key().decode()
    (tmp_path / "home/.ssh/known_hosts").write_text(f"[127.0.0.1]:{server.port} {other}")
    assert refusal(renamed, secrets())[0].startswith("The host shows another key than before: ")


def test_no_configuration_makes_us_trust_a_stranger(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown server is refused, whatever ~/.ssh/config says of checking."""
    at_home(tmp_path / "home", monkeypatch)
    (tmp_path / "home/.ssh/config").write_text("Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile none\n")
    what, _ = refusal(server.target((tmp_path / "web").as_posix()), secrets())
    assert what.startswith("The host shows a key that this machine does not know: ")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("known_hosts", b"CONTOH\n", "known_hosts cannot be read: Invalid known hosts entry: CONTOH."),
        ("known_hosts", b"\xff\xfe\n", "known_hosts cannot be read: 'utf-8' codec can't decode byte 0xff"),
        ("config", b"Port CONTOH\n", "config line 1: Invalid Port integer value: CONTOH."),
        ("id_ed25519", b"CONTOH\n", ".ssh cannot be read: Invalid private key."),
    ],
)
def test_what_cannot_be_read_in_the_ssh_folder(
    server: SshServer, tmp_path: Path, file: str, text: bytes, said: str
) -> None:
    """A file of ~/.ssh that is damaged is told of, and no traceback."""
    (tmp_path / "home/.ssh" / file).write_bytes(text)
    where = target(f"sftp://{server.user}@127.0.0.1:{server.port}{(tmp_path / 'web').as_posix()}")
    assert said in refusal(where, secrets())[0]


def test_a_key_that_is_not_let_in(server: SshServer, tmp_path: Path) -> None:
    """A key that the server does not know is refused, and nobody is asked for a password that it would not take."""
    server.key.unlink()
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(server.key)
    what, _ = refusal(server.target((tmp_path / "web").as_posix()), secrets(ask=lambda _: pytest.fail("asked")))
    assert what.startswith("The host does not let us in: ")


def test_a_usual_key_with_a_passphrase(server: SshServer, tmp_path: Path) -> None:
    """Where the usual key is not tried, since it is locked by a passphrase, whoever is not let in is told how it is."""
    where = target(f"sftp://{server.user}@127.0.0.1:{server.port}{(tmp_path / 'web').as_posix()}")
    usual = tmp_path / "home/.ssh/id_ed25519"
    asyncssh.read_private_key(server.key).write_private_key(usual, passphrase="rahasia")
    what, fix = refusal(where, secrets())
    assert what.startswith("The host does not let us in: ")
    assert fix.startswith(f'The key "{usual}" was not tried: ')
    visit(where._replace(key=str(usual)), secrets({"ADPIM_UTAMA_PASSPHRASE": "rahasia"}))
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(usual)
    assert refusal(where, secrets())[1].startswith("Check user name")


def test_a_key_that_cannot_be_read(server: SshServer, tmp_path: Path) -> None:
    """A key file that is missing, or holds something else, is named."""
    where = server.target((tmp_path / "web").as_posix())
    server.key.write_text("CONTOH")
    assert refusal(where, secrets())[0].startswith(f'The key "{server.key}" cannot be read: ')
    server.key.unlink()
    assert refusal(where, secrets())[0] == f'The key "{server.key}" cannot be read: No such file or directory.'


def test_a_key_with_a_passphrase(server: SshServer, tmp_path: Path) -> None:
    """The passphrase of a key comes from the environment or is asked for, with the key's name; a wrong one is said."""
    asyncssh.read_private_key(server.key).write_private_key(server.key, passphrase=PASSWORD)
    where = server.target((tmp_path / "web").as_posix())
    asked: list[str] = []

    def ask(label: str) -> str:
        asked.append(label)
        return PASSWORD

    visit(where, secrets({"ADPIM_UTAMA_PASSPHRASE": PASSWORD}))
    visit(where, secrets(ask=ask))
    assert asked == [server.key.as_posix()]
    wrong, _ = refusal(where, secrets({"ADPIM_UTAMA_PASSPHRASE": "salah"}))
    assert wrong.startswith(f'The key "{server.key}" cannot be read: ')
    assert "ADPIM_UTAMA_PASSPHRASE" in refusal(where, secrets())[1]


def test_a_key_of_the_agent(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where site.toml names no key, the agent's are tried."""
    agent, add = need("ssh-agent"), need("ssh-add")
    socket = tmp_path / "agent"
    where = target(f"sftp://{server.user}@127.0.0.1:{server.port}{(tmp_path / 'web').as_posix()}")
    refusal(where, secrets())
    process = subprocess.Popen([agent, "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            assert process.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        subprocess.run([add, "-q", server.key], check=True)
        visit(where, secrets())
    finally:
        process.terminate()
        process.wait()


def test_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password comes from the environment or is asked for once; a wrong one, or none, is refused."""
    (tmp_path / "web").mkdir()
    with password_server(tmp_path, tmp_path / "web") as (port, line):
        at_home(tmp_path / "home", monkeypatch, line)
        where = target(f"sftp://adpim@127.0.0.1:{port}/")
        asked: list[str] = []

        def ask(label: str) -> str:
            asked.append(label)
            return PASSWORD

        visit(where, secrets({"ADPIM_UTAMA_PASSWORD": PASSWORD}))
        known = secrets(ask=ask)
        visit(where, known)
        visit(where, known)
        assert asked == [where.label]
        assert refusal(where, secrets({"ADPIM_UTAMA_PASSWORD": "salah"}))[0].startswith("The host does not let us in: ")
        assert "ADPIM_UTAMA_PASSWORD" in refusal(where, secrets())[1]


def test_secrets_are_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A password is in no output, log, error or representation of our own objects, and in no list of processes."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "web").mkdir()
    shown: list[str] = []
    with password_server(tmp_path, tmp_path / "web") as (port, line):
        at_home(tmp_path / "home", monkeypatch, line)
        where = target(f"sftp://adpim@127.0.0.1:{port}/")
        known = secrets({"ADPIM_UTAMA_PASSWORD": PASSWORD})
        with contextlib.closing(open_host(where, known)) as host:
            host.write("a.txt", b"CONTOH")
            with pytest.raises(HostError) as caught:
                host.write("a.txt/b", b"CONTOH")
            shown += [repr(caught.value), str(caught.value), repr(caught.value.problems)]
            ours = [thing for thing in gc.get_objects() if str(type(thing).__module__).startswith("generator.publish")]
            assert any(thing is host for thing in ours)
            shown += map(repr, ours)
            shown += [path.read_bytes().decode("utf-8", "replace") for path in _command_lines()]
        nearly = secrets({"ADPIM_UTAMA_PASSWORD": PASSWORD[:-1]})
        shown += refusal(where, nearly)
    shown += [caplog.text, *capfd.readouterr()]
    assert not [text for text in shown if PASSWORD[:-1] in text]


def test_a_repeated_password_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that repeats the password, at the door or later, does not bring it before anybody's eyes."""
    (tmp_path / "web").mkdir()
    with password_server(tmp_path, tmp_path / "web", parrot=True) as (port, line):
        at_home(tmp_path / "home", monkeypatch, line)
        where = target(f"sftp://adpim@127.0.0.1:{port}/")
        with pytest.raises(HostError) as caught:
            open_host(where, secrets({"ADPIM_UTAMA_PASSWORD": "salah-CONTOH"}))
        said = say(caught.value.problems[0].what, "en")
        assert "bad password '…'" in said
        assert "salah-CONTOH" not in said + repr(caught.value)
        with contextlib.closing(open_host(where, secrets({"ADPIM_UTAMA_PASSWORD": PASSWORD}))) as host:
            host.write("a.txt", b"CONTOH")
            with pytest.raises(RefusedError) as refused:
                host.remove("a.txt")
        assert say(refused.value.problems[0].what, "en") == "The host refuses: not for …."


@pytest.mark.parametrize("name", ["ADPIM_UTAMA_PASSWORD", "ADPIM_UTAMA_PASSPHRASE"])
def test_a_secret_that_is_no_text_is_told(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A password or passphrase that is no UTF-8 is told of as such, and known_hosts is not blamed."""
    key = asyncssh.read_private_key(server.key)
    key.write_private_key(tmp_path / "locked", passphrase="CONTOH")
    where = server.target("/")._replace(key=str(tmp_path / "locked") if name.endswith("PHRASE") else "")
    what, _ = refusal(where, secrets({name: "raha\udce9sia"}))
    assert what == f"What {name} holds cannot be sent: there is an end of line in it, or a broken character."


def _command_lines() -> Iterator[Path]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            path.read_bytes()
            yield path


def test_without_its_client_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where asyncssh is not installed, the command that installs it is shown."""
    for name in [name for name in sys.modules if name.startswith("generator.publish.sftp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    what, fix = refusal(target("sftp://adpim@contoh.example/"), secrets())
    assert what == 'For "sftp://" the package asyncssh[bcrypt] is needed, which is not installed.'
    assert fix == f'Run: "{sys.executable}" -m pip install "asyncssh[bcrypt]"'


def test_a_folder_below_the_login_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that begins with /~/ counts from the folder in which one lands."""
    (tmp_path / "rumah").mkdir()
    with ssh_server(tmp_path / "sshd", f"Subsystem sftp internal-sftp -d {tmp_path / 'rumah'}") as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        with contextlib.closing(open_host(server.target("/~/public_html/situs"), secrets())) as host:
            assert host.listing() == {}
            host.write("a/b.txt", b"CONTOH")
            host.move("a/b.txt", "../../karantina/b.txt")
            host.write("c.txt", b"CONTOH")
            assert set(host.listing()) == {"c.txt"}
        assert (tmp_path / "rumah/public_html/situs/c.txt").read_bytes() == b"CONTOH"
        assert (tmp_path / "rumah/karantina/b.txt").exists()
        with contextlib.closing(open_host(server.target(""), secrets())) as host:
            assert set(host.listing()) == {"public_html/situs/c.txt", "karantina/b.txt"}


@pytest.mark.parametrize("options", [(), ("Subsystem sftp internal-sftp", "ForceCommand internal-sftp")])
def test_links_are_listed_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """A link is a file, whether commands can be run or folders are asked for; strange names do no harm."""
    web = tmp_path / "web"
    (web / "a").mkdir(parents=True)
    (web / "pintas").symlink_to("a", target_is_directory=True)
    (web / "hilang").symlink_to("tidak/ada")
    (web / "a" / "dua\nbaris.txt").write_bytes(b"CONTOH")
    Path(os.fsdecode(bytes(web / "a") + b"/\xff.txt")).write_bytes(b"CONTOH")
    os.utime(web / "a" / "dua\nbaris.txt", (1_700_000_000, 1_700_000_000))
    with ssh_server(tmp_path / "sshd", *options) as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        with contextlib.closing(open_host(server.target(web.as_posix()), secrets())) as host:
            listed = host.listing()
            assert set(listed) == {"pintas", "hilang", "a/dua\nbaris.txt", "a/\udcff.txt"}
            assert listed["a/dua\nbaris.txt"] == Entry(6, modified=1_700_000_000)
            host.remove("pintas")
            host.remove("a/\udcff.txt")
    assert {path.name for path in web.rglob("*")} == {"a", "hilang", "dua\nbaris.txt"}


def test_a_folder_that_may_not_be_entered(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder into which we are not let is listed by its name; where it is the site's own, that is told."""
    (tmp_path / "web/a").mkdir(parents=True)
    (tmp_path / "web/b.txt").write_bytes(b"CONTOH")
    enter, closed = asyncssh.SFTPClient.readdir, "a/"

    async def readdir(client: asyncssh.SFTPClient, path: str) -> object:
        if path.endswith(closed):
            raise asyncssh.SFTPPermissionDenied("CONTOH")
        return await enter(client, path)

    async def no_command(*_: object) -> None:
        """Find nothing: who runs the tests may enter every folder."""

    monkeypatch.setattr(asyncssh.SFTPClient, "readdir", readdir)
    monkeypatch.setattr(sftp_listing, "_found", no_command)
    with contextlib.closing(open_host(server.target((tmp_path / "web").as_posix()), secrets())) as host:
        assert set(host.listing()) == {"a", "b.txt"}
        assert host.listing()["a"] == CLOSED
        closed = ""
        with pytest.raises(RefusedError):
            host.listing()


@pytest.mark.parametrize(
    "refusal", [asyncssh.SFTPNoSuchFile("CONTOH"), asyncssh.SFTPFailure("CONTOH"), asyncssh.SFTPBadMessage("CONTOH")]
)
def test_a_folder_about_which_there_is_no_asking(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: asyncssh.SFTPError
) -> None:
    """A folder that the server does not list, for whatever reason, is listed by its name; one that has gone is not."""
    (tmp_path / "web/a/b").mkdir(parents=True)
    (tmp_path / "web/a/c.txt").write_bytes(b"CONTOH")
    enter, goes = asyncssh.SFTPClient.readdir, False

    async def readdir(client: asyncssh.SFTPClient, path: str) -> object:
        if path.endswith("a/b/"):
            if goes:
                (tmp_path / "web/a/b").rmdir()
                raise asyncssh.SFTPNoSuchFile("CONTOH")
            raise refusal
        return await enter(client, path)

    async def no_command(*_: object) -> None:
        """Find nothing."""

    monkeypatch.setattr(asyncssh.SFTPClient, "readdir", readdir)
    monkeypatch.setattr(sftp_listing, "_found", no_command)
    with contextlib.closing(open_host(server.target((tmp_path / "web").as_posix()), secrets())) as host:
        assert set(host.listing()) == {"a/b", "a/c.txt"}
        assert host.listing()["a/b"] == CLOSED
        refusal, kept = asyncssh.SFTPConnectionLost("CONTOH"), refusal
        with pytest.raises(LostError):
            host.listing()
        goes, refusal = True, kept
        assert set(host.listing()) == {"a/c.txt"}


def test_another_find_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called find that somebody put into the user's path does not say what stands in the folder."""
    web, bin_ = tmp_path / "web", tmp_path / "bin"
    web.mkdir()
    (web / "wp-login.php").write_bytes(b"CONTOH")
    bin_.mkdir()
    (bin_ / "find").write_text(f"#!/bin/sh\ntouch '{tmp_path / 'asked'}'\n")
    (bin_ / "find").chmod(0o755)
    options = (f"Subsystem sftp {need('sftp-server')}", f"SetEnv PATH={bin_}:/usr/bin:/bin")
    with ssh_server(tmp_path / "sshd", *options) as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        with contextlib.closing(open_host(server.target(web.as_posix()), secrets())) as host:
            assert set(host.listing()) == {"wp-login.php"}
    assert not (tmp_path / "asked").exists()


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the host has no space for all of a file, it is refused, and nothing of it stays."""
    with ssh_server(tmp_path / "sshd", before=FULL) as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        with contextlib.closing(open_host(server.target((tmp_path / "web").as_posix()), secrets())) as host:
            host.write("kecil.txt", b"CONTOH")
            with pytest.raises(RefusedError) as caught:
                host.write("kecil.txt", b"x" * 100_000)
            assert say(caught.value.problems[0].what, "en").startswith("The host refuses: ")
            with pytest.raises(RefusedError):
                host.create(".adpim-lock", b"x" * 100_000)
            assert set(host.listing()) == {"kecil.txt"}
    assert (tmp_path / "web/kecil.txt").read_bytes() == b"CONTOH"


@pytest.mark.parametrize("renames_over", [False, True])
def test_of_many_without_links_one_creates(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames_over: bool
) -> None:
    """Of many that create a file at once one succeeds, also where there are no links and a rename goes over a file."""
    monkeypatch.setattr(sftp_files, "SETTLING", 0.3)

    async def no_link(*_: object) -> None:
        raise asyncssh.SFTPOpUnsupported("CONTOH")

    monkeypatch.setattr(asyncssh.SFTPClient, "link", no_link)
    if renames_over:
        monkeypatch.setattr(asyncssh.SFTPClient, "rename", asyncssh.SFTPClient.posix_rename)
    at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
    with contextlib.closing(open_host(server.target((tmp_path / "web").as_posix()), secrets())) as host:
        host.write("index.html", b"CONTOH")
        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(lambda number: host.create(".adpim-lock", b"%d" % number), range(8)))
        assert made.count(True) == 1
        assert host.read(".adpim-lock") == b"%d" % made.index(True)
        assert not host.create(".adpim-lock", b"CONTOH")
        assert set(host.listing()) == {"index.html", ".adpim-lock"}


def test_big_pieces_leave_room_for_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of big pieces no more are under way than a slow line can carry soon; small ones, as the lock's, go at once."""
    monkeypatch.setattr(sftp_line, "UNDER_WAY", 1 << 20)

    async def go() -> tuple[int, int]:
        room, ends, under_way = sftp_line.Room(), asyncio.Event(), list[int]()

        async def carry(size: int) -> None:
            async with room.taken(size):
                under_way.append(size)
                await ends.wait()

        pieces = [asyncio.create_task(carry(1 << 18)) for _ in range(32)]
        pieces += [asyncio.create_task(carry(200)) for _ in range(4)]
        await asyncio.sleep(0.02)
        before = under_way.count(1 << 18), under_way.count(200)
        ends.set()
        await asyncio.gather(*pieces)
        assert len(under_way) == len(pieces)
        return before

    assert asyncio.run(go()) == (4, 4)


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where we may only read, a write is refused in the host's words."""
    with ssh_server(tmp_path / "sshd", "Subsystem sftp internal-sftp -R") as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        (tmp_path / "web").mkdir()
        with contextlib.closing(open_host(server.target((tmp_path / "web").as_posix()), secrets())) as host:
            with pytest.raises(RefusedError) as caught:
                host.write("a.txt", b"CONTOH")
            assert say(caught.value.problems[0].what, "en") == "The host refuses: Permission denied."


def test_a_name_that_nobody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose name cannot be found is lost: perhaps the internet is."""
    at_home(tmp_path / "home", monkeypatch)
    with pytest.raises(LostError) as caught:
        open_host(target("sftp://adpim@tidak-ada.invalid/"), secrets())
    assert say(caught.value.problems[0].what, "en").startswith("The host cannot be reached: ")


@pytest.mark.parametrize("service", ["", "Subsystem sftp /bin/echo CONTOH", "Subsystem sftp /bin/false"])
def test_a_server_without_sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    """A server that lets us in and has no file service, or something else in its place, is told of."""
    with ssh_server(tmp_path / "sshd", service or "X11Forwarding no") as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        what, _ = refusal(server.target((tmp_path / "web").as_posix()), secrets())
    assert what.startswith("The host lets us in, but offers no SFTP: ")


def test_a_line_that_breaks_at_login(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the line breaks before the work begins, another try is worth it."""
    broke = 0
    for left in range(100, 4_000, 250):
        with Proxy(server.port, cut_after=left) as line:
            at_home(tmp_path / "home", monkeypatch, server.known_hosts(line.port))
            try:
                open_host(server.target((tmp_path / "web").as_posix(), port=line.port), secrets()).close()
            except LostError:
                broke += 1
            else:
                break  # so many bytes are enough
    assert broke > 5


class FileService(NamedTuple):
    """A server whose file service can be stopped and killed while the connection stays."""

    server: SshServer
    number: Path
    """Where the newest one writes the number of its process."""
    web: str

    def open(self) -> Host:
        """Return the server's host."""
        return open_host(self.server.target(self.web), secrets())

    @property
    def process(self) -> int:
        """The process of the newest one."""
        return int(self.number.read_text())


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileService]:
    """A server whose file service says which process it is."""
    script, number = tmp_path / "service", tmp_path / "number"
    script.write_text(f"echo $$ > '{number}'\nexec {need('sftp-server')}\n")
    with ssh_server(tmp_path / "sshd", f"Subsystem sftp /bin/sh {script}") as server:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(server.port))
        yield FileService(server, number, (tmp_path / "web").as_posix())


def test_a_file_service_that_ends_alone(service: FileService) -> None:
    """Where the server's file service is killed and the connection stays, the call after the next begins anew."""
    with contextlib.closing(service.open()) as host:
        host.write("a.txt", b"CONTOH")
        os.kill(service.process, signal.SIGKILL)
        with pytest.raises(LostError):
            host.write("a.txt", b"CONTOH dua")
        host.write("a.txt", b"CONTOH tiga")
        assert host.read("a.txt") == b"CONTOH tiga"


def test_a_file_service_that_hangs(service: FileService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file service answers no more and the server still does, the call ends, and the next begins anew."""
    with contextlib.closing(service.open()) as host:
        host.write("a.txt", b"CONTOH")
        stopped = service.process
        os.kill(stopped, signal.SIGSTOP)
        monkeypatch.setattr(sftp_line, "SILENT_SECONDS", 2)
        try:
            for call in (host.listing, lambda: host.read("a.txt")):
                with pytest.raises(LostError) as caught:
                    call()
                assert "timed out" in say(caught.value.problems[0].what, "en")
                os.kill(stopped, signal.SIGCONT)
                assert host.read("a.txt") == b"CONTOH"
                stopped = service.process
                os.kill(stopped, signal.SIGSTOP)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(stopped, signal.SIGCONT)


def test_what_hangs_is_given_up_without_a_traceback(
    service: FileService, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever hangs up while the file service hangs in the midst of a transfer is told of it once, and by us."""
    monkeypatch.setattr(sftp_line, "SILENT_SECONDS", 0.5)
    with contextlib.closing(service.open()) as host:
        threading.Timer(0.3, lambda: os.kill(service.process, signal.SIGSTOP)).start()
        with pytest.raises(LostError):
            list(map(host.write, itertools.repeat("a.bin"), itertools.repeat(bytes(1 << 20), 10_000)))
    os.kill(service.process, signal.SIGCONT)
    gc.collect()
    assert capfd.readouterr() == ("", "")


def test_a_long_transfer_is_no_silence(server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow line a big file takes longer than a service may be silent, there and back, and arrives."""
    monkeypatch.setattr(sftp_line, "SILENT_SECONDS", 1.5)
    monkeypatch.setattr(sftp_files, "PIECE", 1 << 15)
    data = os.urandom(24 << 15)
    with Proxy(server.port, delay=0.05) as line:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(line.port))
        where = server.target((tmp_path / "web").as_posix(), port=line.port)
        with contextlib.closing(open_host(where, secrets())) as host:
            began = time.monotonic()
            host.write("a.bin", data)
            written = time.monotonic()
            assert host.read("a.bin") == data
            # Of 24 pieces each waits for its answer.
            assert min(written - began, time.monotonic() - written) > 1.5


def test_a_server_that_comes_back(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """While the server is gone every call says so, without a traceback; when it is back the same host goes on."""
    with Proxy(server.port) as line:
        at_home(tmp_path / "home", monkeypatch, server.known_hosts(line.port))
        where = server.target((tmp_path / "web").as_posix(), port=line.port)
        with contextlib.closing(open_host(where, secrets())) as host:
            host.write("a.txt", b"CONTOH")
            line.is_down = True
            line.cut()
            for _ in range(3):
                with pytest.raises(LostError):
                    host.write("a.txt", b"CONTOH dua")
            line.is_down = False
            host.write("a.txt", b"CONTOH tiga")
            assert host.read("a.txt") == b"CONTOH tiga"
    assert capfd.readouterr() == ("", "")
