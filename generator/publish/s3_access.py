"""How a bucket is reached, and as whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from generator.errors import message
from generator.publish.host import refused
from generator.publish.trust import own_certificate

if TYPE_CHECKING:
    from generator.publish.secrets import Secret, Secrets
    from generator.publishing import Target

PATIENCE = "300s"
"""How long one request may take: in this time the biggest photo must pass on a slow line."""
CONNECTING = "10s"
REGION = "us-east-1"
"""What S3 services other than Amazon's take for any region. Source: their own handbooks, MinIO's among them."""


class Access(NamedTuple):
    """A target with what its service wants to know: the region, and the two halves of a key; ``token`` may be empty."""

    target: Target
    region: str
    key: str
    password: Secret
    token: Secret

    @property
    def endpoint(self) -> str:
        """Where the service answers; Amazon's has the bucket in its name."""
        return self.target.endpoint or f"https://{self.target.host}.s3.{self.region}.amazonaws.com"


def access_to(target: Target, secrets: Secrets) -> Access:
    """Return how a target is reached. Raises RefusedError if it must not be, or nobody says as whom."""
    if target.endpoint.lower().startswith("http:") and not target.insecure:
        what = message("http:// sends every file in the clear.")
        fix = message('Write https:// if the service can; only if it cannot, add the line "insecure = true".')
        raise refused(target.label, what, fix)
    # A key of the target's own never goes with what the environment holds for other programs.
    own = secrets.known(target, "ACCESS_KEY")
    key = own or secrets.known(target, "ACCESS_KEY", "AWS_ACCESS_KEY_ID")
    password = secrets.password(target) if own else secrets.password(target, "AWS_SECRET_ACCESS_KEY")
    token = secrets.known(target, "SESSION_TOKEN", *(() if own else ("AWS_SESSION_TOKEN",)))
    region = target.region or secrets.known(target, "REGION", "AWS_REGION").reveal() or REGION
    return Access(target, region, key.reveal() or target.user, password, token)


def store(access: Access) -> Any:  # noqa: ANN401 - obstore's stores have no common public type
    """Return the bucket as obstore has it. Raises RefusedError for a certificate that cannot be read."""
    from obstore.store import S3Store  # noqa: PLC0415, TID251 - this is a room for it; other hosts need not load it

    target = access.target
    # obstore reads the environment for all that is not said here: each thing that decides where a file goes, and in
    # whose name, is said.
    config: Any = {
        "region": access.region,
        "endpoint": access.endpoint,
        "virtual_hosted_style_request": not target.endpoint,
        "skip_signature": False,
        "disable_bulk_delete": True,  # one is removed at a time, and not every service knows the other way
    }

    def credentials() -> Any:  # noqa: ANN401 - obstore's type for it exists for type checkers alone
        return {
            "access_key_id": access.key,
            "secret_access_key": access.password.reveal(),
            "token": access.token.reveal() or None,
            "expires_at": None,
        }

    client: Any = {"timeout": PATIENCE, "connect_timeout": CONNECTING, "allow_http": target.insecure}
    if (certificate := own_certificate(target)) is not None:
        client["root_certificate"] = certificate
    return S3Store(
        target.host,
        config=config,
        client_options=client,
        retry_config={"max_retries": 0},
        credential_provider=credentials,
    )
