"""Templates and static files on disk: the site's own first, then those that ship with the program."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from generator.errors import ContentError, Problem, message

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
    """Return every static file below ``folders``; of two with one name the first folder's."""
    found: dict[str, Asset] = {}
    for folder in folders:
        static = folder / "static"
        for file in sorted(static.rglob("*")) if static.is_dir() else ():
            name = file.relative_to(static).as_posix()
            if name not in found and file.is_file() and not any(part.startswith(".") for part in name.split("/")):
                digest = hashlib.blake2b(read_template(file, f"static/{name}"), digest_size=16).digest()
                found[name] = Asset(name, file, _address(name, digest), digest)
    return tuple(found[name] for name in sorted(found))


def read_template(file: Path, name: str) -> bytes:
    """Return a template's or static file's bytes. Raises ContentError, naming it as ``name``, if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        what = message("The file cannot be read: {error}.", error=error.strerror or error)
        fix = message("Check the file's permissions.")
        raise ContentError([Problem(f"templates/{name}", 0, what, fix)]) from None


def _address(name: str, digest: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"/static/{stem}.{digest.hex()[:8]}.{suffix}" if dot else f"/static/{name}.{digest.hex()[:8]}"
