"""At random, reproducibly: the draw follows from the host's seed and the ticket."""

import hashlib
from collections.abc import Sequence
from itertools import accumulate

import attrs

from ticketcore.assignment.composing import Composable
from ticketcore.assignment.question import CandidateVerdict, Choice, Question
from ticketcore.model.values import FrozenValue


@attrs.frozen
class RandomAssigner(Composable, FrozenValue):
    """
    Gives each ticket to a candidate drawn by lot; one of weight *w* has *w* lots.

    The draw is made of the seed and the ticket: the same question has the same answer whenever it is asked, and who
    does not know the seed cannot tell who is next.

    Args:
        seed: The host's; any text.
    """

    seed: str = ""

    def choose(self, question: Question, /) -> Choice:
        """The candidate who was drawn."""
        candidates = sorted(question.candidates, key=lambda it: it.agent)
        if not candidates:
            return Choice(None, question.rotation)
        ends = [*accumulate(it.weight for it in candidates)]
        lot = self._number(question) % ends[-1]
        return Choice(next(it.agent for it, end in zip(candidates, ends, strict=True) if lot < end), question.rotation)

    def explain(self, question: Question, /) -> Sequence[CandidateVerdict]:
        """Who was drawn, and who was not."""
        drawn = self.choose(question).agent
        order = sorted(question.candidates, key=lambda it: (it.agent != drawn, it.agent))
        return [
            CandidateVerdict(
                it.agent, chosen=it.agent == drawn, reason="was drawn" if it.agent == drawn else "was not drawn"
            )
            for it in order
        ]

    def _number(self, question: Question) -> int:
        """A number that looks random: another one for each ticket, and whenever something has happened to it."""
        drawn_for = f"{self.seed}\n{question.ticket.id}\n{question.ticket.entries}"
        return int.from_bytes(hashlib.sha256(drawn_for.encode()).digest()[:16])
