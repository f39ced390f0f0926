"""
What the desk writes to customers by itself: receipts, and how often it may write at all.

Whoever writes may be a machine that answers whatever comes, without a word that it is one. So nothing here trusts a
header: it is counted how often the desk has written (RFC 3834).
"""

from datetime import timedelta
from typing import Any, ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, TicketCommand
from ticketcore.commands.filling import check_template
from ticketcore.commands.messages import for_customers
from ticketcore.conditions import NOW, EntryF, F
from ticketcore.events import AnswerWithheld
from ticketcore.model import checks
from ticketcore.model.actors import ActorKind
from ticketcore.model.ids import ContactId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Answer
from ticketcore.model.tickets import AnyTicket, InternalTicket
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_contact
from ticketcore.query import Order, Query
from ticketcore.templates import is_template

MOST_RECEIPTS: Final = 3
"""How many tickets of one requester are acknowledged, or answered by rules, within an hour."""

MOST_ANSWERS: Final = 3
"""How often rules write to the customers of one ticket within an hour."""

HOUR: Final = timedelta(hours=1)


@attrs.frozen
class AcknowledgeReceipt(AddingTicketCommand[AnyTicket]):
    """
    Tells the main requester that a ticket was received: for rules (requirement TK-9).

    It answers nothing, and stands in the outbox alone. Automatic replies open no tickets, so that none is ever
    acknowledged; nobody who was merely copied is told; and so that nobody can have the desk flood somebody, neither is
    a requester of more than three tickets within an hour (RFC 3834).

    Args:
        template: What it says, with placeholders such as `{ticket.answer_by|soon}`; None for the words of the ticket's
            department.

    Raises:
        InvalidInput: It is no template, or names what there is not.
    """

    permission: ClassVar[Permission] = Permission.ANSWER

    template: str | None = checks.checked(is_template(at_least=1), default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket as it was."""
        if self.template is not None:
            check_template(draft, self.template, "template", self.asked)
        ticket = for_customers(ticket, self.asked)
        if not ticket.answers and not _asks_too_often(draft, ticket.requester):
            tell_contact(draft, ticket.requester, Occasion.RECEIPT, ticket, self.template)
        return ticket


def is_withheld(draft: Draft, command: TicketCommand[Any], ticket: AnyTicket) -> bool:
    """
    Whether a command that a rule is about to do is left undone, because its customers were written to often enough.

    The thread tells of it. Whatever else the rule does, it does.

    Args:
        draft: The unit of work.
        command: The command.
        ticket: The ticket.
    """
    if draft.cause.rule is None or not command.writes_to_customers or isinstance(ticket, InternalTicket):
        return False
    if not _has_written_often(draft, ticket.id) and not _asks_too_often(draft, ticket.requester):
        return False
    draft.occur(ticket, AnswerWithheld)
    return True


def _has_written_often(draft: Draft, ticket: TicketId) -> bool:
    """Whether the desk itself has written to a ticket's customers as often within the last hour as it may."""
    written = (EntryF.ticket == ticket) & _BY_ITSELF
    latest = draft.find(Query(ENTRIES, written, (Order("position", descending=True),), MOST_ANSWERS)).items
    return len(latest) == MOST_ANSWERS and latest[-1].at >= draft.now - HOUR


def _asks_too_often(draft: Draft, contact: ContactId) -> bool:
    """Whether a customer opened more tickets within the last hour than are acknowledged; no others are looked at."""
    newest = (Order("created_at", descending=True),)
    theirs = F.requesters.has(contact) & _UNTIL_NOW
    latest = draft.find(Query(TICKETS, theirs, newest, MOST_RECEIPTS + 1)).items
    return len(latest) > MOST_RECEIPTS and latest[-1].created_at >= draft.now - HOUR


# A simulation asks what was so at an earlier time; what came later does not count there.
_UNTIL_NOW: Final = F.created_at <= NOW
_BY_ITSELF: Final = (EntryF.author_kind == ActorKind.SYSTEM) & (EntryF.kind == Answer.label) & (EntryF.at <= NOW)
