"""The clients of a bucket's service: where it is, who we are there, and how long it may be silent."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from generator.errors import message
from generator.publish.host import refused
from generator.publish.secrets import Secret, variable
from generator.publish.trust import own_certificate

if TYPE_CHECKING:
    from generator.publish.secrets import Secrets
    from generator.publishing import Target

PATIENCE = 300
"""Seconds for which a service may be silent: until it answers to a small request, and between two pieces of a file."""
SLOWEST = 2048
"""Bytes a second of one transfer on the slowest line that is borne: 256 kbit/s, which 16 of them share."""
CONNECTING = "10s"
_DAY = 24 * 60 * 60
REGION = "us-east-1"
"""What S3 services other than Amazon's take for any region. Source: their own handbooks, MinIO's among them."""
_REGION = re.compile(r"[A-Za-z0-9._-]+")
"""What a region's name may hold, as it becomes part of an address and of a header."""


class Stores:
    """The clients, of which each bears requests of another size.

    obstore says nothing of how far a request is, and breaks it off when it was not sent and answered in a fixed time,
    however steadily the bytes flow. So that time goes by the size, and by a line so slow that hardly anybody has one.
    That a line is dead the system notices itself, and sooner: on Linux the connection ends when nothing of what was
    sent was taken for 30 seconds, elsewhere after some minutes at most. A large file could be sent in parts instead;
    but such an object has no MD5, by which a listing tells what stands there.
    """

    def __init__(self, target: Target, secrets: Secrets) -> None:
        """Find out who we are there. Raises RefusedError where that is not known, or must not be sent."""
        if target.endpoint.lower().startswith("http:") and not target.insecure:
            what = message("http:// sends every file in the clear.")
            fix = message('Write https:// if the service can; only if it cannot, add the line "insecure = true".')
            raise refused(target.label, what, fix)
        self._bucket = target.host
        # A key of the target's own never goes with what the environment holds for other programs.
        own = secrets.known(target, "ACCESS_KEY")
        self._key = own or secrets.known(target, "ACCESS_KEY", "AWS_ACCESS_KEY_ID") or Secret(target.user)
        self._password = secrets.password(target) if own else secrets.password(target, "AWS_SECRET_ACCESS_KEY")
        self._token = secrets.known(target, "SESSION_TOKEN", *(() if own else ("AWS_SESSION_TOKEN",)))
        self._config = _config(target, _region(target, secrets))
        self._options: dict[str, Any] = {"connect_timeout": CONNECTING, "allow_http": target.insecure}
        if (certificate := own_certificate(target)) is not None:
            self._options["root_certificate"] = certificate
        self._made: dict[int, Any] = {}
        self._making = threading.Lock()

    @property
    def hidden(self) -> tuple[Secret, ...]:
        """What must not be shown, should the service repeat it."""
        return self._password, self._token

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

        # The former begins with the request and anew with each piece of the answer, the latter never anew.
        limits = {"read_timeout": f"{seconds}s", "timeout": f"{max(seconds, _DAY)}s"}
        options: Any = {**self._options, **limits}
        return S3Store(
            self._bucket,
            config=self._config,
            client_options=options,
            retry_config={"max_retries": 0},
            credential_provider=self._credentials,
        )

    def _credentials(self) -> Any:  # noqa: ANN401 - obstore's type for it exists for type checkers alone
        return {
            "access_key_id": self._key.reveal(),
            "secret_access_key": self._password.reveal(),
            "token": self._token.reveal() or None,
            "expires_at": None,
        }


def _config(target: Target, region: str) -> Any:  # noqa: ANN401 - as above
    """Return where the service is. obstore reads the environment for all that is not said here.

    So each thing that decides where a file goes, and in whose name, is said.
    """
    return {
        "region": region,
        "endpoint": target.endpoint or f"https://{target.host}.s3.{region}.amazonaws.com",
        "virtual_hosted_style_request": not target.endpoint,
        "skip_signature": False,
        "disable_bulk_delete": True,  # one is removed at a time, and not every service knows the other way
    }


def _region(target: Target, secrets: Secrets) -> str:
    """Return the service's region. Raises RefusedError for what can be none."""
    region = target.region or secrets.known(target, "REGION", "AWS_REGION").reveal() or REGION
    if not _REGION.fullmatch(region):
        what = message('"{region}" is not the name of a region.', region=region)
        names = f"{variable(target, 'REGION')}, AWS_REGION"
        fix = message('Correct "region" in site.toml or, if it is not there, in the environment: {names}.', names=names)
        raise refused(target.label, what, fix)
    return region
