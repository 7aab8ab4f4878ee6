"""From a target to its host: the only place that knows which kind is which."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import url2pathname

from generator.publish.folder import FolderHost

if TYPE_CHECKING:
    from generator.publish.host import Host
    from generator.publishing import Target


def open_host(target: Target) -> Host:
    """Return the host of a target."""
    return FolderHost(Path(url2pathname(target.path)), target.label)
