"""
What time makes due: postponed tickets that come back.

Whenever a ticket changes, what time will do to it is derived as `Due` records, so that a sweep costs what is due, not
what is stored.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import SystemCommand
from ticketcore.commands.status import move_to
from ticketcore.conditions import RecordF
from ticketcore.model import checks
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import TICKETS, Index, Kind
from ticketcore.model.lifecycle import Category
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Order, Query
from ticketcore.sla import due_time


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


DUES: Kind[Due] = Kind("due", (Index((), "at"),))


@attrs.frozen
class Sweep(SystemCommand[tuple[AnyTicket, ...]]):
    """
    Does what time has made due, the oldest first (requirement TK-14: postponed tickets come back).

    Any number of processes may sweep at once: each occasion is acted on once.

    Args:
        limit: How many occasions at most in one go.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    limit: int = checks.number(at_least=1, at_most=10_000, default=100)

    def decide(self, draft: Draft) -> tuple[AnyTicket, ...]:
        """The tickets that came back."""
        query = Query(DUES, RecordF.instant("at") <= draft.now, (Order("at"),), limit=self.limit)
        return tuple(_wake(draft, due) for due in draft.find(query).items)


def next_due(draft: Draft) -> datetime | None:
    """When there is something for a sweep to do; None if nothing is foreseen."""
    first: Sequence[Due] = draft.find(Query(DUES, order=(Order("at"),), limit=1)).items
    return first[0].at if first else None


def derive(draft: Draft) -> None:
    """Brings up to date what follows from the state of the tickets touched: due times and `Due` records."""
    for id in draft.touched:
        ticket = draft.peek(TICKETS, id)
        if ticket is None:
            continue
        draft.change(ticket, due_at=due_time(ticket, draft.now))
        _derive_waking(draft, ticket)


def _derive_waking(draft: Draft, ticket: AnyTicket) -> None:
    id = f"wake/{ticket.id}"
    wakes = ticket.postponed_until if ticket.status.category is Category.POSTPONED else None
    before = draft.stored(TICKETS, ticket.id)
    if wakes == (before.postponed_until if before else None):
        return
    present = draft.peek(DUES, id)
    if wakes is None and present is not None:
        draft.remove(DUES, id)
    elif wakes is not None and (present is None or present.at != wakes):
        draft.put(DUES, attrs.evolve(present, at=wakes) if present else Due(id=id, at=wakes, ticket=ticket.id))


def _wake(draft: Draft, due: Due) -> AnyTicket:
    draft.remove(DUES, due.id)
    ticket = draft.get(TICKETS, due.ticket)
    before = ticket.postponed_from
    was_new = before is not None and before.category is Category.NEW
    return move_to(draft, ticket, before if was_new and before else draft.setup.life_cycle.main(Category.OPEN), "Sweep")
