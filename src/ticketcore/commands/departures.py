"""
Departures: what becomes of the tickets of agents who leave the desk, or a department, or see its tickets no more.

However many they are, one piece of work moves a bounded number; the next sweeps go on from there.
"""

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.assignment import ROTATIONS
from ticketcore.commands.backlog import assign_or_wait
from ticketcore.commands.records import alter, load_all
from ticketcore.conditions import Condition, F
from ticketcore.model.departments import Department, DepartmentAccess, membership_id
from ticketcore.model.dues import DUES, Due, due_id
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import DEPARTMENTS, MEMBERSHIPS, TICKETS
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.people import Role
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

DEPARTURE: Final = "departure"
OUTSIDERS: Final = "outsiders"
"""The occasions on which time goes on with what was begun."""

MOST_MOVED: Final = 100
"""How many tickets are moved in one piece of work."""


class Handover(Enum):
    """What becomes of the tickets in work of an agent who leaves."""

    QUEUE = "queue"
    """Nobody has them; they wait in their departments."""
    OTHERS = "others"
    """They are assigned to others, as `AssignNext` does it."""
    KEEP = "keep"
    """The agent keeps them, until somebody assigns them anew."""


@attrs.frozen
class Departure(FrozenValue):
    """
    An agent's leaving.

    Args:
        agent: Who.
        tickets: What becomes of the tickets in work.
        department: The department that the agent leaves; None for the whole desk.
    """

    agent: AgentId
    tickets: Handover
    department: DepartmentId | None = None

    def __str__(self) -> str:
        """The departure as text; `Departure.parse` reads it back."""
        return json.dumps([self.agent, self.tickets.value, self.department])

    @classmethod
    def parse(cls, text: str) -> "Departure":
        """The departure that `str(departure)` wrote."""
        agent, tickets, department = json.loads(text)
        return cls(agent, Handover(tickets), department)

    @property
    def left_behind(self) -> Condition[Any]:
        """What holds of the tickets that it is about."""
        there = F.assignee == self.agent
        return there if self.department is None else there & (F.department == self.department)

    def is_so(self, draft: Draft) -> bool:
        """Whether the agent has not come back since."""
        if self.department is None:
            return not draft.configuration.roster.agent(self.agent).active
        return draft.configuration.roster.membership(self.agent, self.department) is None


def hand_over(draft: Draft, departure: Departure) -> None:
    """Does with the next tickets of an agent who leaves as was asked."""
    if departure.tickets is Handover.KEEP:
        return
    moved = return_to_queue(draft, departure.left_behind)
    if departure.tickets is Handover.OTHERS:
        for ticket in moved:
            assign_or_wait(draft, ticket, excluding=(departure.agent,))
    if len(moved) == MOST_MOVED:
        _go_on(draft, DEPARTURE, str(departure))


def go_on_with_departure(draft: Draft, due: Due) -> None:
    """The same in time, if the agent has not come back."""
    departure = Departure.parse(due.about)
    if departure.is_so(draft):
        hand_over(draft, departure)


def unassign_outsiders(draft: Draft, department: Department) -> None:
    """Has nobody be responsible for the department's tickets in work whose assignees do not see them any more."""
    outside = outsiders(draft, department)
    if outside:
        moved = return_to_queue(draft, (F.department == department.id) & F.assignee.is_in(outside))
        if len(moved) == MOST_MOVED:
            _go_on(draft, OUTSIDERS, department.id)


def go_on_with_outsiders(draft: Draft, due: Due) -> None:
    """The same in time, if the department is still there."""
    department = draft.peek(DEPARTMENTS, due.about)
    if department is not None:
        unassign_outsiders(draft, department)


def outsiders(draft: Draft, department: Department) -> list[AgentId]:
    """The agents who do not see a department's tickets."""
    if department.access is DepartmentAccess.OPEN:
        return []
    agents = [it.id for it in draft.configuration.roster.agents.values() if it.role < Role.ADMIN]
    memberships = {it: membership_id(department.id, it) for it in agents}
    draft.want(*(Key(MEMBERSHIPS, id) for id in memberships.values()))
    return [agent for agent, id in memberships.items() if draft.peek(MEMBERSHIPS, id) is None]


def return_to_queue(draft: Draft, where: Condition[Any]) -> Sequence[AnyTicket]:
    """The next tickets in work that a condition holds of, for which nobody is responsible any more."""
    found = load_all(draft, Query(TICKETS, where & F.category.is_in(IN_WORK), limit=MOST_MOVED))
    return [draft.change(it, assignee=None) for it in found]


def leave_rotation(draft: Draft, rotation: str, agent: AgentId) -> None:
    """Takes an agent out of a rotation. Everybody else keeps their place."""
    present = draft.peek(ROTATIONS, rotation)
    if present is not None and agent in present.ring:
        remaining = tuple(it for it in present.order if it != agent)
        alter(draft, ROTATIONS, present, ring=remaining, head=0, spent=present.spent.with_items({agent: None}))


def _go_on(draft: Draft, occasion: str, about: str) -> None:
    id = due_id(occasion, about)
    draft.want(Key(DUES, id))
    draft.put(DUES, Due(id=id, at=draft.now, occasion=occasion, about=about))
