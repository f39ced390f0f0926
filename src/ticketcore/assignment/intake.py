"""What agents with limits were given of late, so that the limits are kept exactly."""

from datetime import datetime

import attrs

from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import Kind
from ticketcore.model.people import Pace
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Intake(FrozenValue):
    """
    When an agent who has a limit was given tickets automatically.

    It is written with each of these assignments: of two that happen at once in different departments, the second one is
    decided anew, and counts the first.

    Args:
        id: The agent.
        times: When, as far back as the agent's pace looks; empty for an agent without one.
    """

    id: AgentId
    version: int = 1
    times: tuple[datetime, ...] = ()

    def within(self, pace: Pace, now: datetime) -> tuple[datetime, ...]:
        """The times that count for a pace now."""
        return tuple(it for it in self.times if it > now - pace.within)


INTAKES: Kind[Intake] = Kind("intake")
