"""The seat of the host's program at an asynchronous desk."""

from datetime import datetime, timedelta
from typing import Any, TypeVar, overload

from ticketcore._blobs import sweep_blobs
from ticketcore._bulk import Bulk, do_on_each
from ticketcore._delivery import deliver
from ticketcore._reading import PAGE
from ticketcore.async_seats.configuration import AsyncReadsConfiguration
from ticketcore.async_seats.people import AsyncReadsPeople
from ticketcore.async_seats.tickets import AsyncReadsTickets
from ticketcore.bulk import BulkProgress, BulkReport, Tickets, Versions
from ticketcore.commands.command import ANY, AnyVersion, Command, DeskCommand, Seen, SystemCommand, TicketCommand
from ticketcore.model.dues import Due
from ticketcore.model.ids import TicketId
from ticketcore.notifications import LEASE, DeliveryReport, DeliveryState, Notification, outbox
from ticketcore.query import Cursor, Page
from ticketcore.sweep import Sweep, next_due

R = TypeVar("R")


class AsyncSystemSeat(AsyncReadsTickets, AsyncReadsPeople, AsyncReadsConfiguration):
    """The host's program: it may do everything but what only a person can."""

    @overload
    async def do(self, command: TicketCommand[R], *, on: TicketId, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    async def do(self, command: DeskCommand[R], *, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    async def do(self, command: SystemCommand[R]) -> R: ...
    async def do(
        self, command: Command[R], *, on: TicketId | None = None, seen: Seen = ANY, key: str | None = None
    ) -> R:
        """Does what a command says."""
        return await self._ask(command, on, seen, key)

    async def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion = ANY,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets."""
        bulk = Bulk(actor=self.actor, command=command, on=on, seen=seen, key=key, progress=progress)
        return await self._way.take(do_on_each(self._way.flow, bulk))

    async def sweep(self, limit: int = 100) -> tuple[Due, ...]:
        """Does what time has made due, the oldest first, and gives what that was; nothing once all is done."""
        return (await self._ask(Sweep(limit), None, ANY, None)).dues

    async def next_due(self) -> datetime | None:
        """When to sweep next; None if nothing is foreseen."""
        return await self._read(next_due)

    async def sweep_blobs(self, older_than: timedelta = timedelta(days=1)) -> int:
        """Removes bytes of attachments that no entry of any thread names, say because their tickets were purged."""
        return await self._way.take(sweep_blobs(self._way.flow, older_than))

    async def deliver(self, limit: int = 100, *, lease: timedelta = LEASE) -> DeliveryReport:
        """Has the desk's notifier send what waits in the outbox, in order for each ticket and recipient."""
        return await self._way.take(deliver(self._way.flow, self._way.notifier, limit, lease))

    async def notifications(
        self,
        state: DeliveryState = DeliveryState.WAITING,
        *,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[Notification]:
        """A page of the outbox, those due first before others."""
        return await self._read(outbox, state, limit, after)
