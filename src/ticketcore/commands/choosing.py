"""Choosing who gets a ticket: the question that is put to an assigner, and what becomes of the answer."""

from collections.abc import Collection, Sequence
from typing import TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore.assignment import (
    ROTATIONS,
    Assigner,
    Candidates,
    CandidateVerdict,
    Choice,
    Question,
    Rotation,
    rotation_id,
)
from ticketcore.assignment.intake import INTAKES, Intake
from ticketcore.commands import workload
from ticketcore.commands.eligibility import Eligibility
from ticketcore.errors import Fault, InvalidInput, OutOfPlace, listed, shown
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_agent

W = TypeVar("W", bound=AnyTicket)


@attrs.frozen
class Outcome(FrozenValue):
    """
    What came of asking an assigner.

    Args:
        choice: Its choice.
        anybody: Whether there was anybody to choose.
    """

    choice: Choice
    anybody: bool


def choose(draft: Draft, ticket: AnyTicket, by: str | None = None, excluding: Collection[AgentId] = ()) -> Outcome:
    """
    Who is to get a ticket; `assign` gives it to them.

    Args:
        draft: The unit of work.
        ticket: The ticket.
        by: The name of an assigner; None for that of the department, or the desk's own.
        excluding: Agents who are not to have it.

    Raises:
        InvalidInput: The desk has no such assigner.
        OutOfPlace: The assigner chose somebody who is no candidate.
    """
    assigner = assigner_of(draft, ticket, by)
    rotation = _rotation(draft, ticket)  # first, because it is read under lock
    those = Eligibility(draft, ticket, excluding)
    candidates = those.candidates()
    while True:
        choice = assigner.choose(_question(those, candidates, rotation))
        if choice.agent is None:
            return Outcome(choice, anybody=bool(candidates))
        if choice.agent not in candidates.by_agent:
            raise OutOfPlace(draft.cause.command, f"the assigner chose {choice.agent!r}, who is no candidate")
        if those.confirms(those.roster.agent(choice.agent)):
            return Outcome(choice, anybody=True)
        candidates = Candidates(it for it in candidates if it.agent != choice.agent)


def assign(draft: Draft, ticket: W, choice: Choice) -> W:
    """Gives a ticket to the agent who was chosen, with the next rotation, and of an agent with limits the intake."""
    draft.put(ROTATIONS, choice.rotation)
    _note_intake(draft, choice)
    return hand_to(draft, ticket, choice.agent)


def hand_to(draft: Draft, ticket: W, agent: AgentId | None) -> W:
    """Makes an agent responsible for a ticket, or nobody; whoever is now, is told."""
    before = draft.get(TICKETS, ticket.id).assignee
    fields = {} if agent is None else {"in_backlog_since": None}
    after = draft.change(ticket, assignee=agent, **fields)
    if agent is not None and agent != before:
        tell_agent(draft, agent, Occasion.ASSIGNED, after)
    return after


def explain_next(draft: Draft, ticket: AnyTicket) -> Sequence[CandidateVerdict]:
    """Who would get a ticket now, and why each of the other agents of the desk would not."""
    rotation = _rotation(draft, ticket)
    those = Eligibility(draft, ticket)
    agents = sorted(those.roster.agents.values(), key=lambda it: (it.name, it.id))
    against = {it.id: reason for it in agents if (reason := those.reason_against(it)) is not None}
    candidates = Candidates(it for it in those.pool.candidates if it.agent not in against)
    verdicts = assigner_of(draft, ticket).explain(_question(those, candidates, rotation))
    return [*verdicts, *(CandidateVerdict(agent, chosen=False, reason=reason) for agent, reason in against.items())]


def assigner_of(draft: Draft, ticket: AnyTicket, by: str | None = None) -> Assigner:
    """
    The assigner that a command names, or else the ticket's department, or else the desk's own.

    Raises:
        InvalidInput: The desk has no assigner of that name.
    """
    department = draft.configuration.roster.departments.get(ticket.department) if ticket.department else None
    name = by or (department.assigner if department else None)
    if name is None:
        return draft.setup.assigner
    check_assigner(draft, name, "by", draft.cause.command)
    return draft.setup.assigners[name]


def check_assigner(draft: Draft, name: str, path: str, asked: str) -> None:
    """
    Makes sure that the desk has an assigner of a name.

    Raises:
        InvalidInput: It has none; the error names those that it has.
    """
    if name not in draft.setup.assigners:
        expected = f"one of the desk's assigners: {listed(sorted(draft.setup.assigners))}"
        raise InvalidInput(asked, [Fault(path, expected, shown(name))])


def _note_intake(draft: Draft, choice: Choice) -> None:
    agent = draft.configuration.roster.agents.get(choice.agent) if choice.agent else None
    if agent is None or (agent.capacity is None and agent.pace is None):
        return
    intake = draft.peek(INTAKES, agent.id) or Intake(id=agent.id)
    times = (*intake.within(agent.pace, draft.now), draft.now) if agent.pace else ()
    draft.put(INTAKES, attrs.evolve(intake, times=times))


def _rotation(draft: Draft, ticket: AnyTicket) -> Rotation:
    id = rotation_id(ticket.department)
    return draft.peek(ROTATIONS, id) or Rotation(id=id)


def _question(those: Eligibility, candidates: Candidates, rotation: Rotation) -> Question:
    draft, ticket = those.draft, those.ticket
    agents = those.pool.candidates.by_agent.keys()
    return Question(
        ticket=ticket,
        candidates=candidates,
        rotation=rotation,
        loads=those.loads,
        work=workload.work(draft, agents),
        served=workload.served(draft, ticket),
        served_company=workload.served_company(draft, ticket),
        skills=those.roster.skills,
    )
