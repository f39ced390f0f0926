"""Records, events, conditions, rules and commands as JSON, both ways."""

from collections.abc import Mapping
from typing import Any

from ticketcore.assignment import ROTATIONS, Rotation
from ticketcore.automation.rules import RULES, Rule
from ticketcore.configuration import REVISIONS, Revision
from ticketcore.model import kinds
from ticketcore.model.canned import CannedResponse
from ticketcore.model.departments import Department, Membership
from ticketcore.model.fields import CustomField
from ticketcore.model.kinds import Kind
from ticketcore.model.notes import CompanyNote, ContactNote, TicketNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.ratings import Rating
from ticketcore.model.thread import Answer, CustomerMessage, InlineNote, InternalMessage
from ticketcore.model.tickets import InternalTicket, Ticket
from ticketcore.notifications import NOTIFICATIONS, Notification
from ticketcore.receipts import RECEIPTS, Receipt
from ticketcore.sweep import DUES, Due

KIND_OF_RECORD: Mapping[type, Kind[Any]] = {
    Ticket: kinds.TICKETS,
    InternalTicket: kinds.TICKETS,
    CustomerMessage: kinds.ENTRIES,
    Answer: kinds.ENTRIES,
    InternalMessage: kinds.ENTRIES,
    InlineNote: kinds.ENTRIES,
    TicketNote: kinds.TICKET_NOTES,
    ContactNote: kinds.CONTACT_NOTES,
    CompanyNote: kinds.COMPANY_NOTES,
    Rating: kinds.RATINGS,
    Agent: kinds.AGENTS,
    Contact: kinds.CONTACTS,
    Company: kinds.COMPANIES,
    Department: kinds.DEPARTMENTS,
    Membership: kinds.MEMBERSHIPS,
    CannedResponse: kinds.CANNED_RESPONSES,
    CustomField: kinds.CUSTOM_FIELDS,
    Rule: RULES,
    Rotation: ROTATIONS,
    Revision: REVISIONS,
    Notification: NOTIFICATIONS,
    Receipt: RECEIPTS,
    Due: DUES,
}


class Codec:
    """To be deepened."""

    def kind_of(self, record: object) -> Kind[Any]:
        """The kind of a record."""
        return KIND_OF_RECORD[type(record)]

    def kind(self, name: str) -> Kind[Any]:
        """The kind of that name."""
        return next(kind for kind in KIND_OF_RECORD.values() if kind.name == name)

    def command_text(self, command: object) -> str:
        """The canonical JSON of a command."""
        return repr(command)
