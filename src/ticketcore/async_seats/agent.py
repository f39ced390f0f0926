"""The seat of an agent at an asynchronous desk."""

from typing import Any, TypeVar, overload

from ticketcore._bulk import Bulk, do_on_each
from ticketcore._request import seen_by_agent
from ticketcore.async_seats.configuration import AsyncReadsConfiguration
from ticketcore.async_seats.people import AsyncReadsPeople
from ticketcore.async_seats.tickets import AsyncReadsTickets
from ticketcore.bulk import BulkProgress, BulkReport, Tickets, Versions
from ticketcore.commands.command import (
    AddingDeskCommand,
    AddingTicketCommand,
    AnyVersion,
    Command,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    Seen,
    TicketCommand,
)
from ticketcore.model.ids import TicketId

R = TypeVar("R")


class AsyncAgentSeat(AsyncReadsTickets, AsyncReadsPeople, AsyncReadsConfiguration):
    """An agent, who sees and does what the access policy allows."""

    @overload
    async def do(self, command: AddingTicketCommand[R], *, on: TicketId, key: str | None = None) -> R: ...
    @overload
    async def do(
        self, command: OverwritingTicketCommand[R], *, on: TicketId, seen: Seen, key: str | None = None
    ) -> R: ...
    @overload
    async def do(self, command: AddingDeskCommand[R], *, key: str | None = None) -> R: ...
    @overload
    async def do(self, command: OverwritingDeskCommand[R], *, seen: Seen, key: str | None = None) -> R: ...
    async def do(
        self, command: Command[R], *, on: TicketId | None = None, seen: Seen | None = None, key: str | None = None
    ) -> R:
        """Does what a command says."""
        return await self._ask(command, on, seen_by_agent(command, seen), key)

    @overload
    async def do_on_each(
        self,
        command: AddingTicketCommand[Any],
        *,
        on: Tickets,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    @overload
    async def do_on_each(
        self,
        command: OverwritingTicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    async def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion | None = None,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets."""
        versions: Versions | AnyVersion = seen_by_agent(command, seen)
        bulk = Bulk(actor=self.actor, command=command, on=on, seen=versions, key=key, progress=progress)
        return await self._way.take(do_on_each(self._way.flow, bulk))
