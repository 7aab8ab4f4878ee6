"""The command ``adpim publish``: the site is built, and what changed goes to its host."""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.cli import options, show, show_publishing
from generator.cli.asking import Manner, agree, is_terminal, need_somebody
from generator.cli.calling import calling, choose_target, look_ahead, need_turn, prepare
from generator.cli.whereabouts import read_clock, site_root, speaking
from generator.i18n import catalogue

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.build import Report
    from generator.cli.calling import Errand
    from generator.cli.show_publishing import Told
    from generator.config import Site
    from generator.gather import Order
    from generator.publish.hashes import Hashes
    from generator.publish.schedule import Diary, Late
    from generator.publish.standing import Wanted
    from generator.publishing import Target
    from generator.signature import Signature


class Wish(NamedTuple):
    """How a publish is asked for: where to, how the command speaks, and its other options."""

    name: str | None
    manner: Manner
    dry_run: bool
    listed: bool
    if_due: bool
    adopt: bool


def publish(language: str) -> click.Command:
    """Return the command ``adpim publish``."""
    _ = catalogue(language).gettext

    def run(*, name: str | None, yes: bool, as_json: bool, **flags: bool) -> None:
        asked = {key: flags[key] for key in ("dry_run", "listed", "if_due", "adopt")}
        wish = Wish(name, Manner(language, yes=yes, as_json=as_json), **asked)
        # As in a build: few circles of objects, and the process ends; looking for them costs a fifth of its time.
        gc.disable()
        try:
            with speaking(language, as_json=as_json):
                _publish(wish)
        finally:
            gc.freeze()
            gc.enable()

    return click.Command(
        "publish",
        help=_("Build the site and bring what changed to its host."),
        callback=run,
        params=[
            options.place(language),
            click.Option(["--dry-run"], is_flag=True, help=_("Only say what would change.")),
            options.yes(language),
            click.Option(["--list", "listed"], is_flag=True, help=_("Name each file that changes.")),
            options.as_json(language),
            click.Option(["--if-due"], is_flag=True, help=_("Do nothing unless something is to be published.")),
            click.Option(["--adopt"], is_flag=True, help=_("Take a folder on the host in which other files stand.")),
        ],
    )


def _publish(wish: Wish) -> None:
    from generator.config import read_site  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.crew import Crew  # noqa: PLC0415 - as above
    from generator.gather import Order  # noqa: PLC0415 - as above

    started = time.monotonic()
    manner = wish.manner
    if not wish.dry_run:
        need_somebody(manner)
    root = site_root()
    site, wrong = read_site(root)
    order = Order(root, site, read_clock(None, site), wrong)
    if wrong:
        _built(wish, order)  # it tells that, and more
    target = choose_target(site, wish.name)
    errand = prepare(manner, root, site, target)
    need_turn(errand)
    told = show_publishing.Told(target, site.base_url, manner.language, as_json=manner.as_json, dry_run=wish.dry_run)
    with Crew(None) as crew:
        # Not where there may be nothing to do: then nothing is asked of the host.
        looking = look_ahead(errand, crew) if not wish.if_due else None
        report = _built(wish, order)
        hashes, wanted = _wanted(root, site, target, report.folder)
        diary = _expecting(errand, report, order.now, dry_run=wish.dry_run)
        if wish.if_due and _idles(errand.work, wanted, report, told, order.now):
            return
        told.checking(watched=is_terminal(sys.stderr))
        sight = looking() if looking is not None else None
    with calling(errand) as delivery:
        if wish.if_due and _pauses(errand.work, told, order.now):  # somebody took back while the host was called
            return
        offer = delivery.offer(report.folder, wanted, report.lists, sight)
        hashes.save()
        told.offer(offer, listed=wish.listed)
        if offer.plan.is_empty and not wish.dry_run:
            delivery.leave(offer)
        elif not wish.dry_run:
            with delivery.aside():
                agree(manner, offer, target.label, adopt=wish.adopt)
            with manner.upload_bar() as bar:
                delivery.carry_out(offer, bar)
    late = () if wish.dry_run else _noted(errand, diary, report, order.now, is_run=wish.if_due)
    told.end(offer, report, late, seconds=time.monotonic() - started)


def _expecting(errand: Errand, report: Report, built: datetime, *, dry_run: bool) -> Diary:
    """Return the diary with what has yet to go out; it is written down first: the host may not answer in time."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need

    diary = schedule.read_diary(errand.work)
    expecting = diary.before(report.timetable, built)
    if expecting != diary and not dry_run:
        schedule.keep_diary(errand.work, expecting)
    return expecting


def _noted(errand: Errand, diary: Diary, report: Report, built: datetime, *, is_run: bool) -> tuple[Late, ...]:
    """Write down that all is out as it was ``built``, and return what went out late.

    ``is_run``: whether a scheduler asked; else it works again, for somebody has published by hand.
    """
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need

    schedule.keep_diary(errand.work, diary.after(report.timetable, built, is_run=is_run))
    if not is_run:
        schedule.resume(errand.work)
    return diary.late(report.timetable, built, errand.clock())


def _wanted(root: Path, site: Site, target: Target, folder: Path) -> tuple[Hashes, Wanted]:
    """Return what is to stand on the host, as the build has left it in ``folder``."""
    from generator.output import WORK_FOLDER  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.hashes import Hashes  # noqa: PLC0415 - as above
    from generator.publish.opening import compresses  # noqa: PLC0415 - as above
    from generator.publish.standing import Wanted  # noqa: PLC0415 - as above

    memory = root / WORK_FOLDER / "publish" / "digests.json"
    hashes = Hashes(folder, memory, compresses=compresses(target))
    wanted = Wanted(site.base_url, hashes.files(_signatures(root, site, folder)), hashes.md5)
    hashes.save()
    return hashes, wanted


def _idles(work: Path, wanted: Wanted, report: Report, told: Told, built: datetime) -> bool:
    """Say whether a scheduler is to do nothing, or has nothing to do, and tell why."""
    return _pauses(work, told, built) or _rests(work, wanted, report, told, built)


def _rests(work: Path, wanted: Wanted, report: Report, told: Told, built: datetime) -> bool:
    """Say whether a scheduler has nothing to do, and tell why. Nothing is asked of the host."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need

    if schedule.is_due(work, wanted.files, wanted.site):
        return False
    diary = schedule.read_diary(work)
    missed = tuple(each for each in diary.late(report.timetable, built, built) if each.out is None)
    if not told.dry_run:
        schedule.keep_diary(work, diary.after(report.timetable, built, is_run=True))
    told.nothing_due(missed, watched=is_terminal(sys.stdout))
    return True


def _pauses(work: Path, told: Told, now: datetime) -> bool:
    """Say whether the scheduler is to rest after a rollback. That is told once, not with a mail every five minutes."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need

    rest = schedule.paused(work)
    if rest is None:
        return False
    told.resting(rest.since.astimezone(now.tzinfo), is_news=not rest.is_told or is_terminal(sys.stdout))
    if not (rest.is_told or told.as_json or told.dry_run):
        schedule.pause(work, rest._replace(is_told=True))
    return True


def _built(wish: Wish, order: Order) -> Report:
    """Build the site as ``adpim build`` does. What is no longer public must not be built for later: so it is now."""
    from generator.build import build  # noqa: PLC0415 - late, as everything that `--help` does not need

    started = time.monotonic()
    with wish.manner.bar() as bar:
        report = build(order, bar)
    if not wish.manner.as_json and not wish.if_due:
        show.report(report, wish.manner.language, time.monotonic() - started)
    return report


def _signatures(root: Path, site: Site, folder: Path) -> dict[str, Signature]:
    """Return the files that the build has made and how it left them: nothing else in the output folder travels."""
    from generator.ledger import Ledger  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.output import WORK_FOLDER  # noqa: PLC0415 - as above
    from generator.program import program_digest  # noqa: PLC0415 - as above

    with Ledger(root / WORK_FOLDER, program_digest(site.zone)) as ledger:
        return {file: made.signature for file, made in ledger.made(folder).items()}
