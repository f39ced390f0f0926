"""
Simulating: playing cases twice, with today's rules and with others, batch by batch.

A case is what one command did to a ticket in the past, on the ticket as it then stood; or one event, as if it happened
to the ticket now. Both times rules run by the same code as ever, on drafts that are never committed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.commands import AddRule, RemoveRule
from ticketcore.automation.explaining import of_today, supposed
from ticketcore.automation.past import Past, as_it_stood
from ticketcore.automation.rehearsal import Scene
from ticketcore.automation.rules import RULES, Rule, RuleBook
from ticketcore.automation.settling import Begun, Part, Turn
from ticketcore.automation.simulation import Course, Difference, RuleTally, Simulation
from ticketcore.automation.wanted import Change, Wanted
from ticketcore.conditions import EntryF
from ticketcore.errors import NotFound
from ticketcore.events import EVENT_OF_FIELD, EntryAdded, Event, FieldChanged
from ticketcore.model.ids import RuleId, TicketId
from ticketcore.model.kinds import ENTRIES, TICKETS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Written
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Cursor, Order, Query

BATCH: Final = 50
"""How many tickets are looked at in one go."""


@attrs.frozen
class Books:
    """Today's rules, and those to be compared with them."""

    today: RuleBook
    then: RuleBook

    @classmethod
    def of(cls, draft: Draft, changes: Iterable[Change]) -> "Books":
        """
        The rules before and after some changes.

        Raises:
            AccessDenied: Who asks may not configure the desk.
            NotFound: There is no such rule to be changed or removed.
        """
        draft.permit(Permission.CONFIGURE, None, "simulate")
        rules = {rule.id: rule for rule in draft.find(Query(RULES)).items}
        today = RuleBook.of(rules.values())
        for change in changes:
            _make(draft, rules, change)
        return cls(today, RuleBook.of(rules.values()))


def _make(draft: Draft, rules: dict[RuleId, Rule], change: Change) -> None:
    """Makes a change among rules."""
    if isinstance(change, AddRule):
        rule = change.saved(draft)
        last = max((it.place for it in rules.values()), default=0)
        rules[rule.id] = attrs.evolve(rule, place=last + 10) if change.place is None else rule
        return
    if change.rule not in rules:
        raise NotFound("rule", change.rule)
    if isinstance(change, RemoveRule):
        del rules[change.rule]
    else:
        rules[change.rule] = change.applied_to(rules[change.rule])


# Cases.


class Onlooker:
    """
    Notes what comes of a case.

    Args:
        ticket: The ticket as it stands at the beginning.
    """

    def __init__(self, ticket: AnyTicket) -> None:
        self._ticket = ticket
        self._turns: list[Turn] = []
        self.course = Course()

    def before(self, draft: Draft, part: Part) -> None:
        """Nothing is to be seen yet."""

    def after(self, part: Part, turn: Turn) -> None:
        """A rule has had its turn."""
        del part
        self._turns.append(turn)

    def ended(self, draft: Draft) -> None:
        """All is quiet: this is what came of it."""
        ticket = draft.peek(TICKETS, self._ticket.id)
        events = [it for it in draft.events if it.ticket == self._ticket.id]
        self.course = Course(
            acted=tuple(it.rule.id for it in self._turns if it.acted),
            failed=tuple(it.rule.id for it in self._turns if not it.acted),
            changed=FrozenMap() if ticket is None else FrozenMap(_changed(self._ticket, ticket)),
            written=tuple(_written(draft, it) for it in events if not isinstance(it, FieldChanged)),
            purged=ticket is None,
        )


def _written(draft: Draft, event: Event) -> str:
    """What was written, or the name of what happened else."""
    entry = draft.peek(ENTRIES, event.entry) if isinstance(event, EntryAdded) else None
    return f"{entry.label}: {entry.text}" if isinstance(entry, Written) else type(event).__name__


def _changed(before: AnyTicket, after: AnyTicket) -> Iterator[tuple[str, Any]]:
    for name in EVENT_OF_FIELD:
        value = getattr(after, name, None)
        if getattr(before, name, None) != value:
            yield name, value


@attrs.frozen(kw_only=True)
class Case:
    """
    Something that rules answer.

    Args:
        past: The ticket as it stands at the beginning, with what is not known of it.
        events: What happened; with today's rules, and with the others.
        now: The time.
        at: When it happened; None if it is asked about as if it happened now.
        today: What comes of it with today's rules.
        then: What would come of it with the others.
    """

    past: Past
    events: tuple[Sequence[Event], Sequence[Event]]
    now: datetime
    at: datetime | None
    today: Onlooker
    then: Onlooker

    def scenes(self, books: Books) -> Iterator[Scene]:
        """The case with today's rules, and with the others."""
        with_today, with_others = self.events
        for events, book, watch in ((with_today, books.today, self.today), (with_others, books.then, self.then)):
            yield Scene(ticket=self.past.ticket, now=self.now, begun=Begun(events), book=book, watch=watch)

    @property
    def difference(self) -> Difference | None:
        """What is otherwise with the other rules; None if nothing is."""
        today, then = self.today.course, self.then.course
        if today.effect == then.effect and len(today.failed) == len(then.failed):
            return None
        ticket = self.past.ticket
        happened = tuple(dict.fromkeys(type(it).__name__ for it in self.events[1]))
        return Difference(
            ticket=ticket.id,
            reference=ticket.reference,
            at=self.at,
            happened=happened,
            fields=FrozenMap(_different(ticket, today, then)),
            today=today,
            then=then,
        )


def _different(ticket: AnyTicket, today: Course, then: Course) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The fields that end otherwise, each with its two values."""
    for name in sorted({*today.changed, *then.changed}):
        values = [course.changed.get(name, getattr(ticket, name, None)) for course in (today, then)]
        if values[0] != values[1]:
            yield name, (values[0], values[1])


def _case(past: Past, events: tuple[Sequence[Event], Sequence[Event]], now: datetime, at: datetime | None) -> Case:
    return Case(past=past, events=events, now=now, at=at, today=Onlooker(past.ticket), then=Onlooker(past.ticket))


@attrs.frozen
class Batch:
    """
    Some tickets with their cases.

    Args:
        books: The rules.
        tickets: How many tickets.
        cases: Their cases.
        next: Where the next batch begins; None if this is the last.
    """

    books: Books
    tickets: int
    cases: Sequence[Case]
    next: Cursor | None

    @property
    def scenes(self) -> Sequence[Scene]:
        """Every case twice."""
        return [scene for case in self.cases for scene in case.scenes(self.books)]


def batch(draft: Draft, books: Books, wanted: Wanted, size: int, after: Cursor | None) -> Batch:
    """
    The next tickets, newest first, with their cases.

    Args:
        draft: The unit of work.
        books: The rules.
        wanted: What is to be simulated; `where` is narrowed to what may be seen.
        size: How many tickets at most.
        after: Where the batch before ended.
    """
    newest_first = (Order("created_at", descending=True),)
    page = draft.find(Query(TICKETS, wanted.where, newest_first, size, after, draft.principal.agent))
    threads = _threads(draft, [it.id for it in page.items])
    cases = [case for it in page.items for case in _cases(draft, it, threads.get(it.id, ()), books, wanted)]
    return Batch(books, len(page.items), cases, page.next)


def _threads(draft: Draft, tickets: Sequence[TicketId]) -> Mapping[TicketId, Sequence[Event]]:
    """The events of some tickets' own threads, each in order."""
    entries = draft.find(Query(ENTRIES, EntryF.ticket.is_in(tickets), (Order("position"),))).items if tickets else ()
    found: dict[TicketId, list[Event]] = {}
    for entry in entries:
        if isinstance(entry, Event):
            found.setdefault(entry.ticket, []).append(entry)
    return found


def _cases(draft: Draft, ticket: AnyTicket, events: Sequence[Event], books: Books, wanted: Wanted) -> Iterator[Case]:
    if wanted.as_if is not None:
        with_today, with_others = (
            supposed(draft, ticket, wanted.as_if, events, book) for book in (books.today, books.then)
        )
        yield _case(Past(ticket), (with_today, with_others), draft.now, None)
        return
    by_command = [it for it in events if it.cause.rule is None]
    for _, together in groupby(by_command, key=lambda it: it.ticket_version):
        happened = tuple(together)
        if wanted.since is None or happened[0].at >= wanted.since:
            past = as_it_stood(ticket, events, happened[-1].position)
            yield _case(past, (happened, happened), happened[0].at, happened[0].at)


# What comes of all cases.


@attrs.define
class Summary:
    """What was found so far."""

    tickets: int = 0
    cases: int = 0
    today: Counter[RuleId] = attrs.field(factory=Counter)
    then: Counter[RuleId] = attrs.field(factory=Counter)
    failed: Counter[RuleId] = attrs.field(factory=Counter)
    differences: list[Difference] = attrs.field(factory=list)
    of_today: set[str] = attrs.field(factory=set)

    def add(self, played: Batch) -> None:
        """Adds what came of a batch."""
        self.tickets += played.tickets
        self.cases += len(played.cases)
        for case in played.cases:
            today, then = case.today.course, case.then.course
            self.today.update(today.acted)
            self.then.update(then.acted)
            self.failed.update(then.failed)
            if (difference := case.difference) is not None:
                self.differences.append(difference)
            if case.at is not None:
                self._note_what_is_of_today(case, played.books)

    def simulation(self, books: Books, total: int) -> Simulation:
        """What came of it all."""
        kept = {it.id for it in books.then.rules}
        rules = (*books.then.rules, *(it for it in books.today.rules if it.id not in kept))
        tallies = [
            RuleTally(
                rule=it.id, name=it.name, today=self.today[it.id], then=self.then[it.id], failed=self.failed[it.id]
            )
            for it in rules
        ]
        return Simulation(
            tickets=self.tickets,
            cases=self.cases,
            rules=tuple(tallies),
            differences=tuple(self.differences),
            of_today=tuple(sorted(self.of_today)),
            left_out=max(0, total - self.tickets),
        )

    def _note_what_is_of_today(self, case: Case, books: Books) -> None:
        for event in case.events[1]:
            for rule in (*books.today.for_event(event), *books.then.for_event(event)):
                self.of_today.update(of_today(rule, case.past))
