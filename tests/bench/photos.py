"""``python -m tests.bench.photos``: photos straight from a camera to what a site serves, side by side with Hugo.

The photos are made here: 12 megapixels of soft shapes with fine detail and a sensor's noise over all of it, since a
flat picture costs an encoder next to nothing.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from generator.photo import WIDTHS
from tests.bench import report
from tests.bench.measure import peak_memory, seconds
from tests.bench.tools import Adpim, Hugo, Tool, find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

T = TypeVar("T", bound=Tool)
SIZE = (4000, 3000)
GALLERY = 8
"""Photos of the release whose time is measured."""
SHARE = 0.15
"""Of Hugo's time: the bound."""
MEMORY = 400_000_000
"""Bytes of all processes for ARCHIVE photos: the bound."""
SITE = 'title = "CONTOH"\nbase_url = "https://contoh.example"\n'
HUGO_SITE = 'baseURL = "https://contoh.example"\ndisableKinds = ["taxonomy", "term", "rss", "sitemap"]\n'
_EACH = " ".join(
    f'{{{{ with .Resize "{width}x {kind}" }}}}<img src="{{{{ .RelPermalink }}}}">{{{{ end }}}}'
    for width in WIDTHS
    for kind in ("webp", "jpg")
)
HUGO_PAGE = f'{{{{ range .Resources.ByType "image" }}}}{_EACH}{{{{ end }}}}'


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, print it, and return the exit code: 1 where a bound does not hold."""
    asked = _parser().parse_args(arguments)
    work = Path(asked.work or tempfile.mkdtemp(prefix="adpim-photos-")).resolve()
    machine = report.machine(work.parent)
    photos = make_photos(work / "photos")
    adpim, hugo = _tool(Adpim, work / "adpim"), _tool(Hugo, work / "hugo")
    if adpim is None:
        sys.stderr.write("adpim is not installed here.\n")
        return 2
    rows, holds = [], True
    if hugo is not None:
        own, theirs = in_turn((adpim, hugo), photos, asked.runs)
        holds &= own <= SHARE * theirs
        count = f"{GALLERY} photos to {len(WIDTHS)} widths in WebP and JPEG"
        rows.append((count, f"{own:.2f} s", f"{theirs:.2f} s", f"{own / theirs:.3f} ×", f"{SHARE} ×"))
    for total in (GALLERY, asked.archive):
        fill(adpim.folder, photos, total)
        peak = peak_memory(adpim.command, adpim.folder)
        holds &= peak < MEMORY
        rows.append((f"memory, {total} photos", f"{peak / 1e6:.0f} MB", "", "", f"{MEMORY / 1e6:.0f} MB"))
    versions = {tool.name: tool.version() for tool in (adpim, hugo) if tool is not None}
    text = _text(rows, machine, versions, asked.runs)
    sys.stdout.write(text)
    if asked.page:
        report.put_section(Path(asked.page), "Photos", text)
    if not asked.work:
        shutil.rmtree(work)
    return 0 if holds else 1


def _tool(kind: type[T], folder: Path) -> T | None:
    program = find(kind.name)
    return kind(program, folder) if program else None


def make_photos(folder: Path) -> list[Path]:
    """Return GALLERY photos as a camera leaves them, made if they are not there yet."""
    files = [folder / f"IMG_{4701 + number}.JPG" for number in range(GALLERY)]
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files):
        if not file.exists():
            _photo(random.Random(number)).save(file, quality=92, subsampling=2)
    return files


def _photo(chance: random.Random) -> Image.Image:
    from PIL import Image, ImageFilter  # noqa: PLC0415

    def clouds(across: int, down: int) -> Image.Image:
        dots = Image.frombytes("RGB", (across, down), chance.randbytes(3 * across * down))
        return dots.filter(ImageFilter.GaussianBlur(1)).resize(SIZE, Image.Resampling.BICUBIC)

    scene = Image.blend(clouds(40, 30), clouds(400, 300), 0.25)
    grain = Image.new("RGB", SIZE)
    patch = Image.frombytes("RGB", (1000, 1000), chance.randbytes(3_000_000))
    for left in range(0, SIZE[0], 1000):
        for top in range(0, SIZE[1], 1000):
            grain.paste(patch.transpose(Image.Transpose(chance.randrange(7))), (left, top))
    return Image.blend(scene, grain, 0.06)


def fill(site: Path, photos: Sequence[Path], total: int) -> None:
    """Make a site of adpim with ``total`` photos, GALLERY to a release.

    Beyond the first few the pictures repeat, each with a comment of its own: to the program it is another file.
    """
    shutil.rmtree(site, ignore_errors=True)
    folder = site / "content/berita"
    folder.mkdir(parents=True)
    (site / "content/site.toml").write_text(SITE)
    for start in range(0, total, GALLERY):
        name = f"contoh-{start}"
        (folder / name).mkdir()
        names = []
        for number in range(start, min(start + GALLERY, total)):
            data, words = photos[number % len(photos)].read_bytes(), f"CONTOH {number}".encode()
            comment = b"\xff\xfe" + (len(words) + 2).to_bytes(2) + words
            names.append(f"IMG_{number}.JPG")
            (folder / name / names[-1]).write_bytes(data[:2] + comment + data[2:])
        listed = "".join(f"- file: {each}\n  alt: Gambar CONTOH\n" for each in names)
        text = f"---\ntitle: CONTOH {start}\ndate: 2026-11-01\nphotos:\n{listed}---\n\nIsi CONTOH.\n"
        (folder / f"{name}.md").write_text(text)


def fill_hugo(site: Path, photos: Sequence[Path]) -> None:
    """Make a site of Hugo that does the same with its own means: one page, each photo at every width and kind."""
    shutil.rmtree(site, ignore_errors=True)
    (site / "content/contoh").mkdir(parents=True)
    (site / "layouts/_default").mkdir(parents=True)
    (site / "hugo.toml").write_text(HUGO_SITE)
    (site / "content/contoh/index.md").write_text("---\ntitle: CONTOH\n---\nIsi CONTOH.\n")
    for kind in ("single", "list", "home"):
        (site / f"layouts/_default/{kind}.html").write_text(HUGO_PAGE)
    for photo in photos:
        shutil.copy(photo, site / "content/contoh")


def in_turn(tools: tuple[Adpim, Hugo], photos: Sequence[Path], runs: int) -> tuple[float, float]:
    """Return the median seconds of both tools for the same photos, each from nothing, one after the other in turn."""
    adpim, hugo = tools
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        fill(adpim.folder, photos, GALLERY)
        taken[0].append(seconds(adpim.command, adpim.folder))
        fill_hugo(hugo.folder, photos)
        command = (*hugo.program, "--quiet", "--cacheDir", str(hugo.folder / "cache"))
        taken[1].append(seconds(command, hugo.folder))
        _check(adpim.folder / "output", hugo.folder / "public")
    return median(taken[0]), median(taken[1])


def _check(own: Path, theirs: Path) -> None:
    """See that both made what they were to make."""
    for folder in (own, theirs):
        for kind in ("webp", "jpg"):
            files = [file for file in folder.rglob("*") if file.suffix.lower() == f".{kind}"]
            made = sum(1 for file in files if file.stat().st_size < 1_000_000)  # without the originals
            assert made >= GALLERY * len(WIDTHS), (folder, kind, made)


def _text(rows: Sequence[tuple[str, ...]], machine: str, versions: dict[str, str], runs: int) -> str:
    measured = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Measured on {datetime.now(tz=UTC):%Y-%m-%d}, medians of {runs}, by `python -m tests.bench.photos`"
        f" ({report.revision()}).\n\n- Machine: {machine}\n- Measured: {measured}\n\n"
        f"{report.table(['', 'adpim', 'hugo', 'share', 'wanted'], rows)}\n"
        f"Photos of {SIZE[0]} × {SIZE[1]} pixels with a sensor's noise, {GALLERY} to a release; widths are "
        f"{', '.join(map(str, WIDTHS))}. Time is that of the whole command with an empty cache, each tool in turn. "
        "adpim makes besides: crops and share card of the first photo, thumbnails, downloads and a ZIP. Memory is the "
        "most that all its processes hold at once (sum of Pss).\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.photos", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--archive", type=int, default=200, help="photos for which memory is measured")
    parser.add_argument("--work", help="folder to work in, which is kept; else one that is removed")
    parser.add_argument("--page", help="page whose section is written, for example docs/benchmarks.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
