"""Which tickets wait for an agent to take them, and how many they are (requirement DP-8)."""

from collections.abc import Collection, Hashable, Mapping
from typing import Any

from ticketcore._draft import Draft
from ticketcore.access import Principal
from ticketcore.conditions import Condition, RecordF
from ticketcore.errors import OutOfPlace
from ticketcore.model.actors import Actor
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import TICKETS
from ticketcore.query import Query
from ticketcore.to_solve import SKIPS, waits_for


def count_to_solve(draft: Draft, named: AgentId | None) -> Mapping[Hashable, int]:
    """
    How many tickets an agent is to solve, by department, of those that the principal sees.

    Raises:
        NotFound: There is no such agent.
        OutOfPlace: Nobody is named, and it is no agent who asks.
    """
    agent = named or draft.principal.agent
    if agent is None:
        raise OutOfPlace("to_solve", "nobody is named, and it is no agent who asks", ("name an agent",))
    principal = draft.configuration.roster.principal(Actor.agent(agent))
    where = waiting_for(draft, principal, agent, departments_to_solve(draft, agent))
    seen = draft.setup.access.visible_tickets(draft.principal)
    return draft.tally(Query(TICKETS, seen & where), "department")


def departments_to_solve(draft: Draft, agent: AgentId) -> Collection[DepartmentId] | None:
    """The departments of an agent in which it is enabled; None on a desk without departments."""
    roster = draft.configuration.roster
    if not roster.departments:
        return None
    return frozenset(it for it in roster.departments_of(agent) if roster.department(it).to_solve)


def waiting_for(
    draft: Draft, principal: Principal, agent: AgentId, departments: Collection[DepartmentId] | None
) -> Condition[Any]:
    """What holds of the tickets that an agent may be given now."""
    skips = draft.find(Query(SKIPS, (RecordF.id("agent") == agent) & (RecordF.instant("until") > draft.now))).items
    skipped = frozenset(it.ticket for it in skips)
    return draft.setup.access.visible_tickets(principal) & waits_for(agent, departments, skipped)
