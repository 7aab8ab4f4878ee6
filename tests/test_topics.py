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
    """With one more, the page has those most used, and each topic stands on that of its letter; digits share one."""
    files = many.files()
    front = page(files, "/topik/")
    used = texts(front, "//section/ul[@class='topics']/li")
    assert len(used) == MOST_USED
    assert used == sorted(used)
    assert {f"a{n:03}" for n in range(0, TOGETHER, 4)} < set(used)
    letters = {words(a): str(a.get("href")) for a in front.xpath("//nav/ul[@class='topics']//a")}
    assert letters == {"0–9": "/arsip/topik/0-9/", **{name: f"/arsip/topik/{name.lower()}/" for name in "ABC"}}
    listed = [path for letter in letters.values() for path in found(page(files, letter), "//dl//a/@href")]
    assert len(set(listed)) == len(listed) == TOGETHER + 1
    assert broken(files, "https://contoh.example") == []
    assert texts(page(files, "/arsip/topik/b/"), "//*[@aria-current]")[-1] == "B"


def test_pages_of_many_topics_stay_as_they_are(many: Newsroom) -> None:
    """A release on topics that are used most changes no list of topics, one on a new topic that of its letter alone."""
    before = many.files()
    many.release("baru.md", release("Baru", tags="[a000, a004]"))
    many.build()
    middle = many.files()
    letters = [file for file in before if file.startswith("arsip/topik/")]
    assert len(letters) == 4
    assert middle["topik/index.html"] == before["topik/index.html"]
    assert [file for file in letters if middle[file] != before[file]] == []
    many.release("lain.md", release("Lain", tags="[Baru sekali]"))
    many.build()
    after = many.files()
    lists = ["topik/index.html", *letters]
    assert [file for file in lists if after[file] != middle[file]] == ["arsip/topik/b/index.html"]


def test_a_topic_that_comes_to_be_used_most_joins_them(many: Newsroom) -> None:
    """A topic that is used more often than one of those most used takes its place."""
    for number in range(3):
        many.release(f"c-{number}.md", release(f"N{number}", tags="[c002]"))
    many.build()
    used = texts(page(many.files(), "/topik/"), "//section/ul[@class='topics']/li")
    assert len(used) == MOST_USED
    assert "c002" in used
