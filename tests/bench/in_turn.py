"""``python -m tests.bench.in_turn``: what releases that are published one after the other send, in a large archive.

``tests.bench.publish`` measures a single one, of which the list on the host knows little yet. Here the demo's next
releases, which have no photos, are each written and published to a folder, where nothing is compressed, so that the
list fills and its parts are written anew.
"""

from __future__ import annotations

import argparse
import statistics
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from generator.intake.demo import releases
from generator.publish.manifest import OWN
from tests.bench import corpus
from tests.bench.corpus import Source
from tests.bench.publish import ADPIM, FILES, SIZE, run, target

if TYPE_CHECKING:
    from collections.abc import Iterator


class Sent(NamedTuple):
    """What one release sent: topics, files with those of the list, bytes of the site's files and of the list."""

    topics: int
    files: int
    size: int
    listed: int


def next_releases(count: int) -> Iterator[Source]:
    """Yield the demo's public releases after the first ``count``."""
    for name, text in islice(releases(2 * count), count, None):
        source = Source(name, text)
        if corpus.read(source) is not None:
            yield source


def list_files(web: Path) -> dict[str, tuple[int, int]]:
    """Return the files of the list on the host, with their sizes and when they were written."""
    files = ((path.name, path.stat()) for path in web.glob(f"{OWN}site*"))
    return {name: (known.st_size, known.st_mtime_ns) for name, known in files}


def sent(root: Path, web: Path, source: Source) -> Sent:
    """Publish a release, and return what that sent."""
    file = root / source.name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source.text, encoding="utf-8")
    before = list_files(web)
    said, _ = run(root, "publish", "folder", "--yes")
    written = {name: size for name, (size, moment) in list_files(web).items() if before.get(name) != (size, moment)}
    files = len(said["files"]["new"]) + len(said["files"]["changed"]) + len(written)
    post = corpus.read(source)
    assert post is not None
    return Sent(corpus.tags(post), files, said["size"], sum(written.values()))


def main() -> None:
    """Publish, count, and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=100)
    wish = parser.parse_args()
    with TemporaryDirectory() as work:
        root, web = corpus.make(ADPIM, wish.releases, Path(work)), Path(work) / "web"
        target(root, "folder", web.as_uri())
        run(root, "publish", "folder", "--yes")
        all_sent = [sent(root, web, source) for source in islice(next_releases(wish.releases), wish.times)]
    for name, values in (
        ("KB", [(each.size + each.listed) / 1e3 for each in all_sent]),
        ("KB of the list", [each.listed / 1e3 for each in all_sent]),
        ("files", [float(each.files) for each in all_sent]),
    ):
        print(f"{name}: {statistics.mean(values):.0f} in the mean, {max(values):.0f} at the most")  # noqa: T201 - it is what it is for
    large = [each for each in all_sent if each.size + each.listed > SIZE]
    print(f"over {SIZE / 1e3:.0f} KB: {len(large)} of {len(all_sent)}, topics {sorted(each.topics for each in large)}")  # noqa: T201 - as above
    many = [each for each in all_sent if each.files > FILES]
    print(f"over {FILES} files: {len(many)} of {len(all_sent)}, topics {sorted(each.topics for each in many)}")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
