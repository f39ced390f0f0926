"""
The schema: the tables as SQLAlchemy metadata, the version that a database has, and the way from one to the next.

Every key and index begins with the tenant, so that tables can be divided by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import attrs
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    literal_column,
    select,
    update,
)

from ticketcore.errors import Fault, InvalidInput, StorageError, shown
from ticketcore.model.checks import IS_NAME
from ticketcore.storage.sql.dialects import COLUMN_TYPES, FACTS_TYPE, INSTANT_TYPE, TEXT_TYPE
from ticketcore.storage.sql.leaves import Form, Leaf
from ticketcore.storage.sql.shapes import UNKNOWN, Shape, known_shapes
from ticketcore.storage.sql.texts import make_index, table_of_texts

SCHEMA_VERSION: Final = 1
"""The version of the tables that this version of the library reads and writes."""

TENANT: Final = "main"
"""Whose records they are where there is one desk."""

PREFIX: Final = "ticketcore_"

INDEXED_START: Final = 100
"""How many characters of a member are indexed: databases refuse to index long texts."""

Upgrade = Callable[[Connection, "Tables"], None]

UPGRADES: Final[Mapping[int, Upgrade]] = {}
"""What brings the tables of a version to the next, by the version that it begins with."""


@attrs.frozen(eq=False)
class Tables:
    """
    The tables of the library.

    Args:
        metadata: All of them, for the host's own migrations.
        by_kind: Those of the library's kinds, by the kind's name.
        records: That of all other kinds.
        members: What records hold several of, and the values of custom fields.
        texts: What records say, in folded words.
        blobs: The bytes of attachments.
        version: The schema's version.
    """

    metadata: MetaData
    by_kind: Mapping[str, Table]
    records: Table
    members: Table
    texts: Table
    blobs: Table
    version: Table

    def of(self, shape: Shape) -> Table:
        """The table for records of a shape."""
        return self.by_kind.get(shape.name, self.records) if shape.is_known else self.records


def checked_tenant(tenant: str) -> str:
    """
    The tenant, if it is one: what a host forgot to fill in would be a tenant whom all share who forgot it.

    Raises:
        InvalidInput: It is none.
    """
    if faults := IS_NAME.faults("tenant", tenant):
        raise InvalidInput("SqlStorage", faults)
    return tenant


@lru_cache(maxsize=64)
def all_tables(prefix: str = PREFIX, schema: str | None = None) -> Tables:
    """
    The tables.

    Args:
        prefix: What their names begin with.
        schema: The database schema that they are in; by default whichever the connection uses.

    Raises:
        InvalidInput: The prefix is no beginning of a name.
    """
    if not (prefix == "" or prefix.isidentifier()) or len(prefix) > _PREFIX_LIMIT:
        expected = f"at most {_PREFIX_LIMIT} letters, digits and _"
        raise InvalidInput("SqlStorage", [Fault("prefix", expected, shown(prefix))])
    metadata = MetaData(schema=schema)
    return Tables(
        metadata=metadata,
        by_kind={name: _table(metadata, prefix, shape) for name, shape in known_shapes().items()},
        records=_table(metadata, prefix, UNKNOWN),
        members=_members(metadata, prefix),
        texts=table_of_texts(metadata, prefix),
        blobs=_blobs(metadata, prefix),
        version=Table(f"{prefix}schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False)),
    )


_PREFIX_LIMIT: Final = 20


def tables(prefix: str = PREFIX, schema: str | None = None) -> MetaData:
    """
    The tables as SQLAlchemy metadata, for the host's own migrations.

    Args:
        prefix: What their names begin with.
        schema: The database schema that they are in; by default whichever the connection uses.
    """
    return all_tables(prefix, schema).metadata


def upgrade(connection: Connection, prefix: str = PREFIX, schema: str | None = None) -> None:
    """
    Makes a database ready: makes the tables that are missing, and brings those of an older version to this one.

    It works in the connection's transaction, and commits nothing. A host with migrations of its own calls it in one.

    Args:
        connection: A connection to the database.
        prefix: What the names of tables begin with.
        schema: The database schema that they are in.

    Raises:
        StorageError: The tables are of a newer version than this library knows.
    """
    upgrade_tables(connection, all_tables(prefix, schema))


def upgrade_tables(connection: Connection, ours: Tables) -> None:
    """The same for tables that are known."""
    before = version_of(connection, ours)
    if before is None:
        ours.metadata.create_all(connection)
        make_index(connection, ours.texts)
        connection.execute(insert(ours.version).values(version=SCHEMA_VERSION))
        return
    if before > SCHEMA_VERSION:
        raise wrong_version(before)
    for number in range(before, SCHEMA_VERSION):
        UPGRADES[number](connection, ours)
    connection.execute(update(ours.version).values(version=SCHEMA_VERSION))


def version_of(connection: Connection, ours: Tables) -> int | None:
    """The version of the tables in a database; None if they are not there, or were made and never marked."""
    if not inspect(connection).has_table(ours.version.name, schema=ours.version.schema):
        return None
    found: int | None = connection.execute(select(func.max(ours.version.c.version))).scalar()
    return found


def check_version(connection: Connection, ours: Tables) -> None:
    """
    Makes sure that a database has the tables of this version.

    Raises:
        StorageError: It has others, or none.
    """
    found = version_of(connection, ours)
    if found != SCHEMA_VERSION:
        raise wrong_version(found)


def wrong_version(found: int | None) -> StorageError:
    """The error of finding tables of another version."""
    if found is None:
        return StorageError("expected the tables of ticketcore, found none: call `upgrade` in a migration, or `create`")
    remedy = "call `upgrade` in a migration" if found < SCHEMA_VERSION else "use the version of ticketcore that made it"
    return StorageError(f"expected tables of version {SCHEMA_VERSION}, found version {found}: {remedy}")


def _table(metadata: MetaData, prefix: str, shape: Shape) -> Table:
    name = f"{prefix}{shape.name}"
    table = Table(
        name,
        metadata,
        Column("tenant", TEXT_TYPE, primary_key=True),
        *([] if shape.is_known else [Column("kind", TEXT_TYPE, primary_key=True)]),
        Column("id", TEXT_TYPE, primary_key=True),
        Column("version", BigInteger, nullable=False),
        *(column for leaf in shape.leaves.values() for column in _columns(leaf)),
        *([Column("facts", FACTS_TYPE)] if shape.is_open else []),
        Column("document", TEXT_TYPE),
    )
    for columns in shape.indexes:
        _index(table, columns, shape)
    return table


def _columns(leaf: Leaf) -> Iterator[Column[object]]:
    yield Column(leaf.column, COLUMN_TYPES[leaf.form])
    if leaf.form is Form.TEXT:
        yield Column(leaf.words_column, TEXT_TYPE)


def _index(table: Table, columns: Sequence[str], shape: Shape) -> None:
    """An index; where what is equal is often missing, of those records alone that have it."""
    optional = {leaf.column for leaf in shape.leaves.values() if not leaf.is_always_there}
    first = table.c[columns[0]]
    is_partial = len(columns) > 1 and first.name in optional
    Index(
        f"{table.name}_by_{'_'.join(columns)}",
        *(table.c[name] for name in ("tenant", *columns, "id")),
        sqlite_where=first.is_not(None) if is_partial else None,
        postgresql_where=first.is_not(None) if is_partial else None,
    )


def _members(metadata: MetaData, prefix: str) -> Table:
    table = Table(
        f"{prefix}member",
        metadata,
        Column("tenant", TEXT_TYPE, primary_key=True),
        Column("kind", TEXT_TYPE, primary_key=True),
        Column("id", TEXT_TYPE, primary_key=True),
        Column("field", TEXT_TYPE, primary_key=True),
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("raw", TEXT_TYPE),
        Column("folded", TEXT_TYPE),
        Column("words", TEXT_TYPE),
        Column("number", Double),
        Column("flag", Boolean),
        sqlite_with_rowid=False,
    )
    own = [table.c.tenant, table.c.kind, table.c.field]
    number, has_number = table.c.number, table.c.number.is_not(None)
    by_number = f"{table.name}_by_number"
    Index(by_number, *own, number, table.c.id, sqlite_where=has_number, postgresql_where=has_number)
    for name in ("raw", "folded"):
        column = table.c[name]
        is_there = column.is_not(None)
        # PostgreSQL refuses to index long texts, and SQLite does not look for what is worked out from them.
        Index(f"{table.name}_by_{name}", *own, column, table.c.id, sqlite_where=is_there).ddl_if("sqlite")
        start = start_of(column)
        Index(f"{table.name}_by_start_of_{name}", *own, start, table.c.id, postgresql_where=is_there).ddl_if(
            "postgresql"
        )
    return table


def start_of(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is indexed of a text: databases see that it is the same only where its numbers stand in the statement."""
    return func.substr(column, literal_column("1"), literal_column(str(INDEXED_START)))


def _blobs(metadata: MetaData, prefix: str) -> Table:
    table = Table(
        f"{prefix}blob",
        metadata,
        Column("tenant", TEXT_TYPE, primary_key=True),
        Column("digest", TEXT_TYPE, primary_key=True),
        Column("at", INSTANT_TYPE, nullable=False),
        Column("content", LargeBinary, nullable=False),
    )
    Index(f"{table.name}_by_at", table.c.tenant, table.c.at)
    return table
