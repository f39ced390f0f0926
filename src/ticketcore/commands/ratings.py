"""What customers think of an answer, or of the whole ticket."""

from typing import ClassVar

import attrs

from ticketcore import events
from ticketcore._draft import Draft
from ticketcore.commands.command import CustomerTicketCommand
from ticketcore.errors import NotFound, OutOfPlace
from ticketcore.model import checks
from ticketcore.model.checks import Check, optional
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import EntryId
from ticketcore.model.kinds import ENTRIES, RATINGS
from ticketcore.model.lifecycle import DONE
from ticketcore.model.permissions import Permission
from ticketcore.model.ratings import Rateable, Rating, rating_id
from ticketcore.model.thread import Answer
from ticketcore.model.tickets import Ticket

COMMENT_LIMIT = 5_000
IS_OPINION = optional(Check("True or False", lambda value: isinstance(value, bool)))


@attrs.frozen
class RateTicket(CustomerTicketCommand[Rating]):
    """
    A customer says what they think of a ticket as a whole. A second rating takes the place of the first.

    Args:
        positive: Whether it is good; None to say neither, say of a mere comment.
        comment: Why.

    Raises:
        OutOfPlace: Nobody has answered yet, and the ticket is not done either; or the setup has answers rated alone.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    positive: bool | None = checks.checked(IS_OPINION)
    comment: str = checks.text(at_most=COMMENT_LIMIT, default="")

    def decide(self, draft: Draft, ticket: Ticket) -> Rating:
        """The rating as it now is."""
        if draft.setup.ratings is Rateable.ANSWERS:
            raise OutOfPlace(self.asked, "answers are rated here, each on its own", ("RateAnswer",))
        if not ticket.answers and ticket.status.category not in DONE:
            raise OutOfPlace(self.asked, "nobody has answered yet", ("rate it once it is answered or resolved",))
        return _rate(draft, ticket, None, positive=self.positive, comment=self.comment)


@attrs.frozen
class RateAnswer(CustomerTicketCommand[Rating]):
    """
    A customer says what they think of an answer. A second rating takes the place of the first.

    Args:
        answer: Which answer of the ticket.
        positive: Whether it is good; None to say neither, say of a mere comment.
        comment: Why.

    Raises:
        NotFound: The ticket has no such answer.
        OutOfPlace: The setup has tickets rated alone, each as a whole.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    answer: EntryId = checks.identifier()
    positive: bool | None = checks.checked(IS_OPINION)
    comment: str = checks.text(at_most=COMMENT_LIMIT, default="")

    def decide(self, draft: Draft, ticket: Ticket) -> Rating:
        """The rating as it now is."""
        answer = draft.peek(ENTRIES, self.answer)
        if not isinstance(answer, Answer) or answer.ticket not in (ticket.id, *ticket.merged_from):
            raise NotFound("answer", self.answer)
        if draft.setup.ratings is Rateable.TICKETS:
            raise OutOfPlace(self.asked, "tickets are rated here, each as a whole", ("RateTicket",))
        return _rate(draft, ticket, answer.id, positive=self.positive, comment=self.comment)


def _rate(draft: Draft, ticket: Ticket, answer: EntryId | None, *, positive: bool | None, comment: str) -> Rating:
    id = rating_id(draft.customer, ticket.id, answer)
    before = draft.peek(RATINGS, id)
    if before is not None and (before.positive, before.comment) == (positive, comment):
        return before
    if before is None:
        rating = Rating(
            id=id,
            ticket=ticket.id,
            answer=answer,
            contact=draft.customer,
            positive=positive,
            comment=comment,
            at=draft.now,
        )
    else:
        rating = copy_with(before, positive=positive, comment=comment, at=draft.now)
    draft.occur(ticket, events.Rated, rating=rating.id, positive=positive)
    return draft.put(RATINGS, rating)
