"""
What the desk writes to customers by itself: receipts, and how often it may write at all.

Whoever writes may be a machine that answers whatever comes, without a word that it is one. So nothing here trusts a
header: it is counted how often the desk has written (RFC 3834).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingTicketCommand, TicketCommand
from ticketcore.commands.filling import check_template
from ticketcore.commands.messages import for_customers
from ticketcore.commands.outgoing import Forward, SendMail
from ticketcore.conditions import NOW, Condition, EntryF, EntryFacts, F, TicketFacts
from ticketcore.events import AnswerWithheld
from ticketcore.model import checks
from ticketcore.model.actors import ActorKind
from ticketcore.model.ids import ContactId, TicketId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import CONTACTS, ENTRIES, TICKETS
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Answer, CustomerMessage
from ticketcore.model.tickets import AnyTicket, InternalTicket, Ticket
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_contact
from ticketcore.query import Order, Query
from ticketcore.templates import is_template

MOST_RECEIPTS: Final = 3
"""How many tickets of one requester are acknowledged, or answered by rules, within an hour."""

MOST_ANSWERS: Final = 3
"""How often rules write to the customers of one ticket, or answer them by mails to others, within an hour."""

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
    if draft.cause.rule is None or isinstance(ticket, InternalTicket):
        return False
    if command.writes_to_customers:
        is_enough = _is_often(draft, ticket.id, _ANSWERS_OF_THE_DESK, MOST_ANSWERS)
    elif _goes_back(draft, command, ticket):
        is_enough = _is_often(draft, ticket.id, _MESSAGES, MOST_ANSWERS + 1)
    else:
        return False
    if is_enough or _asks_too_often(draft, ticket.requester):
        draft.occur(ticket, AnswerWithheld)
        return True
    return False


def _goes_back(draft: Draft, command: TicketCommand[Any], ticket: Ticket) -> bool:
    """Whether a mail to somebody else goes to the very one who asked: a supplier, say, whose machine wrote."""
    if not isinstance(command, (SendMail, Forward)):
        return False
    theirs = {address_key(it) for it in draft.get(CONTACTS, ticket.requester).emails}
    return not theirs.isdisjoint(map(address_key, command.to))


def _is_often(draft: Draft, ticket: TicketId, such: Condition[EntryFacts], most: int) -> bool:
    """Whether as many entries of a kind came into a ticket's thread within the last hour."""
    wanted = (EntryF.ticket == ticket) & such
    latest = draft.find(Query(ENTRIES, wanted, (Order("position", descending=True),), most)).items
    return len(latest) == most and latest[-1].at >= draft.now - HOUR


def _asks_too_often(draft: Draft, contact: ContactId) -> bool:
    """Whether a customer opened more tickets within the last hour than are acknowledged; no others are looked at."""
    theirs = F.requesters.has(contact)
    latest = _newest(draft, theirs)
    if latest and latest[0].created_at > draft.now:  # only in a simulation of the past
        latest = _newest(draft, theirs & _UNTIL_NOW)
    return len(latest) > MOST_RECEIPTS and latest[-1].created_at >= draft.now - HOUR


def _newest(draft: Draft, where: Condition[TicketFacts]) -> Sequence[AnyTicket]:
    return draft.find(Query(TICKETS, where, (Order("created_at", descending=True),), MOST_RECEIPTS + 1)).items


# A simulation asks what was so at an earlier time; what came later does not count there.
_UNTIL_NOW: Final = F.created_at <= NOW
_WRITTEN: Final = EntryF.at <= NOW
_ANSWERS_OF_THE_DESK: Final = (EntryF.author_kind == ActorKind.SYSTEM) & (EntryF.kind == Answer.label) & _WRITTEN
_MESSAGES: Final = (EntryF.kind == CustomerMessage.label) & _WRITTEN
