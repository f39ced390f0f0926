"""
The matcher: which of many conditions hold, in one answer.

There are two ways to find out. Few conditions are asked in turn, by one function that is written for them (`script`):
that is as quick as it would be written by hand. Of many, most are never asked, because tables say at once which of them
a value contradicts (`bitmap`, `buckets`); what this takes hardly grows with how many there are. Which way is taken,
their number decides.

The plain walk, `Condition.holds`, stays the meaning: the answer is always its answer. Text never becomes program text.
"""

from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.matching.buckets import tabulated
from ticketcore.conditions.matching.script import scripted

FEW: Final = 300
"""Up to how many conditions they are asked in turn. It is quicker up to some 800, but takes twice as long to build."""

S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)


class Matcher(Generic[S_contra]):
    """
    Tells of facts which of some conditions hold.

    It is built once and asked often. Of what it is asked it remembers only, within bounds, in which form values are
    compared that come again and again.

    Args:
        conditions: Any number, in any order, equal ones too.
    """

    __slots__ = ("_conditions", "_match")

    def __init__(self, conditions: Iterable[Condition[S_contra]]) -> None:
        self._conditions = tuple(conditions)
        self._match = (scripted if len(self._conditions) <= FEW else tabulated)(self._conditions)

    def matching(self, facts: S_contra, /) -> list[int]:
        """
        The places of the conditions that hold, ascending.

        What is found by following references is read last, and only if a condition is left that asks for it.

        Args:
            facts: What the conditions are asked of.

        Raises:
            Exception: Whatever the plain walk of one of the conditions raises; which one it is, only asking them one by
                one tells. A condition that something else already excludes is not asked further, so its error may go
                unnoticed.
        """
        return self._match(facts)

    def __reduce__(self) -> tuple[type["Matcher[S_contra]"], tuple[tuple[Condition[S_contra], ...]]]:
        return Matcher, (self._conditions,)
