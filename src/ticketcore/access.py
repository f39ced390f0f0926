"""
Who may see what, and who may do what.

An `AccessPolicy` answers two questions: what is visible to somebody, as a condition that is pushed into every find,
count and tally; and whether somebody may do a thing to a ticket. `DepartmentAccessPolicy` is the default. What nothing
allows is denied.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Protocol

import attrs

from ticketcore.conditions import Condition, ContactF, F, always, never
from ticketcore.model.actors import SYSTEM, Actor, ActorKind
from ticketcore.model.departments import Department, DepartmentAccess, Membership
from ticketcore.model.ids import AgentId, ContactId, DepartmentId
from ticketcore.model.lifecycle import SET_ASIDE
from ticketcore.model.people import Role
from ticketcore.model.permissions import EVERYDAY, Permission
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue


@attrs.frozen
class Verdict(FrozenValue):
    """
    Whether something is allowed.

    Args:
        allowed: The answer.
        reason: Why, in a sentence.
    """

    allowed: bool
    reason: str


@attrs.frozen
class Principal:
    """
    An actor with what access depends on.

    Args:
        actor: Who.
        role: The role, of an agent.
        memberships: The agent's memberships by department.
        restricted: The departments whose tickets only members see.
    """

    actor: Actor
    role: Role | None = None
    memberships: Mapping[DepartmentId, Membership] = attrs.field(factory=dict, eq=False)
    restricted: frozenset[DepartmentId] = frozenset()

    @property
    def is_system(self) -> bool:
        """Whether it is the desk itself."""
        return self.actor.kind is ActorKind.SYSTEM

    @property
    def oversees_all(self) -> bool:
        """Whether departments do not matter: for the desk itself, administrators and owners."""
        return self.is_system or (self.role is not None and self.role >= Role.ADMIN)

    @property
    def agent(self) -> AgentId | None:
        """The agent's id, of an agent."""
        return AgentId(self.actor.id) if self.actor.kind is ActorKind.AGENT and self.actor.id else None

    @property
    def contact(self) -> ContactId | None:
        """The contact's id, of a customer."""
        return ContactId(self.actor.id) if self.actor.kind is ActorKind.CONTACT and self.actor.id else None


THE_SYSTEM = Principal(SYSTEM)

_CONDITIONS_KEPT: Final = 1_000
"""How many conditions of what is visible are kept, of each sort."""


class AccessPolicy(Protocol):
    """Who may see what and do what. Implementations are pure: what they need is in the principal and the ticket."""

    def visible_tickets(self, principal: Principal) -> Condition[Any]:
        """What holds of exactly the tickets that somebody may see, messages, notes and events included."""
        ...

    def visible_contacts(self, principal: Principal) -> Condition[Any]:
        """What holds of exactly the contacts that somebody may see."""
        ...

    def sees_the_desk(self, principal: Principal) -> bool:
        """Whether somebody may see agents, departments, companies, canned responses and rules."""
        ...

    def may(self, principal: Principal, permission: Permission, ticket: AnyTicket | None) -> Verdict:
        """
        Whether somebody may do a thing.

        Args:
            principal: Who.
            permission: What.
            ticket: To which ticket, which the principal sees; None for what concerns the desk as a whole.
        """
        ...


@attrs.frozen
class DepartmentAccessPolicy(FrozenValue):
    """
    Access by department (requirements DP-1…3).

    Tickets of open departments, and of none, are every agent's; those of restricted departments only their members',
    apart from administrators and owners. Members may do what their membership says; agents may do everyday work on what
    they see elsewhere. Customers see the tickets that they asked for or follow, never internal, deleted ones or spam.
    """

    def visible_tickets(self, principal: Principal) -> Condition[Any]:
        """What holds of exactly the tickets that somebody may see."""
        if principal.oversees_all:
            return always
        if principal.contact is not None:
            return _tickets_of(principal.contact)
        if principal.agent is None:
            return never
        hidden = principal.restricted.difference(principal.memberships)
        return _tickets_outside(hidden) if hidden else always

    def visible_contacts(self, principal: Principal) -> Condition[Any]:
        """All contacts for agents; themselves for customers."""
        if principal.contact is not None:
            return _contact_alone(principal.contact)
        return always if self.sees_the_desk(principal) else never

    def sees_the_desk(self, principal: Principal) -> bool:
        """Agents do, customers do not."""
        return principal.is_system or principal.agent is not None

    def may(self, principal: Principal, permission: Permission, ticket: AnyTicket | None) -> Verdict:
        """The role decides on what concerns the desk, the membership on what concerns a ticket of a department."""
        if principal.oversees_all:
            return Verdict(allowed=True, reason="the desk itself, administrators and owners may do everything")
        if principal.contact is not None:
            if ticket is not None and ticket.internal:
                return Verdict(allowed=False, reason="internal tickets are no matter for customers")
            return Verdict(allowed=True, reason="customers may do what customers' commands do")
        membership = principal.memberships.get(ticket.department) if ticket and ticket.department else None
        if membership is not None:
            return Verdict(permission in membership.permissions, _of_membership(membership, permission))
        return Verdict(permission in EVERYDAY, f"{permission.value!r} {_everyday(permission)}")


def restricted_departments(departments: Mapping[DepartmentId, Department]) -> frozenset[DepartmentId]:
    """The departments whose tickets only members see."""
    return frozenset(id for id, it in departments.items() if it.access is DepartmentAccess.RESTRICTED)


# Building a condition takes far longer than asking it, and every command asks some of these.


@lru_cache(maxsize=_CONDITIONS_KEPT)
def _tickets_of(contact: ContactId) -> Condition[Any]:
    return (
        (F.requesters.has(contact) | F.followers.has(contact))
        & (F.internal == False)  # noqa: E712 - a condition, not a comparison
        & ~F.category.is_in(SET_ASIDE)
    )


@lru_cache(maxsize=_CONDITIONS_KEPT)
def _tickets_outside(departments: frozenset[DepartmentId]) -> Condition[Any]:
    return ~F.department.is_in(departments)


@lru_cache(maxsize=_CONDITIONS_KEPT)
def _contact_alone(contact: ContactId) -> Condition[Any]:
    return ContactF.id == contact


def _of_membership(membership: Membership, permission: Permission) -> str:
    if permission in membership.permissions:
        return f"the membership of the department lists {permission.value!r}"
    listed_ones = ", ".join(sorted(repr(it.value) for it in membership.permissions)) or "nothing"
    missing = f"the membership of the department does not list {permission.value!r}"
    return f"{missing}, only {listed_ones}; ChangeMembership adds to it"


def _everyday(permission: Permission) -> str:
    return "is every agent's everyday work" if permission in EVERYDAY else "takes an administrator or owner"
