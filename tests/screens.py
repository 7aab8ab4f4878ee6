"""Screenshots of every page type, at three widths, light and dark: ``python -m tests.screens DIR``.

They are of the showcase; ``--output`` names another built site, and ``--only`` pages by name or address.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser import browser, serve
from tests.showcase import NOW, PAGES, write_showcase

WIDTHS = {"ponsel": 360, "tablet": 768, "desktop": 1280}
HEIGHT = 900
SETTLE = """Promise.all([...document.images].map(image => { image.loading = "eager"; return image.decode(); }))"""


def main() -> None:
    """Take the screenshots into the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, help="a built site instead of the showcase")
    parser.add_argument("--only", nargs="*", default=list(PAGES), help="names of pages, or addresses")
    parser.add_argument("--fold", action="store_true", help="the first screen only, not the whole page")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        output = wanted.output or _showcase(Path(stack.enter_context(TemporaryDirectory())) / "situs")
        address = stack.enter_context(serve(output))
        chromium = stack.enter_context(browser())
        for scheme in ("light", "dark"):
            for size, width in WIDTHS.items():
                page = chromium.new_page(
                    viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
                )
                for name in wanted.only:
                    page.goto(address + PAGES.get(name, name))
                    page.evaluate(SETTLE)
                    file = f"{name.strip('/').replace('/', '-') or 'index'}-{size}-{scheme}.png"
                    page.screenshot(path=wanted.folder / file, full_page=not wanted.fold)
                page.close()


def _showcase(root: Path) -> Path:
    newsroom = write_showcase(root)
    newsroom.build(NOW)
    return newsroom.root / "output"


if __name__ == "__main__":
    main()
