"""
Following: which conditions could follow from which, told at a glance.

There are as many pairs of rules as there are rules, squared, and to decide whether one condition follows from another
takes its time. But a condition that wants one customer follows from none that does not name this customer. So those
that name the same are found by what they name, and no others are compared. What is left may follow, or not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions import All, Comparison, Condition, Field, Operator
from ticketcore.conditions.operands import compared_operand, each_part
from ticketcore.conditions.values import ID, KEY, STATUS, TEXT, Value
from ticketcore.model.mapping import FrozenMap

Mark: TypeAlias = tuple[object, str]
"""What makes a field this field and no other, and an id, key or text that a condition names there."""

_UNCOUNTED: Final = (ID, KEY, STATUS, TEXT)
"""Types that have more values than anybody could name, so that one follows from nothing that does not name it."""


@attrs.frozen(kw_only=True)
class Glance:
    """
    What is seen of a condition at a glance.

    Args:
        fields: The fields that it asks.
        needs: Values without which it never holds.
        names: All values that stand in it.
        pins: By what makes a field this field, the one value that it must have.
        sought: Texts that must be found, each with what makes its field this field.
        texts: By what makes a field this field, all texts that stand in it.
    """

    fields: frozenset[Field[Any]]
    needs: frozenset[Mark]
    names: frozenset[Mark]
    pins: Mapping[object, str]
    sought: Collection[Mark]
    texts: Mapping[object, Sequence[str]]

    @classmethod
    def of(cls, condition: Condition[Any]) -> "Glance":
        """The glance of a condition."""
        joined = condition.parts if isinstance(condition, All) else (condition,)
        certain = [it for it in joined if isinstance(it, Comparison)]
        equal = [it for it in certain if it.operator is Operator.EQUAL and _is_uncounted(it)]
        held = [it for it in certain if it.operator is Operator.HAS and _is_uncounted(it)]
        texts: defaultdict[object, list[str]] = defaultdict(list)
        for it in condition.comparisons():
            if it.field.values == TEXT:
                texts[it.field.identity].extend(_values(it))
        return cls(
            fields=condition.fields(),
            needs=frozenset(_marks([*equal, *held])),
            names=frozenset(_marks(condition.comparisons())),
            pins=FrozenMap(_marks(equal)),
            sought=tuple(_marks(it for it in certain if it.operator is Operator.CONTAINS)),
            texts=FrozenMap(texts),
        )

    def could_follow(self, other: "Glance") -> bool:
        """Whether the condition could follow from another one."""
        return (
            self.fields <= other.fields
            and self.needs <= other.names
            and all(any(text in it for it in other.texts.get(field, ())) for field, text in self.sought)
        )

    def excludes(self, other: "Glance") -> bool:
        """Whether both want another value of one field, so that they never hold together."""
        return any(other.pins.get(field, value) != value for field, value in self.pins.items())


class Glances:
    """
    The conditions of some rules, found by what they name.

    Args:
        conditions: In the order of the rules.
    """

    def __init__(self, conditions: Iterable[Condition[Any]]) -> None:
        self._glances = [Glance.of(it) for it in conditions]
        self._naming: defaultdict[Mark, list[int]] = defaultdict(list)
        self._asking: defaultdict[frozenset[Field[Any]], list[int]] = defaultdict(list)
        for index, it in enumerate(self._glances):
            self._asking[it.fields].append(index)
            for mark in it.names:
                self._naming[mark].append(index)
        self._needing: defaultdict[Mark, list[int]] = defaultdict(list)
        self._free: defaultdict[frozenset[Field[Any]], list[int]] = defaultdict(list)
        for index, it in enumerate(self._glances):
            if it.needs:
                self._needing[self._rarest(it)].append(index)
            else:
                self._free[it.fields].append(index)

    def __getitem__(self, index: int) -> Glance:
        return self._glances[index]

    def from_which(self, index: int) -> Iterator[int]:
        """The conditions from which one could follow; itself is among them."""
        glance = self._glances[index]
        if glance.needs:
            found = iter(self._naming[self._rarest(glance)])
        else:
            found = (it for fields, several in self._asking.items() if glance.fields <= fields for it in several)
        return (it for it in found if glance.could_follow(self._glances[it]))

    def following(self, index: int) -> Iterator[int]:
        """The conditions that could follow from one; itself is among them."""
        glance = self._glances[index]
        for mark in glance.names:
            yield from (it for it in self._needing.get(mark, ()) if self._glances[it].could_follow(glance))
        for fields, several in self._free.items():
            if fields <= glance.fields:
                yield from (it for it in several if self._glances[it].could_follow(glance))

    def _rarest(self, glance: Glance) -> Mark:
        """Of what a condition needs, what the fewest name."""
        return min(glance.needs, key=lambda mark: (len(self._naming[mark]), repr(mark)))


def _is_uncounted(comparison: Comparison[Any]) -> bool:
    """Whether a comparison is with one of very many values; of events some are known beforehand."""
    return comparison.field.scope == "ticket" and comparison.field.values in _UNCOUNTED


def _marks(comparisons: Iterable[Comparison[Any]]) -> Iterator[Mark]:
    return ((it.field.identity, value) for it in comparisons for value in _values(it))


def _values(comparison: Comparison[Any]) -> list[str]:
    """The texts, ids and keys that a comparison names, as they are compared."""
    found: list[Value] = []
    operand = compared_operand(comparison.field.values, comparison.operator, comparison.operand)
    each_part(comparison.operator, found.append, operand)
    return [value for value in found if isinstance(value, str)]
