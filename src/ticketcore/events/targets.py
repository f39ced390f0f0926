"""Events of what was agreed on: one class for each thing that can happen to a target of a ticket's SLA."""

from datetime import timedelta

import attrs

from ticketcore.events.event import Event
from ticketcore.model.targets import Target, TargetState


@attrs.frozen(kw_only=True)
class TargetChanged(Event):
    """
    It stands otherwise with a target than before. Every event of this family tells how.

    Args:
        target: Which target.
        state: How it stands with it now; None if it is there no more.
    """

    target: Target
    state: TargetState | None


class TargetStarted(TargetChanged):
    """The time of a target began to count."""

    __slots__ = ()


class TargetMoved(TargetChanged):
    """Another deadline counts, because something else is agreed on, or the calendar changed."""

    __slots__ = ()


class TargetPaused(TargetChanged):
    """The time of a target stands still, or its deadline does not matter for a while."""

    __slots__ = ()


class TargetResumed(TargetChanged):
    """The time of a target goes on."""

    __slots__ = ()


@attrs.frozen(kw_only=True)
class TargetWarned(TargetChanged):
    """
    The deadline of a target comes near.

    Args:
        before: How long before the deadline this warning was to come.
    """

    before: timedelta


class TargetMissed(TargetChanged):
    """The deadline of a target passed."""

    __slots__ = ()


class TargetMet(TargetChanged):
    """What was agreed on was done in time."""

    __slots__ = ()


class TargetMetLate(TargetChanged):
    """What was agreed on was done, but after the deadline."""

    __slots__ = ()


class TargetDropped(TargetChanged):
    """Nothing is agreed on for a target any more."""

    __slots__ = ()
