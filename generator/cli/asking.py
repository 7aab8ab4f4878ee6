"""What whoever sits at the terminal is asked, and how a command speaks with whoever gave it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from generator.errors import Problem, UsageError, message
from generator.i18n import catalogue

if TYPE_CHECKING:
    from typing import TextIO

    from generator.cli.progress import Bar, UploadBar
    from generator.publish.delivery import Offer
    from generator.publish.secrets import Secrets


def is_terminal(stream: TextIO | None) -> bool:
    """Say whether a stream of this process is a terminal. A scheduler may have closed it: then Python has None."""
    return stream is not None and stream.isatty()


class DeclinedError(Exception):
    """Whoever was asked said no."""


class Manner(NamedTuple):
    """How a command speaks, as its options say: in which language, with the yes beforehand, and as JSON or in words."""

    language: str
    yes: bool
    as_json: bool

    @property
    def may_ask(self) -> bool:
        """Whether somebody is there to be asked."""
        return is_terminal(sys.stdin) and not self.yes and not self.as_json

    @property
    def is_watched(self) -> bool:
        """Whether a person sees how far the work is."""
        return is_terminal(sys.stderr) and not self.as_json

    def bar(self) -> Bar:
        """Return a bar for one piece of work: none may be on the screen while a question is asked."""
        from generator.cli.progress import Bar  # noqa: PLC0415 - late, as everything that `--help` does not need

        return Bar(self.language, watched=self.is_watched)

    def upload_bar(self) -> UploadBar:
        """Return a bar for a transfer."""
        from generator.cli.progress import UploadBar  # noqa: PLC0415 - late, as above

        return UploadBar(self.language, watched=self.is_watched)


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

    return Secrets(os.environ, ask if is_terminal(sys.stdin) else None)


def need_somebody(manner: Manner) -> None:
    """See to it that the yes was given beforehand or can be asked for. Raises UsageError."""
    if not (manner.yes or manner.may_ask):
        what = message("Nobody can be asked here whether this is to be done.")
        raise UsageError([Problem("--yes", 0, what, message("Run the command in a terminal, or with --yes."))])


def agree(manner: Manner, offer: Offer, label: str, *, adopt: bool = False) -> None:
    """See to it that somebody wants what is offered to the host ``label``; ``adopt``: also in a folder of others.

    Raises RefusedError where it would have to be asked for and nobody can be, DeclinedError if the answer is no.
    """
    from generator.publish.host import refused  # noqa: PLC0415 - late, as everything that `--help` does not need

    _ = catalogue(manner.language).gettext
    stranger = None if adopt else offer.standing.stranger
    fix = message("If that is what you want, run the command in a terminal without --yes.")
    if stranger is not None:
        if not manner.may_ask:
            if not offer.is_back:  # rollback knows no --adopt
                fix = message("If this is the right folder, say so with --adopt. Files that are not ours stay there.")
            raise refused(label, stranger, fix)
        if not confirmed(_("Is this the right folder, and shall this site stand in it?")):
            raise DeclinedError
    if offer.takes_all and not manner.may_ask:
        what = message("It was the first publish: without it, the whole site would be gone from the host.")
        raise refused(label, what, fix)
    question = _("Really take the whole site off the host?") if offer.takes_all else _("Go on?")
    if not manner.yes and not confirmed(question):
        raise DeclinedError
