"""Laws of how sessions begin and end, and of what storages as a whole are good for."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from uuid import uuid4

from ticketcore.conditions import F
from ticketcore.conformance.at_once import in_processes, in_threads
from ticketcore.conformance.expecting import expect, expect_same, expecting
from ticketcore.conformance.getting_laws import count_up
from ticketcore.conformance.laws import Capability, law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS, STAMPS, Parcel
from ticketcore.conformance.records import NOW, contact, ticket
from ticketcore.conformance.trial import Adapt, Opener, Trial, interrupted, later
from ticketcore.errors import StaleRecord, StorageError
from ticketcore.model.kinds import CONTACTS, TICKETS
from ticketcore.query import Order, Query
from ticketcore.storage.protocols import Changes, Key, Put, Removal, Session
from ticketcore.words import Words


class SessionLaws(LawsOfStorage):
    """Laws of beginning and ending a session."""

    @law("SESSION-1")
    def test_session_without_changes_leaves_no_trace(self, trial: Trial) -> None:
        """A session that ends without `apply` leaves no trace."""
        trial.add(TICKETS, ticket(id="t1"))
        before = trial.everything()

        interrupted(trial.session(), _read)
        with trial.session() as session:
            _read(session)
        expect_same(trial.everything(), before, "all records, after sessions that only read")

    @law("SESSION-2")
    def test_session_ends_with_its_changes(self, trial: Trial) -> None:
        """
        A session applies at most once, as the last thing it does. Whatever is asked of it afterwards, or after its
        context was left, raises `StorageError`.
        """
        with trial.session() as session:
            session.apply(Changes([Put(TICKETS, ticket(id="t1"), None)]))
            for what, ask in _asked_of(session):
                with expecting(StorageError, f"{what} after `apply`"):
                    ask()
        with trial.session() as left:
            left.get([Key(TICKETS, "t1")])
        for what, ask in _asked_of(left):
            with expecting(StorageError, f"{what} after the context was left"):
                ask()
        expect_same(trial.ids(Query(TICKETS)), ["t1"], "all tickets")

    @law("SESSION-3")
    def test_what_was_applied_stays(self, trial: Trial) -> None:
        """When `apply` has returned, the changes are there to stay, however the session then ends."""
        put = Changes([Put(TICKETS, ticket(id="t1"), None)])

        interrupted(trial.session(), lambda session: session.apply(put))
        expect_same(trial.ids(Query(TICKETS)), ["t1"], "all tickets, after a session that failed when it had applied")

    @law("SESSION-4")
    def test_what_was_applied_is_read_later(self, trial: Trial) -> None:
        """What was applied is read by every session opened later, by `get`, `find`, `count` and `tally` alike."""
        record = ticket(id="t1", assignee="ana", due_at=NOW, requesters=("mia",))
        trial.add(TICKETS, record)
        for changes in (
            {"assignee": "bob"},
            {"due_at": None, "requesters": ("eve", "mia")},
            {"requesters": ("eve",), "followers": ("mia",), "tags": frozenset({"vip"})},
            {"assignee": None, "subject": "ΣΊΣΥΦΟΣ"},
        ):
            trial.apply(Put(TICKETS, record := later(record, **changes), record.version - 1))
            expect_same(dict(trial.get(TICKETS, "t1")), {"t1": record}, f"what is got after {changes}")
            expect_same(trial.find(Query(TICKETS, order=(Order("due_at"),))).items, (record,), "what is found")
            for condition, holds in (
                (F.assignee == "ana", record.assignee == "ana"),
                (F.assignee == "bob", record.assignee == "bob"),
                (F.assignee.is_missing(), record.assignee is None),
                (F.requesters.has("mia"), "mia" in record.requesters),
                (F.followers.has("mia"), "mia" in record.followers),
                (F.tags.has("VIP"), "vip" in record.tags),
                (F.due_at.is_set(), record.due_at is not None),
                (F.subject == "σίσυφος", record.subject == "ΣΊΣΥΦΟΣ"),
            ):
                query = Query(TICKETS, condition)
                expect_same(trial.count(query), int(holds), f"how many tickets there are where {condition}")
                expect_same(len(trial.find(query).items), int(holds), f"how many are found where {condition}")
            expect_same(dict(trial.tally(Query(TICKETS), "assignee")), {record.assignee: 1}, "tickets by assignee")
            requesters = dict.fromkeys(record.requesters, 1)
            expect_same(dict(trial.tally(Query(TICKETS), "requesters")), requesters, "tickets by requester")
        trial.apply(removals=[Removal(Key(TICKETS, "t1"), record.version)])
        expect_same((trial.everything(), trial.count(Query(TICKETS))), ({}, 0), "what is left after the removal")
        another = ticket(id="t1", version=record.version, subject="another")
        trial.add(TICKETS, another)
        expect_same(
            dict(trial.get(TICKETS, "t1")), {"t1": another}, "what is got, once the id and version are another's"
        )
        expect_same(
            trial.find(Query(TICKETS)).items, (another,), "what is found, once the id and version are another's"
        )

    @law("SESSION-5", Capability.THREADS)
    def test_what_a_session_held_is_free_when_it_has_ended(self, trial: Trial) -> None:
        """Leaving the context gives back what the session held, locks included, also after an error."""

        def lock(session: Session) -> None:
            session.get([Key(STAMPS, "a")])

        def lock_and_fail(session: Session) -> None:
            lock(session)
            session.apply(Changes(removals=[Removal(Key(STAMPS, "a"), 1)]))

        interrupted(trial.session(), lock)
        with suppress(StaleRecord), trial.session() as session:
            lock_and_fail(session)
        with trial.session() as session:
            lock(session)
        for _ in range(30):  # more than a storage has connections, if it loses them
            interrupted(trial.session(), lock)
            with suppress(StaleRecord), trial.session() as session:
                lock_and_fail(session)

        def count() -> None:
            with trial.session() as session:
                count_up(session, "a")

        expect_same(in_threads(count), [], "errors of who wants what other sessions held")


class WholeStorageLaws(LawsOfStorage):
    """Laws of storages with more than one session, process or tenant."""

    @law("STORAGE-1", Capability.THREADS)
    def test_threads_lose_no_update(self, trial: Trial) -> None:
        """Sessions can be opened from several threads at once; a session is used by one. No update is lost."""
        trial.add(PARCELS, Parcel("x"))
        work = partial(raise_number, trial, 10)

        expect_same(in_threads(*[work] * 4), [], "errors of four threads that each raise a number ten times")
        expect_same(trial.get(PARCELS, "x"), {"x": Parcel("x", 41, 40)}, "the record whose number they raised")

    @law("STORAGE-2", Capability.REOPENING)
    def test_what_was_applied_outlives_the_storage(self, trial: Trial) -> None:
        """What was applied is there when the storage is opened again."""
        trial.add(TICKETS, ticket(id="t1"), ticket(id="t2"))
        trial.add(PARCELS, Parcel("p1", label="Ελλάς"))
        trial.add(CONTACTS, contact(id="mia"))
        trial.apply(Put(TICKETS, later(ticket(id="t1"), subject="new"), 1), removals=[Removal(Key(TICKETS, "t2"), 1)])
        before = trial.everything(), trial.totals(), self._found_by_words(trial)

        trial.reopen()
        after = trial.everything(), trial.totals(), self._found_by_words(trial)
        expect_same(after, before, "all records, and what is found, once it was opened again")
        with expecting(StaleRecord, "a put at the version before, once it was opened again"):
            trial.apply(Put(TICKETS, ticket(id="t1", version=2), 1))

    @law("STORAGE-3", Capability.PROCESSES)
    def test_processes_lose_no_update(self, trial: Trial) -> None:
        """Sessions can be opened from several processes at once, and no update is lost."""
        trial.add(PARCELS, Parcel("x"))
        ends = in_processes(2, _raise_in_process, trial.opener, trial.adapt)

        expect_same(ends, [0, 0], "how two processes end that each raise two numbers ten times")
        expect_same(trial.get(PARCELS, "x"), {"x": Parcel("x", 21, 20)}, "the record whose number they raised")
        expect_same(trial.get(STAMPS, "x")["x"].number, 20, "the number that they raised under lock")

    @law("STORAGE-4", Capability.BREAKING)
    def test_errors_of_the_store_are_storage_errors(self, trial: Trial, opener: Opener) -> None:
        """Errors of the store itself reach the caller as `StorageError`, with their cause."""
        trial.add(TICKETS, ticket(id="t1"))
        self.break_store(opener)
        for what, ask in (
            ("a get", lambda: trial.get(TICKETS, "t1")),
            ("a find", lambda: trial.find(Query(TICKETS))),
            ("an apply", lambda: trial.add(TICKETS, ticket(id="t2"))),
        ):
            with expecting(StorageError, f"{what}, once the store does not work any more") as raised:
                ask()
            expect(raised[0].__cause__ is not None, f"the error of {what} has a cause: what the store said")

    @law("STORAGE-5", Capability.TENANTS)
    def test_tenants_never_meet(self, trial: Trial) -> None:
        """A storage belongs to one tenant: nothing of another one is got, found, counted or changed through it."""
        # Of new names, for a database may still have the tenants of the last run.
        one, other = (Trial(partial(trial.opener, tenant=uuid4().hex), trial.adapt) for _ in range(2))
        try:
            one.add(TICKETS, ticket(id="t1", subject="of one"), ticket(id="t2"))
            expect_same(other.everything(), {}, "all records of a tenant that has none")
            expect_same(other.totals(), {}, "counts and tallies of a tenant that has none")
            expect_same(dict(other.get(TICKETS, "t1")), {}, "another tenant's ticket")
            with expecting(StaleRecord, "a removal of another tenant's ticket"):
                other.apply(removals=[Removal(Key(TICKETS, "t1"), 1)])
            other.add(TICKETS, ticket(id="t1", subject="of the other"))
            other.apply(Put(TICKETS, ticket(id="t1", version=2, subject="of the other"), 1))
            expect_same(one.get(TICKETS, "t1")["t1"].subject, "of one", "the first tenant's ticket of the same id")
            expect_same(one.count(Query(TICKETS)), 2, "how many tickets the first tenant has")
            expect_same(dict(other.tally(Query(TICKETS), "id")), {"t1": 1}, "the other tenant's tickets by id")
            expect_same(other.ids(Query(TICKETS, F.subject.contains("of"))), ["t1"], "what the other tenant finds")
            if Capability.WORD_SEARCH in self.capabilities:
                expect_same(self._found_by_words(one), ["t1"], "what one tenant finds by words of both")
                expect_same(self._found_by_words(other), ["t1"], "what the other tenant finds by words of both")
        finally:
            one.close()
            other.close()

    def _found_by_words(self, trial: Trial) -> Sequence[str]:
        """The ids of the tickets of one subject or another, where the storage can look for words."""
        if Capability.WORD_SEARCH not in self.capabilities:
            return ()
        return [id for words in ("new", "one", "other") for id in trial.ids(Query(TICKETS, words=Words.parse(words)))]

    def break_store(self, opener: Opener) -> None:
        """
        Makes the store unusable, such as by removing its files. Only asked of those who are capable of `BREAKING`.

        Args:
            opener: What the storage was opened with.
        """
        raise NotImplementedError(f"{type(self).__name__} declares BREAKING, so it needs a `break_store`")


def _read(session: Session) -> None:
    session.get([Key(TICKETS, "t1"), Key(TICKETS, "t2"), Key(STAMPS, "a")])
    session.find(Query(TICKETS), now=NOW)
    session.count(Query(TICKETS), now=NOW)


def _asked_of(session: Session) -> list[tuple[str, Callable[[], object]]]:
    """Everything that a session can be asked."""
    return [
        ("a get", lambda: session.get([Key(TICKETS, "t1")])),
        ("a find", lambda: session.find(Query(TICKETS), now=NOW)),
        ("a count", lambda: session.count(Query(TICKETS), now=NOW)),
        ("a tally", lambda: session.tally(Query(TICKETS), "status", now=NOW)),
        ("an apply", lambda: session.apply(Changes([Put(TICKETS, ticket(id="t2"), None)]))),
    ]


def raise_number(trial: Trial, times: int) -> None:
    """Raises the number of a parcel so many times, and each time again if another one was quicker."""
    done = 0
    while done < times:
        record = trial.get(PARCELS, "x")["x"]
        with suppress(StaleRecord):
            trial.apply(Put(PARCELS, later(record, number=record.number + 1), record.version))
            done += 1


def _raise_in_process(opener: Opener, adapt: Adapt) -> None:
    trial = Trial(opener, adapt)
    raise_number(trial, 10)
    for _ in range(10):
        with trial.session() as session:
            count_up(session, "x")
    trial.close()
