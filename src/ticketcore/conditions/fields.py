"""
Fields: the types of what can be asked, each with the operators that make sense for it.

A wrong operator, or a wrong operand, is an error when the condition is built, and names the right ones. Which fields
there are stands in `ticketcore.conditions.catalogue`.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from ticketcore.conditions.comparisons import Field, wrong_operator
from ticketcore.conditions.errors import wrong
from ticketcore.conditions.expressions import EXAMPLE, Condition, any_of
from ticketcore.conditions.facts import EventFacts, Facts, TicketFacts
from ticketcore.conditions.operators import COMPARING, HOLDING, ORDERING, SEARCHING, Operator
from ticketcore.conditions.placeholders import NOW, Duration, Moment, Placeholder, ago, ahead
from ticketcore.conditions.values import Value

S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)
V = TypeVar("V")


class _Strict(Field[S_contra]):
    """A field that answers what it cannot be asked with an error of ours, which names what it can."""

    __slots__ = ()

    if not TYPE_CHECKING:  # type checkers shall miss these methods, not find them

        def __getattr__(self, name: str) -> NoReturn:
            if name in _METHODS:
                raise wrong_operator(self, name)
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)

        def _without_order(self, _other: object) -> NoReturn:
            raise wrong_operator(self, "an order")

        def _without_parentheses(self, _other: object) -> NoReturn:
            raise wrong(f"condition on {self.name}", f"each comparison in parentheses: {EXAMPLE}", self)

        __lt__ = __le__ = __gt__ = __ge__ = _without_order
        __and__ = __rand__ = __or__ = __ror__ = _without_parentheses

    def __bool__(self) -> NoReturn:
        raise wrong(f"condition on {self.name}", "a comparison, such as == …", self)


class SingleField(_Strict[S_contra], Generic[S_contra, V]):
    """A field with one value, or none."""

    __slots__ = ()
    answers: ClassVar = COMPARING

    # Comparing two fields tells whether they are the same one, so that fields can be members of sets; comparing a field
    # with anything else makes a condition, which is more than `object` promises.
    def __eq__(self, other: V | None) -> Condition[S_contra]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        if isinstance(other, Field):
            return self.is_same(other)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
        return ~self.is_set() if other is None else self.compare(Operator.EQUAL, other)

    def __ne__(self, other: V | None) -> Condition[S_contra]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        if isinstance(other, Field):
            return not self.is_same(other)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
        return self.is_set() if other is None else ~self.compare(Operator.EQUAL, other)

    def __hash__(self) -> int:
        return hash((self.scope, self.name))

    def is_in(self, values: Iterable[V | None]) -> Condition[S_contra]:
        """Whether its value is one of these; None stands for a missing one."""
        return self.compare(Operator.IS_IN, values)

    def is_set(self) -> Condition[S_contra]:
        """Whether it has a value; an empty text is one."""
        return self.compare(Operator.IS_SET)

    def is_missing(self) -> Condition[S_contra]:
        """Whether it has no value."""
        return ~self.is_set()

    def changed(self: "SingleField[TicketFacts, V]") -> Condition[EventFacts]:
        """Whether the event is a change of this field."""
        return self.compare(Operator.CHANGED)

    def changed_from(self: "SingleField[TicketFacts, V]", *values: V | None) -> Condition[EventFacts]:
        """Whether the event is a change of this field from one of these values; None stands for a missing one."""
        return self.compare(Operator.CHANGED_FROM, values)

    def changed_to(self: "SingleField[TicketFacts, V]", *values: V | None) -> Condition[EventFacts]:
        """Whether the event is a change of this field to one of these values; None stands for a missing one."""
        return self.compare(Operator.CHANGED_TO, values)


class OrderedField(SingleField[S_contra, V]):
    """A field whose values have an order."""

    __slots__ = ()
    answers: ClassVar = COMPARING | ORDERING

    def __lt__(self, other: V) -> Condition[S_contra]:
        return self.compare(Operator.LESS, other)

    def __le__(self, other: V) -> Condition[S_contra]:
        return self.compare(Operator.AT_MOST, other)

    def __gt__(self, other: V) -> Condition[S_contra]:
        return self.compare(Operator.MORE, other)

    def __ge__(self, other: V) -> Condition[S_contra]:
        return self.compare(Operator.AT_LEAST, other)

    def between(self, lowest: V, highest: V) -> Condition[S_contra]:
        """Whether its value is neither less than the one nor more than the other."""
        return self.compare(Operator.BETWEEN, (lowest, highest))


class TextField(SingleField[S_contra, str]):
    """A text, compared without regard to case."""

    __slots__ = ()
    type_name = "text"
    answers: ClassVar = COMPARING | SEARCHING

    def contains(self, part: str) -> Condition[S_contra]:
        """Whether it contains a text, in the middle of words too."""
        return self.compare(Operator.CONTAINS, part)

    def contains_any(self, parts: Iterable[str]) -> Condition[S_contra]:
        """Whether it contains at least one of these texts."""
        return self.compare(Operator.CONTAINS_ANY, parts)

    def contains_all(self, parts: Iterable[str]) -> Condition[S_contra]:
        """Whether it contains each of these texts."""
        return self.compare(Operator.CONTAINS_ALL, parts)

    def contains_word(self, word: str) -> Condition[S_contra]:
        """Whether it contains a word, or several in a row, whatever stands between them."""
        return self.compare(Operator.CONTAINS_WORD, word)

    def starts_with(self, *parts: str) -> Condition[S_contra]:
        """Whether it starts with this text, or with one of these."""
        return any_of(*(self.compare(Operator.STARTS_WITH, part) for part in parts))

    def ends_with(self, *parts: str) -> Condition[S_contra]:
        """Whether it ends with this text, or with one of these."""
        return any_of(*(self.compare(Operator.ENDS_WITH, part) for part in parts))

    def like(self, pattern: str) -> Condition[S_contra]:
        """Whether the whole of it fits a pattern: `*` for any characters, `?` for exactly one."""
        return self.compare(Operator.LIKE, pattern)


class NumberField(OrderedField[S_contra, int | float]):
    """A number."""

    __slots__ = ()
    type_name = "number"


class DateField(OrderedField[S_contra, date]):
    """A day without a time."""

    __slots__ = ()
    type_name = "date"


class InstantField(OrderedField[S_contra, datetime | Moment]):
    """A point in time, compared with another or with one that moves: `ago(days=3)`."""

    __slots__ = ()
    type_name = "time"
    answers: ClassVar = COMPARING | ORDERING | {Operator.TODAY}

    def before(self, instant: datetime | Moment) -> Condition[S_contra]:
        """Whether it lies before that; the same as `<`."""
        return self < instant

    def after(self, instant: datetime | Moment) -> Condition[S_contra]:
        """Whether it lies after that; the same as `>`."""
        return self > instant

    def older_than(self, duration: Duration) -> Condition[S_contra]:
        """Whether it lies at least so long ago."""
        return self <= ago(duration)

    def within_last(self, duration: Duration) -> Condition[S_contra]:
        """Whether it lies between so long ago and now."""
        return self.between(ago(duration), NOW)

    def within_next(self, duration: Duration) -> Condition[S_contra]:
        """Whether it lies between now and so long from now."""
        return self.between(NOW, ahead(duration))

    def today(self, zone: str | ZoneInfo) -> Condition[S_contra]:
        """Whether it lies on the day that it is now in a time zone."""
        return self.compare(Operator.TODAY, zone)

    def in_business_hours(self: "InstantField[EventFacts]", calendar: str) -> Condition[EventFacts]:
        """Whether it lies in the hours of a calendar, given by its id; never of one that there is not."""
        return self.compare(Operator.IN_BUSINESS_HOURS, calendar)


class ChoiceField(SingleField[S_contra, V | str]):
    """One of some choices, named by themselves or by their keys: `Channel.EMAIL` or `"email"`."""

    __slots__ = ()
    type_name = "choice"


class KeyField(SingleField[S_contra, V | str]):
    """A key that hosts or the library give, such as a status: compared as it is."""

    __slots__ = ()
    type_name = "key"


class OrderedChoiceField(OrderedField[S_contra, V | str]):
    """One of some choices that have an order, named by themselves or by their keys."""

    __slots__ = ()
    type_name = "ordered choice"


class IdField(SingleField[S_contra, str | Placeholder]):
    """The id of a record, compared with another or with whoever plays a part: `current_agent`."""

    __slots__ = ()
    type_name = "id"


class FlagField(SingleField[S_contra, bool]):
    """Something that is so or not: `F.internal.is_true`, `~F.internal`."""

    __slots__ = ()
    type_name = "flag"

    @property
    def is_true(self) -> Condition[S_contra]:
        """Whether it is so."""
        return self.compare(Operator.EQUAL, operand=True)

    @property
    def is_false(self) -> Condition[S_contra]:
        """Whether it is not so; a missing value is neither."""
        return self.compare(Operator.EQUAL, operand=False)

    def __invert__(self) -> Condition[S_contra]:
        return ~self.is_true


class SetField(_Strict[S_contra], Generic[S_contra, V]):
    """Several values without order, or none; a field that a record does not have is empty."""

    __slots__ = ()
    answers: ClassVar = HOLDING

    @property
    def type(self) -> str:
        """What it holds, in words."""
        return f"set of {self.values.name}s"

    def compared(self, value: Value) -> Value:
        """Its members as they are compared."""
        return frozenset(map(self.values.compared, value or ()))

    def text(self, value: Value) -> str:
        """Its members as people read them."""
        return f"({', '.join(sorted(map(self.values.text, value or ())))})"

    # As for fields with one value.
    def __eq__(self, other: Collection[V]) -> Condition[S_contra]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        if isinstance(other, Field):
            return self.is_same(other)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
        return self.compare(Operator.EXACTLY, other)

    def __ne__(self, other: Collection[V]) -> Condition[S_contra]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        if isinstance(other, Field):
            return not self.is_same(other)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
        return ~self.compare(Operator.EXACTLY, other)

    def __hash__(self) -> int:
        return hash((self.scope, self.name))

    def has(self, member: V) -> Condition[S_contra]:
        """Whether this is one of its members."""
        return self.compare(Operator.HAS, member)

    def has_any(self, members: Iterable[V]) -> Condition[S_contra]:
        """Whether at least one of these is among its members."""
        return self.compare(Operator.HAS_ANY, members)

    def has_all(self, members: Iterable[V]) -> Condition[S_contra]:
        """Whether each of these is among its members."""
        return self.compare(Operator.HAS_ALL, members)

    def has_none(self, members: Iterable[V]) -> Condition[S_contra]:
        """Whether none of these is among its members."""
        return ~self.has_any(members)

    def is_empty(self) -> Condition[S_contra]:
        """Whether it has no members."""
        return self.compare(Operator.IS_EMPTY)

    def changed(self: "SetField[TicketFacts, V]") -> Condition[EventFacts]:
        """Whether the event is a change of this field."""
        return self.compare(Operator.CHANGED)


_METHODS: Final = frozenset(
    name
    for kind in (InstantField, TextField, FlagField, SetField)
    for name in dir(kind)
    if not name.startswith("_") and not hasattr(Field, name)
)
