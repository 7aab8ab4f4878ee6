"""What whoever sits at the terminal is asked."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from generator.i18n import catalogue

if TYPE_CHECKING:
    from generator.publish.secrets import Secrets


def confirmed(question: str) -> bool:
    """Ask, and say whether the answer is yes: in Indonesian or English, and nothing else is."""
    answer = click.prompt(f"{question} [y/t]", default="", show_default=False, prompt_suffix=" ", err=True)
    return str(answer).strip().lower() in {"y", "ya", "yes"}


def secrets_of(language: str) -> Secrets:
    """Return what the environment knows and, at a terminal, whoever sits there."""
    from generator.publish.secrets import Secrets  # noqa: PLC0415 - late, as everything that `--help` does not need

    def ask(label: str) -> str:
        text = catalogue(language).gettext("Password for {host}").format(host=label)
        return str(click.prompt(text, hide_input=True, err=True))

    return Secrets(os.environ, ask if sys.stdin.isatty() else None)
