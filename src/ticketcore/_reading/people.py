"""Reading customers and companies."""

from typing import Any

from ticketcore._draft import Draft
from ticketcore._reading.desk import one_of_desk
from ticketcore.commands.recognising import contact_of_address, contact_of_phone
from ticketcore.conditions import Condition, ContactF, RecordF
from ticketcore.model.ids import CompanyId, ContactId
from ticketcore.model.kinds import COMPANIES, COMPANY_NOTES, CONTACT_NOTES, CONTACTS
from ticketcore.model.notes import CompanyNote, ContactNote
from ticketcore.model.people import Contact
from ticketcore.query import Cursor, Order, Page, Query


def contact(draft: Draft, id: ContactId) -> Contact:
    """A contact that the principal may see."""
    return draft.contact(id)


def contacts(draft: Draft, where: Condition[Any], limit: int | None, after: Cursor | None) -> Page[Contact]:
    """A page of the contacts that the principal may see, erased ones left out."""
    seen = draft.setup.access.visible_contacts(draft.principal) & (ContactF.erased == False)  # noqa: E712 - a condition
    return draft.find(Query(CONTACTS, seen & where, (), limit, after, draft.principal.agent))


def recognised(draft: Draft, address: str | None, phone: str | None) -> Contact | None:
    """The contact who has an address, or else a phone number, if the principal may see them (requirement TK-4)."""
    found = contact_of_address(draft, address) if address else None
    if found is None and phone:
        found = contact_of_phone(draft, phone)
    seen = draft.setup.access.visible_contacts(draft.principal)
    return found if found is not None and draft.holds(seen, CONTACTS, found) else None


def contact_notes(draft: Draft, id: ContactId) -> tuple[ContactNote, ...]:
    """The notes about a contact."""
    return draft.find(Query(CONTACT_NOTES, RecordF.id("contact") == draft.contact(id).id, (Order("created_at"),))).items


def company_notes(draft: Draft, id: CompanyId) -> tuple[CompanyNote, ...]:
    """The notes about a company."""
    company = one_of_desk(draft, COMPANIES, id)
    return draft.find(Query(COMPANY_NOTES, RecordF.id("company") == company.id, (Order("created_at"),))).items
