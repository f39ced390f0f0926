"""
Taking in mail: what a mail becomes on the desk.

The sender alone says who wrote: neither a reference, nor a signed token, nor a name in a header makes anybody an
author. A mail goes to a ticket only if its sender takes part in that ticket; whoever else cites it opens a ticket of
their own.
"""

import hashlib
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.access import Principal
from ticketcore.commands.command import SystemCommand
from ticketcore.commands.contacts import add_contact
from ticketcore.commands.messages import receive_message
from ticketcore.commands.recognising import contact_of_address
from ticketcore.commands.tickets import open_for_customer
from ticketcore.events import AutomaticMailReceived
from ticketcore.model import checks
from ticketcore.model.actors import Actor
from ticketcore.model.attachments import Attachment, Upload
from ticketcore.model.checks import IS_ID, TURNING, is_a
from ticketcore.model.ids import DepartmentId, EntryId, TicketId
from ticketcore.model.keys import NaturalKey, address_key
from ticketcore.model.kinds import CONTACT_ADDRESSES, CONTACTS, MAIL_IDS, RECEIVED_MAILS, REFERENCES, TICKETS
from ticketcore.model.lifecycle import SET_ASIDE
from ticketcore.model.mail import Mail, MailAddress, MailKind
from ticketcore.model.people import Contact
from ticketcore.model.permissions import Permission
from ticketcore.model.references import find_references
from ticketcore.model.thread import UntrustedHtml
from ticketcore.model.tickets import Channel, Ticket
from ticketcore.storage.protocols import Key

MARKED_SPAM = "marked-spam"
"""The tag of tickets whose first mail a server on its way marked as spam: for rules to act on."""

_MARKED = frozenset({MARKED_SPAM})

MOST_COPIES = 50
"""How many a mail may bring into a ticket, those who take part in it included."""

NO_SUBJECT = "(no subject)"


class MailBecame(Enum):
    """What a mail became."""

    TICKET = "ticket"
    REPLY = "reply"
    DUPLICATE = "duplicate"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"


@attrs.frozen
class MailOutcome:
    """
    What became of a mail.

    Args:
        became: What.
        ticket: The ticket that it opened or went to; of a set-aside one the ticket that it belongs to, if to any.
        entry: The message that it became.
    """

    became: MailBecame
    ticket: TicketId | None = None
    entry: EntryId | None = None


@attrs.frozen
class ReceiveMail(SystemCommand[MailOutcome]):
    """
    Takes in a mail (requirements FL-1, TK-12, TK-13).

    The same mail again, which is one with the same Message-ID (or, without one, the same bytes) from the same sender,
    is a duplicate. Automatic replies and bounces (RFC 3834, RFC 3464) are recorded, open nothing and are never
    answered.

    Args:
        mail: The mail.
        tickets: The tickets that tokens in it name which this desk signed, most likely first.
        sender_proven: Whether the sender is known not to be forged, as far as mail goes. Copies that an unproven sender
            wants are proposals.
        from_desk: Whether the desk itself sent it, and it came back. It is set aside like an automatic reply, as is
            what says to be from an address of the desk: a desk that answered itself would never stop.
    """

    permission: ClassVar[Permission] = Permission.OPEN

    mail: Mail = checks.checked(is_a(Mail, "a Mail"))
    tickets: Sequence[TicketId] = checks.several(IS_ID, default=())
    sender_proven: bool = checks.flag(default=True)
    from_desk: bool = checks.flag(default=False)

    def reads(self) -> list[Key]:
        """What tells who wrote, whether it came before, and what it answers."""
        keys = [Key(RECEIVED_MAILS, _identity(self.mail)), *(Key(MAIL_IDS, id) for id in _answered(self.mail))]
        if self.mail.message_id:
            keys.append(Key(MAIL_IDS, self.mail.message_id))
        if self.mail.sender:
            keys.append(Key(CONTACT_ADDRESSES, self.mail.sender.key))
        return keys

    def decide(self, draft: Draft) -> MailOutcome:
        """What it became."""
        known = draft.peek(RECEIVED_MAILS, _identity(self.mail))
        if known is not None:
            return MailOutcome(MailBecame.DUPLICATE, TicketId(known.holder) if known.holder else None)
        outcome = self._take_in(draft)
        draft.put(RECEIVED_MAILS, NaturalKey(id=_identity(self.mail), holder=outcome.ticket or ""))
        self._remember(draft, outcome)
        return outcome

    def _take_in(self, draft: Draft) -> MailOutcome:
        if self.mail.kind is not MailKind.PERSONAL or self.from_desk or _says_desk(draft, self.mail):
            return self._set_aside(draft)
        contact = _sender(draft, self.mail)
        with draft.acting(Principal(Actor.contact(contact.id)), draft.cause):
            for ticket in self._named(draft):
                if _takes_part(ticket, contact, self.mail):
                    return self._reply(draft, ticket, contact)
            return self._open(draft, contact)

    def _set_aside(self, draft: Draft) -> MailOutcome:
        bounce = self.mail.kind is MailKind.BOUNCE
        became = MailBecame.BOUNCE if bounce else MailBecame.AUTO_REPLY
        ticket = next(self._concerned(draft, bounce=bounce), None)
        if ticket is None:
            return MailOutcome(became)
        draft.occur(ticket, AutomaticMailReceived, bounce=bounce, digest=self.mail.digest)
        return MailOutcome(became, ticket.id)

    def _concerned(self, draft: Draft, *, bounce: bool) -> Iterator[Ticket]:
        """
        The tickets on which an automatic mail is recorded.

        Of a bounce those that a token of the desk's own names; of a reply those in which its sender takes part.
        """
        sender = contact_of_address(draft, self.mail.sender.address) if self.mail.sender else None
        for ticket in self._named(draft):
            concerned = ticket.id in self.tickets if bounce else sender and _takes_part(ticket, sender, self.mail)
            if concerned and ticket.status.category not in SET_ASIDE:
                yield ticket

    def _named(self, draft: Draft) -> Iterator[Ticket]:
        """The customers' tickets that the mail names: by token, by what it answers, by its subject."""
        ids = [*self.tickets]
        for message_id in _answered(self.mail):
            key = draft.peek(MAIL_IDS, message_id)
            ids += [TicketId(key.holder)] if key and key.holder else []
        ids += _hinted(draft, self.mail)
        for id in dict.fromkeys(ids):
            ticket = draft.peek(TICKETS, id)
            if isinstance(ticket, Ticket):
                yield ticket

    def _reply(self, draft: Draft, ticket: Ticket, contact: Contact) -> MailOutcome:
        message = receive_message(
            draft, ticket, contact.id, self.mail.text, attachments=self.mail.attachments, **self._origin(draft)
        )
        ticket = draft.get(TICKETS, message.ticket)  # type: ignore[assignment]  # a customer's message is on a customer's ticket
        self._copy(draft, ticket, trusted=self.sender_proven and contact.id in ticket.parties)
        return MailOutcome(MailBecame.REPLY, message.ticket, message.id)

    def _open(self, draft: Draft, contact: Contact) -> MailOutcome:
        ticket, message = open_for_customer(
            draft,
            contact.id,
            self.mail.subject.strip() or NO_SUBJECT,
            self.mail.text,
            department=_department(draft, self.mail),
            attachments=self.mail.attachments,
            opening={"language": self.mail.language, "tags": _MARKED if self.mail.marked_spam else frozenset()},
            **self._origin(draft),
        )
        self._copy(draft, ticket, trusted=self.sender_proven)
        return MailOutcome(MailBecame.TICKET, ticket.id, message.id)

    def _origin(self, draft: Draft) -> dict[str, Any]:
        """What the message keeps of the mail."""
        mail = self.mail
        return {
            "source": Channel.EMAIL,
            "language": mail.language,
            "html": UntrustedHtml(mail.html) if mail.html else None,
            "original": _kept(draft, mail),
            "subject": mail.subject.strip() or None,
            "message_id": mail.message_id,
            "sender": mail.sender.address if mail.sender else None,
            "to": tuple(it.address for it in mail.to),
            "cc": tuple(it.address for it in mail.cc),
            "bcc": _not_named(mail),
        }

    def _copy(self, draft: Draft, ticket: Ticket, *, trusted: bool) -> None:
        """Adds those whom the mail was copied to, or proposes them."""
        ticket = draft.get(TICKETS, ticket.id)  # type: ignore[assignment]  # a customer's ticket stays one
        wanted = [it.address for it in self.mail.cc if _is_outside(draft, it)]
        present = {address_key(it) for it in (*ticket.cc, *ticket.proposed_cc)} | _addresses(draft, ticket)
        new = tuple(it for it in wanted if address_key(it) not in present)[: MOST_COPIES - len(present)]
        if new and trusted:
            draft.change(ticket, cc=ticket.cc + new)
        elif new:
            draft.change(ticket, proposed_cc=ticket.proposed_cc + new)

    def _remember(self, draft: Draft, outcome: MailOutcome) -> None:
        """Has later mails that answer this one find its ticket; an id that two mails bear finds none."""
        id = self.mail.message_id
        if not id or not outcome.entry or not outcome.ticket:
            return
        known = draft.peek(MAIL_IDS, id)
        if known is None:
            draft.put(MAIL_IDS, NaturalKey(id=id, holder=outcome.ticket))
        elif known.holder != outcome.ticket:
            draft.put(MAIL_IDS, attrs.evolve(known, holder=""))


def _identity(mail: Mail) -> str:
    """What makes a mail the same one: its Message-ID and sender, or its bytes; as a digest, which names nobody."""
    if mail.message_id is None:
        return mail.digest
    return hashlib.sha256(f"{mail.message_id} {mail.sender.key if mail.sender else ''}".encode()).hexdigest()


def _not_named(mail: Mail) -> tuple[str, ...]:
    """The addresses that servers wrote down, apart from those that the sender did."""
    named = {it.key for it in (*mail.to, *mail.cc)}
    return tuple(dict.fromkeys(it.address for it in mail.delivered_to if it.key not in named))


def _answered(mail: Mail) -> list[str]:
    """The ids of the mails that this one answers or goes on from, the nearest first."""
    returned = [mail.returned_message_id] if mail.returned_message_id else []
    return [*returned, *mail.in_reply_to, *reversed(mail.references)]


def _sender(draft: Draft, mail: Mail) -> Contact:
    """The contact who wrote, recognised by address or added; without any address a visitor of their own."""
    if mail.sender is None:
        return add_contact(draft, language=mail.language)
    known = contact_of_address(draft, mail.sender.address)
    name = TURNING.sub("", mail.sender.name).strip() or None
    return known or add_contact(draft, name=name, emails=(mail.sender.address,), language=mail.language)


def _takes_part(ticket: Ticket, contact: Contact, mail: Mail) -> bool:
    if contact.id in ticket.parties:
        return True
    return mail.sender is not None and mail.sender.key in {address_key(it) for it in ticket.cc}


def _hinted(draft: Draft, mail: Mail) -> list[TicketId]:
    """The tickets whose references stand in the subject."""
    keys = (draft.peek(REFERENCES, it) for it in find_references(mail.subject))
    return [TicketId(key.holder) for key in keys if key is not None]


def _department(draft: Draft, mail: Mail) -> DepartmentId | None:
    """The department of the first address that has one (requirement DP-4)."""
    roster = draft.configuration.roster
    found = (roster.department_of_address(it.address) for it in (*mail.to, *mail.cc, *mail.delivered_to))
    return next((it for it in found if it is not None), None)


def _says_desk(draft: Draft, mail: Mail) -> bool:
    """Whether a mail says to be from an address of the desk."""
    return mail.sender is not None and not _is_outside(draft, mail.sender)


def _is_outside(draft: Draft, address: MailAddress) -> bool:
    return draft.configuration.roster.department_of_address(address.address) is None


def _addresses(draft: Draft, ticket: Ticket) -> set[str]:
    """The addresses of those who take part already."""
    contacts = [draft.peek(CONTACTS, it) for it in ticket.parties]
    return {address_key(email) for contact in contacts if contact for email in contact.emails}


def _kept(draft: Draft, mail: Mail) -> Attachment:
    """The mail as it came, as a file."""
    return draft.keep(Upload("original.eml", "message/rfc822", mail.original))
