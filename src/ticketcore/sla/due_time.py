"""
By when an agent must act on a ticket.

What was agreed on says it. Without any agreement, a waiting ticket still rises in the queue: after seven days it is
due.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from ticketcore.model.targets import TargetState

INTERNAL_ANSWER_TIME = timedelta(days=7)
"""The answer time of tickets for which none is agreed on, as in LiveAgent."""


DUE_TIME_DEPENDS_ON: Final = ("targets", "waiting_since")
"""The fields of a ticket from which its due time follows."""


def due_time(targets: Mapping[str, TargetState], waiting_since: datetime | None) -> datetime | None:
    """
    The earliest deadline that runs; of a ticket that waits without one, the end of the internal answer time.

    Args:
        targets: The ticket's targets as they stand.
        waiting_since: Since when somebody waits for an agent.
    """
    deadlines = [it.deadline for it in targets.values() if it.is_running]
    if deadlines:
        return min(deadlines)
    return waiting_since + INTERNAL_ANSWER_TIME if waiting_since is not None else None
