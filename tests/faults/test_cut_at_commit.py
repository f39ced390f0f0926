"""What a program is told when the connection to its database is cut while it commits."""

import asyncio
import socket

import pytest

pytest.importorskip("psycopg", reason="the extras are not installed")

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from tests.faults.proxy import PATIENCE, Cut, Proxy
from tests.storage.sql.databases import POSTGRESQL, a_tenant, url_of
from ticketcore import AsyncHelpDesk, HelpDesk
from ticketcore.commands import AddContact, SubmitTicket
from ticketcore.errors import OutcomeUnknown
from ticketcore.storage.sql import AsyncSqlStorage, SqlStorage

ASKED = SubmitTicket("Invoice 7", "You charged me twice.")
KEY = "5f1d7a84"


def reach_postgresql():
    """A new connection to the server."""
    known = conninfo_to_dict(url_of(POSTGRESQL))
    host, port = str(known.get("host", "localhost")), int(known.get("port", 5432))
    if not host.startswith("/"):
        return socket.create_connection((host, port), PATIENCE)
    reached = socket.socket(socket.AF_UNIX)
    reached.connect(f"{host}/.s.PGSQL.{port}")
    return reached


@pytest.fixture
def proxy():
    """A proxy before the server."""
    url_of(POSTGRESQL)  # starts it
    proxy = Proxy(reach_postgresql)
    yield proxy
    proxy.close()


@pytest.fixture
def url(proxy):
    """The URL of the database by way of the proxy."""
    known = make_url(url_of(POSTGRESQL))
    return known.set(host="127.0.0.1", port=proxy.port, query={}).render_as_string(hide_password=False)


@pytest.fixture
def seen():
    """A customer's seat at the desk, as others see it who have a connection of their own."""
    storage = SqlStorage.open(url_of(POSTGRESQL), tenant=a_tenant())
    desk = HelpDesk(storage)
    yield desk.as_customer(desk.as_system().do(AddContact("Mia")).id), storage.tenant
    storage.close()


@pytest.mark.parametrize(("cut", "there"), [(Cut.BEFORE, 0), (Cut.AFTER, 1)])
def test_outcome_is_unknown_and_repeating_is_safe(proxy, url, seen, cut, there):
    """The caller is told that nobody knows; asking again under the same key gives one ticket in the end."""
    others, tenant = seen
    storage = SqlStorage.open(url, tenant=tenant)
    customer = HelpDesk(storage).as_customer(others.profile().id)

    proxy.cut_next(cut)
    with pytest.raises(OutcomeUnknown, match="connection was lost while committing"):
        customer.do(ASKED, key=KEY)
    before = others.tickets().items
    again = customer.do(ASKED, key=KEY)

    assert len(before) == there
    assert [it.id for it in before] in ([], [again.id])
    assert others.tickets().items == (again,)
    storage.close()


def test_outcome_is_unknown_to_asynchronous_programs_too(proxy, url, seen):
    """An asynchronous program is told the same, and repeating is as safe."""
    others, tenant = seen

    async def work():
        storage = await AsyncSqlStorage.open(url, tenant=tenant)
        customer = AsyncHelpDesk(storage).as_customer(others.profile().id)
        proxy.cut_next(Cut.AFTER)
        with pytest.raises(OutcomeUnknown):
            await customer.do(ASKED, key=KEY)
        again = await customer.do(ASKED, key=KEY)
        await storage.close()
        return again

    again = asyncio.run(work())

    assert others.tickets().items == (again,)
