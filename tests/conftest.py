"""Fixtures for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.newsroom import Newsroom

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """A newsroom without any release."""
    return Newsroom(tmp_path / "situs")
