"""An office that publishes, for tests: a newsroom with a target, a host in memory that can fail, a crawl of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html

from generator.config import parse_site
from generator.errors import message
from generator.ledger import Ledger
from generator.output import WORK_FOLDER
from generator.program import program_digest
from generator.publish.delivery import Call, Delivery, Offer
from generator.publish.hashes import Hashes
from generator.publish.host import Entry, lost, refused
from generator.publish.patience import Stop
from generator.publish.patrol import Post, Watch, expect
from generator.publish.record import settle, work_folder
from generator.publish.standing import Wanted, is_own
from tests.newsroom import NOW, SITE, Newsroom, at, png, release, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.build import Report
    from generator.publish.guard import Expected
    from generator.publish.host import Host

LABEL = "memory://contoh"
BASE = "https://contoh.example"


class MemoryHost:
    """A host in memory. From operation number ``cut`` on, the line is broken; what a file was is never half of it."""

    label = LABEL
    lanes = 4

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.cut: int | None = None
        self.cut_after = False
        """Whether the operation at which the line breaks is still carried out, and only its answer lost."""
        self.count = 0
        self.arrived: list[str] = []
        """Every file that was written, each time it was."""
        self.fetched: list[str] = []
        self.seen: Callable[[dict[str, bytes]], None] = lambda _: None
        """Called after each change."""
        self._lock = threading.Lock()

    def _step(self, act: Callable[[], None]) -> None:
        with self._lock:
            self.count += 1
            is_broken = self.cut is not None and self.count >= self.cut
            if not is_broken or (self.cut_after and self.count == self.cut):
                act()
            if is_broken:
                raise lost(self.label, message("The line broke."), message("Try again."))

    def listing(self) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        self._step(lambda: found.update({file: Entry(len(data)) for file, data in self.files.items()}))
        return found

    def read(self, file: str, most: int | None = None) -> bytes | None:  # noqa: ARG002 - nothing here is without an end
        found: list[bytes | None] = []
        self._step(lambda: found.append(self.files.get(file)))
        if not is_own(file):
            self.fetched.append(file)
        return found[0]

    def write(self, file: str, data: bytes) -> None:
        def put() -> None:
            self.files[file] = data
            self.arrived.append(file)
            self.seen(self.files)

        self._step(put)

    def create(self, file: str, data: bytes) -> bool:
        made: list[bool] = []

        def put() -> None:
            made.append(file not in self.files)
            self.files.setdefault(file, data)

        self._step(put)
        return made[0]

    def remove(self, file: str) -> None:
        def take() -> None:
            self.files.pop(file, None)
            self.seen(self.files)

        self._step(take)

    def move(self, file: str, target: str) -> None:
        moved: list[bool] = []

        def rename() -> None:
            moved.append(file in self.files)
            if file in self.files:
                self.files[target] = self.files.pop(file)

        self._step(rename)
        if not moved[0]:
            raise refused(self.label, message("The host refuses: {error}.", error="404"), message("Try again."))

    def close(self) -> None:
        pass


class Meter:
    """A transfer's Progress that counts."""

    def __init__(self) -> None:
        self.files, self.size, self.done, self.travelled = 0, 0, 0, 0
        self._lock = threading.Lock()

    def sending(self, what: object, files: int, size: int) -> None:  # noqa: ARG002 - a meter shows no words
        self.files, self.size = files, size

    def sent(self, size: int) -> None:
        with self._lock:
            self.done += 1
            self.travelled += size


class Built(NamedTuple):
    """A site that was built, and what its files are."""

    report: Report
    wanted: Wanted


class Office:
    """A newsroom that publishes to ``host``, as ``adpim publish`` does but without the command line.

    ``compresses`` is whether text is stored compressed there.
    """

    def __init__(
        self, newsroom: Newsroom, host: Host, *, name: str = "contoh", keep: int = 10, compresses: bool = False
    ) -> None:
        self.newsroom, self.host, self.keep, self.compresses = newsroom, host, keep, compresses
        self.work = work_folder(newsroom.root, name)
        self.now = at(NOW)
        self.meter = Meter()
        settle(self.work, host.label)

    def call(self) -> Call:
        return Call(self.work, BASE, self.host, self.keep, lambda: self.now, "komputer-contoh")

    def build(self) -> Built:
        """Build the site and take the digests of its files."""
        report = self.newsroom.build()
        work = self.newsroom.root / WORK_FOLDER
        with Ledger(work, program_digest(site().zone)) as ledger:
            signatures = {file: made.signature for file, made in ledger.made(report.folder).items()}
        hashes = Hashes(report.folder, work / "publish/digests.json", compresses=self.compresses)
        wanted = Wanted(BASE, hashes.files(signatures), hashes.md5)
        hashes.save()
        return Built(report, wanted)

    def publish(self, built: Built | None = None) -> Offer:
        """Build, publish, and return what was offered."""
        built = built or self.build()
        with Delivery(self.call(), Stop()) as delivery:
            offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
            self.meter = Meter()
            delivery.carry_out(offer, self.meter)
        return offer

    def offer(self, built: Built | None = None) -> Offer:
        """Build, and return what would be published."""
        built = built or self.build()
        with Delivery(self.call(), Stop()) as delivery:
            return delivery.offer(built.report.folder, built.wanted, built.report.lists)

    def expected(self) -> Expected:
        """Return what the guard must find on the host."""
        target = parse_site(f'{SITE}[publish.{self.work.name}]\nurl = "file:///contoh"\n'.encode()).targets[0]
        post = Post(self.newsroom.root, self.newsroom.root / "output", site(), target)
        return expect(post, self.host, Watch("CONTOH", lambda: self.now, lambda _: None))[0]

    def take_back(self) -> Offer:
        """Take back the last publish."""
        with Delivery(self.call(), Stop()) as delivery:
            offer = delivery.offer_back(self.newsroom.root / "output")
            assert offer is not None
            delivery.carry_out(offer, Meter())
        return offer


def site_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what readers can see of a host: all but what the program keeps there for itself."""
    return {file: data for file, data in files.items() if not is_own(file)}


def first_state(newsroom: Newsroom) -> None:
    """Write some releases with photos."""
    for n in range(1, 7):
        newsroom.write({f"content/berita/foto-{n}.png": png(4, 4, n)})
        tags = f"[CONTOH, Topik {n % 3}]"
        text = release(f"CONTOH {n}", f"2026-10-{n:02}", tags=tags, photo=f"foto-{n}.png", caption="CONTOH")
        newsroom.release(f"rilis-{n}.md", text)


def second_state(newsroom: Newsroom) -> None:
    """Change one release and the photo of another, take one away, and add two, one of them with a topic of its own."""
    newsroom.release("rilis-1.md", release("CONTOH 1 lain", "2026-10-01", tags="[CONTOH]"))
    newsroom.write({"content/berita/foto-2.png": png(8, 8, 200), "content/berita/foto-9.png": png(3, 3, 9)})
    (newsroom.root / "content/berita/rilis-3.md").unlink()
    newsroom.release("rilis-8.md", release("CONTOH 8", "2026-10-08", tags="[CONTOH, Topik 8]"))
    text = release("CONTOH 9", "2026-10-09", tags="[CONTOH]", photo="foto-9.png", caption="CONTOH")
    newsroom.release("rilis-9.md", text)


_REFERENCES = (
    ("//img/@src | //script/@src | //source/@src | //video/@poster | //audio/@src | //iframe/@src", "one"),
    ("//img/@srcset | //source/@srcset | //link/@imagesrcset", "set"),
    ("//link[not(contains('canonical alternate prev next', @rel))]/@href", "one"),
    ("//meta[@property='og:image' or @name='twitter:image']/@content", "one"),
)


def references(page: bytes, address: str) -> Iterator[str]:
    """Yield the address of all that a page needs to be shown as it should: pictures, styles, scripts, its card."""
    tree = html.document_fromstring(page.decode(), base_url=address)
    for path, kind in _REFERENCES:
        found = tree.xpath(path)
        assert isinstance(found, list)
        for value in map(str, found):
            parts = [part.split()[0] for part in value.split(",") if part.strip()] if kind == "set" else [value]
            yield from (urljoin(address, part) for part in parts)


def links(page: bytes, address: str) -> Iterator[str]:
    """Yield the address of each page to which a page leads."""
    found = html.document_fromstring(page.decode(), base_url=address).xpath("//a/@href")
    assert isinstance(found, list)
    yield from (urljoin(address, str(value)) for value in found)


def file_at(address: str) -> str | None:
    """Return the file that is served at an address of the site, None for an address elsewhere."""
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" != BASE:
        return None
    path = unquote(parts.path).lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def lacking(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return each page on a host with something that it needs and that is not there."""
    return [
        (page, needed)
        for page, data in files.items()
        if page.endswith(".html") and not is_own(page)
        for address in references(data, f"{BASE}/{page}")
        if (needed := file_at(address)) is not None and needed not in files
    ]


def dead_links(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return each page that can be reached from the home page and leads to a page that is not there."""
    waiting, seen, found = ["index.html"], {"index.html"}, []
    while waiting:
        page = waiting.pop()
        for address in links(files[page], f"{BASE}/{page}") if page in files and page.endswith(".html") else ():
            file = file_at(address.partition("#")[0])
            if file is not None and file not in files:
                found.append((page, file))
            elif file is not None and file not in seen:
                seen.add(file)
                waiting.append(file)
    return found
