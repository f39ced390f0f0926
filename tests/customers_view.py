"""All that a customer ever sees: what the seat shows, and what is sent."""

from collections.abc import Iterator

import attrs

from ticketcore.desk import HelpDesk
from ticketcore.model.ids import ContactId
from ticketcore.model.public import PublicChat, PublicChatMessage, PublicContact, PublicMessage, PublicTicket
from ticketcore.notices import AgentNotice, CustomerNotice, MailNotice, Notice
from ticketcore.seats import CustomerSeat

WORDS = (
    "bill", "wrong", "καλημέρα", "thank*", "olga", "mia", "bob", "pdf", "hello", "lines", "hvala", "order", "till",
    "looked", "now", "sorry", "dora", "vip", "kim*", "example",
)  # fmt: skip
"""Words that tests write, in public and in private."""


@attrs.define
class Letterbox:
    """
    A notifier that keeps what it is given.

    Args:
        notices: What was sent, in order.
    """

    notices: list[Notice] = attrs.field(factory=list)

    def send(self, notice: Notice) -> None:
        """Keeps a notice."""
        self.notices.append(notice)

    @property
    def to_customers(self) -> list[CustomerNotice]:
        """What customers were sent."""
        return [it for it in self.notices if isinstance(it, CustomerNotice)]

    @property
    def to_outsiders(self) -> list[MailNotice]:
        """What was sent to addresses, whoever they belong to."""
        return [it for it in self.notices if isinstance(it, MailNotice)]

    @property
    def to_agents(self) -> list[AgentNotice]:
        """What agents were sent."""
        return [it for it in self.notices if isinstance(it, AgentNotice)]


@attrs.frozen
class View:
    """
    What a customer's seat shows.

    Args:
        profile: Their own data.
        tickets: Their tickets, as a listing shows them.
        pages: How long the pages of that listing are, if they are short.
        found: Each ticket by its id, and by its reference.
        threads: The thread of each ticket.
        files: What each attachment holds.
        chats: The chats of each ticket.
        chat_messages: What was written in each of these.
        searched: What is found by words, those in public and those in private.
    """

    profile: PublicContact
    tickets: tuple[PublicTicket, ...]
    pages: tuple[int, ...]
    found: tuple[PublicTicket, ...]
    threads: tuple[tuple[PublicMessage, ...], ...]
    files: tuple[bytes, ...]
    chats: tuple[PublicChat, ...]
    chat_messages: tuple[PublicChatMessage, ...]
    searched: tuple[tuple[PublicTicket, ...], ...]


def seen_by(desk: HelpDesk, contact: ContactId) -> View:
    """Everything that a customer's seat shows."""
    seat = desk.as_customer(contact)
    tickets = seat.tickets(limit=None).items
    threads = tuple(seat.thread(it.id) for it in tickets)
    chats = tuple(chat for it in tickets for chat in seat.chats(it.id))
    return View(
        profile=seat.profile(),
        tickets=tickets,
        pages=tuple(_pages(seat)),
        found=tuple(seat.ticket(name) for it in tickets for name in (it.id, it.reference)),
        threads=threads,
        files=tuple(
            seat.download(file.id, on=message.ticket)
            for thread in threads
            for message in thread
            for file in message.attachments
        ),
        chats=chats,
        chat_messages=tuple(it for chat in chats for it in seat.chat_messages(chat.id, on=chat.ticket)),
        searched=tuple(seat.search(word).items for word in WORDS),
    )


def _pages(seat: CustomerSeat) -> Iterator[int]:
    page = seat.tickets(limit=2)
    yield len(page.items)
    while page.next is not None:
        page = seat.tickets(limit=2, after=page.next)
        yield len(page.items)
