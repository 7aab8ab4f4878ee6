"""A window of a browser that looks at a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.preview.texts import texts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

    from tests.previewing import Running

TEXTS = texts("id")
HOST = "adpim-preview"


class Onlooker:
    """A window of a browser on a preview; ``options`` are those of the browser's context."""

    def __init__(self, browser: Browser, running: Running, **options: Any) -> None:
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.address = running.preview.link.rstrip("/")
        self.errors: list[str] = []
        self.loads: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda asked: self.loads.append(asked.url) if asked.is_navigation_request() else None)

    def open(self, path: str) -> None:
        """Open a page, wait until the bar says what it is, and leave a mark in the window that a reload would lose."""
        self.page.goto(self.address + path)
        self.until(f"document.querySelector('{HOST}')?.shadowRoot.querySelector('.words').textContent")
        self.page.evaluate("window.kept = true")
        self.loads.clear()

    def until(self, condition: str) -> None:
        """Wait until an expression of the page is true."""
        self.page.wait_for_function(condition)

    def sees(self, text: str) -> None:
        """Wait until a text can be seen, in the page or in the bar."""
        self.page.get_by_text(text).first.wait_for()

    def misses(self, text: str) -> None:
        """Wait until a text can be seen nowhere any more."""
        self.page.get_by_text(text).first.wait_for(state="hidden")

    def button(self, name: str, **values: object) -> Locator:
        """Return the bar's button with the text of that name."""
        return self.page.locator(HOST).get_by_role("button", name=TEXTS[name].format(**values))

    def has_stayed(self) -> bool:
        """Say whether the page is the one that was opened, never loaded again, and without an error of a script."""
        return self.page.evaluate("window.kept === true") and not self.loads and not self.errors

    def bar(self, selector: str, then: str = "textContent") -> Any:
        """Return an attribute of the first element in the bar that ``selector`` finds."""
        return self.page.evaluate(f"document.querySelector('{HOST}').shadowRoot.querySelector('{selector}').{then}")

    def focus(self) -> str:
        """Return the text or the label of what has the focus, in the bar too."""
        return str(
            self.page.evaluate(
                "(() => { let at = document.activeElement; while (at.shadowRoot?.activeElement) "
                "at = at.shadowRoot.activeElement; return at.getAttribute('aria-label') ?? at.textContent; })()"
            )
        )
