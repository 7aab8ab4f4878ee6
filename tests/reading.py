"""Reading a built site as its readers do: pages by address, links, and where each leads."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

SITEMAPS = {"sm": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def file_at(path: str) -> str:
    """Return the file that a web server gives for ``path``."""
    return path.lstrip("/") + ("index.html" if path.endswith("/") else "")


def page(files: Mapping[str, bytes], path: str) -> HtmlElement:
    """Return the page at ``path``."""
    return html.document_fromstring(files[file_at(path)].decode("utf-8"))


def found(element: HtmlElement, xpath: str) -> list[str]:
    """Return what ``xpath`` finds, as texts."""
    result = element.xpath(xpath)
    assert isinstance(result, list)
    return [str(item) if isinstance(item, str) else words(item) for item in result]


def one(element: HtmlElement, xpath: str) -> str:
    """Return the one text that ``xpath`` finds."""
    result = found(element, xpath)
    assert len(result) == 1, (xpath, result)
    return result[0]


def words(element: Any) -> str:
    """Return the words of an element, on one line."""
    return " ".join("".join(element.itertext()).split())


def titles(element: HtmlElement) -> list[str]:
    """Return the titles of the releases that a list page shows, in its order."""
    return found(element, "//main//article[starts-with(@class, 'card')]/*[self::h2 or self::h3]")


def meta(element: HtmlElement, name: str) -> list[str]:
    """Return the contents of the meta tags of that name or property."""
    return found(element, f"//meta[@name='{name}' or @property='{name}']/@content")


def structured(element: HtmlElement, kind: str) -> dict[str, Any]:
    """Return the one JSON-LD object of type ``kind``."""
    objects = [json.loads(text) for text in found(element, "//script[@type='application/ld+json']/text()")]
    (wanted,) = (thing for thing in objects if thing["@type"] == kind)
    assert isinstance(wanted, dict)
    return wanted


def locations(data: bytes) -> list[str]:
    """Return the addresses in a sitemap or an index of sitemaps."""
    return [words(loc) for loc in etree.fromstring(data).iterfind(".//sm:loc", SITEMAPS)]


def png() -> bytes:
    """Return a picture of one pixel."""
    return bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
        "53de0000000c4944415478da63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
    )


class Reference(NamedTuple):
    """An address that a file names; ``where`` says how."""

    file: str
    where: str
    address: str


def references(files: Mapping[str, bytes], base_url: str) -> Iterator[Reference]:
    """Yield every address in pages, feeds, sitemaps, robots.txt and redirects, made whole as a browser makes it."""
    for file, data in files.items():
        if file.endswith(".html"):
            yield from _in_page(file, html.document_fromstring(data.decode("utf-8")), base_url)
        elif file.endswith("atom.xml") or file == "rss.xml":
            yield from _in_feed(file, etree.fromstring(data))
        elif file.startswith("sitemap"):
            yield from (Reference(file, "loc", address) for address in locations(data))
    for icon in json.loads(files["manifest.json"])["icons"]:
        yield Reference("manifest.json", "icon", urljoin(f"{base_url}/", icon["src"]))
    for name, address in _json_addresses(json.loads(files["feed.json"])):
        yield Reference("feed.json", name, address)
    yield from _in_texts(files["robots.txt"].decode(), files[".nginx.conf"].decode(), base_url)


def _in_texts(robots: str, nginx: str, base_url: str) -> Iterator[Reference]:
    for line in robots.splitlines():
        if line.startswith("Sitemap: "):
            yield Reference("robots.txt", "Sitemap", line.removeprefix("Sitemap: "))
    host = base_url.removesuffix(urlsplit(base_url).path)
    for pair in re.findall(r'location = "(.+)" { return 301 "(.+)"; }', nginx):
        yield from (Reference(".nginx.conf", "return", host + address) for address in pair)


def _in_page(file: str, root: HtmlElement, base_url: str) -> Iterator[Reference]:
    own = f"{base_url}/{file.removesuffix('index.html')}"
    for element in root.iter(etree.Element):
        for name in ("href", "src"):
            if address := element.get(name):
                yield Reference(file, f"{element.tag}/@{name}", urljoin(own, address))
        for name in ("srcset", "data-srcset"):
            for entry in filter(None, element.get(name, "").split(", ")):
                yield Reference(file, f"{element.tag}/@{name}", urljoin(own, entry.split()[0]))
        if element.tag == "meta" and (content := element.get("content", "")).startswith(("http:", "https:", "0; url=")):
            yield Reference(file, "meta", urljoin(own, content.removeprefix("0; url=")))
        if element.tag == "script" and element.get("type") == "application/ld+json":
            for name, address in _json_addresses(json.loads(element.text or "")):
                if not address.startswith("https://schema.org"):
                    yield Reference(file, f"ld+json {name}", address)


def _in_feed(file: str, root: etree._Element) -> Iterator[Reference]:
    for element in root.iter(etree.Element):
        tag = etree.QName(element).localname
        if href := element.get("href"):
            yield Reference(file, tag, href)
        elif tag in {"id", "uri", "link", "guid"} and element.text:
            yield Reference(file, tag, element.text)
        elif tag in {"content", "encoded"} and element.text:
            for inner in html.fragment_fromstring(element.text, create_parent="div").iter(etree.Element):
                for name in ("href", "src"):
                    if address := inner.get(name):
                        yield Reference(file, f"{tag}: {inner.tag}", address)


def _json_addresses(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _json_addresses(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _json_addresses(inner, name)
    elif isinstance(value, str) and value.startswith(("http:", "https:")) and name not in {"version", "@context"}:
        yield name, value


def broken(files: Mapping[str, bytes], base_url: str) -> list[Reference]:
    """Return every reference to this site that leads to no file, as one with the path of ``base_url`` twice does."""
    lost = []
    for reference in references(files, base_url):
        address = reference.address.partition("#")[0]
        if address == base_url or address.startswith(f"{base_url}/"):
            path = unquote(urlsplit(address).path).removeprefix(urlsplit(base_url).path) or "/"
            if file_at(path) not in files:
                lost.append(reference)
        elif urlsplit(address).hostname == urlsplit(base_url).hostname or not urlsplit(address).scheme:
            lost.append(reference)
    return lost
