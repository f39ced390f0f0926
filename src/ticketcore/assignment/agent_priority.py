"""By agents' priority: to those first who come first in their department."""

from collections.abc import Sequence

from ticketcore.assignment.narrowing import Narrowing
from ticketcore.assignment.question import Candidate, Question


class AgentPriorityAssigner(Narrowing):
    """
    Gives each ticket to a candidate of the highest priority: to others only while none of these can take any.

    The priority is that of the membership. Of several, by default, it goes to whose turn it is.

    Args:
        then: Who of several with that priority gets it.
    """

    __slots__ = ()

    def preferred(self, question: Question) -> Sequence[Candidate]:
        """Those of the highest priority."""
        highest = max((it.priority for it in question.candidates), default=0)
        return [it for it in question.candidates if it.priority == highest]

    def reason_against(self, question: Question, candidate: Candidate) -> str:
        """That others come first."""
        highest = max(it.priority for it in question.candidates)
        return f"has priority {candidate.priority}; others have {highest}"
