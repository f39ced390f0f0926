"""
Conditions as JSON: what hosts' pages edit, and what storages keep.

A comparison is `{"field": "priority", "operator": ">=", "value": "high"}`, groups are `{"all": […]}`, `{"any": […]}`
and `{"not": …}`, and a document is `{"format": 1, "condition": …}`. Equal conditions have equal JSON. What is unknown
or wrong is refused, all of it at once, each fault with its path.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs

from ticketcore.conditions.comparisons import Comparison, Field
from ticketcore.conditions.errors import ConditionError
from ticketcore.conditions.expressions import DEPTH_LIMIT, All, AnyOf, Condition, Not, all_of, always, any_of
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.operands import checked_operand
from ticketcore.conditions.operators import Operand, Operator
from ticketcore.conditions.values import Value, ValueType, is_list, is_object
from ticketcore.conditions.vocabulary import Vocabulary
from ticketcore.errors import Fault, listed, shown

S = TypeVar("S", bound=Facts[Any])

Json: TypeAlias = dict[str, object]

FORMAT: Final = 1
NODE_LIMIT: Final = 10_000
"""How many comparisons and groups a document may hold."""

FAULT_LIMIT: Final = 100
"""How many faults are looked for before a document is given up."""

VALUE_DEPTH: Final = 3
"""How many levels a value may have: a list of times that each say how long ago."""


def to_json(condition: Condition[Any]) -> Json:
    """
    The condition as JSON.

    Args:
        condition: Any.

    Returns:
        Dicts, lists, texts, numbers, True, False and None, ready for any encoder.
    """
    return {"format": FORMAT, "condition": _node(condition)}


def from_json(data: object, vocabulary: Vocabulary[S]) -> Condition[S]:
    """
    The condition that JSON stands for.

    Args:
        data: What a decoder gave. It may come from anybody: it is bounded in depth and in size.
        vocabulary: The fields that it may name.

    Raises:
        ConditionError: Something in it is unknown or wrong; all faults are listed, each with its path, up to a hundred.
    """
    reading = _Reading(vocabulary)
    condition = reading.document(data)
    if reading.faults:
        raise ConditionError("condition", reading.faults[:FAULT_LIMIT])
    return condition


# Writing.


def _node(condition: Condition[Any]) -> Json:
    match condition:
        case Comparison():
            return _comparison(condition)
        case All(parts):
            return {"all": [_node(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_node(part) for part in parts]}
        case Not(part):
            return {"not": _node(part)}
        case _:
            raise ConditionError("JSON", [Fault("", "a condition", shown(condition))])


def _comparison(condition: Comparison[Any]) -> Json:
    head: Json = {"field": condition.field.name, "operator": condition.operator.key}
    if condition.operator.operand is Operand.NOTHING:
        return head
    return head | {"value": _operand(condition.field.values, condition.operator, condition.operand)}


def _operand(values: ValueType, operator: Operator, operand: Value) -> object:
    match operator.operand:
        case Operand.VALUE:
            return values.to_json(operand)
        case Operand.VALUES:
            return sorted((None if member is None else values.to_json(member) for member in operand), key=json.dumps)
        case Operand.RANGE:
            return [values.to_json(bound) for bound in operand]
        case Operand.ZONE | Operand.CALENDAR | Operand.NOTHING:
            return operand


# Reading. What cannot be read counts as `always` until its fault is raised.


@attrs.define
class _Reading(Generic[S]):
    vocabulary: Vocabulary[S]
    faults: list[Fault] = attrs.field(factory=list)
    nodes: int = 0

    def document(self, data: object) -> Condition[S]:
        if not is_object(data):
            return self._refuse("", 'an object {"format": 1, "condition": …}', data)
        self._check_keys("", data, required=("format", "condition"))
        if "format" in data and (type(data["format"]) is not int or data["format"] != FORMAT):
            self._refuse("format", f"the format {FORMAT}", data["format"])
        return self._node("condition", data["condition"], 1) if "condition" in data else always

    def _node(self, path: str, data: object, depth: int) -> Condition[S]:
        self.nodes += 1
        if len(self.faults) >= FAULT_LIMIT or self.nodes > NODE_LIMIT + 1:
            return always
        if self.nodes > NODE_LIMIT:
            return self._refuse(path, f"at most {NODE_LIMIT} comparisons and groups", data)
        if depth > DEPTH_LIMIT:
            return self._refuse(path, f"at most {DEPTH_LIMIT} levels", data)
        if is_object(data) and "field" in data:
            return self._comparison(path, data)
        if is_object(data) and len(data) == 1:
            return self._group(path, data, depth)
        return self._refuse(path, _NODES, data)

    def _group(self, path: str, data: Json, depth: int) -> Condition[S]:
        ((kind, inner),) = data.items()
        if kind in _GROUPS and is_list(inner):
            return _GROUPS[kind](*self._nodes(f"{path}.{kind}", inner, depth))
        if kind == "not":
            return ~self._node(f"{path}.not", inner, depth + 1)
        return self._refuse(path, _NODES, data)

    def _nodes(self, path: str, parts: list[object], depth: int) -> list[Condition[S]]:
        return [self._node(f"{path}[{index}]", part, depth + 1) for index, part in enumerate(parts)]

    def _comparison(self, path: str, data: Json) -> Condition[S]:
        self._check_keys(path, data, required=("field", "operator"), optional=("value",))
        field = self._field(f"{path}.field", data["field"])
        operator = self._operator(f"{path}.operator", data["operator"], field) if "operator" in data else None
        if field is None or operator is None:
            return always
        if operator.operand is Operand.NOTHING and "value" in data:
            return self._refuse(f"{path}.value", f"no value with {operator.key}", data["value"])
        if not _is_shallow(data.get("value"), VALUE_DEPTH):
            return self._refuse(f"{path}.value", f"a value of at most {VALUE_DEPTH} levels", data["value"])
        operand = _parsed(field.values, operator, data.get("value"))
        canonical, faults = checked_operand(field.values, operator, operand)
        self.faults += [fault.under(f"{path}.value") for fault in faults]
        return always if faults else field.compare(operator, canonical)

    def _field(self, path: str, name: object) -> Field[S] | None:
        field = self.vocabulary.find(name) if isinstance(name, str) else None
        if field is None:
            self.faults.append(self.vocabulary.unknown(name, path))
        return field

    def _operator(self, path: str, key: object, field: Field[S] | None) -> Operator | None:
        able = {it.key: it for it in Operator if field is None or it in self.vocabulary.operators(field)}
        if not isinstance(key, str) or key not in able:
            whose = "any field" if field is None else field.type
            self._refuse(path, f"an operator for {whose}: {listed(able)}", key)
            return None
        return able[key]

    def _check_keys(self, path: str, data: Json, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        allowed = (*required, *optional)
        self.faults += [
            Fault(_inside(path, shown(key)), f"nothing beside {listed(allowed)}", _shown(data[key]))
            for key in data
            if key not in allowed
        ]
        self.faults += [Fault(_inside(path, key), "a value", "nothing") for key in required if key not in data]

    def _refuse(self, path: str, expected: str, got: object) -> Condition[Any]:
        self.faults.append(Fault(path, expected, _shown(got)))
        return always


def _parsed(values: ValueType, operator: Operator, data: object) -> object:
    """What stands in JSON where an operand should; what is no operand comes back as it is, to be refused."""
    if operator.operand is Operand.VALUE:
        return values.from_json(data)
    if operator.operand in _SEVERAL and is_list(data):
        return [None if member is None else values.from_json(member) for member in data]
    return data


def _is_shallow(data: object, levels: int) -> bool:
    if not (is_object(data) or is_list(data)):
        return True
    inner = data.values() if is_object(data) else data
    return levels > 0 and all(_is_shallow(member, levels - 1) for member in inner)


def _inside(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(data: object) -> str:
    """What came, on the surface: below it there may be more than can be walked."""
    if isinstance(data, (dict, list)):
        return f"{'an object' if isinstance(data, dict) else 'a list'} of {len(data)}"  # pyright: ignore[reportUnknownArgumentType]
    return shown(data)


_NODES: Final = "a comparison with field and operator, or one of all: […], any: […], not: …"
_GROUPS: Final[Mapping[str, Callable[..., Condition[Any]]]] = {"all": all_of, "any": any_of}
_SEVERAL: Final = (Operand.VALUES, Operand.RANGE)
