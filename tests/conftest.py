"""Fixtures for all tests."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from generator.render import closure
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
_named = lru_cache(closure._names)


@pytest.fixture(autouse=True)
def _templates_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are parsed and compiled once in a test run, as they are once in a site: most of a small site's build.

    Not for a test that is marked ``compiles``.
    """

    def load(_: jinja2.BytecodeCache, bucket: Bucket) -> None:
        if code := _compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def keep(_: jinja2.BytecodeCache, bucket: Bucket) -> None:
        _compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()

    if request.node.get_closest_marker("compiles") is None:
        monkeypatch.setattr("generator.render.environment._Cache.load_bytecode", load)
        monkeypatch.setattr("generator.render.environment._Cache.dump_bytecode", keep)
        monkeypatch.setattr(closure, "_names", _named)
