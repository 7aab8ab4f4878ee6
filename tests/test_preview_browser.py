"""The preview as somebody sees it who writes beside it: in a browser, following every save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from generator.preview import stream
from tests.browser import AXE, need
from tests.newsroom import png, release
from tests.onlooker import HOST, TEXTS, Onlooker
from tests.previewing import Running, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.newsroom import Newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST, SECOND, DRAFT, EMBARGO = "/2026/11/satu/", "/2026/11/dua/", "/2026/11/draf/", "/2026/12/kelak/"
TALL = """\
{% extends "base.html" %}
{% block title %}{{ release.title }}{% endblock %}
{% block content %}
<h1>{{ release.title }}</h1>
<button type="button" hidden>Salin</button>
<details><summary>Lipatan</summary><p>Isi lipatan.</p></details>
<input id="cari" aria-label="Cari" value="awal">
{{ release.html }}
<p style="padding-block: 2000px">Tinggi.</p>
<a id="jauh" href="/">Jauh di bawah</a>
{% endblock %}
"""


@pytest.fixture
def written(newsroom: Newsroom) -> Newsroom:
    """Two releases that are public, a draft, and one under embargo."""
    newsroom.release("satu.md", release("Satu", body="Isi pertama CONTOH."))
    newsroom.release("dua.md", release("Dua", "2026-11-02"))
    newsroom.release("draf.md", release("Draf", "2026-11-03", draft="true"))
    newsroom.release("kelak.md", release("Kelak", "2026-12-04 08:00"))
    return newsroom


@pytest.fixture
def running(written: Newsroom) -> Iterator[Running]:
    """A preview of it."""
    with Running(written.root) as serving:
        yield serving


@pytest.fixture
def look(chromium: Browser, running: Running) -> Iterator[Callable[..., Onlooker]]:
    """Open a page in a window of its own; what is given is the path, and options of the browser's context."""
    opened = []

    def open_window(path: str = FIRST, **options: Any) -> Onlooker:
        onlooker = Onlooker(chromium, running, **options)
        opened.append(onlooker)
        onlooker.open(path)
        return onlooker

    yield open_window
    for onlooker in opened:
        onlooker.context.close()


def test_an_edit_shows_without_a_reload(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """What was saved is seen in the page that is open, again and again, and the page is never loaded anew."""
    seen = look()
    for number in range(3):
        written.release("satu.md", release("Satu", body=f"Suntingan ke-{number}."))
        seen.sees(f"Suntingan ke-{number}.")
    assert seen.has_stayed()


def test_the_reader_keeps_the_place(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """Scroll, focus, selection, what was typed, an opened fold and what a script did to a button outlast an edit."""
    written.write({"templates/release.html": TALL})
    seen = look()
    seen.page.locator("summary").click()
    seen.page.locator("#cari").fill("ketikan")
    seen.page.evaluate("document.querySelector('main button').hidden = false")
    seen.page.evaluate("document.querySelector('#cari').setSelectionRange(2, 5); window.scrollTo(0, 900)")
    state = """(() => { const field = document.querySelector("#cari"); return [
        document.querySelector("details").open, field.value, field.selectionStart, field.selectionEnd,
        document.activeElement.id, window.scrollY, document.querySelector("main button").hidden]; })()"""
    before = seen.page.evaluate(state)
    written.release("satu.md", release("Satu", body="Isi yang disunting."))
    seen.until("document.body.textContent.includes('Isi yang disunting.')")
    assert before == [True, "ketikan", 2, 5, "cari", 900, False]
    assert seen.page.evaluate(state) == before
    assert seen.has_stayed()


def test_the_focus_on_a_link_stays(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """A link that has the focus still has it after releases came before it in a list."""
    seen = look("/")
    seen.page.locator(f"main a[href='{FIRST}']").focus()
    for number in range(3):
        written.release(f"baru-{number}.md", release(f"Baru {number}", f"2026-11-1{number}"))
    seen.until("document.querySelector('main a[href*=\"baru-2\"]')")
    seen.until(f"document.activeElement.getAttribute('href') === '{FIRST}'")
    assert seen.has_stayed()


def test_a_style_is_swapped_without_a_flash(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """A changed style takes over without a reload, and in no frame is the page without a style."""
    written.write({"templates/static/style.css": "body { margin: 0; } h1 { color: rgb(1, 2, 3); }"})
    seen = look()
    seen.page.evaluate("""(() => {
        window.margins = new Set();
        const sample = () => { margins.add(getComputedStyle(document.body).marginTop); requestAnimationFrame(sample); };
        sample();
        new MutationObserver(() => margins.add(getComputedStyle(document.body).marginTop))
            .observe(document.head, { childList: true, attributes: true, subtree: true });
    })()""")
    written.write({"templates/static/style.css": "body { margin: 0; } h1 { color: rgb(4, 5, 6); }"})
    seen.until("getComputedStyle(document.querySelector('h1')).color === 'rgb(4, 5, 6)'")
    seen.until("document.querySelectorAll('link[rel=stylesheet]').length === 1")
    assert seen.page.evaluate("[...margins]") == ["0px"]
    assert seen.has_stayed()


def test_a_replaced_picture_shows(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """A picture whose file was replaced under the same name is seen anew."""
    grey = """(() => { const seen = document.querySelector("main img"); const canvas = document.createElement("canvas");
        if (!seen?.complete) return -1; const brush = canvas.getContext("2d"); brush.drawImage(seen, 0, 0, 1, 1);
        return brush.getImageData(0, 0, 1, 1).data[0]; })()"""
    written.write({"content/berita/a.png": png(40, 40, 10)})
    written.release("satu.md", release("Satu", photo="a.png", alt="Abu-abu"))
    seen = look()
    seen.until(f"{grey} === 10")
    written.write({"content/berita/a.png": png(40, 40, 200)})
    seen.until(f"{grey} === 200")
    written.release("satu.md", release("Satu", photo="a.png", alt="Abu-abu", body="Suntingan."))
    seen.sees("Suntingan.")
    assert seen.page.evaluate(grey) == 200
    assert seen.has_stayed()


def test_a_gallery_grows_while_it_is_written(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """Photos that are added show at once, in the files that a browser chooses, and the viewer opens them."""
    names = ("a", "b", "c")
    written.write({f"content/berita/{name}.png": png(80, 60, 40 * n) for n, name in enumerate(names)})
    listed = [f"{{file: {name}.png, alt: CONTOH {name}}}" for name in names]
    there = "[...document.querySelectorAll('.zoom img')].filter((image) => image.currentSrc.endsWith('.webp')).length"
    written.release("satu.md", release("Satu", photos=f"[{', '.join(listed[:2])}]"))
    seen = look()
    eager = "document.querySelectorAll('.pic img').forEach((image) => { image.loading = 'eager'; })"
    seen.page.evaluate(eager)
    seen.until(f"{there} === 2")
    written.release("satu.md", release("Satu", photos=f"[{', '.join(listed)}]"))
    seen.until("document.querySelectorAll('.zoom').length === 3")
    seen.page.evaluate(eager)
    seen.until(f"{there} === 3")
    seen.page.locator(".zoom").nth(2).click()
    assert seen.page.locator(".viewer .says").inner_text().startswith("Foto 3 dari 3")
    assert seen.has_stayed()


def test_other_scripts_reload_the_page_once(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """A page whose scripts changed is loaded anew, once."""
    frame = '{% extends "base.html" %}{% block title %}X{% endblock %}{% block content %}<p>N</p>{% endblock %}'
    seen = look()
    script = "{% block head %}<script>window.run = 1;</script>{% endblock %}"
    written.write({"templates/release.html": frame + script})
    seen.until("window.run === 1")
    written.write({"templates/release.html": frame.replace("N", "Sesudahnya") + script})
    seen.sees("Sesudahnya")
    assert len(seen.loads) == 1


def test_a_broken_release_is_explained_over_its_last_good_page(
    written: Newsroom, look: Callable[..., Onlooker]
) -> None:
    """File, line, the lines around it, cause and fix are laid over the page as it was, and go when it is mended."""
    seen = look()
    seen.page.locator("main a").first.focus()
    focused = seen.focus()
    written.release("satu.md", release("Satu", body="Isi pertama CONTOH.", tempat="Sini"))
    seen.sees(TEXTS["mistake"])
    sheet = seen.page.get_by_role("alertdialog")
    said = sheet.inner_text()
    assert f"content/berita/satu.md, {TEXTS['line']} 4" in said
    assert 'Kunci "tempat" tidak dikenal.' in said
    assert f'{TEXTS["fix"]} Maksud Anda "place"?' in said
    assert sheet.locator("mark").inner_text().strip() == "4tempat: Sini"
    assert sheet.locator(".number").all_inner_texts() == ["1", "2", "3", "4", "5", "6", "7"]
    assert "Isi pertama CONTOH." in seen.page.locator("main").inner_text()
    assert seen.focus() == TEXTS["mistake"]
    written.release("satu.md", release("Satu", body="Isi yang baik."))
    seen.misses(TEXTS["mistake"])
    seen.sees("Isi yang baik.")
    assert seen.focus() == focused
    assert seen.has_stayed()


def test_a_broken_template_is_explained(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """A mistake in a template is told with its line, over the page as it was; mended, the page is the new one."""
    seen = look()
    written.write({"templates/release.html": TALL.replace("{{ release.html }}", "{{ release.isi }}")})
    seen.sees(TEXTS["mistake"])
    sheet = seen.page.get_by_role("alertdialog")
    assert f"templates/release.html, {TEXTS['line']} 8" in sheet.inner_text()
    assert "{{ release.isi }}" in sheet.locator("mark").inner_text()
    assert "Isi pertama CONTOH." in seen.page.locator("main").inner_text()
    written.write({"templates/release.html": TALL})
    seen.misses(TEXTS["mistake"])
    seen.sees("Lipatan")
    assert seen.has_stayed()


def test_other_pages_go_on(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """While one release is broken, another one is shown and followed as ever."""
    written.release("satu.md", release("Satu", tempat="Sini"))
    seen = look(SECOND)
    written.release("dua.md", release("Dua", "2026-11-02", body="Dua disunting."))
    seen.sees("Dua disunting.")
    assert seen.page.get_by_role("alertdialog").count() == 0
    assert seen.has_stayed()


def test_a_release_that_was_never_good_is_explained(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """The address that a new release with a mistake will have says what is wrong, and shows it once it is mended."""
    written.release("baru.md", release("Baru", tempat="Sini"))
    seen = look("/2026/11/baru/")
    seen.sees(TEXTS["mistake"])
    written.release("baru.md", release("Baru", body="Kini baik."))
    seen.sees("Kini baik.")
    seen.misses(TEXTS["mistake"])


def test_problems_are_listed_in_a_drawer(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """The bar counts all problems of the site, also those that stop no build, and the drawer lists them."""
    written.release(
        "dua.md", release("Dua", "2026-11-02", photo="tiada.jpg", alt="CONTOH", draft="true", tempat="Sini")
    )
    written.release("draf.md", release("Draf", "2026-11-03", photo="tiada.jpg", alt="CONTOH", draft="true"))
    seen = look()
    seen.until(f"document.querySelector('{HOST}').shadowRoot.querySelector('.count').textContent === '2'")
    seen.button("problems").click()
    drawer = seen.page.get_by_role("dialog", name=TEXTS["problems"])
    items = drawer.get_by_role("listitem").all_inner_texts()
    assert len(items) == 2
    assert {TEXTS["problem"], TEXTS["warning"]} == {item.split()[0] for item in items}
    assert any("content/berita/draf.md" in item and "tiada.jpg" in item for item in items)
    written.release("draf.md", release("Draf", "2026-11-03", draft="true"))
    written.release("dua.md", release("Dua", "2026-11-02"))
    seen.sees(TEXTS["no_problems"])


def test_a_save_elsewhere_is_offered(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """When another release is saved, a note names it and leads there; the page itself stays."""
    seen = look()
    written.release("dua.md", release("Dua", "2026-11-02", body="Dua disunting."))
    note = seen.page.get_by_role("status").filter(has_text=TEXTS["saved"].format(title="Dua"))
    note.wait_for()
    assert seen.has_stayed()
    note.get_by_role("link", name=TEXTS["go"]).click()
    seen.page.wait_for_url(seen.address + SECOND)
    seen.sees("Dua disunting.")


def test_a_save_with_a_mistake_elsewhere_is_said(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """When another release is saved with a mistake, the note says so, and leads to what is wrong."""
    seen = look()
    written.release("dua.md", release("Dua", "2026-11-02", tempat="Sini"))
    seen.sees(TEXTS["saved_wrong"].format(title="Dua"))
    seen.page.get_by_role("link", name=TEXTS["go"]).click()
    seen.sees('Kunci "tempat" tidak dikenal.')


def led_to_second(written: Newsroom, seen: Onlooker) -> Onlooker:
    """Switch following on, and be led from the first release to the second by its save."""
    seen.button("view").click()
    seen.page.get_by_role("switch", name=TEXTS["follow"]).check()
    written.release("dua.md", release("Dua", "2026-11-02", body="Dua disunting."))
    seen.page.wait_for_url(seen.address + SECOND)
    seen.sees("Dua disunting.")
    return seen


def test_the_preview_goes_to_what_is_saved(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """With the switch on, the window shows each release that is saved, now and after the next start."""
    seen = led_to_second(written, look())
    written.release("satu.md", release("Satu", body="Satu disunting."))
    seen.page.wait_for_url(seen.address + FIRST)
    seen.sees("Satu disunting.")
    assert len(seen.loads) == 2


def test_many_files_lead_nowhere(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """A checkout of many files is told by their number, also with the switch on."""
    seen = look()
    seen.button("view").click()
    seen.page.get_by_role("switch", name=TEXTS["follow"]).check()
    folder = written.root / "content" / "berita" / "ramai"
    aside = written.root / "ramai"
    for number in range(30):
        written.write({f"ramai/{number}.md": release(f"Ramai {number}")})
    aside.rename(folder)
    seen.sees(TEXTS["saved_many"].format(n=30))
    assert seen.has_stayed()


def test_a_new_address_is_followed(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """When the release that is shown gets another title, the window goes along to its new address."""
    seen = look(DRAFT)
    written.release("draf.md", release("Judul Baru", "2026-11-03", draft="true"))
    seen.page.wait_for_url(f"{seen.address}/2026/11/judul-baru/")
    seen.until(f"document.querySelector('{HOST}')?.shadowRoot.querySelector('.file code').textContent")
    assert seen.bar(".file code") == "content/berita/draf.md"
    assert len(seen.loads) == 1


def test_the_site_at_another_time(look: Callable[..., Onlooker]) -> None:
    """Staff see drafts and embargoed releases, the public sees neither now, and the embargoed one on its day."""
    seen = look("/")
    titles = "[...document.querySelectorAll('main .card a')].map(link => link.textContent).join()"
    assert seen.page.evaluate(titles) == "Kelak,Draf,Dua,Satu"
    seen.button("view").click()
    seen.page.get_by_role("radio", name=TEXTS["view_now"]).check()
    seen.until(f"{titles} === 'Dua,Satu'")
    seen.page.get_by_label(TEXTS["moment"]).fill("2026-12-04T08:00")
    seen.button("show").click()
    seen.until(f"{titles} === 'Kelak,Dua,Satu'")
    seen.sees(TEXTS["view_then"].format(when="Jumat, 4 Desember 2026 pukul 08.00 WIB"))
    seen.page.get_by_role("radio", name=TEXTS["view_staff"]).check()
    seen.until(f"{titles} === 'Kelak,Draf,Dua,Satu'")
    assert seen.has_stayed()


def test_the_public_does_not_see_a_draft(look: Callable[..., Onlooker]) -> None:
    """A draft's page is not there for the public, and the bar says why."""
    seen = look(DRAFT)
    assert seen.bar(".words").startswith("Draf")
    seen.button("view").click()
    seen.page.get_by_role("radio", name=TEXTS["view_now"]).check()
    seen.sees(TEXTS["unseen"].format(mark="Draf"))
    seen.page.get_by_role("radio", name=TEXTS["view_staff"]).check()
    seen.until("document.querySelector('h1').textContent === 'Draf'")
    assert seen.has_stayed()


def test_what_is_not_public_is_marked(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """Links to a draft and to an embargoed release carry a mark, their pages a ribbon; a mark goes with its reason."""
    seen = look("/")
    marks = """JSON.stringify([...document.querySelectorAll("main .card a")].map(link =>
        [link.textContent, getComputedStyle(link, "::after").content]))"""
    until = "Embargo sampai Jumat, 4 Desember 2026 pukul 08.00 WIB"
    expected = f'[["Kelak","\\"{until}\\""],["Draf","\\"Draf\\""],["Dua","none"],["Satu","none"]]'
    assert seen.page.evaluate(marks) == expected
    written.release("draf.md", release("Draf", "2026-11-03"))
    seen.until(f'({marks}).includes(\'["Draf","none"]\')')
    assert seen.has_stayed()
    seen.open(EMBARGO)
    assert seen.bar(".ribbon") == until
    seen.open(FIRST)
    assert seen.bar(".ribbon", "hidden")


def test_a_mark_does_not_flicker(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """No frame shows a list without its marks while it is morphed."""
    seen = look("/")
    seen.page.evaluate("""(() => {
        window.counts = new Set();
        const sample = () => {
            counts.add(document.querySelectorAll("[data-adpim-mark]").length > 1);
            requestAnimationFrame(sample);
        };
        sample();
    })()""")
    written.release("dua.md", release("Dua", "2026-11-02", summary="Ringkasan yang disunting."))
    seen.sees("Ringkasan yang disunting.")
    assert seen.page.evaluate("[...counts]") == [True]


def test_the_cards_of_sharing(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """WhatsApp's card and the search result show the page's own words, picture and address, cut as there."""
    title = "CONTOH: Gubernur Membuka Musyawarah Perencanaan Pembangunan Daerah Tahun 2027"
    written.write({"content/berita/a.png": png(40, 40)})
    long = " ".join(["Ringkasan CONTOH yang panjang."] * 9)
    written.release("satu.md", release(f'"{title}"', slug="satu", summary=long, photo="a.png", alt="Abu-abu"))
    seen = look()
    seen.button("cards").click()
    panel = seen.page.get_by_role("dialog", name=TEXTS["cards"])
    bubble, result = panel.locator(".chat"), panel.locator(".result")
    assert bubble.locator(".headline").inner_text() == title
    assert bubble.locator(".host").inner_text() == "contoh.example"
    assert bubble.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200
    height = "at => at.getBoundingClientRect().height / parseFloat(getComputedStyle(at).lineHeight)"
    assert round(bubble.locator(".headline").evaluate(height)) <= 2
    assert round(bubble.locator(".about").evaluate(height)) <= 2
    shown = result.locator(".headline").inner_text()
    assert shown.endswith(" …")
    assert len(shown) <= 62
    assert title.startswith(shown[:-2])
    assert len(result.locator(".about").inner_text()) <= 162
    assert result.locator(".trail").inner_text() == "contoh.example › 2026 › 11 › satu"
    written.release("satu.md", release("Pendek", slug="satu", photo="a.png", alt="Abu-abu"))
    bubble.get_by_text("Pendek", exact=True).wait_for()


def test_the_page_on_a_phone(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """The phone's width shows the same address without a bar, follows saves, and ends with Escape from within."""
    seen = look()
    phone = seen.button("phone")
    phone.click()
    frame = seen.page.frame_locator("iframe")
    frame.get_by_role("heading", name="Satu").wait_for()
    assert frame.locator("html").evaluate("() => [innerWidth, location.pathname]") == [390, FIRST]
    assert frame.locator(HOST).count() == 0
    written.release("satu.md", release("Satu", body="Disunting."))
    frame.get_by_text("Disunting.").wait_for()
    seen.button("tablet").click()
    assert frame.locator("html").evaluate("() => innerWidth") == 768
    frame.locator("main a").first.focus()
    seen.page.keyboard.press("Escape")
    seen.page.locator("iframe").wait_for(state="detached")
    assert seen.focus() == TEXTS["tablet"]
    assert seen.button("full").get_attribute("aria-pressed") == "true"
    phone.click()
    frame.get_by_role("link", name="Dua").first.click()
    frame.get_by_role("heading", name="Dua").wait_for()
    seen.sees("content/berita/dua.md")
    seen.button("full").click()
    seen.page.wait_for_url(seen.address + SECOND)


def test_the_path_is_copied(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """The button copies where the file is on this machine, and says that it did."""
    seen = look(permissions=["clipboard-read", "clipboard-write"])
    seen.button("copy").click()
    seen.sees(TEXTS["copied"])
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    assert copied == str(written.root / "content" / "berita" / "satu.md")
    seen.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    seen.misses(TEXTS["copied"])
    seen.button("copy").click()
    seen.sees(TEXTS["copied"])


def test_the_page_catches_up_after_a_restart(chromium: Browser, written: Newsroom) -> None:
    """The window says that the preview is gone, and shows what was saved meanwhile when it is back."""
    with Running(written.root) as before:
        seen = Onlooker(chromium, before)
        seen.open(FIRST)
    seen.sees(TEXTS["lost"])
    written.release("satu.md", release("Satu", body="Disunting tanpa pratinjau."))
    with Running(written.root, port=before.port):
        seen.sees("Disunting tanpa pratinjau.")
        seen.misses(TEXTS["lost"])
        written.release("satu.md", release("Satu", body="Disunting sesudahnya."))
        seen.sees("Disunting sesudahnya.")
        assert seen.has_stayed()
        seen.context.close()


def test_a_hidden_window_listens_no_more(
    written: Newsroom, running: Running, look: Callable[..., Onlooker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hidden window closes its stream; shown again, it shows and tells what was saved meanwhile."""
    listeners = []
    whole = stream.Stream.listen

    def counted(self: stream.Stream, number: int, now: int) -> Iterator[bytes]:
        listeners.append(number)
        try:
            yield from whole(self, number, now)
        finally:
            listeners.remove(number)

    monkeypatch.setattr(stream.Stream, "listen", counted)
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    seen = look()
    until(lambda: len(listeners) == 1, "a listener")
    hide = """hidden => { Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange")); }"""
    seen.page.evaluate(hide, True)
    until(lambda: not listeners, "nobody listens")
    written.release("satu.md", release("Satu", body="Disunting di belakang."))
    written.release("dua.md", release("Dua", "2026-11-02", body="Dua juga."))
    running.shows(SECOND, "Dua juga.")
    assert "Disunting di belakang." not in seen.page.locator("main").inner_text()
    seen.page.evaluate(hide, False)
    seen.sees("Disunting di belakang.")
    seen.sees(TEXTS["saved_many"].format(n=2))
    until(lambda: len(listeners) == 1, "a listener")
    assert seen.has_stayed()


def test_an_old_save_leads_nowhere(written: Newsroom, look: Callable[..., Onlooker]) -> None:
    """Who goes back to a page is not led away again by a save that came before."""
    seen = led_to_second(written, look())
    seen.page.go_back()
    seen.page.wait_for_url(seen.address + FIRST)
    seen.open(FIRST)
    written.release("satu.md", release("Satu", body="Satu disunting."))
    seen.sees("Satu disunting.")
    assert seen.has_stayed()


def test_a_page_that_was_put_aside_is_current_again(
    written: Newsroom, running: Running, look: Callable[..., Onlooker]
) -> None:
    """A page that the browser put aside whole shows what was saved meanwhile, and is not led away by it."""
    seen = look("/")
    seen.button("view").click()
    seen.page.get_by_role("switch", name=TEXTS["follow"]).check()
    seen.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    written.release("dua.md", release("Dua", "2026-11-02", summary="Ringkasan yang disunting."))
    running.shows("/", "yang disunting")
    seen.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    seen.sees("Ringkasan yang disunting.")
    assert seen.has_stayed()


def test_the_keyboard_is_enough(look: Callable[..., Onlooker]) -> None:
    """Tab reaches the bar, which is folded and unfolded; a panel opens with Enter, and closes with Escape."""
    seen = look()
    keys = seen.page.keyboard
    keys.press("Shift+Tab")
    assert seen.focus() == TEXTS["collapse"]
    keys.press("Enter")
    assert seen.focus() == TEXTS["expand"]
    seen.until("getComputedStyle(document.documentElement).paddingBottom === '0px'")
    keys.press("Enter")
    assert seen.focus() == TEXTS["collapse"]
    for _ in range(4):
        keys.press("Shift+Tab")
    assert seen.focus() == TEXTS["cards"]
    keys.press("Enter")
    panel = seen.page.get_by_role("dialog", name=TEXTS["cards"])
    panel.wait_for()
    assert seen.focus() == TEXTS["cards"]
    keys.press("Tab")
    assert seen.focus() == TEXTS["close"]
    keys.press("Escape")
    panel.wait_for(state="hidden")
    assert seen.focus() == TEXTS["cards"]
    assert seen.has_stayed()


def test_a_folded_bar_stays_folded(look: Callable[..., Onlooker]) -> None:
    """The next page shows the bar as it was left."""
    seen = look()
    seen.button("collapse").click()
    seen.open(SECOND)
    assert seen.bar(".bar", "hidden")
    seen.button("expand").click()
    seen.open(FIRST)
    assert not seen.bar(".bar", "hidden")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_bar_hides_nothing(look: Callable[..., Onlooker], width: int) -> None:
    """The page's last line can be scrolled above the bar, and nothing is wider than the screen."""
    seen = look(viewport={"width": width, "height": 640})
    seen.until("parseFloat(getComputedStyle(document.documentElement).paddingBottom) > 0")
    seen.page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    end = seen.page.evaluate("document.body.getBoundingClientRect().bottom")
    assert end <= seen.bar(".bar", "getBoundingClientRect().top") + 1
    assert seen.page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_bar_has_no_barrier(written: Newsroom, look: Callable[..., Onlooker], width: int, scheme: Any) -> None:
    """axe-core finds nothing in the bar, its panels, its notes, and what is laid over a page with a mistake."""
    need("axe")
    seen = look(DRAFT, viewport={"width": width, "height": 740}, color_scheme=scheme)
    seen.page.evaluate(AXE.read_text("utf-8"))
    found = {}

    def check(name: str) -> None:
        rules = "{rules: {'target-size': {enabled: true}}}"
        result = seen.page.evaluate(f"axe.run({{include: [['{HOST}']]}}, {rules})")
        assert result["passes"]
        barriers = [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]
        found.update({name: barriers} if barriers else {})

    check("bar")
    written.release("satu.md", release("Satu", photo="tiada.jpg", draft="true"))
    seen.sees(TEXTS["saved"].format(title="Satu"))
    check("note")
    for panel in ("view", "problems", "cards"):
        seen.button(panel).click()
        seen.page.get_by_role("dialog", name=TEXTS[panel]).wait_for()
        check(panel)
    seen.page.keyboard.press("Escape")
    written.release("draf.md", release("Draf", "2026-11-03", draft="true", tempat="Sini"))
    seen.sees(TEXTS["mistake"])
    check("mistakes")
    seen.page.keyboard.press("Escape")
    seen.misses(TEXTS["mistake"])
    seen.button("collapse").click()
    check("folded")
    assert found == {}
