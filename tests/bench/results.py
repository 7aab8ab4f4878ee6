"""What was measured, and what it says about the bounds that adpim must keep."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.bench.measure import Difference

STEPS = {
    "cold": "cold build",
    "nothing": "nothing changed",
    "added": "one release added",
    "edited": "one release edited",
    "deleted": "that release deleted",
    "old": "one old release deleted",
    "help": "start-up: `--help`",
}
"""What is measured, in the order in which it is done to a site, and its name in tables."""
COLD, NOTHING, ONE, MEMORY = 0.4, 0.04, 0.05, 0.4
"""At most this share of what Hugo takes."""
FILES, GROWTH, HELP = 30, 10, 0.15
"""At most so many files changed, so many times the work for ten times the archive, so many seconds."""


class Results:
    """Numbers by tool, size of archive and step."""

    def __init__(self) -> None:
        self.times: dict[tuple[str, int, str], list[float]] = {}
        self.memory: dict[tuple[str, int], list[int]] = {}
        self.files: dict[tuple[str, int], Difference] = {}
        """After one release was added."""

    def seconds(self, tool: str, size: int, step: str) -> float | None:
        """Return the median time, None where it was not measured."""
        times = self.times.get((tool, size, step))
        return median(times) if times else None

    def peak(self, tool: str, size: int) -> float | None:
        """Return the median of the peaks of memory of a cold build, in bytes."""
        peaks = self.memory.get((tool, size))
        return median(peaks) if peaks else None


class Verdict(NamedTuple):
    """A bound and what was measured."""

    what: str
    bound: str
    measured: str
    holds: bool


def verdicts(results: Results, size: int, large: int) -> list[Verdict]:
    """Judge every bound of which both sides were measured."""
    found = []

    def ratio(what: str, ours: float | None, theirs: float | None, bound: float) -> None:
        if ours is not None and theirs is not None:
            share = ours / theirs
            found.append(Verdict(what, f"≤ {bound:g} × Hugo", f"{share:.3f} × Hugo", share <= bound))

    for step in ("cold", "added", "edited", "deleted", "nothing"):
        bound = {"cold": COLD, "nothing": NOTHING}.get(step, ONE)
        ratio(STEPS[step], results.seconds("adpim", size, step), results.seconds("hugo", size, step), bound)
    ratio("peak memory, cold build", results.peak("adpim", size), results.peak("hugo", size), MEMORY)
    for count in dict.fromkeys((size, large)):
        if ("adpim", count) in results.files:
            changed = results.files["adpim", count].changed
            found.append(
                Verdict(
                    f"files changed by one release, {count:,} releases", f"≤ {FILES}", str(changed), changed <= FILES
                )
            )
    small, big = results.seconds("adpim", size, "added"), results.seconds("adpim", large, "added")
    if small is not None and big is not None and large != size:
        growth = f"one release added at {large:,} against {size:,}"
        found.append(Verdict(growth, f"≤ {GROWTH} ×", f"{big / small:.1f} ×", big <= GROWTH * small))
    if (start := results.seconds("adpim", size, "help")) is not None:
        found.append(Verdict(STEPS["help"], f"< {HELP} s", f"{start:.3f} s", start < HELP))
    return found
