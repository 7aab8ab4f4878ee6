"""A call at a host: which one is meant, how the line to it is kept, and what is told when something goes wrong."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from generator.cli import show, show_publishing
from generator.cli.asking import DeclinedError, secrets_of
from generator.cli.whereabouts import PROBLEMS, read_clock
from generator.errors import OutputError, Problem, UsageError, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from generator.cli.asking import Manner
    from generator.config import Site
    from generator.crew import Crew
    from generator.publish.delivery import Delivery
    from generator.publish.host import Host
    from generator.publish.sight import Sight
    from generator.publishing import Target


class Errand(NamedTuple):
    """What is to be done at a host: for the site in ``root``, at ``target``, whose work folder here is ``work``."""

    manner: Manner
    root: Path
    site: Site
    target: Target
    work: Path

    def clock(self) -> datetime:
        """Return what time it is, in the site's zone."""
        return read_clock(None, self.site)


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


def prepare(manner: Manner, root: Path, site: Site, target: Target) -> Errand:
    """Return the errand with its work folder made ready. Raises OutputError if ``target`` lies in the site's own."""
    from pathlib import Path  # noqa: PLC0415 - late, as in all of cli

    from generator.publish.record import settle, work_folder  # noqa: PLC0415 - as above

    if target.scheme == "file" and Path(target.path).resolve().is_relative_to(root.resolve()):
        what = message("This folder is part of the site's own: what is written here cannot be published into it.")
        fix = message("Name a folder outside of it as url in site.toml.")
        raise OutputError([Problem(target.label, 0, what, fix)])
    work = work_folder(root, target.name)
    settle(work, target.label)
    return Errand(manner, root, site, target, work)


def need_turn(errand: Errand) -> None:
    """See to it that nobody publishes from here: a build would change what is on its way. Raises OutputError."""
    from generator.publish.lock import LocalLock  # noqa: PLC0415 - late, as everything that `--help` does not need

    with LocalLock(errand.work):
        pass


@contextlib.contextmanager
def calling(errand: Errand) -> Iterator[Delivery]:
    """Call the host, and hang up at the end; what goes wrong meanwhile is told."""
    import platform  # noqa: PLC0415 - late, as everything that `--help` does not need

    from generator.publish.delivery import Call, Delivery  # noqa: PLC0415 - as above
    from generator.publish.patience import Stop  # noqa: PLC0415 - as above

    site, target, stop = errand.site, errand.target, Stop()
    with (
        _telling(errand.work, errand.manner),
        contextlib.closing(reach(target, errand.manner, stop.pause, quick=True)) as host,
        Delivery(Call(errand.work, site.base_url, host, target.keep, errand.clock, platform.node()), stop) as delivery,
    ):
        yield delivery


def look_ahead(errand: Errand, crew: Crew) -> Callable[[], Sight | None]:
    """Begin to look at the host while the site is built; return a function that waits for what is seen, if it is.

    Nobody is asked for a password, nor told what goes wrong: the call comes later, as if this had not been.
    """
    from generator.publish.opening import (  # noqa: PLC0415 - late, as everything that `--help` does not need
        is_soon_called,
        open_host,
    )
    from generator.publish.record import Record  # noqa: PLC0415 - as above
    from generator.publish.secrets import Secrets  # noqa: PLC0415 - as above
    from generator.publish.sight import look_ahead as look  # noqa: PLC0415 - as above

    if not is_soon_called(errand.target):
        return lambda: None
    opening = partial(open_host, errand.target, Secrets(os.environ, None), quick=True)
    looking = look(crew, Record(errand.work), opening, errand.clock)

    def sight() -> Sight | None:
        with _telling(errand.work, errand.manner):  # of Ctrl-C
            return looking()

    return sight


def reach(target: Target, manner: Manner, pause: Callable[[float], None], *, quick: bool = False) -> Host:
    """Return the host of a target, connected, ``quick`` as ``open_host`` has it: called again while the line is down.

    ``pause`` waits so many seconds. Raises LostError or RefusedError.
    """
    from generator.publish.opening import open_host  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.patience import persist  # noqa: PLC0415 - as above

    secrets = secrets_of(manner.language)  # one for all tries: nobody is asked twice

    def wait(seconds: float) -> None:
        if manner.is_watched:
            show_publishing.calls_again(seconds, manner.language)
        pause(seconds)

    return persist(lambda: open_host(target, secrets, quick=quick), wait)


@contextlib.contextmanager
def _telling(work: Path, manner: Manner) -> Iterator[None]:
    """Tell what goes wrong with the work on a host, end the program, and say of work that was begun that it goes on."""
    from generator.publish import schedule  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.publish.host import HostError  # noqa: PLC0415 - as above
    from generator.publish.patience import StoppedError  # noqa: PLC0415 - as above

    try:
        yield
    except (HostError, OutputError) as error:
        if manner.as_json:
            show.problems_json(error.problems, manner.language)
        else:
            show.each_problem(error.problems, manner.language)
            if schedule.is_cut(work):
                show_publishing.goes_on(manner.language)
        raise SystemExit(PROBLEMS) from None
    except DeclinedError:
        show_publishing.declined(manner.language)
        raise SystemExit(PROBLEMS) from None
    except (KeyboardInterrupt, StoppedError):
        _stopped(manner)


def _stopped(manner: Manner) -> NoReturn:
    if manner.as_json:
        what = Problem("", 0, message("Publishing was stopped."), message("Run the command again."))
        show.problems_json([what], manner.language)
    else:
        show_publishing.stopped(manner.language)
        show_publishing.goes_on(manner.language)
    raise SystemExit(PROBLEMS)
