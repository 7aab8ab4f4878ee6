"""Passwords and keys of hosts: from the environment or from whoever sits there, and never shown anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.publishing import Target


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
        """Return what the environment says under ADPIM_<NAME>_<what> or one of ``others``; an empty one if nothing."""
        for name in (variable(target, what), *others):
            if self._environment.get(name):
                return Secret(self._environment[name])
        return Secret("")

    def password(self, target: Target, *others: str) -> Secret:
        """Return a target's password; it is asked for once. Raises RefusedError where nobody can be asked."""
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
            self._typed[name] = Secret(self._ask(label))
        return self._typed[name]


def variable(target: Target, what: str) -> str:
    """Return the name of the environment variable for one secret of a target."""
    return f"ADPIM_{target.name.upper().replace('-', '_')}_{what}"
