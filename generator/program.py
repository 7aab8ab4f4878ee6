"""What this program is: a digest of all that turns content into bytes besides content and templates themselves."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_LIBRARIES = ("babel", "jinja2", "markdown", "markupsafe", "nh3", "pillow", "python-frontmatter", "pyyaml", "tzdata")


@lru_cache(maxsize=1)
def program_digest() -> bytes:
    """Return the digest of this package's files and of the versions of what it calls.

    It reads the files (half a megabyte, some milliseconds) instead of trusting a version number that a checkout keeps
    while its code changes.
    """
    digest = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for library in _LIBRARIES:
        try:
            digest.update(f"\0{library} {version(library)}".encode())
        except PackageNotFoundError:
            digest.update(f"\0{library} -".encode())
    package = Path(__file__).parent
    for file in sorted([*package.rglob("*.py"), *package.rglob("*.mo")]):
        digest.update(f"\0{file.relative_to(package).as_posix()}\0".encode() + file.read_bytes())
    return digest.digest()
