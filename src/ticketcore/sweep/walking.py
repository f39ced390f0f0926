"""
Walks through all tickets, batch by batch, for what concerns those that do not change themselves.

A walk is a `Due` record, which is put back further on until it has come to the end.
"""

from typing import Final

import attrs

from ticketcore._draft import Draft
from ticketcore.model.dues import DUES, Due
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Cursor, Order, Query
from ticketcore.storage.protocols import Key

BATCH: Final = 500
"""How many tickets a walk looks at in one sweep."""

_NEWEST_FIRST: Final = (Order("created_at", descending=True),)


def begin(draft: Draft, walk: Due) -> None:
    """Has the next sweeps walk through all tickets; a walk of the same id begins anew."""
    draft.want(Key(DUES, walk.id))
    draft.put(DUES, walk)


def next_tickets(draft: Draft, walk: Due) -> tuple[AnyTicket, ...]:
    """The next tickets on a walk, whose rest is put back."""
    after = Cursor.parse(walk.after) if walk.after else None
    page = draft.find(Query(TICKETS, order=_NEWEST_FIRST, limit=BATCH, after=after))
    if page.next is not None:
        draft.put(DUES, attrs.evolve(walk, after=str(page.next)))
    return page.items
