"""
Conditions in SQL: the whole of every condition, with the answers of the plain walk.

Where the plain walk sees a missing value, SQL sees NULL, and so no comparison is true; a negation holds of what is not
true. What cannot be told in SQL is refused: nothing is ever looked at record by record.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter, ge, gt, le, lt
from typing import Any, Final

import attrs
from sqlalchemy import Text, and_, exists, false, func, literal, not_, or_, select, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from ticketcore.conditions import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Field,
    Moment,
    Not,
    Operator,
    Placeholder,
    reading,
    words,
)
from ticketcore.conditions.fields import SetField
from ticketcore.conditions.operands import compared_operand
from ticketcore.conditions.operators import CHANGING, OF_EVENTS, TAKES_MISSING
from ticketcore.conditions.placeholders import current_agent, day, ticket_assignee, ticket_requester
from ticketcore.conditions.reading import RECORD, CustomReader, OnlineReader
from ticketcore.conditions.values import DATE, FLAG, ID, TEXT, ValueType
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY
from ticketcore.conditions.wildcards import MANY, ONE
from ticketcore.model.kinds import PRESENCES
from ticketcore.storage.sql.dialects import Expression, Verdict
from ticketcore.storage.sql.places import (
    AnyOfThem,
    Place,
    Seen,
    encode_day,
    encode_flag,
    encode_fraction,
    encode_number,
    encode_text,
    not_kept,
)
from ticketcore.storage.sql.shapes import LINKS, is_attribute, shape_of
from ticketcore.storage.sql.wordings import Varying

_Find = Callable[[Callable[[Seen], Verdict]], Verdict]
"""Whether there is a value of which something holds."""

_HAPPENINGS: Final[Sequence[Field[Any]]] = [
    field
    for field in EVENT_VOCABULARY.fields.values()
    if field.scope == EVENT_VOCABULARY.scope and field.read is not reading.now and field.origin.name not in LINKS
]
"""The fields of what has just happened: records that are stored have none of them."""

_OF_EVENTS: Final[frozenset[object]] = frozenset(
    {*(it.read for it in _HAPPENINGS), *(it.origin.name for it in _HAPPENINGS if it.origin is not RECORD)}
)
"""Their ways, and the origins that only they have."""

_PLACEHOLDERS: Final[Mapping[Placeholder, str]] = {ticket_assignee: "assignee", ticket_requester: "requester"}

MANY_VALUES: Final = 200
"""From how many on values are handed over as one; statements are read with a limited number of parameters."""


@attrs.frozen(eq=False)
class Translator:
    """
    Puts conditions on the records of a place into SQL.

    Args:
        place: Where the records are found.
        has_viewer: Whether the placeholder `current_agent` stands for anybody.
    """

    place: Place
    has_viewer: bool

    def verdict(self, condition: Condition[Any]) -> Verdict:
        """
        What is true of exactly the records of which the condition holds, and false or NULL of all others.

        Raises:
            InvalidInput: It names a field of the host's that is no attribute of a record, or not kept.
        """
        match condition:
            case All(parts):
                return all_true(map(self.verdict, parts))
            case AnyOf(parts):
                return any_true(map(self.verdict, parts))
            case Not(part):
                return not_true(self.verdict(part))
            case Comparison():
                return self._comparison(condition)
            case _:
                raise not_kept(self.place.kind, str(condition))

    def _comparison(self, asked: Comparison[Any]) -> Verdict:
        field, operator = asked.field, asked.operator
        if operator in CHANGING:
            return false()
        if operator in OF_EVENTS:
            raise not_kept(self.place.kind, str(asked))
        wanted = compared_operand(field.values, operator, asked.operand)
        if isinstance(field, SetField):
            return self._set(field, operator, wanted)
        find = self._find(field)
        if find is None:
            return _truth(operator in TAKES_MISSING and None in wanted)
        if operator in TAKES_MISSING and None in wanted:
            some = frozenset(wanted) - _NOTHING
            is_missing = not_true(find(_is_there))
            return or_(is_missing, find(lambda seen: self._says(operator, seen, some))) if some else is_missing
        return find(lambda seen: self._says(operator, seen, wanted))

    # Where values are found.

    def _find(self, field: Field[Any]) -> _Find | None:
        """The way to a field's value; None if records that are stored have none."""
        read = field.read
        if read in _OF_EVENTS or field.origin.name in _OF_EVENTS:
            return None
        if read is reading.now:
            return _of(Seen(self.place.encode_instant(Varying(_now)), self.place.encode_instant))
        if read is reading.is_merged:
            return _of(Seen(self.place.seen("merged_into", ID).value.is_not(None), encode_flag))
        if isinstance(read, CustomReader):
            return self._custom(field)
        if field.origin.name in LINKS:
            return self._followed(field)
        return _of(_seen(self.place, field))

    def _followed(self, field: Field[Any]) -> _Find:
        there, link = self._followed_place(field)
        if there is None:
            return lambda _: false()
        seen = _seen(there, field)

        def find(holds: Callable[[Seen], Verdict]) -> Verdict:
            row = select(literal(1)).select_from(there.table)
            return exists(row.where(*there.is_here, there.table.c.id == link, holds(seen)).correlate(self.place.table))

        return find

    def _followed_place(self, field: Field[Any]) -> tuple[Place, Expression] | tuple[None, None]:
        """Where what a record names is found, and its id."""
        attribute, kind = LINKS[field.origin.name]
        link = self.place.key(attribute)
        if link is None:
            return None, None
        shape = shape_of(kind)
        table = self.place.tables.of(shape).alias()
        return attrs.evolve(self.place, kind=kind.name, shape=shape, table=table), link

    def _custom(self, field: Field[Any]) -> _Find:
        kind = self.place.kind
        id: Expression = self.place.table.c.id
        if field.origin is not RECORD:
            there, link = self._followed_place(field)
            if there is None or link is None:
                return lambda _: false()
            kind, id = there.kind, link
        elif not self.place.shape.has_custom:
            raise not_kept(self.place.kind, field.name)
        members = self.place.tables.members.alias()
        seen = _custom_value(members.c, field.values)

        def find(holds: Callable[[Seen], Verdict]) -> Verdict:
            return self.place.is_among(members, kind, id, [field.attribute], [holds(seen)])

        return find

    # What operators say.

    def _says(self, operator: Operator, seen: Seen, wanted: Any) -> Verdict:  # noqa: ANN401 - an operand
        """What an operator says of a value that may be NULL: true, or false or NULL."""
        if operator in _SEARCHES:
            return _SEARCHES[operator](self.place, seen, wanted)
        match operator:
            case Operator.IS_SET:
                return _is_there(seen)
            case Operator.IS_IN:
                return self._is_in(seen, wanted)
            case Operator.TODAY:
                first, end = (seen.encode(it) for it in _today(wanted))
                return and_(seen.value >= first, seen.value < end)
            case Operator.BETWEEN:
                lowest, highest = (self._wanted(seen, it) for it in wanted)
                return and_(seen.value >= lowest, seen.value <= highest)
            case _:
                return self._compares(operator, seen, wanted)

    def _compares(self, operator: Operator, seen: Seen, wanted: Any) -> Verdict:  # noqa: ANN401 - an operand
        value = self._wanted(seen, wanted)
        if value is None:
            return false()
        return seen.equals(wanted, value) if operator is Operator.EQUAL else _ORDERINGS[operator](seen.value, value)

    def _wanted(self, seen: Seen, part: Any) -> Expression | None:  # noqa: ANN401 - a part of an operand
        """What stands in the statement for a part of an operand; None for a placeholder that nobody fills."""
        if isinstance(part, Moment):
            return seen.encode(Varying(_now).through(part.at))
        if part == current_agent:
            return seen.encode(Varying(_viewer)) if self.has_viewer else None
        if isinstance(part, Placeholder):
            return self.place.key(_PLACEHOLDERS[part])
        return seen.encode(part)

    def _is_in(self, seen: Seen, wanted: Iterable[Any]) -> Verdict:
        parts = [*wanted]
        if len(parts) > MANY_VALUES and all(isinstance(part, str) for part in parts):
            return seen.value.in_(select(self.place.dialect.values(parts).c.value))
        values = [value for part in parts if (value := self._wanted(seen, part)) is not None]
        return seen.value.in_(values) if values else false()

    # What holds several values.

    def _set(self, field: SetField[Any, Any], operator: Operator, wanted: Any) -> Verdict:  # noqa: ANN401 - an operand
        """What an operator says of several values. Of a record that has no such field they are none."""
        if field.origin is not RECORD and field.origin.name not in LINKS:
            return _of_nothing(operator, wanted)
        if not is_attribute(field.read):
            raise not_kept(self.place.kind, field.name)
        match operator:
            case Operator.IS_EMPTY:
                return not_true(self._holds(field, None))
            case Operator.HAS:
                return self._has(field, [wanted])
            case Operator.HAS_ANY:
                return self._has(field, [*wanted])
            case Operator.HAS_ALL:
                return all_true(self._has(field, [part]) for part in wanted)
            case _:
                others = not_true(self._holds(field, lambda seen: self._is_none_of(seen, wanted)))
                return and_(others, all_true(self._has(field, [part]) for part in wanted))

    def _has(self, field: Field[Any], wanted: Sequence[Any]) -> Verdict:
        """Whether one of some parts of an operand is among the values."""
        if len(wanted) > MANY_VALUES and all(isinstance(part, str) for part in wanted):
            many = select(self.place.dialect.values(wanted).c.value)
            return self._holds(field, lambda seen: seen.value.in_(many))
        return any_true(self._holds(field, partial(self._is_part, part)) for part in wanted)

    def _is_part(self, part: Any, seen: Seen) -> Verdict:  # noqa: ANN401 - a part of an operand
        value = self._wanted(seen, part)
        return false() if value is None else seen.equals(part, value)

    def _is_none_of(self, seen: Seen, wanted: Iterable[Any]) -> Verdict:
        values = (self._wanted(seen, part) for part in wanted)
        return all_true(seen.value.is_distinct_from(value) for value in values if value is not None)

    def _holds(self, field: Field[Any], any_of: AnyOfThem | None) -> Verdict:
        is_text = field.values is TEXT
        if field.origin is RECORD:
            return self.place.holds(field.attribute, is_text=is_text, any_of=any_of)
        there, link = self._followed_place(field)
        if there is None or link is None:
            return false()
        return self.place.holds_among(there.kind, link, field.attribute, is_text=is_text, any_of=any_of)


# What is filled in when it is asked.

_now: Final = attrgetter("now")
_viewer: Final = attrgetter("viewer")


def _today(zone: str) -> tuple[Varying, Varying]:
    """The first instant of the present day somewhere, and that of the next."""
    now = Varying(_now)
    return now.through(lambda it: day(it, zone)[0]), now.through(lambda it: day(it, zone)[1])


def _of(seen: Seen) -> _Find:
    return lambda holds: holds(seen)


def _seen(place: Place, field: Field[Any]) -> Seen:
    """The value of a field of the record that is found at a place."""
    if isinstance(field.read, OnlineReader):
        return Seen(_is_online(place), encode_flag)
    if not is_attribute(field.read):
        raise not_kept(place.kind, field.name)
    return place.seen(field.attribute, field.values)


def _is_online(agent: Place) -> Verdict:
    """Whether an agent is active, and was not said to be away."""
    shape = shape_of(PRESENCES)
    table = agent.tables.of(shape).alias()
    presence = attrs.evolve(agent, kind=PRESENCES.name, shape=shape, table=table)
    is_away = not_true(presence.seen("online", FLAG).value == encode_number(1))
    away = select(literal(1)).select_from(table).where(*presence.is_here, table.c.id == agent.table.c.id, is_away)
    return and_(agent.seen("active", FLAG).value, not_(exists(away.correlate(agent.table))))


def not_true(verdict: Verdict) -> Verdict:
    """What is true where something is false or NULL."""
    return verdict.is_not(true())


def all_true(verdicts: Iterable[Verdict]) -> Verdict:
    """What is true where all of these are, however many."""
    return _joined(and_, true(), [*verdicts])


def any_true(verdicts: Iterable[Verdict]) -> Verdict:
    """What is true where one of these is, however many."""
    return _joined(or_, false(), [*verdicts])


_WIDTH: Final = 50
"""How many parts stand beside each other. Databases take a longer row for something deep."""


def _joined(join: Callable[..., Verdict], of_none: Verdict, parts: Sequence[Verdict]) -> Verdict:
    if len(parts) <= _WIDTH:
        return join(of_none, *parts)
    several = [parts[start : start + _WIDTH] for start in range(0, len(parts), _WIDTH)]
    # An expression of a function's is not flattened into the one around it.
    return _joined(join, of_none, [not_true(not_true(join(of_none, *some))) for some in several])


def _truth(value: bool) -> Verdict:  # noqa: FBT001 - it is the value
    return true() if value else false()


def _is_there(seen: Seen) -> Verdict:
    return seen.value.is_not(None)


def _custom_value(columns: ReadOnlyColumnCollection[str, Any], values: ValueType) -> Seen:
    """A custom field's value, in the column of the type that is asked for; NULL if it is of another one."""
    if values is TEXT:
        return Seen(columns.folded, encode_text, columns.words, is_by_start=True)
    if values is DATE:
        return Seen(columns.raw, encode_day)
    return Seen(columns.flag, encode_flag) if values is FLAG else Seen(columns.number, encode_fraction)


def _of_nothing(operator: Operator, wanted: Any) -> Verdict:  # noqa: ANN401 - an operand
    """What an operator says where nothing is held."""
    return _truth(operator is Operator.IS_EMPTY or (operator in _HOLDING_ALL and not wanted))


_HOLDING_ALL: Final = frozenset({Operator.HAS_ALL, Operator.EXACTLY})
_NOTHING: Final = frozenset({None})
_ORDERINGS: Final[Mapping[Operator, Callable[[Any, Any], Verdict]]] = {
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
}


# Text in text.


def _contains(place: Place, seen: Seen, part: str) -> Verdict:
    return place.dialect.position(seen.value, literal(part, Text())) > 0


def _contains_any(place: Place, seen: Seen, parts: Collection[str]) -> Verdict:
    if len(parts) <= MANY_VALUES:
        return any_true(_contains(place, seen, part) for part in sorted(parts))
    many = place.dialect.values(parts)
    found = select(literal(1)).select_from(many).where(place.dialect.position(seen.value, many.c.value) > 0)
    return exists(found.correlate_except(many))


def _contains_all(place: Place, seen: Seen, parts: Collection[str]) -> Verdict:
    if len(parts) <= MANY_VALUES:
        return and_(_is_there(seen), all_true(_contains(place, seen, part) for part in sorted(parts)))
    many = place.dialect.values(parts)
    lacking = select(literal(1)).select_from(many).where(place.dialect.position(seen.value, many.c.value) == 0)
    return and_(_is_there(seen), not_(exists(lacking.correlate_except(many))))


def _contains_word(place: Place, seen: Seen, word: str) -> Verdict:
    return place.dialect.position(seen.words, literal(words(word), Text())) > 0 if seen.words is not None else false()


def _starts_with(_place: Place, seen: Seen, part: str) -> Verdict:
    return func.substr(seen.value, 1, len(part)) == literal(part, Text())


def _ends_with(_place: Place, seen: Seen, part: str) -> Verdict:
    size = func.length(seen.value)
    return and_(size >= len(part), func.substr(seen.value, size - len(part) + 1) == literal(part, Text()))


def _is_like(_place: Place, seen: Seen, pattern: str) -> Verdict:
    return seen.value.like(literal("".join(_WILDCARDS.get(it, it) for it in pattern), Text()), escape=_ESCAPE)


_ESCAPE: Final = "!"
_WILDCARDS: Final = {MANY: "%", ONE: "_", **{it: f"{_ESCAPE}{it}" for it in ("%", "_", _ESCAPE)}}
_SEARCHES: Final[Mapping[Operator, Callable[[Place, Seen, Any], Verdict]]] = {
    Operator.CONTAINS: _contains,
    Operator.CONTAINS_ANY: _contains_any,
    Operator.CONTAINS_ALL: _contains_all,
    Operator.CONTAINS_WORD: _contains_word,
    Operator.STARTS_WITH: _starts_with,
    Operator.ENDS_WITH: _ends_with,
    Operator.LIKE: _is_like,
}
