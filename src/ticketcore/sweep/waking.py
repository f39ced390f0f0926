"""Postponed tickets come back (requirement TK-14), reminders among them (requirement IT-3)."""

from collections.abc import Sequence

from ticketcore._draft import Draft
from ticketcore.automation.rules import Rule
from ticketcore.commands.status import move_to
from ticketcore.model.dues import Due
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import Category
from ticketcore.model.tickets import AnyTicket
from ticketcore.sweep.occasion import NEVER, Times


def waking_time(ticket: AnyTicket, _rules: Sequence[Rule]) -> Times:
    """When a ticket comes back; never if it is not postponed, or without a time."""
    if ticket.status.category is not Category.POSTPONED or ticket.postponed_until is None:
        return NEVER
    return {"": ticket.postponed_until}


def wake(draft: Draft, due: Due) -> None:
    """Has a ticket come back: new again if it was new, open otherwise."""
    ticket = draft.get(TICKETS, due.ticket or "")
    life_cycle = draft.setup.life_cycle
    before = ticket.postponed_from
    returns = (
        before is not None and before.category is Category.NEW and before in life_cycle.moves_from(ticket.status, None)
    )
    move_to(draft, ticket, before if returns and before else life_cycle.main(Category.OPEN), "Sweep")
