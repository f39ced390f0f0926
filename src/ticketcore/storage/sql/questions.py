"""Questions: a query as one statement for its page, its count, or its tally, and the answer made of the rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import attrs
from sqlalchemy import Executable, and_, func, null, select

from ticketcore.errors import Fault, InvalidInput
from ticketcore.query import Page, Query, field_reader, members
from ticketcore.storage.protocols import Tally
from ticketcore.storage.sql.conditions import Translator
from ticketcore.storage.sql.dialects import Expression
from ticketcore.storage.sql.leaves import Form, annotation_of
from ticketcore.storage.sql.orders import Ordering
from ticketcore.storage.sql.places import Place, Verdict
from ticketcore.storage.sql.shapes import UNIONS

T = TypeVar("T")

_OWN: Final = frozenset({"id", "version"})
_COUNTED_AS_THEY_ARE: Final = frozenset({Form.KEY, Form.NUMBER})


@attrs.frozen(eq=False)
class Question(Generic[T]):
    """
    A query put to the tables.

    Args:
        query: The query.
        place: Where its records are found.
        now: The time that relative conditions count from.
        read: Makes a record of a document.
    """

    query: Query[T]
    place: Place
    now: datetime
    read: Callable[[str], T]

    def page(self) -> Executable:
        """The statement for the page: its documents, and one more if there is another page."""
        ordering = Ordering(self.place, self.query)
        found = select(self.place.table.c.document).where(*self._where(), *ordering.behind())
        found = found.order_by(*ordering.clauses())
        return found if self.query.limit is None else found.limit(self.query.limit + 1)

    def page_of(self, rows: Sequence[Any]) -> Page[T]:
        """The page."""
        return self.query.page([self.read(row[0]) for row in rows])

    def count(self) -> Executable:
        """The statement for the number."""
        return select(func.count()).select_from(self.place.table).where(*self._where())

    def tally(self, by: str) -> Executable:
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

    def tally_of(self, rows: Sequence[Any], by: str) -> Tally:
        """The numbers by value."""
        counts: Counter[Any] = Counter()
        read = field_reader(by)
        for value, number, sample in rows:
            values = (value,) if sample is None else members(read(self.read(sample)))
            for it in values:
                counts[it] += number
        return counts

    def _where(self) -> list[Verdict]:
        translator = Translator(self.place, self.now, self.query.viewer)
        return [*self.place.is_here, translator.verdict(self.query.where)]

    def _grouped(self, value: Expression) -> Executable:
        chosen = select(value, func.count(), null())
        return chosen.select_from(self.place.table).where(*self._where()).group_by(value)

    def _tally_of_members(self, by: str) -> Executable:
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

    def _tally_with_samples(self, apart: Sequence[Expression]) -> Executable:
        table = self.place.table
        chosen = select(func.count().label("number"), func.min(table.c.id).label("sample"))
        groups = chosen.where(*self._where()).group_by(*apart).subquery()
        samples = self.place.tables.of(self.place.shape).alias()
        there = attrs.evolve(self.place, table=samples)
        return select(null(), groups.c.number, samples.c.document).where(
            *there.is_here, samples.c.id == groups.c.sample
        )
