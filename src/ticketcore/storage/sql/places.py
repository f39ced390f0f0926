"""
Places: where in a statement the values of one record are found.

A place is the row of the record that is asked about, or of one that it names.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs
from sqlalchemy import (
    BigInteger,
    Boolean,
    Double,
    FromClause,
    Text,
    and_,
    exists,
    literal,
    null,
    select,
)

from ticketcore.conditions.values import DATE, ValueType
from ticketcore.errors import Fault, InvalidInput
from ticketcore.storage.sql.dialects import INSTANT_TYPE, Dialect, Expression, Verdict
from ticketcore.storage.sql.facts import DAY, KEY
from ticketcore.storage.sql.leaves import Form, Leaf, choice_value, day_text, form_of_values, microseconds
from ticketcore.storage.sql.schema import INDEXED_START, Tables, start_of
from ticketcore.storage.sql.shapes import UNIONS, Shape
from ticketcore.storage.sql.wordings import Varying, bound

Encode: TypeAlias = Callable[[Any], Expression]
"""Makes of a value what stands in a statement."""


@attrs.frozen(eq=False)
class Seen:
    """
    A value in a statement.

    Args:
        value: As it is compared; NULL where it is missing.
        encode: Makes of something what this can be compared with.
        words: The words of a text.
        is_by_start: Whether long texts are indexed by their beginnings.
    """

    value: Expression
    encode: Encode
    words: Expression | None = None
    is_by_start: bool = False

    def equals(self, wanted: object, value: Expression) -> Verdict:
        """
        Whether the value is another one.

        Args:
            wanted: The other one, as it was asked for.
            value: What stands in the statement for it.
        """
        if self.is_by_start and isinstance(wanted, str):
            start = start_of(self.value) == wanted[:INDEXED_START]
            return and_(start, self.value == value)
        return self.value == value


AnyOfThem: TypeAlias = Callable[[Seen], Verdict]
"""What must be so of one of several values."""


@attrs.frozen(eq=False)
class Place:
    """
    Where the values of one record are found.

    Args:
        tables: The library's tables.
        dialect: The database's words.
        tenant: Whose records.
        kind: The name of the record's kind.
        shape: How such records are kept.
        table: Their table, under the name that it has in the statement.
    """

    tables: Tables
    dialect: Dialect
    tenant: str
    kind: str
    shape: Shape
    table: FromClause

    @property
    def is_here(self) -> list[Verdict]:
        """What holds of the rows of this kind and tenant."""
        of_kind = [] if self.shape.is_known else [self.table.c.kind == self.kind]
        return [self.table.c.tenant == self.tenant, *of_kind]

    def seen(self, attribute: str, values: ValueType) -> Seen:
        """
        The value of an attribute.

        Args:
            attribute: Which one.
            values: As values of which type it is compared.

        Raises:
            InvalidInput: It is not kept in a form in which it could be compared so.
        """
        form = form_of_values(values)
        if attribute in _OWN:
            return Seen(self.table.c[attribute], encode_number if attribute == "version" else encode_text)
        leaf = self.shape.leaves.get(attribute)
        if leaf is not None and (leaf.form is form or {leaf.form, form} <= _NUMBERS):
            return self._in_column(leaf)
        if self.shape.is_open:
            return self._in_facts(attribute, form, values)
        return self._in_document(attribute, form)

    def key(self, attribute: str) -> Expression | None:
        """An id or key as it is; None if records of this kind have none of that name."""
        leaf = self.shape.leaves.get(attribute)
        if leaf is not None:
            return self.table.c[leaf.column] if leaf.form is Form.KEY else None
        return self.dialect.fact(self.table.c.facts, [attribute, 0]) if self.shape.is_open else None

    def _in_column(self, leaf: Leaf) -> Seen:
        column = self.table.c[leaf.column]
        if leaf.form is Form.TEXT:
            return Seen(column, encode_text, self.table.c[leaf.words_column])
        encode = self.encode_instant if leaf.form is Form.INSTANT else _ENCODERS[leaf.form]
        return Seen(column, encode)

    def _in_facts(self, attribute: str, form: Form, values: ValueType) -> Seen:
        facts = self.table.c.facts
        if not _is_path(attribute):
            return Seen(null(), encode_text, null())
        if values is DATE:
            return Seen(self.dialect.fact(facts, [attribute, DAY]), encode_day)
        if form is Form.CHOICE:
            return Seen(self.dialect.fact(facts, [attribute, KEY]), encode_choice)
        if form is Form.KEY:
            return Seen(self.dialect.fact(facts, [attribute, 0]), encode_text)
        if form is Form.TEXT:
            folded, its_words = (self.dialect.fact(facts, [attribute, place]) for place in (1, 2))
            return Seen(folded, encode_text, its_words)
        return Seen(self.dialect.number_fact(facts, attribute), _IN_FACTS[form])

    def _in_document(self, attribute: str, form: Form) -> Seen:
        """A value that no column has. Nobody has indexed it, and of texts it is not known how they are compared."""
        if not self.shape.has(attribute):
            return Seen(null(), _ENCODERS.get(form, encode_text), null())
        if form not in _IN_DOCUMENTS or "." in attribute:
            raise not_kept(self.kind, attribute)
        number, text = self.dialect.in_document(self.table.c.document, [attribute])
        return Seen(number if form is Form.NUMBER else text, _IN_DOCUMENTS[form])

    def encode_instant(self, instant: datetime | Varying) -> Expression:
        """An instant as columns hold it."""
        return bound(instant, INSTANT_TYPE, self.dialect.instant)

    # What records hold several of.

    def holds(self, attribute: str, *, is_text: bool, any_of: AnyOfThem | None) -> Verdict:
        """
        Whether an attribute holds something.

        Args:
            attribute: Which one.
            is_text: Whether its members are texts, and compared folded.
            any_of: What must be so of a member; None for any member at all.
        """
        if self.shape.is_open:
            return self._holds_in_facts(attribute, is_text=is_text, any_of=any_of)
        return self.holds_among(self.kind, self.table.c.id, attribute, is_text=is_text, any_of=any_of)

    def holds_among(
        self, kind: str, id: Expression, attribute: str, *, is_text: bool, any_of: AnyOfThem | None
    ) -> Verdict:
        """The same of a record that this one names, whose fields are columns."""
        members = self.tables.members.alias()
        column = members.c.folded if is_text else members.c.raw
        wanted = [] if any_of is None else [any_of(Seen(column, encode_text, is_by_start=True))]
        return self.is_among(members, kind, id, UNIONS.get(attribute, (attribute,)), wanted)

    def is_among(
        self, members: FromClause, kind: str, id: Expression, fields: Sequence[str], wanted: Sequence[Verdict]
    ) -> Verdict:
        """Whether there is a row among the members of some fields of a record of which something holds."""
        c = members.c
        of_field = c.field == fields[0] if len(fields) == 1 else c.field.in_(fields)
        found = select(c.id).where(c.tenant == self.tenant, c.kind == kind, of_field, *wanted)
        return id.in_(found.correlate(self.table))

    def _holds_in_facts(self, attribute: str, *, is_text: bool, any_of: AnyOfThem | None) -> Verdict:
        if not _is_path(attribute):
            return literal(value=False, type_=Boolean())
        each, raw, folded = self.dialect.member_facts(self.table.c.facts, attribute)
        wanted = [] if any_of is None else [any_of(Seen(folded if is_text else raw, encode_text))]
        return exists(select(literal(1)).select_from(each).where(*wanted).correlate(self.table))


def not_kept(kind: str, attribute: str) -> InvalidInput:
    """The error of asking for what is kept in no form in which it could be asked for."""
    expected = f"fields of {kind} that are kept in columns: the library's own"
    return InvalidInput("Query", [Fault("where", expected, attribute)])


def encode_text(value: str | Varying) -> Expression:
    """A text or key."""
    return bound(value, Text())


def encode_number(value: object) -> Expression:
    """A number; a fraction must not be rounded to what the column holds."""
    sample = value.sample if isinstance(value, Varying) else value
    return bound(value, Double() if isinstance(sample, float) else BigInteger())


def encode_fraction(value: float | Varying) -> Expression:
    """A number, for a column of fractions."""
    return bound(value, Double(), float)


def encode_flag(value: bool | Varying) -> Expression:  # noqa: FBT001 - it is the value
    """A flag."""
    return bound(value, Boolean(), bool)


def encode_choice(value: Enum) -> Expression:
    """A choice by its key, or by its rank."""
    known = choice_value(value)
    return literal(known, Text() if isinstance(known, str) else BigInteger())


def encode_day(value: date) -> Expression:
    """A day."""
    return bound(value, Text(), day_text)


def encode_microseconds(value: datetime | Varying) -> Expression:
    """An instant as facts hold it."""
    return bound(value, BigInteger(), microseconds)


def encode_written(value: datetime | Varying) -> Expression:
    """An instant as documents hold it."""
    return bound(value, Text(), _written)


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


_OWN: Final = frozenset({"id", "version"})
_NUMBERS: Final = frozenset({Form.NUMBER, Form.FRACTION})
_ENCODERS: Final[dict[Form, Encode]] = {
    Form.KEY: encode_text,
    Form.CHOICE: encode_choice,
    Form.RANK: encode_choice,
    Form.NUMBER: encode_number,
    Form.FRACTION: encode_fraction,
    Form.FLAG: encode_flag,
}
_IN_FACTS: Final[dict[Form, Encode]] = {
    Form.RANK: encode_choice,
    Form.NUMBER: encode_number,
    Form.FLAG: lambda value: bound(value, BigInteger(), int),
    Form.INSTANT: encode_microseconds,
}
_IN_DOCUMENTS: Final[dict[Form, Encode]] = {
    Form.KEY: encode_text,
    Form.CHOICE: encode_choice,
    Form.NUMBER: encode_number,
    Form.INSTANT: encode_written,
}


def _is_path(attribute: str) -> bool:
    """Whether it is the name of an attribute, or several with dots: nothing else is in facts."""
    return all(step.isidentifier() for step in attribute.split("."))
