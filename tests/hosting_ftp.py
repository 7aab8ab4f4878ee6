"""A real FTP server for tests: vsftpd with a configuration, a certificate and a folder of its own, on loopback.

It lets in "anonymous" only, and that with a password from a list: a user of the system would need an account made for
the test and PAM, so root and a change of the machine; this needs neither.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from generator.publish.ftp import FtpHost
from generator.publish.secrets import Secrets
from generator.publishing import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "CONTOH-rahasia-9b1f"
_CONFIG = """
listen=YES
listen_address=127.0.0.1
background=NO
run_as_launching_user=YES
anonymous_enable=YES
local_enable=NO
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
secure_email_list_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl={tls}
force_anon_data_ssl={tls}
force_local_logins_ssl={tls}
force_local_data_ssl={tls}
ssl_enable={tls}
require_ssl_reuse=YES
ssl_ciphers=HIGH
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=NO
"""


class FtpServer(NamedTuple):
    """A server that runs; ``root`` is the folder where a login ends up."""

    root: Path
    port: int
    scheme: str
    certificate: Path
    implicit: bool

    def target(self, **other: object) -> Target:
        """Return the folder ``situs`` of the server as somebody would write it in site.toml."""
        usual = ftp_target(self.scheme, self.port)._replace(certificate=str(self.certificate), implicit=self.implicit)
        return usual._replace(**other)  # type: ignore[arg-type]  # any field may be another

    def host(self, password: str = PASSWORD, **other: object) -> FtpHost:
        """Return the host as the program opens it."""
        return FtpHost(self.target(**other), Secrets({"ADPIM_UJI_PASSWORD": password}, None))


def ftp_target(scheme: str, port: int) -> Target:
    """Return the folder ``situs`` below the login's, as site.toml would say it."""
    return Target(
        name="uji",
        scheme=scheme,
        user="anonymous",
        host="localhost",
        port=port,
        path="/~/situs",
        insecure=scheme == "ftp",
        implicit=False,
        key="",
        certificate="",
        endpoint="",
        region="",
        keep=10,
        allow=(),
    )


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def certified(folder: Path) -> Path:
    """Return a certificate for localhost that nobody vouches for; its key lies beside it in ``key.pem``."""
    if shutil.which("openssl") is None:
        missing("openssl")
    how = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", *how, *files, *names], check=True, capture_output=True)
    return folder / "cert.pem"


def missing(what: str) -> None:
    """Skip the test for want of a server; fail where it must not be wanting."""
    if os.environ.get("ADPIM_SERVER_TESTS") == "required":
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


@contextlib.contextmanager
def vsftpd(folder: Path, *, tls: bool = True, implicit: bool = False, more: str = "") -> Iterator[FtpServer]:
    """Run vsftpd with required TLS and required reuse of sessions, or in the clear."""
    program = shutil.which("vsftpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        missing("vsftpd")
    root, port, certificate = folder / "root", free_port(), certified(folder)
    root.mkdir()
    (folder / "passwords").write_text(f"{PASSWORD}\n", "ascii")
    config = folder / "vsftpd.conf"
    config.write_text(
        _CONFIG.format(tls="YES" if tls else "NO").lstrip()
        + f"listen_port={port}\nanon_root={root}\nemail_password_file={folder / 'passwords'}\n"
        f"rsa_cert_file={certificate}\nrsa_private_key_file={folder / 'key.pem'}\n"
        f"implicit_ssl={'YES' if implicit else 'NO'}\nvsftpd_log_file={folder / 'log'}\n{more}",
        "ascii",
    )
    assert program is not None
    with subprocess.Popen([program, config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            _answers(process, port)
            yield FtpServer(root, port, "ftps" if tls else "ftp", certificate, implicit)
        finally:
            process.terminate()


def _answers(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(100):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    said = process.stdout.read().decode() if process.stdout and process.poll() is not None else ""
    pytest.fail(f"vsftpd does not start: {said}")
