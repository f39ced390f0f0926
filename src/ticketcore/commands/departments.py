"""Departments and who works in them."""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand
from ticketcore.model import checks
from ticketcore.model.checks import IS_ADDRESS
from ticketcore.model.departments import Department, DepartmentAccess, Membership, membership_id
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import DEPARTMENTS, MEMBERSHIPS
from ticketcore.model.permissions import EVERYDAY, Permission


@attrs.frozen
class AddDepartment(AddingDeskCommand[Department]):
    """
    Adds a department (requirement DP-1).

    Args:
        name: What people call it.
        access: Who sees its tickets.
        email_addresses: Mail to these goes to it.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.line(at_most=checks.NAME_LIMIT)
    access: DepartmentAccess = checks.one_of(DepartmentAccess, default=DepartmentAccess.OPEN)
    email_addresses: Sequence[str] = checks.several(IS_ADDRESS, default=(), kw_only=True)

    def decide(self, draft: Draft) -> Department:
        """The new department."""
        return draft.put(
            DEPARTMENTS,
            Department(
                id=DepartmentId(draft.new_id()),
                name=self.name,
                access=self.access,
                email_addresses=tuple(self.email_addresses),
                created_at=draft.now,
            ),
        )


def add_member(draft: Draft, department: DepartmentId, agent: AgentId) -> Membership:
    """Makes an agent a member of a department, with the permissions of everyday work; who is one already stays as they are."""
    draft.get(DEPARTMENTS, department)
    id = membership_id(department, agent)
    present = draft.peek(MEMBERSHIPS, id)
    return present or draft.put(
        MEMBERSHIPS, Membership(id=id, department=department, agent=agent, permissions=EVERYDAY)
    )
