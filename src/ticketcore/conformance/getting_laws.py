"""Laws of getting records by their keys, and of locks."""

import threading
from functools import partial

from ticketcore.conformance.at_once import begun, in_threads
from ticketcore.conformance.expecting import expect, expect_same
from ticketcore.conformance.laws import Capability, law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS, STAMPS, Parcel, Stamp
from ticketcore.conformance.records import agent, ticket
from ticketcore.conformance.trial import Trial, later
from ticketcore.model.kinds import AGENTS, TICKETS
from ticketcore.storage.protocols import Changes, Key, Put, Session

A_WHILE = 0.15
"""How many seconds somebody who waits is watched waiting."""

MANY = 1_500
"""More keys than some databases take values in one statement."""


class GettingLaws(LawsOfStorage):
    """Laws of `get`."""

    @law("GET-1")
    def test_get_gives_what_is_there(self, trial: Trial) -> None:
        """
        `get` gives the record of each key, of any kinds at once; a key without a record is missing from the
        answer.
        """
        trial.add(TICKETS, ticket(id="t1"), ticket(id="t2"))
        trial.add(AGENTS, agent(id="ana"))
        trial.add(PARCELS, Parcel("p1"))
        keys = [Key(TICKETS, "t1"), Key(AGENTS, "ana"), Key(PARCELS, "p1"), Key(TICKETS, "t9"), Key(AGENTS, "t1")]

        with trial.session() as session:
            found = session.get(keys)
            again = session.get([Key(TICKETS, "t2")])
        expected = {keys[0]: ticket(id="t1"), keys[1]: agent(id="ana"), keys[2]: Parcel("p1")}
        expect_same(dict(found), expected, "records of several kinds, got at once")
        expect_same(dict(again), {Key(TICKETS, "t2"): ticket(id="t2")}, "another record, got by the same session")

    @law("GET-2")
    def test_get_takes_however_many_keys(self, trial: Trial) -> None:
        """`get` takes however many keys there are: none as well as a thousand."""
        parcels = [Parcel(f"p{number:04}", number=number) for number in range(MANY)]
        trial.add(PARCELS, *parcels)

        with trial.session() as session:
            expect_same(dict(session.get([])), {}, "what was got for no keys")
            found = session.get([Key(PARCELS, it.id) for it in parcels])
        expect_same(dict(found), {Key(PARCELS, it.id): it for it in parcels}, f"what was got for {MANY} keys")

    @law("GET-3")
    def test_get_takes_ids_of_any_characters(self, trial: Trial) -> None:
        """
        `get` takes ids of any characters, since they come from anybody: what no record can have for its id is missing
        from the answer.
        """
        trial.add(PARCELS, Parcel("p1"))
        nobodys = ["", "p1\0", "\ud800", "' OR ''='", "p%", "P1", "x" * 100_000]

        with trial.session() as session:
            found = session.get([Key(PARCELS, it) for it in ("p1", *nobodys)])
            locked = session.get([Key(STAMPS, it) for it in sorted(nobodys)])
        expect_same(dict(found), {Key(PARCELS, "p1"): Parcel("p1")}, "what was got for one good key and others")
        expect_same(dict(locked), {}, "what was got under lock for keys of no record")


class LockLaws(LawsOfStorage):
    """Laws of kinds that are read under lock."""

    @law("LOCK-1", Capability.THREADS)
    def test_locked_record_is_had_by_one_session(self, trial: Trial) -> None:
        """
        `get` of a kind that is `locked` waits until no other open session has got that record, and keeps others waiting
        until this session ends.
        """
        trial.add(STAMPS, Stamp("a"))
        _expect_waiting(trial, "a")

        def lock_again() -> None:
            with trial.session() as session:
                for keys in (["a"], ["a"], ["a", "b"]):
                    session.get([Key(STAMPS, id) for id in keys])

        errors = in_threads(lock_again, waiting="a session that gets a record which it has locked gets it at once")
        expect_same(errors, [], "errors of a session that gets a locked record again")

    @law("LOCK-2", Capability.THREADS)
    def test_absent_record_is_locked_too(self, trial: Trial) -> None:
        """A record that is not there is locked like one that is."""
        _expect_waiting(trial, "a")

    @law("LOCK-3", Capability.THREADS)
    def test_locked_record_is_as_it_was_left(self, trial: Trial) -> None:
        """What is got under lock is as the session before left it."""
        works = [partial(_count_up, trial, "a", 10)] * 4

        expect_same(in_threads(*works), [], "errors of four threads that each count up a locked record ten times")
        expect_same(trial.get(STAMPS, "a")["a"].number, 40, "the locked record's number afterwards")

    @law("LOCK-4", Capability.THREADS)
    def test_locks_in_order_do_not_block_for_ever(self, trial: Trial) -> None:
        """
        Sessions that ask for locked keys in ascending order of id, across calls too, never wait for each other for
        ever. The desk asks in no other order.
        """

        def lock(*calls: str) -> None:
            for _ in range(5):
                with trial.session() as session:
                    for ids in calls:
                        session.get([Key(STAMPS, id) for id in ids])

        works = (("a", "b"), ("a", "b", "c"), ("b", "c"), ("abcdefgh",), tuple("abcdefgh"))
        errors = in_threads(*(partial(lock, *calls) for calls in works))
        expect_same(errors, [], "errors of threads that lock in order")

    @law("LOCK-5", Capability.THREADS)
    def test_other_locked_records_are_free(self, trial: Trial) -> None:
        """Sessions that want different locked records should not wait for each other."""
        trial.add(STAMPS, Stamp("a"), Stamp("b"))
        has_it, errors = threading.Event(), list[Exception]()
        with trial.session() as session:
            session.get([Key(STAMPS, "a")])
            other = begun(partial(_lock, trial, "b", has_it), errors)
            came_through = has_it.wait(A_WHILE * 10)
        other.join()
        expect_same(errors, [], "errors of who wanted another locked record")
        expect(came_through, "somebody gets one locked record while another one is locked")


def _expect_waiting(trial: Trial, id: str) -> None:
    """Expects that a locked record is waited for while a session has it, and that it is free afterwards."""
    asks, has_it, errors = threading.Event(), threading.Event(), list[Exception]()

    def ask() -> None:
        asks.set()
        _lock(trial, id, has_it)

    with trial.session() as session:
        session.get([Key(STAMPS, id)])
        other = begun(ask, errors)
        asks.wait()
        came_through = has_it.wait(A_WHILE)
    expect(not came_through, f"whoever wants the locked record {id!r} waits while another session has it")
    expect(has_it.wait(60), f"the locked record {id!r} is free when the session has ended")
    other.join()
    expect_same(errors, [], "errors of who waited")


def _lock(trial: Trial, id: str, has_it: threading.Event) -> None:
    with trial.session() as session:
        session.get([Key(STAMPS, id)])
        has_it.set()


def _count_up(trial: Trial, id: str, times: int) -> None:
    for _ in range(times):
        with trial.session() as session:
            count_up(session, id)


def count_up(session: Session, id: str) -> None:
    """Counts a locked record up by one, and makes it if it is not there."""
    found: Stamp | None = session.get([Key(STAMPS, id)]).get(Key(STAMPS, id))
    put = Put(STAMPS, Stamp(id, number=1), None) if found is None else _next(found)
    session.apply(Changes([put]))


def _next(stamp: Stamp) -> Put:
    return Put(STAMPS, later(stamp, number=stamp.number + 1), stamp.version)
