"""Real hosts on loopback for tests: servers as distributions ship them, each with a folder of its own.

No service of the system is used: each server is a process of the test, on a free port, and ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import asyncssh
import boto3  # type: ignore[import-untyped] # it ships none

from generator.config import parse_site
from generator.publish.opening import open_host
from generator.publish.secrets import Secrets
from tests.newsroom import SITE
from tests.servers import SETTLED, free_port, need, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pytest

    from generator.publish.host import Host
    from generator.publishing import Target

PASSWORD = "rahasia-CONTOH-81"
"""A password that occurs nowhere else, so that it can be looked for."""


def target(url: str, *rows: str, name: str = "utama") -> Target:
    """Return the target that site.toml makes of ``url`` and further ``rows``."""
    return parse_site("\n".join((SITE, f"[publish.{name}]", f'url = "{url}"', *rows)).encode()).targets[0]


class Stand(NamedTuple):
    """A host to test, and its folder seen from behind: as whoever has a key to the machine sees it."""

    open: Callable[[], Host]
    """Connect."""
    put: Callable[[str, bytes], None]
    """Put a file there, not by our program."""
    get: Callable[[str], bytes | None]
    names: Callable[[], set[str]]
    """Return every file, temporary ones too."""
    port: int = 0
    """Where the server listens, 0 where there is no line that could break."""
    reopen: Callable[[int], Host] | None = None
    """Connect by another port, behind which something stands in between."""
    renames_over: bool = True
    """Whether a file takes another's name in one step; if not, there may be none of that name for a moment."""
    compresses: bool = False
    """Whether text is stored compressed there."""


def stand_on(folder: Path, connect: Callable[[int], Host], port: int = 0) -> Stand:
    """Return the Stand of a host whose files lie in ``folder``; ``connect`` is given the port."""

    def put(file: str, data: bytes) -> None:
        place = folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def get(file: str) -> bytes | None:
        place = folder / file
        return place.read_bytes() if place.is_file() else None

    def names() -> set[str]:
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}

    return Stand(lambda: connect(port), put, get, names, port, connect if port else None)


def bury(folder: Path, file: str) -> None:
    """Put a file so deep below ``folder`` that no path leads there: each step is made from the one above."""
    folder.mkdir(exist_ok=True)
    with contextlib.ExitStack() as leaving:
        here = os.open(folder, os.O_DIRECTORY)
        leaving.callback(os.close, here)
        for _ in range(25):
            os.mkdir("d" * 200, dir_fd=here)
            here = os.open("d" * 200, os.O_DIRECTORY, dir_fd=here)
            leaving.callback(os.close, here)
        os.close(os.open(file, os.O_CREAT, dir_fd=here))


@dataclass
class SshServer:
    """An OpenSSH server that lets one key in."""

    work: Path
    """Of the server: keys, configuration, log."""
    port: int
    options: tuple[str, ...] = ()
    user: str = field(default_factory=lambda: subprocess.check_output(["id", "-un"], text=True).strip())

    @property
    def key(self) -> Path:
        """The client's key."""
        return self.work / "id"

    def make_keys(self) -> None:
        """Make the keys of the host and of the client."""
        for name in ("host", "id"):
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(self.work / name)
            (self.work / name).chmod(0o600)
        asyncssh.read_private_key(self.key).write_public_key(self.work / "authorized")

    def known_hosts(self, port: int) -> str:
        """Return the line for known_hosts under which this server is known at ``port``."""
        public = asyncssh.read_private_key(self.work / "host").export_public_key().decode()
        return f"[127.0.0.1]:{port} {public}"

    @contextlib.contextmanager
    def running(self, *, before: Sequence[str] = ()) -> Iterator[subprocess.Popen[bytes]]:
        """Run the server; ``before`` is a command that starts it."""
        sshd = need("sshd")
        if os.geteuid() == 0:
            # Where the distribution's service, which is not used, would make it.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        config = self.work / "sshd_config"
        rows = (
            "ListenAddress 127.0.0.1",
            f"Port {self.port}",
            f"HostKey {self.work / 'host'}",
            f"AuthorizedKeysFile {self.work / 'authorized'}",
            "PidFile none",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "UsePAM no",
            "StrictModes no",
            "PermitRootLogin prohibit-password",
            "MaxStartups 100",
            *(self.options or (f"Subsystem sftp {need('sftp-server')}",)),
        )
        config.write_text("".join(f"{row}\n" for row in rows))
        with running([*before, sshd, "-D", "-e", "-f", config], self.port, self.work / "log") as process:
            yield process

    def target(self, folder: str, *rows: str, port: int = 0) -> Target:
        """Return the target for ``folder`` on this server, with its key."""
        return target(
            f"sftp://{self.user}@127.0.0.1:{port or self.port}{folder}", f'key = "{self.key.as_posix()}"', *rows
        )


@contextlib.contextmanager
def ssh_server(work: Path, *options: str, before: Sequence[str] = ()) -> Iterator[SshServer]:
    """Run an OpenSSH server."""
    work.mkdir(parents=True, exist_ok=True)
    server = SshServer(work, free_port(), options)
    server.make_keys()
    with server.running(before=before):
        yield server


def at_home(home: Path, monkeypatch: pytest.MonkeyPatch, *known: str) -> None:
    """Make ``home`` the home of whoever publishes, with an ~/.ssh that knows these hosts and no agent."""
    (home / ".ssh").mkdir(parents=True, exist_ok=True)
    (home / ".ssh/known_hosts").write_text("".join(f"{line.strip()}\n" for line in known))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def secrets(environment: Mapping[str, str] | None = None, ask: Callable[[str], str] | None = None) -> Secrets:
    """Return Secrets that know no more than this."""
    return Secrets(environment or {}, ask)


class Proxy:
    """A line with faults in front of a server on loopback: it is late, or it breaks.

    ``delay`` is in seconds and each way; how much goes through at once is not limited. After ``cut_after`` bytes from
    the client the line breaks as when a cable is pulled out and both ends notice; later connections are whole again.
    ``at`` is where it listens.
    """

    def __init__(
        self, port: int, *, delay: float = 0.0, cut_after: int | None = None, at: tuple[str, int] = ("127.0.0.1", 0)
    ) -> None:
        self._to = port
        self._delay = delay
        self._left = cut_after
        self._lock = threading.Lock()
        self._listener = socket.create_server(at)
        self._sockets: list[socket.socket] = []
        self._up: list[socket.socket] = []
        self._half_done: set[frozenset[socket.socket]] = set()
        self._threads: list[threading.Thread] = []
        self.port = int(self._listener.getsockname()[1])
        self.was_cut = False
        self.sent, self.received = 0, 0
        """Bytes that went through so far, from the client and to it."""
        self.is_down = False
        """While it is, whoever connects is hung up on at once."""

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._drop(self._listener, *self._sockets)
        for thread in self._threads:
            thread.join(SETTLED)
        for each in (self._listener, *self._sockets):
            each.close()

    def cut(self) -> None:
        """Break every connection that there is."""
        with self._lock:
            sockets, self._up = self._up, []
            self.was_cut = True
        self._drop(*sockets)

    def cut_after(self, size: int) -> None:
        """Break the line once more, after ``size`` more bytes from the client."""
        with self._lock:
            self._left, self.was_cut = size, False

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                client, _ = self._listener.accept()
                if self.is_down:
                    client.close()
                    continue
                try:
                    server = socket.create_connection(("127.0.0.1", self._to))
                except ConnectionRefusedError:  # an FTP server that has said no to a transfer waits for none
                    client.close()
                    continue
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._sockets += [client, server]
                    self._up += [client, server]
                self._start(self._carry, client, server, True)
                self._start(self._carry, server, client, False)

    def _carry(self, source: socket.socket, goal: socket.socket, counted: bool) -> None:
        """Carry bytes one way: each at its time, however many are still under way."""
        under_way: list[tuple[float, bytes]] = []
        news = threading.Condition()
        self._start(self._deliver, under_way, news, source, goal)
        data = b"-"
        while data:
            try:
                data = source.recv(1 << 16)
            except OSError:
                data = b""
            with self._lock:
                if counted:
                    self.sent += len(data)
                else:
                    self.received += len(data)
            if counted and self._is_over(len(data)):
                self.cut()
            with news:
                under_way.append((time.monotonic() + self._delay, data))
                news.notify()

    def _deliver(
        self,
        under_way: list[tuple[float, bytes]],
        news: threading.Condition,
        source: socket.socket,
        goal: socket.socket,
    ) -> None:
        """Hand on what is under way when it is due, until its end."""
        with contextlib.suppress(OSError):
            while True:
                with news:
                    while not under_way:
                        news.wait()
                    due, data = under_way.pop(0)
                time.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    goal.shutdown(socket.SHUT_WR)
                    break
                goal.sendall(data)
        self._hang_up(source, goal)

    def _hang_up(self, *ends: socket.socket) -> None:
        """Let go of a connection when both ways are done: a server that answers once a connection has thousands."""
        pair = frozenset(ends)
        with self._lock:
            if pair not in self._half_done:
                self._half_done.add(pair)
                return
            self._half_done.remove(pair)
            self._sockets = [each for each in self._sockets if each not in pair]
            self._up = [each for each in self._up if each not in pair]
        self._drop(*ends)
        for each in ends:
            each.close()

    def _is_over(self, size: int) -> bool:
        with self._lock:
            if self._left is None or self.was_cut:
                return False
            self._left -= size
            return self._left < 0

    @staticmethod
    def _drop(*sockets: socket.socket) -> None:
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def folder_stand(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A mounted folder."""
    folder = tmp_path / "web"

    def connect(_: int) -> Host:
        return open_host(target(f"file://{folder.as_posix()}"), secrets())

    yield stand_on(folder, connect)


def _sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Iterator[Stand]:
    folder = tmp_path / "host/situs kami"
    with ssh_server(tmp_path / "sshd", *options) as server:
        (tmp_path / "host").mkdir()

        def connect(port: int) -> Host:
            at_home(tmp_path / "home", monkeypatch, server.known_hosts(port))
            return open_host(server.target(folder.as_posix().replace(" ", "%20"), port=port), secrets())

        yield stand_on(folder, connect, server.port)


def sftp_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """An OpenSSH server as it is."""
    yield from _sftp(tmp_path, monkeypatch)


def bare_sftp_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """An OpenSSH server that runs no commands and renames only to names that are free, as some others do."""
    options = ("Subsystem sftp internal-sftp", "ForceCommand internal-sftp -P posix-rename")
    for stand in _sftp(tmp_path, monkeypatch, *options):
        yield stand._replace(renames_over=False)


@contextlib.contextmanager
def bucket_service(work: Path) -> Iterator[int]:
    """Run moto's S3 service, which keeps buckets in memory, in a process of its own; return its port."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, port, work / "s3.log"):
        yield port


def bucket(port: int, name: str = "ember-contoh") -> Any:
    """Make a bucket, and return it as Amazon's own client has it: seen from behind."""
    service = boto3.resource(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=PASSWORD,
        aws_secret_access_key=PASSWORD,
    )
    return service.create_bucket(Bucket=name)


def bucket_target(port: int, *rows: str, path: str = "/situs%20kami") -> Target:
    """Return the target of a folder in the bucket."""
    endpoint = f'endpoint = "http://127.0.0.1:{port}"'
    return target(f"s3://ember-contoh{path}", endpoint, "insecure = true", *rows)


def bucket_secrets() -> Secrets:
    """Return what lets one in at the bucket service: it takes any key."""
    return Secrets({"AWS_ACCESS_KEY_ID": "CONTOH", "AWS_SECRET_ACCESS_KEY": PASSWORD}, None)


def s3_stand(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A bucket."""
    with bucket_service(tmp_path) as port:
        objects, prefix = bucket(port), "situs kami/"

        def connect(port: int) -> Host:
            return open_host(bucket_target(port), bucket_secrets())

        def get(file: str) -> bytes | None:
            found = [each for each in objects.objects.filter(Prefix=prefix + file) if each.key == prefix + file]
            return bytes(found[0].get()["Body"].read()) if found else None

        def put(file: str, data: bytes) -> None:
            objects.put_object(Key=prefix + file, Body=data)

        def names() -> set[str]:
            return {each.key.removeprefix(prefix) for each in objects.objects.filter(Prefix=prefix)}

        yield Stand(lambda: connect(port), put, get, names, port, connect, compresses=True)


KINDS: dict[str, Callable[[Path, pytest.MonkeyPatch], Iterator[Stand]]] = {
    "folder": folder_stand,
    "sftp": sftp_stand,
    "bare sftp": bare_sftp_stand,
    "s3": s3_stand,
}
"""Every kind of host for the facts that hold for all."""
BUCKETS = frozenset({"s3"})
"""Those of them that know no folders."""
LOCAL = frozenset({"folder"})
"""Those of them that are no servers: there is no line that could break."""


class _Door(asyncssh.SSHServer):
    """Takes PASSWORD for "adpim"; a ``parrot`` repeats any other."""

    def __init__(self, parrot: bool) -> None:
        self._parrot = parrot

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh calls it so
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        if self._parrot and password != PASSWORD:
            raise asyncssh.DisconnectError(asyncssh.DISC_BY_APPLICATION, f"bad password '{password}'")
        return (username, password) == ("adpim", PASSWORD)


class _Room(asyncssh.SFTPServer):
    """A folder; a ``parrot`` repeats PASSWORD where a file is to be removed."""

    def __init__(self, chan: asyncssh.SSHServerChannel, folder: Path, parrot: bool) -> None:  # type: ignore[type-arg]  # as asyncssh has it
        super().__init__(chan, chroot=os.fsencode(folder))
        self._parrot = parrot

    def remove(self, path: bytes) -> None:
        if self._parrot:
            raise asyncssh.SFTPFailure(f"not for {PASSWORD}")
        super().remove(path)


@contextlib.contextmanager
def password_server(work: Path, folder: Path, *, parrot: bool = False) -> Iterator[tuple[int, str]]:
    """Run an SFTP server that takes PASSWORD for "adpim" and no key; return its port and its line for known_hosts.

    A ``parrot`` repeats the password when it hangs up on a wrong one, and when it is asked to remove a file.

    It is asyncssh's own: OpenSSH asks the system for passwords, and no test should change the users of a machine.
    """
    key = asyncssh.generate_private_key("ssh-ed25519")

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(parrot),
            server_host_keys=[key],
            sftp_factory=lambda chan: _Room(chan, folder, parrot),
        )

    async def end() -> None:
        server.close()
        await server.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(SETTLED)
    try:
        port = server.get_port()
        yield port, f"[127.0.0.1]:{port} {key.export_public_key().decode()}"
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(SETTLED)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(SETTLED)
        loop.close()
