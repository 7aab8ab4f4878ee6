"""Whatever somebody saves as a picture comes out right, or a problem names it; nothing crashes or fills memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageCms

from tests.camera import CORNERS, alike, at_place, corners, from_camera, jpeg, scene
from tests.newsroom import Newsroom, png, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMORY = 900_000_000
"""Bytes of addresses that a child may take: libraries and their threads have half of it before anything is decoded."""


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """Return an empty site."""
    return Newsroom(tmp_path / "situs")


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    """Return a picture as a file."""
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of that many pixels in a few kilobytes, or at least its beginning."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000)))


def webp_bomb() -> bytes:
    """Return a WebP that says it has 16,384 × 16,384 pixels."""
    small = saved(scene(20, 20), "WEBP")
    head = b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + (16_383).to_bytes(3, "little") * 2
    body = b"WEBP" + head + small[12:]
    return b"RIFF" + len(body).to_bytes(4, "little") + body


DAMAGED = 'The picture "{name}" is damaged or is no picture.'
DRAWING = '"{name}" is an SVG drawing, which may hold programs.'
HEIC = '"{name}" is a HEIC picture, which browsers do not show.'
LARGE = 'The picture "{name}" has {width} × {height} pixels.'
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "truncated": ("a.jpg", lambda: jpeg(scene())[:20_000], DAMAGED),
    "truncated PNG": ("a.png", lambda: saved(scene(), "PNG")[:-200], DAMAGED),
    "truncated WebP": ("a.webp", lambda: saved(scene(), "WEBP")[:-900], DAMAGED),
    "text": ("a.jpg", lambda: b"Ini bukan gambar.\n" * 50, DAMAGED),
    "header alone": ("a.jpg", lambda: jpeg(scene())[:600], DAMAGED),
    "empty": ("a.jpg", lambda: b"", 'The picture "{name}" is empty: it has 0 bytes.'),
    "SVG": ("a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', DRAWING),
    "SVG named PNG": ("a.png", lambda: b'<?xml version="1.0"?><svg onload="x()"/>', DRAWING),
    "HEIC": ("IMG_1.HEIC", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), HEIC),
    "HEIC named JPEG": ("a.jpg", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), HEIC),
    "TIFF": ("a.tif", lambda: saved(scene(20, 20), "TIFF"), '"{name}" is not a JPEG, PNG, WebP or GIF picture.'),
    "TIFF named JPEG": ("a.jpg", lambda: saved(scene(20, 20), "TIFF"), DAMAGED),
    "PNG of 50,000 × 50,000": ("a.png", lambda: bomb(50_000, 50_000), LARGE),
    "PNG of one long row": ("a.png", lambda: bomb(70_000, 1), LARGE),
    "WebP of 16,384 × 16,384": ("a.webp", webp_bomb, LARGE),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_published_is_a_problem_that_names_it(newsroom: Newsroom, case: str) -> None:
    """The problem stands at the release's line, names the file and says what helps; nothing is written."""
    name, data, what = REFUSED[case]
    newsroom.write({f"content/berita/{name}": data()})
    newsroom.release("a.md", release(photo=name, alt="Gambar"))
    (problem,) = (each for each in newsroom.problems() if each.severity == "error")
    assert (problem.path, problem.line, problem.text) == ("content/berita/a.md", 4, name)
    assert problem.what.msgid == what
    assert problem.fix.msgid
    assert newsroom.files() == {}


def cmyk() -> bytes:
    """Return a JPEG for print, as Adobe's programs save them."""
    return jpeg(scene().convert("CMYK"))


def grey16() -> bytes:
    """Return a PNG with 16 bits of grey: dark left, light right."""
    row = (20_000).to_bytes(2, "little") * 300 + (52_000).to_bytes(2, "little") * 300
    return saved(Image.frombytes("I;16", (600, 400), row * 400), "PNG")


def odd_exif() -> bytes:
    """Return a JPEG whose EXIF leads nowhere."""
    body = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03\0\0\xff\xff" * 4
    plain = jpeg(scene())
    return plain[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body + plain[2:]


def animated(kind: str) -> bytes:
    """Return an animation whose first frame is the scene."""
    return saved(scene(600, 400), kind, save_all=True, append_images=[Image.new("RGB", (600, 400), "black")] * 3)


def many_in_one() -> bytes:
    """Return a JPEG with another one behind it, as phones write."""
    return saved(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (300, 200), "black")])


GOOD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "JPEG": ("a.jpg", lambda: jpeg(scene())),
    "progressive": ("a.jpg", lambda: jpeg(scene(), progressive=True)),
    "in one piece from WhatsApp": ("a.jfif", lambda: jpeg(scene(), quality=60)),
    "PNG named JPEG": ("a.jpg", lambda: saved(scene(), "PNG")),
    "large letters": ("IMG_1.JPEG", lambda: jpeg(scene())),
    "PNG": ("a.png", lambda: saved(scene(), "PNG")),
    "PNG with 16 bits a colour": ("a.png", lambda: saved(scene(), "PNG")),
    "palette": ("a.png", lambda: saved(scene().quantize(16), "PNG")),
    "WebP": ("a.webp", lambda: saved(scene(), "WEBP", quality=90)),
    "GIF": ("a.gif", lambda: saved(scene(), "GIF")),
    "animated GIF": ("a.gif", lambda: animated("GIF")),
    "animated WebP": ("a.webp", lambda: animated("WEBP")),
    "animated PNG": ("a.png", lambda: animated("PNG")),
    "CMYK": ("a.jpg", cmyk),
    "odd EXIF": ("a.jpg", odd_exif),
    "several in one": ("a.jpg", many_in_one),
    "broken profile": ("a.jpg", lambda: jpeg(scene(), icc_profile=b"bukan profil")),
    "lossless WebP": ("a.webp", lambda: saved(scene(), "WEBP", lossless=True)),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_can_be_published_comes_out_right(newsroom: Newsroom, case: str) -> None:
    """Every file of it shows the picture in its colours; of an animation the first frame."""
    name, data = GOOD[case]
    newsroom.write({f"content/berita/{name}": data()})
    newsroom.release("a.md", release(photo=name, alt="Gambar"))
    assert newsroom.build().warnings == ()
    pictures = {n: d for n, d in newsroom.files().items() if n.startswith("2026/") and n.endswith((".jpg", ".webp"))}
    assert any("-asli" in file for file in pictures)
    for file, made in pictures.items():
        picture = Image.open(io.BytesIO(made))
        if "-kartu" not in file or "animated" not in case:  # those are small, and stand in the middle of their card
            assert alike(corners(picture), CORNERS, 40), file
        assert not getattr(picture, "is_animated", False)
        assert b"MPF\0" not in made


def test_sixteen_bits_of_grey_stay_grey(newsroom: Newsroom) -> None:
    """A 16-bit picture keeps its tones."""
    newsroom.write({"content/foto/a.png": grey16()})
    newsroom.release("a.md", release(photo="a.png", alt="Gambar"))
    newsroom.build()
    picture = Image.open(io.BytesIO(newsroom.files()[newsroom.photo("a-600", "webp")]))
    assert alike([at_place(picture, 100, 200), at_place(picture, 500, 200)], [(78, 78, 78), (203, 203, 203)])


def test_white_shows_through_what_is_transparent(newsroom: Newsroom) -> None:
    """A transparent PNG stands on white in every format; its hidden colours do not come out."""
    picture = Image.new("RGBA", (600, 400), (255, 0, 0, 0))
    picture.paste((0, 0, 200, 255), (300, 0, 600, 400))
    newsroom.write({"content/foto/a.png": saved(picture, "PNG")})
    newsroom.release("a.md", release(photo="a.png", alt="Gambar"))
    newsroom.build()
    for file in (newsroom.photo("a-600", "webp"), newsroom.photo("a-600"), newsroom.photo("a-asli")):
        made = Image.open(io.BytesIO(newsroom.files()[file]))
        assert alike([at_place(made, 100, 200), at_place(made, 500, 200)], [(255, 255, 255), (0, 0, 200)])


def test_a_grey_profile_is_taken(newsroom: Newsroom) -> None:
    """A grey picture with a profile of colours is published as it is."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    newsroom.write({"content/foto/a.jpg": jpeg(Image.new("L", (600, 400), 90), icc_profile=profile)})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    newsroom.build()
    made = Image.open(io.BytesIO(newsroom.files()[newsroom.photo("a-600")]))
    assert alike([at_place(made, 10, 10)], [(90, 90, 90)])


@pytest.mark.parametrize(("cut", "filling"), [(step, filling) for step in range(0, 40, 3) for filling in (0, 255)])
def test_damage_anywhere_is_no_crash(newsroom: Newsroom, cut: int, filling: int) -> None:
    """A JPEG with bytes spoilt at some place is published or refused, and the build says so in one way or the other."""
    data = bytearray(from_camera(6, picture=scene(320, 240)))
    place = len(data) * cut // 40
    data[place : place + 12] = bytes([filling]) * 12
    newsroom.write({"content/foto/a.jpg": bytes(data)})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    newsroom.release("b.md", release("CONTOH rusak", photo="tiada.jpg"))
    errors = [problem.path for problem in newsroom.problems() if problem.severity == "error"]
    assert errors in (["content/berita/b.md"], ["content/berita/a.md", "content/berita/b.md"])


CHILD = """\
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
from generator.cli import main
began = time.process_time()
code = main(["--root", {root!r}, "build", "--jobs", "1"])
print("took", time.process_time() - began, file=sys.stderr)
sys.exit(code)
"""


def built_in_bounds(newsroom: Newsroom) -> subprocess.CompletedProcess[str]:
    """Build in a process that gets no more memory than MEMORY."""
    script = CHILD.format(memory=MEMORY, root=str(newsroom.root))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_bombs_are_refused_in_little_memory(newsroom: Newsroom) -> None:
    """Pictures of gigabytes in a few kilobytes are told of by a process that could hold none of them."""
    newsroom.write({"content/foto/a.png": bomb(50_000, 50_000), "content/foto/b.webp": webp_bomb()})
    newsroom.write({"content/foto/c.png": saved(Image.new("1", (7_500, 7_500)), "PNG")})
    for name in ("a.png", "b.webp", "c.png"):
        newsroom.release(f"{name}.md", release(f"CONTOH {name}", photo=name, alt="Gambar"))
    done = built_in_bounds(newsroom)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for size in ("50000 × 50000", "16384 × 16384", "7500 × 7500"):
        assert size in done.stderr.replace(".", "")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize("progressive", [False, True])
def test_a_hundred_megapixels_fit(newsroom: Newsroom, *, progressive: bool) -> None:
    """A JPEG of 100 megapixels, progressive too, is published within the memory of a small machine."""
    picture = scene(1000, 1000).resize((10_000, 10_000))
    newsroom.write({"content/foto/a.jpg": jpeg(picture, quality=70, progressive=progressive)})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    done = built_in_bounds(newsroom)
    assert done.returncode == 0, done.stderr
    made = Image.open(io.BytesIO(newsroom.files()[newsroom.photo("a-1600")]))
    assert made.size == (1600, 1600)
    assert alike(corners(made), CORNERS)


def test_a_progressive_jpeg_beyond_memory_is_refused(newsroom: Newsroom) -> None:
    """One whose coefficients would fill the memory is told of before it is decoded."""
    data = jpeg(scene(64, 64), progressive=True, subsampling=0)
    at = data.index(b"\xff\xc2") + 5
    newsroom.write({"content/foto/a.jpg": data[:at] + struct.pack(">HH", 10_000, 10_000) + data[at + 4 :]})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    (problem,) = newsroom.problems()
    assert problem.what.msgid == 'The picture "{name}" is a progressive JPEG and too large for that.'


def test_a_file_far_too_large_is_not_read(newsroom: Newsroom) -> None:
    """A film that was named like a picture is refused by its size."""
    newsroom.write({"content/foto/a.jpg": png()})
    with (newsroom.root / "content/foto/a.jpg").open("r+b") as file:
        file.truncate(300_000_000)
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    (problem,) = newsroom.problems()
    assert problem.what.msgid == 'The picture "{name}" has {size} megabytes.'
