"""Why a deadline is what it is, and how a ticket stands with it."""

from datetime import datetime, timedelta

import attrs

from ticketcore.business_time import CountedTime
from ticketcore.conditions import Explanation
from ticketcore.model.targets import Standing, Target, TargetState
from ticketcore.model.values import FrozenValue
from ticketcore.sla.course import Terms, counted_out
from ticketcore.sla.policies import SlaPolicy

NO_TIME = timedelta()


@attrs.frozen(kw_only=True)
class TargetReport(FrozenValue):
    """
    How a ticket stands with a target, and why.

    Args:
        target: Which target.
        standing: Whether its time runs, is paused, or what became of it.
        state: Start, deadline, warnings and pauses.
        policy: The policy that set the deadline; None if it is there no more.
        why: Why that policy was chosen: its condition, as it holds of the ticket now; None if it was picked by hand.
        took: How much of the agreed time has passed, or had when it was done.
        late_by: How much passed after the deadline; none if it was not missed.
        counted: What counted between start and deadline; None if nothing is agreed on any more.
    """

    target: Target
    standing: Standing
    state: TargetState
    policy: SlaPolicy | None
    why: Explanation | None
    took: timedelta | None
    late_by: timedelta | None
    counted: CountedTime | None

    def __str__(self) -> str:
        name = "a policy that is there no more" if self.policy is None else repr(self.policy.name)
        lines = [f"{self.target.value}: {self.standing.value}, by {self.state.deadline.isoformat()}, agreed in {name}"]
        lines += ["picked by hand"] if self.why is None and self.policy else []
        lines += str(self.why).splitlines() if self.why else []
        lines += [f"from {self.state.started_at.isoformat()}, {self.took} so far"] if self.took is not None else []
        lines += [f"paused from {it.start.isoformat()} to {it.end.isoformat()}" for it in self.state.pauses]
        lines += [f"paused since {self.state.paused_at.isoformat()}"] if self.state.paused_at else []
        lines += [f"late by {self.late_by}"] if self.late_by else []
        lines += str(self.counted).splitlines() if self.counted else []
        return "\n  ".join(lines)


def report(
    target: Target,
    state: TargetState,
    now: datetime,
    *,
    policy: SlaPolicy | None,
    terms: Terms | None,
    why: Explanation | None,
) -> TargetReport:
    """
    How a ticket stands with a target.

    Args:
        target: Which target.
        state: How far it has come.
        now: The time.
        policy: The policy that set the deadline.
        terms: What counts for it.
        why: Why the policy was chosen.
    """
    standing = state.standing(now)
    until = state.ended_at or (state.paused_at if state.excludes else None) or now
    took = late_by = counted = None
    if terms is not None:
        spans = counted_out(state)
        took = terms.calendar.between(state.started_at, until, pauses=spans)
        late_by = terms.calendar.between(state.deadline, until) if standing is Standing.MISSED else NO_TIME
        counted = terms.calendar.explain(state.started_at, state.deadline, pauses=spans)
    return TargetReport(
        target=target,
        standing=standing,
        state=state,
        policy=policy,
        why=why,
        took=took,
        late_by=late_by,
        counted=counted,
    )
