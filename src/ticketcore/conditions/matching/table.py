"""
Tables: for each answer to a question, the mask of the alternatives that it does not contradict.

A table says yes of every alternative that asks it nothing. There are kinds of tables, by what operators look at: the
value as a whole (`naming`), its place among others (`placing`), parts of it (`searching`). None knows what an operator
says of a value: it asks the table of answers, beforehand instead of each time.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ticketcore.conditions.expressions import Comparison
from ticketcore.conditions.matching.alternatives import Literal
from ticketcore.conditions.matching.masks import mask_of
from ticketcore.conditions.operands import compared_operand, is_fixed
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.values import Value

LookUp: TypeAlias = Callable[[Any, int], int]
"""From an answer, and the mask for answers that no comparison names, to the mask; `dict.get` is one."""

TABLE_LIMIT: Final = 2**25
"""How many bits a table may have: one for each alternative and each value that some alternative names."""

Literals: TypeAlias = Mapping[int, Sequence[Literal]]
"""By alternative, some of its literals."""


class Asked(NamedTuple):
    """
    What alternatives ask of one question.

    Args:
        literals: By alternative, of those that ask something.
        size: How many alternatives there are.
    """

    literals: Literals
    size: int

    def with_operators(self, operators: Collection[Operator]) -> dict[int, list[Literal]]:
        """The literals with some operators, and with operands that are the same for all facts."""
        chosen: defaultdict[int, list[Literal]] = defaultdict(list)
        for alternative, literals in self.literals.items():
            for literal in literals:
                comparison = literal.comparison
                if comparison.operator in operators and is_fixed(comparison.operator, comparison.operand):
                    chosen[alternative].append(literal)
        return dict(chosen)

    def mask(self, alternatives: Iterable[int]) -> int:
        """The mask of these alternatives."""
        return mask_of(alternatives, self.size)

    def mask_without(self, alternatives: Iterable[int]) -> int:
        """The mask of all other alternatives."""
        return (1 << self.size) - 1 ^ self.mask(alternatives)


class Table(NamedTuple):
    """
    A table, ready to be asked.

    Args:
        look_up: From an answer to its mask.
        unnamed: The mask for answers that no comparison names, which `look_up` is given.
        settled: By alternative, the literals that need not be asked any more.
        chances: For each of these alternatives, an estimate of how likely the table says yes.
        effort: An estimate of how long it takes, in look-ups into a dict.
    """

    look_up: LookUp
    unnamed: int
    settled: Literals
    chances: Mapping[int, float]
    effort: float


def wanted_by(comparison: Comparison[Any]) -> Value:
    """The operand as it is compared."""
    return compared_operand(comparison.field.values, comparison.operator, comparison.operand)
