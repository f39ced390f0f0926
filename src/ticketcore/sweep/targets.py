"""What was agreed on for tickets: which policy they have, and how their targets run (requirement TK-7)."""

from collections.abc import Mapping, Sequence
from typing import Final

from ticketcore._draft import Draft
from ticketcore.access import THE_SYSTEM
from ticketcore.automation.rules import Rule
from ticketcore.business_time import CALENDARS_PART
from ticketcore.commands.sla import terms_of
from ticketcore.events import (
    TargetChanged,
    TargetDropped,
    TargetMet,
    TargetMetLate,
    TargetMissed,
    TargetMoved,
    TargetPaused,
    TargetResumed,
    TargetStarted,
    TargetWarned,
)
from ticketcore.model.dues import Due, due_id
from ticketcore.model.kinds import DEPARTMENTS, TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.targets import TargetState
from ticketcore.model.tickets import AnyTicket
from ticketcore.sla import SLA_PART
from ticketcore.sla.course import Happening, course, targets_of
from ticketcore.sla.due_time import due_time
from ticketcore.sweep.occasion import NEVER, Times
from ticketcore.sweep.walking import begin, next_tickets

TARGET_TIME: Final = "sla"
SLA_WALK: Final = "sla_walk"

EVENT_OF: Final[Mapping[Happening, type[TargetChanged]]] = {
    Happening.STARTED: TargetStarted,
    Happening.MOVED: TargetMoved,
    Happening.PAUSED: TargetPaused,
    Happening.RESUMED: TargetResumed,
    Happening.WARNED: TargetWarned,
    Happening.MISSED: TargetMissed,
    Happening.MET: TargetMet,
    Happening.MET_LATE: TargetMetLate,
    Happening.DROPPED: TargetDropped,
}
"""Which event tells of what happened to a target."""


def agree(draft: Draft, ticket: AnyTicket) -> AnyTicket:
    """The ticket with the policy that it has now, its targets as they stand now, and its due time."""
    if not draft.configuration.policies.policies and ticket.sla is None:
        return draft.change(ticket, due_at=due_time(ticket.targets, ticket.waiting_since))
    with draft.acting(THE_SYSTEM, draft.cause):
        ticket = _choose(draft, ticket)
        targets = _run(draft, ticket)
        return draft.change(ticket, targets=targets, due_at=due_time(targets, ticket.waiting_since))


def target_time(ticket: AnyTicket, _rules: Sequence[Rule]) -> Times:
    """When a target of a ticket next warns or is missed."""
    if not ticket.targets:
        return NEVER
    times = [at for it in ticket.targets.values() if (at := it.next_at) is not None]
    return FrozenMap({"": min(times)}) if times else NEVER


def look_at_targets(draft: Draft, due: Due) -> None:
    """Has the targets of a ticket warn, and tells which were missed."""
    agree(draft, draft.get(TICKETS, due.ticket or ""))


def foresee_sla_walk(draft: Draft) -> None:
    """Has the next sweeps look at all tickets in work, if this draft changes what is agreed on, or when is open."""
    if SLA_PART in draft.changed_parts or (draft.configuration.policies.policies and _hours_changed(draft)):
        begin(draft, Due(id=due_id(SLA_WALK), at=draft.now, occasion=SLA_WALK))


def walk_for_sla(draft: Draft, due: Due) -> None:
    """Brings the next tickets in work up to date with what is agreed on."""
    for ticket in next_tickets(draft, due):
        if ticket.status.category in IN_WORK:
            agree(draft, ticket)


def _hours_changed(draft: Draft) -> bool:
    """Whether a calendar, or the calendar of a department, is another one than before."""
    departments = draft.changed(DEPARTMENTS)
    return CALENDARS_PART in draft.changed_parts or any(
        before is not None and after is not None and before.calendar != after.calendar for before, after in departments
    )


def _choose(draft: Draft, ticket: AnyTicket) -> AnyTicket:
    """The ticket with its policy. What is done keeps the one that it had."""
    if ticket.status.category not in IN_WORK:
        return ticket
    policy = draft.configuration.policies.choose(ticket, draft.now, draft.peek)
    return draft.change(ticket, sla=None if policy is None else policy.id)


def _run(draft: Draft, ticket: AnyTicket) -> FrozenMap[str, TargetState]:
    """The targets of a ticket as they stand now; what has happened to them is told."""
    policy = draft.configuration.policies.policy(ticket.sla)
    targets = dict(ticket.targets)
    steps = [
        (target, step)
        for target in targets_of(policy, ticket.targets)
        for step in course(
            target, targets.get(target.value), terms_of(draft, policy, target, ticket), ticket, draft.now
        )
    ]
    if not steps:
        return ticket.targets
    for target, step in steps:
        told = {"before": step.before} if step.before is not None else {}
        draft.occur(ticket, EVENT_OF[step.happened], target=target, state=step.state, **told)
        if step.state is None:
            del targets[target.value]
        else:
            targets[target.value] = step.state
    return FrozenMap(targets)
