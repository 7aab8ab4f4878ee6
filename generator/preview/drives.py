"""Whether a folder lies on a network drive, of whose changes by others the system says nothing."""

from __future__ import annotations

import sys
from pathlib import Path

# Types of file systems as Linux names them in /proc/mounts.
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "drvfs", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.sshfs"}
    | {"glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs"}
)
_DRIVE_REMOTE = 4  # source: Microsoft's GetDriveTypeW


def is_remote(folder: Path) -> bool:
    """Say whether ``folder`` lies on a network drive; no where that cannot be told."""
    folder = folder.resolve()
    if sys.platform == "win32":
        return _windows_says_so(folder)
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:
        return False
    return kind_of(folder, mounts) in _REMOTE


def kind_of(folder: Path, mounts: str) -> str:
    """Return the type of the file system that holds ``folder``, from the text of /proc/mounts; "" if none does."""
    rows = [row.split(" ") for row in mounts.splitlines()]
    points = [(row[1].replace("\\040", " "), row[2]) for row in rows if len(row) > 2]
    above = [(point, kind) for point, kind in points if folder.is_relative_to(point)]
    # Of several on one point the last was mounted over the others.
    return max(enumerate(above), key=lambda item: (len(item[1][0]), item[0]), default=(0, ("", "")))[1][1]


def _windows_says_so(folder: Path) -> bool:
    if str(folder).startswith("\\\\"):
        return True
    import ctypes  # noqa: PLC0415 - only Windows needs it

    windll = getattr(ctypes, "windll", None)
    return windll is not None and windll.kernel32.GetDriveTypeW(folder.anchor) == _DRIVE_REMOTE
