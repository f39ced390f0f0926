"""
Eligibility: who can be given a ticket automatically now, and why each of the others cannot.

What is asked here of agents is asked nowhere else: whom assigners choose among, and what is explained, is the same. By
hand a ticket can be given to everybody who is active and sees it.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Final, TypeAlias

import attrs

from ticketcore._draft import Draft
from ticketcore.access import Verdict
from ticketcore.assignment import Candidates
from ticketcore.assignment.intake import INTAKES, Intake
from ticketcore.commands.workload import load_of, loads
from ticketcore.configuration import ROSTER, Pool, Roster
from ticketcore.model.departments import Department, DepartmentAccess
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import AGENTS, MEMBERSHIPS, PRESENCES, TICKETS
from ticketcore.model.people import Agent
from ticketcore.model.presence import EVERY_MEDIUM, Medium, Presence, medium_of
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

EVERYBODY: Final = Query(PRESENCES)
"""Who is there for what, of all agents who ever said so."""


@attrs.frozen(slots=False, eq=False)
class Eligibility:
    """
    Who can be given a ticket automatically.

    Args:
        draft: The unit of work. The rotation of the ticket's department is read before, because it is read under lock.
        ticket: The ticket.
        excluded: Agents who are not to have it.
    """

    draft: Draft
    ticket: AnyTicket
    excluded: Collection[AgentId] = frozenset()

    def candidates(self) -> Candidates:
        """Those who can be given it, as far as can be told without asking whether each of them sees it."""
        if self.pool.is_unlimited and not self.excluded and not self.leaving and self._everybody_is_there:
            return self.pool.candidates
        agents = self.roster.agents
        return Candidates(it for it in self.pool.candidates if _first_reason(self, agents[it.agent]) is None)

    def confirms(self, agent: Agent) -> bool:
        """
        Whether an agent who was chosen can have it indeed.

        Tickets that the agent is given at the same time in other departments are counted, too: the agent's intake is
        read before the count, and written with the assignment.
        """
        if not may_have(self.draft, self.ticket, agent.id).allowed:
            return False
        if agent.capacity is None:
            return True
        self.draft.peek(INTAKES, agent.id)
        return load_of(self.draft, agent.id) < agent.capacity

    def reason_against(self, agent: Agent) -> str | None:
        """Why an agent cannot be given it; None if nothing is against the agent."""
        reason = _first_reason(self, agent)
        if reason is not None:
            return reason
        verdict = may_have(self.draft, self.ticket, agent.id)
        return None if verdict.allowed else verdict.reason

    # What the checks look at, each found out at most once.

    @property
    def roster(self) -> Roster:
        """Who works where."""
        return self.draft.configuration.roster

    @property
    def pool(self) -> Pool:
        """Those among whom tickets of the department are given out."""
        return self.roster.pool(self.ticket.department)

    @cached_property
    def department(self) -> Department | None:
        """The ticket's department."""
        return self.roster.departments.get(self.ticket.department) if self.ticket.department else None

    @cached_property
    def medium(self) -> Medium:
        """The medium that the ticket belongs to."""
        return medium_of(self.ticket.source)

    @cached_property
    def presences(self) -> Mapping[AgentId, Presence]:
        """Who is there for what, of agents who ever said so."""
        return {it.id: it for it in self.draft.find(EVERYBODY).items}

    @cached_property
    def leaving(self) -> Collection[AgentId]:
        """Those who leave the desk, or the department, in this very unit of work: the roster still has them."""
        if ROSTER not in self.draft.changed_parts:
            return ()
        sent_off = {after.id for _, after in self.draft.changed(AGENTS) if after is not None and not after.active}
        removed = {
            before.agent
            for before, after in self.draft.changed(MEMBERSHIPS)
            if before is not None and after is None and before.department == self.ticket.department
        }
        return sent_off | removed

    @cached_property
    def loads(self) -> Mapping[AgentId, int]:
        """How many tickets in work each of the pool has."""
        return loads(self.draft, self.pool.candidates.by_agent.keys())

    @cached_property
    def intakes(self) -> Mapping[AgentId, Intake]:
        """What those of the pool who have a pace were given of late."""
        paced = [it.agent for it in self.pool.candidates if self.roster.agents[it.agent].pace is not None]
        self.draft.want(*(Key(INTAKES, it) for it in paced))
        return {it: self.draft.peek(INTAKES, it) or Intake(id=it) for it in paced}

    @property
    def _everybody_is_there(self) -> bool:
        return all(it.media == EVERY_MEDIUM for it in self.draft.find(EVERYBODY).items)


def may_have(draft: Draft, ticket: AnyTicket, agent: AgentId) -> Verdict:
    """
    Whether an agent can be given a ticket at all, be it by hand: who is not active, or would not see it, cannot.

    Raises:
        NotFound: There is no such agent.
    """
    roster = draft.configuration.roster
    record = roster.agent(agent)
    if not record.active:
        return Verdict(allowed=False, reason=f"agent {record.name!r} is not active")
    visible = draft.setup.access.visible_tickets(roster.principal_of(agent))
    if draft.holds(visible, TICKETS, ticket):
        return _CAN_HAVE_IT
    department = roster.departments.get(ticket.department) if ticket.department else None
    if department is not None and department.access is DepartmentAccess.RESTRICTED:
        reason = f"agent {record.name!r} is no member of the restricted department {department.name!r}"
        return Verdict(allowed=False, reason=reason)
    return Verdict(allowed=False, reason=f"agent {record.name!r} may not see the ticket")


_CAN_HAVE_IT: Final = Verdict(allowed=True, reason="active, and sees the ticket")


# The checks. Each gives the reason against an agent, if it has one.


def _active(_: Eligibility, agent: Agent) -> str | None:
    return None if agent.active else "is not active"


def _member(those: Eligibility, agent: Agent) -> str | None:
    if those.department is None or agent.id in those.pool.candidates.by_agent:
        return None
    return f"is no member of the department {those.department.name!r}"


def _staying(those: Eligibility, agent: Agent) -> str | None:
    return "is leaving" if agent.id in those.leaving else None


def _not_excluded(those: Eligibility, agent: Agent) -> str | None:
    return "is excluded" if agent.id in those.excluded else None


def _department_available(those: Eligibility, _: Agent) -> str | None:
    if those.department is None or those.medium in those.department.media:
        return None
    return f"the department {those.department.name!r} is not available for {those.medium.value}"


def _works_on_it(those: Eligibility, agent: Agent) -> str | None:
    membership = those.roster.membership(agent.id, those.ticket.department)
    if membership is None or those.medium in membership.media:
        return None
    return f"does not work on {those.medium.value} in this department"


def _present(those: Eligibility, agent: Agent) -> str | None:
    presence = those.presences.get(agent.id)
    if presence is None or those.medium in presence.media:
        return None
    return f"is not available for {those.medium.value}" if presence.online else "is offline"


def _at_work(those: Eligibility, agent: Agent) -> str | None:
    if agent.calendar is None:
        return None
    calendar = those.draft.configuration.calendar(agent.calendar)
    return None if calendar.is_open(those.draft.now) else "is outside working hours"


def _within_pace(those: Eligibility, agent: Agent) -> str | None:
    if agent.pace is None:
        return None
    given = len(those.intakes[agent.id].within(agent.pace, those.draft.now))
    return None if given < agent.pace.tickets else f"was given {given} of late, at most {agent.pace}"


def _has_room(those: Eligibility, agent: Agent) -> str | None:
    if agent.capacity is None:
        return None
    load = those.loads.get(agent.id, 0)
    return None if load < agent.capacity else f"has {load} in work, at most {agent.capacity}"


_Check: TypeAlias = Callable[[Eligibility, Agent], str | None]

_CHECKS: Final[tuple[_Check, ...]] = (
    _active,
    _member,
    _staying,
    _not_excluded,
    _department_available,
    _works_on_it,
    _present,
    _at_work,
    _within_pace,
    _has_room,
)


def _first_reason(those: Eligibility, agent: Agent) -> str | None:
    return next((reason for check in _CHECKS if (reason := check(those, agent)) is not None), None)
