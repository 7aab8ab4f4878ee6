"""What turns Outputs into bytes for the preview: the templates and static files as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.assets import Asset, find_assets, template_folders
from generator.errors import ContentError, Problem
from generator.output import WORK_FOLDER
from generator.workshop import Maker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.config import Site
    from generator.plan import Output


class Press:
    """Makes Outputs with the templates that stand there; ``bodies`` gives the HTML of a source file."""

    def __init__(self, root: Path, site: Site, bodies: Callable[[str], str]) -> None:
        self._root, self._bodies = root, bodies
        self.assets: tuple[Asset, ...] = ()
        self.problems: dict[str, tuple[Problem, ...]] = {}
        """What was wrong with templates when a file was last made with them, by that file."""
        self.reload(site)

    def reload(self, site: Site) -> None:
        """Take the Site, templates and static files as they are now; static files stay as they were if unreadable."""
        folders = template_folders(self._root)
        self.problems = {}
        try:
            self.assets = find_assets(folders)
        except ContentError as error:
            self.problems["static"] = error.problems
        self._maker = Maker(
            self._root, site, (folders, self.assets), self._root / WORK_FOLDER / "preview", self._bodies
        )

    def make(self, output: Output) -> bytes:
        """Return the bytes of an Output. Raises ContentError, and remembers what is wrong with a template."""
        try:
            data = self._maker.bytes_of(output)
        except ContentError as error:
            self.problems[output.file] = tuple(p for p in error.problems if p.path.startswith("templates/"))
            raise
        self.problems.pop(output.file, None)
        return data
