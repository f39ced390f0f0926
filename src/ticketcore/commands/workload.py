"""What assigners may want to know of agents: gathered when one first asks, and not at all if none does."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from ticketcore._draft import Draft
from ticketcore.conditions import Condition, F
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.tickets import AnyTicket, InternalTicket, Priority
from ticketcore.query import Order, Query

V = TypeVar("V")

REMEMBERED: Final = 20
"""How many of a customer's last tickets are looked at to find who knows the customer."""


class Gathered(Mapping[AgentId, V], Generic[V]):
    """
    What is known of agents, gathered when it is first looked into.

    Args:
        gather: Gathers it.
    """

    def __init__(self, gather: Callable[[], Mapping[AgentId, V]]) -> None:
        self._gather = gather

    def __getitem__(self, agent: AgentId) -> V:
        return self._found[agent]

    def __iter__(self) -> Iterator[AgentId]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def _found(self) -> Mapping[AgentId, V]:
        return self._gather()


def loads(draft: Draft, agents: Collection[AgentId]) -> Mapping[AgentId, int]:
    """How many tickets in work each of these agents has."""
    return Gathered(lambda: _tally(draft, agents, F.category.is_in(IN_WORK)))


def load_of(draft: Draft, agent: AgentId) -> int:
    """How many tickets in work an agent has."""
    return draft.count(Query(TICKETS, (F.assignee == agent) & F.category.is_in(IN_WORK)))


def work(draft: Draft, agents: Collection[AgentId]) -> Mapping[AgentId, Mapping[Priority, int]]:
    """How many tickets in work each of these agents has, by priority."""

    def gather() -> Mapping[AgentId, Mapping[Priority, int]]:
        of = {it: _tally(draft, agents, F.category.is_in(IN_WORK) & (F.priority == it)) for it in Priority}
        return {agent: {priority: counted[agent] for priority, counted in of.items()} for agent in agents}

    return Gathered(gather)


def served(draft: Draft, ticket: AnyTicket) -> Mapping[AgentId, datetime]:
    """When the customer opened the last ticket that an agent had, by agent."""
    customer = ticket.about if isinstance(ticket, InternalTicket) else ticket.requester
    if customer is None:
        return {}
    return Gathered(lambda: _last_tickets(draft, ticket, F.requesters.has(customer)))


def served_company(draft: Draft, ticket: AnyTicket) -> Mapping[AgentId, datetime]:
    """The same of tickets of the customer's company."""
    company = None if isinstance(ticket, InternalTicket) else ticket.company
    if company is None:
        return {}
    return Gathered(lambda: _last_tickets(draft, ticket, F.company == company))


def _tally(draft: Draft, agents: Collection[AgentId], where: Condition[Any]) -> Mapping[AgentId, int]:
    counted: Mapping[Hashable, int] = draft.tally(Query(TICKETS, F.assignee.is_in(agents) & where), "assignee")
    return {agent: counted.get(agent, 0) for agent in agents}


def _last_tickets(draft: Draft, ticket: AnyTicket, where: Condition[Any]) -> Mapping[AgentId, datetime]:
    newest = (Order("created_at", descending=True),)
    found = draft.find(Query(TICKETS, where & F.assignee.is_set() & (F.id != ticket.id), newest, REMEMBERED)).items
    return {it.assignee: it.created_at for it in reversed(found) if it.assignee is not None}
