"""How a ticket begins, whatever command opens it."""

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

from ticketcore._draft import Draft
from ticketcore.commands.assignment import check_assignee, checked_department
from ticketcore.events import TicketOpened, opening_of
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AgentId, ContactId, DepartmentId, TicketId
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import CONTACTS, REFERENCES
from ticketcore.model.lifecycle import Category
from ticketcore.model.references import make_reference
from ticketcore.model.tickets import AnyTicket, Ticket
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_agent

W = TypeVar("W", bound=AnyTicket)


def open_ticket(draft: Draft, ticket: W, department: DepartmentId | None, assignee: AgentId | None, asked: str) -> W:
    """Adds a ticket whose reference nobody has, in a department and with an assignee that go together."""
    if department is not None:
        ticket = copy_with(ticket, department=checked_department(draft, department))
    if assignee is not None:
        check_assignee(draft, ticket, assignee, asked)
        ticket = copy_with(ticket, assignee=assignee)
    draft.put(REFERENCES, NaturalKey(id=ticket.reference, holder=ticket.id))
    draft.open(ticket)
    draft.occur(ticket, TicketOpened, **opening_of(ticket))
    if assignee is not None:
        tell_agent(draft, assignee, Occasion.ASSIGNED, ticket)
    return ticket


def new_customer_ticket(
    draft: Draft, requesters: Sequence[ContactId], subject: str, body: str, **fields: Any
) -> Ticket:
    """A customer's ticket, not yet opened; of the company of its main requester."""
    company = draft.get(CONTACTS, requesters[0]).company
    return Ticket(
        requesters=tuple(dict.fromkeys(requesters)),
        company=company,
        public_changed_at=draft.now,
        **new_ticket(draft, subject, body),
        **fields,
    )


def new_ticket(draft: Draft, subject: str, body: str) -> dict[str, Any]:
    """What every new ticket begins with."""
    return {
        "id": TicketId(draft.new_id()),
        "reference": _new_reference(draft),
        "subject": subject,
        "description": body,
        "status": draft.setup.life_cycle.main(Category.NEW),
        "status_changed_at": draft.now,
        "created_at": draft.now,
        "changed_at": draft.now,
        "waiting_since": draft.now,
    }


def _new_reference(draft: Draft) -> str:
    """A random reference. Should it exist, the commit fails, and the command is decided anew with other ids."""
    return make_reference(int.from_bytes(hashlib.sha256(draft.new_id().encode()).digest()[:8]))
