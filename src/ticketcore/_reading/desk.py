"""Reading the desk's own records, which every agent may see, and nobody else."""

from typing import TypeVar

from ticketcore._draft import Draft
from ticketcore.commands.canned_texts import canned_text, finds
from ticketcore.commands.macro import MACROS, Macro
from ticketcore.errors import AccessDenied, NotFound
from ticketcore.model.canned import CannedResponse
from ticketcore.model.departments import Membership
from ticketcore.model.ids import CannedResponseId, DepartmentId, TicketId
from ticketcore.model.kinds import CANNED_RESPONSES, DEPARTMENTS, PRESENCES, Kind
from ticketcore.model.presence import Presence
from ticketcore.query import Order, Query
from ticketcore.sla import SLA_POLICIES, SlaPolicy

T = TypeVar("T")

BY_NAME = (Order("name"),)


def one_of_desk(draft: Draft, kind: Kind[T], id: str) -> T:
    """A record that every agent may see."""
    if not draft.setup.access.sees_the_desk(draft.principal):
        raise NotFound(kind.name, id)
    return draft.get(kind, id)


def all_of_desk(draft: Draft, kind: Kind[T]) -> tuple[T, ...]:
    """All records of a kind that every agent may see, by name."""
    if not draft.setup.access.sees_the_desk(draft.principal):
        raise AccessDenied("read", "only agents see the desk's own records")
    return draft.find(Query(kind, order=BY_NAME)).items


def presences(draft: Draft) -> tuple[Presence, ...]:
    """What agents are available for."""
    if not draft.setup.access.sees_the_desk(draft.principal):
        raise AccessDenied("read", "only agents see who is there")
    return draft.find(Query(PRESENCES)).items


def members(draft: Draft, id: DepartmentId) -> tuple[Membership, ...]:
    """The memberships of a department."""
    department = one_of_desk(draft, DEPARTMENTS, id)
    return tuple(draft.configuration.roster.members(department.id).values())


def canned_responses(draft: Draft) -> tuple[CannedResponse, ...]:
    """The canned responses that the principal finds: those of restricted departments only as a member."""
    return tuple(it for it in all_of_desk(draft, CANNED_RESPONSES) if finds(draft, it.department))


def macros(draft: Draft) -> tuple[Macro, ...]:
    """The macros that the principal finds: those of restricted departments only as a member."""
    return tuple(it for it in all_of_desk(draft, MACROS) if finds(draft, it.department))


def filled_response(draft: Draft, id: CannedResponseId, on: TicketId) -> str:
    """What a canned response says on a ticket."""
    return canned_text(draft, id, draft.ticket(on))


def sla_policies(draft: Draft) -> tuple[SlaPolicy, ...]:
    """All policies, in their order."""
    return tuple(sorted(all_of_desk(draft, SLA_POLICIES), key=lambda it: (it.place, it.id)))
