"""How often the database is asked: a number that depends on what is asked, and never on how much is stored."""

from itertools import cycle

import attrs
import pytest
from sqlalchemy import event

from tests.fakes import a_desk
from tests.storage.sql.databases import DATABASES, POSTGRESQL, SQLITE, a_storage
from ticketcore import F, Priority
from ticketcore.automation import AddRule
from ticketcore.commands import (
    AddAgent,
    AddContact,
    AddDepartment,
    AssignNext,
    SendAnswer,
    SetPriority,
    SubmitTicket,
    Transfer,
)
from ticketcore.conditions import EntryF
from ticketcore.conformance.records import NOW
from ticketcore.events import TicketOpened
from ticketcore.model.dues import DUES
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.notifications import IS_WAITING, NOTIFICATIONS
from ticketcore.query import Order, Query
from ticketcore.serialization import Codec
from ticketcore.words import Words

OPENING = {SQLITE: 13, POSTGRESQL: 15}
"""How many statements open a ticket there; PostgreSQL takes a lock by one, and compares readings by another."""


class Shop:
    """A desk with a rule, and the statements that it makes."""

    def __init__(self, database):
        self.storage = a_storage(database)
        self.desk, self.clock = a_desk(storage=self.storage)
        system = self.desk.as_system()
        billing = system.do(AddDepartment("Billing"))
        self.ana = self.desk.as_agent(system.do(AddAgent("Ana", departments=[billing.id])).id)
        self.mia = self.desk.as_customer(system.do(AddContact("Mia", email="mia@example.org")).id)
        then = [Transfer(billing.id), AssignNext()]
        system.do(AddRule("Invoices", trigger=TicketOpened, when=F.subject.contains("invoice"), then=then))
        self.said = []
        event.listen(self.storage.engine, "before_cursor_execute", self._note)

    def _note(self, *said):
        self.said.append(said[2])

    def statements(self, act):
        """How many statements something makes."""
        del self.said[:]
        act()
        return len(self.said)


@pytest.fixture(params=DATABASES)
def shop(request):
    """The shop on each database."""
    shop = Shop(request.param)
    yield shop
    event.remove(shop.storage.engine, "before_cursor_execute", shop._note)


def acts(shop):
    """What is done there, by name."""
    ticket = shop.mia.do(SubmitTicket("Invoice 7", "You charged me twice."))
    priorities = cycle([Priority.HIGH, Priority.LOW])
    return {
        "opening": lambda: shop.mia.do(SubmitTicket("Invoice 8")),
        "answering": lambda: shop.ana.do(SendAnswer("Refunded."), on=ticket.id),
        "changing": lambda: shop.ana.do(SetPriority(next(priorities)), on=ticket.id),
        "listing": lambda: shop.ana.tickets(F.priority >= Priority.NORMAL, limit=10),
        "own tickets": lambda: shop.mia.tickets(limit=10),
        "thread": lambda: shop.ana.thread(ticket.id),
    }


def test_commands_make_a_constant_number_of_statements(shop):
    """The hundredth ticket costs as many statements as the second, and the twentieth answer as many as the third."""
    done = acts(shop)

    def counted():
        return {name: shop.statements(done[name]) for name in ("opening", "answering", "changing")}

    counted()
    before = counted()
    for number in range(60):
        shop.mia.do(SubmitTicket(f"Invoice {number}"))
    for _ in range(15):
        done["answering"]()

    assert counted() == before
    assert before["opening"] <= OPENING[shop.storage.engine.dialect.name]


def test_listings_make_the_same_statements_however_long_they_are(shop):
    """A listing is two statements, whose it is and what it finds, however many tickets there are."""
    listed = acts(shop)
    few = {name: shop.statements(listed[name]) for name in ("listing", "own tickets", "thread")}
    for number in range(30):
        shop.mia.do(SubmitTicket(f"Invoice {number}"))

    assert {name: shop.statements(listed[name]) for name in few} == few
    assert (few["listing"], few["own tickets"]) == (2, 2)


def test_a_page_is_one_statement(shop):
    """A page is one statement, and so is a number, and numbers by value; records of several kinds are got by one."""
    query = Query(TICKETS, F.requester.name.contains("mia") & ~F.tags.has("vip"), (Order("due_at"),), 10)
    now = shop.clock()
    with shop.storage.session(Codec()) as session:
        assert shop.statements(lambda: session.find(query, now=now)) == 1
        assert shop.statements(lambda: session.count(query, now=now)) == 1
        assert shop.statements(lambda: session.tally(query, "status", now=now)) == 1
        assert shop.statements(lambda: session.tally(query, "tags", now=now)) == 1
        looking = attrs.evolve(query, words=Words.parse('invoice* "charged me"'))
        assert shop.statements(lambda: session.find(looking, now=now)) == 1
        assert shop.statements(lambda: session.count(looking, now=now)) == 1


LISTINGS = {
    "what waits in the outbox": (Query(NOTIFICATIONS, IS_WAITING, (Order("due_at"),), 10), "notification_by_due_at"),
    "what is due": (Query(DUES, order=(Order("at"),), limit=10), "due_by_at"),
    "a department by due time": (
        Query(TICKETS, F.department == "billing", (Order("due_at"),), 10),
        "ticket_by_department_due_at",
    ),
    "the newest": (Query(TICKETS, order=(Order("created_at", descending=True),), limit=10), "ticket_by_created_at"),
    "a customer's": (Query(TICKETS, F.parties.has("mia"), (Order("created_at"),), 10), "member_by_raw"),
    "those of a size": (Query(TICKETS, F.custom.number("size") > 3, (Order("created_at"),), 10), "member_by_number"),
    "a thread": (Query(ENTRIES, EntryF.ticket == "t1", (Order("position"),)), "entry_by_ticket_position"),
}


@pytest.mark.parametrize(("query", "index"), LISTINGS.values(), ids=LISTINGS)
def test_listings_use_an_index(query, index):
    """What the desk itself asks for is found by an index, and not by looking at everything."""
    storage, asked = a_storage(SQLITE), []
    note = asked.append
    event.listen(storage.engine, "before_cursor_execute", lambda *said: note(said[2:4]))
    with storage.session() as session:
        session.find(query, now=NOW)
    statement, parameters = asked[-1]
    with storage.engine.connect() as connection:
        plan = [it[3] for it in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    assert any(f"INDEX ticketcore_{index} " in step for step in plan), plan
    assert not any(step.startswith("SCAN ticketcore_ticket") and "INDEX" not in step for step in plan), plan
