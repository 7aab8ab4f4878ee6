"""The list of topics: one page while they are few, and pages by letter where they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.plan.topics import MOST_USED, TOGETHER
from tests.newsroom import release
from tests.reading import broken, found, page, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from tests.newsroom import Newsroom


def texts(element: HtmlElement, xpath: str) -> list[str]:
    """Return the words of each element that is found."""
    return [words(each) for each in element.xpath(xpath)]


def fill(newsroom: Newsroom, count: int) -> None:
    """Write ``count`` topics, of which each fourth is used once more."""
    names = [f"{'abc1'[n % 4]}{n:03}" for n in range(count)]
    for start in range(0, count, 40):
        some = names[start : start + 40]
        newsroom.release(f"{start}.md", release(f"Naskah {start}", tags=f"[{', '.join(some)}]"))
        newsroom.release(f"lagi-{start}.md", release(f"Lagi {start}", tags=f"[{', '.join(some[::4])}]"))


@pytest.fixture
def many(newsroom: Newsroom) -> Newsroom:
    """A newsroom with more topics than one page holds."""
    fill(newsroom, TOGETHER + 1)
    newsroom.build()
    return newsroom


def test_few_topics_stand_on_one_page(newsroom: Newsroom) -> None:
    """As many topics as a page holds all stand there, with their counts, and no letter has a page of its own."""
    fill(newsroom, TOGETHER)
    newsroom.build()
    files = newsroom.files()
    names = texts(page(files, "/topik/"), "//dl[@class='letters']/dd")
    assert len(names) == TOGETHER
    assert "a000 2" in names
    assert not [file for file in files if file.startswith("arsip/topik/")]


def test_many_topics_are_parted_by_letter(many: Newsroom) -> None:
    """With one more, those most used are counted, and each topic stands on the page of its letter; digits share one."""
    files = many.files()
    front = page(files, "/topik/")
    assert len(texts(front, "//ol[@class='topics']/li")) == MOST_USED
    assert texts(front, "//ol[@class='topics']/li")[0] == "a000 2"
    letters = {words(a): str(a.get("href")) for a in front.xpath("//nav/ul[@class='topics']//a")}
    assert letters == {"0–9": "/arsip/topik/0-9/", **{name: f"/arsip/topik/{name.lower()}/" for name in "ABC"}}
    listed = [path for letter in letters.values() for path in found(page(files, letter), "//dl//a/@href")]
    assert len(set(listed)) == len(listed) == TOGETHER + 1
    assert broken(files, "https://contoh.example") == []
    assert texts(page(files, "/arsip/topik/b/"), "//*[@aria-current]")[-1] == "B"


def test_a_letter_s_page_stays_as_it_is(many: Newsroom) -> None:
    """A release on topics that are there changes no page of a letter, one on a new topic that of its letter alone."""
    before = many.files()
    many.release("baru.md", release("Baru", tags="[a000, b001]"))
    many.build()
    middle = many.files()
    letters = [file for file in before if file.startswith("arsip/topik/")]
    assert len(letters) == 4
    assert [file for file in letters if middle[file] != before[file]] == []
    many.release("lain.md", release("Lain", tags="[Baru sekali]"))
    many.build()
    assert [file for file in letters if many.files()[file] != middle[file]] == ["arsip/topik/b/index.html"]
