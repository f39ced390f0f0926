"""
Dialects: where SQLite and PostgreSQL need different words for the same thing.

Nothing here knows what records are.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Double,
    FromClause,
    Numeric,
    Table,
    Text,
    UnaryExpression,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
)
from sqlalchemy import (
    Dialect as EngineDialect,
)
from sqlalchemy.dialects.postgresql import JSONB, TSQUERY
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import TypeEngine

from ticketcore.errors import Fault, InvalidInput
from ticketcore.storage.sql.facts import MEMBERS
from ticketcore.storage.sql.leaves import Form, microseconds
from ticketcore.storage.sql.lines import Line, Told

Expression: TypeAlias = ColumnElement[Any]
Verdict: TypeAlias = ColumnElement[bool]

# By code points, as Python orders texts, whatever the database's own language is.
TEXT_TYPE: Final = Text().with_variant(Text(collation="C"), "postgresql")
INSTANT_TYPE: Final = BigInteger().with_variant(DateTime(timezone=True), "postgresql")
FACTS_TYPE: Final = Text().with_variant(JSONB(), "postgresql")

COLUMN_TYPES: Final[dict[Form, TypeEngine[Any]]] = {
    Form.TEXT: TEXT_TYPE,
    Form.KEY: TEXT_TYPE,
    Form.CHOICE: TEXT_TYPE,
    Form.RANK: BigInteger(),
    Form.NUMBER: BigInteger(),
    Form.FRACTION: Double(),
    Form.FLAG: Boolean(),
    Form.INSTANT: INSTANT_TYPE,
}


class Dialect(ABC):
    """What differs between databases."""

    name: ClassVar[str]
    begin: ClassVar[str]
    """Begins a transaction that will write."""
    for_share: ClassVar[bool]
    """Whether rows that were only read must be locked until the commit, since others write at the same time."""
    nulls_come_first: ClassVar[bool]
    """Whether NULL is less than everything, where nothing is said about it."""
    mark: ClassVar[str]
    """What stands for a parameter in the driver's statements."""

    @abstractmethod
    def instant(self, value: datetime) -> object:
        """An instant as drivers take it."""

    @abstractmethod
    def position(self, text: Expression, part: Expression) -> Expression:
        """Where in a text another one begins; 0 if nowhere."""

    @abstractmethod
    def values(self, texts: Collection[str]) -> FromClause:
        """Many texts as a table with the column `value`, in one parameter."""

    @abstractmethod
    def in_document(self, document: Expression, path: Sequence[str]) -> tuple[Expression, Expression]:
        """What stands at a place of a document: as a number, and as a text; each NULL if it is none."""

    @abstractmethod
    def packed_in_document(self, document: Expression, path: Sequence[str]) -> Expression:
        """What stands at a place of a document, as JSON; NULL where nothing does."""

    @abstractmethod
    def fact(self, facts: Expression, path: Sequence[str | int]) -> Expression:
        """A text at a place of the facts; NULL if there is none."""

    @abstractmethod
    def number_fact(self, facts: Expression, name: str) -> Expression:
        """A number of the facts; NULL if there is none."""

    @abstractmethod
    def member_facts(self, facts: Expression, name: str) -> tuple[FromClause, Expression, Expression]:
        """What a fact holds several of: a table, and there a text as it is, and folded."""

    @abstractmethod
    def wanted_words(self, names: Sequence[str], words: Sequence[str], *, is_open: bool) -> str:
        """All these words in some columns, as an index is asked for them; if open, the last one may go on."""

    @abstractmethod
    def with_words(self, texts: Table, tenant: str, names: Sequence[str], wanted: Expression) -> list[Verdict]:
        """What is true of a tenant's texts that have all wanted words in some columns, be it one in each."""

    def unindexed(self, value: Expression) -> Expression:
        """A value by whose order nothing should be looked for, where the database cannot know that by itself."""
        return value

    @abstractmethod
    def lock(self, line: Line, names: Sequence[str]) -> None:
        """Waits for things of these names, in this order, and holds them until the transaction ends."""


class Sqlite(Dialect):
    """SQLite: one writer at a time, so who may write has locked everything."""

    name = "sqlite"
    begin = "BEGIN IMMEDIATE"
    for_share = False
    nulls_come_first = True
    mark = "?"

    def instant(self, value: datetime) -> object:
        """An instant in microseconds."""
        return microseconds(value)

    def position(self, text: Expression, part: Expression) -> Expression:
        """Where in a text another one begins."""
        return func.instr(text, part)

    def values(self, texts: Collection[str]) -> FromClause:
        """Many texts as a table."""
        return select(func.json_each(json.dumps(list(texts))).table_valued("value").c.value).subquery()

    def in_document(self, document: Expression, path: Sequence[str]) -> tuple[Expression, Expression]:
        """A number or a text of a document."""
        found = func.json_extract(document, _json_path(path))
        return (
            case((func.typeof(found).in_(("integer", "real")), found)),
            case((func.json_type(document, _json_path(path)) == "text", found)),
        )

    def packed_in_document(self, document: Expression, path: Sequence[str]) -> Expression:
        """What stands at a place of a document, as JSON."""
        return func.json_extract(document, _json_path(path))

    def fact(self, facts: Expression, path: Sequence[str | int]) -> Expression:
        """A text of the facts."""
        return func.json_extract(facts, _json_path(path), type_=Text())

    def number_fact(self, facts: Expression, name: str) -> Expression:
        """A number of the facts."""
        found = func.json_extract(facts, _json_path([name]))
        return case((func.typeof(found).in_(("integer", "real")), found))

    def member_facts(self, facts: Expression, name: str) -> tuple[FromClause, Expression, Expression]:
        """What a fact holds several of."""
        each = func.json_each(facts, _json_path([name, MEMBERS])).table_valued("value", "type")
        is_text = each.c.type == "array"
        raw, folded = (
            case((is_text, func.json_extract(each.c.value, f"$[{place}]", type_=Text()))) for place in (0, 1)
        )
        return each, raw, folded

    def wanted_words(self, names: Sequence[str], words: Sequence[str], *, is_open: bool) -> str:
        """All these words, in the words of FTS5."""
        wanted = " AND ".join(f'"{word}"' for word in words)
        return f"{{{' '.join(names)}}} : ({wanted}{' *' if is_open else ''})"

    def with_words(self, texts: Table, tenant: str, names: Sequence[str], wanted: Expression) -> list[Verdict]:
        """Asks the FTS5 table beside the texts, and looks at the texts that it names."""
        del names
        own_name = fts5_name(texts)
        index = table(own_name, column("rowid"), column(own_name), schema=texts.schema)
        has_words = index.c[own_name].op("MATCH", is_comparison=True)(wanted)
        return [has_words, texts.c.number == index.c.rowid, self.unindexed(texts.c.tenant) == tenant]

    def unindexed(self, value: Expression) -> Expression:
        """A value that SQLite does not look for in an index: it takes all of a tenant's for few."""
        return UnaryExpression(value, operator=custom_op("+"))

    def lock(self, line: Line, names: Sequence[str]) -> None:
        """Nothing more to do: who has begun to write is alone."""


class Postgresql(Dialect):
    """PostgreSQL: many writers at a time."""

    name = "postgresql"
    begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
    for_share = True
    nulls_come_first = False
    mark = "%s"

    def instant(self, value: datetime) -> object:
        """The instant itself."""
        return value

    def position(self, text: Expression, part: Expression) -> Expression:
        """Where in a text another one begins."""
        return func.strpos(text, part)

    def values(self, texts: Collection[str]) -> FromClause:
        """Many texts as a table."""
        many = cast(literal(json.dumps(list(texts)), Text()), JSONB())
        return select(func.jsonb_array_elements_text(many).column_valued("value").label("value")).subquery()

    def in_document(self, document: Expression, path: Sequence[str]) -> tuple[Expression, Expression]:
        """A number or a text of a document."""
        return self._number_and_text(cast(document, JSONB()), path)

    def packed_in_document(self, document: Expression, path: Sequence[str]) -> Expression:
        """What stands at a place of a document, as JSON."""
        return cast(func.jsonb_extract_path(cast(document, JSONB()), *path), Text())

    def fact(self, facts: Expression, path: Sequence[str | int]) -> Expression:
        """A text of the facts."""
        return func.jsonb_extract_path_text(facts, *map(str, path), type_=Text()).collate("C")

    def number_fact(self, facts: Expression, name: str) -> Expression:
        """A number of the facts."""
        return self._number_and_text(facts, [name])[0]

    def member_facts(self, facts: Expression, name: str) -> tuple[FromClause, Expression, Expression]:
        """What a fact holds several of."""
        each = func.jsonb_array_elements(func.jsonb_extract_path(facts, name, MEMBERS)).table_valued("value")
        raw, folded = (func.jsonb_extract_path_text(each.c.value, str(place), type_=Text()) for place in (0, 1))
        return each, raw, folded

    def wanted_words(self, names: Sequence[str], words: Sequence[str], *, is_open: bool) -> str:
        """All these words, as a text search query."""
        del names
        wanted = " & ".join(f"'{word}'" for word in words)
        return f"{wanted}{':*' if is_open else ''}"

    def with_words(self, texts: Table, tenant: str, names: Sequence[str], wanted: Expression) -> list[Verdict]:
        """Asks the index of each column's vector."""
        asked = cast(wanted, TSQUERY())
        has_words = or_(*(texts.c[vector_name(name)].op("@@", is_comparison=True)(asked) for name in names))
        return [texts.c.tenant == tenant, has_words]

    def lock(self, line: Line, names: Sequence[str]) -> None:
        """Takes a lock of the transaction on each name: it need not be there yet."""
        for name in names:
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            number = int.from_bytes(digest, "big", signed=True)
            line.tell(Told("SELECT pg_advisory_xact_lock(%s)", [(number,)], gives_rows=True))

    def _number_and_text(self, document: Expression, path: Sequence[str]) -> tuple[Expression, Expression]:
        found = func.jsonb_typeof(func.jsonb_extract_path(document, *path))
        text = func.jsonb_extract_path_text(document, *path, type_=Text())
        return case((found == "number", cast(text, Numeric()))), case((found == "string", text.collate("C")))


def _json_path(path: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in path)


def fts5_name(table: Table) -> str:
    """The name of the FTS5 table beside one of texts."""
    return f"{table.name}_words"


def vector_name(name: str) -> str:
    """The name of the column of a text search vector beside one of folded words."""
    return f"{name}_vector"


_DIALECTS: Final = {dialect.name: dialect for dialect in (Sqlite(), Postgresql())}


def dialect_of(engine: EngineDialect) -> Dialect:
    """
    What is different with a database.

    Raises:
        InvalidInput: It is neither SQLite nor PostgreSQL.
    """
    if engine.name not in _DIALECTS:
        raise InvalidInput("SqlStorage", [Fault("engine", "one of SQLite or PostgreSQL", engine.name)])
    return _DIALECTS[engine.name]
