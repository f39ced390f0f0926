"""
What the desk is set up with, as decisions see it: who works in which department, its custom fields and calendars.

It changes seldom and is read always; so each part is kept between commands for as long as its revision stays the same.
Rules are a part too, but live in `ticketcore.automation`.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

import attrs

from ticketcore.access import THE_SYSTEM, AccessPolicy, DepartmentAccessPolicy, Principal, restricted_departments
from ticketcore.assignment import STANDARD_ASSIGNERS, Assigner, Candidate, Candidates, RoundRobinAssigner
from ticketcore.business_time import ALWAYS_OPEN, CALENDARS_PART, Calendar
from ticketcore.errors import Fault, InvalidInput, NotFound, shown
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.departments import Department, Membership
from ticketcore.model.fields import CustomField, FieldOwner
from ticketcore.model.ids import AgentId, CalendarId, DepartmentId, RuleId
from ticketcore.model.keys import address_key, mailbox_key
from ticketcore.model.kinds import Kind
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, LifeCycle
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Agent
from ticketcore.model.presence import EVERY_MEDIUM
from ticketcore.model.ratings import Rateable
from ticketcore.model.values import FrozenValue
from ticketcore.query import Order
from ticketcore.sla import NO_POLICIES, SLA_PART, PolicyBook
from ticketcore.to_solve import BY_IMPORTANCE


@attrs.frozen(kw_only=True)
class Revision(FrozenValue):
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
PARTS = (ROSTER, FIELDS, RULES_PART, FAILURES_PART, CALENDARS_PART, SLA_PART)


def _with_standard_ones(assigners: Mapping[str, Assigner]) -> Mapping[str, Assigner]:
    return FrozenMap({**STANDARD_ASSIGNERS, **assigners})


def _assigner(value: Assigner) -> Assigner:
    """The assigner; by name only departments and commands ask for one."""
    if isinstance(value, str):
        raise InvalidInput("Setup", [Fault("assigner", "an assigner, such as LeastBusyAssigner()", shown(value))])
    return value


def _names(value: Iterable[str]) -> frozenset[str]:
    """The names as a set; one text would be taken for the names of its letters."""
    if isinstance(value, str):
        raise InvalidInput("Setup", [Fault("systems", "several names, such as a set", shown(value))])
    return frozenset(value)


def _criteria(value: object) -> tuple[Order, ...]:
    """The criteria of an order, of which there is at least one."""
    criteria = tuple(value) if isinstance(value, Iterable) else ()
    if not criteria or not all(isinstance(it, Order) for it in criteria):
        raise InvalidInput("Setup", [Fault("to_solve", 'criteria, such as [Order("due_at")]', shown(value))])
    return criteria


@attrs.frozen(kw_only=True)
class Setup(FrozenValue):
    """
    What the host's program decides when it makes the desk; it is not stored.

    Args:
        access: Who may see and do what.
        life_cycle: The statuses and their moves.
        assigner: Who gets the next ticket, where nothing else is said.
        assigners: Assigners by the names by which departments and commands ask for them; the standard ones need not be
            given.
        reopen_resolved: Whether a customer's message reopens a resolved ticket, rather than opening a follow-up.
        systems: The names of other systems that rules and agents may send requests to.
        calendar: By which calendar time counts where a department has none.
        most_rule_failures: After how many failures in a row a rule is paused; None for never.
        ratings: What customers rate: each answer, the ticket as a whole, or both.
        one_running_timer: Whether of each agent one timer runs at most: starting one pauses the others.
        to_solve: The order in which agents are given the next ticket.
    """

    access: AccessPolicy = DepartmentAccessPolicy()
    life_cycle: LifeCycle = STANDARD_LIFE_CYCLE
    assigner: Assigner = attrs.field(default=RoundRobinAssigner(), converter=_assigner)
    assigners: Mapping[str, Assigner] = attrs.field(default=FrozenMap(), converter=_with_standard_ones)
    reopen_resolved: bool = True
    systems: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    calendar: Calendar = ALWAYS_OPEN
    most_rule_failures: int | None = 10
    ratings: Rateable = Rateable.BOTH
    one_running_timer: bool = False
    to_solve: tuple[Order, ...] = attrs.field(default=BY_IMPORTANCE, converter=_criteria)


@attrs.frozen
class Pool(FrozenValue):
    """
    Among whom tickets of a department are given out.

    Args:
        candidates: The active members; of no department, all active agents.
        is_unlimited: Whether nothing that is set up keeps any of them from any ticket: no limit of one's own, and
            everybody works on everything.
    """

    candidates: Candidates
    is_unlimited: bool


@attrs.frozen(slots=False, eq=False)
class Roster(FrozenValue):
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

    def pool(self, department: DepartmentId | None) -> Pool:
        """Among whom tickets of a department, or of none, are given out."""
        if department not in self._pools:
            self._pools[department] = self._pool(department)
        return self._pools[department]

    def departments_of(self, agent: AgentId) -> Collection[DepartmentId]:
        """The departments of which an agent is a member."""
        return self._by_agent.get(agent, {}).keys()

    @cached_property
    def skills(self) -> frozenset[str]:
        """Everything that is a skill of any agent."""
        return frozenset(skill for agent in self.agents.values() for skill in agent.skills)

    def department_of_address(self, address: str) -> DepartmentId | None:
        """The department that mail to an address goes to, if need be without what stands behind a plus in it."""
        return self._by_address.get(address_key(address)) or self._by_address.get(mailbox_key(address))

    def principal(self, actor: Actor) -> Principal:
        """
        An actor with what access depends on.

        Raises:
            NotFound: There is no such agent, or it is not active any more.
        """
        if actor.kind is not ActorKind.AGENT:
            return THE_SYSTEM if actor.kind is ActorKind.SYSTEM else Principal(actor)
        return self.principal_of(AgentId(actor.id or ""))

    def principal_of(self, agent: AgentId) -> Principal:
        """
        An agent with what access depends on.

        Raises:
            NotFound: There is no such agent, or it is not active any more.
        """
        principal = self._principals.get(agent)
        if principal is None:
            record = self.agent(agent)
            if not record.active:
                raise NotFound("agent", agent)
            memberships = self._by_agent.get(agent, {})
            principal = Principal(Actor.agent(agent), record.role, memberships, self._restricted)
            self._principals[agent] = principal
        return principal

    def _pool(self, department: DepartmentId | None) -> Pool:
        members = self._by_department.get(department, {}) if department else dict.fromkeys(self.agents)
        agents = [self.agents[id] for id in members if id in self.agents and self.agents[id].active]
        itself = self.departments.get(department) if department else None
        is_available = itself is None or itself.media == EVERY_MEDIUM
        is_unlimited = is_available and all(_is_unlimited(it, members[it.id]) for it in agents)
        return Pool(Candidates(_candidate(it, members[it.id]) for it in agents), is_unlimited)

    @cached_property
    def _pools(self) -> dict[DepartmentId | None, Pool]:
        return {}

    @cached_property
    def _principals(self) -> dict[AgentId, Principal]:
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


def _candidate(agent: Agent, membership: Membership | None) -> Candidate:
    if membership is None:
        return Candidate(agent.id, capacity=agent.capacity, skills=agent.skills)
    return Candidate(agent.id, membership.weight, agent.capacity, membership.priority, agent.skills)


def _is_unlimited(agent: Agent, membership: Membership | None) -> bool:
    works_on_all = membership is None or membership.media == EVERY_MEDIUM
    return works_on_all and agent.capacity is None and agent.pace is None and agent.calendar is None


@attrs.frozen(slots=False, eq=False)
class Configuration(FrozenValue):
    """
    The parts that decisions see.

    Args:
        roster: Who works where.
        custom_fields: The definitions of custom fields.
        last_rule_place: The place of the last rule, behind which new ones go; 0 if there is none.
        failing_rules: The rules that have failed, and not once succeeded since.
        calendars: The hours of departments and agents, by id.
        policies: What is agreed on, for which tickets.
    """

    roster: Roster
    custom_fields: tuple[CustomField, ...]
    last_rule_place: int = 0
    failing_rules: frozenset[RuleId] = frozenset()
    calendars: Mapping[CalendarId, Calendar] = FrozenMap()
    policies: PolicyBook = NO_POLICIES

    def calendar(self, id: CalendarId) -> Calendar:
        """
        A calendar.

        Raises:
            NotFound: There is none.
        """
        if id not in self.calendars:
            raise NotFound("calendar", id)
        return self.calendars[id]

    def calendar_of(self, department: DepartmentId | None, otherwise: Calendar) -> Calendar:
        """
        The calendar by which time counts in a department.

        Args:
            department: Which one; None for no department.
            otherwise: The desk's own calendar, where the department has none.
        """
        found = self.roster.departments.get(department) if department is not None else None
        own = found.calendar if found is not None else None
        return otherwise if own is None else self.calendars.get(own, otherwise)

    def fields_of(self, owner: FieldOwner) -> Mapping[str, CustomField]:
        """The definitions of the fields of tickets, contacts or companies, by key."""
        return self._by_owner.get(owner, {})

    @cached_property
    def _by_owner(self) -> Mapping[FieldOwner, Mapping[str, CustomField]]:
        found: dict[FieldOwner, dict[str, CustomField]] = {}
        for field in self.custom_fields:
            found.setdefault(field.owner, {})[field.key] = field
        return found
