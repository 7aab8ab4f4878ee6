"""Whatever happens between two publishes, the host holds output/ after one, and what is not ours is as it was.

At no moment a page lacks what it refers to, and what stands there whole is not sent again.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from generator.errors import message
from generator.publish import manifest, patience
from generator.publish.coding import unpacked
from generator.publish.delivery import Call, Delivery
from generator.publish.hashes import Hashes
from generator.publish.history import History
from generator.publish.host import LostError, lost
from generator.publish.lock import LOCK
from generator.publish.manifest import HEAD
from generator.publish.patience import Stop
from generator.publish.record import settle, work_folder
from generator.publish.standing import Wanted, is_own
from generator.signature import signature
from tests.newsroom import NOW, at
from tests.publishing import BASE, LABEL, MemoryHost, Meter, site_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.publish.delivery import Offer

PAGES = ("index.html", "a.html", "b/index.html", "b/d/e.html", "x.html")
NEEDED = ("b/c.png", "p.png", "s.css", "atom.xml")
WAYS = ("b/d", "x.html/y")
"""What cannot stand beside some of the others: a file where a folder is, and a folder where a file is."""
LISTS = frozenset({"index.html", "atom.xml"})
FOREIGN = ("lain.php", "c/lain.txt", ".well-known/x")
PADDING = b"CONTOH" * 20
"""What makes a text smaller when it is compressed."""
_PART = re.compile(r"\.adpim-site-[0-9a-f]+\.gz")


class StumblingHost(MemoryHost):
    """A host in memory to which the line breaks for one operation: before it, or with its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.stumble: int | None = None

    def _step(self, act: Callable[[], None]) -> None:
        if self.stumble is not None and self.count + 1 >= self.stumble:
            self.stumble = None
            self.count += 1
            if self.cut_after:
                act()
            raise lost(self.label, message("The line broke."), message("Try again."))
        super()._step(act)


class Publisher(RuleBasedStateMachine):
    """Output folders of a few files, a host in memory, and everything that can go wrong between them."""

    @initialize(compresses=st.booleans())
    def start(self, *, compresses: bool) -> None:
        self.root = Path(mkdtemp())
        self.work = work_folder(self.root, "contoh")
        self.host = StumblingHost()
        self.host.lanes = 1
        self.host.seen = self._see
        self.compresses, self.keep = compresses, 3
        self.foreign: dict[str, bytes] = {}
        self.output: dict[str, bytes] = {}
        self.stable: dict[str, bytes] = {}
        """What stood there after the last publish that came to its end."""
        self.before: dict[int, dict[str, bytes]] = {}
        """What stood there before each publish, as far as it must be possible to bring all of it back."""
        self.made: set[tuple[str, bytes]] = set()
        self.taken = frozenset[str]()
        self.holes: list[tuple[str, str]] = []
        self.is_forgetful = self.is_altered = False

    def teardown(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    @rule(
        file=st.sampled_from(PAGES),
        needs=st.sets(st.sampled_from(NEEDED), max_size=2),
        salt=st.integers(0, 3),
        data=st.data(),
    )
    def write_page(self, file: str, needs: set[str], salt: int, data: st.DataObject) -> None:
        """A build writes a page that needs some of the files that there are."""
        self._put(file, b"")
        there = " ".join(sorted(needs & self.output.keys())).encode()
        self.output[file] = there + b"\n%d" % salt + data.draw(st.sampled_from((b"", PADDING)))

    @rule(file=st.sampled_from((*NEEDED, *WAYS)), data=st.binary(max_size=2), padding=st.sampled_from((b"", PADDING)))
    def write(self, file: str, data: bytes, padding: bytes) -> None:
        """A build writes another file."""
        self._put(file, data + padding)

    @rule(file=st.sampled_from((*PAGES, *NEEDED, *WAYS)))
    def take(self, file: str) -> None:
        """A build no longer makes a file, and no page that needs it."""
        self.output.pop(file, None)
        for page in PAGES:
            if file in _needs(self.output.get(page, b"")):
                self.output[page] = b"\n" + self.output[page].partition(b"\n")[2]

    @rule(file=st.sampled_from(FOREIGN), data=st.binary(max_size=2))
    def smuggle(self, file: str, data: bytes) -> None:
        """Somebody else puts a file onto the host, or changes it."""
        self.foreign[file] = self.host.files[file] = data

    @rule(file=st.sampled_from((*PAGES, *NEEDED, *WAYS)), data=st.none() | st.binary(min_size=3, max_size=4))
    def alter(self, file: str, data: bytes | None) -> None:
        """Somebody else changes a file of ours on the host, or takes it away."""
        if file in self.host.files:
            self.before.clear()
            self.is_altered = True
            if data is None:
                del self.host.files[file]
                self.taken |= {file}
            else:
                self.host.files[file] = data

    @rule()
    def forget(self) -> None:
        """This machine loses its memory."""
        shutil.rmtree(self.root / ".adpim", ignore_errors=True)
        self.host.files.pop(LOCK, None)  # its time passes
        self.before.clear()
        self.is_forgetful = True

    @rule()
    def lose_manifest(self) -> None:
        """Somebody takes away the manifest on the host."""
        self.host.files.pop(HEAD, None)
        self.before.clear()

    @rule(keep=st.sampled_from((0, 1, 3)))
    def set_keep(self, keep: int) -> None:
        """Somebody changes how many publishes can be taken back."""
        self.keep = keep

    @rule(cut=st.integers(1, 30), after=st.booleans(), is_back=st.booleans())
    def cut(self, *, cut: int, after: bool, is_back: bool) -> None:
        """A publish, or its taking back, is cut."""
        self.host.count, self.host.cut, self.host.cut_after = 0, cut, after
        try:
            (self.take_back if is_back else self.publish)()
        except LostError:
            pass
        finally:
            self.host.cut = None

    @rule(stumble=st.integers(1, 30), after=st.booleans(), is_back=st.booleans())
    def stumble(self, *, stumble: int, after: bool, is_back: bool) -> None:
        """The line breaks once, and holds at the next try."""
        self.host.count, self.host.stumble, self.host.cut_after = 0, stumble, after
        (self.take_back if is_back else self.publish)()
        self.host.stumble = None

    @rule()
    def publish(self) -> None:
        """A publish comes to its end: the host holds what was built, and what is not ours."""
        if self.is_forgetful and self._is_blocked():
            return  # what it has forgotten is not its own, and is not removed
        whole = {file for file, data in self.output.items() if self._read(file) == data}
        self.made |= set(self.output.items())
        self.host.arrived.clear()
        known = self._steps()
        self._publish()
        ours = self._ours()
        if not self.is_forgetful:
            assert ours == self.output
        else:
            assert {file: ours.get(file) for file in self.output} == self.output
        assert whole.isdisjoint(self.host.arrived)
        # The lock of a publish that was cut at its very end stays until it passes, or until there is something to do;
        # so do parts of a manifest that is no more.
        kept = {file for file in self.host.files if file.startswith(".adpim") and not _PART.fullmatch(file)}
        assert kept - {LOCK} == {HEAD}
        # Who has forgotten what it published takes for somebody else's what somebody changed, and brings that back.
        if not (self.is_forgetful and self.is_altered):
            self.before |= dict.fromkeys(self._steps() - known, self.stable)
        self.stable, self.taken, self.is_altered = ours, frozenset(), False

    @rule()
    def take_back(self) -> None:
        """The last publish is taken back: the host holds what stood there before."""
        last = History(self.work, self.keep).last()
        if last is None or (self.is_forgetful and self._is_blocked()):
            return
        offer = self._take_back()
        before = self.before.pop(last.number, None)
        self.stable = self._ours()
        if before is not None and not offer.lacking:
            assert self.stable == before

    @invariant()
    def others_are_left_alone(self) -> None:
        """What is not ours is as it was put there."""
        if hasattr(self, "host"):
            assert {file: self.host.files.get(file) for file in self.foreign} == self.foreign

    @invariant()
    def no_page_ever_lacked_anything(self) -> None:
        """At no moment a page that was built stood on the host without what it needs."""
        if hasattr(self, "host"):
            assert self.holes == []

    def _put(self, file: str, data: bytes) -> None:
        for other in [each for each in self.output if each.startswith(f"{file}/") or file.startswith(f"{each}/")]:
            self.take(other)
        self.output[file] = data

    def _see(self, files: dict[str, bytes]) -> None:
        for page in files.keys() & set(PAGES) if not self.is_forgetful else ():
            data = self._read(page) or b""
            if (page, data) in self.made:
                self.holes += [(page, file) for file in _needs(data) if file not in files and file not in self.taken]

    def _is_blocked(self) -> bool:
        files = site_files(self.host.files)
        return any(one.startswith(f"{other}/") for one in {*self.output, *files} for other in {*self.output, *files})

    def _read(self, file: str) -> bytes | None:
        data = self.host.files.get(file)
        return unpacked(data, 1 << 20) if data is not None and self.compresses and not is_own(file) else data

    def _ours(self) -> dict[str, bytes]:
        return {file: self._read(file) or b"" for file in site_files(self.host.files) if file not in self.foreign}

    def _steps(self) -> set[int]:
        return {step.number for step in History(self.work, self.keep).steps()}

    def _call(self) -> Call:
        settle(self.work, LABEL)
        return Call(self.work, BASE, self.host, self.keep, lambda: at(NOW), "komputer-contoh")

    def _publish(self) -> None:
        folder = self.root / "output"
        shutil.rmtree(folder, ignore_errors=True)
        for file, data in self.output.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        call = self._call()
        hashes = Hashes(folder, self.work.parent / "digests.json", compresses=self.compresses)
        files = hashes.files({file: signature((folder / file).stat()) for file in self.output})
        with Delivery(call, Stop()) as delivery:
            offer = delivery.offer(folder, Wanted(BASE, files, None), LISTS)
            assert offer.standing.stranger is None or self.foreign or self.is_forgetful
            assert not offer.standing.is_overtaken
            if offer.plan.is_empty:
                delivery.leave(offer)
            else:
                delivery.carry_out(offer, Meter())

    def _take_back(self) -> Offer:
        with Delivery(self._call(), Stop()) as delivery:
            offer = delivery.offer_back(self.root / "output")
            assert offer is not None
            delivery.carry_out(offer, Meter())
        return offer


def _needs(page: bytes) -> list[str]:
    """Return the files that a page needs: the words of its first line."""
    return page.partition(b"\n")[0].decode(errors="replace").split()


@pytest.fixture(autouse=True)
def _small_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a host in memory, and a manifest has parts with a few files already."""
    monkeypatch.setattr(patience, "PAUSES", (0.0,))
    monkeypatch.setattr(manifest, "ROOM", 300)
    monkeypatch.setattr(manifest, "PART_FILES", 2)


TestPublisher = Publisher.TestCase
TestPublisher.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
