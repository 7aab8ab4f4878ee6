"""What real web servers make of .htaccess and .nginx.conf: headers, types, caching, compression, redirects."""

from __future__ import annotations

import gzip
import io
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from PIL import Image

from generator.mediatypes import is_text, kinds, media_type
from generator.urls import is_hashed
from tests.browser import browser, need
from tests.newsroom import SITE, Newsroom, release
from tests.showcase import NOW as SHOWCASE_NOW
from tests.showcase import PAGES, write_showcase
from tests.webservers import BARE, FULL, WebServer, apache, nginx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.server

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; font-src 'self'; "
    "img-src 'self' data:; manifest-src 'self'; media-src 'self'; script-src 'self'; style-src 'self'"
)
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
LASTING = {"strict-transport-security": "max-age=31536000"}
SHORT = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
OLD = ("/lama/berita-1.html", "/Lama/Berita_2/", "/a+b/(c).php", "/2019/05/judul.lama/")
SHOWN = {name: path for name, path in PAGES.items() if name != "huruf" and not path.startswith("/2009/")}
"""Page types of a showcase without its old archive, which reaches back to 2009 and has topics enough for letters."""
SERVERS = {"apache": apache, "nginx": nginx}


class Served(NamedTuple):
    """A site that a server serves: the server, and the path of the site's address."""

    server: WebServer
    path: str

    def files(self) -> list[str]:
        """Return every file of the site that readers are to have."""
        folder = self.server.folder
        return sorted(
            file.relative_to(folder).as_posix()
            for file in folder.rglob("*")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        )


def picture(kind: str) -> bytes:
    """Return a picture."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, kind)
    return data.getvalue()


def make_site(root: Path, base: str) -> Path:
    """Build a site whose address is ``base``, with a file of every kind; return its output folder."""
    newsroom = Newsroom(root)
    newsroom.write(
        {
            "content/site.toml": SITE.replace("https://contoh.example", base),
            "content/foto/acara.jpg": picture("JPEG"),
            "templates/static/contoh.webp": picture("WEBP"),
            "templates/static/contoh.avif": b"CONTOH",
            "templates/static/huruf/contoh.woff2": b"CONTOH",
        }
    )
    aliases = "[" + ", ".join(f'"{old}"' for old in OLD) + "]"
    newsroom.release("a.md", release("Naskah", tags="[Jalan]", photo="acara.jpg", aliases=aliases))
    for number in range(45):
        newsroom.release(f"b{number}.md", release(f"Naskah {number}", tags="[Sawah]", body="Kata CONTOH. " * 40))
    newsroom.build()
    return newsroom.root / "output"


@pytest.fixture(scope="module", params=[(name, path) for name in SERVERS for path in ("", "/pers")], ids=str)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site at the root of its host and one below a path, each served by Apache and by nginx."""
    name, path = request.param
    site = make_site(tmp_path_factory.mktemp("situs"), f"https://contoh.example{path}")
    with SERVERS[name](site, path) as server:
        yield Served(server, path)


def one_of_each(served: Served) -> dict[str, str]:
    """Return one file of the site for every kind of name."""
    return {file.rpartition("/")[2].rpartition(".")[2]: file for file in served.files()}


def test_every_answer_carries_the_security_headers(served: Served) -> None:
    """Pages, files, redirects and errors all carry each security header, once and with its exact value."""
    wanted = SECURITY | ({} if served.path else LASTING)
    places = [
        *one_of_each(served).values(),
        "",
        "atom.xml",
        "tidak-ada/",
        "static/tidak-ada.01234567.css",
        "lama/berita-1.html",
    ]
    for file in places:
        answer = served.server.ask(f"{served.path}/{file}")
        assert {name: answer.headers.get(name) for name in (*SECURITY, *LASTING)} == {
            name: wanted.get(name) for name in (*SECURITY, *LASTING)
        }, file


def test_every_file_has_its_type(served: Served) -> None:
    """Each kind of file is served under its media type, text with its charset."""
    kinds = {}
    for file in served.files():
        name = file.rpartition("/")[2]
        key = name if name in {"atom.xml", "rss.xml", "feed.json", "manifest.json"} else name.rpartition(".")[2]
        # The page at an old address may have any name; this one is answered with a redirect.
        if f"/{file}" not in OLD:
            kinds[key] = served.server.ask(f"{served.path}/{file}").headers["content-type"].lower()
    assert kinds == {
        "atom.xml": "application/atom+xml; charset=utf-8",
        "rss.xml": "application/rss+xml; charset=utf-8",
        "feed.json": "application/feed+json; charset=utf-8",
        "manifest.json": "application/manifest+json; charset=utf-8",
        "avif": "image/avif",
        "css": "text/css; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "jpg": "image/jpeg",
        "js": "text/javascript; charset=utf-8",
        "png": "image/png",
        "svg": "image/svg+xml; charset=utf-8",
        "txt": "text/plain; charset=utf-8",
        "webp": "image/webp",
        "woff2": "font/woff2",
        "xml": "application/xml; charset=utf-8",
    }


OFFICE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "odt": "application/vnd.oasis.opendocument.text",
    "vcf": "text/vcard; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
}
"""Some of what an office has among its static files, and what it must be served as."""


@pytest.mark.parametrize("name", SERVERS)
def test_what_an_office_adds_is_served_as_what_it_is(newsroom: Newsroom, name: str) -> None:
    """Each ending in the table is served under its own type by both servers, and compressed exactly if it is text."""
    endings = {each for kind in kinds(whole=False) for each in kind.names} | OFFICE.keys()
    newsroom.write({f"templates/static/contoh.{each}": b"CONTOH " * 100 for each in endings})
    newsroom.build()
    files = [file for file in newsroom.files() if file.startswith("static/contoh.")]
    with SERVERS[name](newsroom.root / "output") as server:
        said = {f.rpartition(".")[2]: server.ask(f"/{f}", Accept_Encoding="gzip").headers for f in files}
    types = {ending: each["content-type"] for ending, each in said.items()}
    assert types == {ending: media_type(f"contoh.{ending}") for ending in endings} | OFFICE
    packed = {ending for ending, each in said.items() if "content-encoding" in each}
    assert packed == {ending for ending in endings if is_text(f"contoh.{ending}")}


def test_names_with_a_hash_are_kept_for_ever_and_all_others_shortly(served: Served) -> None:
    """Styles, scripts and photos are immutable for a year; what may change is asked for each time."""
    kept = set()
    for file in served.files():
        if f"/{file}" not in OLD:
            has_hash = re.search(r"\.[0-9a-f]{8,}\.\w+$", file) is not None
            wanted = FOR_EVER if has_hash else SHORT
            assert served.server.ask(f"{served.path}/{file}").headers["cache-control"] == wanted, file
            kept |= {file.rpartition(".")[2]} if has_hash else set()
            assert has_hash or not file.startswith("static/")
    assert {"css", "js", "jpg", "webp"} <= kept


NAMES = ("Lampiran.PDF", "Foto.JPG", "LOGO.SVG", "B.CSS", "nama", "v1.2/nama", "Peta Desa (é).Docx", "a.b_c", "akhir.")
LOOKALIKES = (
    "/lama/a.12345678.html",
    "/a.0123456789ab.jpg",
    "/kartu.01234567.png",
    "/kartu.0123456789ab.jpg",
    "/lama/static/b.12345678.css",
    "/statis/b.12345678.css",
    "/2026/11/a-960.12345678.jpg",
    "/2026/11/b/a-960.12345678.html",
    "/2026/11/b/c.12345678/",
)
"""Old addresses of anybody's choosing that look as if they carried a hash."""


@pytest.mark.parametrize("path", ["", "/pers"])
@pytest.mark.parametrize("name", SERVERS)
def test_static_files_of_any_name_are_kept_for_ever(newsroom: Newsroom, name: str, path: str) -> None:
    """A static file of the site's own is immutable whatever its name: with capitals, spaces, or without an ending."""
    newsroom.write({f"templates/static/{file}": b"CONTOH" for file in NAMES})
    newsroom.write({"content/site.toml": SITE.replace("https://contoh.example", f"https://contoh.example{path}")})
    newsroom.build()
    files = [file for file in newsroom.files() if file.startswith("static/")]
    assert len(files) > len(NAMES)
    with SERVERS[name](newsroom.root / "output", path) as server:
        said = {file: server.ask(f"{path}/{quote(file)}").headers.get("cache-control") for file in files}
    assert said == dict.fromkeys(files, FOR_EVER)


@pytest.mark.parametrize("path", ["", "/pers"])
@pytest.mark.parametrize("name", SERVERS)
def test_an_old_address_is_never_kept_for_ever(newsroom: Newsroom, name: str, path: str) -> None:
    """An old address that looks hashed is kept neither as a redirect nor, where the server knows of none, as a page."""
    newsroom.write({"content/site.toml": SITE.replace("https://contoh.example", f"https://contoh.example{path}")})
    newsroom.release("a.md", release("Naskah", aliases=f"[{', '.join(LOOKALIKES)}]"))
    newsroom.build()
    output = newsroom.root / "output"
    with SERVERS[name](output, path) as server:
        for old in LOOKALIKES:
            answer = server.ask(f"{path}{old}")
            assert (answer.status, answer.headers.get("cache-control", SHORT)) == (301, SHORT), old
    for file in (".htaccess", ".nginx.conf"):
        rules = (output / file).read_text("utf-8")
        (output / file).write_text(re.sub(r"(?m)^.*\b301 .*\n", "", rules), "utf-8")
    with SERVERS[name](output, path) as server:
        for old in LOOKALIKES:
            answer = server.ask(f"{path}{old}")
            assert (answer.status, answer.headers["cache-control"]) == (200, SHORT), old


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_servers_go_by_the_programs_own_rule(tmp_path: Path, name: str) -> None:
    """Of a site that shows everything, exactly those files are immutable of which the program says so."""
    newsroom = write_showcase(tmp_path / "situs", count=60)
    newsroom.build(SHOWCASE_NOW)
    with SERVERS[name](newsroom.root / "output") as server:
        files = Served(server, "").files()
        kept = {file for file in files if server.ask(f"/{quote(file)}").headers["cache-control"] == FOR_EVER}
    assert kept == {file for file in files if is_hashed(file)}


def test_what_did_not_change_does_not_travel_again(served: Served) -> None:
    """Whoever has a page, compressed or not, and asks whether it changed is told in an answer without a body."""
    for coding in ("identity", "gzip"):
        first = served.server.ask(f"{served.path}/", Accept_Encoding=coding)
        since = served.server.ask(f"{served.path}/", If_Modified_Since=first.headers["last-modified"])
        named = served.server.ask(f"{served.path}/", Accept_Encoding=coding, If_None_Match=first.headers["etag"])
        assert (since.status, named.status, named.body) == (304, 304, b"")


def test_text_is_compressed_and_pictures_are_not(served: Served) -> None:
    """Pages, styles, scripts, feeds and drawings come compressed to whoever takes it; pictures do not."""
    files = {name: file for name, file in one_of_each(served).items() if f"/{file}" not in OLD}
    texts = ["html", "css", "js", "xml", "svg", "json"]
    for file in [files[name] for name in texts] + ["atom.xml", "rss.xml", "feed.json"]:
        plain = served.server.ask(f"{served.path}/{file}")
        packed = served.server.ask(f"{served.path}/{file}", Accept_Encoding="gzip")
        assert packed.headers.get("content-encoding") == "gzip", file
        assert "accept-encoding" in packed.headers["vary"].lower()
        assert gzip.decompress(packed.body) == plain.body
        assert "content-encoding" not in plain.headers
    for name in ("jpg", "png", "webp", "woff2"):
        assert (
            "content-encoding" not in served.server.ask(f"{served.path}/{files[name]}", Accept_Encoding="gzip").headers
        )


def test_what_is_not_there_is_answered_with_the_sites_own_page(served: Served) -> None:
    """A missing page, file or style answers 404 with the site's page, which nothing keeps for long."""
    own = (served.server.folder / "404.html").read_bytes()
    for path in ("/tidak-ada/", "/2026/11/tidak", "/static/style.01234567.css", "/foto.jpg"):
        answer = served.server.ask(f"{served.path}{path}")
        assert (answer.status, answer.body) == (404, own), path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers.get("cache-control") in {None, SHORT}


def test_old_addresses_lead_on_for_good(served: Served) -> None:
    """Each old address answers 301 with its new one; what merely begins or looks the same does not."""
    for old in OLD:
        answer = served.server.ask(f"{served.path}{old}")
        assert answer.status == 301, old
        assert answer.headers["location"].removeprefix(f"http://127.0.0.1:{served.server.port}") == (
            f"{served.path}/2026/11/naskah/"
        )
    for other in (f"{OLD[0]}x", OLD[0].replace(".", "x"), OLD[1].swapcase()):
        assert served.server.ask(f"{served.path}{other}").status == 404


def test_no_folder_lists_what_is_in_it(served: Served) -> None:
    """Where the server lists folders, none of the site's that has no page of its own is listed."""
    folders = {file.rpartition("/")[0] for file in served.files()}
    folders |= {"/".join(folder.split("/")[:depth]) for folder in folders for depth in range(1, folder.count("/") + 1)}
    bare = sorted(folder for folder in folders if not (served.server.folder / folder / "index.html").is_file())
    assert {"static", "static/huruf", "topik/sawah/halaman"} <= set(bare)
    for folder in bare:
        answer = served.server.ask(f"{served.path}/{folder}/")
        assert answer.status in {403, 404}, folder
        assert b"Index of" not in answer.body


def test_nothing_that_begins_with_a_dot_is_served(served: Served) -> None:
    """The servers' own files, the program's and any folder with a dot answer 404; .well-known/ is served."""
    folder = served.server.folder
    hidden = (".adpim-site.json.gz", ".git/config", "topik/.rahasia", ".git/a.0123456789abcdef.css")
    for file in (*hidden, ".well-known/security.txt"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("RAHASIA")
    for file in (".htaccess", ".nginx.conf", ".adpim-manifest", *hidden):
        answer = served.server.ask(f"{served.path}/{file}")
        # Apache's own rule for .htaccess answers 403 before ours.
        assert answer.status == 404 or (file == ".htaccess" and answer.status == 403), file
        assert b"RAHASIA" not in answer.body
    assert served.server.ask(f"{served.path}/.well-known/security.txt").body == b"RAHASIA"


def test_a_program_that_was_smuggled_in_is_not_run(served: Served) -> None:
    """A .php anywhere answers 404, under each way to write it, and never takes the place of a page."""
    folder = served.server.folder
    for file in ("index.php", "topik/x.PHP", "static/x.phtml", "2026/y.php7", "static/z.deadbeef01.php"):
        (folder / file).write_text("<?php echo 'CONTOH'; ?>")
        for ending in ("", "/jalan"):
            assert served.server.ask(f"{served.path}/{file}{ending}").status == 404, file
    (folder / "topik" / "index.php").write_text("<?php echo 'CONTOH'; ?>")
    assert b"<?php" not in served.server.ask(f"{served.path}/topik/").body
    for smuggled in (
        "index.php",
        "topik/x.PHP",
        "static/x.phtml",
        "2026/y.php7",
        "static/z.deadbeef01.php",
        "topik/index.php",
    ):
        (folder / smuggled).unlink()


def test_brotli_goes_first_where_apache_has_it(tmp_path: Path) -> None:
    """Apache with both compressions answers with brotli to whoever takes both, and packs once only."""
    site = make_site(tmp_path / "situs", "https://contoh.example")
    with apache(site) as server:
        assert server.ask("/", Accept_Encoding="gzip, br").headers["content-encoding"] == "br"
    with apache(site, modules=[name for name in FULL if name != "brotli"]) as server:
        assert server.ask("/", Accept_Encoding="gzip, br").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("missing", [*FULL[len(BARE) :], "all"])
def test_no_missing_module_breaks_the_site(tmp_path: Path, missing: str) -> None:
    """Whatever module Apache lacks, and with no right but FileInfo, pages are served as they are."""
    site = make_site(tmp_path / "situs", "https://contoh.example")
    modules = BARE if missing == "all" else [name for name in FULL if name != missing]
    with apache(site, modules=modules) as server:
        answer = server.ask("/2026/11/naskah/")
        assert (answer.status, answer.body) == (200, (site / "2026/11/naskah/index.html").read_bytes())
        assert server.ask("/tidak-ada/").status == 404


@pytest.mark.parametrize("override", ["All", "FileInfo AuthConfig Limit Indexes"])
def test_other_rights_change_nothing(tmp_path: Path, override: str) -> None:
    """With all rights, and with those that Debian gives users' folders, the rules hold as well."""
    site = make_site(tmp_path / "situs", "https://contoh.example")
    with apache(site, override=override) as server:
        assert server.ask("/").headers["content-security-policy"] == POLICY
        assert server.ask("/lama/berita-1.html").status == 301


@pytest.mark.parametrize("name", SERVERS)
def test_only_a_site_under_https_asks_for_https_for_a_year(tmp_path: Path, name: str) -> None:
    """A site whose address is http does not send Strict-Transport-Security: it would shut itself out."""
    site = make_site(tmp_path / "situs", "http://contoh.example")
    with SERVERS[name](site) as server:
        answer = server.ask("/")
        assert {key: answer.headers[key] for key in SECURITY} == SECURITY
        assert "strict-transport-security" not in answer.headers


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_the_browser_finds_nothing_against_the_policy(tmp_path: Path, name: str) -> None:
    """Under the policy every page type comes whole, its scripts work, and the browser reports no violation."""
    need("browser")
    newsroom = write_showcase(tmp_path / "situs", count=60)
    newsroom.build(SHOWCASE_NOW)
    said: list[str] = []
    with SERVERS[name](newsroom.root / "output") as server, browser() as chromium:
        context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
        # A picture that is still on its way when the next page is opened is no failure.
        left = "net::ERR_ABORTED"
        page.on("requestfailed", lambda r: said.append(f"{r.url}: {r.failure}") if r.failure != left else None)
        for path in SHOWN.values():
            answer = page.goto(f"http://127.0.0.1:{server.port}{path}")
            assert answer is not None
            assert answer.headers["content-security-policy"] == POLICY
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)", path
            broken = "[...document.images].filter((one) => one.complete && !one.naturalWidth).map((one) => one.src)"
            assert page.evaluate(broken) == [], path
        page.goto(f"http://127.0.0.1:{server.port}{SHOWN['rilis']}")
        page.get_by_role("button", name="Tampilan gelap").click()
        page.get_by_role("button", name="Salin teks").click()
        page.get_by_role("button", name="Tersalin").wait_for()
        assert said == []
        # The policy is in force: what it forbids is not done, and is reported.
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        assert page.evaluate("window.ran") is None
        assert "Content Security Policy" in said[0]
