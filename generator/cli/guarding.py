"""What people read of the host guard in the terminal; and the same as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from generator.cli.show import as_json, number, print_json, shown
from generator.i18n import catalogue, say
from generator.publish.guard import by_kind
from generator.publish.suspects import Weight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.errors import Problem
    from generator.publish.guard import Finding
    from generator.publish.patrol import Round
    from generator.publish.repair import Failure, PutAway, PutBack

MOST_SHOWN = 100
"""Findings that are listed: whoever smuggles in thousands of pages must not bury the first hundred in a mail."""


def verdict(done: Round, label: str, language: str) -> None:
    """Print each finding in one line, the most telling first, and a summary."""
    _ = catalogue(language)
    findings, unread = done.verdict.findings, done.verdict.unread
    if done.is_hosts_word:
        text = _.gettext("This machine has no record of what was published: only the host's own list could be gone by.")
        click.secho(text, fg="yellow")
    if done.is_busy or done.is_cut:
        text = _.gettext(
            "A publish is going on, or was cut: some of this may be its doing. Publish, then verify again."
        )
        click.secho(text, fg="yellow")
    names = {"foreign": _.gettext("foreign"), "altered": _.gettext("altered"), "missing": _.gettext("missing")}
    width = max(map(len, names.values()))
    for finding in findings[:MOST_SHOWN]:
        click.secho(
            f"{names[finding.kind]:{width}}  ", nl=False, fg="red" if finding.weight < Weight.ALTERED else "yellow"
        )
        click.secho(shown(finding.file), nl=False, bold=True)
        click.echo(f"  {shown(say(finding.why, language))}")
    more = len(findings) - MOST_SHOWN
    if more > 0:
        text = _.ngettext("… and {n} more; --json lists all", "… and {n} more; --json lists all", more)
        click.echo(text.format(n=number(more, language)))
    for file in unread[:MOST_SHOWN]:
        click.echo(_.gettext("could not be read: {file}").format(file=shown(file)))
    click.echo(_summary(done, label, language))


def _summary(done: Round, label: str, language: str) -> str:
    _ = catalogue(language)
    found, checked = done.verdict, done.verdict.checked
    whole = _.ngettext("{n} file as it was published", "{n} files as they were published", checked)
    words = [whole.format(n=number(checked, language))]
    kinds = by_kind(found.findings)
    for kind, text in (
        ("foreign", _.ngettext("{n} foreign", "{n} foreign", len(kinds["foreign"]))),
        ("altered", _.ngettext("{n} altered", "{n} altered", len(kinds["altered"]))),
        ("missing", _.ngettext("{n} missing", "{n} missing", len(kinds["missing"]))),
    ):
        count = len(kinds[kind])  # type: ignore[index] # the three kinds
        words += [text.format(n=number(count, language))] if count else []
    if found.allowed:
        text = _.ngettext("{n} allowed", "{n} allowed", len(found.allowed))
        words.append(text.format(n=number(len(found.allowed), language)))
    if found.unread:
        text = _.ngettext("{n} unread", "{n} unread", len(found.unread))
        words.append(text.format(n=number(len(found.unread), language)))
    return f"{shown(label)}: {', '.join(words)}."


def advice(done: Round, name: str, language: str) -> None:
    """Say what to do about findings."""
    _ = catalogue(language).gettext
    click.echo(_("To put it right: adpim verify {name} --repair").format(name=name))
    if any(finding.weight < Weight.ALTERED for finding in done.verdict.findings):
        click.echo(
            _("Somebody else can write to the host: change its passwords, and see the handbook's chapter on it.")
        )


def put_back(done: PutBack, language: str) -> None:
    """Say what was put back, and what could not be."""
    _ = catalogue(language)
    text = _.ngettext("{n} file put back.", "{n} files put back.", len(done.done))
    click.echo(text.format(n=number(len(done.done), language)))
    _failures(done.failed, language)


def put_away(done: PutAway, language: str) -> None:
    """Say where each foreign file is now."""
    _ = catalogue(language).gettext
    for file, place in done.moved:
        click.echo(_("moved on the host: {file} → {place}").format(file=shown(file), place=place))
    for file, path in done.fetched:
        click.echo(_("fetched and removed there: {file} → {place}").format(file=shown(file), place=path))
    _failures(done.failed, language)


def _failures(failed: Iterable[Failure], language: str) -> None:
    for failure in failed:
        click.secho(f"{shown(failure.file)}: ", nl=False, bold=True, err=True)
        click.echo(shown(say(failure.why, language)), err=True)


def verdict_json(
    done: Round, label: str, back: PutBack | None, language: str, problems: Iterable[Problem] = ()
) -> None:
    """Print what was found, and put back, as one JSON object; and the ``problems`` that kept it from being put back."""

    def finding(each: Finding) -> dict[str, Any]:
        return {
            "file": each.file,
            "kind": each.kind,
            "telltale": each.weight.name.lower() if each.weight < Weight.ALTERED else "",
            "message": say(each.why, language),
        }

    value = {
        "ok": not done.verdict.findings and not done.verdict.unread,
        "host": label,
        "checked": done.verdict.checked,
        "findings": [finding(each) for each in done.verdict.findings],
        "unread": done.verdict.unread,
        "allowed": done.verdict.allowed,
        "record": "host" if done.is_hosts_word else "local",
        "publishing": done.is_busy,
        "cut": done.is_cut,
        "put_back": back.done if back else [],
        "failed": [{"file": f.file, "message": say(f.why, language)} for f in back.failed] if back else [],
    }
    if problems:
        value["problems"] = [as_json(problem, language) for problem in problems]
    print_json(value)
