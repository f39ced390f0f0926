"""Laws of desks on a storage: what their commands do to it is all there, or nothing of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

import attrs

from ticketcore.automation import AddRule
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.assignment import AssignNext
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.departments import AddDepartment
from ticketcore.commands.messages import SendAnswer
from ticketcore.commands.notes import AddInlineNote
from ticketcore.commands.status import Postpone, Resolve
from ticketcore.commands.tickets import OpenInternalTicket, SetPriority, SubmitTicket
from ticketcore.conditions import F
from ticketcore.conformance.at_once import in_threads
from ticketcore.conformance.expecting import expect, expect_same, expecting
from ticketcore.conformance.laws import Capability, law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import EXTENSIONS
from ticketcore.conformance.trial import Trial
from ticketcore.desk import HelpDesk
from ticketcore.errors import Conflict
from ticketcore.events import TicketOpened
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import TICKETS
from ticketcore.model.tickets import Priority
from ticketcore.query import Query
from ticketcore.storage.memory import MemoryBlobs, MemoryStorage
from ticketcore.storage.protocols import Changes, Key, RecordCodec, Removal, Session, Storage

MORNING: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOBODY: Final = Key(TICKETS, "nobody")
AGENTS: Final = ("Ana", "Bob", "Eve")


class DeskLaws(LawsOfStorage):
    """Laws of desks on a storage."""

    @law("STORAGE-7")
    def test_desk_comes_to_the_same_as_in_memory(self, trial: Trial) -> None:
        """A desk on it comes to the same records, events and notifications as a desk in memory."""
        in_memory = Trial(MemoryStorage)
        for it in (trial, in_memory):
            _Office(it.storage).work()
        expected = in_memory.everything()
        for name, records in expected.items():
            expect_same(trial.everything().get(name), records, f"all records of the kind {name} after a day's work")
        expect_same(sorted(trial.everything()), sorted(expected), "the kinds of which there are records")

    @law("STORAGE-8")
    def test_command_that_fails_leaves_no_trace(self, trial: Trial) -> None:
        """A command that fails in its commit leaves no trace in records, threads, rotations and outbox."""
        storage = _Failing(trial.storage)
        office = _Office(storage)
        first = office.open_ticket(1)
        before, storage.fails = trial.everything(), True
        for what, ask in (
            ("a ticket that is opened, assigned in turn and told of", lambda: office.open_ticket(2)),
            ("an answer", lambda: office.answer(first)),
        ):
            with expecting(Conflict, f"{what}, while each commit is stale"):
                ask()
            expect_same(trial.everything(), before, f"all records, after {what} failed")
        storage.fails = False
        second = office.open_ticket(3)
        assignees = {office.system.ticket(it).assignee for it in (first, second)}
        expect_same(len(assignees), 2, "how many agents have the two tickets that were opened")

    @law("STORAGE-9", Capability.THREADS)
    def test_turns_are_fair_among_threads(self, trial: Trial) -> None:
        """However many threads assign in turn at once, no two agents of a department differ by more than one."""
        office = _Office(trial.storage)

        def open_some(first: int) -> None:
            for number in range(first, first + 5):
                office.open_ticket(number)

        errors = in_threads(*(partial(open_some, first) for first in (0, 10, 20, 30)))
        expect_same(errors, [], "errors of four threads that each open five tickets")
        turns = Counter(it.assignee for it in trial.find(Query(TICKETS)).items)
        expect_same(turns.total(), 20, "how many tickets there are")
        fair = len(turns) == len(AGENTS) and max(turns.values()) - min(turns.values()) <= 1
        expect(fair, f"all agents have about as many tickets, which they have not: {dict(turns)}")


class _Office:
    """
    A desk with a department of three agents, who get its tickets in turn, and a customer.

    Args:
        storage: Where its records live.
    """

    def __init__(self, storage: Storage) -> None:
        numbers = count()
        self.now = MORNING
        self.desk = HelpDesk(
            storage,
            blobs=MemoryBlobs(),
            extensions=EXTENSIONS,
            clock=lambda: self.now,
            new_id=lambda _now: f"{next(numbers):032x}",
        )
        self.system = self.desk.as_system()
        self.billing = self.system.do(AddDepartment("Billing")).id
        self.agents = [self.system.do(AddAgent(name, departments=[self.billing])).id for name in AGENTS]
        self.mia = self.system.do(AddContact("Mia", email="mia@example.org")).id
        in_turn = AddRule("In turn", trigger=TicketOpened, when=F.subject.contains("invoice"), then=[AssignNext()])
        self.system.do(in_turn)

    def open_ticket(self, number: int) -> TicketId:
        """Mia asks something; the rule gives her ticket to the next agent."""
        command = SubmitTicket(f"Invoice {number}", "You charged me twice.", department=self.billing)
        return self.desk.as_customer(self.mia).do(command).id

    def answer(self, ticket: TicketId) -> None:
        """Ana answers."""
        self.desk.as_agent(self.agents[0]).do(SendAnswer("Refunded, sorry!"), on=ticket)

    def work(self) -> None:
        """An hour at the desk."""
        first, second, third = (self.open_ticket(number) for number in range(3))
        ana = self.desk.as_agent(self.agents[0])
        ana.do(AddInlineNote("Agreed with finance."), on=first)
        self.answer(first)
        self.now += timedelta(minutes=20)
        ana.do(SetPriority(Priority.URGENT), on=second)
        ana.do(Postpone(self.now + timedelta(minutes=30)), on=second)
        ana.do(OpenInternalTicket("Check the till", "It seems to be short.", about=self.mia))
        self.now += timedelta(minutes=40)
        self.system.sweep()
        ana.do(Resolve(), on=third)


@attrs.define(eq=False)
class _Failing:
    """A storage all of whose commits are stale while it fails."""

    storage: Storage
    fails: bool = False

    @contextmanager
    def session(self, codec: RecordCodec) -> Iterator[Session]:
        """A new session."""
        with self.storage.session(codec) as session:
            failing: Any = _FailingSession(session)
            yield failing if self.fails else session


@attrs.frozen(eq=False)
class _FailingSession:
    """A session whose changes rest on a record that is not there."""

    session: Session

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a method of the session
        return getattr(self.session, name)

    def apply(self, changes: Changes) -> None:
        """Fails."""
        self.session.apply(attrs.evolve(changes, removals=[*changes.removals, Removal(NOBODY, 1)]))
