"""What people read in the terminal: problems, reports, greetings; and the same as JSON."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.i18n import Moment, catalogue, say, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.build import Report
    from generator.errors import Message, Problem


ALIKE = 10
"""Warnings of one kind that are printed."""


def problems(found: Iterable[Problem], language: str) -> None:
    """Print each problem with file, line, offending text, cause and fix, and how many there are."""
    _ = catalogue(language)
    found = list(found)
    each_problem(found, language)
    errors = sum(problem.severity == "error" for problem in found)
    if errors:
        text = _.ngettext("{n} problem. Nothing was written.", "{n} problems. Nothing was written.", errors)
        click.echo(text.format(n=number(errors, language)), err=True)


def each_problem(found: Iterable[Problem], language: str) -> None:
    """Print each problem with file, line, offending text, cause and fix."""
    _ = catalogue(language)
    fix = _.gettext("Fix:")
    listed, more = _first_of_each_kind(list(found))
    for problem in listed:
        label = _.gettext("Warning") if problem.severity == "warning" else _.gettext("Problem")
        place = shown(f"{problem.path}:{problem.line}" if problem.line else problem.path)
        click.secho(f"{label}: ", err=True, nl=False, fg="yellow" if problem.severity == "warning" else "red")
        click.secho(place, err=True, bold=True)
        if problem.text:
            click.echo(f"    {shown(problem.text)}", err=True)
        click.echo(f"  {shown(say(problem.what, language))}", err=True)
        click.echo(f"  {fix} {shown(say(problem.fix, language))}", err=True)
    if more:
        text = _.ngettext("… and {n} more warning like these.", "… and {n} more warnings like these.", more)
        rest = _.gettext("adpim build --json lists all.")
        click.echo(f"{text.format(n=number(more, language))} {rest}", err=True)


def _first_of_each_kind(found: list[Problem]) -> tuple[list[Problem], int]:
    """Return what is printed of ``found``, and how many warnings are not: an archive may give a thousand alike."""
    seen: dict[str, int] = {}
    listed = []
    for problem in found:
        kind = problem.what.msgid
        seen[kind] = seen.get(kind, 0) + 1
        if problem.severity == "error" or seen[kind] <= ALIKE:
            listed.append(problem)
    return listed, len(found) - len(listed)


def shown(text: str) -> str:
    """Return ``text`` as a terminal may print it: a file's name or text must not steer the terminal."""
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)


def problems_json(found: Iterable[Problem], language: str) -> None:
    """Print problems as one JSON object."""
    print_json({"ok": False, "problems": [as_json(problem, language) for problem in found]})


def report(done: Report, language: str, seconds: float) -> None:
    """Print what a build did, in words."""
    _ = catalogue(language)
    if done.warnings:
        problems(done.warnings, language)
    changes = done.changes
    took = number(round(seconds, 1 if seconds < 10 else 0), language)
    click.echo(
        _.gettext("The site is ready in {folder} ({seconds} s).").format(folder=_short(done.folder), seconds=took)
    )
    counts = {
        "releases": _count(done.releases, _.ngettext("{n} release", "{n} releases", done.releases), language),
        "topics": _count(done.topics, _.ngettext("{n} topic", "{n} topics", done.topics), language),
    }
    click.echo("  " + _.gettext("{releases}, {topics}").format(**counts))
    written = len(changes.added) + len(changes.changed)
    click.echo(
        "  "
        + _.gettext("{written} pages written, {unchanged} unchanged, {removed} removed").format(
            written=number(written, language),
            unchanged=number(changes.unchanged, language),
            removed=number(len(changes.removed), language),
        )
    )
    if changes.foreign:
        names = ", ".join(shown(name) for name in changes.foreign[:5]) + (" …" if len(changes.foreign) > 5 else "")
        click.echo("  " + _.gettext("not ours, left alone: {names}").format(names=names))
    if done.next_change:
        click.echo("  " + _next(done, language))


def report_json(done: Report, language: str, seconds: float) -> None:
    """Print what a build did as one JSON object."""
    changes = done.changes
    upcoming = done.next_change
    print_json(
        {
            "ok": True,
            "output": str(done.folder),
            "releases": done.releases,
            "topics": done.topics,
            "added": len(changes.added),
            "changed": len(changes.changed),
            "written": len(changes.added) + len(changes.changed),
            "unchanged": changes.unchanged,
            "removed": len(changes.removed),
            "files": {"added": changes.added, "changed": changes.changed, "removed": changes.removed},
            "foreign": changes.foreign,
            "seconds": round(seconds, 3),
            "next": {"at": upcoming.at.isoformat(), "kind": upcoming.kind, "title": upcoming.title}
            if upcoming
            else None,
            "problems": [as_json(problem, language) for problem in done.warnings],
        }
    )


def created(file: Path, root: Path, language: str) -> None:
    """Say where the new release's file is and what to do with it."""
    _ = catalogue(language).gettext
    click.echo(_("Ready to fill in: {file}").format(file=file.relative_to(root)))
    click.echo(_('It is a draft: delete the line "draft: true" when it may be published.'))


def serving(link: str, notes: Iterable[Message], language: str) -> None:
    """Say where the preview is, what whoever started it should know, and how it ends."""
    _ = catalogue(language)
    for note in notes:
        click.secho(say(note, language), fg="yellow")
    click.echo(_.gettext("The preview is at {link}").format(link=link))
    click.echo("  " + _.gettext("It follows every save, and ends with Ctrl-C."))


def served(language: str) -> None:
    """Say that the preview has ended."""
    click.echo("\n" + catalogue(language).gettext("The preview has ended."))


def keep_log(file: Path) -> None:
    """Let what goes wrong while the preview runs be written into ``file``, which is made when something does."""
    import logging  # noqa: PLC0415 - late, as everything that `--help` does not need

    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def demo(count: int, folder: Path, language: str) -> None:
    """Say what the demo made and how to build it."""
    _ = catalogue(language)
    text = _.ngettext("{n} artificial release in {folder}.", "{n} artificial releases in {folder}.", count)
    click.echo(text.format(n=number(count, language), folder=folder))
    click.echo(_.gettext('Next: adpim --root "{folder}" build').format(folder=folder))


def crash(error: Exception, language: str, trace: str) -> str:
    """Say that the program itself failed, and where the trace for its makers is; return the name of that file."""
    _ = catalogue(language).gettext
    descriptor, name = tempfile.mkstemp(prefix="adpim-", suffix=".log")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(trace)
    click.echo(_("The program failed: {error}.").format(error=f"{type(error).__name__}: {error}"), err=True)
    click.echo(_("This is not your mistake. Please send the file {file} to its makers.").format(file=name), err=True)
    return name


def _next(done: Report, language: str) -> str:
    _ = catalogue(language).gettext
    upcoming = done.next_change
    assert upcoming is not None
    when = timestamp(Moment(upcoming.at), language)
    texts = {
        "published": _("next: '{title}' is published {when}"),
        "expired": _("next: '{title}' expires {when}"),
        "announced": _("next: the announcement '{title}' appears {when}"),
        "announcement over": _("next: the announcement '{title}' ends {when}"),
    }
    return texts[upcoming.kind].format(title=shown(upcoming.title), when=when)


def as_json(problem: Problem, language: str) -> dict[str, Any]:
    """Return a problem as JSON has it."""
    return {
        "severity": problem.severity,
        "file": problem.path,
        "line": problem.line,
        "text": problem.text,
        "message": say(problem.what, language),
        "fix": say(problem.fix, language),
    }


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object, with what a terminal would obey, or could not print, written as numbers."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def _short(folder: Path) -> str:
    try:
        return f"{folder.relative_to(Path.cwd())}{os.sep}"
    except ValueError:
        return str(folder)


def number(value: float, language: str) -> str:
    """Return a number as ``language`` writes it."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - 20 ms that `adpim --help` need not pay

    return str(format_decimal(value, locale=language))


def _count(value: int, text: str, language: str) -> str:
    return text.format(n=number(value, language))
