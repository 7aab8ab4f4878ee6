"""``python -m tests.bench.cards``: what a share card costs, drawn by itself and in a build.

Every card says something else, as those of a site do. In a build the same archive is built with a card for each release
and with none but the site's own, in turn.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from generator.intake.demo import releases
from generator.sharecards import Words, draw
from tests.bench import corpus, report
from tests.bench.measure import seconds
from tests.bench.tools import Adpim, find

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WANTED = 0.010
"""Seconds for a card."""
LIMIT = 50_000
"""Bytes of a card: one goes out with every release."""
LONG = "CONTOH judul yang panjang sekali, dengan anak kalimat dan keterangan "
_WORDS = Words(
    title="Situs CONTOH dari Sebuah Kantor",
    parent="Lembaga Induk CONTOH",
    notice="",
    headline="",
    tagline="",
    date="Selasa, 10 November 2026",
    office="Biro CONTOH Sekretariat Daerah Provinsi CONTOH",
)
_FIRST = """
import sys, time
begun = time.perf_counter()
from generator.sharecards import Words, draw
draw(Words(*sys.argv[1:]))
print(time.perf_counter() - begun)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cards", description=__doc__.split("\n")[0])
    parser.add_argument("--cards", type=int, default=400, help="cards of each kind")
    parser.add_argument("--releases", type=int, default=1000, help="releases of the archive that is built")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", help="Markdown file in whose section the results go")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="adpim-bench-") as folder:
        work = Path(folder)
        machine = report.machine(work)
        body = f"{_drawing(asked.cards, asked.runs)}\n{_building(work, asked.releases, asked.runs)}"
    sys.stdout.write(f"\n{machine}\n\n{body}")
    if asked.write:
        intro = f"Measured on {datetime.now(UTC).date()} by `python -m tests.bench.cards` ({report.revision()})."
        report.put_section(Path(asked.write), "Share cards", f"{intro}\n\n- Machine: {machine}\n\n{body}\n{_METHOD}")
    return 0


def _drawing(count: int, runs: int) -> str:
    """Return the table of cards that are drawn one after another in one process."""
    kinds: dict[str, Callable[[int, str], str]] = {
        "headlines of the demo": lambda _, title: title,
        "headlines of 200 characters": lambda number, _: f"{number} {LONG * 4}"[:200],
        "one word of 200 characters": lambda number, _: f"{number}{'CONTOH' * 40}"[:200],
    }
    titles = [text.split('"')[1] for _, text in releases(count)]
    rows = []
    for kind, headline in kinds.items():
        times, sizes = [], []
        for number, title in enumerate(titles):
            words = _WORDS._replace(headline=headline(number, title))
            begun = time.perf_counter()
            card = draw(words)
            times.append(time.perf_counter() - begun)
            sizes.append(len(card))
        rows.append([kind, _ms(median(times)), _ms(WANTED), _kb(median(sizes)), _kb(max(sizes)), _kb(LIMIT)])
    command = [sys.executable, "-c", _FIRST, *_WORDS._replace(headline=titles[0])]
    firsts = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(runs)]
    rows.append(["the first in a process, with Pillow's import", _ms(median(firsts)), "", "", "", ""])
    return report.table(["a card", "time", "wanted", "size", "largest", "allowed"], rows)


def _building(work: Path, size: int, runs: int) -> str:
    """Return the table of builds from nothing, with a card for each release and with the site's own alone."""
    program = find("adpim") or (sys.executable, "-m", "generator")
    root = corpus.make(program, size, work)
    settings = root / "content/site.toml"
    rest = "".join(row for row in settings.read_text("utf-8").splitlines(keepends=True) if "cards_from" not in row)
    sites = {"with": rest, "without": f"{rest}cards_from = 2100-01-01\n"}
    tools = {name: Adpim(program, work / name) for name in sites}
    times: dict[str, list[float]] = {name: [] for name in sites}
    cards = 0
    for _ in range(runs):
        for name, tool in tools.items():
            tool.leave(work / f"aside-{name}")
            settings.write_text(sites[name], "utf-8")
            tool.prepare(root)
            times[name].append(seconds(tool.command, tool.folder))
            cards = max(cards, len(list((tool.folder / tool.output).rglob("kartu.*.png"))))
    with_, without = median(times["with"]), median(times["without"])
    rows = [
        [f"{size:,} releases, {cards:,} cards", _s(with_), _s(without), _ms((with_ - without) / cards)],
    ]
    return report.table(["a build from nothing", "with cards", "with the site's own alone", "a card more"], rows)


def _ms(seconds_: float) -> str:
    return f"{seconds_ * 1000:.1f} ms"


def _s(seconds_: float) -> str:
    return f"{seconds_:.2f} s"


def _kb(size: float) -> str:
    return f"{size / 1000:.0f} KB"


_METHOD = """\
Medians. *A card*: from words to the bytes of a PNG of 1200 by 630, in one process whose ground and letters are loaded.
*A build*: the whole command, on all cores, in turn with and without; nothing is remembered, neither pages nor pictures.
"""


if __name__ == "__main__":
    raise SystemExit(main())
