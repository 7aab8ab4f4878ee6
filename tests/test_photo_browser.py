"""Photos in a browser: the right file at each width, nothing that jumps, and a viewer that needs no mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import AXE, need, serve
from tests.newsroom import png, release
from tests.showcase import NOW, PAGES, write_showcase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

    from tests.newsroom import Newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GALLERY = PAGES["rilis-galeri"]
COUNT = 8
"""Photos of the gallery."""
PICTURES = re.compile(r"\.(?:jpg|webp)$")
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((each) => each.value)))
    .observe({type: "layout-shift", buffered: true});
"""
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A content security policy that lets nothing run or style within a page."""
THERE = "(image) => image.complete && image.naturalWidth > 0"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the showcase is served."""
    need("browser")
    newsroom = write_showcase(tmp_path_factory.mktemp("etalase") / "situs", 40)
    newsroom.build(NOW)
    with serve(newsroom.root / "output") as where:
        yield where


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A window of usual size, in which nothing moves by itself."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def wait(page: Page, images: str = ".pic img") -> None:
    """Wait until every image that a selector finds is there."""
    until(page, f"((all) => all.length && all.every({THERE}))([...document.querySelectorAll('{images}')])")


def until(page: Page, condition: str) -> None:
    """Wait until an expression is true; Playwright's own waiting for one is refused by a strict policy."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"not true on {page.url}: {condition}")


def load_all(page: Page) -> None:
    """Have every photo of the page fetched, and wait until it is there."""
    if page.locator(".pic img").count():
        page.evaluate("document.querySelectorAll('.pic img').forEach((image) => { image.loading = 'eager'; })")
        wait(page)


def hold(page: Page) -> list[Route]:
    """Let no photo come, and return the requests for them, to which new ones are added."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(PICTURES, keep)
    return held


# The files that a browser chooses


@pytest.mark.parametrize(
    ("width", "density", "chosen"),
    [(360, 1, "480"), (360, 2, "960"), (1280, 1, "960"), (1280, 2, "1600")],
)
def test_the_right_file_is_fetched(address: str, chromium: Browser, width: int, density: int, chosen: str) -> None:
    """The lead of a release is fetched as WebP, in the smallest width that is sharp on the screen, and no other is."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, device_scale_factor=density)
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/galeri-0-" in request.url else None)
    page.goto(address + GALLERY)
    wait(page, ".photo img")
    assert [re.sub(r".*/galeri-0-(\d+)\.\w+\.(\w+)$", r"\1 \2", url) for url in fetched] == [f"{chosen} webp"]
    context.close()


@pytest.mark.parametrize("density", [1, 2])
def test_cards_fetch_the_small_file(address: str, chromium: Browser, density: int) -> None:
    """A card fetches a crop that is no wider than four times what it shows."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, device_scale_factor=density)
    page = context.new_page()
    page.goto(address)
    load_all(page)
    found = page.evaluate(
        """Promise.all([...document.querySelectorAll('.card:not(.lead) .pic img')].map(async (image) => {
            const file = new Image();
            file.src = image.currentSrc;
            await file.decode();
            return [image.currentSrc.split('.').pop(), file.naturalWidth / (image.clientWidth * devicePixelRatio)];
        }))"""
    )
    assert len(found) >= 2
    assert [kind for kind, _ in found] == ["webp"] * len(found)
    assert all(1 <= ratio <= 5 for _, ratio in found), found
    context.close()


@pytest.mark.parametrize(
    "width", [320, 360, 431, 432, 479, 639, 640, 703, 704, 768, 959, 960, 1000, 1023, 1024, 1200, 1280, 2560]
)
def test_sizes_are_true_to_the_layout(address: str, chromium: Browser, width: int) -> None:
    """At every width a photo is as wide as its ``sizes`` say, so that the browser chooses by what it will show."""
    page = chromium.new_page(viewport={"width": width, "height": 800})
    for path in ("/", PAGES["topik"], GALLERY, PAGES["rilis"]):
        page.goto(address + path)
        load_all(page)
        # With widths in srcset a browser takes the picture for as wide as sizes say.
        found = page.evaluate(
            "[...document.querySelectorAll('.pic img')].map((image) => [image.clientWidth, image.naturalWidth])"
        )
        wrong = [(shown, said) for shown, said in found if abs(shown - said) > max(4, shown * 0.03)]
        assert wrong == [], path
    page.close()


# Nothing jumps


def test_a_late_photo_moves_nothing(address: str, chromium: Browser) -> None:
    """Photos that come late, at once and on scrolling, shift nothing on phone and desktop, whatever their shape."""
    for width in (360, 1280):
        page = chromium.new_page(viewport={"width": width, "height": 740})
        page.add_init_script(SHIFTS)
        held = hold(page)
        for path in (GALLERY, "/"):
            page.goto(address + path, wait_until="domcontentloaded")
            late = 0
            for step in range(30):
                page.evaluate(f"scrollTo({{top: {step * 700}, behavior: 'instant'}})")
                page.wait_for_timeout(60)
                late += len(held)
                while held:
                    held.pop().continue_()
                page.wait_for_timeout(40)
            wait(page)
            assert late == page.locator(".pic img").count(), path
            assert page.evaluate("shifts") == [], (width, path)
        page.close()


def test_a_shift_would_be_seen(address: str, window: Page) -> None:
    """The same measure sees a photo whose place is not kept, so that its silence means something."""
    window.add_init_script(SHIFTS)
    held = hold(window)
    window.goto(address + GALLERY, wait_until="domcontentloaded")
    strip = """document.querySelectorAll(".pic").forEach((place) => {
        place.querySelector("svg").remove();
        place.querySelector("img").style.position = "static";
        place.querySelector("img").removeAttribute("height");
    })"""
    window.evaluate(strip)
    window.wait_for_timeout(200)
    window.evaluate("shifts.length = 0")
    for route in held:
        route.continue_()
    until(window, "shifts.length > 0")


def test_the_place_of_a_photo_has_its_colour(address: str, window: Page) -> None:
    """While a photo is on its way its place is tinted; when it is there it covers the tint."""
    held = hold(window)
    window.goto(address + GALLERY, wait_until="domcontentloaded")
    window.wait_for_timeout(200)
    tint = window.locator(".photo .pic svg").first
    before, photo = tint.bounding_box(), window.locator(".photo img").first.bounding_box()
    assert before == photo
    fill = window.locator(".photo rect").first
    assert fill.evaluate("(rect) => getComputedStyle(rect).fill") not in {"none", "rgb(0, 0, 0)"}
    for route in held:
        route.continue_()
    wait(window, ".photo img")
    assert (
        window.evaluate(
            "(({left, top}) => document.elementFromPoint(left + 9, top + 9).localName)"
            "(document.querySelector('.photo img').getBoundingClientRect())"
        )
        == "img"
    )


# The viewer


def says(page: Page) -> str:
    """Return what the viewer says of the photo that it shows."""
    return page.locator(".viewer .says").inner_text().partition("\n")[0]


def open_with_keyboard(page: Page, number: int) -> None:
    """Go to the link of a photo, counted from 1, and press Enter."""
    page.locator(".zoom").nth(number - 1).focus()
    page.keyboard.press("Enter")


def test_the_viewer_works_from_the_keyboard(address: str, window: Page) -> None:
    """Enter opens it, arrows, Home and End go through all photos, Escape closes it and the focus is where it was."""
    window.goto(address + GALLERY)
    open_with_keyboard(window, 2)
    assert says(window) == f"Foto 2 dari {COUNT}"
    for key, number in (
        ("ArrowRight", 3),
        ("ArrowLeft", 2),
        ("Home", 1),
        ("ArrowLeft", COUNT),
        ("ArrowRight", 1),
        ("End", COUNT),
    ):
        window.keyboard.press(key)
        assert says(window) == f"Foto {number} dari {COUNT}", key
    window.keyboard.press("Escape")
    assert not window.locator(".viewer").is_visible()
    assert window.evaluate("[...document.querySelectorAll('.zoom')].indexOf(document.activeElement)") == 1
    assert window.url == address + GALLERY


def test_the_viewer_shows_the_photo_with_its_words(address: str, window: Page) -> None:
    """It shows the photo whole, in the file that the window needs, with alternative text, caption and credit."""
    window.goto(address + GALLERY)
    open_with_keyboard(window, 5)
    photo = window.locator(".viewer img")
    wait(window, ".viewer img")
    assert photo.get_attribute("alt") == "Perbukitan dilihat dari tempat ke-5"
    assert re.search(r"/galeri-4-1600\.\w+\.webp$", photo.evaluate("(image) => image.currentSrc"))
    assert photo.evaluate("(image) => getComputedStyle(image).objectFit") == "contain"
    words = window.locator(".viewer .says").inner_text()
    assert words.endswith("CONTOH keterangan foto ke-5, Senin (23/11/2026). (Foto: Juru Foto CONTOH)")
    window.keyboard.press("ArrowRight")
    assert photo.count() == 1


def test_the_viewer_keeps_the_focus(address: str, window: Page) -> None:
    """While it is open Tab stays among its buttons, and the page behind it can be reached by nothing."""
    window.goto(address + GALLERY)
    open_with_keyboard(window, 1)
    reached = set()
    focus = "(({className, localName}) => className || localName)(document.activeElement)"
    for _ in range(12):
        reached.add(window.evaluate(focus))
        window.keyboard.press("Tab")
    assert {"close", "back", "on"} <= reached <= {"close", "back", "on", "body"}
    window.locator(".menu a").first.evaluate("(link) => link.focus()")
    assert window.evaluate("document.activeElement.closest('.menu')") is None


def test_the_viewer_is_announced(address: str, window: Page) -> None:
    """It is a dialog named by photo and count, and what it says of each next photo is read out."""
    window.goto(address + GALLERY)
    open_with_keyboard(window, 3)
    assert window.get_by_role("dialog", name=f"Foto 3 dari {COUNT}").is_visible()
    window.keyboard.press("ArrowRight")
    assert window.get_by_role("dialog", name=f"Foto 4 dari {COUNT}").is_visible()
    assert window.locator(".viewer [aria-live=polite]").inner_text().startswith(f"Foto 4 dari {COUNT}")


def test_the_viewer_works_with_a_pointer(address: str, window: Page) -> None:
    """A click opens it; its buttons go on, back and away; a click with a key held is the browser's own."""
    window.goto(address + GALLERY)
    window.locator(".zoom").nth(3).click()
    window.get_by_role("button", name="Berikutnya").click()
    assert says(window) == f"Foto 5 dari {COUNT}"
    window.get_by_role("button", name="Sebelumnya").click()
    assert says(window) == f"Foto 4 dari {COUNT}"
    window.get_by_role("button", name="Tutup").click()
    assert not window.locator(".viewer").is_visible()
    with window.context.expect_page() as opened:
        window.locator(".zoom").nth(3).click(modifiers=["ControlOrMeta"])
    assert PICTURES.search(opened.value.url)
    assert not window.locator(".viewer").is_visible()


def swipe(page: Page, way: int, fingers: int = 1) -> None:
    """Move fingers across the screen."""
    session = page.context.new_cdp_session(page)
    points = [{"x": 180 - way // 2, "y": 300 + 80 * n, "id": n} for n in range(fingers)]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    moved = [point | {"x": point["x"] + way} for point in points]
    session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_viewer_is_swiped(address: str, chromium: Browser) -> None:
    """A finger to the left brings the next photo, to the right the last; a short touch and two fingers bring none."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address + GALLERY)
    page.locator(".zoom").nth(1).tap()
    for way, fingers, number in ((-200, 1, 3), (200, 1, 2), (-20, 1, 2), (-200, 2, 2)):
        swipe(page, way, fingers)
        assert says(page) == f"Foto {number} dari {COUNT}", (way, fingers)
    context.close()


def test_without_scripts_links_lead_to_the_large_photo(address: str, chromium: Browser) -> None:
    """Without scripts each photo of a gallery is a link to its large JPEG, and no viewer is seen."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + GALLERY)
    assert page.locator(".zoom").count() == COUNT
    assert not page.locator(".viewer").is_visible()
    page.locator(".zoom").nth(1).focus()
    with page.expect_navigation() as gone:
        page.keyboard.press("Enter")
    assert gone.value is not None
    assert gone.value.ok
    assert re.search(r"/galeri-1-1600\.\w+\.jpg$", page.url)
    context.close()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_who_wants_no_motion_gets_none(address: str, chromium: Browser, motion: Any) -> None:
    """The viewer fades in, except for who asked for less motion."""
    context = chromium.new_context(reduced_motion=motion)
    page = context.new_page()
    page.goto(address + GALLERY)
    open_with_keyboard(page, 1)
    name = page.locator(".viewer").evaluate("(viewer) => getComputedStyle(viewer).animationName")
    assert name == ("none" if motion == "reduce" else "appear")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_viewer_has_no_barrier(address: str, chromium: Browser, width: int, scheme: Any) -> None:
    """axe-core finds no violation of any of its rules in the open viewer, and nothing of it leaves the screen."""
    need("axe")
    page = chromium.new_page(viewport={"width": width, "height": 640}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(address + GALLERY)
    open_with_keyboard(page, 3)
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run({rules: {'target-size': {enabled: true}}})")
    assert result["passes"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in result["violations"]] == []
    for button in page.locator(".viewer button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 640
    page.close()


# Policies, paper, many photos


def test_a_strict_policy_may_be_served(address: str, window: Page) -> None:
    """Under a policy without inline styles and scripts nothing is refused, and the viewer works."""

    def with_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": STRICT})

    errors: list[str] = []
    window.on(
        "console",
        lambda message: (
            errors.append(f"{message.text} {message.location['url']}") if message.type in {"error", "warning"} else None
        ),
    )
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.route("**/*", with_policy)
    for name in ("beranda", "rilis", "rilis-galeri", "rilis-ditarik", "topik", "arsip", "halaman"):
        window.goto(address + PAGES[name])
        load_all(window)
    window.goto(address + GALLERY)
    open_with_keyboard(window, 2)
    wait(window, ".viewer img")
    assert errors == []
    assert window.locator(".photo rect").first.evaluate("(rect) => getComputedStyle(rect).fill") != "rgb(0, 0, 0)"


def test_a_gallery_is_printed(address: str, window: Page) -> None:
    """On paper the photos stand with their captions, three beside each other, and nothing of the viewer."""
    window.goto(address + GALLERY)
    load_all(window)
    window.emulate_media(media="print")
    items = [box for box in (item.bounding_box() for item in window.locator(".gallery li").all()) if box]
    assert len(items) == COUNT - 1
    assert items[0]["y"] == items[2]["y"] < items[3]["y"]
    assert window.locator(".gallery figcaption").first.is_visible()
    assert not window.locator(".viewer").is_visible()
    assert not window.locator(".pic svg").first.is_visible()


def test_forced_colours_keep_the_viewer_usable(address: str, chromium: Browser) -> None:
    """With forced colours the viewer's words and buttons have the colours of the system."""
    context = chromium.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(address + GALLERY)
    open_with_keyboard(page, 1)
    colours = "(element) => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
    for part in (".viewer .close", ".viewer .says p"):
        ink, paper = page.locator(part).first.evaluate(colours)
        assert ink != paper
    context.close()


@pytest.mark.parametrize("width", [320, 1000, 1280])
def test_a_small_photo_is_not_enlarged(newsroom: Newsroom, chromium: Browser, width: int) -> None:
    """A photo of few pixels is shown as large as it is, or as the window lets it, as its ``sizes`` say."""
    newsroom.write({"content/foto/a.png": png(120, 80), "content/foto/b.png": png(640, 400)})
    body = "Isi.\n\n![Dua](b.png)\n\nLihat ![Tanda](a.png) ini."
    newsroom.release("a.md", release("Kecil", photo="a.png", alt="Kecil", body=body))
    newsroom.build()
    with serve(newsroom.root / "output") as where:
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{where}/2026/11/kecil/")
        shown = page.locator(".pic img").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().width)")
        # From 960 pixels on what stands beside the text takes 352 of them; of others the margins take 32.
        room = width - (352 if width >= 960 else 32)
        assert shown == [120, min(640, room), 120]
        page.close()


def test_forty_photos_are_shown(newsroom: Newsroom, chromium: Browser) -> None:
    """A gallery of forty photos fits a phone, fetches only what is near, and counts to forty."""
    names = [f"{number:02}.png" for number in range(40)]
    newsroom.write({f"content/foto/{name}": png(60, 40, 5 * int(name[:2])) for name in names})
    photos = ", ".join(f"{{file: {name}, alt: Gambar {name[:2]}, caption: CONTOH {name[:2]}}}" for name in names)
    newsroom.release("a.md", release("Empat puluh", photos=f"[{photos}]"))
    newsroom.build()
    with serve(newsroom.root / "output") as where:
        page = chromium.new_page(viewport={"width": 320, "height": 640})
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url) if PICTURES.search(request.url) else None)
        page.goto(f"{where}/2026/11/empat-puluh/")
        page.wait_for_timeout(300)
        assert 0 < len(fetched) < 25
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
        open_with_keyboard(page, 1)
        page.keyboard.press("End")
        assert says(page) == "Foto 40 dari 40"
        page.close()
