"""Pictures of releases: found, measured, and made fit to publish without what a camera wrote into them."""

from __future__ import annotations

import difflib
import hashlib
import io
import os
from typing import TYPE_CHECKING, NamedTuple

from generator.article import Photo, Picture
from generator.errors import ContentError, Message, Problem, message
from generator.signature import Signature, settled, signature
from generator.urls import photo_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PIL.Image import Image  # noqa: TID251 - this is the room for it

    from generator.article import Article, PhotoRef

MAX_WIDTH = 1600
"""Pixels: what a wide screen shows of a release's picture."""
MAX_PIXELS = 120_000_000
"""Pixels of a source picture; a larger one is refused before it is decoded."""
FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


class Measure(NamedTuple):
    """Size in pixels as served, and digest; ``signature`` is None where the file must be looked at again."""

    signature: Signature | None
    width: int
    height: int
    digest: bytes


class Measures:
    """What is known of pictures' files: each is decoded once and then only when it changed.

    ``moment`` is what the drive's clock said before any of them was looked at.
    """

    def __init__(self, known: Mapping[str, Measure], moment: int) -> None:
        self._known = known
        self._moment = moment
        self.used: dict[str, Measure] = {}
        self.taken = False
        """Whether anything was measured that was not known."""

    def of(self, root: Path, file: str, source: str, ref: PhotoRef) -> Measure:
        """Return the measure of ``file``. Raises ContentError where it is no picture that can be published."""
        signed = signature((root / file).stat())
        measure = self.used.get(file) or self._known.get(file)
        if measure is None or measure.signature != signed:
            trusted = signed if settled(signed, self._moment) else None
            measure = _measure(root / file, source, ref)._replace(signature=trusted)
            self.taken = True
        self.used[file] = measure
        return measure


def find_pictures(root: Path, article: Article, measures: Measures) -> tuple[Picture, ...]:
    """Return the pictures that a release names, in its order. Raises ContentError with every problem."""
    pictures: list[Picture] = []
    problems: list[Problem] = []
    served: dict[str, str] = {}
    for ref in article.photos:
        try:
            file = _find(root, article.source, ref)
            measure = measures.of(root, file, article.source, ref)
        except ContentError as error:
            problems += error.problems
            continue
        url = photo_path(article.card.url, ref.name)
        if served.setdefault(url, file) != file:
            what = message("The pictures {first} and {second} would have one address.", first=served[url], second=file)
            problems += _problem(article.source, ref, what, message("Rename one of the two.")).problems
            continue
        photo = Photo(url, measure.width, measure.height, ref.caption, ref.alt, ref.credit)
        pictures.append(Picture(photo, file, measure.digest, ref.inline))
    if problems:
        raise ContentError(problems)
    return tuple(pictures)


def make_picture(file: Path, url: str) -> bytes:
    """Return the picture at most MAX_WIDTH wide, upright, in sRGB, without metadata, in the format of ``url``."""
    from PIL import Image, ImageOps  # noqa: PLC0415, TID251 - 25 ms that a site without pictures need not pay

    kind = FORMATS[url.rpartition(".")[2]]
    with Image.open(file) as opened:
        opened.draft("RGB", (MAX_WIDTH, MAX_WIDTH))
        picture: Image.Image = ImageOps.exif_transpose(opened)
    size = _fit(picture.width, picture.height)
    transparent = kind != "JPEG" and (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info)
    picture = _flat(picture, transparent=transparent).resize(size, Image.Resampling.LANCZOS)
    target = io.BytesIO()
    # A fresh picture carries no EXIF, no profile, no comment.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    clean.save(target, kind, quality=82, optimize=True)
    return target.getvalue()


def _flat(picture: Image, *, transparent: bool) -> Image:
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    if transparent:
        return picture.convert("RGBA")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        # White shows through where a JPEG cannot be transparent; black would hide a drawing's dark lines.
        picture = picture.convert("RGBA")
        ground = Images.new("RGBA", picture.size, "white")
        return Images.alpha_composite(ground, picture).convert("RGB")
    return picture.convert("RGB")


def _fit(width: int, height: int) -> tuple[int, int]:
    if width <= MAX_WIDTH:
        return width, height
    return MAX_WIDTH, max(1, round(height * MAX_WIDTH / width))


def _find(root: Path, source: str, ref: PhotoRef) -> str:
    folder, _, name = source.rpartition("/")
    places = (folder, f"{folder}/{name.rpartition('.')[0]}", "content/foto")
    inside = os.path.realpath(root / "content") + os.sep
    for place in places:
        file = f"{place}/{ref.name}"
        if (root / file).is_file():
            if not os.path.realpath(root / file).startswith(inside):
                raise _problem(source, ref, message('The picture "{name}" leads out of content/.', name=ref.name))
            return file
    there = [p.name for place in places if (root / place).is_dir() for p in (root / place).iterdir()]
    pictures = [name for name in there if name.lower().rpartition(".")[2] in FORMATS]
    near = {name.lower(): name for name in pictures}
    close = difflib.get_close_matches(ref.name.lower(), sorted(near), n=1)
    what = message('The picture "{name}" was not found.', name=ref.name)
    if close:
        raise _problem(source, ref, what, message('Did you mean "{near}"?', near=near[close[0]]))
    raise _problem(
        source, ref, what, message("Put it beside the release, in the folder named like it, or in content/foto/.")
    )


def _problem(source: str, ref: PhotoRef, what: Message, fix: Message | None = None) -> ContentError:
    fix = fix or message("Put the picture itself beside the release.")
    return ContentError([Problem(source, ref.line, what, fix, ref.name)])


def _measure(file: Path, source: str, ref: PhotoRef) -> Measure:
    from PIL import Image  # noqa: PLC0415, TID251 - as above

    save_as = message("Open it in a picture program and save it as JPEG.")
    if ref.name.lower().rpartition(".")[2] not in FORMATS:
        what = message('"{name}" is not a JPEG, PNG or WebP picture.', name=ref.name)
        raise _problem(source, ref, what, save_as)
    # The bound is this room's own: Pillow's warns first and fails only at twice its size.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(file, formats=list(set(FORMATS.values()))) as picture:
            width, height = picture.size
            turned = picture.getexif().get(0x0112, 1) >= 5
            if width * height <= MAX_PIXELS:
                picture.draft("RGB", (MAX_WIDTH, MAX_WIDTH))
                picture.load()
    except (OSError, ValueError, SyntaxError):
        what = message('The picture "{name}" is damaged or is no picture.', name=ref.name)
        raise _problem(source, ref, what, save_as) from None
    if width * height > MAX_PIXELS:
        what = message('The picture "{name}" has {width} × {height} pixels.', name=ref.name, width=width, height=height)
        raise _problem(source, ref, what, message("Make it smaller: 4,000 pixels on the long side are plenty."))
    size = _fit(height, width) if turned else _fit(width, height)
    return Measure(None, *size, hashlib.blake2b(file.read_bytes(), digest_size=16).digest())
