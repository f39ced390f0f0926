"""Statements go straight to the driver where nobody listens, and come to the same."""

import logging
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError, ResourceClosedError

from tests.storage.sql.databases import POSTGRESQL, SQLITE, a_storage, a_tenant, new_url
from tests.storage.sql.test_sessions import write
from ticketcore.conformance.records import contact
from ticketcore.errors import StorageError
from ticketcore.model.kinds import CONTACTS
from ticketcore.storage.protocols import Key
from ticketcore.storage.sql import SqlStorage
from ticketcore.storage.sql.lines import HeardLine, StraightLine, Told
from ticketcore.storage.sql.pipelines import PipelinedLine, line_on

ON_POSTGRESQL = [HeardLine, StraightLine, PipelinedLine]
LINES = [(SQLITE, HeardLine), (SQLITE, StraightLine), *((POSTGRESQL, line) for line in ON_POSTGRESQL)]
REMOVE = {it: f"DELETE FROM seen WHERE id = {mark}" for it, mark in ((SQLITE, "?"), (POSTGRESQL, "%s"))}  # noqa: S608 - of a test


@pytest.fixture
def engine():
    """An engine of its own, which nobody listens to."""
    storage = SqlStorage.open(new_url(SQLITE))
    yield storage.engine
    storage.close()


@contextmanager
def heard(target, name):
    """While somebody listens."""

    def hear(*_said):
        pass

    event.listen(target, name, hear)
    yield
    event.remove(target, name, hear)


def line_of(engine):
    """The sort of line that a session would have."""
    with engine.connect() as connection:
        return type(line_on(connection))


def test_nobody_listens(engine):
    """Where nobody is told of statements, they go straight to the driver; to psycopg, without waiting for answers."""
    assert line_of(engine) is StraightLine
    assert line_of(engine.execution_options(isolation_level="AUTOCOMMIT")) is StraightLine
    assert line_of(a_storage(POSTGRESQL).engine) is PipelinedLine


@pytest.mark.parametrize("name", ["before_cursor_execute", "after_cursor_execute", "before_execute", "begin"])
def test_hosts_that_listen_hear_everything(engine, name):
    """A host that listens to an engine, or to all of them, is told of every statement."""
    with heard(engine, name):
        assert line_of(engine.execution_options(isolation_level="AUTOCOMMIT")) is HeardLine
    with heard(Engine, name):
        assert line_of(engine) is HeardLine
    assert line_of(engine) is StraightLine


@pytest.mark.parametrize("name", ["do_execute", "handle_error"])
def test_hosts_that_listen_to_the_dialect_hear_everything(engine, name):
    """So is one that listens to the dialect."""
    with heard(engine, name):
        assert line_of(engine) is HeardLine


def test_logs_have_everything(engine, caplog):
    """Where SQLAlchemy's log is on, statements stand in it."""
    storage = SqlStorage(engine, tenant=a_tenant())
    with caplog.at_level(logging.INFO, logger="sqlalchemy.engine"), storage.session() as session:
        session.get([Key(CONTACTS, "mia")])

    assert any("FROM ticketcore_contact" in it.getMessage() for it in caplog.records)


@pytest.fixture
def connection(request):
    """A connection in autocommit."""
    with a_storage(request.param).engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


@pytest.mark.parametrize(("connection", "line"), LINES, indirect=["connection"])
def test_statements_are_run_in_the_order_in_which_they_are_told(connection, line):
    """Whether or not they wait for each other's answers, each finds what those before it have left."""
    said = line(connection)
    told = [
        Told("CREATE TEMPORARY TABLE seen (id INTEGER PRIMARY KEY, name TEXT)"),
        Told("INSERT INTO seen VALUES (1, 'a'), (2, 'b')"),
        Told("SELECT count(*) FROM seen", gives_rows=True),
        Told(REMOVE[connection.dialect.name], [(1,), (2,), (3,)]),
    ]
    for it in told:
        said.tell(it)
    left = said.ask("SELECT count(*) FROM seen", ())
    said.flush()
    said.say("DROP TABLE seen")

    assert [tuple(row) for row in left] == [(0,)]
    assert [tuple(row) for row in told[2].answer] == [(2,)]
    assert [told[1].answer, told[3].answer] == [2, 2]


@pytest.mark.parametrize(("connection", "line"), LINES, indirect=["connection"])
def test_what_follows_a_refusal_is_not_done(connection, line):
    """A statement that is refused stops those that were told together with it, and the line can be used on."""
    said = line(connection)
    said.say("CREATE TEMPORARY TABLE seen (id INTEGER PRIMARY KEY)")
    with pytest.raises(DBAPIError):  # noqa: PT012 - one of them raises, according to the line
        said.tell(Told("INSERT INTO seen VALUES (1)"))
        said.tell(Told("INSERT INTO nowhere VALUES (1)"))
        said.tell(Told("INSERT INTO seen VALUES (2)"))
        said.flush()

    assert (2,) not in [tuple(row) for row in said.ask("SELECT id FROM seen", ())]
    said.say("DROP TABLE seen")


@pytest.mark.parametrize(("database", "line"), LINES)
def test_refusals_are_those_of_sqlalchemy(database, line):
    """What a database refuses is raised as SQLAlchemy raises it, and the connection can be used on."""
    with a_storage(database).engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        said = line(connection)
        with pytest.raises(DBAPIError) as caught:
            said.say("SELECT 1 FROM nowhere")

        assert type(caught.value).__module__ == "sqlalchemy.exc"
        assert isinstance(caught.value.orig, connection.dialect.loaded_dbapi.Error)
        assert not caught.value.connection_invalidated
        assert [tuple(row) for row in said.ask("SELECT 1", ())] == [(1,)]


@pytest.mark.parametrize("line", ON_POSTGRESQL)
def test_lost_connections_are_given_up(line):
    """A connection that the server has ended is given up, and with it all that are as old; the next ones are new."""
    engine = SqlStorage.open(new_url(POSTGRESQL)).engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as idle, engine.connect() as connection, engine.connect() as other:
        said = line(connection)
        for it in (idle, connection):
            pid = it.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            other.exec_driver_sql("SELECT pg_terminate_backend(%s)", (pid,))
        with pytest.raises(OperationalError) as caught:
            said.ask("SELECT 1", ())

        assert caught.value.connection_invalidated
        assert connection.invalidated
        if line is not HeardLine:
            with pytest.raises(ResourceClosedError, match="the connection was lost"):
                said.say("ROLLBACK")
    for _ in range(3):
        with engine.connect() as connection:
            assert [tuple(row) for row in line(connection).ask("SELECT 1", ())] == [(1,)]
    engine.dispose()


def test_storage_works_on_when_the_server_has_ended_its_connections():
    """Whoever was in the middle is told; the next session has another connection."""
    storage = SqlStorage.open(new_url(POSTGRESQL))
    write(storage, contact(id="mia"))
    with storage.session() as session:
        _end_others(storage)
        with pytest.raises(StorageError):
            session.get([Key(CONTACTS, "mia")])
    with storage.session() as session:
        assert session.get([Key(CONTACTS, "mia")])
    storage.close()


def _end_others(storage):
    with storage.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_connections_left_in_the_middle_are_given_up(engine):
    """Whoever was interrupted leaves no connection in an unknown state to the next."""

    class Interrupted:
        """A driver's connection whose user loses patience."""

        def cursor(self):
            """Itself."""
            return self

        def execute(self, *_said):
            """Never ends."""
            raise KeyboardInterrupt

        def close(self):
            """Nothing is to be closed."""

    with engine.connect() as connection:
        line = StraightLine(connection)
        line._driver = Interrupted()
        with pytest.raises(KeyboardInterrupt):
            line.say("SELECT 1")

        assert connection.invalidated
