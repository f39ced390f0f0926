"""Memberships: who works in a department, what they may do there, and taking them out again."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.assignment import rotation_id
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand
from ticketcore.commands.departures import Departure, Handover, hand_over, leave_rotation, unassign_outsiders
from ticketcore.commands.presence import IS_MEDIUM
from ticketcore.commands.records import alter
from ticketcore.model import checks
from ticketcore.model.checks import IS_ID, UNCHANGED, Unchanged, changed_fields, is_a, is_number, is_text
from ticketcore.model.departments import Membership, membership_id
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.kinds import AGENTS, DEPARTMENTS, MEMBERSHIPS
from ticketcore.model.permissions import EVERYDAY, Permission
from ticketcore.model.presence import Medium
from ticketcore.storage.protocols import Key

MOST_TURNS = 100
"""How many turns in a round of automatic assignment a member can have."""

HIGHEST_PRIORITY = 1_000
"""The highest priority that a member can have in automatic assignment."""


@attrs.frozen
class AddMembers(AddingDeskCommand[tuple[Membership, ...]]):
    """
    Makes agents members of a department. Who is one already stays as they are.

    Args:
        department: Which one.
        agents: Who.

    Raises:
        NotFound: There is no such department, or agent.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    department: DepartmentId = checks.identifier()
    agents: Sequence[AgentId] = checks.several(IS_ID)

    def decide(self, draft: Draft) -> tuple[Membership, ...]:
        """The memberships of these agents, each once."""
        return _add_members(draft, self.department, self.agents)


@attrs.frozen
class AddEveryone(AddingDeskCommand[tuple[Membership, ...]]):
    """
    Makes every active agent a member of a department (requirement DP-1: "add all").

    Args:
        department: Which one.

    Raises:
        NotFound: There is no such department.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    department: DepartmentId = checks.identifier()

    def decide(self, draft: Draft) -> tuple[Membership, ...]:
        """The memberships of all active agents."""
        agents = draft.configuration.roster.agents.values()
        return _add_members(draft, self.department, sorted(it.id for it in agents if it.active))


@attrs.frozen
class ChangeMembership(OverwritingDeskCommand[Membership]):
    """
    Changes what a member may do, gets and signs with. What is not given stays.

    Args:
        department: Of which department.
        agent: Which member.
        permissions: All that the member may do with the department's tickets.
        media: All that the member works on in the department (requirement DP-5).
        weight: How many turns the member gets in a round of automatic assignment.
        priority: The higher, the sooner the member gets tickets, where the assigner goes by agents' priority.
        signature: What ends the member's mails from this department (requirement DP-4).

    Raises:
        NotFound: The agent is no member.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    department: DepartmentId = checks.identifier()
    agent: AgentId = checks.identifier()
    permissions: AbstractSet[Permission] | Unchanged = checks.distinct(
        is_a(Permission, "a Permission"), default=UNCHANGED, kw_only=True
    )
    media: AbstractSet[Medium] | Unchanged = checks.distinct(IS_MEDIUM, default=UNCHANGED, kw_only=True)
    weight: int | Unchanged = checks.changeable(is_number(at_least=1, at_most=MOST_TURNS))
    priority: int | Unchanged = checks.changeable(is_number(at_least=0, at_most=HIGHEST_PRIORITY))
    signature: str | Unchanged = checks.changeable(is_text())

    def overwritten(self) -> Key:
        """The membership."""
        return Key(MEMBERSHIPS, membership_id(self.department, self.agent))

    def decide(self, draft: Draft) -> Membership:
        """The membership as it now is."""
        membership = draft.get(MEMBERSHIPS, membership_id(self.department, self.agent))
        return alter(draft, MEMBERSHIPS, membership, **changed_fields(self))


@attrs.frozen
class RemoveMember(AddingDeskCommand[None]):
    """
    Takes an agent out of a department.

    Args:
        department: Which department.
        agent: Which member.
        tickets: What becomes of the agent's tickets in work there. Those that the agent does not see any more, of a
            restricted department, are never kept: they go back to the queue.

    Raises:
        NotFound: The agent is no member.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    department: DepartmentId = checks.identifier()
    agent: AgentId = checks.identifier()
    tickets: Handover = checks.one_of(Handover, default=Handover.KEEP)

    def decide(self, draft: Draft) -> None:
        """Nothing remains of the membership."""
        department = draft.get(DEPARTMENTS, self.department)
        draft.remove(MEMBERSHIPS, draft.get(MEMBERSHIPS, membership_id(department.id, self.agent)).id)
        hand_over(draft, Departure(self.agent, self.tickets, department.id))
        leave_rotation(draft, rotation_id(department.id), self.agent)
        unassign_outsiders(draft, department)


def add_member(draft: Draft, department: DepartmentId, agent: AgentId) -> Membership:
    """
    Makes an agent a member of a department, for everyday work; who is one already stays as they are.

    Raises:
        NotFound: There is no such department.
    """
    draft.get(DEPARTMENTS, department)
    id = membership_id(department, agent)
    present = draft.peek(MEMBERSHIPS, id)
    return present or draft.put(
        MEMBERSHIPS, Membership(id=id, department=department, agent=agent, permissions=EVERYDAY)
    )


def _add_members(draft: Draft, department: DepartmentId, agents: Sequence[AgentId]) -> tuple[Membership, ...]:
    once = tuple(dict.fromkeys(agents))
    memberships = [Key(MEMBERSHIPS, membership_id(department, it)) for it in once]
    draft.want(Key(DEPARTMENTS, department), *(Key(AGENTS, it) for it in once), *memberships)
    return tuple(add_member(draft, department, draft.get(AGENTS, it).id) for it in once)
