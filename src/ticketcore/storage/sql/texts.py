"""
Texts: what records say, in folded words, and the databases' own indexes of them.

SQLite has an FTS5 table beside the texts, which triggers keep up; PostgreSQL has GIN indexes of their words as text
search vectors. Neither sees a letter that was not folded here, and neither cuts texts into words: those stand between
blanks.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.types import TypeEngine, UserDefinedType

from ticketcore.model.passages import Passage
from ticketcore.storage.sql.dialects import TEXT_TYPE, fts5_name, vector_name
from ticketcore.words import folded

TextRow: TypeAlias = tuple[str, str, str, str]
"""What a row says: which tickets are found by it, whose it is, and its public and its private words."""


class _Made(UserDefinedType[Any]):
    """
    What a database makes by itself, and only one of the two needs.

    Args:
        declared: As a table declares it.
    """

    cache_ok = True

    def __init__(self, declared: str) -> None:
        self.declared = declared

    def get_col_spec(self, **_: object) -> str:
        """As a table declares it."""
        return self.declared


def table_of_texts(metadata: MetaData, prefix: str) -> Table:
    """The table of what records say, with the indexes of its words."""
    table = Table(
        f"{prefix}text",
        metadata,
        # By this SQLite's index knows a row: no other number stays when the file is made smaller.
        Column("number", BigInteger().with_variant(_Made("INTEGER PRIMARY KEY"), "sqlite")),
        Column("tenant", TEXT_TYPE, nullable=False),
        Column("kind", TEXT_TYPE, nullable=False),
        Column("id", TEXT_TYPE, nullable=False),
        Column("found_by", TEXT_TYPE, nullable=False),
        Column("owner", TEXT_TYPE, nullable=False),
        Column("public", TEXT_TYPE, nullable=False),
        Column("private", TEXT_TYPE, nullable=False),
        *(Column(vector_name(name), _vector(name)) for name in _TEXTS),
        PrimaryKeyConstraint(*_KEY).ddl_if("postgresql"),
        UniqueConstraint(*_KEY).ddl_if("sqlite"),
    )
    for name in _TEXTS:
        # A word is the same for all tenants: whose row it is is seen when that is read.
        Index(f"{table.name}_by_{name}", table.c[vector_name(name)], postgresql_using="gin").ddl_if("postgresql")
    event.listen(
        table, "before_drop", _for_sqlite(f"DROP TABLE IF EXISTS {_in_schema(table)}{_quoted(fts5_name(table))}")
    )
    return table


def make_index(connection: Connection, texts: Table) -> None:
    """Makes the index of words that is no part of the metadata: SQLite's, of whatever is there already."""
    if connection.dialect.name == "sqlite":
        for statement in _fts5(texts):
            connection.exec_driver_sql(statement)


_KEY: Final = ("tenant", "kind", "id")
_TEXTS: Final = ("public", "private")


def _vector(name: str) -> TypeEngine[Any]:
    """The words of a column as PostgreSQL's text search has them; stored, since they take long to make."""
    made = _Made(f"TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim({name}), ' '))) STORED")
    return Text().with_variant(made, "postgresql")


def text_of(passage: Passage) -> TextRow:
    """What stands in the row of a record that says this."""
    return (passage.found_by.value, passage.owner, folded(passage.public), folded(passage.private))


def _fts5(table: Table) -> Iterator[str]:
    """The statements that make SQLite's index, which keeps no texts of its own."""
    schema = _in_schema(table)
    own, index = _quoted(table.name), _quoted(fts5_name(table))
    # For this tokenizer every letter beyond ASCII is one, whatever SQLite knows of it; an index of columns without
    # places is the smallest that tells public words from private ones.
    yield (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {schema}{index} USING fts5(public, private, "
        f"content={own}, content_rowid='number', tokenize='ascii tokenchars _', detail=column, columnsize=0)"
    )
    added = f"INSERT INTO {index}(rowid, public, private) VALUES (new.number, new.public, new.private);"  # noqa: S608 - names of our own
    removed = (
        f"INSERT INTO {index}({index}, rowid, public, private) VALUES ('delete', old.number, old.public, old.private);"  # noqa: S608 - as above
    )
    for name, what, does in (
        ("insert", "INSERT", added),
        ("delete", "DELETE", removed),
        ("update", "UPDATE", f"{removed} {added}"),
    ):
        trigger = f"{schema}{_quoted(f'{table.name}_on_{name}')}"
        yield f"CREATE TRIGGER IF NOT EXISTS {trigger} AFTER {what} ON {own} BEGIN {does} END"
    yield f"INSERT INTO {schema}{index}({index}) VALUES ('rebuild')"  # noqa: S608 - as above


def _for_sqlite(statement: str) -> ExecutableDDLElement:
    made: ExecutableDDLElement = DDL(statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return made


def _in_schema(table: Table) -> str:
    return f"{_quoted(table.schema)}." if table.schema else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
