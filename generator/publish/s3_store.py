"""The clients of a bucket's service, and how long it may be silent."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from generator.publish.trust import own_certificate

if TYPE_CHECKING:
    from generator.publish.s3_access import Access

PATIENCE = 300
"""Seconds for which a service may be silent: until it answers to a small request, and between two pieces of a file."""
SLOWEST = 2048
"""Bytes a second of one transfer on the slowest line that is borne: 256 kbit/s, which 16 of them share."""
CONNECTING = "10s"
_DAY = 24 * 60 * 60


class Stores:
    """The clients, of which each bears requests of another size.

    obstore says nothing of how far a request is, and breaks it off when it was not sent and answered in a fixed time,
    however steadily the bytes flow. So that time goes by the size, and by a line so slow that hardly anybody has one.
    That a line is dead the system notices itself, and sooner: on Linux the connection ends when nothing of what was
    sent was taken for 30 seconds, elsewhere after some minutes at most. A large file could be sent in parts instead;
    but such an object has no MD5, by which a listing tells what stands there.
    """

    def __init__(self, access: Access) -> None:
        """Prepare them. Raises RefusedError for a certificate that cannot be read."""
        self._access = access
        self._options: dict[str, Any] = {"connect_timeout": CONNECTING, "allow_http": access.target.insecure}
        if (certificate := own_certificate(access.target)) is not None:
            self._options["root_certificate"] = certificate
        self._made: dict[int, Any] = {}
        self._making = threading.Lock()

    def bearing(self, size: int) -> Any:  # noqa: ANN401 - obstore's stores have no common public type
        """Return the client for requests that send up to ``size`` bytes, whatever they bring back."""
        # Doubled as often as need be, so that there are few clients: each has connections of its own.
        seconds = PATIENCE << (size // (PATIENCE * SLOWEST)).bit_length()
        with self._making:
            if seconds not in self._made:
                self._made[seconds] = self._store(seconds)
            return self._made[seconds]

    def _store(self, seconds: int) -> Any:  # noqa: ANN401 - as above
        from obstore.store import S3Store  # noqa: PLC0415, TID251 - this is a room for it

        target = self._access.target
        # obstore reads the environment for all that is not said here: each thing that decides where a file goes, and in
        # whose name, is said.
        config: Any = {
            "region": self._access.region,
            "endpoint": self._access.endpoint,
            "virtual_hosted_style_request": not target.endpoint,
            "skip_signature": False,
            "disable_bulk_delete": True,  # one is removed at a time, and not every service knows the other way
        }
        # The former begins with the request and anew with each piece of the answer, the latter never anew.
        limits = {"read_timeout": f"{seconds}s", "timeout": f"{max(seconds, _DAY)}s"}
        options: Any = {**self._options, **limits}
        return S3Store(
            target.host,
            config=config,
            client_options=options,
            retry_config={"max_retries": 0},
            credential_provider=self._credentials,
        )

    def _credentials(self) -> Any:  # noqa: ANN401 - obstore's type for it exists for type checkers alone
        access = self._access
        return {
            "access_key_id": access.key.reveal(),
            "secret_access_key": access.password.reveal(),
            "token": access.token.reveal() or None,
            "expires_at": None,
        }
