"""Programs that serve, as plain processes of a test: found, run on a free port, and ended with all that they started.

None of them is Python, so a machine may be without: then such tests are skipped, and say why. ``.ci/run`` installs all
of them and sets ADPIM_SERVER_TESTS=required, so that there they fail instead.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SETTLED = 15
"""Seconds in which a server must answer."""
FULL = ("/bin/sh", "-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh")
"""What starts a server so that it can write no file of more than 8 or 16 KB: as a full disk, it ends a write midway."""


def need(program: str) -> str:
    """Return where a server is; skip the test that asks if there is none, or fail it where it must be."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/sbin:/usr/lib/openssh")
    if found is None:
        reason = f"{program} is not installed here; .ci/run installs it"
        if os.environ.get("ADPIM_SERVER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], port: int, log: Path, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the context ends, with all that it started; the context begins when it answers.

    It runs as ``user`` and that account's group, else as whoever runs the tests; what it says goes to ``log``.
    """
    with log.open("ab") as said:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            user=user,
            group=user,
        )
    try:
        deadline = time.monotonic() + SETTLED
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{command[0]} does not answer:\n{log.read_text()}")
            time.sleep(0.02)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(SETTLED)
