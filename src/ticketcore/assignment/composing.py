"""Composing assigners: `KnowsCustomerAssigner() | RoundRobinAssigner()` asks the second one if the first has nobody."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ticketcore.assignment.question import Assigner, CandidateVerdict, Choice, Question
from ticketcore.model.values import FrozenValue


class Composable:
    """What makes assigners composable by `|`. Assigners of a host's own can inherit it, and need not."""

    __slots__ = ()

    if TYPE_CHECKING:

        def choose(self, question: Question, /) -> Choice: ...  # noqa: D102 - see `Assigner`
        def explain(self, question: Question, /) -> Sequence[CandidateVerdict]: ...  # noqa: D102 - see `Assigner`

    def __or__(self, other: Assigner) -> "FirstOf":
        """This assigner, and where it chooses nobody, another one."""
        return FirstOf((self, other))


def _as_tuple(assigners: Sequence[Assigner]) -> Sequence[Assigner]:
    return tuple(assigners)


@attrs.frozen
class FirstOf(Composable, FrozenValue):
    """
    The choice of the first of several assigners that chooses anybody.

    Args:
        assigners: At least one, the most wanted first.
    """

    assigners: Sequence[Assigner] = attrs.field(converter=_as_tuple)

    def choose(self, question: Question, /) -> Choice:
        """What the first of them chooses that chooses anybody."""
        return self._responsible(question).choose(question)

    def explain(self, question: Question, /) -> Sequence[CandidateVerdict]:
        """What that one says; where none chooses anybody, the last one."""
        return self._responsible(question).explain(question)

    def _responsible(self, question: Question) -> Assigner:
        *before, last = self.assigners
        return next((it for it in before if it.choose(question).agent is not None), last)
