"""Reading tickets, and all that hangs on them, asynchronously."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ticketcore import _reading
from ticketcore._reading import BY_DUE_TIME, PAGE
from ticketcore.assignment import CandidateVerdict
from ticketcore.async_seats.seat import AsyncSeat
from ticketcore.commands.choosing import explain_next
from ticketcore.commands.waiting import count_to_solve
from ticketcore.conditions import Condition, Explanation, always
from ticketcore.model.ids import AgentId, AttachmentId, ChatId, DepartmentId, TicketId
from ticketcore.model.notes import TicketNote
from ticketcore.model.ratings import Rating
from ticketcore.model.talks import Call, Chat, ChatMessage
from ticketcore.model.thread import Entry, Written
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.time_entries import TimeEntry, Timer
from ticketcore.query import Cursor, Order, Page
from ticketcore.sla import TargetReport
from ticketcore.time_tracking import Timesheet, TimesheetBy


class AsyncReadsTickets(AsyncSeat):
    """What agents and the host's program read of tickets."""

    async def ticket(self, id_or_reference: str) -> AnyTicket:
        """A ticket by its id, or by its reference as somebody quotes it."""
        return await self._read(_reading.ticket, id_or_reference)

    async def tickets(
        self,
        where: Condition[Any] = always,
        *,
        order: Sequence[Order] = BY_DUE_TIME,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[AnyTicket]:
        """A page of tickets."""
        return await self._read(_reading.tickets, where, tuple(order), limit, after)

    async def search(
        self,
        words: str,
        where: Condition[Any] = always,
        *,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[AnyTicket]:
        """A page of the tickets of which all these words are said, newest first."""
        return await self._read(_reading.search, words, where, limit, after)

    async def count(self, where: Condition[Any] = always, *, words: str | None = None) -> int:
        """How many tickets a condition holds of, and all these words are said of."""
        return await self._read(_reading.count, where, words)

    async def tally(
        self, by: str, where: Condition[Any] = always, *, words: str | None = None
    ) -> Mapping[Hashable, int]:
        """How many tickets a condition holds of, for each value of a field."""
        return await self._read(_reading.tally, by, where, words)

    async def to_solve(self, agent: AgentId | None = None) -> Mapping[Hashable, int]:
        """How many tickets wait for an agent to take them with `TakeNext`, by department."""
        return await self._read(count_to_solve, agent)

    async def thread(self, on: TicketId) -> tuple[Entry, ...]:
        """A ticket's whole thread: messages, inline notes and events, in order."""
        return await self._read(_reading.thread, on)

    async def conversation(self, on: TicketId) -> tuple[Written, ...]:
        """What people wrote in a ticket's thread, messages and inline notes: `is_note` tells them apart."""
        return await self._read(_reading.conversation, on)

    async def sub_tickets(self, on: TicketId) -> tuple[AnyTicket, ...]:
        """The tickets that are parts of a ticket, oldest first (requirement FL-13)."""
        return await self._read(_reading.sub_tickets, on)

    async def explain(self, where: Condition[Any], *, on: TicketId) -> Explanation:
        """Why a condition holds of a ticket, or does not: every part with the value it saw."""
        return await self._read(_reading.explain, where, on)

    async def notes(self, on: TicketId) -> tuple[TicketNote, ...]:
        """The notes beside a ticket."""
        return await self._read(_reading.notes, on)

    async def ratings(self, on: TicketId) -> tuple[Rating, ...]:
        """What customers think of a ticket, and of its answers, in the order in which they said it."""
        return await self._read(_reading.ratings, on)

    async def calls(self, on: TicketId) -> tuple[Call, ...]:
        """The calls of a ticket, in the order in which they began (requirement DP-12)."""
        return await self._read(_reading.calls, on)

    async def chats(self, on: TicketId) -> tuple[Chat, ...]:
        """The chats of a ticket, in the order in which they began (requirement DP-12)."""
        return await self._read(_reading.chats, on)

    async def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[ChatMessage, ...]:
        """What was written in a chat, in order."""
        return await self._read(_reading.chat_messages, chat, on)

    async def timers(self, on: TicketId) -> tuple[Timer, ...]:
        """The timers that run on a ticket, or are paused (requirement FL-8)."""
        return await self._read(_reading.timers, on)

    async def time_entries(self, on: TicketId) -> tuple[TimeEntry, ...]:
        """The time that was spent on a ticket, in the order in which the work began (requirement FL-13)."""
        return await self._read(_reading.time_entries, on)

    async def timesheet(
        self,
        since: datetime,
        until: datetime,
        by: Collection[TimesheetBy] = (TimesheetBy.AGENT,),
        *,
        agent: AgentId | None = None,
        department: DepartmentId | None = None,
        on: TicketId | None = None,
    ) -> Timesheet:
        """The time that was spent, summed up."""
        return await self._read(
            _reading.timesheet_of, since, until, frozenset(by), agent=agent, department=department, on=on
        )

    async def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a ticket."""
        return await self._download(_reading.attachment, attachment, on)

    async def explain_deadlines(self, on: TicketId) -> tuple[TargetReport, ...]:
        """How a ticket stands with each of its targets, and why each deadline is what it is (requirement TK-7)."""
        return await self._read(_reading.explain_deadlines, on)

    async def explain_assignment(self, on: TicketId) -> Sequence[CandidateVerdict]:
        """Who would be assigned a ticket next, and why each of the others would not."""
        return await self._read(lambda draft: explain_next(draft, draft.ticket(on)))
