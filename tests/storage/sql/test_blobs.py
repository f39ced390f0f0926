"""Bytes in the database in which the records are, on connections of their own."""

import asyncio

import pytest

from tests.fakes import a_desk
from tests.storage.sql.databases import DATABASES, a_storage, a_tenant, url_of
from ticketcore import AsyncHelpDesk, Upload
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AssignNext, SubmitTicket
from ticketcore.events import TicketOpened
from ticketcore.storage.sql import AsyncSqlBlobs, AsyncSqlStorage, SqlBlobs

SCAN = Upload("scan.txt", "text/plain", b"scanned")
SUBMIT = SubmitTicket("Invoice 7", attachments=[SCAN])
IN_TURN = AddRule("In turn", trigger=TicketOpened, then=[AssignNext()])


@pytest.mark.parametrize("database", DATABASES)
def test_file_comes_with_what_takes_a_lock(database):
    """A command that takes a lock, as assigning does, does not keep its own attachments from being stored."""
    storage = a_storage(database)
    blobs = SqlBlobs(storage.engine, tenant=storage.tenant)
    desk, _ = a_desk(storage=storage, blobs=blobs)
    system = desk.as_system()
    ana, mia = system.do(AddAgent("Ana")), system.do(AddContact("Mia"))
    system.do(IN_TURN)

    ticket = desk.as_customer(mia.id).do(SUBMIT)

    assert system.ticket(ticket.id).assignee == ana.id
    assert blobs.get(SCAN.digest) == SCAN.content


@pytest.mark.parametrize("database", DATABASES)
def test_file_comes_with_what_takes_a_lock_where_it_is_awaited(database):
    """So it is with an asynchronous desk."""

    async def stored():
        tenant = a_tenant()
        storage = await AsyncSqlStorage.open(url_of(database), tenant=tenant)
        blobs = AsyncSqlBlobs(storage.engine, tenant=tenant)
        desk = AsyncHelpDesk(storage, blobs=blobs)
        system = desk.as_system()
        ana, mia = await system.do(AddAgent("Ana")), await system.do(AddContact("Mia"))
        await system.do(IN_TURN)
        opened = await desk.as_customer(mia.id).do(SUBMIT)
        ticket = await system.ticket(opened.id)
        content = await blobs.get(SCAN.digest)
        await storage.close()
        return ticket.assignee == ana.id, content

    assert asyncio.run(stored()) == (True, SCAN.content)
