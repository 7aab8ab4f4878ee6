"""JPEG and WebP files as their parts, and what a read refusal of the system becomes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from generator.photo import PhotoRef
from generator.photo_settings import PhotoSettings
from generator.photos import Errand, Refusal, Studio
from generator.photos.jpeg import segment, take_apart
from generator.photos.webp import canvas_size, with_xmp
from generator.picture_cache import PictureCache
from tests.camera import jpeg, scene

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = jpeg(scene(64, 48))
FRAME = WHOLE.index(b"\xff\xc0")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        WHOLE[:-2],  # no end
        WHOLE[:-2] + b"\xff",  # an end cut in two
        WHOLE[:FRAME] + WHOLE[FRAME:].replace(b"\xff\xc0", b"\xff\xc9", 1),  # arithmetic coding
        WHOLE[:FRAME] + b"xx" + WHOLE[FRAME:],  # no marker where one must be
        WHOLE[:FRAME] + WHOLE[FRAME : FRAME + 19] + WHOLE[FRAME:],  # two frames
        WHOLE[: FRAME + 5] + b"\0\0" + WHOLE[FRAME + 7 :],  # no height
        WHOLE[:4] + b"\xff\xff" + WHOLE[6:],  # a segment that leads behind the end
        b"\xff\xd8\xff\xc0\x00\x04\x08\x00\xff\xd9",  # a frame of nothing
    ],
)
def test_a_strange_jpeg_is_not_taken_apart(data: bytes) -> None:
    """What is damaged or unknown is left to be decoded and encoded anew."""
    assert take_apart(data) is None


def test_a_jpeg_is_taken_apart_and_stays_whole() -> None:
    """Fill bytes, restarts and Adobe's mark are understood, and the picture is the same without the rest."""
    for data in (
        jpeg(scene(64, 48), restart_marker_blocks=1),
        jpeg(scene(64, 48).convert("CMYK")),
        WHOLE[:FRAME] + b"\xff\xff" + WHOLE[FRAME:],
        WHOLE[:2] + segment(0xEC, b"rahasia") + WHOLE[2:] + b"di belakang",
    ):
        anatomy = take_apart(data)
        assert anatomy is not None
        assert (anatomy.width, anatomy.height) == (64, 48)
        before, after = (Image.open(io.BytesIO(each)) for each in (data, anatomy.core))
        assert before.tobytes() == after.tobytes()
        assert b"rahasia" not in anatomy.core
        assert b"di belakang" not in anatomy.core


def test_a_segment_has_its_bound() -> None:
    """What no segment can hold is refused, not cut."""
    with pytest.raises(ValueError, match="too long"):
        segment(0xE1, bytes(65_534))


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_says_its_size_and_takes_words(*, lossless: bool) -> None:
    """The size is read without decoding; with words the picture is the same."""
    target = io.BytesIO()
    scene(64, 48).save(target, "WEBP", lossless=lossless)
    data = target.getvalue()
    assert canvas_size(data) == (64, 48)
    labelled = with_xmp(data, b"<x/>")
    assert canvas_size(labelled) == (64, 48)
    picture = Image.open(io.BytesIO(labelled))
    assert picture.info["xmp"] == b"<x/>"
    assert picture.convert("RGB").tobytes() == Image.open(io.BytesIO(data)).convert("RGB").tobytes()


def test_what_is_no_webp_takes_no_words() -> None:
    """A file that is none says no size and is refused."""
    assert canvas_size(b"RIFF\0\0\0\0WEBPXXXX" + bytes(20)) is None
    with pytest.raises(ValueError, match="no WebP"):
        with_xmp(b"RIFF", b"")


def test_a_picture_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """What the system says becomes the reason."""
    (tmp_path / "a.jpg").mkdir()
    studio = Studio(tmp_path, PictureCache(tmp_path / "cache"), PhotoSettings())
    refusal = studio.look(Errand("a.jpg", ((PhotoRef("a.jpg", "", "", "", 1), True),)))
    assert isinstance(refusal, Refusal)
    assert refusal.what.msgid == 'The picture "{name}" cannot be read: {error}.'
