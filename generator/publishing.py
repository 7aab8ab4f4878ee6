"""Where the site is published, as the tables ``[publish.NAME]`` of site.toml say: addresses of hosts, never secrets."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from generator.errors import Message, message
from generator.fields import may_hold_secret

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from generator.fields import Fields

SYNONYMS = {
    "alamat": "url",
    "tautan": "url",
    "host": "url",
    "server": "url",
    "tidak_aman": "insecure",
    "simpan": "keep",
    "kunci": "key",
    "sertifikat": "certificate",
    "wilayah": "region",
    "izinkan": "allow",
    "boleh": "allow",
}
_SECRET = re.compile(r"pass|pwd|sandi|secret|rahasia|token|access_?key", re.IGNORECASE)
"""What stands in the names of keys by which people, or other programs' settings, call a secret."""
SCHEMES = ("sftp", "ftps", "ftp", "s3", "file")
KEEP = 10
"""Publishes whose replaced and removed files are kept on this machine, so that they can be taken back."""
IMPLICIT_PORT = 990
"""Port of FTP over TLS from the first byte on. Source: IANA's registry of service names, "ftps"."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SERVICE = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]+)?(/[a-z0-9._~%/-]*)?", re.IGNORECASE)
_BUCKET = re.compile(r"[a-z0-9._-]+")
"""Wider than what Amazon calls its buckets, as others are freer; still no more than the name of a host can hold."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Target(NamedTuple):
    """A folder on a host. Texts are "" and ``port`` 0 where they were not set."""

    name: str
    """What staff call it: ``adpim publish NAME``."""
    scheme: str
    """One of SCHEMES."""
    user: str
    host: str
    """The host's name; of ``s3`` the bucket."""
    port: int
    path: str
    """The site's folder on the host, with ``/`` in front; of ``s3`` the prefix."""
    insecure: bool
    """Whether ``ftp`` or an ``http://`` endpoint, which send all in the clear, are wanted on purpose."""
    implicit: bool
    """Whether ``ftps`` speaks TLS from the first byte on."""
    key: str
    """File of a private key for ``sftp``, whole or with ``~``; else the agent's and the usual ones."""
    certificate: str
    """File of a certificate that ``ftps`` and ``s3`` trust besides those of the system, as ``key``."""
    endpoint: str
    """Address of an S3 service, Amazon's if it is not set."""
    region: str
    keep: int
    """How many publishes can be taken back."""
    allow: tuple[str, ...]
    """Patterns of files on the host that are not ours and may stand there."""

    @property
    def label(self) -> str:
        """The target as people are shown it."""
        user = f"{self.user}@" if self.user else ""
        host = (
            f"[{self.host}]" if ":" in self.host else self.host
        )  # an address of IPv6. Source: RFC 3986, section 3.2.2
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{user}{host}{port}{self.path}"


def read_targets(fields: Fields) -> tuple[Target, ...]:
    """Return the targets in their order; what is wrong with them is noted in ``fields``."""
    targets = []
    for name, group in fields.named("publish"):
        if not _NAME.fullmatch(name):
            what = message('"{name}" is not a name for a place to publish to.', name=name)
            group.report(
                "url", what, message("Use letters, digits, hyphens and underscores."), text=f"[publish.{name}]"
            )
        targets.append(_target(name, group))
    return tuple(targets)


def _target(name: str, fields: Fields) -> Target:
    url = fields.text("url", required=True)
    parts = _split(fields, url) if url else None
    scheme = parts.scheme if parts else ""
    port = (parts.port if parts else None) or 0
    target = Target(
        name=name,
        scheme=scheme,
        user=unquote(parts.username or "") if parts else "",
        host=(parts.hostname or "") if parts else "",
        port=port,
        path=_path(parts) if parts else "",
        insecure=fields.flag("insecure"),
        implicit=fields.flag("implicit") or (scheme == "ftps" and port == IMPLICIT_PORT),
        key=_file(fields, "key"),
        certificate=_file(fields, "certificate"),
        endpoint=_endpoint(fields),
        region=fields.text("region"),
        keep=_keep(fields),
        allow=fields.texts("allow"),
    )
    if scheme == "ftp" and not target.insecure:
        what = message("ftp:// sends the password and every file in the clear.")
        fix = message('Write ftps:// if the host can; only if it cannot, add the line "insecure = true".')
        fields.report("url", what, fix)
    if target.endpoint.startswith("http:") and not target.insecure:
        what = message("http:// sends every file in the clear.")
        fix = message('Write https:// if the service can; only if it cannot, add the line "insecure = true".')
        fields.report("endpoint", what, fix)
    fields.finish(SYNONYMS, also=_secrets(fields), hides=True)
    return target


def _secrets(fields: Fields) -> list[str]:
    """Note each key that can only hold a secret, and return these; what it holds is not shown again."""
    keys = [key for key in fields.mapping.entries if _SECRET.search(key)]
    for key in keys:
        what = message("A password must not stand in site.toml.")
        fix = message("Delete the password. The command asks for it, or reads it from the environment.")
        fields.report(key, what, fix, text=f"{key} = …")
    return keys


def _file(fields: Fields, key: str) -> str:
    """Return the file of a key or certificate: outside of the site, so that no secret gets among what is published."""
    file = fields.text(key)
    if file and not (file.startswith("~") or PurePosixPath(file).is_absolute() or PureWindowsPath(file).is_absolute()):
        what = message('"{key}" must be the whole path of a file.', key=key)
        fix = message("Write for example {example}.", example=f'{key} = "~/.ssh/id_ed25519"')
        fields.report(key, what, fix, text=f"{key} = …")  # it may be a password that somebody took for one
    return file


def _endpoint(fields: Fields) -> str:
    """Return the address of an S3 service."""
    address = fields.text("endpoint").rstrip("/")
    if address and not _is_service(address):
        what = message('"endpoint" must be an address that begins with https://, without a password.')
        fields.report(
            "endpoint", what, message('Write for example endpoint = "https://s3.example".'), text="endpoint = …"
        )
        return ""
    return address


def _is_service(address: str) -> bool:
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0  # raises one for a port that is none
    except ValueError:
        return False
    return bool(_SERVICE.fullmatch(address)) and is_whole


def _split(fields: Fields, url: str) -> SplitResult | None:
    """Return the parts of an address, or None, with a Problem, where it is none."""
    try:
        parts = urlsplit(url)
        wrong = _wrong(parts)
    except ValueError:
        parts, wrong = urlsplit(""), message('"url" is not the address of a host.')
    if wrong is None:
        return parts
    fix = message('Write for example url = "sftp://user@host/folder". The handbook lists every kind.')
    if parts.password is not None:
        fix = message("Delete the password. The command asks for it, or reads it from the environment.")
    fields.report("url", wrong, fix, text="url = …" if may_hold_secret(url) else None)
    return None


def _wrong(parts: SplitResult) -> Message | None:
    """Return what is wrong with an address; a ValueError stands for a port that is none."""
    if parts.password is not None:
        return message("A password must not stand in site.toml.")
    if parts.scheme not in SCHEMES:
        return message('"url" must begin with one of {schemes}.', schemes=", ".join(f"{s}://" for s in SCHEMES))
    (parts.hostname or "").encode("idna")  # raises one for a name that no network knows, such as "a..b"
    local = parts.scheme == "file"
    nowhere = not _path(parts).strip("/") if local else not parts.hostname
    if nowhere or parts.query or parts.fragment or (local and parts.netloc not in {"", "localhost"}):
        return message('"url" is not the address of a host.')
    if ".." in unquote(parts.path).split("/") or _CONTROLS.search(unquote(parts.netloc + parts.path)):
        return message('"url" is not the address of a host.')
    if parts.scheme == "s3" and not _BUCKET.fullmatch(parts.hostname or ""):
        return message('"url" is not the address of a host.')
    return None if parts.port is None or parts.port > 0 else message('"url" is not the address of a host.')


def _path(parts: SplitResult) -> str:
    return unquote(parts.path).rstrip("/") or ("/" if parts.scheme == "file" else "")


def _keep(fields: Fields) -> int:
    written = fields.text("keep")
    if not written:
        return KEEP
    if not re.fullmatch(r"[0-9]{1,3}", written):
        what = message('"{key}" must be a whole number from 0 to 999.', key="keep")
        fields.report("keep", what, message("Write for example keep = 10."))
        return KEEP
    return int(written)
