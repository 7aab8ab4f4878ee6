"""What several commands can be told, in the same words."""

from __future__ import annotations

import click

from generator.i18n import catalogue


def place(language: str) -> click.Argument:
    """Return the argument that names a place to publish to; ``choose_target`` says which it is."""
    return click.Argument(["name"], metavar=catalogue(language).gettext("[NAME]"), required=False)


def yes(language: str) -> click.Option:
    """Return the option that answers beforehand what would be asked."""
    return click.Option(["--yes"], is_flag=True, help=catalogue(language).gettext("Do not ask."))


def as_json(language: str) -> click.Option:
    """Return the option with which other programs read the result."""
    text = catalogue(language).gettext("Print the result as one JSON object.")
    return click.Option(["--json", "as_json"], is_flag=True, help=text)
