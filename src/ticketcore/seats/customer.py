"""The seat of a customer."""

from typing import TypeVar, overload

from ticketcore import _reading
from ticketcore._reading import PAGE
from ticketcore.commands.command import ANY, Command, CustomerCommand, CustomerTicketCommand
from ticketcore.model.ids import AttachmentId, ChatId, ContactId, TicketId
from ticketcore.model.public import (
    PublicChat,
    PublicChatMessage,
    PublicContact,
    PublicMessage,
    PublicTicket,
    Publishable,
)
from ticketcore.query import Cursor, Page
from ticketcore.seats.seat import Seat

P = TypeVar("P")


class CustomerSeat(Seat):
    """
    A customer, who sees their own tickets, and of those what is public.

    Whatever the customer names and may not see is told like what does not exist: it raises `NotFound`.
    """

    @overload
    def do(self, command: CustomerTicketCommand[Publishable[P]], *, on: TicketId, key: str | None = None) -> P: ...
    @overload
    def do(self, command: CustomerCommand[Publishable[P]], *, key: str | None = None) -> P: ...
    def do(self, command: Command[Publishable[P]], *, on: TicketId | None = None, key: str | None = None) -> P:
        """
        Does what a customer's command says.

        Args:
            command: What.
            on: The ticket, for a command on one.
            key: The same request under the same key is done once.

        Returns:
            The public part of what the command's decision gives.

        Raises:
            NotFound: The ticket does not exist, or is not this customer's.
            InvalidInput, OutOfPlace: As the command says.
        """
        return self._ask(command, on, ANY, key).public()

    def ticket(self, id_or_reference: str) -> PublicTicket:
        """One of the customer's tickets, by its id or its reference."""
        return self._read(_reading.public_ticket, id_or_reference).public()

    def tickets(self, *, limit: int | None = PAGE, after: Cursor | None = None) -> Page[PublicTicket]:
        """A page of the customer's tickets, newest first."""
        page = self._read(_reading.public_tickets, limit, after)
        return Page(tuple(it.public() for it in page.items), page.next)

    def search(self, words: str, *, limit: int | None = PAGE, after: Cursor | None = None) -> Page[PublicTicket]:
        """
        A page of the customer's tickets of which all these words are said, where the customer sees them; newest first.

        Args:
            words: What is looked for: every word of it must be found, in whatever case. A word with `*` behind it may
                go on; words between quotation marks must follow each other.
            limit: How many at most.
            after: The `next` of the page before.

        Raises:
            InvalidInput: There is no word in it, or too many.
            StorageError: The storage has no index of words.
        """
        page = self._read(_reading.public_search, words, limit, after)
        return Page(tuple(it.public() for it in page.items), page.next)

    def thread(self, on: TicketId) -> tuple[PublicMessage, ...]:
        """The messages of a ticket that customers see, in order."""
        return tuple(entry.public() for entry in self._read(_reading.public_thread, on))

    def chats(self, on: TicketId) -> tuple[PublicChat, ...]:
        """The chats of a ticket, in the order in which they began."""
        return tuple(it.public() for it in self._read(_reading.public_chats, on))

    def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[PublicChatMessage, ...]:
        """What was written in a chat, in order."""
        return tuple(it.public() for it in self._read(_reading.public_chat_messages, chat, on))

    def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a public message of a ticket."""
        return self._download(_reading.public_attachment, attachment, on)

    def profile(self) -> PublicContact:
        """The customer's own data."""
        return self._read(_reading.contact, ContactId(self.actor.id or "")).public()
