"""What is left of a command whose task is cancelled, as that of a request is whose client has gone."""

import asyncio

import pytest
from sqlalchemy import NullPool

from tests.replay import replayed, told
from tests.storage.sql.databases import DATABASES, a_tenant, url_of
from ticketcore import AsyncHelpDesk
from ticketcore.automation import AddRule
from ticketcore.commands import AddAgent, AddContact, AddDepartment, AssignNext, SubmitTicket
from ticketcore.conditions import F
from ticketcore.events import TicketOpened
from ticketcore.storage.sql import AsyncSqlStorage

TURNS = 60


async def cancelled(task, turns):
    """Cancels a task after so many turns of the loop; whether it had not come to its end."""
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return True
    return False


@pytest.mark.parametrize("database", DATABASES)
def test_cancelled_command_is_done_or_is_not(database):
    """Wherever it is cancelled, its ticket is there with all of it or not at all, and no connection or lock is lost."""

    async def work():
        storage = await AsyncSqlStorage.open(url_of(database), tenant=a_tenant())
        system = (desk := AsyncHelpDesk(storage)).as_system()
        department = (await system.do(AddDepartment("Support"))).id
        for name in ("Ana", "Bob", "Eve"):
            await system.do(AddAgent(name, departments=[department]))
        await system.do(AddRule("Everybody in turn", trigger=TicketOpened, then=[AssignNext()]))
        mia = desk.as_customer((await system.do(AddContact("Mia"))).id)
        asked = [SubmitTicket(str(turns), department=department) for turns in range(0, TURNS, 2)]

        stopped = [await cancelled(asyncio.create_task(mia.do(it)), int(it.subject)) for it in asked]
        await mia.do(SubmitTicket("The last", department=department))

        assert any(stopped)
        pool = storage.engine.pool  # of files, SQLAlchemy 2.0 keeps no connections
        assert isinstance(pool, NullPool) or pool.checkedout() == 0
        for ticket in (await system.tickets(limit=None)).items:
            thread = await system.thread(ticket.id)
            fields, stored = replayed(thread), told(ticket)
            assert fields == {name: stored[name] for name in fields}
            assert ticket.assignee is not None
        given = await system.tally("assignee", F.department == department)
        assert max(given.values()) - min(given.values(), default=0) <= 1
        await storage.close()

    asyncio.run(work())
