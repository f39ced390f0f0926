"""By skills: to those who have every skill that the ticket asks for."""

from collections.abc import Iterable, Sequence

from ticketcore.assignment.narrowing import Narrowing
from ticketcore.assignment.question import Candidate, Question
from ticketcore.conditions.folding import fold
from ticketcore.model.tickets import AnyTicket


class SkillsAssigner(Narrowing):
    """
    Gives each ticket to a candidate who has all the skills that it asks for.

    A ticket asks for a skill by having it as a tag: every tag that is a skill of some agent is one. If nobody has them
    all, it chooses nobody, and the ticket waits for somebody who has. Of several, it goes to whose turn it is.

    Args:
        then: Who of several with these skills gets it.
    """

    __slots__ = ()

    def preferred(self, question: Question) -> Sequence[Candidate]:
        """Those who have all of them."""
        needed = needed_skills(question.ticket, question.skills)
        return [it for it in question.candidates if needed <= _folded(it.skills)]

    def reason_against(self, question: Question, candidate: Candidate) -> str:
        """What the candidate lacks."""
        lacking = needed_skills(question.ticket, question.skills) - _folded(candidate.skills)
        return f"lacks {', '.join(map(repr, sorted(lacking)))}"


def needed_skills(ticket: AnyTicket, skills: Iterable[str]) -> frozenset[str]:
    """
    The skills that a ticket asks for, folded: its tags, as far as they are skills.

    Args:
        ticket: The ticket.
        skills: Everything that is a skill of anybody.
    """
    return _folded(ticket.tags) & _folded(skills)


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, texts))
