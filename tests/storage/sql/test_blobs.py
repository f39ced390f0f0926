"""Bytes in the database in which the records are: every storage brings a place for them."""

import asyncio
from datetime import timedelta

import pytest

from tests.fakes import a_desk
from tests.storage.sql.databases import DATABASES, SQLITE, a_storage, a_tenant, url_of
from ticketcore import AsyncHelpDesk, HelpDesk, Upload
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AssignNext, SubmitTicket
from ticketcore.events import TicketOpened
from ticketcore.storage.sql import AsyncSqlStorage, SqlBlobs, SqlStorage

SCAN = Upload("scan.txt", "text/plain", b"scanned")
LOST = Upload("lost.txt", "text/plain", b"lost")
SUBMIT = SubmitTicket("Invoice 7", attachments=[SCAN])
IN_TURN = AddRule("In turn", trigger=TicketOpened, then=[AssignNext()])


@pytest.mark.parametrize("database", DATABASES)
def test_file_comes_with_what_takes_a_lock(database):
    """A command that takes a lock, as assigning does, does not keep its own attachments from being stored."""
    storage = a_storage(database)
    desk, _ = a_desk(storage=storage)
    system = desk.as_system()
    ana, mia = system.do(AddAgent("Ana")), system.do(AddContact("Mia"))
    system.do(IN_TURN)

    ticket = desk.as_customer(mia.id).do(SUBMIT)

    assert system.ticket(ticket.id).assignee == ana.id
    assert storage.blobs.get(SCAN.digest) == SCAN.content


@pytest.mark.parametrize("database", DATABASES)
def test_file_comes_with_what_takes_a_lock_where_it_is_awaited(database):
    """So it is with an asynchronous desk."""

    async def stored():
        storage = await AsyncSqlStorage.open(url_of(database), tenant=a_tenant())
        desk = AsyncHelpDesk(storage)
        system = desk.as_system()
        ana, mia = await system.do(AddAgent("Ana")), await system.do(AddContact("Mia"))
        await system.do(IN_TURN)
        opened = await desk.as_customer(mia.id).do(SUBMIT)
        ticket = await system.ticket(opened.id)
        content = await storage.blobs.get(SCAN.digest)
        await storage.close()
        return ticket.assignee == ana.id, content

    assert asyncio.run(stored()) == (True, SCAN.content)


@pytest.mark.parametrize("database", DATABASES)
def test_bytes_outlive_the_process_as_the_records_do(database):
    """A desk that was told of a database alone keeps nothing elsewhere: who opens it again has the bytes, too."""
    tenant = a_tenant()
    storage = SqlStorage.open(url_of(database), tenant=tenant)
    mia = HelpDesk(storage).as_system().do(AddContact("Mia")).id
    ticket = HelpDesk(storage).as_customer(mia).do(SUBMIT)
    storage.close()

    again = SqlStorage.open(url_of(database), tenant=tenant)
    customer = HelpDesk(again).as_customer(mia)
    (message,) = customer.thread(ticket.id)

    assert customer.download(message.attachments[0].id, on=ticket.id) == SCAN.content
    again.close()


@pytest.mark.parametrize("database", DATABASES)
def test_awaited_bytes_outlive_the_process_as_the_records_do(database):
    """So it is with an asynchronous desk, whose storage says whose records it has as the other does."""

    async def kept():
        tenant = a_tenant()
        storage = await AsyncSqlStorage.open(url_of(database), tenant=tenant)
        assert storage.tenant == tenant
        mia = (await AsyncHelpDesk(storage).as_system().do(AddContact("Mia"))).id
        ticket = await AsyncHelpDesk(storage).as_customer(mia).do(SUBMIT)
        await storage.close()
        again = await AsyncSqlStorage.open(url_of(database), tenant=tenant)
        customer = AsyncHelpDesk(again).as_customer(mia)
        (message,) = await customer.thread(ticket.id)
        content = await customer.download(message.attachments[0].id, on=ticket.id)
        await again.close()
        return content

    assert asyncio.run(kept()) == SCAN.content


@pytest.mark.parametrize("database", DATABASES)
def test_tenants_do_not_sweep_each_other(database):
    """Who sweeps removes bytes of the own tenant alone, and nobody has to say again which that is."""
    ours, others = a_storage(database), a_storage(database)
    desk, clock = a_desk(storage=ours)
    mia = desk.as_system().do(AddContact("Mia"))
    desk.as_customer(mia.id).do(SUBMIT)
    ours.blobs.put(LOST.digest, LOST.content, now=clock.now)
    neighbour, later = a_desk(storage=others)
    clock.advance(timedelta(days=2))
    later.advance(timedelta(days=2))

    assert neighbour.as_system().sweep_blobs() == 0
    assert others.blobs.get(SCAN.digest) is None
    assert desk.as_system().sweep_blobs() == 1
    assert ours.blobs.get(SCAN.digest) == SCAN.content


def test_bytes_are_in_the_tables_of_the_storage():
    """What the tables of a storage are called its bytes need not be told."""
    storage = SqlStorage(a_storage(SQLITE).engine, prefix="helpdesk_")
    storage.create()
    desk, clock = a_desk(storage=storage)
    mia = desk.as_system().do(AddContact("Mia"))
    desk.as_customer(mia.id).do(SUBMIT)

    assert SqlBlobs(storage.engine, prefix="helpdesk_").get(SCAN.digest) == SCAN.content
    assert [*storage.blobs.stored_before(clock.now + timedelta(days=1))] == [SCAN.digest]
