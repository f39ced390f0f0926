"""
Orders in SQL: what is sorted by, and what comes behind a cursor, exactly as `Query` has it.

A criterion can take two expressions, where it is not known beforehand whether a field holds numbers or texts.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import attrs
from sqlalchemy import UnaryExpression, and_, or_, true

from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.query import Cursor, Order, Query
from ticketcore.storage.sql.dialects import Expression, Verdict
from ticketcore.storage.sql.leaves import Form, Leaf, annotation_of, bare, form_of_type
from ticketcore.storage.sql.places import (
    Place,
    encode_flag,
    encode_microseconds,
    encode_number,
    encode_text,
    encode_written,
)
from ticketcore.storage.sql.shapes import UNIONS
from ticketcore.storage.sql.wordings import Varying


@attrs.frozen(eq=False)
class Criterion:
    """
    An expression to sort by.

    Args:
        value: The expression.
        accepts: The types of its values.
        encode: Makes of a value that is filled in what it is compared with.
        is_always_there: Whether it is never NULL.
    """

    value: Expression
    accepts: tuple[type, ...]
    encode: Callable[[Varying], Expression]
    is_always_there: bool = False


class Ordering:
    """
    The order of a query.

    Args:
        place: Where the records are found.
        query: The query.

    Raises:
        InvalidInput: The order names a field whose values have none, or the cursor is one of another order.
    """

    def __init__(self, place: Place, query: Query[Any]) -> None:
        self._place = place
        self._query = query
        self._criteria = [(order, [*self._read(order)]) for order in query.order]

    def _read(self, order: Order) -> Iterator[Criterion]:
        """What an order sorts by; where words are looked for, they lead to the records, and not their order."""
        for criterion in _criteria(self._place, order):
            value = criterion.value if self._query.words is None else self._place.dialect.unindexed(criterion.value)
            yield attrs.evolve(criterion, value=value)

    def clauses(self) -> list[Expression]:
        """What to sort by; what is missing comes last, and what is equal goes by id."""
        sorting = [self._sorted(criterion, order) for order, criteria in self._criteria for criterion in criteria]
        return [*sorting, self._place.table.c.id.asc()]

    def behind(self) -> list[Verdict]:
        """What is true of the records behind the cursor; nothing without one."""
        after = self._query.after
        if after is None:
            return []
        alternatives, equal = [], list[Verdict]()
        for place, ((order, criteria), value) in enumerate(zip(self._criteria, after.values, strict=True)):
            for criterion, wanted in _wanted(order, criteria, place, after):
                if wanted is not None:
                    alternatives.append(and_(true(), *equal, _is_further(order, criterion, wanted)))
                equal.append(criterion.value.is_(None) if wanted is None else criterion.value == wanted)
            if not criteria and value is not None:  # no record has the field, so all of them come last
                return [or_(*alternatives, and_(true(), *equal))]
        alternatives.append(and_(true(), *equal, self._place.table.c.id > encode_text(_id)))
        return [*self._start(after), or_(*alternatives)]

    def _start(self, after: Cursor) -> Iterator[Verdict]:
        """Where in an index the records behind a cursor begin."""
        order, criteria = self._criteria[0] if self._criteria else (Order("id"), [_by_id(self._place)])
        value = _value(after, 0) if self._criteria else _id
        if value.sample is not None and len(criteria) == 1 and criteria[0].is_always_there:
            wanted = criteria[0].encode(value)
            yield criteria[0].value <= wanted if order.descending else criteria[0].value >= wanted

    def _sorted(self, criterion: Criterion, order: Order) -> UnaryExpression[Any]:
        ordered = criterion.value.desc() if order.descending else criterion.value.asc()
        comes_first = self._place.dialect.nulls_come_first is not order.descending
        return ordered.nulls_last() if comes_first and not criterion.is_always_there else ordered


def _is_further(order: Order, criterion: Criterion, wanted: Expression) -> Verdict:
    further = criterion.value < wanted if order.descending else criterion.value > wanted
    return further if criterion.is_always_there else or_(further, criterion.value.is_(None))


def _wanted(
    order: Order, criteria: Sequence[Criterion], place: int, after: Cursor
) -> Iterator[tuple[Criterion, Expression | None]]:
    """What each expression is compared with; None where the cursor has no value for it."""
    value = _value(after, place)
    fitting = [isinstance(value.sample, it.accepts) for it in criteria]
    if criteria and value.sample is not None and not any(fitting):
        expected = f"a cursor that a page of the same order gave, with a value of {order.field}"
        raise InvalidInput("Query", [Fault("after", expected, shown(after))])
    for criterion, fits in zip(criteria, fitting, strict=True):
        yield criterion, criterion.encode(value) if fits else None


def _value(after: Cursor, place: int) -> Varying:
    """The cursor's value of a criterion, whichever cursor of such values it is."""
    return Varying(lambda asking: asking.after and asking.after.values[place], after.values[place])


_id: Final = Varying(attrgetter("after.id"), "")


def _by_id(place: Place) -> Criterion:
    return Criterion(place.table.c.id, (str,), encode_text, is_always_there=True)


def _criteria(place: Place, order: Order) -> Iterator[Criterion]:
    name, columns, shape = order.field, place.table.c, place.shape
    leaf = shape.leaves.get(name)
    if name == "id":
        yield _by_id(place)
    elif name == "version":
        yield Criterion(columns.version, (int,), encode_number, is_always_there=True)
    elif leaf is not None and leaf.form is not Form.TEXT:
        yield _of_leaf(place, leaf, order)
    elif shape.is_open:
        if all(step.isidentifier() for step in name.split(".")):
            yield Criterion(place.dialect.number_fact(columns.facts, name), (int, float, datetime), _number)
            yield Criterion(place.dialect.fact(columns.facts, [name, 0]), (str,), encode_text)
    elif shape.has(name):
        yield from _of_document(place, order)


def _of_leaf(place: Place, leaf: Leaf, order: Order) -> Criterion:
    accepts, encode = _ORDERED.get(leaf.form, ((), None))
    if leaf.form is Form.INSTANT:
        accepts, encode = (datetime,), place.encode_instant
    if encode is None:
        raise _without_order(order)
    return Criterion(place.table.c[leaf.column], accepts, encode, leaf.is_always_there)


def _of_document(place: Place, order: Order) -> Iterator[Criterion]:
    """What no column has as it is: texts, which columns have folded, and what nobody searches for."""
    annotations = [annotation_of(it, order.field) for it in place.shape.classes]
    forms = {form_of_type(bare(it)) for it in annotations if it is not None}
    if order.field in UNIONS or not forms or not forms <= _WRITTEN_IN_ORDER:
        raise _without_order(order)
    number, text = place.dialect.in_document(place.table.c.document, order.field.split("."))
    if forms & _WRITTEN_AS_NUMBERS:
        yield Criterion(number, (int, float), encode_number)
    if Form.INSTANT in forms:
        yield Criterion(text, (datetime,), encode_written)
    elif Form.KEY in forms:
        yield Criterion(text, (str,), encode_text)


def _without_order(order: Order) -> InvalidInput:
    return InvalidInput("Query", [Fault("order", "fields that hold text, numbers or instants", order.field)])


def _number(value: Varying) -> Expression:
    return encode_microseconds(value) if isinstance(value.sample, datetime) else encode_number(value)


_ORDERED: Final[dict[Form, tuple[tuple[type, ...], Callable[[Varying], Expression]]]] = {
    Form.KEY: ((str,), encode_text),
    Form.RANK: ((int,), encode_number),
    Form.NUMBER: ((int, float), encode_number),
    Form.FRACTION: ((int, float), encode_number),
    Form.FLAG: ((int,), encode_flag),
}
_WRITTEN_AS_NUMBERS: Final = frozenset({Form.NUMBER, Form.FRACTION})
_WRITTEN_IN_ORDER: Final = _WRITTEN_AS_NUMBERS | {Form.KEY, Form.INSTANT}
