"""Every page is valid HTML: the Nu HTML checker finds neither error nor warning."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import NU_CHECKER, need
from tests.showcase import NOW, write_showcase

if TYPE_CHECKING:
    from tests.newsroom import Newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONTENT = Path(__file__).parent.parent / "content"


def complaints(folder: Path) -> list[str]:
    """Return what the checker says about the pages in ``folder``."""
    need("checker")
    command = ["java", "-jar", str(NU_CHECKER), "--format", "json", "--stdout", "--skip-non-html", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert done.stderr == ""
    return [f"{m['url'].rpartition('/output/')[2]}: {m['message']}" for m in json.loads(done.stdout)["messages"]]


def test_the_showcase_is_valid(tmp_path: Path) -> None:
    """Each page of a made-up site with everything in it is valid."""
    need("checker")
    newsroom = write_showcase(tmp_path / "situs")
    newsroom.build(NOW)
    assert complaints(newsroom.root / "output") == []


def test_the_office_s_own_site_is_valid(newsroom: Newsroom) -> None:
    """Each page of the office's own site is valid."""
    need("checker")
    files = (file for file in CONTENT.rglob("*") if file.is_file())
    newsroom.write({f"content/{file.relative_to(CONTENT).as_posix()}": file.read_bytes() for file in files})
    newsroom.build(NOW)
    assert complaints(newsroom.root / "output") == []


def test_the_checker_sees_mistakes(tmp_path: Path) -> None:
    """The checker complains of a page that is wrong, so that its silence means something."""
    need("checker")
    (tmp_path / "x.html").write_text("<!doctype html><title>x</title><p id=a id=b><blink>", encoding="utf-8")
    assert complaints(tmp_path)
