"""
Queues: the tickets of a department that wait for an agent and have nobody.

A queue is no record. Who joined or left one follows from the events of a piece of work, and is looked for only where a
rule waits for `QueueLengthChanged`; how long it is, is counted when a condition asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.access import THE_SYSTEM
from ticketcore.conditions import F
from ticketcore.events import Event, FieldChanged, QueueLengthChanged, TicketOpened
from ticketcore.model.ids import DepartmentId, TicketId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import AWAITS_AGENT
from ticketcore.model.values import FrozenValue
from ticketcore.query import Query

_STANDING: Final = ("status", "department", "assignee")
"""The fields that say in which queue a ticket is."""


@attrs.frozen
class _Queue(FrozenValue):
    department: DepartmentId | None


def queue_department(draft: Draft, event: Event) -> DepartmentId | None:
    """Whose queue an event is about; else that of the ticket's department."""
    if isinstance(event, QueueLengthChanged):
        return event.department
    return draft.get(TICKETS, event.ticket).department


def queue_length(draft: Draft, event: Event) -> int:
    """How many tickets wait in the queue that an event is about; else in that of the ticket's department."""
    department = queue_department(draft, event)
    waiting = (F.department == department) & F.assignee.is_missing() & F.category.is_in(AWAITS_AGENT)
    return draft.count(Query(TICKETS, waiting))


def tell_queues(draft: Draft, events: Sequence[Event]) -> None:
    """
    Tells each ticket that joined or left a queue that it did, because of what did it.

    Args:
        draft: The unit of work.
        events: What happened in a piece of it, which has just ended.
    """
    for ticket, own in _by_ticket(events).items():
        now = draft.peek(TICKETS, ticket)
        if now is None:  # purged, its thread with it
            continue
        standing = {name: getattr(now, name) for name in _STANDING}
        before, after = _queue_before(standing, own), _queue(standing)
        cause = own[-1].cause
        with draft.acting(THE_SYSTEM, cause) if cause.rule else nullcontext():
            if before != after and before is not None:
                draft.occur(now, QueueLengthChanged, department=before.department, joined=False)
            if before != after and after is not None:
                draft.occur(now, QueueLengthChanged, department=after.department, joined=True)


def _by_ticket(events: Iterable[Event]) -> Mapping[TicketId, list[Event]]:
    """The events that may have to do with queues, by ticket."""
    found: dict[TicketId, list[Event]] = {}
    for event in events:
        if isinstance(event, TicketOpened) or (isinstance(event, FieldChanged) and event.field in _STANDING):
            found.setdefault(event.ticket, []).append(event)
    return found


def _queue_before(standing: Mapping[str, Any], events: Sequence[Event]) -> _Queue | None:
    """The queue in which a ticket was before these events; None where it was in none."""
    if isinstance(events[0], TicketOpened):
        return None
    return _queue({**standing, **{it.field: it.before for it in reversed(events) if isinstance(it, FieldChanged)}})


def _queue(standing: Mapping[str, Any]) -> _Queue | None:
    waits = standing["assignee"] is None and standing["status"].category in AWAITS_AGENT
    return _Queue(standing["department"]) if waits else None
