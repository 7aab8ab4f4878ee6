"""The commands ``adpim publish`` and ``adpim rollback``."""

from __future__ import annotations

import contextlib
import gc
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from generator.cli import show, show_publishing
from generator.cli.asking import confirmed, secrets_of
from generator.cli.whereabouts import PROBLEMS, WRONG_USAGE, read_clock, site_root
from generator.errors import NewsroomError, OutputError, Problem, UsageError, message
from generator.i18n import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.build import Report
    from generator.cli.show_publishing import Told
    from generator.config import Site
    from generator.publish.delivery import Call, Delivery, Offer
    from generator.publish.hashes import Hashes
    from generator.publish.schedule import Late
    from generator.publish.standing import Wanted
    from generator.publishing import Target
    from generator.signature import Signature


class _DeclinedError(Exception):
    """Whoever was asked said no."""


class Wish(NamedTuple):
    """How a publish is asked for: the options of the command, and the language to speak."""

    language: str
    name: str | None
    dry_run: bool
    yes: bool
    as_json: bool
    listed: bool
    if_due: bool
    adopt: bool


def publish(language: str) -> click.Command:
    """Return the command ``adpim publish``."""
    _ = catalogue(language).gettext

    def run(*, name: str | None, as_json: bool, **options: bool) -> None:
        asked = {key: options[key] for key in ("dry_run", "yes", "listed", "if_due", "adopt")}
        wish = Wish(language, name, as_json=as_json, **asked)
        # As in a build: few circles of objects, and the process ends; looking for them costs a fifth of its time.
        gc.disable()
        try:
            with _speaking(language, as_json=as_json):
                _publish(wish)
        finally:
            gc.freeze()
            gc.enable()

    return click.Command(
        "publish",
        help=_("Build the site and bring what changed to its host."),
        callback=run,
        params=[
            click.Argument(["name"], metavar=_("[NAME]"), required=False),
            click.Option(["--dry-run"], is_flag=True, help=_("Only say what would change.")),
            click.Option(["--yes"], is_flag=True, help=_("Do not ask.")),
            click.Option(["--list", "listed"], is_flag=True, help=_("Name each file that changes.")),
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print the result as one JSON object.")),
            click.Option(["--if-due"], is_flag=True, help=_("Do nothing unless something is to be published.")),
            click.Option(["--adopt"], is_flag=True, help=_("Take a folder on the host in which other files stand.")),
        ],
    )


def rollback(language: str) -> click.Command:
    """Return the command ``adpim rollback``."""
    _ = catalogue(language).gettext

    def run(*, name: str | None, yes: bool, **__: object) -> None:
        _rollback(language, name, yes=yes)

    return click.Command(
        "rollback",
        help=_("Bring the host back to what stood there before the last publish."),
        callback=run,
        params=[
            click.Argument(["name"], metavar=_("[NAME]"), required=False),
            click.Option(["--yes"], is_flag=True, help=_("Do not ask.")),
        ],
    )


def choose_target(site: Site, name: str | None) -> Target:
    """Return the target of this name, or the only one there is. Raises UsageError."""
    targets = {target.name: target for target in site.targets}
    if name is None and len(targets) == 1:
        return next(iter(targets.values()))
    if name is not None and name in targets:
        return targets[name]
    known = ", ".join(sorted(targets))
    if not targets:
        what = message("It is not said where the site is published.")
        fix = message("Write a table [publish.NAME] with its url into content/site.toml; the handbook shows how.")
    elif name is None:
        what = message("There are several places to publish to.")
        fix = message("Name one of: {names}.", names=known)
    else:
        what = message('There is no place to publish to called "{name}".', name=name)
        fix = message("Name one of: {names}.", names=known)
    raise UsageError([Problem("content/site.toml", 0, what, fix)])


@contextlib.contextmanager
def _telling(work: Path, language: str, *, as_json: bool) -> Iterator[None]:
    """Tell what goes wrong with the work on a host, end the program, and say of work that was begun that it goes on."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.host import HostError  # noqa: PLC0415 - as above
    from generator.publish.patience import StoppedError  # noqa: PLC0415 - as above

    try:
        yield
    except (HostError, OutputError) as error:
        if as_json:
            show.problems_json(error.problems, language)
        else:
            show.each_problem(error.problems, language)
            if schedule.is_cut(work):
                show_publishing.goes_on(language)
        raise SystemExit(PROBLEMS) from None
    except _DeclinedError:
        show_publishing.declined(language)
        raise SystemExit(PROBLEMS) from None
    except (KeyboardInterrupt, StoppedError):
        _stopped(language, as_json=as_json)


@contextlib.contextmanager
def _speaking(language: str, *, as_json: bool) -> Iterator[None]:
    """Tell problems as JSON, if that is what is spoken; else they are told where all are."""
    try:
        yield
    except NewsroomError as error:
        if not as_json:
            raise
        show.problems_json(error.problems, language)
        raise SystemExit(WRONG_USAGE if isinstance(error, UsageError) else PROBLEMS) from None


def _stopped(language: str, *, as_json: bool) -> NoReturn:
    if as_json:
        what = Problem("", 0, message("Publishing was stopped."), message("Run the command again."))
        show.problems_json([what], language)
    else:
        show_publishing.stopped(language)
        show_publishing.goes_on(language)
    raise SystemExit(PROBLEMS)


def _publish(wish: Wish) -> None:
    from generator.config import read_site  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish import schedule  # noqa: PLC0415 - as above

    started = time.monotonic()
    if not (wish.yes or wish.dry_run or _may_ask(wish)):
        raise _unasked()
    root = site_root()
    site, wrong = read_site(root)
    if not wrong:  # else the build tells that, and more
        target = choose_target(site, wish.name)
    clock = partial(read_clock, None, site)
    report = _built(wish, root, site, wrong, clock)
    work = _work(root, target)
    hashes, wanted = _wanted(root, site, target, report.folder)
    diary = schedule.read_diary(work)
    told = show_publishing.Told(target, site.base_url, wish.language, as_json=wish.as_json, dry_run=wish.dry_run)
    if wish.if_due and (_pauses(work, told, clock()) or _rests(work, wanted, report, told, clock())):
        return
    told.checking(watched=sys.stderr.isatty())
    with _calling(wish, work, site, target, clock) as (call, delivery):
        offer = delivery.offer(report.folder, wanted, report.lists)
        hashes.save()
        if not wish.as_json:
            told.offer(offer, listed=wish.listed)
        if offer.plan.is_empty and not wish.dry_run:
            delivery.leave()
        elif not wish.dry_run:
            _agree(wish, offer, call.host.label)
            _carry_out(wish, delivery, offer)
    late: tuple[Late, ...] = ()
    if not wish.dry_run:
        out = clock()
        late = diary.late(report.timetable, out)
        schedule.keep_diary(work, diary.after(report.timetable, out, is_run=wish.if_due))
        schedule.resume(work)
    told.end(offer, report, late, seconds=time.monotonic() - started)


def _work(root: Path, target: Target) -> Path:
    """Return the work folder of ``target``, made ready. Raises OutputError if it lies in the site's own."""
    from pathlib import Path  # noqa: PLC0415 - late, as in all of cli

    from generator.publish.record import settle, work_folder  # noqa: PLC0415 - as above

    if target.scheme == "file" and Path(target.path).resolve().is_relative_to(root.resolve()):
        what = message("This folder is part of the site's own: what is written here cannot be published into it.")
        fix = message("Name a folder outside of it as url in site.toml.")
        raise OutputError([Problem(target.label, 0, what, fix)])
    work = work_folder(root, target.name)
    settle(work, target.label)
    return work


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


def _rests(work: Path, wanted: Wanted, report: Report, told: Told, now: datetime) -> bool:
    """Say whether a scheduler has nothing to do, and tell why. Nothing is asked of the host."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need

    if schedule.is_due(work, wanted.files, wanted.site):
        return False
    if not told.dry_run:
        schedule.keep_diary(work, schedule.read_diary(work).after(report.timetable, now, is_run=True))
    told.nothing_due(watched=sys.stdout.isatty())
    return True


def _pauses(work: Path, told: Told, now: datetime) -> bool:
    """Say whether the scheduler is to rest after a rollback. That is told once, not with a mail every five minutes."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need

    rest = schedule.paused(work)
    if rest is None:
        return False
    told.resting(rest.since.astimezone(now.tzinfo), is_news=not rest.is_told or sys.stdout.isatty())
    if not (rest.is_told or told.as_json or told.dry_run):
        schedule.pause(work, rest._replace(is_told=True))
    return True


def _built(wish: Wish, root: Path, site: Site, wrong: tuple[Problem, ...], clock: Callable[[], datetime]) -> Report:
    """Build the site as ``adpim build`` does. What is no longer public must not be built for later: so it is now."""
    from generator.build import build  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.cli.progress import Bar  # noqa: PLC0415 - as above
    from generator.gather import Order  # noqa: PLC0415 - as above

    started = time.monotonic()
    with Bar(wish.language, watched=sys.stderr.isatty() and not wish.as_json) as bar:
        report = build(Order(root, site, clock(), wrong), bar)
    if not wish.as_json and not wish.if_due:
        show.report(report, wish.language, time.monotonic() - started)
    return report


def _signatures(root: Path, site: Site, folder: Path) -> dict[str, Signature]:
    """Return the files that the build has made and how it left them: nothing else in the output folder travels."""
    from generator.ledger import Ledger  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.output import WORK_FOLDER  # noqa: PLC0415 - as above
    from generator.program import program_digest  # noqa: PLC0415 - as above

    with Ledger(root / WORK_FOLDER, program_digest(site.zone)) as ledger:
        return {file: made.signature for file, made in ledger.made(folder).items()}


@contextlib.contextmanager
def _calling(
    wish: Wish, work: Path, site: Site, target: Target, clock: Callable[[], datetime]
) -> Iterator[tuple[Call, Delivery]]:
    """Call the host of ``target``, and hang up at the end; what goes wrong meanwhile is told."""
    import platform  # noqa: PLC0415 - late, as everything that `--help` does not need

    from generator.publish.delivery import Call, Delivery  # noqa: PLC0415 - as above
    from generator.publish.opening import open_host  # noqa: PLC0415 - as above
    from generator.publish.patience import Stop  # noqa: PLC0415 - as above

    with (
        _telling(work, wish.language, as_json=wish.as_json),
        contextlib.closing(open_host(target, secrets_of(wish.language))) as host,
    ):
        call = Call(work, site.base_url, host, target.keep, clock, platform.node())
        with Delivery(call, Stop()) as delivery:
            yield call, delivery


def _agree(wish: Wish, offer: Offer, label: str) -> None:
    """See to it that somebody wants what is offered. Raises UsageError or RefusedError where nobody can be asked."""
    from generator.publish.host import refused  # noqa: PLC0415 - late, as everything that `--help` does not need

    _ = catalogue(wish.language).gettext
    stranger = None if wish.adopt else offer.standing.stranger
    may_ask = _may_ask(wish)
    fix = message("If that is what you want, run the command in a terminal without --yes.")
    if stranger is not None:
        if not may_ask:
            if not offer.is_back:  # rollback knows no --adopt
                fix = message("If this is the right folder, say so with --adopt. Files that are not ours stay there.")
            raise refused(label, stranger, fix)
        if not confirmed(_("Is this the right folder, and shall this site stand in it?")):
            raise _DeclinedError
    if offer.takes_all and not may_ask:
        what = message("It was the first publish: without it, the whole site would be gone from the host.")
        raise refused(label, what, fix)
    question = _("Really take the whole site off the host?") if offer.takes_all else _("Go on?")
    if not wish.yes and not confirmed(question):
        raise _DeclinedError


def _may_ask(wish: Wish) -> bool:
    return sys.stdin.isatty() and not wish.yes and not wish.as_json


def _unasked() -> UsageError:
    what = message("Nobody can be asked here whether this is to be done.")
    return UsageError([Problem("--yes", 0, what, message("Run the command in a terminal, or with --yes."))])


def _carry_out(wish: Wish, delivery: Delivery, offer: Offer) -> None:
    from generator.cli.progress import UploadBar  # noqa: PLC0415 - late, as everything that `--help` does not need

    with UploadBar(wish.language, watched=sys.stderr.isatty() and not wish.as_json) as bar:
        delivery.carry_out(offer, bar)


def _rollback(language: str, name: str | None, *, yes: bool) -> None:
    from generator.config import load_site  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.output import choose_folder  # noqa: PLC0415 - as above
    from generator.publish import schedule  # noqa: PLC0415 - as above

    wish = Wish(language, name, dry_run=False, yes=yes, as_json=False, listed=True, if_due=False, adopt=False)
    if not (yes or _may_ask(wish)):
        raise _unasked()
    root = site_root()
    site = load_site(root)
    target = choose_target(site, name)
    clock = partial(read_clock, None, site)
    work = _work(root, target)
    told = show_publishing.Told(target, site.base_url, language, as_json=False, dry_run=False)
    with _calling(wish, work, site, target, clock) as (call, delivery):
        offer = delivery.offer_back(choose_folder(root, None))
        if offer is None:
            what = message("No publish to this place is remembered that could be taken back.")
            fix = message("Correct the release, and publish again.")
            raise OutputError([Problem(target.label, 0, what, fix)])
        told.offer(offer, listed=False)
        _agree(wish, offer, call.host.label)
        schedule.pause(work, schedule.Rest(clock()))
        _carry_out(wish, delivery, offer)
    told.taken_back()
