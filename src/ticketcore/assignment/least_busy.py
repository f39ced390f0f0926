"""Least busy: to whoever has the least to do."""

from collections.abc import Mapping, Sequence

import attrs

from ticketcore.assignment.narrowing import Narrowing
from ticketcore.assignment.question import Candidate, Question
from ticketcore.model.ids import AgentId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.tickets import Priority


def _frozen(weights: Mapping[Priority, int]) -> Mapping[Priority, int]:
    return FrozenMap(weights)


@attrs.frozen
class LeastBusyAssigner(Narrowing):
    """
    Gives each ticket to the candidate with the fewest tickets in work; of several, by default, to whose turn it is.

    Args:
        weights: How much a ticket of a priority counts, at least 0; what is not there counts 1. Without any, all
            tickets count the same.
        then: Who of several equally busy ones gets it.
    """

    weights: Mapping[Priority, int] = attrs.field(default=FrozenMap(), converter=_frozen)

    def preferred(self, question: Question) -> Sequence[Candidate]:
        """Those who have the least to do."""
        burdens = {it.agent: self._burden(question, it.agent) for it in question.candidates}
        least = min(burdens.values(), default=0)
        return [it for it in question.candidates if burdens[it.agent] == least]

    def reason_against(self, question: Question, candidate: Candidate) -> str:
        """How much more the candidate has to do than others."""
        load = question.loads.get(candidate.agent, 0)
        counted = f", counted as {self._burden(question, candidate.agent)}" if self.weights else ""
        return f"has {load} in work{counted}; others have less to do"

    def _burden(self, question: Question, agent: AgentId) -> int:
        if not self.weights:
            return question.loads.get(agent, 0)
        return sum(self.weights.get(priority, 1) * number for priority, number in question.work.get(agent, {}).items())
