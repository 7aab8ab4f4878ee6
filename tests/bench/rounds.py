"""The rounds: each step is done with every tool in turn, so that whatever else the machine does meets all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench import corpus
from tests.bench.measure import difference, peak_memory, seconds, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tests.bench.corpus import Changes
    from tests.bench.results import Results
    from tests.bench.tools import Tool

SLOW_RUNS = 2
"""Rounds of tools on which no bound depends."""
MEMORY_RUNS = 3
ALL_STEPS = ("help", "cold", "nothing", "added", "edited", "deleted", "old")
SLOW_STEPS = ("help", "cold", "added", "deleted")


class Bench:
    """Measures ``tools`` and puts the numbers into ``results``."""

    def __init__(self, tools: Sequence[Tool], results: Results, work: Path, say: Callable[[str], None]) -> None:
        self.tools = tools
        self.results = results
        self.trash = work / "aside"
        self.say = say

    def everything(self, root: Path, size: int, runs: int) -> None:
        """Measure all steps and the memory with the archive of ``size`` releases in ``root``."""
        changes = self._prepare(root, size)
        for number in range(1, runs + 1):
            self.say(f"\nround {number} of {runs}, {size:,} releases\n")
            for step in ALL_STEPS:
                self._step(step, size, number, changes)
            for tool in self.tools:
                tool.put(changes.old)
        for number in range(1, min(runs, MEMORY_RUNS) + 1):
            for tool in self.tools:
                if number == 1 or not tool.slow:
                    self._memory(tool, size)

    def growth(self, root: Path, size: int, runs: int) -> None:
        """Measure what must not grow with the archive."""
        changes = self._prepare(root, size)
        for number in range(1, runs + 1):
            self.say(f"\nround {number} of {runs}, {size:,} releases\n")
            for step in ("cold", "nothing", "added", "deleted"):
                if step != "cold" or number == 1:
                    self._step(step, size, number, changes)
        for tool in self.tools:
            self._memory(tool, size)

    def _prepare(self, root: Path, size: int) -> Changes:
        for tool in self.tools:
            self.say(f"laying out {size:,} releases for {tool.name}\n")
            tool.leave(self.trash)
            tool.prepare(root)
        return corpus.changes(root, size)

    def _step(self, step: str, size: int, number: int, changes: Changes) -> None:
        for tool in self._taking_part(step, number):
            _do(step, tool, number, changes, self.trash)
            counted = step == "added" and number == 1
            before = snapshot(tool.folder / tool.output) if counted else {}
            taken = seconds(tool.help if step == "help" else tool.command, tool.folder)
            self.results.times.setdefault((tool.name, size, step), []).append(taken)
            self.say(f"  {step:8} {tool.name:9} {taken:8.3f} s")
            if counted:
                found = difference(before, snapshot(tool.folder / tool.output))
                self.results.files[tool.name, size] = found
                self.say(f"  {found.files:,} files, {found.changed:,} changed, {found.written:,} written")
            self.say("\n")

    def _taking_part(self, step: str, number: int) -> Iterable[Tool]:
        return (tool for tool in self.tools if not tool.slow or (step in SLOW_STEPS and number <= SLOW_RUNS))

    def _memory(self, tool: Tool, size: int) -> None:
        tool.forget(self.trash)
        peak = peak_memory(tool.command, tool.folder)
        self.results.memory.setdefault((tool.name, size), []).append(peak)
        self.say(f"  memory   {tool.name:9} {peak / 2**20:8.0f} MB\n")


def _do(step: str, tool: Tool, number: int, changes: Changes, trash: Path) -> None:
    """Do to the site what ``step`` says."""
    if step == "cold":
        tool.forget(trash)
    elif step == "added":
        tool.put(changes.new)
    elif step == "edited":
        tool.put(corpus.edited(changes.old, number))
    elif step == "deleted":
        tool.remove(changes.new)
    elif step == "old":
        tool.remove(changes.old)
