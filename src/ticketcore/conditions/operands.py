"""
Operands: the right side of a comparison, checked once when a condition is built, in one canonical form from then on.

Canonical is: one value, a frozen set of values, a pair, the key of a time zone, the id of a calendar, or None where the
operator takes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias, TypeGuard
from zoneinfo import ZoneInfo

from ticketcore.business_time import CALENDARS
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.folding import words
from ticketcore.conditions.operators import SEARCHING, TAKES_MISSING, Operand, Operator
from ticketcore.conditions.placeholders import NOW, Moment, Placeholder, day
from ticketcore.conditions.values import KEY, Value, ValueType, is_compared_as_it_is
from ticketcore.errors import Fault, shown
from ticketcore.model.checks import IS_ZONE

VALUES_LIMIT: Final = 10_000

Checked: TypeAlias = tuple[object, list[Fault]]
"""The canonical operand and no faults, or None and some."""


def checked_operand(values: ValueType, operator: Operator, operand: object) -> Checked:
    """
    The operand in its canonical form, or what is wrong with it.

    Args:
        values: The type of the field's values.
        operator: What is asked.
        operand: What was given.
    """
    return _CHECKS[operator.operand](values, operator, operand)


def _nothing(_values: ValueType, operator: Operator, operand: object) -> Checked:
    return None, [] if operand is None else [Fault("", f"nothing after {operator.key}", shown(operand))]


def _value(values: ValueType, operator: Operator, operand: object) -> Checked:
    faults = _faults(values, operator, operand)
    return (None, faults) if faults else (values.canonical(operand), [])


def _several(values: ValueType, operator: Operator, operand: object) -> Checked:
    members = list(operand) if _is_several(operand) else None
    if members is None or len(members) > VALUES_LIMIT:
        return None, [Fault("", f"at most {VALUES_LIMIT} values, each {values.expected}", shown(operand))]
    wanted = {index: member for index, member in enumerate(members) if not _is_missing(operator, member)}
    faults = [fault for index, member in wanted.items() for fault in _faults(values, operator, member, index)]
    canonical = {values.canonical(member) for member in wanted.values()} if not faults else ()
    return frozenset([*canonical, *[None] * (len(wanted) < len(members))]), faults


def _range(values: ValueType, operator: Operator, operand: Value) -> Checked:
    match operand:
        case (lowest, highest):  # any sequence but text
            faults = _faults(values, operator, lowest, 0) + _faults(values, operator, highest, 1)
            return (None, faults) if faults else ((values.canonical(lowest), values.canonical(highest)), [])
        case _:
            return None, [Fault("", f"a pair of values, each {values.expected}", shown(operand))]


def _zone(_values: ValueType, _operator: Operator, operand: object) -> Checked:
    key = operand.key if isinstance(operand, ZoneInfo) else operand
    faults = IS_ZONE.faults("", key)
    return None if faults else key, faults


def _calendar(_values: ValueType, operator: Operator, operand: object) -> Checked:
    if KEY.accepts(operand):
        return operand, []
    return None, [Fault("", f"the id of a calendar after {operator.key}", shown(operand))]


_CHECKS: Final[Mapping[Operand, Callable[[ValueType, Operator, object], Checked]]] = {
    Operand.NOTHING: _nothing,
    Operand.VALUE: _value,
    Operand.VALUES: _several,
    Operand.RANGE: _range,
    Operand.ZONE: _zone,
    Operand.CALENDAR: _calendar,
}


def _is_several(operand: object) -> TypeGuard[Iterable[object]]:
    return isinstance(operand, Iterable) and not isinstance(operand, (str, bytes, Mapping))


def _is_missing(operator: Operator, member: object) -> bool:
    return member is None and operator in TAKES_MISSING


def _faults(values: ValueType, operator: Operator, operand: object, index: int | None = None) -> list[Fault]:
    path = "" if index is None else f"[{index}]"
    if not values.accepts(operand):
        return [Fault(path, values.expected, shown(operand))]
    if operator in SEARCHING and not operand:
        return [Fault(path, f"some text after {operator.key}", shown(operand))]
    if operator is Operator.CONTAINS_WORD and not words(str(operand)).strip():
        return [Fault(path, "a word", shown(operand))]
    return []


def each_part(operator: Operator, function: Callable[[Value], Value], operand: Value) -> Value:
    """An operand of the same shape, made by applying a function to every value in it but None."""
    match operator.operand:
        case Operand.VALUE:
            return function(operand)
        case Operand.VALUES:
            return frozenset(member if member is None else function(member) for member in operand)
        case Operand.RANGE:
            return tuple(map(function, operand))
        case Operand.ZONE | Operand.CALENDAR | Operand.NOTHING:
            return operand


def compared_operand(values: ValueType, operator: Operator, operand: Value) -> Value:
    """The operand as it is compared; placeholders stay in it."""
    if is_compared_as_it_is(values):
        return operand

    def compared(part: Value) -> Value:
        return part if isinstance(part, (Moment, Placeholder)) else values.compared(part)

    return each_part(operator, compared, operand)


def current_operand(operator: Operator, operand: Value, facts: Facts[Any]) -> Value:
    """
    The compared operand, with the values that the facts give to its placeholders.

    Of a time zone it is the present day there, of a calendar's id the calendar, or None where there is none.
    """
    if operator.operand is Operand.ZONE:
        return day(NOW.value(facts), operand)
    if operator.operand is Operand.CALENDAR:
        return facts.get(CALENDARS, operand)

    def current(part: Value) -> Value:
        return part.value(facts) if isinstance(part, (Moment, Placeholder)) else part

    return each_part(operator, current, operand)


def is_fixed(operator: Operator, operand: Value) -> bool:
    """Whether the operand is the same for all facts."""
    moving: list[Value] = []

    def look(part: Value) -> Value:
        if isinstance(part, (Moment, Placeholder)):
            moving.append(part)
        return part

    each_part(operator, look, operand)
    return operator.operand not in (Operand.ZONE, Operand.CALENDAR) and not moving


def operand_text(values: ValueType, operator: Operator, operand: Value) -> str:
    """The operand as people read it."""
    match operator.operand:
        case Operand.VALUE:
            return values.text(operand)
        case Operand.VALUES:
            return f"({', '.join(sorted(value_text(values, member) for member in operand))})"
        case Operand.RANGE:
            return " and ".join(map(values.text, operand))
        case Operand.ZONE:
            return str(operand)
        case Operand.CALENDAR:
            return KEY.text(operand)
        case Operand.NOTHING:
            return ""


def value_text(values: ValueType, value: Value) -> str:
    """A value as people read it; a missing one is called so."""
    return "missing" if value is None else values.text(value)
