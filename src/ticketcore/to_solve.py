"""
To solve: which ticket an agent works on next, in the order of importance (requirements DP-8, TK-7).

What is here knows records alone. Taking the next ticket and skipping one are commands, in
`ticketcore.commands.to_solve`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import attrs

from ticketcore.conditions import Condition, F, all_of
from ticketcore.model.ids import AgentId, DepartmentId, TicketId
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import Index, Kind
from ticketcore.model.lifecycle import AWAITS_AGENT
from ticketcore.model.values import FrozenValue
from ticketcore.query import Order

BY_IMPORTANCE: Final = (Order("due_at"), Order("priority", descending=True), Order("waiting_since"))
"""What is late comes first, then what is due first; of what is due at once the urgent, then what has waited longest."""


@attrs.frozen(kw_only=True)
class Skip(FrozenValue):
    """
    That an agent is not given a ticket for a while.

    Args:
        id: Made of ticket and agent.
        until: Until when.
    """

    id: str
    version: int = 1
    ticket: TicketId
    agent: AgentId
    until: datetime


SKIPS: Kind[Skip] = Kind("skip", (Index(("agent",), "until"), Index(("ticket",), "until")))

TO_SOLVE_TURNS: Kind[NaturalKey] = Kind("to_solve_turn", locked=True)
"""Nothing is stored here. Agents take tickets under this lock, so that they take turns instead of racing."""


def skip_id(ticket: TicketId, agent: AgentId) -> str:
    """The id of an agent's skip of a ticket."""
    return f"{ticket}/{agent}"


def waits_for(
    agent: AgentId, departments: Collection[DepartmentId] | None, skipped: Collection[TicketId]
) -> Condition[Any]:
    """
    What holds of the tickets that an agent is to solve: those that wait, and are the agent's or nobody's.

    Args:
        agent: The agent.
        departments: In which departments; None for all tickets, whatever their department.
        skipped: Those that the agent is not given for now.
    """
    parts: list[Condition[Any]] = [F.assignee.is_in([None, agent]), F.category.is_in(AWAITS_AGENT)]
    if departments is not None:
        parts.append(F.department.is_in(departments))
    if skipped:
        parts.append(~F.id.is_in(skipped))
    return all_of(*parts)
