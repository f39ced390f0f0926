"""
Texts: what records say, in folded words, and the databases' own indexes of them.

SQLite has an FTS5 table beside the texts, which triggers keep up; PostgreSQL has GIN indexes of their words as text
search vectors. Neither sees a letter that was not folded here, and neither cuts texts into words: those stand between
blanks.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    event,
)
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.types import UserDefinedType

from ticketcore.model.passages import Passage
from ticketcore.storage.sql.dialects import TEXT_TYPE, fts5_name, text_vector
from ticketcore.words import folded

Text: TypeAlias = tuple[str, str, str, str]
"""What a row says: which tickets are found by it, whose it is, and its public and its private words."""


class _RowNumber(UserDefinedType[int]):
    """The number by which SQLite's index knows a row; no other number stays when the file is made smaller."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """As a table declares it."""
        return "INTEGER PRIMARY KEY"


def table_of_texts(metadata: MetaData, prefix: str) -> Table:
    """The table of what records say, with the indexes of its words."""
    table = Table(
        f"{prefix}text",
        metadata,
        # PostgreSQL finds rows by their indexes; there it stays empty.
        Column("number", BigInteger().with_variant(_RowNumber(), "sqlite")),
        Column("tenant", TEXT_TYPE, nullable=False),
        Column("kind", TEXT_TYPE, nullable=False),
        Column("id", TEXT_TYPE, nullable=False),
        Column("found_by", TEXT_TYPE, nullable=False),
        Column("owner", TEXT_TYPE, nullable=False),
        Column("public", TEXT_TYPE, nullable=False),
        Column("private", TEXT_TYPE, nullable=False),
        PrimaryKeyConstraint(*_KEY).ddl_if("postgresql"),
        UniqueConstraint(*_KEY).ddl_if("sqlite"),
    )
    for name in ("public", "private"):
        # A word is the same for all tenants: whose row it is is seen when that is read.
        index = Index(f"{table.name}_by_{name}", text_vector(table.c[name]), postgresql_using="gin")
        index.ddl_if("postgresql")
    for statement in _fts5(table):
        event.listen(table, "after_create", _for_sqlite(statement))
    event.listen(table, "before_drop", _for_sqlite(f"DROP TABLE {_in_schema(table)}{_quoted(fts5_name(table))}"))
    return table


_KEY: Final = ("tenant", "kind", "id")


def text_of(passage: Passage) -> Text:
    """What the row of a record says that says this."""
    return (passage.found_by.value, passage.owner, folded(passage.public), folded(passage.private))


def _fts5(table: Table) -> Iterator[str]:
    """The statements that make the index of SQLite, which keeps no texts of its own."""
    schema = _in_schema(table)
    own, index = _quoted(table.name), _quoted(fts5_name(table))
    # For this tokenizer every letter beyond ASCII is one, whatever SQLite knows of it; an index of columns without
    # places is the smallest that tells public words from private ones.
    yield (
        f"CREATE VIRTUAL TABLE {schema}{index} USING fts5(public, private, content={own}, content_rowid='number', "
        "tokenize='ascii tokenchars _', detail=column, columnsize=0)"
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
        yield f"CREATE TRIGGER {schema}{_quoted(f'{table.name}_on_{name}')} AFTER {what} ON {own} BEGIN {does} END"


def _for_sqlite(statement: str) -> ExecutableDDLElement:
    made: ExecutableDDLElement = DDL(statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return made


def _in_schema(table: Table) -> str:
    return f"{_quoted(table.schema)}." if table.schema else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
