"""Desks to be measured: people and rules, and archives of any size."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import attrs

from ticketcore import Channel, DepartmentAccess, F, HelpDesk, MemoryStorage, Priority
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AddDepartment, AddTags, AssignNext, Transfer
from ticketcore.events import TicketOpened
from ticketcore.model.departments import Department
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.lifecycle import ANSWERED, AWAITS_AGENT, CLOSED, NEW, OPEN, RESOLVED
from ticketcore.model.people import Agent, Contact
from ticketcore.model.references import make_reference
from ticketcore.model.tickets import Ticket
from ticketcore.serialization import Codec
from ticketcore.storage.protocols import Changes, Put, Storage

DEPARTMENTS = ("Support", "Sales", "Billing", "Shipping")
AGENTS_IN_EACH = 3
CUSTOMERS = 100
BATCH = 1_000
WORDS = (
    "invoice", "refund", "receipt", "payment", "parcel", "courier", "delivery", "tracking", "wholesale", "quote",
    "catalogue", "discount", "password", "login", "warranty", "repair", "spare part", "complaint",
)  # fmt: skip
"""What rules look for in subjects; each has a rule of its own."""


@attrs.frozen
class Office:
    """A desk with four departments, one more that is restricted, three agents in each, and a hundred customers."""

    desk: HelpDesk
    departments: tuple[Department, ...]
    agents: tuple[Agent, ...]
    customers: tuple[Contact, ...]

    @classmethod
    def on(cls, storage: Storage) -> "Office":
        """An office whose desk keeps its records there."""
        desk = HelpDesk(storage)
        system = desk.as_system()
        open_to_all = [system.do(AddDepartment(name)) for name in DEPARTMENTS]
        restricted = system.do(AddDepartment("Legal", DepartmentAccess.RESTRICTED))
        agents = [
            system.do(AddAgent(f"{department.name} {number}", departments=[department.id]))
            for department in (*open_to_all, restricted)
            for number in range(AGENTS_IN_EACH)
        ]
        customers = [
            system.do(AddContact(f"Customer {number}", f"customer{number}@example.org")) for number in range(CUSTOMERS)
        ]
        return cls(desk, tuple(open_to_all), tuple(agents), tuple(customers))

    def add_rules(self) -> None:
        """Twenty rules: one for each word, of which few match; one for what came by chat; everybody in turn."""
        system = self.desk.as_system()
        for number, word in enumerate(WORDS):
            there = self.departments[number % len(self.departments)]
            when = F.department.is_missing() & F.subject.contains(word)
            system.do(AddRule(f"About {word}", trigger=TicketOpened, when=when, then=[Transfer(there.id)]))
        by_chat = (F.source == Channel.CHAT) & (F.priority >= Priority.HIGH)
        system.do(AddRule("Hurry", trigger=TicketOpened, when=by_chat, then=[AddTags(frozenset({"hurry"}))]))
        system.do(AddRule("Everybody in turn", trigger=TicketOpened, then=[AssignNext()]))


def filled(tickets: int) -> Office:
    """An office with so many bare tickets, written as an import would: straight into the storage, in batches."""
    storage = MemoryStorage()
    office = Office.on(storage)
    write(storage, bare_tickets(office, tickets), BATCH)
    return office


def write(storage: Storage, archive: Iterable[Ticket], batch: int) -> None:
    """Writes tickets straight into a storage, in batches of so many."""
    tickets, codec = iter(archive), Codec()
    while puts := [Put(TICKETS, ticket, None) for ticket in islice(tickets, batch)]:
        with storage.session(codec) as session:
            session.apply(Changes(puts=puts))


def bare_tickets(office: Office, number: int) -> Iterator[Ticket]:
    """Tickets as years leave them behind: most are done, one in five still waits for an agent."""
    random = Random(7)
    first = datetime(2024, 1, 1, tzinfo=UTC)
    statuses = (NEW, OPEN, ANSWERED, ANSWERED, RESOLVED, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED)
    for place in range(number):
        at = first + timedelta(seconds=random.randrange(80_000_000))
        status = random.choice(statuses)
        department = random.choice(office.departments)
        yield Ticket(
            id=TicketId(f"{int(at.timestamp() * 1000):012x}{place:020x}"),
            reference=make_reference(place),
            subject=f"Question about {random.choice(WORDS)}",
            description="",
            status=status,
            status_changed_at=at,
            created_at=at,
            changed_at=at,
            public_changed_at=at,
            source=Channel.EMAIL,
            department=department.id,
            assignee=random.choice(office.agents).id,
            requesters=(random.choice(office.customers).id,),
            due_at=at + timedelta(days=7) if status.category in AWAITS_AGENT else None,
        )
