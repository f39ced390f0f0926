"""
A new time rule looks for the tickets that are there already.

What is due later waits until it has walked through all of them, so that nothing is done for a ticket that the walk has
yet to come to, and then once more.
"""

from typing import Final

from ticketcore._draft import Draft
from ticketcore.automation.rules import RULES
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage.protocols import Key
from ticketcore.sweep.time_rules import TimeRule
from ticketcore.sweep.walking import begin, next_tickets

NEW_RULE: Final = "backfill"
RULE_TIME: Final = "rule"


def foresee_backfills(draft: Draft) -> None:
    """Has the next sweeps walk through all tickets for the time rules that this draft adds, changes or lets run."""
    for before, after in draft.changed(RULES):
        found, earlier = TimeRule.of(after), TimeRule.of(before)
        if found is None or (earlier is not None and earlier.trigger == found.trigger):
            continue
        id = found.rule.id
        is_resumed = before is not None and before.trigger == found.trigger
        since = draft.now if is_resumed else None
        begin(draft, Due(id=due_id(NEW_RULE, id), at=draft.now, occasion=NEW_RULE, about=id, since=since))


def backfill(draft: Draft, due: Due) -> None:
    """Puts what is due by a new time rule for the next tickets."""
    found = TimeRule.of(draft.peek(RULES, due.about))
    if found is not None:
        _put_dues(draft, found, due, next_tickets(draft, due))


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
