"""A small shop's desk for tests: two departments, three agents, three customers, and a look at all that is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from tests.chosen_storage import chosen_storage
from tests.fakes import a_desk, records_of
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY, Command, OverwritingDeskCommand, OverwritingTicketCommand
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.departments import AddDepartment
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.tickets import OpenInternalTicket, SubmitTicket
from ticketcore.errors import TicketcoreError
from ticketcore.model.departments import DepartmentAccess, membership_id
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import MEMBERSHIPS, Kind
from ticketcore.model.people import Contact
from ticketcore.model.tickets import InternalTicket, Ticket
from ticketcore.notifications import Notification
from ticketcore.storage.memory import MemoryBlobs
from ticketcore.storage.protocols import Changes, Key, Put


class SmallShop:
    """
    A desk where Ana works in billing, which is open to all agents, and Dora in the restricted legal department.

    Args:
        kwargs: What `HelpDesk` is made with, apart from storage and blobs.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.storage, self.blobs = chosen_storage(), MemoryBlobs()
        self.desk, self.clock = a_desk(storage=self.storage, blobs=self.blobs, **kwargs)
        self.system = self.desk.as_system()
        self.billing = self.system.do(AddDepartment("Billing", email_addresses=["billing@shop.example"])).id
        self.legal = self.system.do(AddDepartment("Legal", DepartmentAccess.RESTRICTED)).id
        self.ana = self.desk.as_agent(self.system.do(AddAgent("Ana", departments=[self.billing])).id)
        self.dora = self.desk.as_agent(self.system.do(AddAgent("Dora", departments=[self.legal])).id)
        self.mia, self.bob, self.eve = (self.contact(name) for name in ("Mia", "Bob", "Eve"))

    def contact(self, name: str) -> Contact:
        """A new customer, who has an address."""
        return self.system.do(AddContact(name, email=f"{name.lower()}@example.org"))

    def ticket(self, contact: Contact | None = None, subject: str = "Invoice 7", **fields: Any) -> Ticket:
        """A new ticket of a customer; of Mia, if nobody is named."""
        seat = self.desk.as_customer((contact or self.mia).id)
        ticket = self.system.ticket(seat.do(SubmitTicket(subject, "You charged me twice.", **fields)).id)
        assert isinstance(ticket, Ticket)
        return ticket

    def answered(self, *answers: str, contact: Contact | None = None) -> Ticket:
        """A ticket with some answers, a second apart, of each of which its customer is to be told."""
        ticket = self.ticket(contact)
        for text in answers:
            self.clock.advance(seconds=1)
            self.ana.do(SendAnswer(text), on=ticket.id)
        return ticket

    def internal_ticket(self, subject: str = "Check the till", **fields: Any) -> InternalTicket:
        """A new internal ticket of Ana's."""
        return self.ana.do(OpenInternalTicket(subject, "It seems to be short.", **fields))

    def outbox(self) -> list[Notification]:
        """All notifications that wait, or were given up, the oldest first."""
        return sorted(records_of(self.storage).get("notification", {}).values(), key=lambda it: it.id)

    def forbid_everything_to_ana(self) -> None:
        """Leaves Ana's membership of billing without any permission."""
        id = membership_id(self.billing, AgentId(self.ana.actor.id or ""))
        self.rewrite(MEMBERSHIPS, id, permissions=frozenset())

    def rewrite(self, kind: Kind[Any], id: str, **fields: Any) -> Any:
        """Changes a stored record past the desk, for situations that no command makes."""
        with self.storage.session() as session:
            stored = session.get([Key(kind, id)])[Key(kind, id)]
            changed = attrs.evolve(stored, version=stored.version + 1, **fields)
            session.apply(Changes([Put(kind, changed, stored.version)]))
        self.desk.flow._cache._known = None  # the record may be configuration
        return changed

    def store(self, kind: Kind[Any], record: Any) -> Any:
        """Adds a record past the desk."""
        with self.storage.session() as session:
            session.apply(Changes([Put(kind, record, None)]))
        return record

    @staticmethod
    def seen(command: Command[Any]) -> dict[str, Any]:
        """What to give as `seen` with a command, if anything."""
        return {"seen": ANY} if isinstance(command, (OverwritingTicketCommand, OverwritingDeskCommand)) else {}

    @contextmanager
    def refusing(self, error: type[TicketcoreError]) -> Iterator[pytest.ExceptionInfo[TicketcoreError]]:
        """Expects an error, and that no record is another one than before."""
        before = records_of(self.storage)
        with pytest.raises(error) as caught:
            yield caught
        assert records_of(self.storage) == before
