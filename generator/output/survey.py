"""What stands in the output folder before a build touches it."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import OutputError, Problem, message
from generator.signature import Signature, signature

if TYPE_CHECKING:
    from pathlib import Path


class Survey(NamedTuple):
    """What stands in a folder: files with their signatures (a link is a file), and folders without their last slash."""

    files: dict[str, Signature]
    folders: set[str]


def survey(folder: Path) -> Survey:
    """Look at everything below ``folder``. Raises OutputError where it cannot be read."""
    found = Survey({}, set())
    places = [("", str(folder))]
    while places:
        prefix, path = places.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        found.folders.add(prefix + entry.name)
                        places.append((f"{prefix}{entry.name}/", entry.path))
                    else:
                        with contextlib.suppress(FileNotFoundError):  # it went away while we looked
                            found.files[prefix + entry.name] = signature(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        except OSError as error:
            what = message("The folder cannot be read: {error}.", error=error.strerror or error)
            raise OutputError([Problem(path, 0, what, message("Check the folder's permissions."))]) from None
    return found
