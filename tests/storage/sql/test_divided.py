"""Tables that a host divides by tenant: whatever is looked for is in one part, and the contract is kept as before."""

import re
from functools import cache, partial

import pytest
from sqlalchemy import MetaData, event, text

from tests.storage.sql.databases import POSTGRESQL, a_tenant, new_url
from ticketcore import HelpDesk
from ticketcore.commands import AddContact, SendAnswer, SubmitTicket
from ticketcore.conditions import F
from ticketcore.conformance import Capability
from ticketcore.conformance.counting_laws import CountingLaws
from ticketcore.conformance.desk_laws import DeskLaws
from ticketcore.conformance.getting_laws import GettingLaws, LockLaws
from ticketcore.conformance.paging_laws import PagingLaws
from ticketcore.conformance.session_laws import SessionLaws, WholeStorageLaws
from ticketcore.conformance.writing_laws import WritingLaws
from ticketcore.storage.sql import SqlStorage, tables, upgrade
from ticketcore.storage.sql.engines import make_engine
from ticketcore.storage.sql.schema import all_tables

PARTS = 3


def test_every_key_and_index_begins_with_the_tenant():
    """
    Tables can be divided by tenant, since no key and no index is without it; that of the version alone has none.

    An index of words has words alone: there is one in each part.
    """
    ours = all_tables()
    for table in ours.metadata.tables.values():
        if table is not ours.version:
            ordered = [it for it in table.indexes if it.dialect_options["postgresql"]["using"] != "gin"]
            assert next(iter(table.primary_key)).name == "tenant"
            assert all(next(iter(index.expressions)).name == "tenant" for index in ordered)
            assert not table.foreign_keys


def divide(connection):
    """What a host's migration does: makes the tables in parts, and has the library mark them with their version."""
    divided = MetaData()
    for table in tables().tables.values():
        copy = table.to_metadata(divided)
        if "tenant" in copy.c:
            copy.dialect_kwargs["postgresql_partition_by"] = "HASH (tenant)"
    divided.create_all(connection)
    for table in divided.tables.values():
        for number in range(PARTS if "tenant" in table.c else 0):
            part = f"CREATE TABLE {table.name}_{number} PARTITION OF {table.name}"
            connection.execute(text(f"{part} FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {number})"))
    upgrade(connection)


@cache
def divided_url():
    """The URL of a database whose tables are divided."""
    url = new_url(POSTGRESQL)
    engine = make_engine(url)
    with engine.begin() as connection:
        divide(connection)
    engine.dispose()
    return url


class TestDivided(
    GettingLaws, LockLaws, PagingLaws, CountingLaws, WritingLaws, SessionLaws, WholeStorageLaws, DeskLaws
):
    """The laws of sessions and writing; conditions are asked by the statements that they are asked by anyway."""

    capabilities = {*Capability} - {Capability.BREAKING}
    examples = 1

    @pytest.fixture
    def opener(self):
        """A tenant of its own for each law."""
        return partial(SqlStorage.open, divided_url(), tenant=a_tenant())


def test_statements_look_into_one_part():
    """PostgreSQL sees from each statement of the desk's in which one of the parts its rows are."""
    storage = SqlStorage.open(divided_url(), tenant=a_tenant())
    desk = HelpDesk(storage)
    mia = desk.as_customer(desk.as_system().do(AddContact("Mia")).id)
    said = []
    event.listen(storage.engine, "before_cursor_execute", lambda *asked: said.append(asked[2:]))
    ticket = mia.do(SubmitTicket("Invoice 7"))
    desk.as_system().do(SendAnswer("Refunded."), on=ticket.id)
    desk.as_system().tickets(F.requesters.has(ticket.id) | F.tags.has("vip"))
    desk.as_system().search('invo* "invoice 7"')
    mia.search("refunded")
    planned = [it for it in said if "ticketcore" in it[0]]

    with storage.engine.connect() as connection:
        for statement, parameters, _, is_many in planned:
            known = parameters[0] if is_many else parameters
            plan = "\n".join(it[0] for it in connection.exec_driver_sql(f"EXPLAIN {statement}", known))
            parts = {*re.findall(r" on ticketcore_\w+_(\d)\b", plan)}
            assert len(parts) == (0 if statement.startswith("INSERT") else 1), (statement, plan)
    assert len(planned) > 10
    storage.close()
