"""Fixtures for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import browser, need
from tests.newsroom import Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import jinja2
    from jinja2.bccache import Bucket
    from playwright.sync_api import Browser


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """A newsroom without any release."""
    return Newsroom(tmp_path / "situs")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running browser."""
    need("browser")
    with browser() as running:
        yield running


_compiled: dict[tuple[str, str], bytes] = {}


@pytest.fixture
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are compiled once for all builds of a test run, which is most of the time of a small site's first."""

    def load(_: jinja2.BytecodeCache, bucket: Bucket) -> None:
        if code := _compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def keep(_: jinja2.BytecodeCache, bucket: Bucket) -> None:
        _compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()

    monkeypatch.setattr("generator.render.environment._Cache.load_bytecode", load)
    monkeypatch.setattr("generator.render.environment._Cache.dump_bytecode", keep)
