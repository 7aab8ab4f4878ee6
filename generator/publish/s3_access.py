"""How a bucket is reached, and as whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.publish.host import refused
from generator.publish.secrets import Secret, variable

if TYPE_CHECKING:
    from generator.publish.secrets import Secrets
    from generator.publishing import Target

REGION = "us-east-1"
"""What S3 services other than Amazon's take for any region. Source: their own handbooks, MinIO's among them."""
_REGION = re.compile(r"[A-Za-z0-9._-]+")
"""What a region's name may hold, as it becomes part of an address and of a header."""


class Access(NamedTuple):
    """A target with what its service wants to know: the region, and the two halves of a key; ``token`` may be empty."""

    target: Target
    region: str
    key: Secret
    password: Secret
    token: Secret

    @property
    def endpoint(self) -> str:
        """Where the service answers; Amazon's has the bucket in its name."""
        return self.target.endpoint or f"https://{self.target.host}.s3.{self.region}.amazonaws.com"

    @property
    def hidden(self) -> tuple[Secret, ...]:
        """What must not be shown, should the service repeat it."""
        return self.password, self.token


def access_to(target: Target, secrets: Secrets) -> Access:
    """Return how a target is reached. Raises RefusedError if it must not be, or nobody says as whom."""
    if target.endpoint.lower().startswith("http:") and not target.insecure:
        what = message("http:// sends every file in the clear.")
        fix = message('Write https:// if the service can; only if it cannot, add the line "insecure = true".')
        raise refused(target.label, what, fix)
    # A key of the target's own never goes with what the environment holds for other programs.
    own = secrets.known(target, "ACCESS_KEY")
    key = own or secrets.known(target, "ACCESS_KEY", "AWS_ACCESS_KEY_ID") or Secret(target.user)
    password = secrets.password(target) if own else secrets.password(target, "AWS_SECRET_ACCESS_KEY")
    token = secrets.known(target, "SESSION_TOKEN", *(() if own else ("AWS_SESSION_TOKEN",)))
    return Access(target, _region(target, secrets), key, password, token)


def _region(target: Target, secrets: Secrets) -> str:
    """Return the service's region. Raises RefusedError for what can be none."""
    region = target.region or secrets.known(target, "REGION", "AWS_REGION").reveal() or REGION
    if not _REGION.fullmatch(region):
        what = message('"{region}" is not the name of a region.', region=region)
        names = f"{variable(target, 'REGION')}, AWS_REGION"
        fix = message('Correct "region" in site.toml or, if it is not there, in the environment: {names}.', names=names)
        raise refused(target.label, what, fix)
    return region
