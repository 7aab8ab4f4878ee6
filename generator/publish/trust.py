"""Which certificates a target trusts: those of the system, and the one that site.toml names."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import refused
from generator.publish.refusals import distrusted, told

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


def trusting(target: Target) -> ssl.SSLContext:
    """Return what decides which certificates are trusted: the system's, and the one that the target names."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if (certificate := own_certificate(target)) is not None:
        # The certificate of the server itself will do; it need not be that of an authority.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        try:
            context.load_verify_locations(cadata=certificate)
        except ssl.SSLError as error:
            raise distrusted(target.label, error.reason or "PEM") from None
    return context
