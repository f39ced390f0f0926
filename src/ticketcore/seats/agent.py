"""The seat of an agent."""

from typing import Any, TypeVar, overload

from ticketcore._bulk import Bulk, do_on_each
from ticketcore._request import seen_by_agent
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
from ticketcore.seats.configuration import ReadsConfiguration
from ticketcore.seats.people import ReadsPeople
from ticketcore.seats.tickets import ReadsTickets

R = TypeVar("R")


class AgentSeat(ReadsTickets, ReadsPeople, ReadsConfiguration):
    """
    An agent, who sees and does what the access policy allows.

    Whatever the agent names and may not see is told like what does not exist: it raises `NotFound`.
    """

    @overload
    def do(self, command: AddingTicketCommand[R], *, on: TicketId, key: str | None = None) -> R: ...
    @overload
    def do(self, command: OverwritingTicketCommand[R], *, on: TicketId, seen: Seen, key: str | None = None) -> R: ...
    @overload
    def do(self, command: AddingDeskCommand[R], *, key: str | None = None) -> R: ...
    @overload
    def do(self, command: OverwritingDeskCommand[R], *, seen: Seen, key: str | None = None) -> R: ...
    def do(
        self, command: Command[R], *, on: TicketId | None = None, seen: Seen | None = None, key: str | None = None
    ) -> R:
        """
        Does what a command says.

        Args:
            command: What.
            on: The ticket, for a ticket command.
            seen: The version that the agent saw of what the command overwrites, or `ANY`.
            key: The same request under the same key is done once.

        Returns:
            What the command's decision gives, as it is stored.

        Raises:
            NotFound: The ticket, or something that the command names, does not exist or may not be seen.
            AccessDenied: The agent may not do this.
            Conflict: Somebody changed meanwhile what the command overwrites.
            InvalidInput, OutOfPlace: As the command says.
        """
        return self._ask(command, on, seen_by_agent(command, seen), key)

    @overload
    def do_on_each(
        self,
        command: AddingTicketCommand[Any],
        *,
        on: Tickets,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    @overload
    def do_on_each(
        self,
        command: OverwritingTicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport: ...
    def do_on_each(
        self,
        command: TicketCommand[Any],
        *,
        on: Tickets,
        seen: Versions | AnyVersion | None = None,
        key: str | None = None,
        progress: BulkProgress | None = None,
    ) -> BulkReport:
        """
        Does a ticket command, or with `ApplyMacro` a macro, on each of many tickets.

        Each ticket is a unit of work of its own: what goes wrong on one stops no other. Tickets that are opened
        meanwhile are not among them; one that the condition does not hold of any more is left as it is. It needs no
        more memory for many tickets than for few.

        Args:
            command: What.
            on: The ids of the tickets, or a condition on tickets; of those, the ones that may be seen.
            seen: The version of each ticket that the agent saw, by its id, or `ANY`; with a condition, `ANY`.
            key: The same under the same key is done once on each ticket: for going on after something broke.
            progress: Is told after each ticket what came of it, how many had their turn, and how many there were at the
                beginning. What it raises stops everything; what was done remains.

        Returns:
            How many came out how, and what was wrong.

        Raises:
            InvalidInput: The command is none for tickets, or what is said beside it is not what it should be.
            StorageError: The storage failed; what was done before remains.
        """
        versions: Versions | AnyVersion = seen_by_agent(command, seen)
        bulk = Bulk(actor=self.actor, command=command, on=on, seen=versions, key=key, progress=progress)
        return self._way.take(do_on_each(self._way.flow, bulk))
