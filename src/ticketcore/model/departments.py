"""Departments and who works in them."""

from datetime import datetime
from enum import Enum

import attrs

from ticketcore.model.ids import AgentId, CalendarId, DepartmentId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission


class DepartmentAccess(Enum):
    """Who sees the tickets of a department: every agent, or its members only (requirement DP-2)."""

    OPEN = "open"
    RESTRICTED = "restricted"


@attrs.frozen(kw_only=True)
class Department:
    """
    A part of the organisation.

    Args:
        access: Who sees its tickets.
        email_addresses: Mail to these goes to the department.
        email_templates: The text around outgoing mail, by occasion: `"answer"`, `"receipt"`.
        answering_rules: How to answer the phone and chats, for agents to read.
        procedures: How to solve things, for agents to read.
        calendar: Its operating hours; None for the desk's.
    """

    id: DepartmentId
    version: int = 1
    name: str
    access: DepartmentAccess = DepartmentAccess.OPEN
    email_addresses: tuple[str, ...] = ()
    email_templates: FrozenMap[str, str] = FrozenMap()
    answering_rules: str = ""
    procedures: str = ""
    calendar: CalendarId | None = None
    created_at: datetime


@attrs.frozen(kw_only=True)
class Membership:
    """
    An agent's place in a department.

    Args:
        id: Made of department and agent, so that nobody is a member twice.
        permissions: What the member may do with the department's tickets.
        weight: How many turns the member gets in a round of automatic assignment.
        signature: What ends the member's e-mails from this department.
    """

    id: str
    version: int = 1
    department: DepartmentId
    agent: AgentId
    permissions: frozenset[Permission]
    weight: int = 1
    signature: str = ""


def membership_id(department: DepartmentId, agent: AgentId) -> str:
    """The id of an agent's membership of a department."""
    return f"{department}/{agent}"
