"""The command ``adpim rollback``: the host as it was before the last publish."""

from __future__ import annotations

import time

import click

from generator.cli import options, show_publishing
from generator.cli.asking import Manner, agree, need_somebody
from generator.cli.calling import calling, choose_target, prepare
from generator.cli.whereabouts import site_root, speaking
from generator.errors import OutputError, Problem, message
from generator.i18n import catalogue


def rollback(language: str) -> click.Command:
    """Return the command ``adpim rollback``."""
    _ = catalogue(language).gettext

    def run(*, name: str | None, yes: bool, as_json: bool, **__: object) -> None:
        with speaking(language, as_json=as_json):
            _rollback(name, Manner(language, yes=yes, as_json=as_json))

    return click.Command(
        "rollback",
        help=_("Bring the host back to what stood there before the last publish."),
        callback=run,
        params=[options.place(language), options.yes(language), options.as_json(language)],
    )


def _rollback(name: str | None, manner: Manner) -> None:
    from generator.config import load_site  # noqa: PLC0415 - late, as everything that `--help` does not need
    from generator.output import choose_folder  # noqa: PLC0415 - as above
    from generator.publish import schedule  # noqa: PLC0415 - as above

    started = time.monotonic()
    need_somebody(manner)
    root = site_root()
    site = load_site(root)
    target = choose_target(site, name)
    errand = prepare(manner, root, site, target)
    told = show_publishing.Told(target, site.base_url, manner.language, as_json=manner.as_json, dry_run=False)
    with calling(errand) as delivery:
        offer = delivery.offer_back(choose_folder(root, None))
        if offer is None:
            what = message("No publish to this place is remembered that could be taken back.")
            fix = message("Correct the release, and publish again.")
            raise OutputError([Problem(target.label, 0, what, fix)])
        told.offer(offer, listed=False)
        with delivery.aside():
            agree(manner, offer, target.label)
        rest, earlier = schedule.Rest(errand.clock()), schedule.paused(errand.work)
        schedule.pause(errand.work, rest)
        try:
            with manner.upload_bar() as bar:
                delivery.carry_out(offer, bar)
        except BaseException:  # Ctrl-C too
            if earlier is None and not schedule.is_cut(errand.work):  # nothing was begun: the scheduler need not rest
                schedule.resume(errand.work)
            raise
    told.taken_back(offer, rest.since, seconds=time.monotonic() - started)
