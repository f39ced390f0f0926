"""What was agreed on for a ticket, and how it stands: by when it is to be answered, assigned, resolved (TK-7)."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import attrs

from ticketcore.model.ids import SlaPolicyId
from ticketcore.model.values import FrozenValue


class Target(Enum):
    """What is to be done in an agreed time."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    FIRST_ASSIGNMENT = "first_assignment"
    RESOLUTION = "resolution"
    CHAT_ANSWER = "chat_answer"
    CALL_ANSWER = "call_answer"


ANSWERS: Final = (Target.FIRST_ANSWER, Target.NEXT_ANSWER, Target.CHAT_ANSWER, Target.CALL_ANSWER)
"""The targets that are met by answering."""


class Standing(Enum):
    """How it stands with a target."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@attrs.frozen
class Pause(FrozenValue):
    """
    A span that does not count.

    Args:
        start: From when.
        end: Until when.
    """

    start: datetime
    end: datetime


@attrs.frozen
class TargetWarning(FrozenValue):
    """
    A moment at which a target warns.

    Args:
        before: How long before the deadline, in the time that was agreed on.
        at: When.
        told: Whether it has warned.
    """

    before: timedelta
    at: datetime
    told: bool = False


@attrs.frozen(kw_only=True)
class TargetState:
    """
    How far a ticket has come with a target.

    Args:
        policy: The policy that set the deadline.
        started_at: From when the time counts.
        deadline: It is late from then on. While it is paused, the deadline that it had.
        warnings: When it warns, the earliest first.
        pauses: The spans that do not count, in order.
        paused_at: Since when it is paused.
        excludes: Whether the time since then does not count either; if it does, the deadline stays.
        ended_at: When what was agreed was done.
        missed: Whether the deadline passed before. Once missed it stays so, whatever is agreed later.
    """

    policy: SlaPolicyId
    started_at: datetime
    deadline: datetime
    warnings: tuple[TargetWarning, ...] = ()
    pauses: tuple[Pause, ...] = ()
    paused_at: datetime | None = None
    excludes: bool = False
    ended_at: datetime | None = None
    missed: bool = False

    @property
    def is_running(self) -> bool:
        """Whether time counts."""
        return self.ended_at is None and self.paused_at is None

    def standing(self, now: datetime) -> Standing:
        """How it stands at a time, whoever has looked before."""
        if self.missed or (self.is_running and now >= self.deadline):
            return Standing.MISSED
        if self.ended_at is not None:
            return Standing.MET
        return Standing.RUNNING if self.paused_at is None else Standing.PAUSED

    @property
    def next_at(self) -> datetime | None:
        """When it next warns or is missed, if nothing changes until then."""
        if self.missed or not self.is_running:
            return None
        for warning in self.warnings:
            if not warning.told:
                return warning.at
        return self.deadline
