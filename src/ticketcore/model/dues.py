"""What time will do: one record per occasion, found by time (see `ticketcore.sweep`)."""

from datetime import datetime

import attrs

from ticketcore.model.ids import TicketId
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import Index, Kind
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Due(FrozenValue):
    """
    Something that happens at a time, mostly to a ticket.

    Args:
        id: Made of the occasion, what it is about, and the ticket, so that each happens once; see `due_id`.
        at: When.
        occasion: The name of the occasion in the table of `ticketcore.sweep`, such as `"wake"`.
        about: What tells occasions of one name apart, such as the id of a rule.
        ticket: To which ticket; None for what concerns none, or all.
        since: Of a walk through all tickets: what came before this time is passed over.
        after: Of a walk through all tickets: how far it has come, as the text of a cursor.
    """

    id: str
    version: int = 1
    at: datetime
    occasion: str
    about: str = ""
    ticket: TicketId | None = None
    since: datetime | None = None
    after: str | None = None


DUES: Kind[Due] = Kind("due", (Index((), "at"), Index(("ticket",), "at")))

SWEEPS: Kind[NaturalKey] = Kind("sweep", locked=True)
"""Nothing is stored here. Whoever sweeps reads under this lock, so that sweepers take turns instead of racing."""


def due_id(occasion: str, about: str = "", ticket: TicketId | None = None) -> str:
    """The id of what is due: `"wake//<ticket>"`."""
    return f"{occasion}/{about}/{ticket or ''}"
