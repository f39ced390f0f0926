"""
Foreseeing: what time will do to the tickets that changed, as `Due` records.

It is done once, when rules have nothing more to say. No decision looks at these records, and records are read only if a
time moved.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import Rule, RuleBook
from ticketcore.commands.backlog import foresee_after_configuration
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.protocols import Key
from ticketcore.sweep.backfilling import foresee_backfills
from ticketcore.sweep.occasion import NEVER
from ticketcore.sweep.occasions import OF_TICKETS
from ticketcore.sweep.targets import foresee_sla_walk


def foresee(draft: Draft, book: RuleBook) -> None:
    """
    Brings up to date what is due for the tickets that changed, and because of the configuration that did.

    Args:
        draft: The unit of work, when all else is decided.
        book: The rules, as they were at its beginning.
    """
    if draft.changed_parts:
        foresee_backfills(draft)
        foresee_sla_walk(draft)
        foresee_after_configuration(draft)
    for before, after in draft.changed(TICKETS):
        if after is not None and after is not before:
            _foresee_ticket(draft, before, after, book.time_rules)


def _foresee_ticket(draft: Draft, before: AnyTicket | None, after: AnyTicket, rules: Sequence[Rule]) -> None:
    """Puts, moves and removes what is due for a ticket, as far as its time is another one than before."""
    moved: dict[str, Due | None] = {}
    for occasion in OF_TICKETS:
        was = NEVER if before is None else occasion.times(before, rules)
        now = occasion.times(after, rules)
        if was is not now and was != now:
            moved |= _moved(draft, occasion.name, after, was, now)
    if moved:
        _write(draft, after, moved)


def _moved(
    draft: Draft, occasion: str, ticket: AnyTicket, was: Mapping[str, datetime], now: Mapping[str, datetime]
) -> dict[str, Due | None]:
    """By id: what is due at another time than before; None for what is due no more."""
    moved: dict[str, Due | None] = {}
    for about in {**was, **now}:
        at = now.get(about)
        if was.get(about) != at:
            id = due_id(occasion, about, ticket.id)
            # A walk through all tickets must come before whatever became due after it was begun.
            at = None if at is None else max(at, draft.now)
            moved[id] = None if at is None else Due(id=id, at=at, occasion=occasion, about=about, ticket=ticket.id)
    return moved


def _write(draft: Draft, ticket: AnyTicket, moved: Mapping[str, Due | None]) -> None:
    keys = [Key(DUES, id) for id in moved]
    if not draft.is_new(ticket):
        draft.want(*keys)
    for key in keys:
        present, due = draft.peek(DUES, key.id) if draft.knows(key) else None, moved[key.id]
        if due is None and present is not None:
            draft.remove(DUES, key.id)
        elif due is not None and (present is None or present.at != due.at):
            draft.put(DUES, due if present is None else attrs.evolve(present, at=due.at))
