"""Engines of the library's own, for hosts without one: set up for many threads and processes on one database."""

from functools import partial
from time import monotonic
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ticketcore.errors import Fault, InvalidInput
from ticketcore.storage.sql.dialects import Dialect
from ticketcore.storage.sql.lines import HeardLine
from ticketcore.storage.sql.schema import SCHEMA_VERSION, Tables, upgrade_tables, version_of

BUSY_SECONDS: Final = 30
"""How long a session waits for another one to finish writing, in SQLite."""

CHECKPOINT_PAGES: Final = 4_000
"""How many pages SQLite writes beside its file before it puts them into it: what changes often goes there once."""

PREPARED_STATEMENTS: Final = 500
"""How many statements a connection to SQLite keeps prepared: a desk makes more than the driver's usual 128."""

QUIET_SECONDS: Final = 30
"""After how long a connection to PostgreSQL that nobody has used is asked whether the server still knows it."""

_DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_ASYNC_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


def make_engine(url: str) -> Engine:
    """
    An engine for a database.

    Raises:
        InvalidInput: The URL is none of a SQLite file or a PostgreSQL database.
    """
    parsed = _with_driver(url, _DRIVERS)
    # Writers of SQLite wait for each other anyway; a thread should not wait for a connection before.
    options: dict[str, Any] = {"max_overflow": -1} if parsed.get_backend_name() == "sqlite" else {}
    engine = create_engine(parsed, connect_args=_arguments(parsed), **options)
    set_up(engine)
    return engine


def make_async_engine(url: str) -> AsyncEngine:
    """
    The same for asynchronous programs.

    Raises:
        InvalidInput: The URL is none of a SQLite file or a PostgreSQL database.
    """
    parsed = _with_driver(url, _ASYNC_DRIVERS)
    engine = create_async_engine(parsed, connect_args=_arguments(parsed))
    set_up(engine.sync_engine)
    return engine


def set_up(engine: Engine) -> None:
    """Sets up every new connection, and has those that were quiet for long looked at."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    else:
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", partial(_look_at_quiet_one, engine))


def make_ready(connection: Connection, dialect: Dialect, tables: Tables) -> None:
    """
    Makes the tables, or upgrades them; of several processes that do so at once, one after the other.

    Where nothing is to be done, nothing is written: the database may be one that can only be read.
    """
    if version_of(connection, tables) == SCHEMA_VERSION:
        return
    connection.exec_driver_sql(dialect.begin)
    try:
        dialect.lock(HeardLine(connection), [tables.version.fullname])
        upgrade_tables(connection, tables)
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise


def _with_driver(url: str, drivers: dict[str, str]) -> URL:
    expected = "the URL of a SQLite file or a PostgreSQL database, such as sqlite:///desk.db"
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput("SqlStorage", [Fault("url", expected, "something else")]) from error
    database = parsed.get_backend_name()
    is_in_memory = database == "sqlite" and parsed.database in {None, "", ":memory:"}
    if database not in drivers or is_in_memory:
        got = "one in memory, which every connection would have for itself" if is_in_memory else database
        raise InvalidInput("SqlStorage", [Fault("url", expected, got)])
    return parsed.set(drivername=drivers[database])


def _arguments(url: URL) -> dict[str, Any]:
    """What the driver is told of each connection."""
    return {"cached_statements": PREPARED_STATEMENTS} if url.get_backend_name() == "sqlite" else {}


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - of whatever driver
    """Readers do not wait for writers, and writers wait for each other."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.close()


def _note_time(_connection: object, record: Any) -> None:  # noqa: ANN401 - of SQLAlchemy's pool
    """Notes when a connection was given back."""
    record.info[_GIVEN_BACK] = monotonic()


def _look_at_quiet_one(engine: Engine, connection: Any, record: Any, _lent: object) -> None:  # noqa: ANN401 - as above
    """
    Has a connection replaced that the server has forgotten meanwhile, and all others of the pool with it.

    Asking each time would cost every session a round trip.
    """
    given_back = record.info.get(_GIVEN_BACK)
    if given_back is None or monotonic() - given_back < QUIET_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


_GIVEN_BACK: Final = "ticketcore_given_back"
