"""
Queries: which records of a kind, in which order, how many, from where on.

A query is a value that every storage answers alike; `Query.run` is the plain answer that the others are compared with.
"""

import base64
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache, reduce
from operator import attrgetter
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs

from ticketcore.conditions import All, Condition, compile_condition, facts_of
from ticketcore.conditions.facts import Getter
from ticketcore.errors import Fault, InvalidInput, StorageError, shown
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import TICKETS, Kind
from ticketcore.model.values import FrozenValue
from ticketcore.words import Words

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

OrderValue: TypeAlias = str | int | datetime | None

CURSOR_LIMIT: Final = 20_000
_NUMBER_LIMIT: Final = 2**53


@attrs.frozen
class Order:
    """
    One criterion of an order.

    Args:
        field: The name of an attribute that holds text (ordered by code points), numbers or instants; with dots for an
            attribute of an attribute.
        descending: Highest first. Records without a value come last either way.
    """

    field: str
    descending: bool = False


@attrs.frozen
class Cursor:
    """
    Where a page ended: the next one begins behind it, whatever was written meanwhile.

    Args:
        values: The last record's values of the ordering fields.
        id: The last record's id.
    """

    values: tuple[OrderValue, ...]
    id: str

    def __str__(self) -> str:
        """The cursor as text for links and APIs; `Cursor.parse` reads it back."""
        packed = json.dumps([[_packed(value) for value in self.values], self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """
        The cursor that `str(cursor)` wrote. Its text came through other hands: anything but a cursor is refused.

        Raises:
            InvalidInput: The text is no cursor.
        """
        try:
            return cls(*_parsed(text))
        except (ValueError, RecursionError) as error:
            raise InvalidInput("Cursor", [Fault("", "a cursor that a page gave", shown(text))]) from error


@attrs.frozen(cache_hash=True)
class Query(Generic[T]):
    """
    A question for records of one kind.

    Args:
        kind: Which kind.
        where: What must hold of them.
        order: Criteria, the most important first; what is equal by all of them goes by id, ascending.
        limit: How many at most, at least 1; None for all.
        after: Where the page before ended; a cursor of the same order.
        viewer: Whom the placeholder `current_agent` stands for.
        words: What must be said of them, where they are tickets; None for nothing.

    Raises:
        InvalidInput: The limit is none that databases know, the cursor is one of another order, or words are looked for
            elsewhere than in what is said of tickets.
    """

    kind: Kind[T]
    where: Condition[Any] = All(())
    order: tuple[Order, ...] = ()
    limit: int | None = None
    after: Cursor | None = None
    viewer: AgentId | None = None
    words: Words | None = None

    def __attrs_post_init__(self) -> None:
        if not _is_limit(self.limit):
            raise InvalidInput("Query", [Fault("limit", "a number from 1 to 2**53, or None", shown(self.limit))])
        if self.after is not None and not _is_cursor(self.after, len(self.order)):
            raise InvalidInput("Query", [_wrong_cursor(self.after)])
        if self.words is not None and self.kind.name != TICKETS.name:
            raise InvalidInput(
                "Query", [Fault("words", "none, since only of tickets something is said", self.kind.name)]
            )

    def run(
        self, records: Iterable[T], *, now: datetime, get: Getter, saying: Iterable[object] | None = None
    ) -> "Page[T]":
        """
        The plain answer: filter, sort, cut.

        Args:
            records: All records of the kind.
            now: The time that relative conditions count from.
            get: Follows an id to its record, or None.
            saying: All records that say something; where words are looked for, there is no answer without.

        Raises:
            StorageError: Words are looked for, and it is not known what is said.
        """
        if self.words is not None:
            records = self.words.find(records, _known(saying))
        matches = compile_condition(self.where)
        found = [record for record in records if matches(facts_of(self.kind, record, now, get, self.viewer))]
        return self.page(self.behind(self.sorted(found)))

    def page(self, found: Sequence[T]) -> "Page[T]":
        """The page that begins with `found`, of which there should be one more than the limit if there are more."""
        if self.limit is None or len(found) <= self.limit:
            return Page(tuple(found), None)
        cut = tuple(found[: self.limit])
        return Page(cut, self.place(cut[-1]))

    def sorted(self, records: Iterable[T]) -> list[T]:
        """
        Records in this order.

        Raises:
            InvalidInput: The order names a field whose values have none.
        """
        ordered = sorted(records, key=_id)
        for order in reversed(self.order):
            try:
                # Sorting is stable, also when reversed: equal records stay as the less important criteria left them.
                ordered.sort(key=_sort_key(order), reverse=order.descending)
            except TypeError as error:
                expected = "fields that hold text, numbers or instants"
                raise InvalidInput("Query", [Fault("order", expected, order.field)]) from error
        return ordered

    def behind(self, records: list[T]) -> list[T]:
        """Those records, given in this order, that come behind the cursor; all without one."""
        after = self.after
        if after is None:
            return records
        return [record for record in records if self.compare(self.place(record), after) > 0]

    def place(self, record: T) -> Cursor:
        """Where a record stands in this order."""
        values = (field_reader(order.field)(record) for order in self.order)
        return Cursor(tuple(map(order_value, values)), _id(record))

    def compare(self, one: Cursor, other: Cursor) -> int:
        """
        Negative if `one` comes before `other` in this order, positive if behind it, 0 at the same place.

        Raises:
            InvalidInput: One of them is of another order.
        """
        for order, left, right in zip(self.order, one.values, other.values, strict=True):
            if left != right:
                return self._compare(left, right, descending=order.descending)
        return (one.id > other.id) - (one.id < other.id)

    def _compare(self, left: Any, right: Any, *, descending: bool) -> int:  # noqa: ANN401 - values with an order
        if left is None or right is None:
            return 1 if left is None else -1
        try:
            return (1 if left > right else -1) * (-1 if descending else 1)
        except TypeError as error:
            raise InvalidInput("Query", [_wrong_cursor(right)]) from error


@attrs.frozen
class Page(FrozenValue, Generic[T_co]):
    """
    An answer.

    Args:
        items: The records.
        next: What to ask for the next page with; None where this is the last.
    """

    items: tuple[T_co, ...]
    next: Cursor | None = None


@lru_cache(maxsize=1024)
def field_reader(field: str) -> Callable[[Any], Any]:
    """
    The way to read a field of any record.

    Args:
        field: An attribute's name, or several with dots between them. What a record does not have is None.
    """
    read = attrgetter(field)
    steps = field.split(".")

    def read_or_none(record: Any) -> Any:  # noqa: ANN401 - a record of any kind, a value of any field
        try:
            return read(record)
        except AttributeError:
            return reduce(lambda value, step: getattr(value, step, None), steps, record)

    return read_or_none


def order_value(value: Any) -> Any:  # noqa: ANN401 - a value of any field
    """
    A value of a field by which records are ordered, as it is compared.

    Instants in UTC: by the clock of a zone, of two instants in the hour that is repeated the later one may come first.
    """
    if isinstance(value, datetime) and value.tzinfo is not UTC and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def members(value: Any) -> Collection[Any]:  # noqa: ANN401 - a value of any field
    """What a field holds, each once: the members of a collection, or the one value; an empty collection holds None."""
    if not isinstance(value, (tuple, frozenset)):
        return (value,)
    return frozenset(value) if len(value) > 1 else value or (None,)


def _known(saying: Iterable[object] | None) -> Iterable[object]:
    if saying is None:
        raise StorageError("this storage cannot look for words: use one that has the capability WORD_SEARCH")
    return saying


def _id(record: Any) -> str:  # noqa: ANN401 - a record of any kind
    return record.id  # type: ignore[no-any-return]  # every record has an id


def _sort_key(order: Order) -> Callable[[Any], tuple[bool, Any]]:
    read = field_reader(order.field)

    def key(record: Any) -> tuple[bool, Any]:  # noqa: ANN401 - a record of any kind
        value = order_value(read(record))
        return ((value is None) is not order.descending, value)

    return key


def _is_limit(value: object) -> bool:
    return value is None or (isinstance(value, int) and 1 <= value <= _NUMBER_LIMIT)


def _is_cursor(value: object, length: int) -> bool:
    """Whether it is a cursor of so many values, and no text that one may be read from, nor anything made by hand."""
    match value:
        case Cursor(values=tuple(values), id=str(id)):
            return len(values) == length and all(map(_is_somewhere, (id, *values)))
    return False


def _is_somewhere(value: object) -> bool:
    """Whether every database can be asked for what is behind this."""
    if isinstance(value, datetime):
        return value.tzinfo is not None
    try:
        return not isinstance(value, str) or _clean(value) == value
    except ValueError:
        return False


def _wrong_cursor(got: object) -> Fault:
    return Fault("after", "a cursor that a page of the same order gave", shown(got))


def _parsed(text: str) -> tuple[tuple[OrderValue, ...], str]:
    if len(text) > CURSOR_LIMIT:
        raise ValueError("a cursor is short")
    padded = text + "=" * (-len(text) % 4)
    match json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)):
        case [[*values], str(id)]:
            return tuple(map(_unpacked, values)), _clean(id)
    raise ValueError("a cursor is a list of values and an id")


def _packed(value: OrderValue) -> object:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _unpacked(value: object) -> OrderValue:
    match value:
        case {"at": str(at), **rest} if not rest and (instant := datetime.fromisoformat(at)).tzinfo is not None:
            return instant
        case str():
            return _clean(value)
        case int() if abs(value) <= _NUMBER_LIMIT:
            return value
        case None:
            return None
    raise ValueError("a cursor holds text, numbers and instants")


def _clean(text: str) -> str:
    """The text, if every database can be asked for it."""
    text.encode()
    if "\0" in text:
        raise ValueError("no stored text has a null character")
    return text
