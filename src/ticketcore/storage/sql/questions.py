"""
Questions: a query as one statement for its page, its count, or its tally.

Each is translated once for all queries that differ in nothing but the viewer, the cursor's values, the words, and the
time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import attrs
from sqlalchemy import Dialect as EngineDialect
from sqlalchemy import SelectBase, and_, func, null, select

from ticketcore.conditions import Condition
from ticketcore.errors import Fault, InvalidInput
from ticketcore.query import Order, Query, field_reader, members
from ticketcore.storage.protocols import Tally
from ticketcore.storage.sql.conditions import Translator
from ticketcore.storage.sql.dialects import Dialect, Expression, Verdict
from ticketcore.storage.sql.leaves import Form, annotation_of
from ticketcore.storage.sql.orders import Ordering
from ticketcore.storage.sql.places import Place
from ticketcore.storage.sql.schema import Tables
from ticketcore.storage.sql.shapes import UNIONS, shape_of
from ticketcore.storage.sql.wordings import Wording, word
from ticketcore.storage.sql.words import AlikeWords, WordTranslator, alike_words

WORDINGS_LIMIT: Final = 1_000
"""How many questions are kept in the database's words."""

_OWN: Final = frozenset({"id", "version"})
_COUNTED_AS_THEY_ARE: Final = frozenset({Form.KEY, Form.NUMBER})


@attrs.frozen
class Alike:
    """
    What queries have in common that are put in the same words.

    Args:
        kind: The name of the records' kind.
        where: What must hold of them.
        has_viewer: Whether somebody looks at them.
        order: In which order they are wanted.
        limit: How many at most.
        after: The types of the cursor's values; None without one.
        words: What looking for its words has in common with looking for others; None without any.
        query: One of these queries.
    """

    kind: str
    where: Condition[Any]
    has_viewer: bool
    order: tuple[Order, ...]
    limit: int | None
    after: tuple[type, ...] | None
    words: AlikeWords | None
    query: Query[Any] = attrs.field(eq=False)

    @classmethod
    def of(cls, query: Query[Any]) -> "Alike":
        """What a query has in common with others."""
        after = None if query.after is None else tuple(map(type, query.after.values))
        words = None if query.words is None else alike_words(query.words)
        has_viewer = query.viewer is not None
        return cls(query.kind.name, query.where, has_viewer, query.order, query.limit, after, words, query)


class Questions:
    """
    The questions that are put to the tables, in the database's words.

    Args:
        tables: The tables.
        dialect: The database's words.
        engine: How the engine has them written.
        tenant: Whose records.
    """

    def __init__(self, tables: Tables, dialect: Dialect, engine: EngineDialect, *, tenant: str) -> None:
        self._tables = tables
        self._dialect = dialect
        self._engine = engine
        self._tenant = tenant
        self._kept = lru_cache(maxsize=WORDINGS_LIMIT)(self._word)

    def page(self, query: Query[Any]) -> Wording:
        """The statement for the page: its documents, and one more if there is another page."""
        return self._kept(Question.page, Alike.of(query))

    def count(self, query: Query[Any]) -> Wording:
        """The statement for the number."""
        return self._kept(Question.count, Alike.of(query))

    def tally(self, query: Query[Any], by: str) -> Wording:
        """
        The statement for the numbers by value: rows of one value, how often it is there, and a document that has it.

        Raises:
            InvalidInput: The field is worked out from others, and not kept.
        """
        return self._kept(Question.tally, Alike.of(query), by)

    def _word(self, write: Callable[..., SelectBase], alike: Alike, *further: str) -> Wording:
        kind, shape = alike.query.kind, shape_of(alike.query.kind)
        place = Place(self._tables, self._dialect, self._tenant, kind.name, shape, self._tables.of(shape))
        return word(write(Question(alike.query, place), *further), self._engine)


def tally_of(rows: Iterable[Any], by: str, read: Callable[[str], Any]) -> Tally:
    """The numbers by value; `read` makes a record of a document."""
    counts: Counter[Any] = Counter()
    value_of = field_reader(by)
    for value, number, sample in rows:
        values = (value,) if sample is None else members(value_of(read(sample)))
        for it in values:
            counts[it] += number
    return counts


@attrs.frozen(eq=False)
class Question:
    """
    A query put to the tables.

    Args:
        query: The query; its viewer, its cursor's values and its words are left open.
        place: Where its records are found.
    """

    query: Query[Any]
    place: Place

    def page(self) -> SelectBase:
        """The statement for the page: its documents, and one more if there is another page."""
        ordering = Ordering(self.place, self.query)
        found = select(self.place.table.c.document).where(*self._where(), *ordering.behind())
        found = found.order_by(*ordering.clauses())
        return found if self.query.limit is None else found.limit(self.query.limit + 1)

    def count(self) -> SelectBase:
        """The statement for the number."""
        return select(func.count()).select_from(self.place.table).where(*self._where())

    def tally(self, by: str) -> SelectBase:
        """
        The statement for the numbers by value: rows of one value, how often it is there, and a document that has it.

        Raises:
            InvalidInput: The field is worked out from others, and not kept.
        """
        if by in self.place.shape.sets or by in UNIONS:
            return self._tally_of_members(by)
        leaf, columns = self.place.shape.leaves.get(by), self.place.table.c
        if by in _OWN or (leaf is not None and leaf.form in _COUNTED_AS_THEY_ARE):
            column = columns[by if leaf is None else leaf.column]
            return self._grouped(column)
        return self._tally_with_samples(self._told_apart_by(by))

    def _where(self) -> list[Verdict]:
        translator = Translator(self.place, self.query.viewer is not None)
        said = () if self.query.words is None else WordTranslator(self.place, self.query.words).verdicts()
        return [*self.place.is_here, translator.verdict(self.query.where), *said]

    def _grouped(self, value: Expression) -> SelectBase:
        chosen = select(value, func.count(), null())
        return chosen.select_from(self.place.table).where(*self._where()).group_by(value)

    def _tally_of_members(self, by: str) -> SelectBase:
        """A record counts for each of its values; one without any is there once, without a value."""
        table, rows = self.place.table, self.place.tables.members.alias()
        fields = UNIONS.get(by, (by,))
        link = and_(
            rows.c.tenant == self.place.tenant,
            rows.c.kind == self.place.kind,
            rows.c.id == table.c.id,
            rows.c.field.in_(fields),
        )
        counted = select(rows.c.raw, func.count(table.c.id.distinct()), null())
        return counted.select_from(table.outerjoin(rows, link)).where(*self._where()).group_by(rows.c.raw)

    def _told_apart_by(self, by: str) -> list[Expression]:
        """What is the same for records that have the same value."""
        shape, columns = self.place.shape, self.place.table.c
        leaf, first = shape.leaves.get(by), by.split(".", maxsplit=1)[0]
        if leaf is not None and leaf.form is not Form.TEXT:
            return [columns[leaf.column]]
        written = self.place.dialect.packed_in_document(columns.document, [first])
        if shape.is_open:
            is_path = all(step.isidentifier() for step in by.split("."))
            return [written, self.place.dialect.packed_in_document(columns.facts, [by])] if is_path else []
        if shape.has(by) and not any(annotation_of(it, first) for it in shape.classes):
            raise InvalidInput("tally", [Fault("by", f"a field that {shape.name} keeps", by)])
        return [written] if shape.has(by) else []

    def _tally_with_samples(self, apart: Sequence[Expression]) -> SelectBase:
        table = self.place.table
        chosen = select(func.count().label("number"), func.min(table.c.id).label("sample"))
        groups = chosen.where(*self._where()).group_by(*apart).subquery()
        samples = self.place.tables.of(self.place.shape).alias()
        there = attrs.evolve(self.place, table=samples)
        return select(null(), groups.c.number, samples.c.document).where(
            *there.is_here, samples.c.id == groups.c.sample
        )
