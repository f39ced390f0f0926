"""
The past: a ticket as it stood at an earlier place of its thread, as far as its thread tells.

Events tell what a field was before, so that later changes can be taken back, newest first. Of free text, addresses and
custom fields they tell only that it changed; what these were then, nobody knows any more.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import attrs

from ticketcore.commands.talks import TALKS
from ticketcore.events import (
    TOLD_BY_DIGEST,
    AnswerAdded,
    Assigned,
    CustomerMessageAdded,
    Event,
    FieldChanged,
    InternalMessageAdded,
    LeftBacklog,
    MergedInto,
    MessageAdded,
    NobodyAvailable,
    StatusChanged,
    TargetChanged,
    TicketOpened,
    Transferred,
)
from ticketcore.model.actors import Actor
from ticketcore.model.copying import copy_with
from ticketcore.model.lifecycle import AWAITS_AGENT, DONE, IN_WORK, SET_ASIDE, Category, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.targets import TargetState
from ticketcore.model.tickets import AnyTicket, InternalTicket
from ticketcore.sla.due_time import due_time

_PICKED_UP = tuple(of.answered for of in TALKS)


@attrs.frozen
class Past:
    """
    A ticket as it stood.

    Args:
        ticket: The ticket.
        unknown: The fields of which nobody knows what they were; they are shown as they are now.
    """

    ticket: AnyTicket
    unknown: frozenset[str] = frozenset()


def as_it_stood(ticket: AnyTicket, events: Iterable[Event], position: int) -> Past:
    """
    A ticket as it stood when its thread had so many entries.

    Args:
        ticket: As it now is.
        events: The events of its own thread, in their order.
        position: The place of the last entry that counts.
    """
    told = list(events)
    before = [it for it in told if it.position <= position]
    after = [it for it in told if it.position > position]
    if not after or not before:
        return Past(ticket)
    changes = [it for it in after if isinstance(it, FieldChanged)]
    fields = {it.field: it.before for it in reversed(changes) if it.field not in TOLD_BY_DIGEST}
    fields |= {
        "version": before[-1].ticket_version,
        "changed_at": before[-1].at,
        "entries": position,
        **_standing(
            [it for it in before if isinstance(it, StatusChanged)], fields.get("status", ticket.status), before[0]
        ),
        **_written(ticket, before),
        **_talked(before),
        **_waiting(before),
    }
    unknown = frozenset(it.field for it in changes if it.field in TOLD_BY_DIGEST)
    return Past(copy_with(ticket, **fields), unknown)


def _standing(moves: Sequence[StatusChanged], status: Status, opened: Event) -> dict[str, Any]:
    """What a ticket remembers of its moves from status to status."""
    return {
        "status_changed_at": moves[-1].at if moves else opened.at,
        "reopenings": sum(it.before.category in DONE and it.after.category is Category.OPEN for it in moves),
        "status_before": moves[-1].before if moves and status.category in SET_ASIDE else None,
        "postponed_from": _postponed_from(moves),
    }


def _postponed_from(moves: Iterable[StatusChanged]) -> Status | None:
    """Where a ticket stood before it was postponed; being set aside and brought back changes nothing of that."""
    known: Status | None = None
    for move in moves:
        if move.before.category not in SET_ASIDE and move.after.category not in SET_ASIDE:
            known = move.before if move.after.category is Category.POSTPONED else None
    return known


def _written(ticket: AnyTicket, events: Sequence[Event]) -> dict[str, Any]:
    """What a ticket counts of what was written on it."""
    messages = [it.entry for it in events if isinstance(it, MessageAdded) and _is_theirs(ticket, it)]
    by_customers = [it.at for it in events if isinstance(it, CustomerMessageAdded)]
    answers = [it.at for it in events if _is_answer(ticket, it)]
    answered = [it.at for it in events if _is_answer(ticket, it) or isinstance(it, _PICKED_UP)]
    return {
        "customer_messages": len(by_customers),
        "last_customer_message_at": by_customers[-1] if by_customers else None,
        "answers": len(answers),
        "first_answer_at": answered[0] if answered else None,
        "last_answer_at": answered[-1] if answered else None,
        "last_message": messages[-1] if messages else None,
    }


def _talked(events: Sequence[Event]) -> dict[str, Any]:
    """Since when a call or a chat waited for an agent, and when one was last picked up."""
    fields: dict[str, Any] = {}
    for of in TALKS:
        waiting, picked_up = None, None
        for event in events:
            if isinstance(event, of.answered):
                waiting, picked_up = None, event.at
            elif isinstance(event, of.waits):
                waiting = event.since
            elif isinstance(event, (of.missed, MergedInto)):
                waiting = None
            elif isinstance(event, of.started) and event.incoming:
                waiting = event.at
        fields |= {of.waiting: waiting, of.picked_up: picked_up}
    return fields


def _is_theirs(ticket: AnyTicket, event: MessageAdded) -> bool:
    """Whether a message is of a customer or to customers; of an internal ticket, of an agent."""
    return isinstance(event, InternalMessageAdded) is ticket.internal


def _is_answer(ticket: AnyTicket, event: Event) -> bool:
    if isinstance(ticket, InternalTicket):
        return isinstance(event, InternalMessageAdded) and event.actor != Actor.agent(ticket.raised_by)
    return isinstance(event, AnswerAdded)


def _waiting(events: Sequence[Event]) -> dict[str, Any]:
    """How long it had waited, and until when somebody should have acted."""
    targets, waiting_since = _targets(events), _waiting_since(events)
    return {
        "waiting_since": waiting_since,
        "in_backlog_since": _in_backlog_since(events),
        "targets": targets,
        "due_at": due_time(targets, waiting_since),
    }


def _waiting_since(events: Iterable[Event]) -> datetime | None:
    """Since when somebody waited for an agent."""
    since: datetime | None = None
    for event in events:
        status = _status_since(event)
        if status is not None:
            since = (since or event.at) if status.category in AWAITS_AGENT else None
    return since


def _in_backlog_since(events: Iterable[Event]) -> datetime | None:
    """Since when it waited because nobody was available: until it had an assignee, was done, or went elsewhere."""
    since: datetime | None = None
    assignee, status = None, None
    for event in events:
        if isinstance(event, (TicketOpened, Assigned)):
            assignee = event.after if isinstance(event, Assigned) else event.assignee
        status = _status_since(event) or status
        if assignee is not None or status is None or status.category not in IN_WORK:
            since = None
        elif isinstance(event, NobodyAvailable):
            since = event.at
        elif isinstance(event, (Transferred, LeftBacklog)):
            since = None
    return since


def _status_since(event: Event) -> Status | None:
    """The status that a ticket has since an event; None where the event tells of none."""
    if isinstance(event, TicketOpened):
        return event.status
    return event.after if isinstance(event, StatusChanged) else None


def _targets(events: Iterable[Event]) -> FrozenMap[str, TargetState]:
    """How the ticket stood with what was agreed on."""
    told = {it.target.value: it.state for it in events if isinstance(it, TargetChanged)}
    return FrozenMap({name: state for name, state in told.items() if state is not None})
