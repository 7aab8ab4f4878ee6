"""A real FTP server for tests: vsftpd with a configuration, a certificate and a folder of its own, on loopback.

It lets in "anonymous" only, and that with a password from a list: a user of the system would need an account made for
the test and PAM, so root and a change of the machine; this needs neither.
"""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from generator.publish.ftp import FtpHost
from generator.publish.secrets import Secrets
from generator.publishing import Target
from tests.hosting import KINDS as OTHER_KINDS
from tests.hosting import stand_on
from tests.servers import free_port, need, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pytest

    from tests.hosting import Stand

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

    def host(self, password: str = PASSWORD, *, quick: bool = False, **other: object) -> FtpHost:
        """Return the host as the program opens it."""
        return FtpHost(self.target(**other), Secrets({"ADPIM_UJI_PASSWORD": password}, None), quick=quick)


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


def certified(folder: Path) -> Path:
    """Return a certificate for localhost that nobody vouches for; its key lies beside it in ``key.pem``."""
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
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.2", "-addext", "basicConstraints=CA:FALSE"]
    subprocess.run([need("openssl"), *how, *files, *names], check=True, capture_output=True)
    return folder / "cert.pem"


@contextlib.contextmanager
def vsftpd(
    folder: Path, *, tls: bool = True, implicit: bool = False, more: str = "", before: Sequence[str] = ()
) -> Iterator[FtpServer]:
    """Run vsftpd with required TLS and required reuse of sessions, or in the clear; ``before`` is what starts it."""
    program = need("vsftpd")
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
    with running([*before, program, config], port, folder / "said"):
        yield FtpServer(root, port, "ftps" if tls else "ftp", certificate, implicit)


def _stand(tmp_path: Path, *, tls: bool = True, implicit: bool = False) -> Iterator[Stand]:
    folder = tmp_path / "vsftpd"
    folder.mkdir()
    with vsftpd(folder, tls=tls, implicit=implicit) as server:
        yield stand_on(server.root / "situs", lambda port: server.host(port=port), server.port)


def explicit_stand(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Vsftpd that wants TLS from its second word on."""
    yield from _stand(tmp_path)


def implicit_stand(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Vsftpd that wants TLS from the first byte on."""
    yield from _stand(tmp_path, implicit=True)


def plain_stand(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Vsftpd in the clear."""
    yield from _stand(tmp_path, tls=False)


_OURS = {"ftps": explicit_stand, "ftps implicit": implicit_stand, "ftp": plain_stand}
KINDS = {**OTHER_KINDS, **_OURS}
"""Every kind of host for the facts that hold for all."""
FTP_KINDS = frozenset(_OURS)
"""Those whose files travel on a line of their own; tests/test_ftp.py cuts it."""
