"""A bucket as readers and the guard meet it: text is stored compressed, whatever command put it there."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from generator.cli import main
from generator.mediatypes import is_text
from generator.publish.coding import compress
from generator.publish.opening import open_host
from tests.browser import browser, need
from tests.hosting import PASSWORD, bucket, bucket_secrets, bucket_service, bucket_target
from tests.newsroom import SITE, Newsroom, png, release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.server
PAGE = "2026/11/contoh-satu/index.html"
READ = ["s3:GetObject", "s3:HeadObject"]
"""What readers may do. The second is moto's word: with Amazon's service the first one covers it."""


class Published(NamedTuple):
    """A site whose host is a bucket, and the bucket seen from behind and from the front."""

    newsroom: Newsroom
    objects: Any
    address: str
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> int:
        """Give a command, and return its exit code."""
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--root", str(self.newsroom.root), "--lang", "id", *words])
        assert isinstance(ended.value.code, int | None)
        return ended.value.code or 0

    def there(self) -> dict[str, tuple[bytes, str]]:
        """Return the bytes and the coding of each object of the site."""
        keys = (each.key for each in self.objects.objects.all() if not each.key.startswith(".adpim-"))
        found = {key: self.objects.Object(key).get() for key in keys}
        return {key: (got["Body"].read(), got.get("ContentEncoding", "")) for key, got in found.items()}

    def read(self) -> dict[str, bytes]:
        """Return what readers get, by what the service says of its objects."""
        return {key: gzip.decompress(data) if said else data for key, (data, said) in self.there().items()}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A bucket service."""
    with bucket_service(tmp_path_factory.mktemp("s3")) as port:
        yield port


@pytest.fixture
def published(
    port: int, newsroom: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Published]:
    """A site that was published to a bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "CONTOH")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PASSWORD)
    address = f"http://127.0.0.1:{port}/ember-contoh"
    table = f'[publish.ember]\nurl = "s3://ember-contoh"\nendpoint = "http://127.0.0.1:{port}"\ninsecure = true\n'
    text = SITE.replace("https://contoh.example", address)
    newsroom.write({"content/site.toml": text + table, "content/berita/satu.png": png(40, 40, 7)})
    newsroom.release("satu.md", release("CONTOH satu", "2026-11-01", photo="satu.png", caption="CONTOH"))
    made = Published(newsroom, bucket(port), address, capsys)
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": READ,
        "Resource": "arn:aws:s3:::ember-contoh/*",
    }
    made.objects.Policy().put(Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    assert made.run("publish", "--yes") == 0
    yield made
    made.objects.objects.all().delete()


def test_text_is_stored_compressed(published: Published) -> None:
    """Text that becomes smaller has its coding beside its type; pictures, archives and our own files stay."""
    there, built = published.there(), published.newsroom.files()
    assert published.read() == built
    coded = {file for file, (_, said) in there.items() if said == "gzip"}
    assert coded == {f for f, data in built.items() if is_text(f) and len(compress(data)) < len(data)}
    assert {"index.html", PAGE, "atom.xml", "robots.txt"} <= coded
    assert any(file.endswith(".jpg") for file in there.keys() - coded)
    page = published.objects.Object(PAGE).get()
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache, no-transform")
    style = next(file for file in coded if file.endswith(".css"))
    assert published.objects.Object(style).get()["CacheControl"] == "public, max-age=31536000, immutable, no-transform"
    own = [each for each in published.objects.objects.all() if each.key.startswith(".adpim-")]
    assert own
    assert all("ContentEncoding" not in each.get() for each in own)


def test_it_is_read_back_as_it_is_stored(published: Published, port: int) -> None:
    """The client unpacks nothing, so sizes and digests are those of the service."""
    host = open_host(bucket_target(port, path=""), bucket_secrets())
    data, said = published.there()[PAGE]
    assert host.read(PAGE) == data
    assert host.listing()[PAGE].size == len(data)
    assert said == "gzip"


def test_nothing_is_sent_twice(published: Published) -> None:
    """A second publish finds all of it there, and a change sends as many bytes as are stored of it."""
    assert published.run("publish", "--yes", "--json") == 0
    assert json.loads(published.capsys.readouterr().out)["published"] is False
    text = release("CONTOH satu", "2026-11-01", photo="satu.png", caption="CONTOH", summary="CONTOH lain")
    published.newsroom.release("satu.md", text)
    before = published.there()
    assert published.run("publish", "--yes", "--json") == 0
    said = json.loads(published.capsys.readouterr().out)
    after = published.there()
    assert PAGE in said["files"]["changed"]
    assert said["files"]["new"] == said["files"]["removed"] == []
    assert {file for file in after if before[file] != after[file]} == set(said["files"]["changed"])
    assert said["size"] == sum(len(after[file][0]) for file in said["files"]["changed"])


def test_taken_back_it_is_as_it_was(published: Published) -> None:
    """A rollback puts back the bytes that stood there, with their coding."""
    before = published.there()
    published.newsroom.release("satu.md", release("CONTOH satu", "2026-11-01"))
    published.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    assert published.run("publish", "--yes") == 0
    assert published.there() != before
    assert published.run("rollback", "--yes") == 0
    assert published.there() == before


def test_the_guard_finds_and_mends(published: Published) -> None:
    """What was changed or taken away is found and put back compressed, and foreign gzip is seen into."""
    before = published.there()
    assert published.run("verify") == 0
    page = before[PAGE][0]
    published.objects.put_object(Key=PAGE, Body=page[:-1] + bytes([page[-1] ^ 1]))
    away = b'<!doctype html><iframe src="https://judi.example/"></iframe>' * 30
    published.objects.put_object(Key="index.html", Body=gzip.compress(away), ContentEncoding="gzip")
    published.objects.Object("atom.xml").delete()
    published.objects.put_object(Key="slot/index.html", Body=gzip.compress(away), ContentEncoding="gzip")
    published.objects.put_object(Key="bom.html", Body=gzip.compress(b"\0" * (64 << 20)), ContentEncoding="gzip")
    assert published.run("verify", "--json") == 1
    found = {each["file"]: each for each in json.loads(published.capsys.readouterr().out)["findings"]}
    kinds = {file: (each["kind"], each["telltale"]) for file, each in found.items()}
    assert kinds == {
        PAGE: ("altered", ""),
        "index.html": ("altered", "elsewhere"),
        "atom.xml": ("missing", ""),
        "slot/index.html": ("foreign", "elsewhere"),
        "bom.html": ("foreign", ""),
    }
    assert "judi.example" in found["slot/index.html"]["message"]
    assert published.run("verify", "--repair", "--yes") == 1
    after = published.there()
    assert {file: after[file] for file in before} == before
    for file in ("slot/index.html", "bom.html"):
        published.objects.Object(file).delete()
    assert published.run("verify") == 0


def test_readers_are_told_of_the_coding(published: Published) -> None:
    """HEAD says the same as GET, a range is one of the stored bytes, and what is not there is no page of ours."""
    stored, _ = published.there()[PAGE]
    for method in ("GET", "HEAD"):
        request = urllib.request.Request(f"{published.address}/{PAGE}", method=method)
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert int(answer.headers["Content-Length"]) == len(stored)
            assert answer.read() == (stored if method == "GET" else b"")
    ranged = urllib.request.Request(f"{published.address}/{PAGE}", headers={"Range": "bytes=10-19"})
    with urllib.request.urlopen(ranged) as answer:
        assert (answer.status, answer.read()) == (206, stored[10:20])
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{published.address}/tidak-ada/index.html")
    with caught.value as answer:
        assert (answer.code, answer.headers["Content-Encoding"]) == (404, None)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_whoever_takes_gzip_reads_text(published: Published, tmp_path: Path) -> None:
    """Curl gets the text with --compressed, and gzip without: the service packs and unpacks nothing."""
    texts = []
    for words in ([], ["--compressed"]):
        goal = tmp_path / "jawaban"
        subprocess.run(["curl", "-sS", *words, "-o", goal, f"{published.address}/{PAGE}"], check=True)
        texts.append(goal.read_bytes())
    page = published.newsroom.files()[PAGE]
    assert texts == [compress(page), page]


@pytest.mark.browser
def test_a_browser_shows_the_site(published: Published) -> None:
    """In a browser pages, styles and scripts come compressed and are used."""
    need("browser")
    with browser() as running:
        page = running.new_page()
        answers: list[Any] = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright wants a function
        page.goto(f"{published.address}/{PAGE}")
        assert "CONTOH satu" in page.inner_text("h1")
        assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
        coded = {answer.url.rpartition(".")[2]: answer.headers.get("content-encoding") for answer in answers}
        assert coded["html"] == coded["css"] == coded["js"] == "gzip"
        assert all(answer.ok for answer in answers)
