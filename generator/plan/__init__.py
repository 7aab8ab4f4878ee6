"""From the Library to every Output of the site, each with its declared inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.plan.files import files
from generator.plan.finding import find
from generator.plan.machines import machines
from generator.plan.output import Output
from generator.plan.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.assets import Asset
    from generator.library import Library

__all__ = ["Output", "find", "plan"]


def plan(library: Library, assets: Iterable[Asset]) -> Iterator[Output]:
    """Yield every file of the site."""
    yield from files(library, assets)
    yield from pages(library)
    yield from machines(library)
