"""Who knows the customer: to whoever worked for the customer last, or for the customer's company."""

from collections.abc import Sequence

from ticketcore.assignment.narrowing import Narrowing
from ticketcore.assignment.question import Candidate, Question


class KnowsCustomerAssigner(Narrowing):
    """
    Gives each ticket to the candidate who had the customer's last ticket, or else the last one of the company.

    If nobody knows either, it chooses nobody: write `KnowsCustomerAssigner() | RoundRobinAssigner()`.
    """

    __slots__ = ()

    def preferred(self, question: Question) -> Sequence[Candidate]:
        """The one who knows the customer best; nobody if nobody does."""
        for served in (question.served, question.served_company):
            knowing = [it for it in question.candidates if it.agent in served]
            if knowing:
                return [max(knowing, key=lambda it: (served[it.agent], it.agent))]
        return ()

    def reason_against(self, question: Question, candidate: Candidate) -> str:
        """Whether the candidate knows the customer at all."""
        if candidate.agent in question.served:
            return "had a ticket of the customer longer ago"
        if candidate.agent in question.served_company:
            return "had a ticket of the customer's company, but others know the customer better"
        return "never had a ticket of the customer, or of the company"
