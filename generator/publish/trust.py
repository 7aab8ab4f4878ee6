"""The certificate that a target trusts besides those of the system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import refused
from generator.publish.refusals import told

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
    except (OSError, RuntimeError) as error:  # RuntimeError: "~" of a user who has no home
        said = f"{target.certificate}: {getattr(error, 'strerror', None) or error}"
    else:
        if _BEGIN in text:
            return text
        said = target.certificate
    what = message("The certificate cannot be read: {error}.", error=told(said))
    fix = message('"certificate" in site.toml must name a file of certificates in PEM form.')
    raise refused(target.label, what, fix)
