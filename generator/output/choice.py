"""Which folders a site may be written to."""

from __future__ import annotations

import os
from pathlib import Path

from generator.errors import Message, Problem, UsageError, message

WORK_FOLDER = ".adpim"
PICTURES = f"{WORK_FOLDER}/pictures"
"""Where finished pictures are kept, below the site's root."""
"""Beside content/: what the program keeps for itself."""

_SOURCES = ("content", "templates", "generator", "tests", "docs", ".git", WORK_FOLDER)


def choose_folder(root: Path, wanted: Path | None) -> Path:
    """Return the real path of the output folder: ``wanted``, or output/ below ``root``.

    Raises UsageError, and touches nothing, where other files stand or may come to stand.
    """
    folder = wanted if wanted is not None else root / "output"
    try:
        folder.exists()
    except OSError as error:
        raise refused(folder, message("Cannot be written: {error}.", error=error.strerror or error)) from None
    real = Path(os.path.realpath(folder))
    home = Path(os.path.realpath(Path.home()))
    base = Path(os.path.realpath(root))
    if real in {home, Path.cwd(), base, *home.parents, *base.parents}:
        raise refused(folder, message("The site must not be written there: other files stand there."))
    if any(real == place or place in real.parents for place in (base / name for name in _SOURCES)):
        raise refused(folder, message("The site must not be written into its own sources."))
    if folder.is_symlink():
        raise refused(folder, message("This folder is a link to {real}.", real=real))
    if folder.exists() and not folder.is_dir():
        raise refused(folder, message("This is a file, not a folder."))
    return real


def refused(folder: Path, what: Message) -> UsageError:
    """Return the error that refuses ``folder``."""
    fix = message("Name a folder with --output that is new, empty, or was made by this program.")
    return UsageError([Problem(str(folder), 0, what, fix)])
