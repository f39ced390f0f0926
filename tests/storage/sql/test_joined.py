"""Work in the host's own transaction: it is there if and when the host commits, and the library ends nothing."""

import asyncio
from contextlib import contextmanager

import attrs
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, event, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tests.fakes import a_desk
from tests.storage.sql.databases import DATABASES, a_storage, a_tenant, url_of
from ticketcore import AsyncHelpDesk, Conflict, NotFound, Upload
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AddDepartment, AddTags, AssignNext, SubmitTicket, Transfer
from ticketcore.events import TicketOpened
from ticketcore.storage.memory import MemoryBlobs
from ticketcore.storage.sql import AsyncSqlStorage

SCAN = Upload("scan.txt", "text/plain", b"scanned")
SUBMIT = SubmitTicket("Invoice 7", attachments=[SCAN])
ORDERS = Table("orders", MetaData(), Column("id", Integer, primary_key=True))


@pytest.fixture(params=DATABASES)
def storage(request):
    """An empty storage, with a table of the host's beside it."""
    storage = a_storage(request.param)
    ORDERS.create(storage.engine, checkfirst=True)
    with storage.engine.begin() as connection:
        connection.execute(ORDERS.delete())
    return storage


@pytest.fixture
def desk(storage):
    """A desk on it."""
    return a_desk(storage=storage)[0]


@pytest.fixture
def mia(desk):
    """A customer."""
    return desk.as_system().do(AddContact("Mia")).id


def orders(engine):
    """How many rows the host's table has."""
    with engine.connect() as connection:
        return len(connection.execute(select(ORDERS)).all())


def test_committed_with_the_host(desk, storage, mia):
    """AD-4: A ticket opened in the host's transaction is there once the host has committed, with the host's rows."""
    with storage.engine.begin() as connection:
        connection.execute(insert(ORDERS).values(id=1))
        ticket = desk.using(storage.joined(connection)).as_customer(mia).do(SubmitTicket("Invoice 7"))

    assert desk.as_customer(mia).ticket(ticket.id) == ticket
    assert orders(storage.engine) == 1


def test_rolled_back_with_the_host(desk, storage, mia):
    """AD-4: A transaction that the host rolls back leaves no ticket, and none of what came with it."""
    with storage.engine.connect() as connection:
        connection.execute(insert(ORDERS).values(id=1))
        joined = desk.using(storage.joined(connection))
        ticket = joined.as_customer(mia).do(SubmitTicket("Invoice 7"))
        assert joined.as_customer(mia).ticket(ticket.id) == ticket
        connection.rollback()

    with pytest.raises(NotFound):
        desk.as_customer(mia).ticket(ticket.id)
    assert not desk.as_customer(mia).tickets().items
    assert orders(storage.engine) == 0


def test_rules_that_were_rolled_back_do_not_run(desk, storage, mia):
    """A rule of a transaction that the host rolls back runs within it, and is unknown afterwards."""
    rule = AddRule("Tags", trigger=TicketOpened, then=[AddTags({"rolled back"})])
    with storage.engine.connect() as connection:
        joined = desk.using(storage.joined(connection))
        joined.as_system().do(rule)
        inside = joined.as_customer(mia).do(SubmitTicket("Invoice 7"))
        assert joined.as_system().ticket(inside.id).tags == {"rolled back"}
        connection.rollback()

    outside = desk.as_customer(mia).do(SubmitTicket("Invoice 8"))

    assert not desk.as_system().ticket(outside.id).tags
    assert not desk.as_system().rules()


def test_rolled_back_though_the_desk_wrote_first(desk, storage, mia):
    """The driver of SQLite begins late: what the desk writes first is in the host's transaction all the same."""
    with storage.engine.connect() as connection:
        desk.using(storage.joined(connection)).as_customer(mia).do(SubmitTicket("Invoice 7"))
        connection.rollback()

    assert not desk.as_customer(mia).tickets().items


def test_orm_session_of_the_host(desk, storage, mia):
    """A host with SQLAlchemy's ORM hands over its session."""
    with Session(storage.engine) as session, session.begin():
        desk.using(storage.joined(session)).as_customer(mia).do(SubmitTicket("Invoice 7"))
        session.execute(insert(ORDERS).values(id=2))

    assert len(desk.as_customer(mia).tickets().items) == 1
    assert orders(storage.engine) == 1


def test_error_leaves_the_hosts_work(desk, storage, mia):
    """What is refused is undone to a savepoint; the host's own work goes on in its transaction."""
    with storage.engine.begin() as connection:
        connection.execute(insert(ORDERS).values(id=3))
        joined = desk.using(storage.joined(connection))
        with pytest.raises(NotFound):
            joined.as_customer(mia).ticket("none")
        joined.as_customer(mia).do(SubmitTicket("Invoice 7"), key="once")
        with pytest.raises(Conflict):
            joined.as_customer(mia).do(SubmitTicket("Invoice 8"), key="once")
        joined.as_customer(mia).do(SubmitTicket("Invoice 9"))

    assert {it.subject for it in desk.as_customer(mia).tickets().items} == {"Invoice 7", "Invoice 9"}
    assert orders(storage.engine) == 1


@attrs.frozen
class Overtaken:
    """A joined storage with something that happens whenever a session is about to write."""

    joined: object
    act: object

    @contextmanager
    def session(self, codec):
        """A session."""
        with self.joined.session(codec) as session:
            apply = session.apply
            session.apply = lambda changes: (self.act(), apply(changes))
            yield session


def test_conflict_reaches_the_host_at_once(desk, storage, mia):
    """AD-4: A lost race is not run again in a transaction that only the host can begin anew."""
    system, ticket = desk.as_system(), desk.as_customer(mia).do(SubmitTicket("Invoice 7"))
    overtakings = []

    def overtake():
        overtakings.append(system.do(AddTags({"urgent"}), on=ticket.id))

    with storage.engine.begin() as connection:
        joined = desk.using(Overtaken(storage.joined(connection), overtake))
        with pytest.raises(Conflict):
            joined.as_system().do(AddTags({"late"}), on=ticket.id)
        connection.execute(insert(ORDERS).values(id=4))

    assert len(overtakings) == 1
    assert system.ticket(ticket.id).tags == {"urgent"}
    assert orders(storage.engine) == 1


def test_what_the_desk_keeps_survives(desk, storage, mia):
    """Configuration and rules are not read again for a transaction of the host's, as long as they stay the same."""
    system = desk.as_system()
    billing = system.do(AddDepartment("Billing"))
    ana = system.do(AddAgent("Ana", departments=[billing.id]))
    system.do(AddRule("All", trigger=TicketOpened, then=[Transfer(billing.id), AssignNext()]))
    desk.as_customer(mia).do(SubmitTicket("Invoice 7"))

    with storage.engine.begin() as connection:
        asked = []
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        ticket = desk.using(storage.joined(connection)).as_customer(mia).do(SubmitTicket("Invoice 8"))

    assert not [it for it in asked if "ticketcore_rule" in it or "ticketcore_agent" in it]
    assert system.ticket(ticket.id).assignee == ana.id


def test_bytes_are_the_hosts_too(desk, storage, mia):
    """Attachments' bytes are put in the host's transaction, and are there if and when the host commits."""
    with storage.engine.connect() as connection:
        joined = storage.joined(connection)
        desk.using(joined).as_customer(mia).do(SUBMIT)
        assert joined.blobs.get(SCAN.digest) == SCAN.content
        connection.rollback()

    assert storage.blobs.get(SCAN.digest) is None
    with storage.engine.begin() as connection:
        customer = desk.using(storage.joined(connection)).as_customer(mia)
        ticket = customer.do(SUBMIT)
        (message,) = customer.thread(ticket.id)
        assert customer.download(message.attachments[0].id, on=ticket.id) == SCAN.content
    assert desk.as_customer(mia).download(message.attachments[0].id, on=ticket.id) == SCAN.content


def test_bytes_stay_where_the_desk_was_told_to_keep_them(storage):
    """A desk with blobs of its own keeps them when it is joined; what is rolled back leaves bytes there to sweep."""
    elsewhere, meanwhile = MemoryBlobs(), MemoryBlobs()
    desk, _ = a_desk(storage=storage, blobs=elsewhere)
    mia = desk.as_system().do(AddContact("Mia")).id

    for blobs, told in ((None, elsewhere), (meanwhile, meanwhile)):
        with storage.engine.connect() as connection:
            joined = desk.using(storage.joined(connection), blobs=blobs)
            joined.using(storage.joined(connection)).as_customer(mia).do(SUBMIT)
            connection.rollback()
        assert told.get(SCAN.digest) == SCAN.content

    assert storage.blobs.get(SCAN.digest) is None


@pytest.mark.parametrize("database", DATABASES)
def test_asynchronous_session_of_the_host(database):
    """An asynchronous desk works in the transaction of the host's `AsyncSession`."""

    async def opened(*, is_kept):
        storage = await AsyncSqlStorage.open(url_of(database), tenant=a_tenant())
        desk = AsyncHelpDesk(storage)
        mia = await desk.as_system().do(AddContact("Mia"))
        async with AsyncSession(storage.engine) as session:
            await desk.using(storage.joined(session)).as_customer(mia.id).do(SUBMIT)
            await (session.commit() if is_kept else session.rollback())
        tickets = await desk.as_customer(mia.id).tickets()
        content = await storage.blobs.get(SCAN.digest)
        await storage.close()
        return len(tickets.items), content

    assert asyncio.run(opened(is_kept=True)) == (1, SCAN.content)
    assert asyncio.run(opened(is_kept=False)) == (0, None)
