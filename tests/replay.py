"""
A ticket from its events: what its thread tells of it is everything but free text.

The fold knows the life cycle's categories and nothing else of the desk. Texts, addresses and custom fields come as the
digests that events tell; a text that no event told yet is not in the answer.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from ticketcore import events
from ticketcore.events import TOLD_BY_DIGEST, Event, FieldChanged, TicketOpened, changed_value
from ticketcore.model.actors import Actor
from ticketcore.model.lifecycle import AWAITS_AGENT, DONE, IN_WORK, SET_ASIDE, Category, Status
from ticketcore.model.thread import Entry
from ticketcore.model.tickets import AnyTicket, InternalTicket, Ticket
from ticketcore.sla import INTERNAL_ANSWER_TIME

_TOLD_TO_CUSTOMERS = (
    events.StatusChanged,
    events.SubjectChanged,
    events.DescriptionChanged,
    events.CustomerMessageAdded,
    events.AnswerAdded,
    events.UpdateAdded,
    events.MergedFrom,
    events.ContactErased,
)


def replayed(thread: Iterable[Entry]) -> dict[str, Any]:
    """
    The fields of a ticket by name, as its events tell them.

    Args:
        thread: The entries of one ticket, in their order.
    """
    state: dict[str, Any] = {}
    for entry in thread:
        if isinstance(entry, Event):
            _apply(state, entry)
    return state


def told(ticket: AnyTicket) -> dict[str, Any]:
    """The fields of a stored ticket by name, with digests in place of what events do not tell."""
    return {field.name: changed_value(field.name, getattr(ticket, field.name)) for field in attrs.fields(type(ticket))}


def _apply(state: dict[str, Any], event: Event) -> None:
    if isinstance(event, TicketOpened):
        state |= _opened(event)
    if isinstance(event, FieldChanged):
        _change(state, event)
    if isinstance(event, events.TargetChanged):
        state["targets"] = {**state["targets"], event.target.value: event.state}
        state["targets"] = {name: it for name, it in state["targets"].items() if it is not None}
    _count(state, event)
    _talk(state, event)
    state |= _waiting(state, event)
    state |= {"due_at": _due(state), "version": event.ticket_version, "changed_at": event.at, "entries": event.position}
    if "public_changed_at" in state and isinstance(event, _TOLD_TO_CUSTOMERS):
        state["public_changed_at"] = event.at


def _opened(event: TicketOpened) -> dict[str, Any]:
    kind: type[AnyTicket] = InternalTicket if event.internal else Ticket
    fields = {field.name: field for field in attrs.fields(kind)}
    told = {field.name: getattr(event, field.name) for field in attrs.fields(TicketOpened) if field.name in fields}
    known = (it for it in fields.values() if it.default is not attrs.NOTHING and it.name not in FREE_TEXT)
    defaults = {it.name: changed_value(it.name, it.default) for it in known}
    times = {name: event.at for name in ("created_at", "status_changed_at", "public_changed_at") if name in fields}
    waiting = _waiting_since(event.status, None, event)
    return {**defaults, **told, **times, "id": event.ticket, "targets": {}, "waiting_since": waiting}


def _change(state: dict[str, Any], event: FieldChanged) -> None:
    known = event.field in state
    assert not known or state[event.field] == event.before, f"{event} does not go on from {state.get(event.field)}"
    assert event.before != event.after, f"{event} is no change"
    state[event.field] = event.after
    if isinstance(event, events.StatusChanged):
        state |= _moved(state, event)


def _moved(state: dict[str, Any], event: events.StatusChanged) -> dict[str, Any]:
    before, after = event.before, event.after
    return {
        "status_changed_at": event.at,
        "reopenings": state["reopenings"] + (before.category in DONE and after.category is Category.OPEN),
        "waiting_since": _waiting_since(after, state["waiting_since"], event),
        "status_before": before if after.category in SET_ASIDE else None,
        "postponed_from": _postponed_from(state["postponed_from"], before, after),
    }


def _postponed_from(known: Status | None, before: Status, after: Status) -> Status | None:
    if after.category in SET_ASIDE or before.category in SET_ASIDE:
        return known
    return before if after.category is Category.POSTPONED else None


def _waiting(state: dict[str, Any], event: Event) -> dict[str, Any]:
    """Since when a ticket is in the backlog: until it has an assignee, is done, or goes elsewhere."""
    can_wait = state["assignee"] is None and state["status"].category in IN_WORK
    if isinstance(event, events.NobodyAvailable) and can_wait:
        return {"in_backlog_since": event.at}
    if not can_wait or isinstance(event, (events.Transferred, events.LeftBacklog)):
        return {"in_backlog_since": None}
    return {}


def _waiting_since(status: Status, waiting: Any, event: Event) -> Any:
    return (waiting or event.at) if status.category in AWAITS_AGENT else None


def _due(state: dict[str, Any]) -> Any:
    running = [it.deadline for it in state["targets"].values() if it.ended_at is None and it.paused_at is None]
    waiting = state["waiting_since"]
    return min(running) if running else waiting + INTERNAL_ANSWER_TIME if waiting else None


def _talk(state: dict[str, Any], event: Event) -> None:
    """Since when a chat or call waits, and when one was picked up, which answers."""
    if isinstance(event, events.MergedInto):
        state |= {"chat_waiting_since": None, "call_waiting_since": None}
    for noun in ("chat", "call"):
        name = type(event).__name__.removeprefix(noun.capitalize())
        if name == type(event).__name__:
            continue
        if name == "Started" and event.incoming:
            state[f"{noun}_waiting_since"] = event.at
        if name == "Waits":
            state[f"{noun}_waiting_since"] = event.since
        if name in {"PickedUp", "Missed"}:
            state[f"{noun}_waiting_since"] = None
        if name == "PickedUp":
            state[f"{noun}_picked_up_at"] = state["last_answer_at"] = event.at
            state["first_answer_at"] = state["first_answer_at"] or event.at


def _count(state: dict[str, Any], event: Event) -> None:
    is_internal = isinstance(event, events.InternalMessageAdded)
    if isinstance(event, events.MessageAdded) and is_internal == ("raised_by" in state):
        state["last_message"] = event.entry
    if isinstance(event, events.CustomerMessageAdded):
        state["customer_messages"] += 1
        state["last_customer_message_at"] = event.at
    answers_colleague = is_internal and "raised_by" in state
    if isinstance(event, events.AnswerAdded) or (answers_colleague and event.actor != Actor.agent(state["raised_by"])):
        state["answers"] += 1
        state["first_answer_at"] = state["first_answer_at"] or event.at
        state["last_answer_at"] = event.at


FREE_TEXT = frozenset({"subject", "description", "referrer"})
"""Of these changes are told by digest, or they never change."""

assert {*TOLD_BY_DIGEST, "referrer"} > FREE_TEXT
