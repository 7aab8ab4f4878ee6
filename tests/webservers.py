"""Apache and nginx as plain processes on this machine, each with a configuration of its own in a folder of its own."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.servers import free_port, need, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MODULES = Path("/usr/lib/apache2/modules")
BARE = ("mpm_event", "authz_core", "dir")
"""Modules without which no Apache serves files."""
FULL = (*BARE, "mime", "alias", "autoindex", "headers", "filter", "deflate", "brotli", "setenvif")


class Answer(NamedTuple):
    """What a server answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class WebServer(NamedTuple):
    """A server that runs: its port, and the folder that it serves."""

    port: int
    folder: Path

    def ask(self, path: str, **headers: str) -> Answer:
        """Ask for ``path``; an underscore in the name of a header stands for a hyphen."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        body = answer.read()
        line.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


@contextmanager
def apache(
    site: Path, path: str = "", modules: Sequence[str] = FULL, override: str = "FileInfo"
) -> Iterator[WebServer]:
    """Serve a copy of ``site`` with Apache below ``path``, .htaccess allowed as far as ``override`` says."""
    program = need("apache2")
    with _desk(site, path) as (desk, folder, port):
        loads = "".join(f"LoadModule {name}_module {_MODULES}/mod_{name}.so\n" for name in modules)
        configuration = desk / "apache.conf"
        configuration.write_text(
            f"""{loads}ServerRoot {desk}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {desk}/pid
Mutex file:{desk} default
DocumentRoot {desk}/root
ErrorLog {desk}/log
<Directory {desk}/root>
Options Indexes FollowSymLinks
AllowOverride {override}
Require all granted
</Directory>
DirectoryIndex index.php index.html
<IfModule mod_mime.c>
TypesConfig /etc/mime.types
</IfModule>
"""
        )
        with running([program, "-X", "-f", configuration], port, desk / "said", _nobody()):
            yield WebServer(port, folder)


@contextmanager
def nginx(site: Path, path: str = "") -> Iterator[WebServer]:
    """Serve a copy of ``site`` with nginx below ``path``, its .nginx.conf included in a server block."""
    program = need("nginx")
    with _desk(site, path) as (desk, folder, port):
        shutil.copyfile(folder / ".nginx.conf", desk / "adpim.conf")
        temporary = "".join(
            f"{kind}_temp_path {desk}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        configuration = desk / "nginx.conf"
        configuration.write_text(
            f"""pid {desk}/pid;
error_log {desk}/log;
events {{}}
http {{
access_log off;
autoindex on;
{temporary}
server {{
listen 127.0.0.1:{port};
root {desk}/root;
include {desk}/adpim.conf;
}}
}}
"""
        )
        command = [program, "-p", str(desk), "-c", str(configuration), "-e", str(desk / "log")]
        checked = subprocess.run(
            [*command, "-t"], capture_output=True, text=True, check=False, user=_nobody(), group=_nobody()
        )
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr.replace('the "user" directive', "")
        with running([*command, "-g", "daemon off; master_process off;"], port, desk / "said", _nobody()):
            yield WebServer(port, folder)


def _nobody() -> str | None:
    """Return the account that a server is to run as: Apache serves nothing as root, and nobody should."""
    return "www-data" if hasattr(os, "getuid") and os.getuid() == 0 else None


@contextmanager
def _desk(site: Path, path: str) -> Iterator[tuple[Path, Path, int]]:
    """Yield a folder that every account may use, the copy of ``site`` in its root, and a free port."""
    with tempfile.TemporaryDirectory(prefix="adpim-server-") as name:
        desk = Path(name)
        desk.chmod(0o777)
        folder = desk / "root" / path.strip("/")
        shutil.copytree(site, folder)
        yield desk, folder, free_port()
