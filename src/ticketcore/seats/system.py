"""The seat of the host's program."""

from datetime import datetime, timedelta
from typing import Any, TypeVar, overload

from ticketcore._blobs import sweep_blobs
from ticketcore._bulk import Bulk, do_on_each
from ticketcore._delivery import deliver
from ticketcore._reading import PAGE
from ticketcore.bulk import BulkProgress, BulkReport, Tickets, Versions
from ticketcore.commands.command import ANY, AnyVersion, Command, DeskCommand, Seen, SystemCommand, TicketCommand
from ticketcore.model.dues import Due
from ticketcore.model.ids import TicketId
from ticketcore.notifications import LEASE, DeliveryReport, DeliveryState, Notification, outbox
from ticketcore.query import Cursor, Page
from ticketcore.seats.configuration import ReadsConfiguration
from ticketcore.seats.people import ReadsPeople
from ticketcore.seats.tickets import ReadsTickets
from ticketcore.sweep import Sweep, next_due

R = TypeVar("R")


class SystemSeat(ReadsTickets, ReadsPeople, ReadsConfiguration):
    """
    The host's program: it may do everything but what only a person can.

    Whatever it names and does not exist raises `NotFound`.
    """

    @overload
    def do(self, command: TicketCommand[R], *, on: TicketId, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    def do(self, command: DeskCommand[R], *, seen: Seen = ANY, key: str | None = None) -> R: ...
    @overload
    def do(self, command: SystemCommand[R]) -> R: ...
    def do(self, command: Command[R], *, on: TicketId | None = None, seen: Seen = ANY, key: str | None = None) -> R:
        """
        Does what a command says.

        Args:
            command: What.
            on: The ticket, for a ticket command.
            seen: The version that was seen of what the command overwrites; the host's program need not say.
            key: The same request under the same key is done once.

        Returns:
            What the command's decision gives, as it is stored.

        Raises:
            NotFound, InvalidInput, OutOfPlace, Conflict: As the command says.
        """
        return self._ask(command, on, seen, key)

    def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion = ANY,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """
        Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets, as `AgentSeat.do_on_each` does.

        Args:
            command: What.
            on: The ids of the tickets, or a condition on tickets.
            seen: The version of each ticket that was seen, by its id; the host's program need not say.
            key: The same under the same key is done once on each ticket.
            progress: Is told after each ticket what came of it.

        Returns:
            How many came out how, and what was wrong.

        Raises:
            InvalidInput, StorageError: As from an agent's seat.
        """
        bulk = Bulk(actor=self.actor, command=command, on=on, seen=seen, key=key, progress=progress)
        return self._way.take(do_on_each(self._way.flow, bulk))

    def sweep(self, limit: int = 100) -> tuple[Due, ...]:
        """Does what time has made due, the oldest first, and gives what that was; nothing once all is done."""
        return self._ask(Sweep(limit), None, ANY, None).dues

    def next_due(self) -> datetime | None:
        """When to sweep next; None if nothing is foreseen."""
        return self._read(next_due)

    def sweep_blobs(self, older_than: timedelta = timedelta(days=1)) -> int:
        """
        Removes bytes of attachments that no entry of any thread names, say because their tickets were purged.

        It looks at all entries, batch by batch, without holding up anybody.

        Args:
            older_than: How long ago the bytes must have been stored: longer than any command takes, at least an hour.

        Returns:
            How many were removed.

        Raises:
            InvalidInput: It is less than an hour.
        """
        return self._way.take(sweep_blobs(self._way.flow, older_than))

    def deliver(self, limit: int = 100, *, lease: timedelta = LEASE) -> DeliveryReport:
        """
        Has the desk's notifier send what waits in the outbox, in order for each ticket and recipient.

        Any number of processes may deliver at once. Each notice is sent at least once, always under the same key.

        Args:
            limit: How many notifications at most in one go.
            lease: How long nobody else tries those that are being sent.

        Raises:
            OutOfPlace: The desk was made without a notifier.
        """
        return self._way.take(deliver(self._way.flow, self._way.notifier, limit, lease))

    def notifications(
        self,
        state: DeliveryState = DeliveryState.WAITING,
        *,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[Notification]:
        """
        A page of the outbox, those due first before others.

        Args:
            state: Those that wait, or those that were given up; `Redeliver` has one of these tried again.
            limit: How many at most.
            after: The `next` of the page before.
        """
        return self._read(outbox, state, limit, after)
