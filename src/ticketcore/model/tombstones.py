"""What remains of a purged ticket: that there was one, and nothing that it said."""

from datetime import datetime

import attrs

from ticketcore.model.actors import Actor
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import Index, Kind
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Tombstone(FrozenValue):
    """
    Where a ticket was that has been purged.

    Args:
        id: The ticket's.
        reference: What people may still quote.
        purged_at: When it was purged.
        by: Who purged it.
    """

    id: TicketId
    version: int = 1
    reference: str
    purged_at: datetime
    by: Actor


TOMBSTONES: Kind[Tombstone] = Kind("tombstone", (Index((), "purged_at"),))
