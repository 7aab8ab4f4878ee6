"""The pages in a browser: no barrier, no need of a mouse or of scripts, no word to anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import AXE, need, serve
from tests.showcase import NOW, PAGES, write_showcase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"phone": (360, 740), "desktop": (1280, 900)}
EVERY_RULE = "axe.run({rules: {'target-size': {enabled: true}}})"
"""All rules of axe-core but the experimental ones; that of WCAG 2.2 on targets must be asked for."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the showcase is served."""
    need("browser")
    newsroom = write_showcase(tmp_path_factory.mktemp("etalase") / "situs")
    newsroom.build(NOW)
    with serve(newsroom.root / "output") as where:
        yield where


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on a link in the page's own part that leads to ``wanted``."""
    focus = "[document.activeElement.pathname || '', !!document.activeElement.closest('main')]"
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate(focus) == [wanted, True]:
            return
    raise AssertionError(f"no link to {wanted} gets the focus on {page.url}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_barrier(address: str, chromium: Browser, size: str, scheme: Any) -> None:
    """axe-core finds no violation of any of its rules on any page type."""
    need("axe")
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    found = {}
    for name, path in PAGES.items():
        page.goto(address + path)
        page.evaluate(AXE.read_text("utf-8"))
        result = page.evaluate(EVERY_RULE)
        assert result["passes"], name
        found[name] = [(v["id"], [node["html"] for node in v["nodes"]]) for v in result["violations"]]
    page.close()
    assert {name: barriers for name, barriers in found.items() if barriers} == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_the_keyboard_is_enough(address: str, chromium: Browser, scripts: bool) -> None:
    """From home to a topic, a release of it and its day in the archive by Tab and Enter, with scripts and without."""
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for path in ("/topik/sosial/", PAGES["rilis"], "/2026/11/", "/2026/11/24/"):
        tab_to(page, path)
        page.keyboard.press("Enter")
        page.wait_for_url(address + path)
    context.close()


def test_the_focus_is_seen(address: str, chromium: Browser) -> None:
    """What has the focus has an outline, in the head, the text and the foot."""
    page = chromium.new_page()
    page.goto(address + PAGES["rilis"])
    for _ in range(page.locator("a, button:visible, summary").count()):
        page.keyboard.press("Tab")
        style = "[getComputedStyle(document.activeElement).outlineStyle, document.activeElement.outerHTML]"
        outline, element = page.evaluate(style)
        assert outline == "solid" or element.startswith("<body"), element
    page.close()


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 2560])
def test_nothing_is_wider_than_the_screen(address: str, chromium: Browser, width: int) -> None:
    """No page scrolls sideways, down to 320 px, which is what 1280 px at 400 % are."""
    page = chromium.new_page(viewport={"width": width, "height": 800})
    for name, path in PAGES.items():
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(menu => menu.open = true)")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, name
    page.close()


def test_nobody_else_hears_of_a_visit(address: str, chromium: Browser) -> None:
    """No page asks another host for anything, sets a cookie, or writes an error to the console."""
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in PAGES.values():
        page.goto(address + path)
    assert [url for url in asked if not url.startswith(f"{address}/")] == []
    assert context.cookies() == []
    assert errors == []
    context.close()


def test_the_theme_is_chosen_and_kept(address: str, chromium: Browser) -> None:
    """The button changes light to dark and back, says which it is, and the next page remembers."""
    context = chromium.new_context(color_scheme="light")
    page = context.new_page()
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(address)
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="Tampilan gelap")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(address + "/arsip/")
    assert page.evaluate(ground) == dark
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.evaluate(ground) == light
    context.close()


def test_the_text_is_copied(address: str, chromium: Browser) -> None:
    """The buttons copy headline, text and address, or the address alone, and say so for a moment."""
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + PAGES["rilis"])
    page.get_by_role("button", name="Salin teks").click()
    page.get_by_role("button", name="Tersalin").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("CONTOH Rilis Lengkap dengan Foto, Koreksi, dan Pembaruan\n\nCONTOH ringkasan")
    assert "Paragraf terakhir CONTOH menutup naskah." in text
    assert text.endswith(f"https://contoh.example{PAGES['rilis']}")
    page.get_by_role("button", name="Salin tautan").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"https://contoh.example{PAGES['rilis']}"
    context.close()


def test_no_button_waits_for_a_script_in_vain(address: str, chromium: Browser) -> None:
    """Without scripts no button is seen, and an unfolding menu unfolds all the same."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES["rilis"])
    assert page.locator("button:visible").count() == 0
    page.locator("summary").click()
    assert page.get_by_role("link", name="Panduan CONTOH").is_visible()
    context.close()


def test_escape_folds_the_menu(address: str, chromium: Browser) -> None:
    """Escape folds an unfolded menu and leaves the focus on what unfolds it; a click elsewhere folds it too."""
    page = chromium.new_page()
    page.goto(address)
    menu, item = page.locator("summary"), page.get_by_role("link", name="Panduan CONTOH")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert item.evaluate("link => link === document.activeElement")
    page.keyboard.press("Escape")
    assert not item.is_visible()
    assert menu.evaluate("summary => summary === document.activeElement")
    menu.click()
    page.locator("h1").click()
    assert not item.is_visible()
    page.close()


def test_a_release_is_printed_with_a_letterhead(address: str, chromium: Browser) -> None:
    """On paper a release has office, address and its own address, and neither menu nor tools, black on white."""
    page = chromium.new_page(color_scheme="dark")
    page.goto(address + PAGES["rilis"])
    page.emulate_media(media="print")
    for shown in (".letterhead", "h1", ".text", ".source"):
        assert page.locator(shown).first.is_visible(), shown
    for hidden in (".masthead", ".breadcrumbs", ".tools", ".colophon", ".paging"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.locator(".source").inner_text() == f"https://contoh.example{PAGES['rilis']}"
    page.close()
