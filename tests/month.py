"""
A month of a desk, played: twelve agents in three time zones, and what customers want of them.

Everything goes through seats, as in a program that embeds the desk: customers write, agents look at what is due first
and work on it, a host sweeps every ten minutes, by four threads at once. The clock is the desk's own. What is drawn is
drawn from a seed; how much there is to do follows from the number of tickets, so that the desk is as busy with few as
with many.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from threading import Barrier
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from tests.fakes import a_desk
from ticketcore import commands
from ticketcore.automation import AddRule, StatusUnchangedFor
from ticketcore.business_time import WORKDAYS, every
from ticketcore.business_time.holidays import Holiday
from ticketcore.commands.departures import Handover
from ticketcore.conditions import F
from ticketcore.events import Assigned, TargetMissed, TargetWarned, TicketOpened
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.dues import Due
from ticketcore.model.ids import AgentId, CalendarId, DepartmentId, TicketId
from ticketcore.model.targets import Target
from ticketcore.model.thread import Entry
from ticketcore.model.tickets import AnyTicket, Channel, InternalTicket, Priority, Ticket
from ticketcore.query import Order
from ticketcore.sla import Agreement, Pausing

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
ATHENS, NEW_YORK, TOKYO = "Europe/Athens", "America/New_York", "Asia/Tokyo"

BEGIN: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""The Monday on which it begins. The clocks are put forward in New York on the 8th, in Athens on the 29th."""

LAST_TICKET: Final = datetime(2026, 4, 1, tzinfo=UTC)
END: Final = LAST_TICKET + 17 * DAY
"""When all is done: nothing new comes in the last days."""

HOLIDAY: Final = date(2026, 3, 25)
"""Independence Day: nobody works in Athens."""

OUTAGE: Final = (datetime(2026, 3, 12, 8, tzinfo=UTC), datetime(2026, 3, 12, 14, tzinfo=UTC))
"""When everybody writes at once."""

TICK: Final = timedelta(minutes=10)
"""How often the host asks whether there is something to sweep."""

SWEEPERS: Final = 4

EARLY: Final = (("08:00", "12:00"), ("12:30", "16:30"))
LATE: Final = (("12:00", "20:00"),)
OFFICE: Final = (("09:00", "13:00"), ("14:00", "18:00"))

LEAVE: Final = tuple(date(2026, 3, day) for day in range(16, 21))
"""The days on which the first agent of New York is on leave."""

SICK: Final = (datetime(2026, 3, 10, 6, tzinfo=UTC), datetime(2026, 3, 12, 6, tzinfo=UTC))
"""From when until when the last agent of Athens is ill."""

AWAY: Final = (datetime(2026, 3, 17, 7, tzinfo=UTC), datetime(2026, 3, 23, 23, tzinfo=UTC))
"""From when until when the last agent of Tokyo works somewhere else."""


@attrs.frozen
class Worker:
    """
    Somebody who works on the desk, as the plan on the wall has it.

    Args:
        id: Which agent.
        zone: Where.
        shift: The hours of a working day.
        free: Dates without work.
    """

    id: AgentId
    zone: str
    shift: Sequence[tuple[str, str]]
    free: frozenset[date]

    def works(self, at: datetime) -> bool:
        """Whether it is working time, counted by hand."""
        return at_door(at, self.zone, self.shift, self.free)


def at_door(at: datetime, zone: str, hours: Sequence[tuple[str, str]], free: frozenset[date]) -> bool:
    """Whether it is open, as one reads it from the door: without any calendar of the desk."""
    local = at.astimezone(ZoneInfo(zone))
    if local.weekday() > 4 or local.date() in free:
        return False
    return any(time.fromisoformat(start) <= local.time() < time.fromisoformat(end) for start, end in hours)


@attrs.frozen
class Office:
    """
    A department.

    Args:
        id: Which one.
        zone: Where it is.
        free: Its holidays.
    """

    id: DepartmentId
    zone: str
    free: frozenset[date]

    def is_open(self, at: datetime) -> bool:
        """Whether it is open, counted by hand."""
        return at_door(at, self.zone, OFFICE, self.free)


@attrs.frozen
class Turn:
    """
    Who was to get the next ticket of a department, asked just before it came.

    Args:
        at: When.
        ticket: The ticket that came.
        able: Who could have got it.
        foretold: Who was to get it.
    """

    at: datetime
    ticket: TicketId
    able: frozenset[AgentId]
    foretold: AgentId


class Month:
    """
    A month of a desk.

    Args:
        tickets: How many tickets customers open.
        seed: What chance draws from.
    """

    def __init__(self, tickets: int, seed: int = 0) -> None:
        self.random = Random(seed)  # noqa: S311 - what happens in a test is guarded from nobody
        self.desk, self.clock = a_desk(seed=seed)
        self.clock.now = BEGIN
        self.system = self.desk.as_system()
        self.tickets = tickets
        self.done: list[Due] = []
        self.overlooked: list[tuple[datetime, TicketId]] = []
        self.looks = 0
        self.turns: list[Turn] = []
        self.offline: dict[AgentId, list[list[datetime]]] = {}
        self._plan: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._sweepers = ThreadPoolExecutor(SWEEPERS)
        self._set_up()

    # The desk.

    def _set_up(self) -> None:
        self._calendars: dict[tuple[Any, ...], CalendarId] = {}
        self.offices = self._departments()
        self.support, self.billing, self.legal = self.offices
        self.workers = self._agents()
        self._agree()
        self._rule()
        customers = max(20, self.tickets // 10)
        self.customers = [
            self.system.do(commands.AddContact(f"Customer {n}", email=f"{n}@example.org")).id for n in range(customers)
        ]
        self._sweep()

    def _calendar(self, zone: str, hours: Sequence[tuple[str, str]], free: frozenset[date]) -> CalendarId:
        key = (zone, tuple(hours), free)
        if key not in self._calendars:
            holidays = [Holiday(it) for it in sorted(free)]
            add = commands.AddCalendar(zone, zone, every(WORKDAYS, *hours), holidays=holidays)
            self._calendars[key] = self.system.do(add).id
        return self._calendars[key]

    def _departments(self) -> Mapping[DepartmentId, Office]:
        offices = {}
        for name, zone, access in (
            ("Support", ATHENS, DepartmentAccess.OPEN),
            ("Billing", NEW_YORK, DepartmentAccess.OPEN),
            ("Legal", ATHENS, DepartmentAccess.RESTRICTED),
        ):
            free = frozenset({HOLIDAY} if zone == ATHENS else ())
            calendar = self._calendar(zone, OFFICE, free)
            id = self.system.do(commands.AddDepartment(name, access, calendar=calendar)).id
            offices[id] = Office(id, zone, free)
        return offices

    def _agents(self) -> Mapping[AgentId, Worker]:
        workers = {}
        for number in range(12):
            zone = (ATHENS, NEW_YORK, TOKYO)[number // 4]
            shift = (EARLY, LATE)[number % 2]
            free = frozenset(LEAVE if number == 4 else {HOLIDAY} if zone == ATHENS else ())
            places = [
                self.support,
                *[self.billing] * (number in {2, 3, 4, 5, 6}),
                *[self.legal] * (number in {0, 1, 8}),
            ]
            add = commands.AddAgent(
                f"Agent {number}",
                departments=places,
                calendar=self._calendar(zone, shift, free),
                capacity=max(6, self.tickets // 60) if number % 3 else None,
            )
            id = self.system.do(add).id
            workers[id] = Worker(id, zone, shift, free)
            self.offline[id] = []
        return workers

    def _agree(self) -> None:
        pauses = {"postponed": Pausing.EXCLUDE, "answered": Pausing.EXCLUDE}
        soon = [Agreement(Target.FIRST_ANSWER, HOUR), Agreement(Target.NEXT_ANSWER, 2 * HOUR)]
        usual = [
            Agreement(Target.FIRST_ASSIGNMENT, 2 * HOUR),
            Agreement(Target.FIRST_ANSWER, 4 * HOUR, warnings=[2 * HOUR, HOUR]),
            Agreement(Target.NEXT_ANSWER, 6 * HOUR, warnings=[HOUR]),
            Agreement(Target.RESOLUTION, 24 * HOUR, warnings=[4 * HOUR]),
        ]
        self.system.do(commands.AddSlaPolicy("Urgent", soon, when=F.priority == Priority.URGENT, pauses=pauses))
        self.system.do(commands.AddSlaPolicy("Usual", usual, pauses=pauses))

    def _rule(self) -> None:
        opened, raised = TicketOpened, [commands.SetPriority(Priority.HIGH)]
        for name, trigger, when, then in (
            ("Invoices", opened, F.subject.contains("invoice"), [commands.Transfer(self.billing)]),
            ("Contracts", opened, F.subject.contains("contract"), [commands.Transfer(self.legal)]),
            ("Outages", opened, F.subject.contains("down"), [commands.SetPriority(Priority.URGENT)]),
            ("Next", opened, F.assignee.is_missing(), [commands.AssignNext()]),
            ("Anew", Assigned, F.assignee.is_missing(), [commands.AssignNext()]),
            ("Raise", TargetWarned, F.priority == Priority.NORMAL, raised),
            ("Mark", TargetMissed, ~F.tags.has("late"), [commands.AddTags({"late"})]),
            ("Settle", StatusUnchangedFor(3 * DAY), F.category == "answered", [commands.Resolve(silently=True)]),
            ("Close", StatusUnchangedFor(4 * DAY), F.category == "resolved", [commands.Close()]),
        ):
            self.system.do(AddRule(name, trigger=trigger, when=when, then=then))

    # Time.

    def play(self) -> "Month":
        """Plays it to its end."""
        for at in self._arrivals():
            self._at(at, self._arrive)
        for worker in self.workers.values():
            self._at(BEGIN, partial(self._work, worker))
        self._come_and_go()
        tick = BEGIN
        while tick <= END:
            while self._plan and self._plan[0][0] < tick:
                self.clock.now, _, act = heapq.heappop(self._plan)
                act()
            self.clock.now = tick
            if (due := self.system.next_due()) is not None and due <= tick:
                self._sweep()
            if tick.minute == 0:
                self._look()
            tick += TICK
        self._sweepers.shutdown()
        return self

    def _at(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (at, next(self._numbers), act))

    def _arrivals(self) -> Iterator[datetime]:
        """When customers write: seldom at night and on Sundays, and all at once when something is down."""
        hours = [BEGIN + n * HOUR for n in range(int((LAST_TICKET - BEGIN) / HOUR))]
        weights = [_eagerness(it) for it in hours]
        for hour in self.random.choices(hours, weights, k=self.tickets):
            yield hour + HOUR * self.random.random()

    def _sweep(self) -> None:
        """Does what is due, by several sweepers at once."""
        start = Barrier(SWEEPERS)

        def sweep() -> list[Due]:
            start.wait()
            found: list[Due] = []
            while some := self.system.sweep(limit=5):
                found += some
            return found

        for found in [it.result() for it in [self._sweepers.submit(sweep) for _ in range(SWEEPERS)]]:
            self.done += found

    def _look(self) -> None:
        """Looks whether a ticket waits for nobody although somebody could have it."""
        by_rank = (Order("priority", descending=True), Order("created_at"))
        for department in self.offices:
            where = F.assignee.is_missing() & F.in_backlog_since.is_set() & (F.department == department)
            for ticket in self.system.tickets(where, order=by_rank, limit=1).items:
                self.looks += 1
                if any(it.chosen for it in self.system.explain_assignment(ticket.id)):
                    self.overlooked.append((self.clock(), ticket.id))

    # Customers.

    def _arrive(self) -> None:
        subject = self.random.choices(
            ["A question", "My invoice", "Our contract", "The shop is down"], [60, 20, 10, 10]
        )[0]
        channel = self.random.choice([Channel.EMAIL, Channel.FORM, Channel.EMAIL, Channel.WHATSAPP])
        customer = self.desk.as_customer(self.random.choice(self.customers))
        asked = self._ask_whose_turn() if subject == "A question" else None
        department = None if self.random.random() < 0.05 else self.support
        ticket = customer.do(commands.SubmitTicket(subject, "Please help.", channel=channel, department=department))
        if asked is not None and department == self.support:
            self.turns.append(Turn(self.clock(), ticket.id, *asked))

    def _ask_whose_turn(self) -> tuple[frozenset[AgentId], AgentId] | None:
        """Who can get the next ticket of support, and who will; None if some wait, and now and then only."""
        here = F.department == self.support
        if self.random.random() * self.tickets > 400 or self.system.count(here & F.assignee.is_missing()):
            return None
        newest = self.system.tickets(here, order=(Order("created_at", descending=True),), limit=1).items
        verdicts = self.system.explain_assignment(newest[0].id) if newest else ()
        able = frozenset(it.agent for it in verdicts if "turn" in it.reason)
        return next(((able, it.agent) for it in verdicts if it.chosen), None)

    def _reply(self, ticket: TicketId, customer: Any) -> None:
        self.desk.as_customer(customer).do(commands.SendMessage("And now?"), on=ticket)

    # Agents.

    def _work(self, worker: Worker) -> None:
        """Works on the ticket that is due first, and comes back when that is done."""
        pause = 2 * TICK
        if self._is_there(worker):
            seat = self.desk.as_agent(worker.id)
            mine = (F.assignee == worker.id) & F.category.is_in({"new", "open"})
            for ticket in seat.tickets(mine, limit=1).items:
                self._handle(seat, ticket)
                pause = self._effort()
        if self.clock() + pause < END:
            self._at(self.clock() + pause, partial(self._work, worker))

    def _effort(self) -> timedelta:
        """How long a ticket takes: as long as keeps the agents busy for most of the month."""
        agents_time = 12 * 21 * 7.5 * HOUR
        return agents_time / self.tickets * 0.6 * self.random.uniform(0.4, 1.2)

    def _is_there(self, worker: Worker) -> bool:
        now = self.clock()
        return worker.works(now) and not any(since <= now < until for since, until in self.offline[worker.id])

    def _handle(self, seat: Any, ticket: AnyTicket) -> None:
        if isinstance(ticket, InternalTicket):
            seat.do(commands.SendInternalMessage("Done."), on=ticket.id)
            seat.do(commands.Resolve(), on=ticket.id)
            return
        chance = self.random.random()
        if chance < 0.04:
            others = [it for it in self.offices if it != ticket.department]
            seat.do(commands.Transfer(self.random.choice(others)), on=ticket.id, seen=ticket.version)
        elif chance < 0.10:
            seat.do(commands.PostponeFor(self.random.uniform(0.5, 3) * DAY), on=ticket.id)
        else:
            self._answer(seat, ticket)

    def _answer(self, seat: Any, ticket: Ticket) -> None:
        seat.do(commands.SendAnswer("Try this."), on=ticket.id)
        if self.random.random() < 0.5:
            seat.do(commands.Resolve(), on=ticket.id)
        if self.random.random() < 0.3:
            later = self.clock() + self.random.uniform(0.2, 40) * HOUR
            self._at(later, lambda: self._reply(ticket.id, ticket.requester))
        if self.random.random() < 0.02:
            reminder = commands.OpenInternalTicket("Look again", "Did it help?", assignee=seat.actor.id)
            seat.do(commands.PostponeFor(DAY), on=seat.do(reminder).id)

    def _come_and_go(self) -> None:
        """Agents who are ill, or away, and all who have meetings."""
        ids = list(self.workers)
        self._absent(ids[3], *SICK)
        self.offline[ids[11]].append([*AWAY])
        self._at(AWAY[0], lambda: self.system.do(commands.DeactivateAgent(ids[11], Handover.OTHERS)))
        self._at(AWAY[1], lambda: self.system.do(commands.ReactivateAgent(ids[11])))
        for day in range(30):
            for id in self.random.sample(ids[:11], 3):
                since = BEGIN + day * DAY + self.random.randrange(21) * HOUR
                if not SICK[0] - DAY < since < SICK[1] + DAY:
                    self._absent(id, since, since + self.random.uniform(0.5, 2) * HOUR)

    def _absent(self, id: AgentId, since: datetime, until: datetime) -> None:
        self.offline[id].append([since, until])
        self._at(since, lambda: self.desk.as_agent(id).do(commands.GoOffline()))
        self._at(until, lambda: self.desk.as_agent(id).do(commands.GoOnline()))

    # What became of it.

    def threads(self) -> Mapping[TicketId, Sequence[Entry]]:
        """Every ticket's thread."""
        return {it.id: self.system.thread(it.id) for it in self.all_tickets()}

    def all_tickets(self) -> Sequence[AnyTicket]:
        """Every ticket."""
        return self.system.tickets(order=(Order("created_at"),), limit=None).items


def _eagerness(hour: datetime) -> float:
    if OUTAGE[0] <= hour < OUTAGE[1]:
        return 8
    by_day = 0.2 if hour.weekday() > 4 else 1
    return by_day * (1 if 6 <= hour.hour < 20 else 0.4)
