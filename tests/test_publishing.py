"""Publishing: only differences travel, nothing half-done is ever seen, and whatever moment it is cut at, it goes on."""

from __future__ import annotations

import gzip
import os
import shutil
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import ContentError, NewsroomError, OutputError, message
from generator.i18n import say
from generator.publish import manifest, patience
from generator.publish.copies import Copies
from generator.publish.delivery import FRESH, Delivery
from generator.publish.folder import FolderHost
from generator.publish.guard import check as guard
from generator.publish.host import HostError, LostError, RefusedError, lost
from generator.publish.journal import Journal
from generator.publish.lock import LOCK
from generator.publish.manifest import HEAD, MOST, digest_of, is_safe
from generator.publish.patience import Stop, StoppedError
from generator.publish.record import Record
from generator.publish.schedule import is_cut
from generator.publish.words import count, in_words, listed, size_in_words
from tests.newsroom import Newsroom, Quiet, png, release
from tests.publishing import (
    LABEL,
    MemoryHost,
    Meter,
    Office,
    dead_links,
    first_state,
    lacking,
    second_state,
    site_files,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.publish.host import Host

STYLE = Path(__file__).parent.parent / "templates/static/style.css"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a host in memory."""
    monkeypatch.setattr(patience, "PAUSES", (0.0, 0.0))


@pytest.fixture
def office(newsroom: Newsroom) -> Office:
    """An office with some releases that has published nothing yet."""
    first_state(newsroom)
    return Office(newsroom, MemoryHost())


def host_of(office: Office) -> MemoryHost:
    """Return the office's host."""
    assert isinstance(office.host, MemoryHost)
    return office.host


def check(office: Office, foreign: Mapping[str, bytes] | None = None) -> None:
    """The host holds output/ and what was there of others, and is clean of locks and of what was under way."""
    host = host_of(office)
    assert site_files(host.files) == office.newsroom.files() | dict(foreign or {})
    assert {file for file in host.files if file.startswith(".adpim-")} == {HEAD}
    assert Record(office.work).head() == host.files[HEAD]


def test_the_whole_site_comes_to_an_empty_host(office: Office) -> None:
    """The first publish brings every file of output/ but the build's own manifest."""
    offer = office.publish()
    check(office)
    assert len(offer.plan.new) == len(office.newsroom.files())
    assert office.meter.travelled == offer.plan.size == sum(map(len, office.newsroom.files().values()))


def test_nothing_travels_twice(office: Office) -> None:
    """With nothing changed, nothing is to be done, and nothing is written or fetched."""
    office.publish()
    host = host_of(office)
    host.arrived.clear()
    offer = office.offer()
    assert offer.plan.is_empty
    assert (host.arrived, host.fetched) == ([], [])


def test_only_differences_travel(office: Office) -> None:
    """A change sends what it changed, removes what is no more, and the manifest, and nothing else."""
    office.publish()
    before = office.newsroom.files()
    host = host_of(office)
    host.arrived.clear()
    second_state(office.newsroom)
    office.publish()
    check(office)
    after = office.newsroom.files()
    differing = {file for file, data in after.items() if before.get(file) != data}
    assert {*host.arrived} - {HEAD} == differing
    assert Counter(host.arrived)[HEAD] == 2  # what is to go stands in it until it is gone


def test_every_moment_is_whole(office: Office) -> None:
    """After every single change on the host, no page lacks what it needs, and none that is linked is missing."""
    host = host_of(office)
    broken: list[object] = []
    host.seen = lambda files: broken.extend(lacking(files) + dead_links(files))
    office.publish()
    second_state(office.newsroom)
    office.publish()
    office.take_back()
    assert broken == []


def test_a_crawl_notices_what_is_missing(office: Office) -> None:
    """The crawl that finds nothing wrong would find a picture, a style or a page that is missing."""
    office.publish()
    files = host_of(office).files
    for end in (".png", ".webp", ".jpg", ".css"):
        those = {file: data for file, data in files.items() if not file.endswith(end)}
        assert len(those) == len(files) or lacking(those)
    assert lacking({file: data for file, data in files.items() if not file.endswith(".css")})
    photo = next(file for file in files if "foto-1" in file and file.endswith(".webp"))
    assert lacking({file: data for file, data in files.items() if file != photo})
    page = next(file for file in files if "contoh-1/" in file and file.endswith(".html"))
    assert dead_links({file: data for file, data in files.items() if file != page})


@pytest.mark.parametrize("cut_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("tenth", range(10))
def test_a_cut_publish_goes_on(office: Office, tenth: int, cut_after: bool) -> None:
    """Cut at each tenth of the transfer, no page lacks anything; the next publish sends nothing that had arrived."""
    host = host_of(office)
    office.publish()
    whole = dict(host.files)
    second_state(office.newsroom)
    built = office.build()
    host.count = 0
    office.publish(built)
    operations = host.count
    shutil.rmtree(office.work)
    host.files = whole
    office = Office(office.newsroom, host)
    host.arrived.clear()
    host.count, host.cut, host.cut_after = 0, 2 + (operations - 2) * tenth // 10, cut_after
    with pytest.raises(LostError):
        office.publish(built)
    assert lacking(host.files) == dead_links(host.files) == []
    host.cut = None
    office.publish(built)
    check(office)
    again = Counter(file for file in host.arrived if not file.startswith(".adpim-"))
    assert {file for file, times in again.items() if times > 1} == set()


def test_a_first_publish_that_is_cut_goes_on(office: Office) -> None:
    """A host that holds the beginning of this site, and no manifest yet, is taken for this site's."""
    host = host_of(office)
    built = office.build()
    host.cut = len(built.wanted.files) // 2
    with pytest.raises(LostError):
        office.publish(built)
    assert HEAD not in host.files
    host.cut = None
    offer = office.publish(built)
    assert offer.standing.stranger is None
    check(office)
    assert Counter(host.arrived).most_common(1)[0][1] == 1


def test_what_was_cut_may_have_changed_since(office: Office) -> None:
    """A file that arrived in a cut publish, and is no longer wanted, is removed by the next one."""
    host = host_of(office)
    office.publish()
    second_state(office.newsroom)
    built = office.build()
    host.count, host.cut = 0, 25
    with pytest.raises(LostError):
        office.publish(built)
    host.cut = None
    new = [file for file in site_files(host.files) if "contoh-9/" in file]
    assert new
    (office.newsroom.root / "content/berita/rilis-9.md").unlink()
    office.publish()
    check(office)
    assert host.files.keys().isdisjoint(new)


def test_a_lost_memory_costs_no_transfer(office: Office) -> None:
    """With .adpim gone in the midst of a publish, what arrived is read back and compared, not sent again."""
    host = host_of(office)
    office.publish()
    second_state(office.newsroom)
    built = office.build()
    host.arrived.clear()
    host.count, host.cut = 0, 30
    with pytest.raises(LostError):
        office.publish(built)
    host.cut = None
    host.files.pop(LOCK)
    shutil.rmtree(office.newsroom.root / ".adpim")
    office = Office(office.newsroom, host)
    office.publish()
    check(office)
    assert max(Counter(file for file in host.arrived if not file.startswith(".adpim-")).values()) == 1


def test_a_stumbling_line_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that breaks now and then costs pauses, and no file is sent twice whose answer alone was lost."""
    host = host_of(office)
    pauses: list[float] = []
    monkeypatch.setattr(patience, "PAUSES", (1.0, 2.0, 4.0))
    monkeypatch.setattr(Stop, "pause", lambda _, seconds: pauses.append(seconds))
    step = host._step

    def stumble(act: object) -> None:
        host.cut = host.count + 1 if (host.count + 1) % 7 == 0 else None
        step(act)  # type: ignore[arg-type] # handed on as it is

    host.cut_after = True
    monkeypatch.setattr(host, "_step", stumble)
    office.publish()
    monkeypatch.setattr(host, "_step", step)
    host.cut = None
    check(office)
    assert pauses
    assert max(Counter(host.arrived).values()) == 1


def test_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that stays away is asked several times, each time after a longer pause, before that is said."""
    monkeypatch.setattr(patience, "PAUSES", (1.0, 2.0, 4.0))
    pauses: list[float] = []
    host = MemoryHost()
    host.cut = 0
    with pytest.raises(LostError):
        patience.Patient(host, pauses.append).listing()
    assert pauses == [1.0, 2.0, 4.0]
    assert host.count == 4


def test_ctrl_c_ends_a_pause_at_once() -> None:
    """The sign to break off ends a pause, also one that would begin later."""
    stop = Stop()
    threading.Timer(0.1, stop.set).start()
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(StoppedError):
            stop.pause(20)
    assert time.monotonic() - began < 5
    began = time.monotonic()
    Stop().pause(0.5)
    assert 0.4 < time.monotonic() - began < 5


def test_what_somebody_changed_there_is_sent_again(office: Office) -> None:
    """A page that was altered or removed on the host is sent again, and that is said."""
    office.publish()
    host = host_of(office)
    host.files["index.html"] = b"judi"
    del host.files["arsip/index.html"]
    plan = office.publish().plan
    assert (plan.altered, plan.missing) == (("index.html",), ("arsip/index.html",))
    assert plan.sent == ("arsip/index.html", "index.html")
    check(office)


def test_foreign_files_are_left_alone(office: Office) -> None:
    """Files that the program did not put there are never removed, also in folders that it empties."""
    office.publish()
    host = host_of(office)
    page = next(file for file in host.files if "contoh-3/" in file)
    foreign = {".well-known/x": b"x", f"{page.rpartition('/')[0]}/catatan.txt": b"x", "wp/index.php": b"x"}
    host.files |= foreign
    second_state(office.newsroom)
    office.publish()
    check(office, foreign)


def test_a_strange_folder_is_known(office: Office) -> None:
    """A folder with other files is not taken for this site's; what stands in the way is kept when it is taken."""
    host = host_of(office)
    old = {"index.html": b"halaman lama CONTOH", "lama.html": b"CONTOH"}
    host.files |= old
    offer = office.offer()
    assert offer.standing.stranger is not None
    assert offer.plan.replaced == ("index.html",)
    assert host.files == old
    office.publish()
    check(office, {"lama.html": b"CONTOH"})
    office.take_back()
    assert site_files(host.files) == old


def test_another_site_s_folder_is_known(office: Office) -> None:
    """A folder whose manifest names another site is not taken for this one's."""
    office.publish()
    host = host_of(office)
    host.files[HEAD] = gzip.compress(gzip.decompress(host.files[HEAD]).replace(b"contoh.example", b"lain.example"))
    stranger = office.offer().standing.stranger
    assert stranger is not None
    assert dict(stranger.values)["site"] == "https://lain.example"


def test_the_folder_of_another_site_is_taken_without_its_files(office: Office, tmp_path: Path) -> None:
    """What another site's list names is not ours: whoever takes the folder replaces what is called alike, no more."""
    office.publish()
    host = host_of(office)
    before = site_files(host.files)
    ours = Office(Newsroom(tmp_path / "lain"), host, name="lain")
    ours.newsroom.release("lain.md", release("CONTOH lain", "2026-10-02"))
    built = ours.build()
    built = built._replace(wanted=built.wanted._replace(site="https://lain.example"))
    call = ours.call()._replace(site="https://lain.example")
    with Delivery(call, Stop()) as delivery:
        offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
        assert offer.standing.stranger is not None
        assert offer.plan.removed == ()
        delivery.carry_out(offer, Meter())
    assert site_files(host.files) == before | ours.newsroom.files()
    with Delivery(call, Stop()) as delivery:
        back = delivery.offer_back(built.report.folder)
        assert back is not None
        delivery.carry_out(back, Meter())
    assert site_files(host.files) == before


def publish_another_site(host: Host, tmp_path: Path) -> Newsroom:
    """Another site takes the folder, with a page whose name one of ours has too; return its newsroom."""
    theirs = Office(Newsroom(tmp_path / "lain"), host, name="lain")
    theirs.newsroom.write({"content/halaman/sama.md": "---\ntitle: CONTOH mereka\n---\nCONTOH\n"})
    theirs.newsroom.release("lain.md", release("CONTOH lain", "2026-10-02"))
    built = theirs.build()
    built = built._replace(wanted=built.wanted._replace(site="https://lain.example"))
    with Delivery(theirs.call()._replace(site="https://lain.example"), Stop()) as delivery:
        delivery.carry_out(delivery.offer(built.report.folder, built.wanted, built.report.lists), Meter())
    return theirs.newsroom


def test_what_another_site_put_in_place_of_ours_is_theirs(office: Office, tmp_path: Path) -> None:
    """Who takes the folder back from another site removes nothing under a name that this has used since."""
    office.newsroom.write({"content/halaman/sama.md": "---\ntitle: CONTOH kita\n---\nCONTOH\n"})
    office.publish()
    host, page = host_of(office), "sama/index.html"
    theirs = publish_another_site(host, tmp_path)
    (office.newsroom.root / "content/halaman/sama.md").unlink()
    old = "2026/10/contoh-3/index.html"
    second_state(office.newsroom)
    offer = office.publish()
    assert offer.standing.stranger is not None
    assert page not in offer.plan.removed
    assert old in offer.plan.removed
    assert host.files[page] == theirs.files()[page]


def test_what_another_site_put_in_place_of_what_a_cut_publish_sent_is_theirs(office: Office, tmp_path: Path) -> None:
    """Nor under a name that a publish from here had used before it was cut."""
    office.publish()
    office.newsroom.write({"content/halaman/sama.md": "---\ntitle: CONTOH kita\n---\nCONTOH\n"})
    host, page = host_of(office), "sama/index.html"
    built = office.build()
    host.seen = lambda files: setattr(host, "cut", 1) if page in files else None
    with pytest.raises(LostError):
        office.publish(built)
    host.seen, host.cut = lambda _: None, None
    del host.files[LOCK]  # its time has passed
    past = Journal(office.work).past()
    assert past is not None
    assert page in {**past.put, **past.tried}
    theirs = publish_another_site(host, tmp_path)
    before = site_files(host.files)
    assert page in office.offer().plan.replaced
    (office.newsroom.root / "content/halaman/sama.md").unlink()
    office.publish()
    assert host.files[page] == theirs.files()[page]
    office.take_back()
    assert site_files(host.files) == before


def test_of_another_site_whose_list_is_damaged_nothing_is_removed(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where part of the other site's list is gone, any file under a name of ours may be theirs."""
    office.newsroom.write({"content/halaman/sama.md": "---\ntitle: CONTOH kita\n---\nCONTOH\n"})
    office.publish()
    monkeypatch.setattr(manifest, "PART_FILES", 8)
    monkeypatch.setattr(manifest, "ROOM", 500)
    host = host_of(office)
    publish_another_site(host, tmp_path)
    del host.files[next(file for file in host.files if file.startswith(".adpim-site-"))]
    before = site_files(host.files)
    (office.newsroom.root / "content/halaman/sama.md").unlink()
    offer = office.publish()
    assert offer.standing.stranger is not None
    assert site_files(host.files) == before | office.newsroom.files()
    office.take_back()
    assert site_files(host.files) == before


def test_what_another_site_put_there_is_theirs_however_often_we_are_cut(office: Office, tmp_path: Path) -> None:
    """Nor is it replaced without a copy where a publish that takes the folder is cut before it has made one."""
    office.publish()
    office.newsroom.write({"content/halaman/sama.md": "---\ntitle: CONTOH kita\n---\nCONTOH\n"})
    host, page = host_of(office), "sama/index.html"
    host.seen = lambda files: setattr(host, "cut", 1) if page in files else None
    with pytest.raises(LostError):
        office.publish()
    host.seen, host.cut = lambda _: None, None
    del host.files[LOCK]  # its time has passed
    publish_another_site(host, tmp_path)
    before = site_files(host.files)
    read = host.read

    def cut(file: str, most: int | None = None) -> bytes | None:
        host.cut = host.count if file == page else None
        return read(file, most)

    host.read = cut  # type: ignore[method-assign] # what is read of their page is the copy that is to be made
    with pytest.raises(LostError):
        office.publish()
    past = Journal(office.work).past()
    assert past is not None
    assert past.head == digest_of(host.files[HEAD])
    host.read, host.cut = read, None  # type: ignore[method-assign] # as above
    host.files.pop(LOCK, None)
    assert page in office.offer().plan.replaced
    office.publish()
    office.take_back()
    assert site_files(host.files) == before


def test_a_site_whose_address_changed_is_ours(office: Office) -> None:
    """Where the list names a site that this machine has published, what is no longer wanted goes, whoever wrote it."""
    office.publish()
    host, page = host_of(office), "2026/10/contoh-3/index.html"
    host.files[HEAD] = gzip.compress(gzip.decompress(host.files[HEAD]) + b" ")  # another machine has published since
    second_state(office.newsroom)
    built = office.build()
    wanted = built.wanted._replace(site="https://lain.example")
    with Delivery(office.call()._replace(site=wanted.site), Stop()) as delivery:
        offer = delivery.offer(built.report.folder, wanted, built.report.lists)
    assert offer.standing.stranger is not None
    assert page in offer.plan.removed


@pytest.mark.parametrize("damage", [None, b"", b"{}", b"CONTOH"], ids=["gone", "empty", "other", "text"])
def test_a_lost_manifest_is_made_anew(office: Office, damage: bytes | None) -> None:
    """Without a manifest every file of the same size is read back; what is as it should be does not travel."""
    office.publish()
    host = host_of(office)
    host.files.pop(HEAD)
    if damage is not None:
        host.files[HEAD] = damage
    host.files["index.html"] = bytes(len(host.files["index.html"]))  # of the same size
    host.arrived.clear()
    offer = office.publish()
    assert len(offer.standing.notes) == 1
    assert offer.standing.stranger is None
    assert [file for file in host.arrived if file != HEAD] == ["index.html"]
    check(office)


@pytest.mark.parametrize("is_link", [False, True], ids=["huge", "link"])
def test_what_cannot_be_a_manifest_is_not_read(newsroom: Newsroom, tmp_path: Path, is_link: bool) -> None:
    """A list that would fill this machine's memory is refused by publish and told of by the guard, and not read."""
    host = FolderHost(tmp_path / "web", LABEL)
    office = Office(newsroom, host)
    office.publish()
    head = tmp_path / "web" / HEAD
    head.unlink()
    if is_link:
        head.symlink_to("/dev/zero")
    else:
        with head.open("wb") as file:
            file.truncate(MOST + 1)
    with pytest.raises(RefusedError) as caught:
        office.offer()
    assert dict(caught.value.problems[0].what.values)["file"] == HEAD
    found = guard(host, office.expected(), Quiet()).findings
    assert [(finding.file, finding.kind) for finding in found] == [(HEAD, "altered")]
    head.unlink()
    assert not office.offer().plan.sent


def test_a_link_in_the_place_of_a_file_is_mended(newsroom: Newsroom, tmp_path: Path) -> None:
    """A link is not our file, whatever size it says that it has."""
    office = Office(newsroom, FolderHost(tmp_path / "web", LABEL))
    office.publish()
    robots = tmp_path / "web/robots.txt"
    ours = robots.read_bytes()
    robots.unlink()
    robots.symlink_to(("./" * (len(ours) // 2) + "x")[-len(ours) :])
    assert robots.lstat().st_size == len(ours)
    assert office.publish().plan.altered == ("robots.txt",)
    assert not robots.is_symlink()
    assert robots.read_bytes() == ours


def test_what_a_lost_manifest_named_is_ours_after_a_cut(office: Office) -> None:
    """Where a publish without a manifest was cut, what this machine remembers can still be removed."""
    office.publish()
    host = host_of(office)
    host.files.pop(HEAD)
    second_state(office.newsroom)
    arrived = len(host.arrived)

    def break_off(_: object) -> None:
        host.cut = 0

    host.seen = break_off  # once the first file is there
    with pytest.raises(LostError):
        office.publish()
    assert HEAD not in host.files
    assert len(host.arrived) == arrived + 1
    host.seen, host.cut = (lambda _: None), None
    (office.newsroom.root / "content/berita/rilis-4.md").unlink()  # which the cut one had no need to send
    offer = office.publish()
    assert offer.standing.stranger is None
    check(office)


def test_a_cut_at_the_last_list_is_nobody_else_s_doing(office: Office) -> None:
    """Cut when all is gone that was to go, a publish is known for one's own: by the next one and by the guard."""
    office.publish()
    host = host_of(office)
    second_state(office.newsroom)

    def break_off(files: Mapping[str, bytes]) -> None:
        if b'"leaving":[]' not in gzip.decompress(files[HEAD]) and site_files(files) == office.newsroom.files():
            host.cut = 0

    host.seen = break_off
    with pytest.raises(LostError):
        office.publish()
    host.seen, host.cut = (lambda _: None), None
    assert b'"leaving":[]' not in gzip.decompress(host.files[HEAD])
    assert is_cut(office.work)
    offer = office.publish()
    assert offer.standing.notes == ()
    assert (offer.plan.sent, offer.plan.removed) == ((), ())
    check(office)


def test_what_another_machine_built_upon_is_not_taken_back(office: Office) -> None:
    """Once another machine has published, what this one published before stays: their pages may need it."""
    office.publish()
    host, style = host_of(office), STYLE.read_bytes()
    office.newsroom.write({"templates/static/style.css": style + b"/* CONTOH */"})
    office.publish()
    other = Office(office.newsroom, host, name="lain")
    office.newsroom.release("rilis-13.md", release("CONTOH 13", "2026-10-13", tags="[CONTOH]"))
    other.publish()
    before = dict(host.files)
    with pytest.raises(RefusedError, match="Another machine has published since"):
        office.take_back()
    assert host.files == before
    office.newsroom.release("rilis-14.md", release("CONTOH 14", "2026-10-14", tags="[CONTOH]"))
    office.publish()
    office.take_back()
    assert site_files(host.files) == site_files(before)
    assert lacking(host.files) == []
    with Delivery(office.call(), Stop()) as delivery:
        assert delivery.offer_back(office.newsroom.root / "output") is None
    other.publish()
    other.take_back()


def test_what_another_machine_built_upon_is_known_by_a_list_that_lacks_a_part(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another machine has published, and part of its list is gone, nothing is taken back either."""
    office.publish()
    office.newsroom.write({"templates/static/style.css": STYLE.read_bytes() + b"/* CONTOH */"})
    office.publish()
    monkeypatch.setattr(manifest, "PART_FILES", 8)
    monkeypatch.setattr(manifest, "ROOM", 500)
    host, other = host_of(office), Office(office.newsroom, office.host, name="lain")
    office.newsroom.write({"content/halaman/baru.md": "---\ntitle: CONTOH\n---\nCONTOH\n"})
    other.publish()
    del host.files[next(file for file in host.files if file.startswith(".adpim-site-"))]
    with pytest.raises(RefusedError, match="Another machine has published since"):
        office.take_back()
    assert lacking(host.files) == []


def test_what_a_forgotten_publish_built_upon_is_not_taken_back(office: Office) -> None:
    """Where the memory of the last publish is damaged, the one before it stays: the last one's pages may need it."""
    office.publish()
    office.newsroom.write({"templates/static/style.css": STYLE.read_bytes() + b"/* CONTOH */"})
    office.publish()
    office.newsroom.release("rilis-13.md", release("CONTOH 13", "2026-10-13", tags="[CONTOH]"))
    office.publish()
    max((office.work / "history").iterdir()).write_bytes(b"CONTOH")
    with Delivery(office.call(), Stop()) as delivery:
        assert delivery.offer_back(office.newsroom.root / "output") is None
    office.newsroom.release("rilis-14.md", release("CONTOH 14", "2026-10-14", tags="[CONTOH]"))
    office.publish()
    office.take_back()
    assert lacking(host_of(office).files) == []


def test_a_cut_publish_that_another_machine_overtook_is_not_taken_back(office: Office) -> None:
    """Where another machine has published since a publish was cut, what that one had begun is no way back any more."""
    office.publish()
    host = host_of(office)
    second_state(office.newsroom)

    def break_off(_: object) -> None:
        host.cut = 0

    host.seen = break_off
    with pytest.raises(LostError):
        office.publish()
    host.seen, host.cut = (lambda _: None), None
    host.files.pop(LOCK)  # its time passes
    office.newsroom.release("rilis-13.md", release("CONTOH 13", "2026-10-13", tags="[CONTOH]"))
    Office(office.newsroom, host, name="lain").publish()
    with pytest.raises(RefusedError, match="Another machine has published since"):
        office.take_back()
    theirs = office.newsroom.files()
    office.newsroom.release("rilis-14.md", release("CONTOH 14", "2026-10-14", tags="[CONTOH]"))
    office.publish()
    check(office)
    office.take_back()
    assert site_files(host.files) == theirs


@pytest.mark.parametrize(
    "name", ["10.00\u202fPM.png", "a\xa0b.pdf", "a\u200bb.txt", "a\\b.txt", "a\nb.txt", "caf\udce9.txt"]
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_no_list_could_hold_is_refused(office: Office, name: str) -> None:
    """A static file whose name the list on the host could not hold stops the build, before all there is unknown."""
    static = office.newsroom.root / "templates/static"
    static.mkdir(parents=True)
    try:
        (static / name).write_bytes(b"CONTOH")
    except OSError:
        pytest.skip("this file system refuses the name itself")
    (static / "foto kantor é.txt").write_bytes(b"CONTOH")
    with pytest.raises(ContentError) as caught:
        office.build()
    (problem,) = caught.value.problems
    assert problem.path.isprintable()
    assert problem.path.startswith("templates/static/")
    assert say(problem.what, "en").startswith("A sign in this file's name cannot stand in an address: U+")
    (static / name).unlink()
    office.publish()
    assert all(map(is_safe, office.newsroom.files()))
    check(office)


def test_a_lost_record_is_made_anew(office: Office) -> None:
    """With .adpim gone, the manifest on the host says what stands there."""
    office.publish()
    host = host_of(office)
    shutil.rmtree(office.newsroom.root / ".adpim")
    office = Office(office.newsroom, host)
    second_state(office.newsroom)
    host.arrived.clear()
    host.fetched.clear()
    offer = office.publish()
    assert len(offer.plan.sent) < len(office.newsroom.files())
    check(office)


def test_two_machines_publish_in_turn(office: Office, newsroom: Newsroom) -> None:
    """What another machine has published since is known, and said."""
    office.publish()
    host = host_of(office)
    there = Office(type(newsroom)(newsroom.root.with_name("lain")), host)
    first_state(there.newsroom)
    second_state(there.newsroom)
    there.publish()
    check(there)
    offer = office.publish()
    assert len(offer.standing.notes) == 1
    check(office)
    # Not removed by whoever knows nothing of it: the manifest on the host knows.
    assert not [file for file in host.files if "contoh-9/" in file]


def test_one_that_published_in_between_is_noticed(office: Office) -> None:
    """An offer does not hold when somebody else has published before it was taken up."""
    office.publish()
    host = host_of(office)
    second_state(office.newsroom)
    built = office.build()
    with Delivery(office.call(), Stop()) as delivery:
        offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
        host.files[HEAD] = gzip.compress(gzip.decompress(host.files[HEAD]) + b" ")
        before = dict(host.files)
        with pytest.raises(HostError):
            delivery.carry_out(offer, Meter())
        assert host.files == before


def test_one_that_was_cut_in_between_is_noticed(office: Office) -> None:
    """An offer that was thought about for long does not hold when somebody else's publish was cut meanwhile."""
    office.publish()
    host = host_of(office)
    second_state(office.newsroom)
    built = office.build()
    with Delivery(office.call(), Stop()) as delivery:
        offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
        office.now += 2 * FRESH
        host.files["lain.php"] = b"CONTOH"  # what is not ours may change
        host.files["robots.txt"] += b" "  # which this one would not have sent
        before = dict(host.files)
        with pytest.raises(HostError, match="Somebody else has published"):
            delivery.carry_out(offer, Meter())
        assert host.files == before
    with Delivery(office.call(), Stop()) as delivery:
        offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
        office.now += 2 * FRESH
        delivery.carry_out(offer, Meter())
    check(office, {"lain.php": b"CONTOH"})


def test_output_that_changes_meanwhile_is_not_sent(office: Office) -> None:
    """A file that another build replaced after the digests were taken is not sent under the old one's name."""
    built = office.build()
    (office.newsroom.root / "output/index.html").write_bytes(b"CONTOH")
    with pytest.raises(OutputError) as caught:
        office.publish(built)
    assert caught.value.problems[0].path == "index.html"
    (office.newsroom.root / "output/index.html").unlink()
    with pytest.raises(OutputError):
        office.publish(built)
    office.publish()
    check(office)


def test_a_site_in_a_folder_below_is_left_alone(office: Office) -> None:
    """Of another site that stands in a folder below, and what it has under way there, nothing is taken for ours."""
    office.publish()
    host = host_of(office)
    part = ".adpim-0123456789abcdef.part"
    others = {f"bidang/{name}": b"x" for name in (HEAD, f".adpim-site-{'0' * 32}.gz", part, f"a/{part}")}
    others[f"baru/{LOCK}"] = others[f"baru/b/{part}"] = b"x"
    host.files |= others
    second_state(office.newsroom)
    office.publish()
    assert others.items() <= host.files.items()


@pytest.mark.parametrize("is_written", [False, True])
def test_what_a_cut_publish_would_have_replaced_is_not_removed(
    office: Office, monkeypatch: pytest.MonkeyPatch, is_written: bool
) -> None:
    """Cut before it wrote over a file of somebody else's, a publish has not made that ours; cut behind it, it has."""
    host, page = host_of(office), "2026/10/contoh-9/index.html"
    office.publish()
    host.files[page] = b"milik orang lain"
    second_state(office.newsroom)
    write = host.write

    def cut_at_the_page(file: str, data: bytes) -> None:
        if file != page or (is_written and host.cut is None):
            write(file, data)
        if file == page:
            host.cut = 1
            raise lost(host.label, message("The line broke."), message("Try again."))

    with monkeypatch.context() as broken:
        broken.setattr(host, "write", cut_at_the_page)
        with pytest.raises(LostError):
            office.publish()
    host.cut = None
    (office.newsroom.root / "content/berita/rilis-9.md").unlink()
    office.publish()
    check(office, None if is_written else {page: b"milik orang lain"})


def test_uploads_that_were_cut_are_swept(office: Office) -> None:
    """Temporary files that a broken line has left on the host are gone after the next publish."""
    office.publish()
    host_of(office).files["2026/.adpim-0123456789abcdef.part"] = b"x"
    second_state(office.newsroom)
    office.publish()
    check(office)


def test_a_page_may_take_the_place_of_a_folder(office: Office) -> None:
    """A file whose place becomes a folder, and a folder that becomes a file, are out of the way in time."""
    newsroom = office.newsroom
    newsroom.release("a.md", release("CONTOH A", "2026-10-20", aliases="[/lama.html]"))
    office.publish()
    newsroom.release("a.md", release("CONTOH A", "2026-10-20", aliases="[/lama.html/kini/, /baru.html/kini/]"))
    assert office.publish().plan.in_way == ["lama.html"]
    newsroom.release("a.md", release("CONTOH A", "2026-10-20", aliases="[/baru.html]"))
    assert office.publish().plan.in_way == ["baru.html/kini/index.html"]
    check(office)


def test_what_changes_is_said_in_words(office: Office) -> None:
    """Pages, photos and bytes are counted as people count them."""
    office.publish()
    second_state(office.newsroom)
    plan = office.offer().plan
    counts = count(plan)
    assert counts.photos == 2  # one was changed and one is new, each in all its sizes and formats
    said = in_words(plan, "id")
    assert said.startswith(f"{counts.new_pages} halaman baru, {counts.changed_pages} berubah, {counts.removed_pages}")
    assert f"{counts.photos} foto" in said
    assert said.endswith("kB")
    assert len(listed(plan)) == len(plan.sent) + len(plan.removed)
    assert {line[:2] for line in listed(plan)} == {"+ ", "~ ", "- "}


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 byte"), (999, "999 byte"), (1_000, "1 kB"), (1_449_000, "1,4 MB"), (25_300_000, "25 MB"), (10**9, "1 GB")],
)
def test_sizes_are_said_in_words(size: int, said: str) -> None:
    """Bytes are said in the unit that people know."""
    assert size_in_words(size, "id") == said


class TestTakingBack:
    """What was published is taken back."""

    def test_it_is_as_before(self, office: Office) -> None:
        """The host holds what it held before the last publish, and only what differs travels."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)
        sent = office.publish().plan
        host.arrived.clear()
        host.fetched.clear()
        back = office.take_back().plan
        assert site_files(host.files) == before
        assert {*back.sent} == {*sent.changed, *sent.removed}
        assert {*back.removed} == {*sent.new}
        assert host.fetched == []

    def test_twice_goes_further(self, office: Office) -> None:
        """Each further time goes one publish further back, to the empty host at last."""
        host = host_of(office)
        states = []
        for n in range(4):
            states.append(site_files(host.files))
            office.newsroom.release("baru.md", release(f"CONTOH {n}", "2026-11-01"))
            office.publish()
        for state in reversed(states):
            office.take_back()
            assert site_files(host.files) == state
        with pytest.raises(AssertionError):
            office.take_back()

    def test_the_next_publish_goes_forward_again(self, office: Office) -> None:
        """After going back, the next publish says what it will change and does it; it can be taken back too."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)
        sent = office.publish().plan
        office.take_back()
        again = office.publish().plan
        assert (again.sent, again.removed) == (sent.sent, sent.removed)
        check(office)
        office.take_back()
        assert site_files(host.files) == before

    def test_as_many_as_are_kept(self, newsroom: Newsroom) -> None:
        """No more publishes can be taken back than the target says, and no more copies are kept than that needs."""
        office = Office(newsroom, MemoryHost(), keep=2)
        for n in range(5):
            office.newsroom.release("baru.md", release(f"CONTOH {n}", "2026-11-01"))
            office.publish()
        copies = [file for file in (office.work / "copies").rglob("*") if file.is_file()]
        office.newsroom.release("baru.md", release("CONTOH 6", "2026-11-01"))
        office.publish()
        assert len([file for file in (office.work / "copies").rglob("*") if file.is_file()]) <= len(copies) + 2
        office.take_back()
        office.take_back()
        with pytest.raises(AssertionError):
            office.take_back()

    def test_nothing_is_kept(self, newsroom: Newsroom) -> None:
        """Where nothing is to be kept, nothing is."""
        office = Office(newsroom, MemoryHost(), keep=0)
        office.publish()
        office.newsroom.release("baru.md", release("CONTOH", "2026-11-01"))
        office.publish()
        check(office)
        assert not (office.work / "copies").exists()
        with pytest.raises(AssertionError):
            office.take_back()

    def test_a_publish_in_several_goes_is_one(self, office: Office) -> None:
        """A publish that was cut and gone on with is taken back as a whole; so is one that was never finished."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)
        built = office.build()
        for cut in (25, 40):
            host.count, host.cut = 0, cut
            with pytest.raises(LostError):
                office.publish(built)
            host.cut = None
        assert site_files(host.files) != before
        office.take_back()
        assert site_files(host.files) == before
        host.count, host.cut = 0, 25
        with pytest.raises(LostError):
            office.publish(built)
        host.cut = None
        office.publish(built)
        office.take_back()
        assert site_files(host.files) == before

    def test_what_a_cut_publish_had_not_come_to_lacks_nowhere(self, office: Office) -> None:
        """What still stands as it was needs no copy to be brought back, and is not told of as lacking."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)
        host.count, host.cut = 0, 25
        with pytest.raises(LostError):
            office.publish()
        host.cut = None
        offer = office.take_back()
        assert offer.lacking == ()
        assert set(offer.plan.sent) < before.keys()
        assert site_files(host.files) == before

    def test_a_page_that_cannot_be_brought_back_keeps_its_pictures(self, office: Office) -> None:
        """What came with a page of which no copy is kept stays with it, until the next publish or for good."""
        office.publish()
        host = host_of(office)
        page = "2026/10/contoh-1/index.html"
        host.files[page] += b"judi"  # of what others did there no copy is kept
        office.newsroom.write({"content/berita/foto-9.png": png(3, 3, 9)})
        text = release("CONTOH 1", "2026-10-01", tags="[CONTOH]", photo="foto-9.png", caption="CONTOH")
        office.newsroom.release("rilis-1.md", text)
        office.newsroom.release("rilis-8.md", release("CONTOH 8", "2026-10-08", tags="[CONTOH, Topik 8]"))
        office.publish()
        broken: list[object] = []
        host.seen = lambda files: broken.extend(lacking(files))
        assert office.take_back().lacking == (page,)
        assert any("foto-9" in file for file in host.files)
        assert not any("contoh-8/index.html" in file for file in host.files)
        office.publish()
        check(office)
        assert office.take_back().lacking == ()
        assert broken == []

    @pytest.mark.parametrize("is_answered", [True, False])
    def test_what_a_cut_publish_has_done_is_nobody_else_s_doing(self, office: Office, is_answered: bool) -> None:
        """Where it is taken back, what it had changed is not told of as changed by somebody else."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)

        def cut_behind_lists(_: object) -> None:
            if host.arrived[-1] == "index.html":
                host.cut = host.count + 1
                if not is_answered:
                    raise lost(host.label, message("The line broke."), message("Try again."))

        host.seen = cut_behind_lists
        with pytest.raises(LostError):
            office.publish()
        host.cut, host.seen = None, lambda _: None
        host.files["404.html"] = b"judi"
        offer = office.take_back()
        assert (offer.plan.altered, offer.plan.missing) == (("404.html",), ())
        assert site_files(host.files) == before

    @pytest.mark.parametrize("is_answered", [True, False])
    def test_what_a_cut_publish_has_put_over_a_lost_page_stays(self, office: Office, is_answered: bool) -> None:
        """A cut publish is taken back also where no copy is kept of what it had replaced; its pictures stay as well."""
        office.publish()
        host = host_of(office)
        page = "2026/10/contoh-1/index.html"
        host.files[page] += b"judi"
        office.newsroom.write({"content/berita/foto-9.png": png(3, 3, 9)})
        text = release("CONTOH 1", "2026-10-01", tags="[CONTOH]", photo="foto-9.png", caption="CONTOH")
        office.newsroom.release("rilis-1.md", text)

        def cut_behind_the_page(_: object) -> None:
            if host.arrived[-1] == page:
                host.cut = host.count + 1
                if not is_answered:
                    raise lost(host.label, message("The line broke."), message("Try again."))

        host.seen = cut_behind_the_page
        with pytest.raises(LostError):
            office.publish()
        host.cut, broken = None, list[object]()
        host.seen = lambda files: broken.extend(lacking(files))
        assert office.take_back().lacking == (page,)
        assert any("foto-9" in file for file in host.files)
        office.publish()
        check(office)
        assert broken == []

    def test_what_a_cut_publish_had_still_to_remove_comes_back(self, office: Office) -> None:
        """A publish that only removes what one before it had to remove keeps copies for that one."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)

        def cut_behind_the_head(_: object) -> None:
            host.cut = host.count + 1 if host.arrived[-1] == HEAD else None

        host.seen = cut_behind_the_head
        with pytest.raises(LostError):
            office.publish()
        assert before.keys() <= host.files.keys()
        host.seen, host.cut = lambda _: None, None
        office.publish()
        assert not before.keys() <= host.files.keys()
        assert office.take_back().lacking == ()
        assert site_files(host.files) == before

    @pytest.mark.parametrize("cut", range(4, 54, 5))
    def test_a_cut_return_goes_on(self, office: Office, cut: int) -> None:
        """Going back may be cut as well: it can be gone on with, and so can publishing."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)
        office.publish()
        host.count, host.cut = 0, cut
        with pytest.raises(LostError):
            office.take_back()
        host.cut = None
        assert lacking(host.files) == []
        if cut % 2:
            office.take_back()
            assert site_files(host.files) == before
        office.publish()
        check(office)

    def test_what_stands_there_again_can_be_put_back(self, office: Office) -> None:
        """After a return, this machine still has the bytes of all that came back: the guard may need them."""
        office.keep = 1
        office.publish()
        page = "2026/10/contoh-1/index.html"
        first = host_of(office).files[page]
        second_state(office.newsroom)
        office.publish()
        office.take_back()
        assert Copies(office.work).read(digest_of(first)) == first

    def test_a_lost_copy_is_said(self, office: Office) -> None:
        """What cannot be brought back, since its copy is gone, is named and left as it is."""
        office.publish()
        second_state(office.newsroom)
        office.publish()
        shutil.rmtree(office.work / "copies")
        host = host_of(office)
        before = dict(host.files)
        offer = office.take_back()
        assert offer.lacking
        assert all(host.files.get(file) == before.get(file) for file in offer.lacking)

    def test_what_was_altered_there_is_mended(self, office: Office) -> None:
        """Going back also mends what somebody changed on the host."""
        office.publish()
        host = host_of(office)
        before = site_files(host.files)
        second_state(office.newsroom)
        office.publish()
        host.files["404.html"] = b"judi"
        del host.files["robots.txt"]
        office.take_back()
        assert site_files(host.files) == before


def test_every_error_has_a_fix(office: Office) -> None:
    """What goes wrong with a host says what to do."""
    host_of(office).cut = 0
    with pytest.raises(NewsroomError) as caught:
        office.publish()
    assert all(problem.what.msgid and problem.fix.msgid for problem in caught.value.problems)
