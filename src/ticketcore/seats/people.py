"""Reading customers and companies, agents and departments."""

from typing import Any

from ticketcore import _reading
from ticketcore._reading import PAGE
from ticketcore.conditions import Condition, always
from ticketcore.model.departments import Department, Membership
from ticketcore.model.ids import CompanyId, ContactId, DepartmentId
from ticketcore.model.kinds import AGENTS, COMPANIES, DEPARTMENTS
from ticketcore.model.notes import CompanyNote, ContactNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.presence import Presence
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Cursor, Page
from ticketcore.seats.seat import Seat


class ReadsPeople(Seat):
    """What agents and the host's program read of customers, companies and agents."""

    def history(self, contact: ContactId) -> tuple[AnyTicket, ...]:
        """All that a customer has ever asked, newest first (requirement TK-16)."""
        return self._read(_reading.history, contact)

    def contact(self, id: ContactId) -> Contact:
        """A customer."""
        return self._read(_reading.contact, id)

    def contacts(
        self, where: Condition[Any] = always, *, limit: int | None = PAGE, after: Cursor | None = None
    ) -> Page[Contact]:
        """A page of customers; `where` is a condition on contacts."""
        return self._read(_reading.contacts, where, limit, after)

    def recognise(self, *, address: str | None = None, phone: str | None = None) -> Contact | None:
        """
        The customer who is known by an e-mail address or a phone number; None if nobody is (requirement TK-4).

        Args:
            address: The address, in any case. It is looked for first.
            phone: The number, however it is written.
        """
        return self._read(_reading.recognised, address, phone)

    def contact_notes(self, contact: ContactId) -> tuple[ContactNote, ...]:
        """The notes about a customer."""
        return self._read(_reading.contact_notes, contact)

    def company(self, id: CompanyId) -> Company:
        """A company."""
        return self._read(lambda draft: _reading.one_of_desk(draft, COMPANIES, id))

    def companies(self) -> tuple[Company, ...]:
        """All companies."""
        return self._read(_reading.all_of_desk, COMPANIES)

    def company_notes(self, company: CompanyId) -> tuple[CompanyNote, ...]:
        """The notes about a company."""
        return self._read(_reading.company_notes, company)

    def agents(self) -> tuple[Agent, ...]:
        """All agents, inactive ones included."""
        return self._read(_reading.all_of_desk, AGENTS)

    def presences(self) -> tuple[Presence, ...]:
        """What agents are available for, of those who ever said so (requirement DP-5)."""
        return self._read(_reading.presences)

    def departments(self) -> tuple[Department, ...]:
        """All departments."""
        return self._read(_reading.all_of_desk, DEPARTMENTS)

    def members(self, department: DepartmentId) -> tuple[Membership, ...]:
        """The memberships of a department."""
        return self._read(_reading.members, department)
