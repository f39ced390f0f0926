"""Laws of `apply`: versions, and all or nothing."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from ticketcore.conditions import F
from ticketcore.conformance.at_once import begun, in_threads
from ticketcore.conformance.expecting import expect, expect_same, expecting
from ticketcore.conformance.getting_laws import MANY
from ticketcore.conformance.laws import Capability, law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS, STAMPS, Parcel, Stamp
from ticketcore.conformance.records import NOW, agent, internal_ticket, ticket
from ticketcore.conformance.trial import Trial, later
from ticketcore.errors import StaleRecord
from ticketcore.model.kinds import AGENTS, TICKETS
from ticketcore.model.tickets import Ticket
from ticketcore.query import Order, Query
from ticketcore.storage.protocols import Changes, Key, Put, Reading, Removal

T1, T2, T9 = (Key(TICKETS, id) for id in ("t1", "t2", "t9"))

AGENTS_WITH_TICKETS: Final = ("ana", "bob")

SEVERAL: Final = 40
"""So many records that whoever reads them one by one is seldom done before somebody changes them."""


class WritingLaws(LawsOfStorage):
    """Laws of what is written, and when it is not."""

    @law("APPLY-1")
    def test_changes_of_all_kinds_are_made_at_once(self, trial: Trial) -> None:
        """`apply` writes what is put and takes away what is removed, of any kinds at once, and however many."""
        old = ticket(id="t1")
        trial.add(TICKETS, old, ticket(id="t2"))
        trial.apply(
            Put(TICKETS, later(old, subject="new"), 1),
            Put(TICKETS, internal_ticket(id="t3"), None),
            Put(AGENTS, agent(id="ana"), None),
            removals=[Removal(T2, 1)],
            readings=[Reading(T9, None)],
        )
        expected = {"ticket": (later(old, subject="new"), internal_ticket(id="t3")), "agent": (agent(id="ana"),)}
        expect_same(trial.everything(), expected, "all records")

        trial.apply()
        expect_same(trial.everything(), expected, "all records, after no changes were applied")
        many = [Parcel(f"p{number:04}") for number in range(MANY)]
        trial.add(PARCELS, *many)
        expect_same(trial.count(Query(PARCELS)), MANY, f"how many parcels there are after {MANY} were put at once")
        trial.apply(removals=[Removal(Key(PARCELS, it.id), 1) for it in many])
        expect_same(trial.count(Query(PARCELS)), 0, f"how many there are after all {MANY} were removed at once")

    @law("APPLY-2")
    def test_stale_put_is_refused(self, trial: Trial) -> None:
        """A put raises `StaleRecord` if another version than the expected one is stored, or none."""
        _expect_stale(
            trial,
            Changes([Put(TICKETS, ticket(id="t1", version=3, subject="new"), 2)]),
            Changes([Put(TICKETS, ticket(id="t1", version=5, subject="new"), 4)]),
            Changes([Put(TICKETS, ticket(id="t9", version=2), 1)]),
        )

    @law("APPLY-3")
    def test_put_of_a_new_record_over_another_is_refused(self, trial: Trial) -> None:
        """A put without an expected version raises `StaleRecord` if there is such a record."""
        _expect_stale(
            trial,
            Changes([Put(TICKETS, ticket(id="t1", version=1, subject="new"), None)]),
            Changes([Put(TICKETS, ticket(id="t1", version=4, subject="new"), None)]),
        )

    @law("APPLY-4")
    def test_stale_removal_is_refused(self, trial: Trial) -> None:
        """A removal raises `StaleRecord` if another version than the expected one is stored, or none."""
        _expect_stale(
            trial,
            Changes(removals=[Removal(T1, 2)]),
            Changes(removals=[Removal(T1, 4)]),
            Changes(removals=[Removal(T9, 1)]),
        )

    @law("APPLY-5")
    def test_stale_reading_is_refused(self, trial: Trial) -> None:
        """
        A reading raises `StaleRecord` if another version than the expected one is stored, or none; or, without an
        expected version, if there is such a record.
        """
        fresh = Put(TICKETS, ticket(id="t8"), None)
        _expect_stale(
            trial,
            *(
                Changes(puts, readings=[reading])
                for puts in ((), (fresh,))
                for reading in (Reading(T1, 2), Reading(T1, 4), Reading(T1, None), Reading(T9, 1))
            ),
        )
        trial.apply(fresh, readings=[Reading(T1, 3), Reading(T9, None)])
        expect_same(trial.ids(Query(TICKETS)), ["t1", "t8"], "all tickets, after changes that rest on what is so")

    @law("APPLY-6")
    def test_stale_record_is_named(self, trial: Trial) -> None:
        """`StaleRecord` names the kind, the id and the expected version of a record that differed."""
        trial.add(TICKETS, ticket(id="t1", version=3))
        for changes, expected in (
            (Changes([Put(TICKETS, ticket(id="t1", version=3), 2)]), ("ticket", "t1", 2)),
            (Changes([Put(TICKETS, ticket(id="t1"), None)]), ("ticket", "t1", None)),
            (Changes(removals=[Removal(T9, 5)]), ("ticket", "t9", 5)),
            (Changes(readings=[Reading(Key(AGENTS, "ana"), 1)]), ("agent", "ana", 1)),
        ):
            with expecting(StaleRecord, f"applying {changes}") as raised, trial.session() as session:
                session.apply(changes)
            stale = raised[0]
            expect_same((stale.kind, stale.id, stale.expected), expected, "what `StaleRecord` names")

    @law("APPLY-7")
    def test_nothing_is_left_of_stale_changes(self, trial: Trial) -> None:
        """After `StaleRecord` nothing of the changes is there."""
        old = _two_tickets(trial)
        stale: Sequence[Callable[[], None]] = [
            partial(_apply_several, trial, old, Put(TICKETS, ticket(id="t2", version=6), 5)),
            partial(_apply_several, trial, old, removals=[Removal(T9, 1)]),
            partial(_apply_several, trial, old, readings=[Reading(T2, 9)]),
        ]
        for apply in stale:
            before = trial.everything(), trial.totals(), _found(trial)
            with expecting(StaleRecord, "applying good changes and a stale one"):
                apply()
            expect_same((trial.everything(), trial.totals(), _found(trial)), before, "all records afterwards")

    @law("APPLY-8")
    def test_nothing_is_left_of_changes_that_fail(self, trial: Trial) -> None:
        """After any other error, too, nothing of the changes is there."""
        old = _two_tickets(trial)
        trial.add(PARCELS, Parcel("p1", number=1, tickets=("t1",)))
        impossible: Any = object()
        for bad in (Parcel("p2", number=impossible), Parcel("p2", tickets=(["t1"],))):  # type: ignore[arg-type]  # as it may come
            before = trial.everything(), trial.totals(), _found(trial)
            if _fails(partial(_apply_several, trial, old, Put(PARCELS, bad, None))):
                expect_same((trial.everything(), trial.totals(), _found(trial)), before, f"all records, after {bad}")

    @law("APPLY-9", Capability.THREADS)
    def test_nobody_reads_a_part_of_a_change(self, trial: Trial) -> None:
        """Nobody ever reads a part of the changes."""
        several = [ticket(id=f"t{number}", assignee="ana") for number in range(SEVERAL)]
        trial.add(TICKETS, *several)
        done = threading.Event()
        errors = in_threads(partial(_move, trial, [it.id for it in several], done), partial(_look, trial, done))

        expect_same(errors, [], "errors of a thread that moves tickets together, and of one that looks at them")

    @law("APPLY-10", Capability.THREADS)
    def test_of_two_changes_at_once_one_is_stale(self, trial: Trial) -> None:
        """
        Versions are compared with what is stored when `apply` is called, not when the session was opened: of two
        sessions at once that change a record from the same version, one raises `StaleRecord`.
        """
        for kind, old in ((TICKETS, ticket(id="x")), (PARCELS, Parcel("x"))):
            trial.add(kind, old)
            errors: list[Exception] = []
            with _noting(StaleRecord, errors), trial.session() as session:
                session.get([Key(kind, "x")])
                other = begun(partial(trial.apply, Put(kind, later(old), 1)), errors)
                other.join(0.5)  # where sessions wait for each other, it is the other that comes too late
                session.apply(Changes([Put(kind, later(old), 1)]))
            other.join(60)
            expect_same([type(error) for error in errors], [StaleRecord], "errors of two changes from one version")


def _expect_stale(trial: Trial, *several: Changes) -> None:
    """Expects each of several changes to be refused while ticket t1 is at version 3, and there is no t9."""
    there = ticket(id="t1", version=3)
    trial.add(TICKETS, there)
    for changes in several:
        with expecting(StaleRecord, f"applying {changes} while t1 is at version 3"), trial.session() as session:
            session.apply(changes)
        expect_same(trial.everything(), {"ticket": (there,)}, f"all records, after {changes} were refused")


def _two_tickets(trial: Trial) -> Ticket:
    """Stores two tickets, and gives the first."""
    old = ticket(id="t1", assignee="ana", subject="old")
    trial.add(TICKETS, old, ticket(id="t2", assignee="ana", due_at=NOW))
    return old


def _apply_several(
    trial: Trial, old: Ticket, *more: Put, removals: Sequence[Removal] = (), readings: Sequence[Reading] = ()
) -> None:
    """Applies changes that are good, and then some more."""
    good = (
        Put(TICKETS, later(old, assignee="bob", subject="new"), 1),
        Put(TICKETS, ticket(id="t3"), None),
        Put(STAMPS, Stamp("turn", number=1), None),
    )
    trial.apply(*good, *more, removals=[*removals, *([] if more else [Removal(T2, 1)])], readings=readings)


def _found(trial: Trial) -> Sequence[object]:
    """What is found, counted and tallied of tickets."""
    return (
        trial.ids(Query(TICKETS, F.assignee == "ana")),
        trial.ids(Query(TICKETS, F.subject.contains("new"))),
        trial.ids(Query(TICKETS, order=(Order("due_at"),))),
        dict(trial.tally(Query(TICKETS), "assignee")),
    )


def _fails(work: Callable[[], None]) -> bool:
    try:
        work()
    except Exception:  # noqa: BLE001 - a storage may say what it likes to what cannot be stored
        return True
    return False


@contextmanager
def _noting(kind: type[Exception], errors: list[Exception]) -> Iterator[None]:
    """Notes an error of some class, if there is one."""
    try:
        yield
    except kind as error:
        errors.append(error)


def _move(trial: Trial, ids: Sequence[str], done: threading.Event) -> None:
    """Moves tickets from one agent to another, all of them at once, again and again."""
    try:
        for turn in range(20):
            assignee = AGENTS_WITH_TICKETS[turn % 2]
            there = trial.get(TICKETS, *ids).values()
            trial.apply(*(Put(TICKETS, later(it, assignee=assignee), it.version) for it in there))
    finally:
        done.set()


def _look(trial: Trial, done: threading.Event) -> None:
    """Expects to find all tickets with one agent, whenever it looks."""
    while not done.is_set():
        tickets = trial.find(Query(TICKETS)).items
        expect_same(len({it.assignee for it in tickets}), 1, "how many agents have the tickets that were found")
        got = trial.get(TICKETS, *(it.id for it in tickets)).values()
        expect_same(len({it.assignee for it in got}), 1, "how many agents have the tickets that were got")
        expect_same(len(trial.tally(Query(TICKETS), "assignee")), 1, "how many agents have tickets by a tally")
        expect(trial.count(Query(TICKETS, F.assignee == "ana")) in (0, len(tickets)), "all have one agent or none has")
