"""Values to bytes and back, each behind a checksum of its name and bytes."""

from __future__ import annotations

import hashlib
import pickle
from typing import Any

from generator.errors import DamagedError


def pack(name: str, value: object) -> bytes:
    """Return ``value`` as sealed bytes."""
    return seal(name, pickle.dumps(value, protocol=5))


def unpack(name: str, blob: object) -> Any:  # noqa: ANN401 - whatever was packed
    """Return what was packed under ``name``. Raises DamagedError as ``unseal`` does."""
    # Only what bears its checksum is unpickled: a damaged file makes no objects.
    return pickle.loads(unseal(name, blob))  # noqa: S301 - written by this program, beside the site's own sources


def seal(name: str, data: bytes) -> bytes:
    """Put a checksum before ``data``. It covers the name too: a damaged index may find one piece under another's."""
    return _checksum(name, data) + data


def unseal(name: str, blob: object) -> bytes:
    """Return the bytes that were sealed under ``name``. Raises DamagedError where these are others, or none."""
    if not isinstance(blob, bytes):
        raise DamagedError(name)
    data = blob[16:]
    if _checksum(name, data) != blob[:16]:
        raise DamagedError(name)
    return data


def _checksum(name: str, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16, key=hashlib.blake2b(name.encode()).digest()).digest()
