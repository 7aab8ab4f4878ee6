"""Templates and static files on disk: the site's own first, then those that ship with the program."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from generator.errors import ContentError, Problem, message
from generator.urls import static_path

_PACKAGE = Path(__file__).parent


class Asset(NamedTuple):
    """A file of templates/static/: its name there, where it is read from, its address with the hash of its bytes."""

    name: str
    file: Path
    url: str
    digest: bytes


def template_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders in which templates are looked for, first the site's own."""
    inside = _PACKAGE / "templates"
    # In a checkout the templates stand beside the package, where a designer looks for them.
    shipped = inside if inside.is_dir() else _PACKAGE.parent / "templates"
    own = root / "templates"
    return (own, shipped) if own.is_dir() and own.resolve() != shipped.resolve() else (shipped,)


def find_assets(folders: tuple[Path, ...]) -> tuple[Asset, ...]:
    """Return every static file below ``folders``; of two with one name the first folder's. Raises ContentError."""
    found: dict[str, Asset] = {}
    wrong: list[Problem] = []
    for folder in folders:
        static = folder / "static"
        for file in sorted(static.rglob("*")) if static.is_dir() else ():
            name = file.relative_to(static).as_posix()
            if name not in found and file.is_file() and not any(part.startswith(".") for part in name.split("/")):
                wrong += _misnamed(name)
                digest = hashlib.blake2b(read_template(file, f"static/{name}"), digest_size=16).digest()
                found[name] = Asset(name, file, static_path(name, digest.hex()[:8]), digest)
    if wrong:
        raise ContentError(wrong)
    return tuple(found[name] for name in sorted(found))


def _misnamed(name: str) -> list[Problem]:
    """Return what is wrong with a static file's name: it becomes part of an address, and is listed on the host.

    A backslash parts folders for browsers and on Windows. What does not print looks like a space or nothing, as what
    macOS writes between the time and "PM" of a screenshot; or it is no text in UTF-8.
    """
    odd = next((sign for sign in name if sign == "\\" or not sign.isprintable()), None)
    if odd is None:
        return []
    readable = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name)
    what = message("A sign in this file's name cannot stand in an address: {sign}.", sign=f"U+{ord(odd):04X}")
    return [
        Problem(f"templates/static/{readable}", 0, what, message("Rename the file with letters, digits and hyphens."))
    ]


def read_template(file: Path, name: str) -> bytes:
    """Return a template's or static file's bytes. Raises ContentError, naming it as ``name``, if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        what = message("The file cannot be read: {error}.", error=error.strerror or error)
        fix = message("Check the file's permissions.")
        raise ContentError([Problem(f"templates/{name}", 0, what, fix)]) from None
