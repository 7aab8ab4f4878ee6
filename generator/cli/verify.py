"""The command ``adpim verify``: is what stands on the host what was published?"""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.errors import Problem, UsageError, message
from generator.i18n import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.cli.progress import Bar
    from generator.config import Site
    from generator.publish.guard import Finding
    from generator.publish.host import Host
    from generator.publish.patrol import Post, Round, Watch
    from generator.publish.repair import PutBack
    from generator.publish.secrets import Secrets
    from generator.publishing import Target

FOUND, UNKNOWN = 1, 3
"""Exit codes: something was found; it could not be checked. What was found counts also where it was repaired: somebody
must know of it."""


class Wish(NamedTuple):
    """What the call asks for, and in which language it is answered."""

    repair: bool
    yes: bool
    as_json: bool
    language: str

    def bar(self) -> Bar:
        """Return a bar for one piece of work: none may be on the screen while a question is asked."""
        from generator.cli.progress import Bar  # noqa: PLC0415 - late, as everything that `--help` does not need

        return Bar(self.language, watched=sys.stderr.isatty() and not self.as_json)


def verify_command(
    language: str, root: Callable[[], Path], read_clock: Callable[[str | None, Site], datetime]
) -> click.Command:
    """Return the command; ``root`` finds the site's folder, ``read_clock`` the time in its zone."""
    _ = catalogue(language).gettext

    def run(*, name: str | None, repair: bool, yes: bool, as_json: bool, **__: object) -> None:
        from generator.config import load_site  # noqa: PLC0415 - late, as everything that `--help` does not need
        from generator.publish.patrol import Post, Watch  # noqa: PLC0415 - as above

        here = root()
        site = load_site(here)
        if repair and not yes and (as_json or not sys.stdin.isatty()):
            what = message("Nobody is there to be asked.")
            raise UsageError(
                [Problem("--repair", 0, what, message("Add --yes: ours are put back, foreign files left."))]
            )
        post = Post(here, here / "output", site, choose_target(site, name))
        watch = Watch(platform.node(), partial(read_clock, None, site), time.sleep)
        raise SystemExit(_verify(post, watch, Wish(repair, yes, as_json, language)))

    return click.Command(
        "verify",
        help=_("Compare every file on the host with what was published, and name what is not ours."),
        epilog=_("Exit codes: 0 all as published, 1 something was found, 2 wrong usage, 3 it could not be checked."),
        callback=run,
        params=[
            click.Argument(["name"], metavar=_("[NAME]"), required=False),
            click.Option(
                ["--repair"], is_flag=True, help=_("Put ours back, and move away what is not, after a question.")
            ),
            click.Option(["--yes"], is_flag=True, help=_("Put ours back without a question; foreign files are left.")),
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print the result as one JSON object.")),
        ],
    )


def _verify(post: Post, watch: Watch, wish: Wish) -> int:
    """Go one round and return the exit code."""
    from generator.cli import guarding, show  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.host import HostError  # noqa: PLC0415 - as above
    from generator.publish.opening import open_host  # noqa: PLC0415 - as above
    from generator.publish.patience import Patient  # noqa: PLC0415 - as above
    from generator.publish.patrol import patrol  # noqa: PLC0415 - as above

    try:
        with closing(Patient(open_host(post.target, _secrets(wish.language)), watch.wait)) as host:
            with wish.bar() as bar:
                done = patrol(post, host, watch, bar)
            if not wish.as_json:
                guarding.verdict(done, host.label, wish.language)
            back = _repair(done, post, host, watch, wish) if wish.repair and done.verdict.findings else None
            if wish.as_json:
                guarding.verdict_json(done, host.label, back, wish.language)
            elif done.verdict.findings and not wish.repair:
                guarding.advice(done, post.target.name, wish.language)
    except HostError as error:
        (show.problems_json if wish.as_json else show.problems)(error.problems, wish.language)
        return UNKNOWN
    if done.verdict.findings:
        return FOUND
    return UNKNOWN if done.verdict.unread else 0


def _repair(done: Round, post: Post, host: Host, watch: Watch, wish: Wish) -> PutBack | None:
    """Put away what is not ours, as far as somebody says so, then put ours back; return what was put back."""
    from generator.cli import guarding  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.guard import by_kind  # noqa: PLC0415 - as above
    from generator.publish.patrol import alone, house  # noqa: PLC0415 - as above
    from generator.publish.repair import put_away, put_back, quarantine  # noqa: PLC0415 - as above

    _ = catalogue(wish.language)
    kinds = by_kind(done.verdict.findings)
    foreign, ours = kinds["foreign"], [*kinds["altered"], *kinds["missing"]]
    text = _.ngettext("Move {n} foreign file into quarantine?", "Move {n} foreign files into quarantine?", len(foreign))
    if foreign and not wish.yes and click.confirm(text.format(n=len(foreign))):
        place = quarantine(post.site.base_path, post.work, f"{watch.clock():%Y%m%d-%H%M%S}")
        with alone(post, host, watch, done.expected), wish.bar() as bar:
            away = put_away(host, [finding.file for finding in foreign], place, bar)
        guarding.put_away(away, wish.language)
        foreign = [finding for finding in foreign if finding.file in {each.file for each in away.failed}]
    text = _.ngettext("Put back {n} file of ours?", "Put back {n} files of ours?", len(ours))
    if not ours or not (wish.yes or click.confirm(text.format(n=len(ours)), default=True)):
        return None
    left: list[Finding] = [*ours, *foreign]
    with alone(post, host, watch, done.expected), wish.bar() as bar:
        back = put_back(host, left, done.expected, partial(house, post), bar)
    if not wish.as_json:
        guarding.put_back(back, wish.language)
    return back


def _secrets(language: str) -> Secrets:
    """Return what the environment knows and, at a terminal, whoever sits there."""
    from generator.publish.secrets import Secrets  # noqa: PLC0415 - late, as everything that `--help` does not need

    def ask(label: str) -> str:
        text = catalogue(language).gettext("Password for {host}").format(host=label)
        return str(click.prompt(text, hide_input=True, err=True))

    return Secrets(os.environ, ask if sys.stdin.isatty() else None)


def choose_target(site: Site, name: str | None) -> Target:
    """Return the target that is named, or the only one. Raises UsageError."""
    names = ", ".join(target.name for target in site.targets)
    if not site.targets:
        what = message("No place to publish to is set in content/site.toml.")
        fix = message('Add [publish.web] with url = "sftp://user@host/folder"; the handbook lists every kind.')
        raise UsageError([Problem("content/site.toml", 0, what, fix)])
    for target in site.targets:
        if target.name == name or (name is None and len(site.targets) == 1):
            return target
    if name is None:
        what = message("There are several places to publish to: {names}.", names=names)
        raise UsageError([Problem("content/site.toml", 0, what, message("Name one behind the command."))])
    what = message('There is no place to publish to with the name "{name}".', name=name)
    raise UsageError([Problem(name, 0, what, message("Known: {names}.", names=names))])
