"""The tables: derived from what can be asked, marked with their version, and brought from one version to the next."""

import sqlite3
from functools import partial
from typing import Any

import pytest
from sqlalchemy import create_engine, event, inspect, text, update

from tests.storage.sql.databases import DATABASES, POSTGRESQL, a_storage, new_url
from ticketcore import HelpDesk, InvalidInput, StorageError
from ticketcore.commands import AddContact
from ticketcore.conditions import VOCABULARIES
from ticketcore.conditions.fields import SetField
from ticketcore.conditions.reading import RECORD
from ticketcore.conformance.records import ticket
from ticketcore.serialization.tables import NATURAL_KEYS, RECORDS
from ticketcore.storage.sql import SCHEMA_VERSION, AsyncSqlStorage, SqlBlobs, SqlStorage, schema, tables, upgrade
from ticketcore.storage.sql.schema import all_tables
from ticketcore.storage.sql.shapes import UNIONS, is_attribute, shape_of

KINDS = [*RECORDS, *NATURAL_KEYS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_a_table(kind):
    """Each kind of the library has a table of its own, whose key begins with the tenant."""
    table = all_tables().by_kind[kind.name]

    assert [it.name for it in table.primary_key] == ["tenant", "id"]
    assert all(next(iter(index.expressions)).name == "tenant" for index in table.indexes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_is_kept(kind):
    """Whatever conditions can ask of records of a kind is in a column, or among what it holds several of."""
    shape = shape_of(kind)
    vocabulary = VOCABULARIES.get(kind.name)
    asked = [it for it in vocabulary.fields.values() if it.origin is RECORD] if vocabulary else []
    for field in asked:
        if isinstance(field, SetField):
            assert all(name in shape.sets for name in UNIONS.get(field.attribute, (field.attribute,)))
        elif is_attribute(field.read) and field.attribute != "id":
            assert field.attribute in shape.leaves


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_index_is_made(kind):
    """Each index that a kind declares is one of its table's, or that of what records hold several of."""
    shape, table = shape_of(kind), all_tables().by_kind[kind.name]
    made = {tuple(it.name for it in index.expressions)[1:-1] for index in table.indexes}
    for index in kind.indexes:
        if not any(name in shape.sets for name in index.equal):
            names = [*index.equal, *([] if index.order == "id" else [index.order])]
            assert tuple(shape.leaves[name].column for name in names) in made


def test_unions_hold_what_they_are_made_of():
    """A field that is kept as the union of others holds exactly what they hold."""
    record = ticket(requesters=("a", "b"), followers=("c",))
    for name, parts in UNIONS.items():
        assert {*getattr(record, name)} == {it for part in parts for it in getattr(record, part)}


def test_names_fit_into_every_database():
    """No name of a table or an index is cut off, whatever prefix the host gives."""
    for table in tables("p" * 20).tables.values():
        assert all(len(name) <= 63 for name in (table.name, *(index.name for index in table.indexes)))


@pytest.mark.parametrize("database", DATABASES)
def test_prefix_and_schema(database):
    """Tables can have another prefix, and be in a schema of the database's."""
    url = new_url(database)
    named = {"prefix": "desk_"}
    if database == POSTGRESQL:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA helpdesk"))
        engine.dispose()
        named["schema"] = "helpdesk"
    storage = SqlStorage.open(url, **named)
    mia = HelpDesk(storage).as_system().do(AddContact("Mia"))

    assert "desk_contact" in inspect(storage.engine).get_table_names(schema=named.get("schema"))
    assert HelpDesk(SqlStorage(storage.engine, **named)).as_system().contact(mia.id) == mia
    storage.close()


@pytest.mark.parametrize("tenant", ["", " ", None, 5, "\0", "\ud800", "two\nlines", "x" * 201])
def test_tenant_is_a_name(tenant):
    """Nobody becomes a tenant by forgetting to say which: all who forget would see each other's records."""
    engine = create_engine("sqlite://")
    for made in (partial(SqlStorage, engine), partial(SqlBlobs, engine), partial(SqlStorage.open, "sqlite:///desk.db")):
        with pytest.raises(InvalidInput, match="tenant: expected a name of 1 to 200 characters in one line"):
            made(tenant=tenant)


def test_prefix_is_the_beginning_of_a_name():
    """What could not begin the name of a table is refused before any is made."""
    with pytest.raises(InvalidInput, match="prefix: expected at most 20 letters"):
        tables("drop table; ")


@pytest.mark.parametrize("database", DATABASES)
def test_tables_that_are_not_there(database):
    """A storage without tables says what to do, and makes none by itself."""
    storage = SqlStorage(a_storage(database).engine, prefix="nowhere_")

    with pytest.raises(StorageError, match="expected the tables of ticketcore, found none: call `upgrade`"):
        HelpDesk(storage).as_system().contacts()


@pytest.mark.parametrize("database", DATABASES)
def test_tables_of_a_newer_version(database):
    """Tables of a version that this one does not know are left alone."""
    storage = SqlStorage.open(new_url(database))
    with storage.engine.begin() as connection:
        connection.execute(update(all_tables().version).values(version=SCHEMA_VERSION + 1))
    newer = f"expected tables of version {SCHEMA_VERSION}, found version {SCHEMA_VERSION + 1}: use the version"

    with pytest.raises(StorageError, match=newer):
        HelpDesk(SqlStorage(storage.engine)).as_system().contacts()
    with pytest.raises(StorageError, match=newer):
        storage.create()
    storage.close()


@pytest.mark.parametrize("database", DATABASES)
def test_upgrades_run_in_order_and_once(database, monkeypatch):
    """Tables of an older version are brought to this one by the functions between, each once."""
    storage = SqlStorage.open(new_url(database))
    mia = HelpDesk(storage).as_system().do(AddContact("Mia"))
    ran = []
    steps = {number: lambda *_, number=number: ran.append(number) for number in (1, 2)}
    monkeypatch.setattr(schema, "UPGRADES", steps)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 3)

    for _ in range(2):
        with storage.engine.begin() as connection:
            upgrade(connection)

    assert ran == [1, 2]
    assert HelpDesk(SqlStorage(storage.engine)).as_system().contact(mia.id) == mia
    storage.close()


def test_every_version_has_a_way_to_the_next():
    """From each version that was ever released there is a way to the present one."""
    assert set(schema.UPGRADES) == set(range(1, SCHEMA_VERSION))


def test_upgrade_belongs_to_the_migration():
    """`upgrade` works in the transaction of the host's migration, which the driver of SQLite has none of for tables."""
    engine = SqlStorage.open(new_url(POSTGRESQL), prefix="other_").engine
    with engine.connect() as connection:
        upgrade(connection)
        connection.rollback()

    assert "ticketcore_contact" not in inspect(engine).get_table_names()
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "got"),
    [
        ("sqlite://", "one in memory"),
        ("sqlite:///:memory:", "one in memory"),
        ("mysql://host/desk", "mysql"),
        ("desk.db", "something else"),
    ],
)
def test_urls_of_other_databases_are_refused(url, got):
    """What is opened is a file of SQLite's or a PostgreSQL database; the error says so."""
    with pytest.raises(InvalidInput, match=f"expected the URL of a SQLite file or a PostgreSQL database.*got {got}"):
        SqlStorage.open(url)


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_engines_of_other_databases_are_refused(name):
    """An engine of a database that is not promised is refused at once, and not by its first statement."""
    engine = create_engine(f"{name}+pymysql://host/desk", module=sqlite3)  # no driver is needed to be refused

    with pytest.raises(InvalidInput, match=f"expected one of SQLite or PostgreSQL, got {name}"):
        SqlStorage(engine)


def test_sqlite_serves_many(tmp_path):
    """SQLite is set so that readers do not wait for a writer, and writers wait for each other."""
    storage = SqlStorage.open(f"sqlite:///{tmp_path / 'desk.db'}")
    with storage.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 1_000
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() > 1_000
    storage.close()


def test_sqlite_keeps_statements_prepared(tmp_path):
    """A connection to SQLite keeps more statements prepared than its driver would: a desk makes several hundred."""
    storage, told = SqlStorage.open(f"sqlite:///{tmp_path / 'desk.db'}"), {}
    event.listen(storage.engine, "do_connect", lambda *said: told.update(said[-1]))
    storage.engine.dispose()
    storage.engine.connect().close()
    storage.close()

    assert told["cached_statements"] > 128


def test_a_url_is_no_engine():
    """Whoever hands the URL to the class itself, or an engine to its twin, is told what opens one."""
    url: Any = "sqlite:///desk.db"
    engine: Any = create_engine("sqlite://")

    with pytest.raises(InvalidInput, match=r"expected an engine of SQLAlchemy; with a URL, use SqlStorage\.open"):
        SqlStorage(url)
    with pytest.raises(InvalidInput, match="expected an asynchronous engine of SQLAlchemy"):
        AsyncSqlStorage(engine)
