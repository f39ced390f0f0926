"""What time will do to tickets: one record per occasion, found by time (see `ticketcore.sweep`)."""

from datetime import datetime

import attrs

from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import Index, Kind


@attrs.frozen(kw_only=True)
class Due:
    """
    Something that happens to a ticket at a time.

    Args:
        id: The occasion, so that each happens once: `"wake/"` and the ticket's id.
        at: When.
    """

    id: str
    version: int = 1
    at: datetime
    ticket: TicketId


DUES: Kind[Due] = Kind("due", (Index((), "at"), Index(("ticket",), "at")))
