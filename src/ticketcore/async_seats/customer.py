"""The seat of a customer at an asynchronous desk."""

from typing import TypeVar, overload

from ticketcore import _reading
from ticketcore._reading import PAGE
from ticketcore.async_seats.seat import AsyncSeat
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

P = TypeVar("P")


class AsyncCustomerSeat(AsyncSeat):
    """A customer, who sees their own tickets, and of those what is public."""

    @overload
    async def do(
        self, command: CustomerTicketCommand[Publishable[P]], *, on: TicketId, key: str | None = None
    ) -> P: ...
    @overload
    async def do(self, command: CustomerCommand[Publishable[P]], *, key: str | None = None) -> P: ...
    async def do(self, command: Command[Publishable[P]], *, on: TicketId | None = None, key: str | None = None) -> P:
        """Does what a customer's command says."""
        return (await self._ask(command, on, ANY, key)).public()

    async def ticket(self, id_or_reference: str) -> PublicTicket:
        """One of the customer's tickets, by its id or its reference."""
        return (await self._read(_reading.public_ticket, id_or_reference)).public()

    async def tickets(self, *, limit: int | None = PAGE, after: Cursor | None = None) -> Page[PublicTicket]:
        """A page of the customer's tickets, newest first."""
        page = await self._read(_reading.public_tickets, limit, after)
        return Page(tuple(it.public() for it in page.items), page.next)

    async def search(self, words: str, *, limit: int | None = PAGE, after: Cursor | None = None) -> Page[PublicTicket]:
        """A page of the customer's tickets of which all these words are said, where the customer sees them."""
        page = await self._read(_reading.public_search, words, limit, after)
        return Page(tuple(it.public() for it in page.items), page.next)

    async def thread(self, on: TicketId) -> tuple[PublicMessage, ...]:
        """The messages of a ticket that customers see, in order."""
        return tuple(entry.public() for entry in await self._read(_reading.public_thread, on))

    async def chats(self, on: TicketId) -> tuple[PublicChat, ...]:
        """The chats of a ticket, in the order in which they began."""
        return tuple(it.public() for it in await self._read(_reading.public_chats, on))

    async def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[PublicChatMessage, ...]:
        """What was written in a chat, in order."""
        return tuple(it.public() for it in await self._read(_reading.public_chat_messages, chat, on))

    async def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a public message of a ticket."""
        return await self._download(_reading.public_attachment, attachment, on)

    async def profile(self) -> PublicContact:
        """The customer's own data."""
        return (await self._read(_reading.contact, ContactId(self.actor.id or ""))).public()
