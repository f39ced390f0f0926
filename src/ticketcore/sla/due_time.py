"""
By when an agent must act on a ticket.

What was agreed on says it. Without any agreement, a waiting ticket still rises in the queue: after seven days it is
due.
"""

from datetime import datetime, timedelta

from ticketcore.model.targets import running
from ticketcore.model.tickets import AnyTicket

INTERNAL_ANSWER_TIME = timedelta(days=7)
"""The answer time of tickets for which none is agreed on, as in LiveAgent."""


def due_time(ticket: AnyTicket) -> datetime | None:
    """The earliest deadline that runs; of a ticket that waits without one, the end of the internal answer time."""
    if ticket.targets and (deadlines := [it.deadline for it in running(ticket.targets)]):
        return min(deadlines)
    return ticket.waiting_since + INTERNAL_ANSWER_TIME if ticket.waiting_since is not None else None
