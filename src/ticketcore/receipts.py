"""Receipts: what was done under a caller's key, so that the same request coming again is done once."""

from datetime import UTC, datetime

import attrs

from ticketcore.model.actors import Actor
from ticketcore.model.kinds import Index, Kind
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Receipt(FrozenValue):
    """
    What was done under a key.

    Args:
        id: Made of actor and key.
        digest: Of the command and its ticket: another command under the same key is refused.
        results: The results' kinds and ids, no text.
        several: Whether the command gave several records rather than one.
        at: When.
    """

    id: str
    version: int = 1
    digest: str
    results: tuple[tuple[str, str], ...] = ()
    several: bool = False
    at: datetime = datetime.min.replace(tzinfo=UTC)


RECEIPTS: Kind[Receipt] = Kind("receipt", (Index((), "at"),))


def receipt_id(actor: Actor, key: str) -> str:
    """The id of an actor's receipt for a key."""
    return f"{actor.kind.value}:{actor.id or ''}:{key}"
