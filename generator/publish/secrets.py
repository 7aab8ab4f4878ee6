"""Passwords and keys of hosts: from the environment or from whoever sits there, and never shown anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.publishing import Target

_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
"""Signs of which no password and no key consists: those that control a terminal or end a line, which FTP would take for
the end of a command and HTTP for that of a header, and what Python makes of bytes that are no UTF-8."""


class Secret:
    """A text that no log, error or traceback shows; ``reveal`` is called where it is used and nowhere else."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text


class Secrets:
    """What the environment and whoever sits there know.

    ``environment`` is the process's; ``ask`` is given what the password is for (a target's label, a key's file) and
    returns what was typed; it is None where nobody can be asked.
    """

    def __init__(self, environment: Mapping[str, str], ask: Callable[[str], str] | None) -> None:
        self._environment = environment
        self._ask = ask
        self._typed: dict[str, Secret] = {}

    def known(self, target: Target, what: str, *others: str) -> Secret:
        """Return what the environment says under ADPIM_<NAME>_<what> or one of ``others``; an empty one if nothing.

        Raises RefusedError for what no host could be told.
        """
        for name in (variable(target, what), *others):
            if self._environment.get(name):
                return _sendable(target, name, self._environment[name])
        return Secret("")

    def password(self, target: Target, *others: str) -> Secret:
        """Return a target's password; it is asked for once.

        Raises RefusedError where nobody can be asked, and for what no host could be told.
        """
        return self.known(target, "PASSWORD", *others) or self._asked(target, "PASSWORD", target.label)

    def passphrase(self, target: Target) -> Secret:
        """Return the passphrase of a target's key; it is asked for once. Raises RefusedError as ``password``."""
        return self.known(target, "PASSPHRASE") or self._asked(target, "PASSPHRASE", target.key)

    def _asked(self, target: Target, what: str, label: str) -> Secret:
        name = variable(target, what)
        if name not in self._typed:
            if self._ask is None:
                cause = message("The password is not known, and nobody can be asked.")
                fix = message("Set the environment variable {name}, or run the command in a terminal.", name=name)
                raise refused(target.label, cause, fix)
            self._typed[name] = _sendable(target, name, self._ask(label))
        return self._typed[name]


def variable(target: Target, what: str) -> str:
    """Return the name of the environment variable for one secret of a target."""
    return f"ADPIM_{target.name.upper().replace('-', '_')}_{what}"


def _sendable(target: Target, name: str, text: str) -> Secret:
    """Return what was given as ``name`` as a secret. Raises RefusedError if it holds what no host could be told."""
    if _UNSENDABLE.search(text):
        what = message(
            "What {name} holds cannot be sent: there is an end of line in it, or a broken character.", name=name
        )
        fix = message(
            "Write it anew, as UTF-8. If it comes from a file that was saved on Windows, save that with the line ends "
            "of Unix (LF): else each value ends in a character that nobody sees."
        )
        raise refused(target.label, what, fix)
    return Secret(text)
