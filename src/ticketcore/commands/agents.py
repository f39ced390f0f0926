"""Who works on the desk: adding agents, changing them, sending them off and taking them back."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.assignment import rotation_id
from ticketcore.commands.calendars import check_calendar
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand
from ticketcore.commands.departures import Departure, Handover, hand_over, leave_rotation
from ticketcore.commands.memberships import add_member
from ticketcore.commands.records import Claimable, alter, claim, exchange
from ticketcore.errors import AccessDenied, OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import (
    IS_ADDRESS,
    IS_ID,
    IS_NAME,
    IS_TAG,
    UNCHANGED,
    Unchanged,
    changed_fields,
    is_a,
    is_number,
    optional,
)
from ticketcore.model.ids import AgentId, CalendarId, DepartmentId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import AGENT_ADDRESSES, AGENTS
from ticketcore.model.people import Agent, Pace, Role
from ticketcore.model.permissions import Permission
from ticketcore.storage.protocols import Key

ADDRESS = Claimable(AGENT_ADDRESSES, address_key, "the e-mail address")
IS_CAPACITY = is_number(at_least=0, at_most=10_000)
IS_PACE = is_a(Pace, "a Pace")


@attrs.frozen
class AddAgent(AddingDeskCommand[Agent]):
    """
    Adds an agent.

    Args:
        name: As colleagues see it.
        email: For notifications; never shown to customers.
        departments: Where the agent works.
        public_name: As customers see it; by default the name.
        role: What the agent may do on the whole desk.
        capacity: The most tickets in work that automatic assignment lets the agent have; None for no limit.
        pace: How fast automatic assignment may give the agent tickets; None for no limit.
        skills: Tags of tickets that only those can work on who have them.
        calendar: The agent's working hours; None for no set ones.

    Raises:
        AccessDenied: The role is higher than that of who asks.
        NotFound: There is no such department, or calendar.
        OutOfPlace: Another agent has that address.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    email: str | None = checks.checked(IS_ADDRESS, default=None)
    departments: Sequence[DepartmentId] = checks.several(IS_ID, default=(), kw_only=True)
    public_name: str | None = checks.name(default=None, kw_only=True)
    role: Role = checks.one_of(Role, default=Role.AGENT, kw_only=True)
    capacity: int | None = checks.checked(IS_CAPACITY, default=None, kw_only=True)
    pace: Pace | None = checks.checked(IS_PACE, default=None, kw_only=True)
    skills: AbstractSet[str] = checks.distinct(IS_TAG, default=frozenset(), kw_only=True)
    calendar: CalendarId | None = checks.identifier(default=None, kw_only=True)

    def decide(self, draft: Draft) -> Agent:
        """The new agent, a member of these departments."""
        _check_rank(draft, self.role, self.asked)
        check_calendar(draft, self.calendar)
        agent = draft.put(
            AGENTS,
            Agent(
                id=AgentId(draft.new_id()),
                name=self.name,
                public_name=self.public_name or self.name,
                email=self.email,
                role=self.role,
                capacity=self.capacity,
                pace=self.pace,
                skills=frozenset(self.skills),
                calendar=self.calendar,
                created_at=draft.now,
            ),
        )
        claim(draft, ADDRESS, _addresses(agent), agent.id)
        for department in self.departments:
            add_member(draft, department, agent.id)
        return agent


@attrs.frozen
class ChangeAgent(OverwritingDeskCommand[Agent]):
    """
    Changes an agent. What is not given stays.

    Args:
        agent: Which one.
        name: As colleagues see it.
        public_name: As customers see it.
        email: For notifications; None for no address.
        role: What the agent may do on the whole desk.
        capacity: The most tickets in work that automatic assignment lets the agent have; None for no limit.
        pace: How fast automatic assignment may give the agent tickets; None for no limit.
        skills: Tags of tickets that only those can work on who have them.
        calendar: The agent's working hours; None for no set ones.

    Raises:
        AccessDenied: The agent's role, or the new one, is higher than that of who asks.
        NotFound: There is no such calendar.
        OutOfPlace: Another agent has that address; or nobody would be left with that role.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    agent: AgentId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    public_name: str | Unchanged = checks.changeable(IS_NAME)
    email: str | Unchanged | None = checks.changeable(optional(IS_ADDRESS))
    role: Role | Unchanged = checks.changeable(is_a(Role, "a Role"))
    capacity: int | Unchanged | None = checks.changeable(optional(IS_CAPACITY))
    pace: Pace | Unchanged | None = checks.changeable(optional(IS_PACE))
    skills: AbstractSet[str] | Unchanged = checks.distinct(IS_TAG, default=UNCHANGED, kw_only=True)
    calendar: CalendarId | Unchanged | None = checks.changeable(optional(IS_ID))

    def overwritten(self) -> Key:
        """The agent."""
        return Key(AGENTS, self.agent)

    def decide(self, draft: Draft) -> Agent:
        """The agent as they now are."""
        agent = draft.get(AGENTS, self.agent)
        check_calendar(draft, self.calendar)
        after = alter(draft, AGENTS, agent, **changed_fields(self))
        _check_rank(draft, max(agent.role, after.role), self.asked)
        if after.role < agent.role:
            _check_not_last(draft, agent, self.asked)
        exchange(draft, ADDRESS, _addresses(agent), _addresses(after), agent.id)
        return after


@attrs.frozen
class DeactivateAgent(AddingDeskCommand[Agent]):
    """
    Sends an agent off: no seat answers them any more, and nobody can assign them tickets.

    What they wrote stays under their name, and so do their memberships, in case they come back.

    Args:
        agent: Who.
        tickets: What becomes of the tickets that they have in work.

    Raises:
        AccessDenied: The agent's role is higher than that of who asks.
        OutOfPlace: Nobody would be left with the agent's role.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    agent: AgentId = checks.identifier()
    tickets: Handover = checks.one_of(Handover, default=Handover.QUEUE)

    def decide(self, draft: Draft) -> Agent:
        """The agent, inactive."""
        agent = draft.get(AGENTS, self.agent)
        _check_rank(draft, agent.role, self.asked)
        if agent.active:
            _check_not_last(draft, agent, self.asked)
        left = alter(draft, AGENTS, agent, active=False)  # first, so that nothing is given to the agent any more
        hand_over(draft, Departure(agent.id, self.tickets))
        for rotation in _rotations(draft, agent.id):
            leave_rotation(draft, rotation, agent.id)
        return left


@attrs.frozen
class ReactivateAgent(AddingDeskCommand[Agent]):
    """
    Takes an agent back, with the role and the memberships of before.

    Args:
        agent: Who.

    Raises:
        AccessDenied: The agent's role is higher than that of who asks.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    agent: AgentId = checks.identifier()

    def decide(self, draft: Draft) -> Agent:
        """The agent, active."""
        agent = draft.get(AGENTS, self.agent)
        _check_rank(draft, agent.role, self.asked)
        return alter(draft, AGENTS, agent, active=True)


def _addresses(agent: Agent) -> tuple[str, ...]:
    return (agent.email,) if agent.email else ()


def _rotations(draft: Draft, agent: AgentId) -> list[str]:
    """The ids of the rotations that an agent may be in, in the order in which they are locked."""
    departments = [it.department for it in draft.configuration.roster.memberships if it.agent == agent]
    return sorted([rotation_id(None), *map(rotation_id, departments)])


def _check_rank(draft: Draft, role: Role, asked: str) -> None:
    """
    Makes sure that nobody makes or changes agents of a higher role than their own: only owners make owners.

    Raises:
        AccessDenied: The role is higher.
    """
    own = draft.principal.role
    if not draft.principal.is_system and (own is None or role > own):
        raise AccessDenied(asked, f"the role {role.name.lower()} is higher than that of who asks")


def _check_not_last(draft: Draft, agent: Agent, asked: str) -> None:
    """
    Makes sure that agents leave somebody on the desk who can do what the agent could. The desk itself need not.

    Raises:
        OutOfPlace: Nobody else who is active has that role, or a higher one.
    """
    if draft.principal.is_system or agent.role < Role.ADMIN:
        return
    agents = draft.configuration.roster.agents.values()
    if not any(it.active and it.role >= agent.role and it.id != agent.id for it in agents):
        role = agent.role.name.lower()
        raise OutOfPlace(asked, f"{agent.name!r} is the last active {role}", (f"make another agent {role} first",))
