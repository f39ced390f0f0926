"""
By when an agent must have acted.

Without any agreement, a waiting ticket still rises in the queue: after seven days it
is due.
"""

from datetime import datetime, timedelta

from ticketcore.model.lifecycle import AWAITS_AGENT
from ticketcore.model.tickets import AnyTicket

INTERNAL_ANSWER_TIME = timedelta(days=7)
"""The answer time of tickets without an agreed one, as in LiveAgent."""


def due_time(ticket: AnyTicket, now: datetime) -> datetime | None:
    """
    By when an agent must act on a ticket.

    A ticket that begins to wait gets its time then, and keeps it however often the customer writes again.

    Args:
        ticket: With the time that it had so far.
        now: The time of its last change.
    """
    if ticket.status.category not in AWAITS_AGENT:
        return None
    return ticket.due_at or now + INTERNAL_ANSWER_TIME
