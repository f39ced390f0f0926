"""Reading customers and companies, agents and departments, asynchronously."""

from typing import Any

from ticketcore import _reading
from ticketcore._reading import PAGE
from ticketcore.async_seats.seat import AsyncSeat
from ticketcore.conditions import Condition, always
from ticketcore.model.departments import Department, Membership
from ticketcore.model.ids import CompanyId, ContactId, DepartmentId
from ticketcore.model.kinds import AGENTS, COMPANIES, DEPARTMENTS
from ticketcore.model.notes import CompanyNote, ContactNote
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.presence import Presence
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Cursor, Page


class AsyncReadsPeople(AsyncSeat):
    """What agents and the host's program read of customers, companies and agents."""

    async def history(self, contact: ContactId) -> tuple[AnyTicket, ...]:
        """All that a customer has ever asked, newest first (requirement TK-16)."""
        return await self._read(_reading.history, contact)

    async def contact(self, id: ContactId) -> Contact:
        """A customer."""
        return await self._read(_reading.contact, id)

    async def contacts(
        self, where: Condition[Any] = always, *, limit: int | None = PAGE, after: Cursor | None = None
    ) -> Page[Contact]:
        """A page of customers; `where` is a condition on contacts."""
        return await self._read(_reading.contacts, where, limit, after)

    async def recognise(self, *, address: str | None = None, phone: str | None = None) -> Contact | None:
        """The customer who is known by an e-mail address or a phone number; None if nobody is (requirement TK-4)."""
        return await self._read(_reading.recognised, address, phone)

    async def contact_notes(self, contact: ContactId) -> tuple[ContactNote, ...]:
        """The notes about a customer."""
        return await self._read(_reading.contact_notes, contact)

    async def company(self, id: CompanyId) -> Company:
        """A company."""
        return await self._read(lambda draft: _reading.one_of_desk(draft, COMPANIES, id))

    async def companies(self) -> tuple[Company, ...]:
        """All companies."""
        return await self._read(_reading.all_of_desk, COMPANIES)

    async def company_notes(self, company: CompanyId) -> tuple[CompanyNote, ...]:
        """The notes about a company."""
        return await self._read(_reading.company_notes, company)

    async def agents(self) -> tuple[Agent, ...]:
        """All agents, inactive ones included."""
        return await self._read(_reading.all_of_desk, AGENTS)

    async def presences(self) -> tuple[Presence, ...]:
        """What agents are available for, of those who ever said so (requirement DP-5)."""
        return await self._read(_reading.presences)

    async def departments(self) -> tuple[Department, ...]:
        """All departments."""
        return await self._read(_reading.all_of_desk, DEPARTMENTS)

    async def members(self, department: DepartmentId) -> tuple[Membership, ...]:
        """The memberships of a department."""
        return await self._read(_reading.members, department)
