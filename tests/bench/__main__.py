"""``python -m tests.bench``: measure adpim and the generators it is compared with, side by side."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import corpus, report
from tests.bench.measure import CommandError
from tests.bench.results import Results
from tests.bench.rounds import Bench
from tests.bench.tools import TOOLS, Tool, find

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, print the tables, and return the exit code."""
    asked = _parser().parse_args(arguments)
    work = Path(asked.work or tempfile.mkdtemp(prefix="adpim-bench-")).resolve()
    work.mkdir(parents=True, exist_ok=True)
    machine = report.machine(work)  # now: its load is that before we add our own
    tools, missing = _tools(asked.only, work)
    results = Results()
    versions = {tool.name: tool.version() for tool in tools}
    _say(f"{machine}\n{versions}; not found: {', '.join(missing) or 'none'}\nworking in {work}\n")
    failed = _measure(asked, tools, work, results)
    sizes = [size for size in (asked.releases, asked.large) if size]
    body = report.tables(results, sizes, [tool.name for tool in tools])
    if missing:
        body += f"\nNot measured, because not installed: {', '.join(missing)}.\n"
    _say(f"\n{body}")
    if failed:
        _say(f"\nStopped, and nothing written, because this failed: {failed}\n")
        return 1
    if asked.write:
        versions["adpim"] = f"{versions.get('adpim', '')} ({report.revision() or 'no commit'})"
        day = f"{datetime.now(UTC).date()}"
        text = report.section(body, day=day, runs=asked.runs, machine=machine, versions=versions)
        report.put_section(Path(asked.write), "Builds", text)
    return 0


def _measure(asked: argparse.Namespace, tools: list[Tool], work: Path, results: Results) -> str:
    """Fill ``results`` and clear up; return what went wrong, "" if nothing did."""
    adpim = find("adpim") or (sys.executable, "-m", "generator")
    try:
        bench = Bench(tools, results, work, _say)
        bench.everything(corpus.make(adpim, asked.releases, work), asked.releases, asked.runs)
        ours = [tool for tool in tools if tool.name == "adpim"]
        if asked.large and ours:
            bench = Bench(ours, results, work, _say)
            bench.growth(corpus.make(adpim, asked.large, work), asked.large, min(asked.runs, 3))
    except CommandError as error:
        return str(error)
    finally:
        for tool in tools:
            shutil.rmtree(tool.folder, ignore_errors=True)
        shutil.rmtree(work if asked.work is None else work / "aside", ignore_errors=True)
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure adpim and the generators it is compared with, side by side.",
        epilog="Leave the machine alone meanwhile, and do not start within ten minutes of another run: its files were "
        "deleted at its end, and ext4 makes new ones slowly for a while after that.",
    )
    parser.add_argument("--releases", type=int, default=10_000, help="releases in the archive (default 10,000)")
    parser.add_argument("--large", type=int, default=100_000, help="and in the large one, adpim only; 0 for none")
    parser.add_argument("--runs", type=int, default=5, help="rounds, whose medians count (default 5)")
    parser.add_argument("--only", default="", help="tools to measure, parted by commas (default: all that are found)")
    parser.add_argument("--work", help="folder to work in, whose corpora are kept (default: one that is deleted)")
    parser.add_argument("--write", help="Markdown file in whose section the results go")
    return parser


def _tools(only: str, work: Path) -> tuple[list[Tool], list[str]]:
    """Return the tools that are asked for and found, and the names of those not found."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or [tool.name for tool in TOOLS]
    if unknown := set(wanted) - {tool.name for tool in TOOLS}:
        raise SystemExit(f"--only: unknown {', '.join(sorted(unknown))}; known: {', '.join(t.name for t in TOOLS)}")
    tools, missing = [], []
    for tool in TOOLS:
        program = find(tool.name) if tool.name in wanted else None
        if program is not None:
            tools.append(tool(program, work / tool.name))
        elif tool.name in wanted:
            missing.append(tool.name)
    return tools, missing


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
