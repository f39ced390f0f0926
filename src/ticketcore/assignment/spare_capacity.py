"""Spare capacity: to whoever can take the most tickets more."""

from collections.abc import Sequence
from math import inf

from ticketcore.assignment.narrowing import Narrowing
from ticketcore.assignment.question import Candidate, Question


class SpareCapacityAssigner(Narrowing):
    """
    Gives each ticket to the candidate who can take the most more; of several, by default, to whose turn it is.

    Whoever has no limit has the most room of all.

    Args:
        then: Who of several with as much room gets it.
    """

    __slots__ = ()

    def preferred(self, question: Question) -> Sequence[Candidate]:
        """Those with the most room."""
        rooms = {it.agent: _room(question, it) for it in question.candidates}
        most = max(rooms.values(), default=0)
        return [it for it in question.candidates if rooms[it.agent] == most]

    def reason_against(self, question: Question, candidate: Candidate) -> str:
        """How little room the candidate has."""
        return f"has room for {_room(question, candidate)} more; others for more than that"


def _room(question: Question, candidate: Candidate) -> float:
    if candidate.capacity is None:
        return inf
    return candidate.capacity - question.loads.get(candidate.agent, 0)
