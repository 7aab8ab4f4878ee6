"""What the last build knew, so that the next one does only what changed. Losing it costs nothing but time."""

from generator.ledger.fingerprint import digested, fingerprint
from generator.ledger.store import Ledger, Made, open_bodies, read_body

__all__ = ["Ledger", "Made", "digested", "fingerprint", "open_bodies", "read_body"]
