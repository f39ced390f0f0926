"""
Strategies for values of any class of the library, built from its annotations and the checks of its fields.

`instances(Ticket)` draws tickets, `instances(AddAgent)` commands: whatever types and checks allow. They suit no desk,
for their ids name nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from ticketcore.automation.triggers import TimeTrigger
from ticketcore.business_time import DateHours, Holiday, Hours, Weekday
from ticketcore.commands.command import Command
from ticketcore.conditions import Condition
from ticketcore.conformance.conditions import conditions
from ticketcore.errors import InvalidInput
from ticketcore.model.checks import UNCHANGED, Unchanged, check_of
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, Status
from ticketcore.model.mapping import FrozenMap
from ticketcore.serialization.commands import COMMANDS
from ticketcore.serialization.tables import EVENT_FAMILIES, EVENTS, RECORDS, TIME_TRIGGERS

Strategy: TypeAlias = st.SearchStrategy[Any]
_Accepts: TypeAlias = Callable[[Any], bool]

ZONES: Final = [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))]

instants = st.datetimes(timezones=st.sampled_from(ZONES))
durations = st.timedeltas(timedelta(seconds=1), timedelta(days=1))
addresses = st.sampled_from(["mia@example.org", "Mia.O'Neil+shop@EXAMPLE.org", "δοκιμή@παράδειγμα.ελ", "a@b"])
phones = st.sampled_from(["+30 210 1234567", "00386 1 234", "123"])
lines = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).map(lambda it: f"{it}.")
texts = st.lists(lines, max_size=3).map("\n\t".join)
dates = st.dates(date(1970, 1, 1), date(2100, 12, 31))
hours = st.sampled_from([("00:00", "06:30"), ("09:00", "12:00"), ("13:00", "17:45"), ("22:00", "24:00")])
zones = st.sampled_from(["UTC", "Europe/Athens", "America/St_Johns", "Asia/Kathmandu"])
recurrences = st.sampled_from(["FREQ=YEARLY", "FREQ=YEARLY;BYEASTER=1", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=12"])
keys = st.sampled_from(["email", "order_number", "ključ", "a-b"])

_TEXTS: Final = {
    "a line.": lines,
    "some\ntext": texts,
    "mia@example.org": addresses,
    "+30 210 123": phones,
    "order_number": keys,
    "Europe/Athens": zones,
}
"""Strategies of text, each under an example: those are drawn from whose example a check accepts."""

_PLAIN: Final[Mapping[Any, Strategy]] = {
    int: st.integers(0, 30) | st.integers(-(2**53), 2**53),
    float: st.floats(-1e9, 1e9),
    bool: st.booleans(),
    bytes: st.binary(max_size=8),
    date: st.dates(),
    datetime: instants,
    timedelta: durations,
    NoneType: st.none(),
    Unchanged: st.just(UNCHANGED),
    Status: st.sampled_from(STANDARD_LIFE_CYCLE.statuses),
    Hours: st.builds(lambda day, times: Hours(day, *times), st.sampled_from(Weekday), hours),
    DateHours: st.builds(lambda on, times: DateHours(on, *times), dates, hours),
    Holiday: st.builds(Holiday, dates, lines, every=st.none() | recurrences, days=st.integers(1, 3)),
}


@cache
def instances(cls: Any) -> Strategy:  # noqa: ANN401 - an attrs class
    """Values of an attrs class."""
    attrs.resolve_types(cls)
    fields = {field.alias: _of_field(field) for field in attrs.fields(cls) if field.init}
    return st.fixed_dictionaries(fields).map(lambda values: _made(cls, values))


def _one_of_classes(classes: Sequence[Any]) -> Strategy:
    """Values of any of these classes. So many strategies side by side would be too long to print where one rejects."""
    return st.sampled_from(classes).flatmap(instances)


def _made(cls: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an attrs class, and a value of it
    try:
        return cls(**values)
    except InvalidInput:  # fields that do not go together
        reject()


def _of_field(field: "attrs.Attribute[Any]") -> Strategy:
    check = check_of(field)
    if check is None:
        return of_type(field.type)
    made: Any = field.converter or (lambda value: value)
    return (
        of_type(field.type, lambda value: check.accepts(made(value)))
        .map(made)
        .filter(lambda it: not check.faults("", it))
    )


def _accepts_all(_example: object) -> bool:
    return True


def of_type(form: Any, accepts: _Accepts = _accepts_all) -> Strategy:  # noqa: ANN401 - whatever an annotation can be
    """
    Values of a type as an annotation says it.

    Args:
        form: The type.
        accepts: Told an example, whether values like it will do; with containers it is told one of the container.
    """
    form = getattr(form, "__supertype__", form)
    if form is str:
        return st.one_of([texts for example, texts in _TEXTS.items() if accepts(example)])
    if form in _PLAIN:
        return _PLAIN[form]
    origin = get_origin(form) or form
    made = _MADE.get(origin, _of_class)
    return made(form, accepts)


def _union(form: Any, accepts: _Accepts) -> Strategy:  # noqa: ANN401 - an annotation
    return st.one_of([of_type(part, accepts) for part in get_args(form)])


def _tuples(form: Any, accepts: _Accepts) -> Strategy:  # noqa: ANN401 - an annotation
    inner = get_args(form)
    return _members(form, accepts) if inner[1:] == (...,) else st.tuples(*map(of_type, inner))


def _members(form: Any, accepts: _Accepts) -> Strategy:  # noqa: ANN401 - an annotation
    container = frozenset if get_origin(form) in (frozenset, AbstractSet) else tuple
    member = get_args(form)[0]
    # Texts are all alike, because a check wants the same of each.
    is_text = getattr(member, "__supertype__", member) is str
    alike = [texts for example, texts in _TEXTS.items() if accepts((example,))] if is_text else [of_type(member)]
    return st.one_of([st.lists(one, max_size=3) for one in alike]).map(container)


def _mappings(form: Any, _accepts: _Accepts) -> Strategy:  # noqa: ANN401 - an annotation
    return st.dictionaries(keys, of_type(get_args(form)[1]), max_size=2).map(FrozenMap)


def _triggers(_form: object, _accepts: _Accepts) -> Strategy:
    return st.sampled_from([*EVENTS, *EVENT_FAMILIES])


def _conditions(_form: object, _accepts: _Accepts) -> Strategy:
    return conditions()


def _of_class(form: Any, _accepts: _Accepts) -> Strategy:  # noqa: ANN401 - an annotation
    cls = get_origin(form) or form
    if issubclass(cls, Enum):
        return st.sampled_from(cls)
    if cls is TimeTrigger:
        return _one_of_classes(TIME_TRIGGERS)
    if issubclass(cls, Command):
        return _one_of_classes([it for it in COMMANDS if issubclass(it, cls)])
    return instances(cls)


_MADE: Final[Mapping[Any, Callable[[Any, _Accepts], Strategy]]] = {
    Union: _union,
    UnionType: _union,
    tuple: _tuples,
    Sequence: _members,
    frozenset: _members,
    AbstractSet: _members,
    FrozenMap: _mappings,
    Mapping: _mappings,
    type: _triggers,
    Condition: _conditions,
}
"""What makes values of a type, by its origin."""


RECORD_CLASSES: Final = [(kind, cls) for kind, classes in RECORDS.items() for cls in classes]
"""Every class of records with its kind; natural keys apart, whose one class is of many kinds."""

records = _one_of_classes([cls for _, cls in RECORD_CLASSES])
commands = _one_of_classes(COMMANDS)

json_texts = st.text(max_size=6) | st.text(st.characters(categories=["Cs", "Cc"]), max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | json_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(json_texts, inner, max_size=4),
    max_leaves=12,
)
"""Whatever a decoder of JSON may give."""
