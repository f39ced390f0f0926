"""What was agreed on for tickets: which policy they have, and how their targets run (requirement TK-7)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ticketcore._draft import Draft
from ticketcore.access import THE_SYSTEM
from ticketcore.automation.rules import Rule
from ticketcore.business_time import CALENDARS_PART
from ticketcore.commands.terms import calendar_of, terms_of
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
from ticketcore.model.ids import SlaPolicyId
from ticketcore.model.kinds import DEPARTMENTS, TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.targets import Target, TargetState
from ticketcore.model.tickets import AnyTicket
from ticketcore.sla import SLA_PART
from ticketcore.sla.course import Happening, Step, course, targets_of
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
    agreed = draft.agreed(ticket.id)
    if agreed is not None and _is_as_agreed(draft, agreed, ticket):
        return ticket
    after = _agree_anew(draft, ticket)
    draft.note_agreed(after)
    return after


def target_time(ticket: AnyTicket, _rules: Sequence[Rule]) -> Times:
    """When a target of a ticket next warns or is missed."""
    if not ticket.targets:
        return NEVER
    times = [at for it in ticket.targets.values() if (at := it.next_at) is not None]
    return {"": min(times)} if times else NEVER


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


def _is_as_agreed(draft: Draft, agreed: AnyTicket, ticket: AnyTicket) -> bool:
    """Whether nothing changed on which depends what is agreed on, as after most rules that acted."""
    if not draft.configuration.policies.say_same(agreed, ticket, draft.now, draft.peek):
        return False
    return calendar_of(draft, agreed.department) is calendar_of(draft, ticket.department)


def _agree_anew(draft: Draft, ticket: AnyTicket) -> AnyTicket:
    if not draft.configuration.policies.policies and ticket.sla is None:
        return draft.change(ticket, due_at=due_time(ticket.targets, ticket.waiting_since))
    sla = _choose(draft, ticket)
    steps = [*_steps(draft, ticket, sla)]
    targets = _after(ticket.targets, steps)
    with draft.acting(THE_SYSTEM, draft.cause):
        after = draft.change(ticket, sla=sla, targets=targets, due_at=due_time(targets, ticket.waiting_since))
        for target, step in steps:
            told = {"before": step.before} if step.before is not None else {}
            draft.occur(after, EVENT_OF[step.happened], target=target, state=step.state, **told)
    return after


def _choose(draft: Draft, ticket: AnyTicket) -> SlaPolicyId | None:
    """The policy that a ticket has now. What is done keeps the one that it had."""
    if ticket.status.category not in IN_WORK:
        return ticket.sla
    policy = draft.configuration.policies.choose(ticket, draft.now, draft.peek)
    return None if policy is None else policy.id


def _steps(draft: Draft, ticket: AnyTicket, sla: SlaPolicyId | None) -> Iterator[tuple[Target, Step]]:
    """What has happened to the targets of a ticket that has a policy now."""
    terms = terms_of(draft, draft.configuration.policies.policy(sla), ticket)
    for target in targets_of(terms, ticket.targets):
        for step in course(target, ticket.targets.get(target.value), terms.get(target), ticket, draft.now):
            yield target, step


def _after(states: FrozenMap[str, TargetState], steps: Sequence[tuple[Target, Step]]) -> FrozenMap[str, TargetState]:
    """The targets of a ticket as the steps leave them."""
    return states.with_items({target.value: step.state for target, step in steps}) if steps else states
