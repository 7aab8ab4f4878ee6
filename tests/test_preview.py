"""The preview shows what a build would make, follows every save, and says what is wrong."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from generator.content import find_files, sign
from generator.intake.demo import write_demo
from generator.preview.archive import SETTLING
from generator.preview.hints import is_temporary
from generator.preview.inspection import inspect
from generator.preview.libraries import Look
from generator.preview.serve import Wish, read_desk
from tests.newsroom import NOW, Newsroom, Quiet, at, png, release
from tests.previewing import Listener, Running, look, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.server
PUBLIC = look("public")
URL, FILE = "/2026/11/contoh/", "content/berita/contoh.md"


@pytest.fixture
def running(newsroom: Newsroom) -> Iterator[Running]:
    """A preview of a newsroom with one release at URL."""
    newsroom.release("contoh.md", release())
    with Running(newsroom.root) as running:
        yield running


def same_as_built(newsroom: Newsroom, running: Running) -> None:
    """Hold that the public sees in the preview what a build makes, each file of it and none besides."""
    newsroom.build()
    for file, built in newsroom.files().items():
        path = "/" + file.removesuffix("index.html")
        shown = running.ask(path, **PUBLIC)
        assert shown.page == built, file
        assert shown.status == 200, file


def test_every_page_is_the_built_one(newsroom: Newsroom) -> None:
    """Each file of the demo site is served byte for byte, less the client, after edits too; output/ is not written."""
    shutil.rmtree(newsroom.root)
    write_demo(newsroom.root, 60)
    newsroom.write({"content/berita/foto.md": release("Foto", photo="a.png", tags="[Foto]")})
    newsroom.write({"content/berita/a.png": png()})
    with Running(newsroom.root) as running:
        assert not (newsroom.root / "output").exists()
        same_as_built(newsroom, running)
        files = sorted((newsroom.root / "content/berita").rglob("*.md"))
        files[3].unlink()
        text = files[7].read_text("utf-8")
        files[7].write_text(text.replace('title: "', 'title: "Disunting ', 1) + "\nPenanda CONTOH.\n", "utf-8")
        newsroom.release("baru.md", release("Baru", tags="[Foto, Air]", aliases="[/lama.html]"))
        newsroom.write({"templates/static/style.css": "body { color: teal }\n"})
        running.shows("/", "Baru")
        running.shows("/topik/foto/", "Baru")
        running.shows("/", "style.", **PUBLIC)
        until(lambda: b"teal" in running.ask(style(running)).body, "the style")
        same_as_built(newsroom, running)


def style(running: Running) -> str:
    """Return the address of the style that the home page names."""
    return next(re.finditer(r"/static/style\.[0-9a-f]+\.css", running.ask("/").text))[0]


def is_there(running: Running, path: str) -> bool:
    """Say whether staff find a page at ``path``."""
    return running.ask(path).status == 200


def in_place(file: Path, text: str) -> None:
    """Save as Notepad does."""
    file.write_text(text, "utf-8")


def beside_and_rename(file: Path, text: str) -> None:
    """Save as vim and VS Code do."""
    swap, probe = file.with_name(f".{file.name}.swp"), file.with_name("4913")
    swap.write_text("b0VIM", "utf-8")
    probe.touch()
    probe.unlink()
    backup = file.with_name(f"{file.name}~")
    file.rename(backup)
    in_place(file, text)
    backup.unlink()
    swap.unlink()


def replaced(file: Path, text: str) -> None:
    """Save as `sed -i` does."""
    beside = file.with_name("sedXq1w2e")
    in_place(beside, text)
    beside.replace(file)


def as_word_does(file: Path, text: str) -> None:
    """Save as Word does: into a temporary file, with the old one put aside first."""
    owner, new, old = (file.with_name(name) for name in (f"~${file.name}", "~WRD0001.tmp", "~WRL0002.tmp"))
    owner.touch()
    in_place(new, text)
    file.rename(old)
    new.rename(file)
    old.unlink()
    owner.unlink()


def deleted_and_made(file: Path, text: str) -> None:
    """Save by deleting the file and making it anew."""
    file.unlink()
    in_place(file, text)


WAYS = [in_place, beside_and_rename, replaced, as_word_does, deleted_and_made]


@pytest.mark.parametrize("save", WAYS)
@pytest.mark.parametrize("poll", [False, True])
def test_every_way_of_saving_shows(newsroom: Newsroom, save: Callable[[Path, str], None], poll: bool) -> None:
    """However an editor saves a file, its page shows it, and nothing that the editor made besides."""
    newsroom.release("contoh.md", release())
    with Running(newsroom.root, poll=poll) as running:
        listener = Listener(running)
        for number in range(2):
            save(newsroom.root / FILE, release(body=f"Isi yang ke-{number}."))
            running.shows(URL, f"Isi yang ke-{number}.")
            told = listener.next()
            assert [(each["source"], each["title"], each["wrong"]) for each in told["saved"]] == [
                (FILE, "CONTOH", False)
            ]
        assert running.facts("/")["count"] == 0
        assert running.ask("/").text.count('<article class="card') == 1


def test_a_page_is_never_the_one_before_the_save(running: Running, newsroom: Newsroom) -> None:
    """Whoever asks after the system has told of a save gets the saved page: a request waits for what is under way."""
    listener = Listener(running)
    for number in range(20):
        newsroom.release("contoh.md", release(body=f"Isi yang ke-{number}."))
        assert listener.next()["saved"][0]["source"] == FILE
        assert f"Isi yang ke-{number}." in running.ask(URL).text


def test_a_folder_moved_in_and_out_is_followed(running: Running, newsroom: Newsroom) -> None:
    """Releases come with the folder that is moved in, and go with it."""
    aside = newsroom.root / "aside"
    (aside / "dalam").mkdir(parents=True)
    (aside / "dalam" / "a.md").write_text(release("Dari folder"), "utf-8")
    aside.rename(newsroom.root / "content/berita/2026")
    running.shows("/", "Dari folder")
    (newsroom.root / "content/berita/2026").rename(aside)
    running.hides("/", "Dari folder")
    assert running.ask("/2026/11/dari-folder/").status == 404


def test_a_checkout_of_a_thousand_files_is_one_update(running: Running, newsroom: Newsroom) -> None:
    """Many files at once are told of once or twice, not a thousand times, and all are there."""
    git = ["git", "-c", "user.name=CONTOH", "-c", "user.email=contoh@contoh.example", "-C", str(newsroom.root)]
    for command in (["init", "-q"], ["add", "content"], ["commit", "-qm", "CONTOH"], ["checkout", "-qb", "lain"]):
        subprocess.run([*git, *command], check=True)
    for number in range(1000):
        newsroom.release(f"2026/r{number}.md", release(f"Rilis {number}", "2026-10-01"))
    for command in (["add", "content"], ["commit", "-qm", "CONTOH"], ["checkout", "-q", "@{-1}"]):
        subprocess.run([*git, *command], check=True)
    until(lambda: len(running.preview.desk.archive.entries) == 1, "the first branch is back")
    listener = Listener(running)
    subprocess.run([*git, "checkout", "-q", "lain"], check=True)
    updates, files = 0, 0
    while files < 1000:
        files += len(listener.next()["saved"])
        updates += 1
    assert updates <= 5
    assert running.ask("/2026/10/rilis-999/").status == running.ask("/2026/10/rilis-0/").status == 200


def test_a_template_and_a_static_file_are_followed(running: Running, newsroom: Newsroom) -> None:
    """The site's own template wins from the moment it is there, and a static file changes its address."""
    newsroom.write({"templates/404.html": '{% extends "base.html" %}{% block content %}Tak ada CONTOH{% endblock %}'})
    running.shows("/tidak-ada/", "Tak ada CONTOH")
    before = running.ask(URL).text
    newsroom.write({"templates/static/style.css": "body { color: teal }\n"})
    until(lambda: running.ask(URL).text != before, "another address of the style")
    newsroom.write({"templates/static/style.css": "body { color: red }\n"})
    shutil.rmtree(newsroom.root / "templates")
    running.hides("/tidak-ada/", "Tak ada CONTOH")


def test_site_toml_is_followed(running: Running, newsroom: Newsroom) -> None:
    """A new title stands on every page, a new zone in every release; with a mistake the last good one stays."""
    text = (newsroom.root / "content/site.toml").read_text("utf-8")
    newsroom.release("jam.md", release("Jam", "2026-11-01 08:00"))
    running.shows("/2026/11/jam/", "08.00 WIB")
    newsroom.write({"content/site.toml": text.replace("Biro CONTOH", "Biro Lain") + 'timezone = "Asia/Makassar"\n'})
    running.shows(URL, "Biro Lain</title>")
    running.shows("/2026/11/jam/", "08.00 WITA")
    newsroom.write({"content/site.toml": "title = \n"})
    until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
    (problem,) = running.facts(URL)["here"]
    assert (problem["path"], problem["line"]) == ("content/site.toml", 1)
    assert "Biro Lain</title>" in running.ask(URL).text
    newsroom.write({"content/site.toml": text})
    running.shows(URL, "Biro CONTOH</title>")
    assert running.facts(URL)["here"] == []


def test_a_mistake_is_explained_over_the_last_good_page(running: Running, newsroom: Newsroom) -> None:
    """A broken release tells file, line, the lines around it, cause and fix; its page stays, others go on."""
    newsroom.release("contoh.md", "---\ntitle: CONTOH\ndate: kemarin\ntags: [Air]\n---\n\nIsi rusak.\n")
    until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
    facts = running.facts(URL)
    (problem,) = facts["here"]
    assert (problem["path"], problem["line"], facts["whole"]) == (FILE, 3, True)
    assert problem["what"] == '"date" bukan tanggal yang benar.'
    assert problem["fix"].startswith("Tulis")
    assert [(row["line"], row["here"]) for row in problem["rows"]] == [(n, n == 3) for n in range(1, 7)]
    assert problem["rows"][2]["text"] == "date: kemarin"
    assert "Isi CONTOH." in running.ask(URL).text
    assert running.facts("/")["here"] == []
    assert running.facts("/")["count"] == 1
    assert running.ask("/arsip/").status == 200
    newsroom.release("contoh.md", release(body="Sudah benar."))
    running.shows(URL, "Sudah benar.")
    assert running.facts(URL)["here"] == []


def test_a_new_release_with_a_mistake_is_explained_where_it_will_stand(running: Running, newsroom: Newsroom) -> None:
    """A file that was never whole has its mistake at the address that it would have; so has one broken at the start."""
    broken = release("Baru", expires="kapan-kapan")
    newsroom.release("baru.md", broken)
    until(lambda: bool(running.facts("/2026/11/baru/")["here"]), "the mistake is told")
    assert running.ask("/2026/11/baru/").status == 404
    with Running(newsroom.root) as another:
        (problem,) = another.facts("/2026/11/baru/")["here"]
        assert problem["path"] == "content/berita/baru.md"


def test_a_release_broken_since_the_last_build_shows_its_last_good_text(newsroom: Newsroom) -> None:
    """What the ledger keeps of a release stands under its mistake, though nobody has looked at its page."""
    newsroom.release("contoh.md", release(body="Isi lama."))
    with Running(newsroom.root) as running:
        newsroom.release("contoh.md", release(body="Isi lama.", expires="kapan"))
        until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
        assert "Isi lama." in running.ask(URL).text


def test_a_template_with_a_mistake_is_explained(running: Running, newsroom: Newsroom) -> None:
    """A failing template tells file and line over the last good page; pages without it go on; mended, all is well."""
    assert "Isi CONTOH." in running.ask(URL).text
    newsroom.write({"templates/release.html": "satu\n{{ tidak_ada }}\n"})
    until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
    (problem,) = running.facts(URL)["here"]
    assert (problem["path"], problem["line"]) == ("templates/release.html", 2)
    assert problem["rows"][1] == {"line": 2, "text": "{{ tidak_ada }}", "here": True}
    assert "Isi CONTOH." in running.ask(URL).text
    assert running.ask("/").status == 200
    newsroom.release("lain.md", release("Lain"))
    until(lambda: running.ask("/2026/11/lain/").status == 503, "a page that was never good")
    assert running.facts("/2026/11/lain/")["whole"] is False
    (newsroom.root / "templates/release.html").unlink()
    running.shows("/2026/11/lain/", "Isi CONTOH.")
    assert running.facts(URL)["here"] == []


def test_a_half_saved_file_is_waited_for(running: Running, newsroom: Newsroom) -> None:
    """A file that an editor has emptied and not yet written is no mistake, and its page does not vanish."""
    listener = Listener(running)
    (newsroom.root / FILE).write_bytes(b"")
    assert "Isi CONTOH." in running.ask(URL).text
    assert running.facts(URL)["here"] == []
    newsroom.release("contoh.md", release(body="Ditulis kemudian."))
    assert listener.next()["saved"][0]["wrong"] is False
    assert "Ditulis kemudian." in running.ask(URL).text


def test_an_empty_file_that_stays_empty_is_a_mistake(running: Running, newsroom: Newsroom) -> None:
    """After a moment nobody believes any more that it is being saved."""
    (newsroom.root / FILE).write_bytes(b"")
    until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
    (newsroom.root / FILE).unlink()
    until(lambda: running.ask(URL).status == 404, "it is gone")


def test_pictures_are_followed(running: Running, newsroom: Newsroom) -> None:
    """A missing picture is told of, shown as soon as it is there, and shown anew when it is replaced."""
    newsroom.release("contoh.md", release(photo="a.png", alt="CONTOH"))
    until(lambda: bool(running.facts(URL)["here"]), "the missing picture is told")
    newsroom.write({"content/berita/a.png": png()})
    until(lambda: not running.facts(URL)["here"], "the picture is found")
    (address,) = re.findall(r' src="(/2026/11/contoh/a-2\.[0-9a-f]{8}\.jpg)"', running.ask(URL).text)
    assert running.ask(address).headers["Content-Type"] == "image/jpeg"
    assert running.ask(address.replace(".jpg", ".webp")).headers["Content-Type"] == "image/webp"
    newsroom.write({"content/berita/a.png": png(4, 3)})
    running.shows(URL, 'width="4" height="3"')
    (newsroom.root / "content/berita/a.png").unlink()
    until(lambda: bool(running.facts(URL)["here"]), "the missing picture is told")


def test_pictures_are_followed_by_looking_too(newsroom: Newsroom) -> None:
    """With --poll a picture is found, and one that is replaced is shown anew."""
    newsroom.release("contoh.md", release(photo="a.png", alt="CONTOH"))
    with Running(newsroom.root, poll=True) as running:
        assert running.facts(URL)["count"] == 1
        newsroom.write({"content/berita/a.png": png()})
        running.shows(URL, 'width="2" height="2"')
        newsroom.write({"content/berita/a.png": png(4, 3), "content/site.toml": newsroom_toml("Lain")})
        running.shows(URL, 'width="4" height="3"')
        running.shows(URL, "Lain</title>")


def newsroom_toml(title: str) -> str:
    """Return a site.toml."""
    return f'title = "{title}"\nbase_url = "https://contoh.example"\n'


def test_what_a_draft_still_lacks_is_only_a_warning(running: Running, newsroom: Newsroom) -> None:
    """A draft without its picture shows, and the list of problems says what will be one."""
    newsroom.release("draf.md", release("Draf", draft="true", photo="belum.jpg", alt="CONTOH"))
    running.shows("/2026/11/draf/", "Isi CONTOH.")
    (problem,) = running.facts("/2026/11/draf/")["problems"]
    assert (problem["path"], problem["severity"]) == ("content/berita/draf.md", "warning")
    assert running.facts("/2026/11/draf/")["here"] == []


def test_a_photo_without_alternative_text_is_told(running: Running, newsroom: Newsroom) -> None:
    """The list of problems asks for an alternative text; the page shows all the same, with nothing laid over it."""
    newsroom.write({"content/berita/a.png": png()})
    newsroom.release("contoh.md", release(photo="a.png"))
    running.shows(URL, "<figure")
    (problem,) = running.facts(URL)["problems"]
    assert (problem["line"], problem["severity"], problem["text"]) == (4, "warning", "photo: a.png")
    assert problem["what"] == 'Foto "a.png" belum punya teks alternatif.'
    assert running.facts(URL)["here"] == []


def test_staff_see_drafts_marked_and_the_public_does_not(running: Running, newsroom: Newsroom) -> None:
    """Drafts, embargoed and expired releases are on lists and pages with their mark, unless one looks as the public."""
    newsroom.release("draf.md", release("Naskah", draft="true"))
    newsroom.release("nanti.md", release("Nanti", publish_at="2026-12-04 08:00", tags="[Air]"))
    newsroom.release("lewat.md", release("Lewat", expires="2026-11-02"))
    newsroom.release("tarik.md", release("Tarik", withdrawn="Keliru."))
    newsroom.write({"content/halaman/sikap.md": "---\ntitle: Sikap\ndraft: true\n---\n\nIsi.\n"})
    for path in ("/2026/11/naskah/", "/2026/11/nanti/", "/2026/11/lewat/", "/2026/11/tarik/", "/sikap/"):
        until(partial(is_there, running, path), path)
        assert running.ask(path, **PUBLIC).status == (200 if "tarik" in path else 404)
    assert running.facts("/")["marks"] == {
        "/2026/11/naskah/": "Draf",
        "/2026/11/nanti/": "Embargo sampai Jumat, 4 Desember 2026 pukul 08.00 WIB",
        "/2026/11/lewat/": "Kedaluwarsa",
        "/sikap/": "Draf",
    }
    said = {path: running.facts(path) for path in running.facts("/")["marks"]}
    assert said["/2026/11/nanti/"]["words"] == "Embargo: terbit Jumat, 4 Desember 2026 pukul 08.00 WIB."
    assert said["/2026/11/lewat/"]["words"] == "Masa tayangnya berakhir Selasa, 3 November 2026 pukul 00.00 WIB."
    assert sorted(facts["state"] for facts in said.values()) == ["draft", "draft", "embargo", "expired"]
    assert running.facts(URL)["words"] == "Terbit Minggu, 1 November 2026."
    assert running.facts("/2026/11/tarik/")["state"] == "withdrawn"
    assert running.facts("/arsip/")["state"] == ""
    assert "Nanti" in running.ask("/").text
    assert "Nanti" not in running.ask("/", **PUBLIC).text
    later = look("2026-12-04T08:00")
    assert "Nanti" in running.ask("/", **later).text
    assert "Nanti" not in running.ask("/", **look("2026-12-04T07:59")).text
    assert "Lewat" in running.ask("/", **look("2026-11-01T12:00")).text
    words = "Jumat, 4 Desember 2026 pukul 08.00 WIB"
    assert running.facts("/", **later)["look"] == {"staff": False, "at": "2026-12-04T08:00", "words": words}
    assert running.facts("/", **PUBLIC)["look"] == {"staff": False, "at": "", "words": ""}
    assert running.facts("/")["look"] == {"staff": True, "at": "", "words": ""}


def test_the_clock_goes_on(newsroom: Newsroom) -> None:
    """What the public sees now changes when an embargo ends, though nobody saves anything."""
    newsroom.release("nanti.md", release("Nanti", publish_at="2026-11-24 10:01"))
    with Running(newsroom.root) as running:
        assert "Nanti" not in running.ask("/", **PUBLIC).text
        running.now = "2026-11-24 10:01"
        assert "Nanti" in running.ask("/", **PUBLIC).text


def test_problems_between_files_are_found_in_quiet(running: Running, newsroom: Newsroom) -> None:
    """An address wanted twice, a correction from the future and a name that is not read are listed a moment later."""
    newsroom.release("kembar.md", release())
    newsroom.release("kelak.md", release("Kelak", corrections="[{date: 2027-01-01, note: CONTOH}]"))
    newsroom.release("catatan.txt", "CONTOH")
    until(lambda: running.facts("/")["count"] == 3, "three problems")
    found = {(problem["path"], problem["severity"]) for problem in running.facts("/")["problems"]}
    assert found == {
        ("content/berita/kembar.md", "error"),
        ("content/berita/kelak.md", "error"),
        ("content/berita/catatan.txt", "warning"),
    }
    for name in ("kembar.md", "kelak.md", "catatan.txt"):
        (newsroom.root / "content/berita" / name).unlink()
    newsroom.release("contoh.md", release(body="Satu saja."))
    until(lambda: running.facts("/")["count"] == 0, "no problem")
    running.shows(URL, "Satu saja.")


def test_a_change_of_which_nothing_was_told_is_found(newsroom: Newsroom) -> None:
    """Where the system missed changes, the next inspection finds what is new, what is other and what is gone."""
    for name in "abc":
        newsroom.release(f"{name}.md", release(name.upper()))
        os.utime(newsroom.root / f"content/berita/{name}.md", (1e9, 1e9))
    newsroom.build()
    desk = read_desk(Wish(newsroom.root, lambda _: at(NOW)), Quiet())
    desk.update({"content"})
    assert inspect(desk).strays == set()
    (newsroom.root / "content/berita/a.md").unlink()
    newsroom.release("b.md", release("B lain"))
    newsroom.release("d.md", release("D"))
    strays = inspect(desk).strays
    assert strays == {f"content/berita/{name}.md" for name in "abd"}
    desk.update(strays)
    time.sleep(SETTLING / 1e9)
    desk.update(strays)
    assert inspect(desk).strays == set()
    assert desk.show(Look(), "/2026/11/a/").found is False
    assert desk.show(Look(), "/2026/11/b-lain/").found is True


def test_a_hidden_page_hears_what_it_missed(running: Running, newsroom: Newsroom) -> None:
    """Who comes back with the number it has seen hears of what was saved since, and of nothing if nothing was."""
    listener = Listener(running)
    newsroom.release("contoh.md", release(body="Baru."))
    number = listener.next()["number"]
    listener.close()
    assert Listener(running, seen=number).first == {"number": number}
    missed = Listener(running, seen=number - 1).first
    assert (missed["number"], [saved["source"] for saved in missed["saved"]]) == (number, ["content/berita/contoh.md"])


def test_a_site_below_a_path_is_served_there(newsroom: Newsroom) -> None:
    """With a path in base_url, pages and links stand below it, as on the host; the server's root leads there."""
    newsroom.write({"content/site.toml": newsroom_toml("Situs").replace(".example", ".example/berita")})
    newsroom.release("contoh.md", release())
    with Running(newsroom.root) as running:
        assert running.link.path == "/berita/"
        assert running.ask("/").headers["Location"] == "/berita/"
        assert running.ask("/berita/2026/11/contoh").headers["Location"] == "/berita/2026/11/contoh/"
        assert running.ask("/2026/11/contoh/").status == 404
        newsroom.build()
        assert running.ask("/berita/2026/11/contoh/").page == newsroom.files()["2026/11/contoh/index.html"]
        assert running.facts("/berita/2026/11/contoh/")["source"] == FILE


@pytest.mark.slow
def test_edits_beyond_counting_leave_memory_as_it_was(newsroom: Newsroom) -> None:
    """After ten thousand edits, each shown, no more objects are held than after a hundred."""
    for number in range(20):
        newsroom.release(f"r{number}.md", release(f"R {number}", tags="[T1]"))
    desk = read_desk(Wish(newsroom.root, lambda _: at(NOW)), Quiet())
    held = {}
    for number in range(1, 10_001):
        newsroom.release("contoh.md", release(body=f"Isi {number:05}.", tags=f"[T{number % 7}]", summary=f"R {number}"))
        desk.update({FILE})
        desk.show(Look(staff=number % 2 == 0), URL)
        if number in {100, 10_000}:
            gc.collect()
            held[number] = len(gc.get_objects())
    assert held[10_000] - held[100] < 500


def test_content_may_be_a_link(newsroom: Newsroom, tmp_path: Path) -> None:
    """Where content/ stands elsewhere and is linked, what a build reads is followed."""
    newsroom.release("contoh.md", release())
    (newsroom.root / "content").rename(tmp_path / "lain")
    (newsroom.root / "content").symlink_to(tmp_path / "lain")
    with Running(newsroom.root) as running:
        assert "content/berita/contoh.md" in running.preview.desk.archive.entries
        running.preview.desk.update({"content"})
        assert inspect(running.preview.desk).strays == set()
        newsroom.release("contoh.md", release(body="Lewat tautan."))
        running.preview.desk.update({FILE})
        assert "Lewat tautan." in running.ask(URL).text


def test_whatever_is_found_is_signed(newsroom: Newsroom) -> None:
    """One file alone is judged as it is among all."""
    for name in ("a.md", "#b.md", "2026/c.markdown", ".d.md", "e.txt", "~$f.md", "g.md~"):
        newsroom.release(name, release())
    found = dict(find_files(newsroom.root, "content/berita", []))
    assert set(found) == {f"content/berita/{name}" for name in ("a.md", "#b.md", "2026/c.markdown")}
    assert {source: sign(newsroom.root, source) for source in found} == found
    assert not any(is_temporary(source.rpartition("/")[2]) for source in found)


def test_a_name_that_is_not_read_is_listed_and_forgotten(running: Running, newsroom: Newsroom) -> None:
    """A file that only lies there is told of in the next quiet moment, and no more once it is gone."""
    newsroom.release("catatan.txt", "CONTOH")
    until(lambda: running.facts("/")["count"] == 1, "the note is listed")
    (newsroom.root / "content/berita/catatan.txt").unlink()
    until(lambda: running.facts("/")["count"] == 0, "and forgotten")


def test_a_template_that_fails_on_one_release_is_mended_by_that_release(running: Running, newsroom: Newsroom) -> None:
    """A mistake that only one page shows is gone when that page is right."""
    newsroom.write({"templates/release.html": "{{ 1 / (0 if 'nol' in release.html else 1) }}{{ release.html }}"})
    newsroom.release("contoh.md", release(body="Bagi nol."))
    until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
    newsroom.release("contoh.md", release(body="Bagi satu."))
    running.shows(URL, "Bagi satu.")
    assert running.facts(URL)["count"] == 0


def test_a_failed_build_beside_it_takes_nothing_away(running: Running, newsroom: Newsroom) -> None:
    """The last good text of a broken release stays, though a build has forgotten it."""
    newsroom.release("contoh.md", release(expires="kapan"))
    until(lambda: bool(running.facts(URL)["here"]), "the mistake is told")
    assert newsroom.problems()
    assert "Isi CONTOH." in running.ask(URL).text


def test_an_emptied_template_is_waited_for(running: Running, newsroom: Newsroom) -> None:
    """A template or site.toml that an editor has emptied and not yet written shows nothing empty."""
    newsroom.write({"templates/page.html": "TEMPLAT SATU"})
    site_toml = (newsroom.root / "content/site.toml").read_text("utf-8")
    newsroom.write({"content/halaman/x.md": "---\ntitle: X\n---\n\nIsi.\n"})
    running.shows("/x/", "TEMPLAT SATU")
    newsroom.write({"templates/page.html": "", "content/site.toml": ""})
    assert running.preview.desk.update({"templates/page.html", "content/site.toml"}).later
    assert "TEMPLAT SATU" in running.ask("/x/").text
    assert running.facts("/x/")["here"] == []
    newsroom.write({"templates/page.html": "TEMPLAT DUA", "content/site.toml": site_toml})
    running.shows("/x/", "TEMPLAT DUA")


def test_a_renamed_file_is_one_release(newsroom: Newsroom) -> None:
    """What moves to another name is in no list twice."""
    newsroom.release("contoh.md", release())
    desk = read_desk(Wish(newsroom.root, lambda _: at(NOW)), Quiet())
    (newsroom.root / FILE).rename(newsroom.root / "content/berita/lain.md")
    assert not desk.update({FILE, "content/berita/lain.md"}).later
    assert [r.article.source for r in desk.libraries.of(Look()).releases] == ["content/berita/lain.md"]


def test_a_folder_of_pictures_that_goes_is_noticed(running: Running, newsroom: Newsroom) -> None:
    """Pictures that go with their folder are missed, and found again with it."""
    newsroom.write({"content/foto/a.png": png()})
    newsroom.release("contoh.md", release(photo="a.png", alt="CONTOH"))
    running.shows(URL, "a-2.")
    (newsroom.root / "content/foto").rename(newsroom.root / "foto")
    until(lambda: bool(running.facts(URL)["here"]), "the missing picture is told")
    (newsroom.root / "foto").rename(newsroom.root / "content/foto")
    until(lambda: not running.facts(URL)["here"], "the picture is found")


def test_a_standing_page_that_was_never_whole_is_explained_where_it_will_stand(newsroom: Newsroom) -> None:
    """Its file's name says where that is."""
    newsroom.write({"content/halaman/sikap.md": "---\ntitel: Sikap\n---\n\nIsi.\n"})
    with Running(newsroom.root) as running:
        assert running.facts("/sikap/")["here"][0]["path"] == "content/halaman/sikap.md"


def test_now_is_fixed_by_the_wish(newsroom: Newsroom) -> None:
    """With --now the whole preview stands at that moment."""
    newsroom.release("nanti.md", release("Nanti", publish_at="2026-12-04"))
    with Running(newsroom.root, now="2026-12-05") as running:
        assert "Nanti" in running.ask("/", **PUBLIC).text
        assert running.facts("/2026/11/nanti/")["state"] == "public"
        assert running.facts("/")["now"].startswith("2026-12-05")


def test_a_link_out_of_content_is_not_read(running: Running, newsroom: Newsroom, tmp_path: Path) -> None:
    """What a build does not read, the preview does not show: links that lead out, hidden files, linked folders."""
    (tmp_path / "luar.md").write_text(release("Luar"), "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/dalam.md").write_text(release("Dalam"), "utf-8")
    (newsroom.root / "content/berita/luar.md").symlink_to(tmp_path / "luar.md")
    (newsroom.root / "content/berita/folder").symlink_to(tmp_path / "folder")
    newsroom.release(".rahasia.md", release("Rahasia"))
    newsroom.release("sah.md", release("Sah"))
    running.shows("/", "Sah")
    until(lambda: running.facts("/")["count"] == 2, "both links are told")
    text = running.ask("/").text
    assert not any(title in text for title in ("Luar", "Dalam", "Rahasia"))
