"""
Operands: the right side of a comparison, checked once when a condition is built, in one canonical form from then on.

Canonical is: one value, a frozen set of values, a pair, the key of a time zone, or None where the operator takes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from ticketcore.conditions.answers import day
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.operators import TAKES_MISSING, Operand, Operator
from ticketcore.conditions.placeholders import NOW, Moment, Placeholder
from ticketcore.conditions.values import ValueType
from ticketcore.errors import Fault, shown

VALUES_LIMIT: Final = 10_000
_MISSING: Final = "missing"
_NEVER_EMPTY: Final = frozenset(
    {
        Operator.CONTAINS,
        Operator.CONTAINS_ANY,
        Operator.CONTAINS_ALL,
        Operator.CONTAINS_WORD,
        Operator.STARTS_WITH,
        Operator.ENDS_WITH,
        Operator.LIKE,
    }
)


def canonical_operand(values: ValueType, operator: Operator, operand: object) -> tuple[object, list[Fault]]:
    """
    The operand in its canonical form, and what is wrong with it.

    Args:
        values: The type of the field's values.
        operator: What is asked.
        operand: What was given.
    """
    return _SHAPES[operator.operand](values, operator, operand)


def _nothing(_values: ValueType, operator: Operator, operand: object) -> tuple[object, list[Fault]]:
    return None, [] if operand is None else [Fault("", f"nothing after {operator.text!r}", shown(operand))]


def _value(values: ValueType, operator: Operator, operand: object) -> tuple[object, list[Fault]]:
    if faults := _faults(values, operator, operand, ""):
        return None, faults
    return values.canonical(operand), []


def _several(values: ValueType, operator: Operator, operand: object) -> tuple[object, list[Fault]]:
    members = _members(operand)
    if members is None or len(members) > VALUES_LIMIT:
        return None, [Fault("", f"a collection of at most {VALUES_LIMIT}, each {values.expected}", shown(operand))]
    if operator in TAKES_MISSING:
        faults = [
            it for i, one in enumerate(members) if one is not None for it in _faults(values, operator, one, f"[{i}]")
        ]
    else:
        faults = [it for i, one in enumerate(members) for it in _faults(values, operator, one, f"[{i}]")]
    if faults:
        return None, faults
    return frozenset(one if one is None else values.canonical(one) for one in members), []


def _range(values: ValueType, operator: Operator, operand: object) -> tuple[object, list[Fault]]:
    if not isinstance(operand, (tuple, list)) or len(operand) != 2:  # noqa: PLR2004 # a pair has two
        return None, [Fault("", "the lowest and the highest value", shown(operand))]
    faults = [it for i, bound in enumerate(operand) for it in _faults(values, operator, bound, f"[{i}]")]
    return (None, faults) if faults else (tuple(map(values.canonical, operand)), [])


def _zone(_values: ValueType, _operator: Operator, operand: object) -> tuple[object, list[Fault]]:
    if isinstance(operand, ZoneInfo):
        operand = operand.key
    if isinstance(operand, str) and _is_zone(operand):
        return operand, []
    return None, [Fault("", "a time zone such as 'Europe/Athens'", shown(operand))]


@lru_cache(maxsize=1024)
def _is_zone(key: str) -> bool:
    try:
        return ZoneInfo(key).key == key
    except (ValueError, OSError, KeyError):
        return False


_Shape = Callable[[ValueType, Operator, object], tuple[object, list[Fault]]]
_SHAPES: Final[Mapping[Operand, _Shape]] = {
    Operand.NOTHING: _nothing,
    Operand.VALUE: _value,
    Operand.VALUES: _several,
    Operand.RANGE: _range,
    Operand.ZONE: _zone,
}


def _members(operand: object) -> list[object] | None:
    if not isinstance(operand, Iterable) or isinstance(operand, (str, bytes, Mapping)):
        return None
    return list(operand)


def _faults(values: ValueType, operator: Operator, operand: object, path: str) -> list[Fault]:
    if not values.accepts(operand):
        return [Fault(path, values.expected, shown(operand))]
    if operand == "" and operator in _NEVER_EMPTY:
        return [Fault(path, f"some text after {operator.text!r}", "''")]
    return []


def compared_operand(values: ValueType, operator: Operator, operand: Any) -> Any:
    """The operand as it is compared, but for what only the facts can tell."""
    match operator.operand:
        case Operand.VALUE:
            return _compared(values, operand)
        case Operand.VALUES:
            return frozenset(_compared(values, one) for one in operand)
        case Operand.RANGE:
            return tuple(_compared(values, bound) for bound in operand)
        case _:
            return operand


def _compared(values: ValueType, operand: Any) -> Any:
    return operand if operand is None or isinstance(operand, (Moment, Placeholder)) else values.compared(operand)


def moves(operator: Operator, operand: Any) -> bool:
    """Whether the operand's value depends on the facts."""
    parts = operand if operator.operand in (Operand.VALUES, Operand.RANGE) else (operand,)
    return operator is Operator.TODAY or any(isinstance(part, (Moment, Placeholder)) for part in parts)


def current_operand(operator: Operator, operand: Any, facts: Facts[Any]) -> Any:
    """
    The compared operand with the values that the facts give to its placeholders.

    Returns:
        None where a placeholder has no value; a set is then without it.
    """
    match operator.operand:
        case Operand.VALUE:
            return _current(operand, facts)
        case Operand.VALUES:
            return _current_members(operand, facts)
        case Operand.RANGE:
            return tuple(_current(bound, facts) for bound in operand)
        case Operand.ZONE:
            return day(NOW.value(facts), operand)
        case Operand.NOTHING:
            return operand


def _current(operand: Any, facts: Facts[Any]) -> Any:
    return operand.value(facts) if isinstance(operand, (Moment, Placeholder)) else operand


def _current_members(members: frozenset[Any], facts: Facts[Any]) -> frozenset[Any]:
    fixed = {one for one in members if not isinstance(one, (Moment, Placeholder))}
    moving = {one.value(facts) for one in members - fixed}
    return frozenset(fixed | (moving - {None}))


def operand_text(values: ValueType, operator: Operator, operand: Any) -> str:
    """The operand as people read it."""
    match operator.operand:
        case Operand.VALUE:
            return values.text(operand)
        case Operand.VALUES:
            return f"({', '.join(sorted(value_text(values, one) for one in operand))})"
        case Operand.RANGE:
            return " and ".join(map(values.text, operand))
        case Operand.ZONE:
            return str(operand)
        case Operand.NOTHING:
            return ""


def value_text(values: ValueType, value: Any) -> str:
    """A value as people read it; a missing one is called so."""
    return _MISSING if value is None else values.text(value)
