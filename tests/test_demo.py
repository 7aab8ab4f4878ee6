"""The artificial archive of `adpim demo` is repeatable, plainly artificial and valid."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

import frontmatter
import pytest

from generator.config import load_site
from generator.intake.demo import LARGEST, OPENING, release_dates, releases, write_demo

Posts: TypeAlias = list[dict[str, Any]]

KEYS = {
    "title",
    "date",
    "summary",
    "tags",
    "place",
    "credits",
    "corrections",
    "updated",
    "aliases",
    "draft",
    "withdrawn",
}


@pytest.fixture(scope="module")
def files() -> list[tuple[str, str]]:
    return list(releases(3000))


@pytest.fixture(scope="module")
def posts(files: list[tuple[str, str]]) -> Posts:
    return [frontmatter.parse(text)[0] for _, text in files]


def tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def moment(value: Any) -> datetime:
    """A date as front matter may give it: PyYAML leaves one without seconds a string."""
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    assert isinstance(value, str)
    return datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def test_site_is_complete(tmp_path: Path) -> None:
    """A demo is site.toml, one page, and as many releases as the count it returns."""
    assert write_demo(tmp_path / "a", 12) == 12
    names = tree(tmp_path / "a").keys()
    assert {"content/site.toml", "content/halaman/tentang.md"} < names
    assert sum(name.startswith("content/berita/2009/01/") for name in names) == 12


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """The same seed and count write the same bytes, and another seed writes others."""
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_demo(tmp_path / name, 30, seed=seed)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert tree(tmp_path / "a") != tree(tmp_path / "c")


def test_bytes_are_pinned() -> None:
    """The first 500 releases have these bytes on every platform and Python version."""
    text = "".join(name + text for name, text in releases(500))
    assert sha256(text.encode()).hexdigest() == "878f80357d962435790c8287327e84465c52dc3b259b4b659990be17cef54901"


def test_first_releases_do_not_depend_on_count(tmp_path: Path) -> None:
    """A demo of 40 has every file of a demo of 39 unchanged, and exactly one more."""
    write_demo(tmp_path / "a", 39)
    write_demo(tmp_path / "b", 40)
    fewer, more = tree(tmp_path / "a"), tree(tmp_path / "b")
    assert fewer.items() < more.items()
    assert len(more) == len(fewer) + 1


def test_says_it_is_an_example(files: list[tuple[str, str]]) -> None:
    """Every title begins with CONTOH and every body by saying that it is made up."""
    assert OPENING.startswith("Naskah ini contoh buatan")
    for _, text in files[:500]:
        post = frontmatter.loads(text)
        assert str(post["title"]).startswith("CONTOH ")
        assert post.content.startswith(OPENING)


def test_titles_and_names_are_unique(files: list[tuple[str, str]], posts: Posts) -> None:
    """No two releases share a title or a file name."""
    assert len({post["title"] for post in posts}) == len(posts)
    assert len({Path(name).name for name, _ in files}) == len(files)


def test_front_matter_has_every_known_key_and_no_other(
    posts: Posts,
) -> None:
    """Front matter loads, and the corpus uses each key of a release it is meant to."""
    assert {key for post in posts for key in post} == KEYS


def test_front_matter_has_the_right_types(posts: Posts) -> None:
    """Lists load as lists of strings, corrections as dated notes, draft as true."""
    for post in posts:
        for key in ("tags", "credits", "aliases"):
            assert all(isinstance(item, str) for item in post.get(key, []))
        for correction in post.get("corrections", []):
            assert isinstance(correction["date"], date)
            assert isinstance(correction["note"], str)
        assert post.get("draft", True) is True
        assert isinstance(post.get("withdrawn", ""), str)


def test_tags_are_long_tailed(posts: Posts) -> None:
    """The most used tag is on more than 20 times as many releases as the median tag."""
    uses = Counter(tag for post in posts for tag in post.get("tags", []))
    assert max(uses.values()) > 20 * median(uses.values())


def test_new_tags_keep_appearing(posts: Posts) -> None:
    """The last third of an archive brings tags that the first two thirds never used."""
    old = {tag for post in posts[:2000] for tag in post.get("tags", [])}
    new = {tag for post in posts[2000:] for tag in post.get("tags", [])}
    assert len(new - old) > 50


def test_releases_have_up_to_six_tags(posts: Posts) -> None:
    """A release has no tag twice, at most six, and three or four typically."""
    counts = [len(post.get("tags", [])) for post in posts]
    assert all(len(set(p.get("tags", []))) == len(p.get("tags", [])) for p in posts)
    assert (min(counts), max(counts)) == (0, 6)
    assert median(counts) in (3, 4)


def test_dates_run_oldest_first(posts: Posts) -> None:
    """Dates never go back, and clock times lie between 08:00 and 17:00."""
    dates = [moment(post["date"]) for post in posts]
    assert dates == sorted(dates)
    clocks = [str(post["date"])[11:] for post in posts if isinstance(post["date"], str)]
    assert "08:00" <= min(clocks) < max(clocks) <= "17:00"
    assert len(posts) / 2 < len(clocks) < len(posts)


def test_dates_do_not_depend_on_count_or_seed() -> None:
    """Release i has the same date in every demo, whatever its count or seed."""
    short, long = releases(200, seed=1), releases(400, seed=2)
    pairs = [(a, b) for (_, a), (_, b) in zip(short, long, strict=False)]
    assert len(pairs) == 200
    for a, b in pairs:
        assert frontmatter.loads(a)["date"] == frontmatter.loads(b)["date"]


def test_follow_ups_come_after_the_release(posts: Posts) -> None:
    """A correction or an update is dated after its release."""
    for post in posts:
        later = [c["date"] for c in post.get("corrections", [])]
        later += [post["updated"]] if "updated" in post else []
        assert all(moment(day) > moment(post["date"]) for day in later)


def test_the_last_month_has_share_cards(tmp_path: Path) -> None:
    """The demo's setting gives the releases of its last thirty days cards of their own; an empty one needs none."""
    write_demo(tmp_path / "demo", 600)
    last = next(islice(release_dates(), 599, None))[0]
    assert load_site(tmp_path / "demo").cards_from == last - timedelta(30)
    write_demo(tmp_path / "empty", 0)
    assert load_site(tmp_path / "empty").cards_from is None


def test_nothing_is_in_the_future() -> None:
    """The largest demo, follow-ups included, ends before 2026."""
    days = [day for day, _ in islice(release_dates(), LARGEST)]
    assert len(days) == LARGEST
    assert (days[0].year, days[10_000].year) == (2009, 2014)
    assert days[-1] < date(2025, 11, 1)


@pytest.mark.parametrize("name", ["folder", "file.txt"])
def test_refuses_what_is_not_empty(tmp_path: Path, name: str) -> None:
    """A folder with anything in it, or a file, is refused and left as it was."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file.txt").write_text("mine", encoding="utf-8")
    before = tree(tmp_path)
    with pytest.raises(FileExistsError, match="not empty"):
        write_demo(tmp_path / name, 3)
    assert tree(tmp_path) == before


def test_fills_an_empty_folder(tmp_path: Path) -> None:
    """An empty folder is as good as a new one."""
    assert write_demo(tmp_path, 1) == 1


@pytest.mark.parametrize("count", [-1, LARGEST + 1])
def test_refuses_counts_without_dates(tmp_path: Path, count: int) -> None:
    """A count below zero or beyond the calendar is refused before anything is written."""
    with pytest.raises(ValueError, match="0 to 100000"):
        write_demo(tmp_path, count)
    assert tree(tmp_path) == {}
