"""The certificate that a target trusts besides those of the system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import refused

if TYPE_CHECKING:
    from generator.publishing import Target

_BEGIN = "-----BEGIN CERTIFICATE-----"


def own_certificate(target: Target) -> str | None:
    """Return the certificates (PEM) that the target names, None if it names no file.

    Raises RefusedError if the file cannot be read or holds none.
    """
    if not target.certificate:
        return None
    try:
        text = Path(target.certificate).expanduser().read_text("ascii", errors="replace")
        said = None if _BEGIN in text else "PEM"
    except OSError as error:
        text, said = "", error.strerror or str(error)
    if said is None:
        return text
    what = message("The certificate {file} cannot be read: {error}.", file=target.certificate, error=said)
    fix = message('Check the line "certificate" in site.toml; the file begins with "-----BEGIN CERTIFICATE-----".')
    raise refused(target.label, what, fix)
