"""Departments and who works in them."""

from datetime import datetime
from enum import Enum

import attrs

from ticketcore.model.ids import AgentId, CalendarId, DepartmentId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.presence import EVERY_MEDIUM, Medium
from ticketcore.model.values import FrozenValue


class DepartmentAccess(Enum):
    """Who sees the tickets of a department: every agent, or its members only (requirement DP-2)."""

    OPEN = "open"
    RESTRICTED = "restricted"


@attrs.frozen(kw_only=True)
class Department(FrozenValue):
    """
    A part of the organisation.

    Args:
        access: Who sees its tickets.
        email_addresses: Mail to these goes to the department.
        email_templates: The text around outgoing mail, by occasion: `"answer"`, `"receipt"`.
        media: What it is available for; tickets that come otherwise are assigned to nobody (requirement DP-5).
        assigner: The name of the assigner that chooses among its members; None for the desk's own.
        answering_rules: How to answer the phone and chats, for agents to read.
        procedures: How to solve things, for agents to read.
        calendar: Its operating hours; None for the desk's.
        to_solve: Whether its agents are given the next ticket to work on, when they ask (requirement DP-8).
    """

    id: DepartmentId
    version: int = 1
    name: str
    access: DepartmentAccess = DepartmentAccess.OPEN
    email_addresses: tuple[str, ...] = ()
    email_templates: FrozenMap[str, str] = FrozenMap()
    media: frozenset[Medium] = EVERY_MEDIUM
    assigner: str | None = None
    answering_rules: str = ""
    procedures: str = ""
    calendar: CalendarId | None = None
    to_solve: bool = False
    created_at: datetime


@attrs.frozen(kw_only=True)
class Membership(FrozenValue):
    """
    An agent's place in a department.

    Args:
        id: Made of department and agent, so that nobody is a member twice.
        permissions: What the member may do with the department's tickets.
        media: What the member works on in the department: other tickets are not assigned to them automatically.
        weight: How many turns the member gets in a round of automatic assignment.
        priority: The higher, the sooner the member gets tickets, where the assigner goes by agents' priority.
        signature: What ends the member's e-mails from this department.
    """

    id: str
    version: int = 1
    department: DepartmentId
    agent: AgentId
    permissions: frozenset[Permission]
    media: frozenset[Medium] = EVERY_MEDIUM
    weight: int = 1
    priority: int = 0
    signature: str = ""


def membership_id(department: DepartmentId, agent: AgentId) -> str:
    """The id of an agent's membership of a department."""
    return f"{department}/{agent}"
