"""Reading tickets, and all that hangs on them."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ticketcore import _reading
from ticketcore._reading import BY_DUE_TIME, PAGE
from ticketcore.assignment import CandidateVerdict
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
from ticketcore.seats.seat import Seat
from ticketcore.sla import TargetReport
from ticketcore.time_tracking import Timesheet, TimesheetBy


class ReadsTickets(Seat):
    """What agents and the host's program read of tickets."""

    def ticket(self, id_or_reference: str) -> AnyTicket:
        """
        A ticket by its id, or by its reference as somebody quotes it.

        Raises:
            NotFound: There is none, or it may not be seen.
        """
        return self._read(_reading.ticket, id_or_reference)

    def tickets(
        self,
        where: Condition[Any] = always,
        *,
        order: Sequence[Order] = BY_DUE_TIME,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[AnyTicket]:
        """
        A page of tickets.

        Args:
            where: Which ones: a condition on tickets.
            order: Criteria, the most important first; by default what is due first.
            limit: How many at most.
            after: The `next` of the page before.

        Raises:
            InvalidInput: It is no condition on tickets, or names a status that there is not; or a field to order by
                that there is not.
        """
        return self._read(_reading.tickets, where, tuple(order), limit, after)

    def search(
        self,
        words: str,
        where: Condition[Any] = always,
        *,
        limit: int | None = PAGE,
        after: Cursor | None = None,
    ) -> Page[AnyTicket]:
        """
        A page of the tickets of which all these words are said, newest first.

        Looked through are subject, description and reference, messages, notes, chats, comments of ratings, what time
        was spent on, the names of files, tags, type, texts of custom fields, addresses, and the names, addresses and
        numbers of the requesters. Words of a ticket that was merged into another one find that one, too.

        Args:
            words: What is looked for: every word of it must be found, in whatever case. A word with `*` behind it may
                go on: `refun*`. Words between quotation marks must follow each other, as must those of
                `mia@example.org`.
            where: Which tickets: a condition on tickets.
            limit: How many at most.
            after: The `next` of the page before.

        Raises:
            InvalidInput: There is no word in it, or too many.
            StorageError: The storage has no index of words.
        """
        return self._read(_reading.search, words, where, limit, after)

    def count(self, where: Condition[Any] = always, *, words: str | None = None) -> int:
        """
        How many tickets a condition holds of.

        Args:
            where: The condition.
            words: What must be said of them, as `search` takes it; None for nothing.
        """
        return self._read(_reading.count, where, words)

    def tally(self, by: str, where: Condition[Any] = always, *, words: str | None = None) -> Mapping[Hashable, int]:
        """
        How many tickets a condition holds of, for each value of a field.

        Args:
            by: The name of the field, such as `"department"`.
            where: Which tickets.
            words: What must be said of them, as `search` takes it; None for nothing.
        """
        return self._read(_reading.tally, by, where, words)

    def to_solve(self, agent: AgentId | None = None) -> Mapping[Hashable, int]:
        """
        How many tickets wait for an agent to take them with `TakeNext`, by department (requirement DP-8).

        Args:
            agent: Which agent; by default the one whose seat it is.
        """
        return self._read(count_to_solve, agent)

    def thread(self, on: TicketId) -> tuple[Entry, ...]:
        """A ticket's whole thread: messages, inline notes and events, in order."""
        return self._read(_reading.thread, on)

    def conversation(self, on: TicketId) -> tuple[Written, ...]:
        """What people wrote in a ticket's thread, messages and inline notes: `is_note` tells them apart."""
        return self._read(_reading.conversation, on)

    def sub_tickets(self, on: TicketId) -> tuple[AnyTicket, ...]:
        """The tickets that are parts of a ticket, oldest first (requirement FL-13)."""
        return self._read(_reading.sub_tickets, on)

    def explain(self, where: Condition[Any], *, on: TicketId) -> Explanation:
        """
        Why a condition holds of a ticket, or does not: every part with the value it saw.

        Args:
            where: The condition, such as that of a rule.
            on: The ticket.
        """
        return self._read(_reading.explain, where, on)

    def notes(self, on: TicketId) -> tuple[TicketNote, ...]:
        """The notes beside a ticket."""
        return self._read(_reading.notes, on)

    def ratings(self, on: TicketId) -> tuple[Rating, ...]:
        """What customers think of a ticket, and of its answers, in the order in which they said it."""
        return self._read(_reading.ratings, on)

    def calls(self, on: TicketId) -> tuple[Call, ...]:
        """The calls of a ticket, in the order in which they began (requirement DP-12)."""
        return self._read(_reading.calls, on)

    def chats(self, on: TicketId) -> tuple[Chat, ...]:
        """The chats of a ticket, in the order in which they began (requirement DP-12)."""
        return self._read(_reading.chats, on)

    def chat_messages(self, chat: ChatId, *, on: TicketId) -> tuple[ChatMessage, ...]:
        """What was written in a chat, in order."""
        return self._read(_reading.chat_messages, chat, on)

    def timers(self, on: TicketId) -> tuple[Timer, ...]:
        """The timers that run on a ticket, or are paused (requirement FL-8)."""
        return self._read(_reading.timers, on)

    def time_entries(self, on: TicketId) -> tuple[TimeEntry, ...]:
        """The time that was spent on a ticket, in the order in which the work began (requirement FL-13)."""
        return self._read(_reading.time_entries, on)

    def timesheet(
        self,
        since: datetime,
        until: datetime,
        by: Collection[TimesheetBy] = (TimesheetBy.AGENT,),
        *,
        agent: AgentId | None = None,
        department: DepartmentId | None = None,
        on: TicketId | None = None,
    ) -> Timesheet:
        """
        The time that was spent, summed up (requirement FL-8). On tickets that may not be seen, no time was spent.

        Args:
            since: From when the work began.
            until: Before when it began.
            by: What the rows are kept apart by; nothing makes one row of all.
            agent: Of whom; by default of everybody.
            department: For which department the work was done.
            on: On which ticket.

        Raises:
            NotFound: There is no such agent, department or ticket, or it may not be seen.
        """
        return self._read(_reading.timesheet_of, since, until, frozenset(by), agent=agent, department=department, on=on)

    def download(self, attachment: AttachmentId, *, on: TicketId) -> bytes:
        """The bytes of an attachment of a ticket."""
        return self._download(_reading.attachment, attachment, on)

    def explain_deadlines(self, on: TicketId) -> tuple[TargetReport, ...]:
        """How a ticket stands with each of its targets, and why each deadline is what it is (requirement TK-7)."""
        return self._read(_reading.explain_deadlines, on)

    def explain_assignment(self, on: TicketId) -> Sequence[CandidateVerdict]:
        """Who would be assigned a ticket next, and why each of the others would not."""
        return self._read(lambda draft: explain_next(draft, draft.ticket(on)))
