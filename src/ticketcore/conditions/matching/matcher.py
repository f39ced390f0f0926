"""
The matcher: which of many conditions hold, without asking each of them.

The idea: give every condition a bit. For each question that conditions ask, such as the value of a field, tabulate once
which of them each answer does not contradict, as one big integer. Facts are then a handful of look-ups whose integers
are joined by `&`: what is left are the conditions that hold. The order of the questions is chosen so that few are left
soon, and a question that nothing left asks is not asked at all.

What comes to several alternatives has a bit for each. What cannot be tabulated, such as a time that moves with now, is
asked of what is left, in the plain compiled way. Conditions that want one of very many values (this customer, that
company) stand in buckets, one for each value, so that those of other customers cost nothing. Nothing becomes program
text. The plain walk, `Condition.holds`, stays the meaning: the answer is always its answer.
"""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from ticketcore.conditions.expressions import Condition
from ticketcore.conditions.facts import Facts
from ticketcore.conditions.matching.alternatives import Alternatives
from ticketcore.conditions.matching.buckets import matching

S_contra = TypeVar("S_contra", bound=Facts[Any], contravariant=True)


class Matcher(Generic[S_contra]):
    """
    Tells of facts which of some conditions hold.

    It is built once and asked often. Of what it is asked it remembers only, within bounds, in which form values are
    compared that come again and again.

    Args:
        conditions: Any number, in any order, equal ones too.
    """

    __slots__ = ("_match", "_repeats")

    def __init__(self, conditions: Iterable[Condition[S_contra]]) -> None:
        alternatives = Alternatives()
        numbered = [(place, way) for place, condition in enumerate(conditions) for way in alternatives.of(condition)]
        self._match = matching(numbered)
        self._repeats = len(numbered) > len({place for place, _ in numbered})

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
        places = self._match(facts)
        return sorted(set(places)) if self._repeats and len(places) > 1 else places
