"""
What time makes due: postponed tickets that come back.

Whenever a ticket changes, what time will do to it is derived as `Due` records, so that a sweep costs what is due, not
what is stored.
"""

from datetime import datetime
from itertools import takewhile
from typing import ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import SystemCommand
from ticketcore.commands.status import move_to
from ticketcore.events import Event, PostponedUntilChanged, StatusChanged
from ticketcore.model import checks
from ticketcore.model.dues import DUES, Due
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import Category
from ticketcore.model.permissions import Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Order, Query
from ticketcore.sla import due_time
from ticketcore.storage.protocols import Key

_SOONEST_FIRST: Final = (Order("at"),)


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
        first = draft.find(Query(DUES, order=_SOONEST_FIRST, limit=self.limit)).items
        due = [*takewhile(lambda it: it.at <= draft.now, first)]
        draft.want(*(Key(DUES, it.id) for it in due))
        woken = [_wake(draft, it) for it in due]
        return tuple(it for it in woken if it is not None)


def next_due(draft: Draft) -> datetime | None:
    """When there is something for a sweep to do; None if nothing is foreseen."""
    first = draft.find(Query(DUES, order=_SOONEST_FIRST, limit=1)).items
    return first[0].at if first else None


def derive(draft: Draft) -> None:
    """Brings up to date what follows from the state of the tickets touched: due times and `Due` records."""
    for id in draft.touched:
        ticket = draft.peek(TICKETS, id)
        if ticket is None:
            continue
        due = due_time(ticket, draft.now)
        if due != ticket.due_at:
            draft.change(ticket, due_at=due)
        _derive_waking(draft, ticket)


def _derive_waking(draft: Draft, ticket: AnyTicket) -> None:
    if not any(it.ticket == ticket.id and _is_about_waking(it) for it in draft.events):
        return
    id = f"wake/{ticket.id}"
    present, wakes = draft.peek(DUES, id), _wakes(ticket)
    if wakes is None and present is not None:
        draft.remove(DUES, id)
    elif wakes is not None and (present is None or present.at != wakes):
        draft.put(DUES, attrs.evolve(present, at=wakes) if present else Due(id=id, at=wakes, ticket=ticket.id))


def _is_about_waking(event: Event) -> bool:
    """Whether an event can change when its ticket comes back."""
    if isinstance(event, StatusChanged):
        return Category.POSTPONED in {event.before.category, event.after.category}
    return isinstance(event, PostponedUntilChanged)


def _wakes(ticket: AnyTicket | None) -> datetime | None:
    """When a ticket comes back; None if it is not postponed, or without a time."""
    postponed = ticket is not None and ticket.status.category is Category.POSTPONED
    return ticket.postponed_until if ticket is not None and postponed else None


def _wake(draft: Draft, due: Due) -> AnyTicket | None:
    """The ticket, new again if it was new, open otherwise; None if it is no more, or not postponed any more."""
    draft.remove(DUES, due.id)
    ticket = draft.peek(TICKETS, due.ticket)
    if ticket is None or ticket.status.category is not Category.POSTPONED:
        return None
    life_cycle = draft.setup.life_cycle
    before = ticket.postponed_from
    returns = before is not None and before.category is Category.NEW and before in life_cycle.moves[ticket.status]
    return move_to(draft, ticket, before if returns and before else life_cycle.main(Category.OPEN), "Sweep")
