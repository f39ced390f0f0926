"""Who works on the desk."""

from collections.abc import Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand
from ticketcore.commands.departments import add_member
from ticketcore.model import checks
from ticketcore.model.checks import IS_ADDRESS, IS_ID, is_number
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import AGENTS
from ticketcore.model.people import Agent, Role
from ticketcore.model.permissions import Permission


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
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.line(at_most=checks.NAME_LIMIT)
    email: str | None = checks.checked(IS_ADDRESS, default=None)
    departments: Sequence[DepartmentId] = checks.several(IS_ID, default=(), kw_only=True)
    public_name: str | None = checks.line(at_most=checks.NAME_LIMIT, default=None, kw_only=True)
    role: Role = checks.one_of(Role, default=Role.AGENT, kw_only=True)
    capacity: int | None = checks.checked(is_number(at_least=0, at_most=10_000), default=None, kw_only=True)

    def decide(self, draft: Draft) -> Agent:
        """The new agent, a member of these departments."""
        agent = draft.put(
            AGENTS,
            Agent(
                id=AgentId(draft.new_id()),
                name=self.name,
                public_name=self.public_name or self.name,
                email=self.email,
                role=self.role,
                capacity=self.capacity,
                created_at=draft.now,
            ),
        )
        for department in self.departments:
            add_member(draft, department, agent.id)
        return agent
