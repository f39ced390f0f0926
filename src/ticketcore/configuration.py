"""
What the desk is set up with, as decisions see it: who works in which department, its custom fields and calendars.

It changes seldom and is read always; so each part is kept between commands for as long as its revision stays the same.
Rules are a part too, but live in `ticketcore.automation`.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

from ticketcore.access import THE_SYSTEM, AccessPolicy, DepartmentAccessPolicy, Principal, restricted_departments
from ticketcore.assignment import Assigner, RoundRobinAssigner
from ticketcore.business_time import ALWAYS_OPEN, CALENDARS_PART, Calendar
from ticketcore.errors import NotFound
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.departments import Department, Membership
from ticketcore.model.fields import CustomField, FieldOwner
from ticketcore.model.ids import AgentId, CalendarId, DepartmentId, RuleId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import Kind
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, LifeCycle
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Agent


@attrs.frozen(kw_only=True)
class Revision:
    """
    The revision of a part of the configuration: another token with every change.

    Args:
        id: The name of the part.
        token: Random, so that no two states ever share one.
    """

    id: str
    version: int = 1
    token: str


REVISIONS: Kind[Revision] = Kind("revision", part="revisions")

ROSTER = "roster"
FIELDS = "fields"
RULES_PART = "rules"
FAILURES_PART = "failures"
PARTS = (ROSTER, FIELDS, RULES_PART, FAILURES_PART, CALENDARS_PART)


@attrs.frozen(kw_only=True)
class Setup:
    """
    What the host's program decides when it makes the desk; it is not stored.

    Args:
        access: Who may see and do what.
        life_cycle: The statuses and their moves.
        assigner: Who gets the next ticket.
        reopen_resolved: Whether a customer's message reopens a resolved ticket, rather than opening a follow-up.
        systems: The names of other systems that rules and agents may send requests to.
        calendar: By which calendar time counts where a department has none.
        most_rule_failures: After how many failures in a row a rule is paused; None for never.
    """

    access: AccessPolicy = DepartmentAccessPolicy()
    life_cycle: LifeCycle = STANDARD_LIFE_CYCLE
    assigner: Assigner = RoundRobinAssigner()
    reopen_resolved: bool = True
    systems: frozenset[str] = attrs.field(default=frozenset(), converter=frozenset)
    calendar: Calendar = ALWAYS_OPEN
    most_rule_failures: int | None = 10


@attrs.frozen(slots=False, eq=False)
class Roster:
    """Agents, departments and memberships, and what follows from them."""

    agents: Mapping[AgentId, Agent]
    departments: Mapping[DepartmentId, Department]
    memberships: tuple[Membership, ...]

    @classmethod
    def of(
        cls, agents: Iterable[Agent], departments: Iterable[Department], memberships: Iterable[Membership]
    ) -> "Roster":
        """The roster of these records."""
        return cls({it.id: it for it in agents}, {it.id: it for it in departments}, tuple(memberships))

    def agent(self, id: AgentId) -> Agent:
        """
        An agent.

        Raises:
            NotFound: There is none.
        """
        if id not in self.agents:
            raise NotFound("agent", id)
        return self.agents[id]

    def department(self, id: DepartmentId) -> Department:
        """
        A department.

        Raises:
            NotFound: There is none.
        """
        if id not in self.departments:
            raise NotFound("department", id)
        return self.departments[id]

    def membership(self, agent: AgentId, department: DepartmentId | None) -> Membership | None:
        """An agent's membership of a department."""
        return self._by_agent.get(agent, {}).get(department) if department else None

    def members(self, department: DepartmentId) -> Mapping[AgentId, Membership]:
        """The memberships of a department by agent."""
        return self._by_department.get(department, {})

    def department_of_address(self, address: str) -> DepartmentId | None:
        """The department that mail to an address goes to."""
        return self._by_address.get(address_key(address))

    def principal(self, actor: Actor) -> Principal:
        """
        An actor with what access depends on.

        Raises:
            NotFound: There is no such agent, or it is not active any more.
        """
        if actor.kind is not ActorKind.AGENT:
            return THE_SYSTEM if actor.kind is ActorKind.SYSTEM else Principal(actor)
        if actor not in self._principals:
            agent = self.agent(AgentId(actor.id or ""))
            if not agent.active:
                raise NotFound("agent", agent.id)
            memberships = self._by_agent.get(agent.id, {})
            self._principals[actor] = Principal(actor, agent.role, memberships, self._restricted)
        return self._principals[actor]

    @cached_property
    def _principals(self) -> dict[Actor, Principal]:
        return {}

    @cached_property
    def _restricted(self) -> frozenset[DepartmentId]:
        return restricted_departments(self.departments)

    @cached_property
    def _by_agent(self) -> Mapping[AgentId, Mapping[DepartmentId, Membership]]:
        found: dict[AgentId, dict[DepartmentId, Membership]] = {}
        for membership in self.memberships:
            found.setdefault(membership.agent, {})[membership.department] = membership
        return found

    @cached_property
    def _by_department(self) -> Mapping[DepartmentId, Mapping[AgentId, Membership]]:
        found: dict[DepartmentId, dict[AgentId, Membership]] = {}
        for membership in self.memberships:
            found.setdefault(membership.department, {})[membership.agent] = membership
        return found

    @cached_property
    def _by_address(self) -> Mapping[str, DepartmentId]:
        return {address_key(address): it.id for it in self.departments.values() for address in it.email_addresses}


@attrs.frozen(slots=False, eq=False)
class Configuration:
    """
    The parts that decisions see.

    Args:
        roster: Who works where.
        custom_fields: The definitions of custom fields.
        failing_rules: The rules that have failed, and not once succeeded since.
        calendars: The hours of departments and agents, by id.
    """

    roster: Roster
    custom_fields: tuple[CustomField, ...]
    failing_rules: frozenset[RuleId] = frozenset()
    calendars: Mapping[CalendarId, Calendar] = FrozenMap()

    def calendar(self, id: CalendarId) -> Calendar:
        """
        A calendar.

        Raises:
            NotFound: There is none.
        """
        if id not in self.calendars:
            raise NotFound("calendar", id)
        return self.calendars[id]

    def fields_of(self, owner: FieldOwner) -> Mapping[str, CustomField]:
        """The definitions of the fields of tickets, contacts or companies, by key."""
        return self._by_owner.get(owner, {})

    @cached_property
    def _by_owner(self) -> Mapping[FieldOwner, Mapping[str, CustomField]]:
        found: dict[FieldOwner, dict[str, CustomField]] = {}
        for field in self.custom_fields:
            found.setdefault(field.owner, {})[field.key] = field
        return found
