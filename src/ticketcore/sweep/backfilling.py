"""
Walks through all tickets, batch by batch, for what concerns those that do not change: a new time rule.

A walk is a `Due` record itself, which is put back further on until it has come to the end. What is due later waits
meanwhile, so that nothing is done for a ticket that the walk has yet to come to.
"""

from typing import Final

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import RULES
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Cursor, Order, Query
from ticketcore.storage.protocols import Key
from ticketcore.sweep.time_rules import TimeRule

BATCH: Final = 500
"""How many tickets a walk looks at in one sweep."""

NEW_RULE: Final = "backfill"
RULE_TIME: Final = "rule"

_NEWEST_FIRST: Final = (Order("created_at", descending=True),)


def foresee_backfills(draft: Draft) -> None:
    """Has the next sweeps walk through all tickets for the time rules that this draft adds, changes or lets run."""
    for before, after in draft.changed(RULES):
        found, earlier = TimeRule.of(after), TimeRule.of(before)
        if found is None or (earlier is not None and earlier.trigger == found.trigger):
            continue
        is_resumed = before is not None and before.trigger == found.trigger
        walk = Due(
            id=due_id(NEW_RULE, found.rule.id),
            at=draft.now,
            occasion=NEW_RULE,
            about=found.rule.id,
            since=draft.now if is_resumed else None,
        )
        draft.want(Key(DUES, walk.id))
        draft.put(DUES, walk)


def backfill(draft: Draft, due: Due) -> None:
    """Puts what is due by a new time rule for the next tickets, and the rest of the walk behind it."""
    found = TimeRule.of(draft.peek(RULES, due.about))
    if found is None:
        return
    after = Cursor.parse(due.after) if due.after else None
    page = draft.find(Query(TICKETS, order=_NEWEST_FIRST, limit=BATCH, after=after))
    _put_dues(draft, found, due, page.items)
    if page.next is not None:
        draft.put(DUES, attrs.evolve(due, after=str(page.next)))


def _put_dues(draft: Draft, found: TimeRule, walk: Due, tickets: tuple[AnyTicket, ...]) -> None:
    """Puts what is still to come, and of what is past already that to which the rule applies."""
    times = {it.id: found.trigger.at(it) for it in tickets}
    draft.want(*(Key(DUES, due_id(RULE_TIME, found.rule.id, id)) for id, at in times.items() if at is not None))
    for ticket in tickets:
        at, id = times[ticket.id], due_id(RULE_TIME, found.rule.id, ticket.id)
        if at is None or draft.peek(DUES, id) is not None or (walk.since is not None and at <= walk.since):
            continue
        if at > draft.now or found.applies(draft, ticket):
            draft.put(DUES, Due(id=id, at=at, occasion=RULE_TIME, about=found.rule.id, ticket=ticket.id))
