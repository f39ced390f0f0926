"""
When each target starts, and when it ends, as a ticket tells it.

One row for each target: a further one is one more row.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Final

import attrs

from ticketcore.model.lifecycle import AWAITS_AGENT, DONE, Category
from ticketcore.model.targets import Target
from ticketcore.model.tickets import AnyTicket, Channel, InternalTicket
from ticketcore.model.values import FrozenValue

ALL_DEPEND_ON: Final = ("targets", "status", "status_changed_at")
"""The fields of a ticket on which the course of every target depends, whatever starts and ends it."""

_REPLIED: Final = DONE | {Category.ANSWERED}


class Afterwards(Enum):
    """What a target does when it ended, and its ticket gives cause again."""

    NOTHING = "nothing"
    STARTS_ANEW = "starts_anew"
    GOES_ON = "goes_on"


@attrs.frozen
class TargetFacts(FrozenValue):
    """
    How a ticket tells of a target.

    Args:
        start: Since when its time counts; None if it does not.
        end: When it was done, of one that started at a time, as of now; None if it was not. Closing ends every target.
        depends_on: The fields of a ticket that tell of both, beside those on which all targets depend.
        afterwards: What happens when the ticket gives cause again.
    """

    start: Callable[[AnyTicket], datetime | None]
    end: Callable[[AnyTicket, datetime, datetime], datetime | None]
    depends_on: tuple[str, ...]
    afterwards: Afterwards = Afterwards.NOTHING


def _opened(ticket: AnyTicket) -> datetime | None:
    return ticket.created_at


def _opened_unassigned(ticket: AnyTicket) -> datetime | None:
    return ticket.created_at if ticket.assignee is None else None


def _waits_in_chat(ticket: AnyTicket) -> datetime | None:
    """Since when a chat waits; of a ticket that came by chat without one, since it was opened, until it is answered."""
    if ticket.chat_waiting_since is not None or ticket.source is not Channel.CHAT:
        return ticket.chat_waiting_since
    return None if _is_answered(ticket) else ticket.created_at


def _rings(ticket: AnyTicket) -> datetime | None:
    """Since when a call rings; of a ticket that came by phone without one, since it was opened, until assigned."""
    if ticket.call_waiting_since is not None or ticket.source is not Channel.CALL:
        return ticket.call_waiting_since
    return None if _is_answered(ticket) else _opened_unassigned(ticket)


def _is_answered(ticket: AnyTicket) -> bool:
    return ticket.first_answer_at is not None or ticket.status.category in _REPLIED


def _asked_again(ticket: AnyTicket) -> datetime | None:
    """Since when an answered ticket waits for the next answer: the customer's first message after the last answer."""
    if ticket.first_answer_at is None or ticket.status.category not in AWAITS_AGENT:
        return None
    if isinstance(ticket, InternalTicket):  # whoever raised it asks on among agents, which opens it again
        return ticket.waiting_since
    asked, answered = ticket.last_customer_message_at, ticket.last_answer_at
    if asked is None or answered is None or asked < answered:
        return None
    since = ticket.waiting_since
    return since if since is not None and answered <= since <= asked else asked


def _first_answered(ticket: AnyTicket, _start: datetime, _now: datetime) -> datetime | None:
    return ticket.first_answer_at or (ticket.status_changed_at if ticket.status.category in _REPLIED else None)


def _answered(ticket: AnyTicket, start: datetime, _now: datetime) -> datetime | None:
    if ticket.status.category in _REPLIED:
        return max(ticket.status_changed_at, start)
    return ticket.last_answer_at if ticket.last_answer_at is not None and ticket.last_answer_at > start else None


def _assigned(ticket: AnyTicket, _start: datetime, now: datetime) -> datetime | None:
    return now if ticket.assignee is not None else _resolved(ticket, _start, now)


def _chat_answered(ticket: AnyTicket, start: datetime, now: datetime) -> datetime | None:
    """When the chat was picked up, or the customer answered otherwise. One that was missed is late until then."""
    return _since(ticket.chat_picked_up_at, start) or _answered(ticket, start, now)


def _call_answered(ticket: AnyTicket, start: datetime, now: datetime) -> datetime | None:
    """When the call was picked up; of one that rings no more, or never did, when it was answered or assigned."""
    if start == ticket.call_waiting_since:
        return None
    return _since(ticket.call_picked_up_at, start) or _answered(ticket, start, now) or _assigned(ticket, start, now)


def _since(at: datetime | None, start: datetime) -> datetime | None:
    return at if at is not None and at >= start else None


def _resolved(ticket: AnyTicket, _start: datetime, _now: datetime) -> datetime | None:
    return ticket.status_changed_at if ticket.status.category in DONE else None


FACTS: Final[Mapping[Target, TargetFacts]] = {
    Target.FIRST_ANSWER: TargetFacts(_opened, _first_answered, ("created_at", "first_answer_at")),
    Target.NEXT_ANSWER: TargetFacts(
        _asked_again,
        _answered,
        ("first_answer_at", "last_answer_at", "last_customer_message_at", "waiting_since"),
        Afterwards.STARTS_ANEW,
    ),
    Target.FIRST_ASSIGNMENT: TargetFacts(_opened_unassigned, _assigned, ("created_at", "assignee")),
    Target.RESOLUTION: TargetFacts(_opened, _resolved, ("created_at",), Afterwards.GOES_ON),
    Target.CHAT_ANSWER: TargetFacts(
        _waits_in_chat,
        _chat_answered,
        ("created_at", "source", "chat_waiting_since", "chat_picked_up_at", "first_answer_at", "last_answer_at"),
        Afterwards.STARTS_ANEW,
    ),
    Target.CALL_ANSWER: TargetFacts(
        _rings,
        _call_answered,
        (
            "created_at",
            "source",
            "call_waiting_since",
            "call_picked_up_at",
            "first_answer_at",
            "last_answer_at",
            "assignee",
        ),
        Afterwards.STARTS_ANEW,
    ),
}
"""How a ticket tells of each target."""
