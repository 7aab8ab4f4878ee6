"""What this program is: a digest of all that turns content into bytes besides content and templates themselves."""

from __future__ import annotations

import hashlib
import sys
import zoneinfo
from functools import lru_cache
from pathlib import Path

_LIBRARIES = frozenset(
    {"babel", "jinja2", "markdown", "markupsafe", "nh3", "pillow", "python_frontmatter", "pyyaml", "tzdata"}
)


def program_digest(zone: zoneinfo.ZoneInfo) -> bytes:
    """Return the digest of this package's files, of the versions of what it calls and of the rules of ``zone``."""
    return hashlib.blake2b(_package_digest() + _rules(zone), digest_size=16).digest()


@lru_cache(maxsize=1)
def _package_digest() -> bytes:
    """Read the package's files: half a megabyte, some milliseconds. A checkout keeps its version while code changes."""
    digest = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for installed in _installed():
        digest.update(f"\0{installed}".encode())
    package = Path(__file__).parent
    for file in sorted([*package.rglob("*.py"), *package.rglob("*.mo")]):
        digest.update(f"\0{file.relative_to(package).as_posix()}\0".encode() + file.read_bytes())
    return digest.digest()


def _installed() -> list[str]:
    """Return the names of the folders that say which versions of our libraries are installed.

    They are what importlib.metadata looks for; to import that and ask it costs 10 ms, to look costs one. Source: the
    packaging specification "Recording installed projects".
    """
    found = set()
    for folder in dict.fromkeys(sys.path):
        for installed in Path(folder).glob("*.dist-info"):
            project = installed.stem.rpartition("-")[0].lower().replace("-", "_")
            if project in _LIBRARIES:
                found.add(installed.name)
    return sorted(found)


def _rules(zone: zoneinfo.ZoneInfo) -> bytes:
    """Return the file of a zone, which the system brings up to date without asking this program.

    Where the system has none, the zone comes from the package tzdata, whose version is counted above.
    """
    files = (Path(folder) / zone.key for folder in zoneinfo.TZPATH)
    return next((file.read_bytes() for file in files if file.is_file()), b"")
