"""What customers think of an answer, or of the whole ticket."""

from datetime import datetime
from enum import Enum

import attrs

from ticketcore.model.ids import ContactId, EntryId, RatingId, TicketId
from ticketcore.model.passages import FoundBy, Passage
from ticketcore.model.public import PublicRating
from ticketcore.model.values import FrozenValue


class Rateable(Enum):
    """What customers rate: each answer, the ticket as a whole, or both."""

    ANSWERS = "answers"
    TICKETS = "tickets"
    BOTH = "both"


@attrs.frozen(kw_only=True)
class Rating(FrozenValue):
    """
    One rating.

    Args:
        id: Made of what is rated and by whom, so that nobody rates a thing twice.
        answer: The answer rated; None for the ticket as a whole.
        positive: Whether it is a good one; None of a comment that is neither good nor bad.
    """

    id: RatingId
    version: int = 1
    ticket: TicketId
    answer: EntryId | None = None
    contact: ContactId
    positive: bool | None
    comment: str = ""
    at: datetime

    def passage(self) -> Passage:
        """What it says, to agents alone: a ticket's customers do not see each other's ratings."""
        return Passage(FoundBy.THREAD, self.ticket, private=(self.comment,))

    def public(self) -> PublicRating:
        """The rating as its author may see it."""
        return PublicRating(id=self.id, ticket=self.ticket, positive=self.positive, comment=self.comment, at=self.at)


def rating_id(contact: ContactId, ticket: TicketId, answer: EntryId | None) -> RatingId:
    """The id of a contact's rating of an answer, or of a ticket."""
    return RatingId(f"{answer or ticket}/{contact}")
