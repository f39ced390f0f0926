"""
The statuses that conditions name, beside those that there are.

A status is a key of the host's own, so a condition that names one can be made before anybody knows whether it exists.
Where a condition meets a desk, the desk's life cycle tells.
"""

from collections.abc import Iterator
from typing import Any

from ticketcore.conditions.comparisons import Comparison
from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.operands import each_part
from ticketcore.conditions.values import STATUS, Value
from ticketcore.errors import Fault, listed, shown
from ticketcore.model.lifecycle import LifeCycle


def faults_of_statuses(condition: Condition[Any], life_cycle: LifeCycle) -> list[Fault]:
    """What a condition names as a status that is none, each once: it would never be found."""
    strange = {
        (comparison.field.name, key): None
        for comparison in condition.comparisons()
        for key in named_statuses(comparison)
        if life_cycle.status(key) is None
    }
    wanted = f"a status of the life cycle: {listed(life_cycle.statuses)}"
    return [Fault(field, wanted, shown(key)) for field, key in strange]


def named_statuses(comparison: Comparison[Any]) -> Iterator[str]:
    """The keys of the statuses that a comparison names."""
    if comparison.field.values == STATUS:
        named: list[Value] = []
        each_part(comparison.operator, named.append, comparison.operand)
        yield from sorted(key for key in named if isinstance(key, str))
