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


@attrs.frozen(kw_only=True)
class TargetStarted(TargetChanged):
    """The time of a target began to count."""


@attrs.frozen(kw_only=True)
class TargetMoved(TargetChanged):
    """Another deadline counts, because something else is agreed on, or the calendar changed."""


@attrs.frozen(kw_only=True)
class TargetPaused(TargetChanged):
    """The time of a target stands still, or its deadline does not matter for a while."""


@attrs.frozen(kw_only=True)
class TargetResumed(TargetChanged):
    """The time of a target goes on."""


@attrs.frozen(kw_only=True)
class TargetWarned(TargetChanged):
    """
    The deadline of a target comes near.

    Args:
        before: How long before the deadline this warning was to come.
    """

    before: timedelta


@attrs.frozen(kw_only=True)
class TargetMissed(TargetChanged):
    """The deadline of a target passed."""


@attrs.frozen(kw_only=True)
class TargetMet(TargetChanged):
    """What was agreed on was done in time."""


@attrs.frozen(kw_only=True)
class TargetMetLate(TargetChanged):
    """What was agreed on was done, but after the deadline."""


@attrs.frozen(kw_only=True)
class TargetDropped(TargetChanged):
    """Nothing is agreed on for a target any more."""
