"""Narrowing: preferring some candidates to others, and leaving it to another assigner who of these gets the ticket."""

from collections.abc import Sequence

import attrs

from ticketcore.assignment.composing import Composable
from ticketcore.assignment.question import Assigner, Candidate, CandidateVerdict, Choice, Question
from ticketcore.assignment.round_robin import RoundRobinAssigner
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Narrowing(Composable, FrozenValue):
    """
    What assigners have in common that prefer some candidates. They say which ones, and why not the others.

    Args:
        then: Who of the preferred ones gets the ticket; by default whose turn it is.
    """

    then: Assigner = RoundRobinAssigner()

    def preferred(self, question: Question) -> Sequence[Candidate]:
        """The candidates who are preferred; none if nobody will do."""
        raise NotImplementedError

    def reason_against(self, question: Question, candidate: Candidate) -> str:
        """Why a candidate is none of them."""
        raise NotImplementedError

    def choose(self, question: Question, /) -> Choice:
        """Whom the other assigner chooses of those who are preferred."""
        preferred = self.preferred(question)
        if not preferred:
            return Choice(None, question.rotation)
        return self.then.choose(attrs.evolve(question, candidates=preferred))

    def explain(self, question: Question, /) -> Sequence[CandidateVerdict]:
        """What the other assigner says of those who are preferred, and then why each of the others is not."""
        preferred = self.preferred(question)
        agents = {it.agent for it in preferred}
        said = self.then.explain(attrs.evolve(question, candidates=preferred)) if preferred else ()
        others = sorted((it for it in question.candidates if it.agent not in agents), key=lambda it: it.agent)
        return [
            *said,
            *(CandidateVerdict(it.agent, chosen=False, reason=self.reason_against(question, it)) for it in others),
        ]
