"""
The course of a target: it starts, pauses, goes on, warns, and is met or missed.

What happened is found by comparing times, never by when somebody looked: an answer that came after the deadline is
late, even if nobody noticed in between.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import attrs

from ticketcore.business_time import ALWAYS_OPEN, Calendar, Span
from ticketcore.errors import OutOfPlace
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import SlaPolicyId
from ticketcore.model.lifecycle import SET_ASIDE
from ticketcore.model.targets import Pause, Target, TargetState, TargetWarning
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.sla.facts import FACTS, Afterwards
from ticketcore.sla.policies import Agreement, Pausing, SlaPolicy


class Happening(Enum):
    """What can happen to a target."""

    # Each is there once, so its identity will do; an enumeration's own way calls Python code for every look-up.
    __hash__ = object.__hash__

    STARTED = "started"
    MOVED = "moved"
    PAUSED = "paused"
    RESUMED = "resumed"
    WARNED = "warned"
    MISSED = "missed"
    MET = "met"
    MET_LATE = "met_late"
    DROPPED = "dropped"


@attrs.frozen
class Step(FrozenValue):
    """
    Something that happened to a target.

    Args:
        happened: What.
        state: How the target stands since; None if it is there no more.
        before: Of a warning, how long before the deadline it was to come.
    """

    happened: Happening
    state: TargetState | None
    before: timedelta | None = None


@attrs.frozen
class Terms(FrozenValue):
    """
    What counts for one target of a ticket.

    Args:
        policy: The policy that says so.
        agreement: What it agrees on.
        calendar: By which calendar time counts.
        pausing: What becomes of the time in the ticket's present status.
    """

    policy: SlaPolicyId
    agreement: Agreement
    calendar: Calendar
    pausing: Pausing

    @classmethod
    def by_target(cls, policy: SlaPolicy, calendar: Calendar, ticket: AnyTicket) -> Mapping[Target, "Terms"]:
        """
        What counts for a ticket, for each target on which a policy agrees.

        What was set aside stands still until it is brought back.

        Args:
            policy: The policy.
            calendar: By which business time counts.
            ticket: The ticket.
        """
        status = ticket.status
        set_aside = status.category in SET_ASIDE
        pausing = Pausing.EXCLUDE if set_aside else policy.pauses.get(status.key, Pausing.KEEP_RUNNING)
        return {
            it.target: cls(policy.id, it, calendar if it.business else ALWAYS_OPEN, pausing) for it in policy.agreements
        }

    def begin(self, started: datetime) -> TargetState:
        """
        A target that starts by these terms.

        Raises:
            OutOfPlace: The calendar does not open any more.
        """
        return TargetState(
            policy=self.policy, started_at=started, deadline=self._deadline(started), warnings=self._warnings(started)
        )

    def apply(self, state: TargetState) -> TargetState:
        """
        A running target with the deadline and warnings by these terms; itself, if it has them.

        Raises:
            OutOfPlace: The calendar does not open any more.
        """
        started, pauses = state.started_at, counted_out(state)
        told = {it.before for it in state.warnings if it.told}
        deadline, warnings = self._deadline(started, pauses), self._warnings(started, pauses, told)
        if (state.policy, state.deadline, state.warnings) == (self.policy, deadline, warnings):
            return state
        return copy_with(state, policy=self.policy, deadline=deadline, warnings=warnings)

    def _deadline(self, started: datetime, pauses: tuple[Span, ...] = ()) -> datetime:
        return self.calendar.add(started, self.agreement.within, pauses=pauses)

    def _warnings(
        self, started: datetime, pauses: tuple[Span, ...] = (), told: Collection[timedelta] = ()
    ) -> tuple[TargetWarning, ...]:
        if not self.agreement.warnings:
            return ()
        within, warnings = self.agreement.within, sorted(self.agreement.warnings, reverse=True)
        times = ((it, self.calendar.add(started, within - it, pauses=pauses)) for it in warnings)
        return tuple(TargetWarning(before, at, before in told) for before, at in times)


def course(
    target: Target, state: TargetState | None, terms: Terms | None, ticket: AnyTicket, now: datetime
) -> Iterator[Step]:
    """
    What has happened to a target of a ticket since it was last looked at.

    Args:
        target: Which target.
        state: How it stood then; None if it was not there.
        terms: What counts for it now; None if nothing is agreed on any more.
        ticket: The ticket as it is now.
        now: The time of its last change, or of the look.
    """
    counts = state is not None and state.ended_at is None
    parts = (_end, _begin, _pause_or_resume, _move, _pass) if counts else (_begin, _pause_or_resume, _pass)
    try:
        for part in parts:
            for step in part(target, state, terms, ticket, now):
                state = step.state
                yield step
    except OutOfPlace:  # by a calendar that never opens again, nothing is ever due
        if state is not None and state.ended_at is None:
            yield Step(Happening.DROPPED, None)


def _end(
    target: Target, state: TargetState | None, terms: Terms | None, ticket: AnyTicket, now: datetime
) -> Iterable[Step]:
    """The time that went by under the former terms, and the end, if it came."""
    if state is None or state.ended_at is not None:
        return
    end = FACTS[target].end(ticket, state.started_at, now)
    if state.is_running:
        for step in _passed(state, now if end is None else end, ended=end is not None):
            state = step.state or state
            yield step
    if end is not None:
        yield Step(Happening.MET_LATE if state.missed else Happening.MET, _ended(state, end))
    elif terms is None:
        yield Step(Happening.DROPPED, None)


def _begin(
    target: Target, state: TargetState | None, terms: Terms | None, ticket: AnyTicket, now: datetime
) -> Iterable[Step]:
    """The start, of a target that is new, starts anew, or goes on."""
    if terms is None or ticket.status.category in SET_ASIDE or (state is not None and state.ended_at is None):
        return
    facts = FACTS[target]
    started = facts.start(ticket)
    if state is None or (facts.afterwards is Afterwards.STARTS_ANEW and started is not None):
        if started is not None:
            begun = terms.begin(started)
            yield Step(Happening.STARTED, begun)
            yield from _end(target, begun, terms, ticket, now)
    elif facts.afterwards is Afterwards.GOES_ON and facts.end(ticket, state.started_at, now) is None:
        between = Pause(state.ended_at or now, now)
        again = copy_with(state, ended_at=None, pauses=(*state.pauses, between))
        yield Step(Happening.RESUMED, again if again.missed else terms.apply(again))


def _pause_or_resume(
    _target: Target, state: TargetState | None, terms: Terms | None, _ticket: AnyTicket, now: datetime
) -> Iterable[Step]:
    if state is None or state.ended_at is not None or terms is None:
        return
    stands, excludes = terms.pausing is not Pausing.KEEP_RUNNING, terms.pausing is Pausing.EXCLUDE
    if state.paused_at is None and stands:
        yield Step(Happening.PAUSED, copy_with(state, paused_at=now, excludes=excludes))
    elif state.paused_at is not None and not stands:
        resumed = _resumed(state, now)
        yield Step(Happening.RESUMED, resumed if resumed.missed else terms.apply(resumed))
    elif state.paused_at is not None and excludes is not state.excludes:
        yield Step(Happening.PAUSED, copy_with(_resumed(state, now), paused_at=now, excludes=excludes))


def _move(
    _target: Target, state: TargetState | None, terms: Terms | None, _ticket: AnyTicket, _now: datetime
) -> Iterable[Step]:
    """Another deadline, because the policy or the calendar is another one. What was missed stays as it was."""
    if state is None or terms is None or state.missed or not state.is_running:
        return
    moved = terms.apply(state)
    if moved is not state:
        yield Step(Happening.MOVED, moved)


def _pass(
    _target: Target, state: TargetState | None, _terms: Terms | None, _ticket: AnyTicket, now: datetime
) -> Iterable[Step]:
    return _passed(state, now) if state is not None and state.is_running else ()


def _passed(state: TargetState, until: datetime, *, ended: bool = False) -> Iterator[Step]:
    """What the time that went by has done. A warning that nobody can heed any more is none."""
    if state.missed:
        return
    if until >= state.deadline:
        yield Step(Happening.MISSED, copy_with(state, missed=True))
        return
    for warning in () if ended else state.warnings:
        if not warning.told and warning.at <= until:
            told = tuple(attrs.evolve(it, told=True) if it is warning else it for it in state.warnings)
            state = copy_with(state, warnings=told)
            yield Step(Happening.WARNED, state, warning.before)


def _ended(state: TargetState, end: datetime) -> TargetState:
    return copy_with(_resumed(state, end), ended_at=end)


def _resumed(state: TargetState, at: datetime) -> TargetState:
    """A target without the pause that it is in, which is kept if its time does not count."""
    if state.paused_at is None:
        return state
    kept = state.excludes and at > state.paused_at
    pauses = (*state.pauses, Pause(state.paused_at, at)) if kept else state.pauses
    return copy_with(state, paused_at=None, excludes=False, pauses=pauses)


def counted_out(state: TargetState) -> tuple[Span, ...]:
    """The spans of a target that do not count."""
    return tuple(Span(it.start, it.end) for it in state.pauses)


def targets_of(terms: Mapping[Target, Terms], states: Mapping[str, TargetState]) -> Sequence[Target]:
    """The targets that a ticket has, or is to have, in their order."""
    return [target for key, target in _BY_KEY.items() if target in terms or key in states]


_BY_KEY: Final = {it.value: it for it in Target}
