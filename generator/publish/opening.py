"""From a target to its host: the only place that knows which kind is which."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import url2pathname

from generator.publish.folder import FolderHost

if TYPE_CHECKING:
    from generator.publish.host import Host
    from generator.publish.secrets import Secrets
    from generator.publishing import Target


def open_host(target: Target, secrets: Secrets) -> Host:  # noqa: ARG001 - sftp, ftp and s3 ask
    """Return the host of a target, connected: passwords are asked for here and not in the midst of the work.

    Raises LostError if it cannot be reached, RefusedError if it does not let us in or its client is not installed.
    """
    return FolderHost(Path(url2pathname(quote(target.path, safe="/:"))), target.label)
