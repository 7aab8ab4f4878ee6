"""The command ``adpim verify``: is what stands on the host what was published?"""

from __future__ import annotations

import io
import platform
import sys
import time
import traceback
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import options
from generator.cli.asking import Manner, confirmed
from generator.cli.calling import choose_target, reach
from generator.cli.whereabouts import read_clock, site_root, speaking
from generator.errors import NewsroomError, Problem, UsageError, message
from generator.i18n import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from generator.publish.guard import Finding
    from generator.publish.host import Host
    from generator.publish.patrol import Post, Round, Watch
    from generator.publish.repair import PutBack

FOUND, UNKNOWN = 1, 3
"""Exit codes: something was found; it could not be checked. What was found counts also where it was repaired: somebody
must know of it."""


def verify(language: str) -> click.Command:
    """Return the command ``adpim verify``."""
    _ = catalogue(language).gettext

    def run(*, name: str | None, repair: bool, yes: bool, as_json: bool, **__: object) -> None:
        manner = Manner(language, yes=yes, as_json=as_json)
        with (
            _unheard(UNKNOWN, language),
            speaking(language, as_json=as_json),
            _ending(UNKNOWN, manner, partial(_tell, manner)),
        ):
            raise SystemExit(_verify(name, manner, repair=repair))

    return click.Command(
        "verify",
        help=_("Compare every file on the host with what was published, and name what is not ours."),
        epilog=_("Exit codes: 0 all as published, 1 something was found, 2 wrong usage, 3 it could not be checked."),
        callback=run,
        params=[
            options.place(language),
            click.Option(
                ["--repair"], is_flag=True, help=_("Put ours back, and move away what is not, after a question.")
            ),
            click.Option(["--yes"], is_flag=True, help=_("Put ours back without a question; foreign files are left.")),
            options.as_json(language),
        ],
    )


@contextmanager
def _ending(code: int, manner: Manner, tell: Callable[[Sequence[Problem]], None]) -> Iterator[None]:
    """End the program with ``code`` where something breaks this part of the work off, and tell what; not wrong usage.

    No code of another command may end it: a scheduler would take it for a finding, or for none.
    """
    from generator.cli import show  # noqa: PLC0415 - late, as everything that `--help` does not need

    try:
        yield
    except UsageError:
        raise
    except NewsroomError as error:
        tell(error.problems)
    except (KeyboardInterrupt, click.Abort):
        tell([Problem("adpim verify", 0, message("Checking was stopped."), message("Run the command again."))])
    except BrokenPipeError:  # nobody reads on: _unheard
        raise
    except Exception as error:  # noqa: BLE001 - as where the program ends, whose code here means a finding
        trace = show.crash(error, manner.language, traceback.format_exc())
        if manner.as_json:  # in words it is told by now
            what = message("The program failed: {error}.", error=f"{type(error).__name__}: {error}")
            fix = message("This is not your mistake. Please send the file {file} to its makers.", file=trace)
            tell([Problem("adpim verify", 0, what, fix)])
    else:
        return
    raise SystemExit(code)


@contextmanager
def _unheard(code: int, language: str) -> Iterator[None]:
    """End the program with ``code`` where nothing can be printed: what was seen of the host is the same for that.

    Nobody may read on, or the disk may be full on which it is kept: that is said where errors are.
    """
    from generator.cli import show  # noqa: PLC0415 - late, as everything that `--help` does not need

    try:
        yield
    except OSError as error:
        # Else Python tries at its end to say the rest, and has a code of its own for it.
        sys.stdout = io.StringIO()
        what = message("Cannot be written: {error}.", error=error.strerror or error)
        problem = Problem("adpim verify", 0, what, message("Check free space and permissions."))
        try:
            show.each_problem([] if isinstance(error, BrokenPipeError) else [problem], language)
            if sys.stderr is not None:
                sys.stderr.flush()
        except OSError:
            sys.stderr = io.StringIO()
        raise SystemExit(code) from None


def _tell(manner: Manner, problems: Sequence[Problem]) -> None:
    from generator.cli import show  # noqa: PLC0415 - late, as everything that `--help` does not need

    (show.problems_json if manner.as_json else show.each_problem)(problems, manner.language)


def _verify(name: str | None, manner: Manner, *, repair: bool) -> int:
    """Check the place of this name and return the exit code. Raises NewsroomError where it cannot be checked."""
    from generator.config import load_site  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.patrol import Post  # noqa: PLC0415 - as above
    from generator.publish.record import settle  # noqa: PLC0415 - as above

    if repair and not (manner.yes or manner.may_ask):
        what = message("Nobody is there to be asked.")
        raise UsageError([Problem("--repair", 0, what, message("Add --yes: ours are put back, foreign files left."))])
    here = site_root()
    site = load_site(here)
    post = Post(here, here / "output", site, choose_target(site, name))
    settle(post.work, post.target.label)
    return _go_round(post, manner, repair=repair)


def _go_round(post: Post, manner: Manner, *, repair: bool) -> int:
    """Go one round and return the exit code: what was found counts, whatever keeps it from being put right."""
    from generator.publish.patience import Patient  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.patrol import Watch, patrol  # noqa: PLC0415 - as above

    watch = Watch(platform.node(), partial(read_clock, None, post.site), time.sleep)
    with closing(Patient(reach(post.target, manner, watch.wait), watch.wait)) as host:
        with manner.bar() as bar:
            done = patrol(post, host, watch, bar)
        with _unheard(_code(done), manner.language):
            _report(done, post, host, watch, manner, repair=repair)
    return _code(done)


def _code(done: Round) -> int:
    """Return the exit code of a round."""
    return FOUND if done.verdict.findings else UNKNOWN if done.verdict.unread else 0


def _report(done: Round, post: Post, host: Host, watch: Watch, manner: Manner, *, repair: bool) -> None:
    """Tell what a round found and, where that is wanted, put it right."""
    from generator.cli import guarding  # noqa: PLC0415 - late, as everything that `--help` does not need

    if not manner.as_json:
        guarding.verdict(done, host.label, manner.language)
    back = None
    is_well = _code(done) == 0
    if repair and not is_well:
        # In words they stand there already.
        told = partial(guarding.verdict_json, done, host.label, None, manner.language)
        with _ending(_code(done), manner, told if manner.as_json else partial(_tell, manner)):
            back = _repair(done, post, host, watch, manner)
    if manner.as_json:
        guarding.verdict_json(done, host.label, back, manner.language)
    elif not (repair or is_well):
        guarding.advice(done, post.target.name, manner.language)


def _repair(done: Round, post: Post, host: Host, watch: Watch, manner: Manner) -> PutBack | None:
    """Put away what is not ours, as far as somebody says so, then put ours back; return what was put back."""
    from generator.cli import guarding  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.guard import by_kind  # noqa: PLC0415 - as above
    from generator.publish.patrol import alone, house  # noqa: PLC0415 - as above
    from generator.publish.repair import put_away, put_back, quarantine  # noqa: PLC0415 - as above

    _ = catalogue(manner.language)
    kinds = by_kind(done.verdict.findings)
    foreign, ours, unread = kinds["foreign"], [*kinds["altered"], *kinds["missing"]], done.verdict.unread
    text = _.ngettext("Move {n} foreign file into quarantine?", "Move {n} foreign files into quarantine?", len(foreign))
    if foreign and not manner.yes and confirmed(text.format(n=len(foreign))):
        place = quarantine(post.site.base_path, post.work, f"{watch.clock():%Y%m%d-%H%M%S}")
        with alone(post, host, watch, done) as held, manner.bar() as bar:
            away = put_away(held, [finding.file for finding in foreign], place, bar)
        guarding.put_away(away, manner.language)
        foreign = [finding for finding in foreign if finding.file in {each.file for each in away.failed}]
    text = _.ngettext("Put back {n} file of ours?", "Put back {n} files of ours?", len(ours) + len(unread))
    if not (ours or unread) or not (manner.yes or confirmed(text.format(n=len(ours) + len(unread)))):
        return None
    left: list[Finding] = [*ours, *foreign]
    with alone(post, host, watch, done) as held, manner.bar() as bar:
        back = put_back(held, left, done.expected, partial(house, post), bar, unread)
    if not manner.as_json:
        guarding.put_back(back, manner.language)
    return back
