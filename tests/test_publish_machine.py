"""Whatever happens between two publishes, the host holds output/ after one, and what is not ours is as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from generator.publish import patience
from generator.publish.delivery import Call, Delivery
from generator.publish.hashes import Hashes
from generator.publish.host import LostError
from generator.publish.lock import LOCK
from generator.publish.manifest import HEAD
from generator.publish.patience import Stop
from generator.publish.record import settle, work_folder
from generator.publish.standing import Wanted
from generator.signature import signature
from tests.newsroom import NOW, at
from tests.publishing import BASE, LABEL, MemoryHost, Meter, site_files

NAMES = ("index.html", "a.html", "b/index.html", "b/c.png", "b/d/e.html", "atom.xml", "b", "x")
LISTS = frozenset({"index.html", "atom.xml"})
FOREIGN = ("lain.php", "b/lain.txt", ".well-known/x")


class Publisher(RuleBasedStateMachine):
    """Output folders of a few files, a host in memory, and everything that can go wrong between them."""

    @initialize()
    def start(self) -> None:
        self.root = Path(mkdtemp())
        self.host = MemoryHost()
        self.foreign: dict[str, bytes] = {}
        self.output: dict[str, bytes] = {}
        self.is_cut = False

    def teardown(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    @rule(file=st.sampled_from(NAMES), data=st.binary(max_size=2))
    def write(self, file: str, data: bytes) -> None:
        """A build writes a file; what stands in its way goes."""
        below = {each for each in self.output if each.startswith(f"{file}/") or file.startswith(f"{each}/")}
        self.output = {each: old for each, old in self.output.items() if each not in below} | {file: data}

    @rule(file=st.sampled_from(NAMES))
    def take(self, file: str) -> None:
        """A build no longer makes a file."""
        self.output.pop(file, None)

    @rule(file=st.sampled_from(FOREIGN), data=st.binary(max_size=2))
    def smuggle(self, file: str, data: bytes) -> None:
        """Somebody else puts a file onto the host."""
        self.foreign[file] = self.host.files[file] = data

    @rule(file=st.sampled_from(NAMES), data=st.none() | st.binary(min_size=3, max_size=4))
    def alter(self, file: str, data: bytes | None) -> None:
        """Somebody else changes a file of ours on the host, or takes it away."""
        if file in self.host.files and file not in self.foreign:
            if data is None:
                del self.host.files[file]
            else:
                self.host.files[file] = data

    @rule()
    def forget(self) -> None:
        """This machine loses its memory."""
        shutil.rmtree(self.root / ".adpim", ignore_errors=True)
        self.host.files.pop(LOCK, None)  # its time passes
        self.is_forgetful = True

    @precondition(lambda self: (self.root / ".adpim").exists())
    @rule()
    def lose_manifest(self) -> None:
        """Somebody takes away the manifest on the host."""
        self.host.files.pop(HEAD, None)

    @rule(cut=st.integers(1, 30), after=st.booleans())
    def cut(self, cut: int, after: bool) -> None:
        """A publish is cut."""
        self.host.count, self.host.cut, self.host.cut_after = 0, cut, after
        try:
            self._publish()
        except LostError:
            self.is_cut = True
        self.host.cut = None

    @rule()
    def publish(self) -> None:
        """A publish comes to its end: the host holds what was built, and what is not ours."""
        self._publish()
        self.is_cut = False
        ours = {file: data for file, data in site_files(self.host.files).items() if file not in self.foreign}
        if not self.is_forgetful:
            assert ours == self.output
        else:
            assert {file: ours.get(file) for file in self.output} == self.output
        # The lock of a publish that was cut at its very end stays until it passes, or until there is something to do.
        assert {file for file in self.host.files if file.startswith(".adpim")} - {LOCK} == {HEAD}

    @invariant()
    def others_are_left_alone(self) -> None:
        """What is not ours is as it was put there."""
        if hasattr(self, "host"):
            assert {file: self.host.files.get(file) for file in self.foreign} == self.foreign

    is_forgetful = False

    def _publish(self) -> None:
        folder = self.root / "output"
        shutil.rmtree(folder, ignore_errors=True)
        for file, data in self.output.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        work = work_folder(self.root, "contoh")
        settle(work, LABEL)
        hashes = Hashes(folder, work.parent / "digests.json")
        files = hashes.files({file: signature((folder / file).stat()) for file in self.output})
        call = Call(work, BASE, self.host, 3, lambda: at(NOW), "komputer-contoh")
        with Delivery(call, Stop()) as delivery:
            offer = delivery.offer(folder, Wanted(BASE, files, None), LISTS)
            assert offer.standing.stranger is None or self.foreign or self.is_forgetful
            if not offer.plan.is_empty:
                delivery.carry_out(offer, Meter())


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES", ())


TestPublisher = Publisher.TestCase
TestPublisher.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
