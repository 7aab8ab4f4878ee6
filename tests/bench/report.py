"""Results as Markdown: the same text for the terminal and for docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.results import STEPS, Results, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

METHOD = """\
Made by `python -m tests.bench`, which can be run again at any time.

- **One corpus for all**: `adpim demo` makes it, always the same. The others get it converted: front matter renamed,
  without the 0.3 % of drafts and withdrawn releases, which only adpim knows. The templates in `tests/bench/` give each
  the same pages at the same addresses with the same parts: release (topics, date, corrections, text, related, older and
  newer, links to share it, Open Graph, JSON-LD) and its plain text beside it, home by day, topics, years, months, days,
  lists paged by 20, an Atom feed with full text for the site (10 releases) and a brief one for each topic (10; Pelican:
  with full text), RSS and JSON for the site, sitemap. (Eleventy's and Pelican's lack the plain text and the links to
  share.) The list of topics counts the 60 that are used most; where adpim has a page for each letter, the others list
  all names on one. They lean in
  the others' favour: what Hugo can cache is cached, related releases are found by a way that is quicker there than its
  own, and only adpim makes sitemaps by month, a news sitemap and redirects for web servers. Pelican makes neither pages
  of years nor redirects. Share cards, which only adpim draws, are left out; the section "Share cards" has what they
  cost.
- **In turn**: each step is done with one tool, then with the next, and so round after round; the tables show medians.
- **Time** is that of the whole command with start-up, from the shell's view. Before each, all pending writes are
  flushed to disk. Sources are in the page cache, as they are for whoever has just saved one.
- A **cold** build finds no output and no cache. The old output is moved aside and not deleted: for some minutes after
  many deletions ext4 is slow to make files, and that would be measured instead.
- **Memory** is the most that all processes of a command hold at once: the sum of their Pss (shared pages are shared
  out), looked at every 20 ms, in runs of their own whose time does not count.
- **Files changed** are those that hold other bytes than before, are new or are gone after one release with four topics
  was added; **files written** were written anew, whatever their bytes.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an aligned Markdown table; all columns but the first hold numbers."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def shown(line: Sequence[str]) -> str:
        cells = (
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        return f"| {' | '.join(cells)} |"

    ruler = [f"{'-' * w}{'' if i == 0 else ':'}"[-w:] for i, w in enumerate(widths)]
    return "\n".join([shown(lines[0]), f"| {' | '.join(ruler)} |", *(shown(line) for line in lines[1:])]) + "\n"


def tables(results: Results, sizes: Sequence[int], names: Sequence[str]) -> str:
    """Return the medians of each size of archive, then the bounds."""
    parts = []
    for size in sizes:
        its = [n for n in names if any(key[:2] == (n, size) for key in results.times)]
        if its:
            parts.append(f"### {size:,} releases\n\n{table(['', *its], _rows(results, size, its))}")
    judged = verdicts(results, sizes[0], sizes[-1])
    if judged:
        rows = [(v.what, v.bound, v.measured, "yes" if v.holds else "**no**") for v in judged]
        parts.append(f"### Bounds\n\n{table(['', 'bound', 'measured', 'holds'], rows)}")
    return "\n".join(parts)


def _rows(results: Results, size: int, names: Sequence[str]) -> Iterable[list[str]]:
    for step, what in STEPS.items():
        if any((name, size, step) in results.times for name in names):
            yield [what, *(_against(results, size, step, name) for name in names)]
    if any((name, size) in results.memory for name in names):
        peaks = (results.peak(name, size) for name in names)
        yield ["peak memory, cold build", *("–" if peak is None else f"{peak / 2**20:,.0f} MB" for peak in peaks)]
    found = [results.files.get((name, size)) for name in names]
    if any(found):
        yield ["files in the site", *("–" if d is None else f"{d.files:,}" for d in found)]
        yield ["files changed by one release", *("–" if d is None else f"{d.changed:,}" for d in found)]
        yield ["files written for one release", *("–" if d is None else f"{d.written:,}" for d in found)]


def _against(results: Results, size: int, step: str, name: str) -> str:
    """Return a median and, for others than Hugo, its share of Hugo's."""
    own, theirs = results.seconds(name, size, step), results.seconds("hugo", size, step)
    if own is None:
        return "–"
    share = f" ({own / theirs:.3g} ×)" if theirs is not None and name != "hugo" else ""
    return f"{own:.3f} s{share}" if own < 10 else f"{own:.1f} s{share}"


def machine(work: Path) -> str:
    """Describe the machine on which this runs."""
    cpu = _first(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo")) or platform.processor() or platform.machine()
    memory = _first(r"MemTotal:\s*(\d+)", Path("/proc/meminfo"))
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        system = platform.system()
    load = f", load {os.getloadavg()[0]:.2f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"{cpu}, {_cores()} cores{load}; {int(memory) / 2**20:.0f} GB of memory; "
        f"{system}, {platform.system()} {platform.release()}, {_file_system(work)}; Python {platform.python_version()}"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _first(pattern: str, file: Path) -> str:
    try:
        found = re.search(pattern, file.read_text())
    except OSError:
        return ""
    return found[1].strip() if found else ""


def _file_system(work: Path) -> str:
    """Return the type of the file system of ``work``: that of the mount that is nearest above it."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown file system"
    above = [(len(place), kind) for place, kind in mounts if work.resolve().is_relative_to(place)]
    return max(above)[1] if above else "unknown file system"


def revision() -> str:
    """Return the commit that is measured, "" where git does not know."""
    git = shutil.which("git")
    if git is None:
        return ""
    asked = [git, "describe", "--always", "--dirty"]
    said = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def section(body: str, *, day: str, runs: int, machine: str, versions: Mapping[str, str]) -> str:
    """Return the section of docs/benchmarks.md that the builds have."""
    measured = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Measured on {day}, medians of {runs}.\n\n- Machine: {machine}\n- Measured: {measured}\n\n"
        f"{body}\n### Method\n\n{METHOD}"
    )


def put_section(page: Path, title: str, text: str) -> None:
    """Write a section of the page of all benchmarks: each is measured by a command of its own."""
    whole = page.read_text("utf-8") if page.exists() else "# Benchmarks\n"
    parts = re.split(r"^(?=## )", whole, flags=re.MULTILINE)
    new = f"## {title}\n\n{text.strip()}\n\n"
    place = next((n for n, part in enumerate(parts) if part.startswith(f"## {title}\n")), len(parts))
    parts[place : place + 1] = [new]
    page.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts), encoding="utf-8")
