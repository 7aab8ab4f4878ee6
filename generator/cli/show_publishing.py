"""What people read in the terminal while they publish; and the same as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator.cli.show import as_json, number, print_json, shown
from generator.i18n import Moment, catalogue, say, timestamp
from generator.publish import words

if TYPE_CHECKING:
    from datetime import datetime

    from generator.build import Report
    from generator.publish.delivery import Offer
    from generator.publish.schedule import Late
    from generator.publishing import Target

SHOWN = 5
"""Names of files in one line; --list and --json name all."""


class Told(NamedTuple):
    """What is told of one publish to ``target``, which readers find at ``address``."""

    target: Target
    address: str
    language: str
    as_json: bool
    dry_run: bool

    def checking(self, *, watched: bool) -> None:
        """Say that the host is looked at, if somebody watches."""
        if watched and not self.as_json:
            text = catalogue(self.language).gettext("Looking at {host} …").format(host=shown(self.target.label))
            click.echo(text, err=True)

    def nothing_due(self, missed: tuple[Late, ...], *, watched: bool) -> None:
        """Say what was ``missed``, and that nothing is due if somebody watches: a scheduler mails what it hears."""
        if self.as_json:
            self._idle_json(None, missed)
            return
        self._late(missed)
        if watched:
            click.echo(catalogue(self.language).gettext("Nothing is to be published."))

    def resting(self, since: datetime, *, is_news: bool) -> None:
        """Say, if ``is_news``, that the scheduler rests."""
        _ = catalogue(self.language).gettext
        if self.as_json:
            self._idle_json(since, ())
        elif is_news:
            when = timestamp(Moment(since), self.language)
            click.echo(_("Publishing rests since it was taken back ({when}).").format(when=when))
            click.echo("  " + _("It goes on when somebody runs adpim publish."))

    def _idle_json(self, resting: datetime | None, missed: tuple[Late, ...]) -> None:
        said = {"ok": True, "target": self.target.name, "due": False, "published": False}
        print_json({**said, "late": _late_json(missed), "paused": resting.isoformat() if resting else None})

    def _late(self, late: tuple[Late, ...]) -> None:
        """Say what went out late, or never did."""
        _ = catalogue(self.language).gettext
        for each in late:
            text = _("Late: '{title}' was due {due} and went out {out}.")
            if each.out is None:
                text = _("Too late: '{title}' was due {due} and never went out: its time was over (expires).")
            due, out = (timestamp(Moment(moment), self.language) if moment else "" for moment in (each.due, each.out))
            click.secho(text.format(title=shown(each.title), due=due, out=out), fg="yellow", err=True)

    def offer(self, offer: Offer, *, listed: bool) -> None:
        """Say in words what would change on the host; as JSON it is said at the end."""
        if self.as_json:
            return
        _ = catalogue(self.language).gettext
        for note in offer.standing.notes:
            click.secho(say(note, self.language), fg="yellow")
        if offer.standing.stranger is not None:
            click.secho(say(offer.standing.stranger, self.language), fg="yellow")
        change = offer.plan
        if change.is_empty:
            click.echo(_("{host} holds all of it already.").format(host=shown(self.target.label)))
            return
        said = words.in_words(change, self.language)
        click.echo(_("{host}: {changes}").format(host=shown(self.target.label), changes=said))
        rows = (
            (change.altered, _("changed there by somebody else, and sent again: {names}")),
            (change.missing, _("removed there by somebody else, and sent again: {names}")),
            (change.replaced, _("not ours, and replaced: {names}")),
            (offer.lacking, _("no copy is kept, and left as it is: {names}")),
        )
        for files, text in rows:
            if files:
                click.secho("  " + text.format(names=self._names(files)), fg="yellow")
        if offer.takes_all:
            text = _("It was the first publish: without it, the whole site would be gone from the host.")
            click.secho("  " + text, fg="red", bold=True)
        for line in words.listed(change) if listed else ():
            click.echo(f"  {shown(line)}")

    def _names(self, files: tuple[str, ...]) -> str:
        names = ", ".join(map(shown, files[:SHOWN]))
        more = len(files) - SHOWN
        if more <= 0:
            return names
        text = catalogue(self.language).ngettext("{names} and {n} more", "{names} and {n} more", more)
        return text.format(names=names, n=number(more, self.language))

    def end(self, offer: Offer, report: Report, late: tuple[Late, ...], *, seconds: float) -> None:
        """Say where the site is, and what went out late."""
        _ = catalogue(self.language).gettext
        if self.as_json:
            self._end_json(offer, report, late, seconds)
            return
        self._late(late)
        if self.dry_run:
            click.echo(_("Nothing was changed there (--dry-run)."))
        elif not offer.plan.is_empty:
            took = number(round(seconds, 1 if seconds < 10 else 0), self.language)
            click.echo(_("Published ({seconds} s): {address}/").format(seconds=took, address=self.address))
        else:
            click.echo(f"{self.address}/")

    def _end_json(self, offer: Offer, report: Report, late: tuple[Late, ...], seconds: float) -> None:
        is_due = not offer.plan.is_empty
        print_json(
            {
                "ok": True,
                **self._place(),
                "due": is_due,
                "dry_run": self.dry_run,
                "published": not self.dry_run and is_due,
                **self._changes(offer),
                "late": _late_json(late),
                "seconds": round(seconds, 3),
                "problems": [as_json(problem, self.language) for problem in report.warnings],
            }
        )

    def taken_back(self, offer: Offer, since: datetime, *, seconds: float) -> None:
        """Say that the last publish was taken back, and what that means: the scheduler rests ``since`` then."""
        if self.as_json:
            self._taken_back_json(offer, since, seconds)
            return
        _ = catalogue(self.language).gettext
        click.echo(_("Taken back: {address}/").format(address=self.address))
        click.echo("  " + _("content/ is as it was: adpim publish would put the same out again. Correct it first."))
        click.echo("  " + _("Publishing by a scheduler rests until somebody runs adpim publish."))

    def _taken_back_json(self, offer: Offer, since: datetime, seconds: float) -> None:
        print_json(
            {
                "ok": True,
                **self._place(),
                "taken_back": True,
                **self._changes(offer),
                "lacking": offer.lacking,
                "paused": since.isoformat(),
                "seconds": round(seconds, 3),
            }
        )

    def _place(self) -> dict[str, Any]:
        """Return, for JSON, where all this happens."""
        return {"target": self.target.name, "host": self.target.label, "url": f"{self.address}/"}

    def _changes(self, offer: Offer) -> dict[str, Any]:
        """Return, for JSON, what changes on the host, and what was found there."""
        change, stranger = offer.plan, offer.standing.stranger
        return {
            **words.count(change)._asdict(),
            "files": {"new": change.new, "changed": change.changed, "removed": change.removed},
            "altered": change.altered,
            "missing": change.missing,
            "replaced": change.replaced,
            "stranger": say(stranger, self.language) if stranger else None,
            "notes": [say(note, self.language) for note in offer.standing.notes],
        }


def _late_json(late: tuple[Late, ...]) -> list[dict[str, str | None]]:
    return [
        {"title": each.title, "due": each.due.isoformat(), "out": each.out.isoformat() if each.out else None}
        for each in late
    ]


def calls_again(seconds: float, language: str) -> None:
    """Say that the host did not answer, and when it is called again."""
    text = catalogue(language).gettext("The host cannot be reached yet. Trying again in {n} s.")
    click.echo(text.format(n=number(round(seconds), language)), err=True)


def stopped(language: str) -> None:
    """Say that the work was broken off on purpose."""
    click.echo("\n" + catalogue(language).gettext("Publishing was stopped."), err=True)


def declined(language: str) -> None:
    """Say that nothing was done."""
    click.echo(catalogue(language).gettext("Nothing was changed there."), err=True)


def goes_on(language: str) -> None:
    """Say that nothing is lost."""
    text = catalogue(language).gettext("Run the command again: what has arrived is not sent again.")
    click.echo(text, err=True)
