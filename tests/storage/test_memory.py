import asyncio
import sys
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.storage.strategies import IDS, NOW, conditions, maybe_ids, orders, tickets
from ticketcore.conditions import EntryF, F, RecordF, all_of, any_of, current_agent
from ticketcore.conformance.records import agent, answer, customer_message, internal_ticket, ticket
from ticketcore.errors import InvalidInput, StaleRecord, StorageError
from ticketcore.model.actors import SYSTEM, Actor
from ticketcore.model.ids import AgentId, ContactId
from ticketcore.model.kinds import AGENTS, ENTRIES, TICKETS, Index, Kind
from ticketcore.query import Cursor, Order, Query, members
from ticketcore.storage import _search, _turn
from ticketcore.storage.memory import AsyncMemoryBlobs, AsyncMemoryStorage, MemoryBlobs, MemoryStorage
from ticketcore.storage.protocols import (
    AsyncBlobStore,
    AsyncStorage,
    BlobStore,
    Changes,
    Key,
    Put,
    Reading,
    Removal,
    Storage,
)


@attrs.frozen
class Tally:
    """A record of a kind that the library has never heard of."""

    id: str
    number: object = 0
    version: int = 1
    of: tuple[object, ...] = ()
    shape: str = "round"


TALLIES: Kind[Tally] = Kind("tally", (Index((), "number"), Index(("of",), "number"), Index(("of", "shape"), "number")))
LOCKED: Kind[Tally] = Kind("locked_tally", locked=True)


def finished(coroutine):
    """What a coroutine gives that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


class Blocking:
    """An `AsyncStorage` for those who cannot wait, so that all tests hold for both."""

    def __init__(self):
        self.storage = AsyncMemoryStorage()

    @contextmanager
    def session(self, codec=None):
        """A new session."""
        session = self.storage.session(codec)
        finished(session.__aenter__())
        try:
            yield BlockingSession(session)
        finally:
            finished(session.__aexit__(None, None, None))


@attrs.frozen
class BlockingSession:
    """An `AsyncSession` for those who cannot wait."""

    session: object

    def __getattr__(self, name):
        """A method that gives what the coroutine would."""
        return lambda *args, **more: finished(getattr(self.session, name)(*args, **more))


@pytest.fixture(params=[MemoryStorage, Blocking])
def storage(request):
    """Both storages in memory, empty."""
    return request.param()


def apply(storage, *puts, removals=(), readings=()):
    """Makes changes in a session of their own."""
    with storage.session() as session:
        session.apply(Changes(puts, removals, readings))


def add(storage, kind, *records):
    """Stores new records."""
    apply(storage, *(Put(kind, record, None) for record in records))


def stored(storage, kind, *ids):
    """The records of these ids, as a new session reads them."""
    with storage.session() as session:
        found = session.get([Key(kind, id) for id in ids])
    return {key.id: record for key, record in found.items()}


def find(storage, query):
    """The page that a query asks for."""
    with storage.session() as session:
        return session.find(query, now=NOW)


def count(storage, query):
    """How many records a query's condition holds of."""
    with storage.session() as session:
        return session.count(query, now=NOW)


def tally(storage, query, by):
    """How many records a query's condition holds of, for each value of a field."""
    with storage.session() as session:
        return session.tally(query, by, now=NOW)


def later(record, **changes):
    """The next version of a record."""
    return attrs.evolve(record, version=record.version + 1, **changes)


def run_at_once(*works):
    """Runs works in threads of their own, as mixed as can be, and gives the errors that they ended with."""
    errors = []

    def guarded(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to see it
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    finally:
        sys.setswitchinterval(interval)
    assert not any(thread.is_alive() for thread in threads)
    return errors


def until(holds):
    """Waits until something another thread does has happened."""
    pause = threading.Event()
    for _ in range(10_000):
        if holds():
            return
        pause.wait(0.001)
    raise AssertionError("it never happened")


def test_storages_in_memory_are_storages():
    """What is in memory is what the protocols describe; the type checker reads this."""
    several: list[Storage] = [MemoryStorage()]
    in_tasks: list[AsyncStorage] = [AsyncMemoryStorage()]
    blobs: list[BlobStore] = [MemoryBlobs()]
    blobs_in_tasks: list[AsyncBlobStore] = [AsyncMemoryBlobs()]

    assert all((several, in_tasks, blobs, blobs_in_tasks))


# Records.


def test_one_id_is_one_record_of_a_kind(storage):
    """A second record of a kind and id cannot be added; one of another kind can (RECORD-1)."""
    add(storage, TICKETS, ticket(id="x"))
    add(storage, AGENTS, agent(id="x"))

    with pytest.raises(StaleRecord):
        add(storage, TICKETS, ticket(id="x", subject="another"))
    assert stored(storage, TICKETS, "x") == {"x": ticket(id="x")}


@given(tickets)
def test_records_come_back_equal(record):
    """Every field of what was put is there in what is got and found (RECORD-2)."""
    storage = MemoryStorage()
    add(storage, TICKETS, record)

    assert stored(storage, TICKETS, record.id) == {record.id: record}
    assert find(storage, Query(TICKETS)).items == (record,)


def test_what_was_read_stays_as_it_was(storage):
    """A record that was read, and a page that was found, do not change when the store does (RECORD-5)."""
    old = ticket(id="t1", subject="old")
    add(storage, TICKETS, old)
    with storage.session() as session:
        read, page = session.get([Key(TICKETS, "t1")]), session.find(Query(TICKETS), now=NOW)
        apply(storage, Put(TICKETS, later(old, subject="new"), 1))
        add(storage, TICKETS, ticket(id="t2"))

        assert read == {Key(TICKETS, "t1"): old}
        assert page.items == (old,)


def test_unknown_kinds_are_kept(storage):
    """A kind is its name: it needs no announcement, and another value of that name is the same kind (RECORD-7)."""
    one: Kind[Tally] = Kind("parcel", (Index(("of",), "number"),))
    other: Kind[Tally] = Kind("parcel")
    add(storage, one, Tally("p1", 2, of=("x",)), Tally("p2", 1, of=("x",)))

    assert stored(storage, other, "p1", "p2").keys() == {"p1", "p2"}
    query = Query(other, RecordF.ids("of").has("x"), (Order("number"),))
    assert [it.id for it in find(storage, query).items] == ["p2", "p1"]


def test_kind_may_first_be_seen_when_it_is_read(storage):
    """Of a kind without records there is nothing to get, find or count (RECORD-8)."""
    assert stored(storage, TALLIES, "x") == {}
    assert find(storage, Query(TALLIES)).items == ()
    assert count(storage, Query(TALLIES)) == 0
    assert tally(storage, Query(TALLIES), "number") == {}


# Reading.


def test_get_gives_what_is_there(storage):
    """One get gives records of several kinds; what does not exist is missing from the answer (GET-1)."""
    add(storage, TICKETS, ticket(id="t1"))
    add(storage, AGENTS, agent(id="ana"))
    keys = [Key(TICKETS, "t1"), Key(TICKETS, "t2"), Key(AGENTS, "ana"), Key(TALLIES, "t1")]

    with storage.session() as session:
        assert session.get(keys) == {keys[0]: ticket(id="t1"), keys[2]: agent(id="ana")}
        assert session.get([]) == {}


def test_locked_record_is_had_by_one_session():
    """Who reads a locked record keeps others from reading it, until the session ends (LOCK-1)."""
    storage, seen = MemoryStorage(), []
    add(storage, LOCKED, Tally("a", 1))

    def wait_for_it():
        with storage.session() as session:
            seen.append(session.get([Key(LOCKED, "a")])[Key(LOCKED, "a")].number)

    with storage.session() as session:
        session.get([Key(LOCKED, "a")])
        thread = threading.Thread(target=wait_for_it, daemon=True)
        thread.start()
        until(lambda: storage.turn.waiting == 1)
        assert seen == []
        session.apply(Changes([Put(LOCKED, Tally("a", 2, 2), 1)]))
        assert seen == []
    thread.join(timeout=60)

    assert seen == [2]


def test_absent_locked_record_is_locked_too():
    """Two who both want to make the first record of a locked id come one after the other: neither is stale (LOCK-2)."""
    storage = MemoryStorage()

    def make_or_raise():
        for _ in range(20):
            with storage.session() as session:
                found = session.get([Key(LOCKED, "a")]).get(Key(LOCKED, "a"))
                record = Tally("a", 1) if found is None else later(found, number=found.number + 1)
                session.apply(Changes([Put(LOCKED, record, found and found.version)]))

    assert run_at_once(*[make_or_raise] * 4) == []
    assert stored(storage, LOCKED, "a")["a"].number == 80


def test_locked_records_of_any_order_do_not_deadlock():
    """In memory even those who lock in opposite orders do not wait for each other for ever (LOCK-4)."""
    storage = MemoryStorage()

    def lock(*ids):
        for _ in range(50):
            with storage.session() as session:
                for id in ids:
                    session.get([Key(LOCKED, id)])

    assert run_at_once(lambda: lock("a", "b"), lambda: lock("b", "a"), lambda: lock("c", "a", "b")) == []


def test_session_inside_a_session_does_not_wait_for_itself():
    """A thread that already has the turn gets it again, and others get it when both sessions have ended (LOCK-1)."""
    storage, others = MemoryStorage(), []
    other = threading.Thread(target=lambda: others.append(stored(storage, LOCKED, "a")), daemon=True)

    def nest():
        with storage.session() as outer:
            outer.get([Key(LOCKED, "a")])
            with storage.session() as inner:
                inner.get([Key(LOCKED, "a")])
                inner.get([Key(LOCKED, "b")])
            other.start()
            until(lambda: storage.turn.waiting == 1)
            assert others == []

    assert run_at_once(nest) == []
    other.join(timeout=60)
    assert others == [{}]


class StorageMachine(RuleBasedStateMachine):
    """Whatever is written, every find, count and tally is what `Query.run` over a plain dict gives (STORAGE-6)."""

    def __init__(self):
        super().__init__()
        self.storage, self.plain = MemoryStorage(), {}

    @rule(record=tickets)
    def put(self, record):
        """Adds a record, or replaces the one with its id."""
        old = self.plain.get(record.id)
        record = attrs.evolve(record, version=1 if old is None else old.version + 1)
        apply(self.storage, Put(TICKETS, record, old and old.version))
        self.plain[record.id] = record

    @precondition(lambda self: self.plain)
    @rule(data=st.data(), changes=st.fixed_dictionaries({}, optional={"assignee": maybe_ids, "due_at": st.just(NOW)}))
    def change(self, data, changes):
        """Changes a few fields of a record, or none."""
        old = data.draw(st.sampled_from(list(self.plain.values())))
        new = later(old, **changes)
        apply(self.storage, Put(TICKETS, new, old.version))
        self.plain[new.id] = new

    @precondition(lambda self: self.plain)
    @rule(data=st.data())
    def remove(self, data):
        """Removes a record."""
        old = self.plain.pop(data.draw(st.sampled_from(list(self.plain))))
        apply(self.storage, removals=[Removal(Key(TICKETS, old.id), old.version)])

    @rule(record=tickets, fresh=tickets)
    def fail(self, record, fresh):
        """Tries changes of which the last one is stale."""
        puts = [
            Put(TICKETS, attrs.evolve(it, version=1), None) for it in (fresh, record) if it.id not in self.plain
        ] + [Put(TICKETS, record, 99)]
        with pytest.raises(StaleRecord):
            apply(self.storage, *puts)

    @rule(
        where=conditions,
        order=orders,
        limit=st.none() | st.integers(1, 4),
        viewer=maybe_ids,
        costs=st.sampled_from([(2, 4), (99, 0), (0, 99)]),
    )
    def ask(self, where, order, limit, viewer, costs):
        """Finds page after page, counts and tallies, by whatever route seems cheapest."""
        with pytest.MonkeyPatch.context() as patch:
            for name, cost in zip(("_SORTING", "_STARTING"), costs, strict=True):
                patch.setattr(_search, name, cost)
            self.compare(Query(TICKETS, where, order, limit, viewer=viewer))

    def compare(self, query):
        """Compares all answers to a query with the plain ones."""
        records = list(self.plain.values())
        while True:
            page = find(self.storage, query)
            assert page == query.run(records, now=NOW, get=self.get)
            if page.next is None:
                break
            query = attrs.evolve(query, after=page.next)
        matching = attrs.evolve(query, limit=None, after=None).run(records, now=NOW, get=self.get).items
        assert count(self.storage, query) == len(matching)
        for by in ("department", "requesters", "followers", "status", "about", "nothing"):
            expected = Counter(value for record in matching for value in members(getattr(record, by, None)))
            assert tally(self.storage, query, by) == expected

    @invariant()
    def holds_the_same(self):
        """It holds the same records."""
        found = find(self.storage, Query(TICKETS)).items
        assert found == tuple(self.plain[id] for id in sorted(self.plain))

    def get(self, kind, id):
        """The way from an id to a ticket."""
        return self.plain.get(id) if kind is TICKETS else None


TestStorageMachine = StorageMachine.TestCase
TestStorageMachine.settings = settings(max_examples=40, stateful_step_count=30)


@given(
    st.lists(tickets, min_size=1, max_size=12, unique_by=lambda it: it.id),
    orders,
    st.lists(st.tuples(st.sampled_from(["put", "remove"]), tickets), max_size=12),
    conditions,
)
def test_paging_while_others_write(records, order, writes, where):
    """Paging gives what was there all the time exactly once, whatever comes and goes between the pages (FIND-10)."""
    storage = MemoryStorage()
    add(storage, TICKETS, *records)
    constant = attrs.evolve(Query(TICKETS, where, order)).run(records, now=NOW, get=lambda _kind, _id: None).items
    constant_ids = {record.id for record in constant}
    seen, page, query = [], None, Query(TICKETS, where, order, 2)
    while page is None or page.next is not None:
        query = query if page is None else attrs.evolve(query, after=page.next)
        page = find(storage, query)
        seen += [record.id for record in page.items]
        for what, record in writes[:2]:
            there = stored(storage, TICKETS, record.id)
            if record.id in constant_ids or (what == "remove" and not there):
                continue
            version = there[record.id].version if there else 0
            if what == "put":
                apply(storage, Put(TICKETS, attrs.evolve(record, version=version + 1), version or None))
            else:
                apply(storage, removals=[Removal(Key(TICKETS, record.id), version)])
        writes = writes[2:]

    assert [id for id in seen if id in constant_ids] == [record.id for record in constant]


def test_next_cursor_is_none_at_the_end_alone(storage):
    """A full page with nothing behind it is the last one (FIND-7)."""
    add(storage, TICKETS, *(ticket(id=id) for id in ("t1", "t2", "t3", "t4")))
    query = Query(TICKETS, limit=2)

    first = find(storage, query)
    assert first.next == Cursor((), "t2")
    assert find(storage, attrs.evolve(query, after=first.next)).next is None


@pytest.mark.parametrize("order", [(Order("created_at"),), (Order("status_changed_at"),)])
def test_cursor_of_another_order_is_refused(storage, order):
    """A cursor with the values of another order is the caller's error, with an index and without (FIND-9)."""
    add(storage, TICKETS, ticket(id="t1"), ticket(id="t2"))

    with pytest.raises(InvalidInput, match="after"):
        find(storage, Query(TICKETS, order=order, after=Cursor(("text",), "t1")))


def test_condition_may_follow_ids(storage):
    """A condition on the assignee's record is answered with the record that is stored (FIND-4)."""
    add(storage, AGENTS, agent(id="ana", active=False))
    add(storage, TICKETS, ticket(id="t1", assignee="ana"), ticket(id="t2", assignee="bob"))

    assert [it.id for it in find(storage, Query(TICKETS, F.assignee.active.is_set())).items] == ["t1"]


def test_tally_counts_each_of_several_values(storage):
    """A ticket with two requesters counts for both; one without followers, or without the field, for None (TALLY-2)."""
    add(
        storage,
        TICKETS,
        ticket(id="t1", requesters=("mia", "eve", "mia")),
        ticket(id="t2", requesters=("mia",), followers=("bob",)),
        internal_ticket(id="t3"),
    )

    assert tally(storage, Query(TICKETS), "requesters") == {"mia": 2, "eve": 1, None: 1}
    assert tally(storage, Query(TICKETS, F.department.is_missing()), "followers") == {None: 2, "bob": 1}
    assert count(storage, Query(TICKETS, limit=1, order=(Order("id"),), after=Cursor(("t2",), "t2"))) == 3


def test_what_was_applied_is_read_later(storage):
    """Every session opened after a change reads it, by id and by every index (SESSION-4)."""
    old = ticket(id="t1", assignee="ana", due_at=NOW)
    add(storage, TICKETS, old)
    new = later(old, assignee="bob", due_at=None)
    apply(storage, Put(TICKETS, new, 1))

    assert stored(storage, TICKETS, "t1") == {"t1": new}
    assert find(storage, Query(TICKETS, F.assignee == "bob", (Order("due_at"),))).items == (new,)
    assert find(storage, Query(TICKETS, F.assignee == "ana", (Order("due_at"),))).items == ()


def test_authors_find_what_they_wrote(storage):
    """Entries are found by who wrote them; what nobody wrote has no author (FIND-2)."""
    add(
        storage,
        ENTRIES,
        customer_message(id="e1", author=Actor.contact(ContactId("mia")), at=NOW),
        answer(id="e2", author=Actor.agent(AgentId("ana")), at=NOW),
        answer(id="e3", author=SYSTEM, at=NOW),
        answer(id="e4", author=Actor.agent(AgentId("ana")), at=NOW - timedelta(hours=1)),
    )
    query = Query(ENTRIES, EntryF.author_id == "ana", (Order("at"),))

    assert [it.id for it in find(storage, query).items] == ["e4", "e2"]
    assert count(storage, Query(ENTRIES, EntryF.author_id.is_missing())) == 1


# Writing.


@pytest.mark.parametrize(
    "changes",
    [
        Changes([Put(TICKETS, ticket(id="t1", version=4), 2)]),
        Changes([Put(TICKETS, ticket(id="t1", version=4), None)]),
        Changes([Put(TICKETS, ticket(id="t2", version=2), 1)]),
        Changes(removals=[Removal(Key(TICKETS, "t1"), 2)]),
        Changes(removals=[Removal(Key(TICKETS, "t2"), 1)]),
        Changes(readings=[Reading(Key(TICKETS, "t1"), 2)]),
        Changes(readings=[Reading(Key(TICKETS, "t1"), None)]),
        Changes(readings=[Reading(Key(TICKETS, "t2"), 1)]),
    ],
)
def test_stale_changes_are_refused(storage, changes):
    """A put, a removal or a reading at another version than stored is stale, and what was there stays (APPLY-2…5)."""
    record = ticket(id="t1", version=3)
    add(storage, TICKETS, record)

    with pytest.raises(StaleRecord) as error, storage.session() as session:
        session.apply(changes)
    assert error.value.kind == "ticket"
    assert stored(storage, TICKETS, "t1", "t2") == {"t1": record}


def test_changes_at_the_expected_versions_are_made(storage):
    """Puts, removals and readings at the stored versions pass, and so does resting on an absence (APPLY-1)."""
    one, two = ticket(id="t1"), ticket(id="t2")
    add(storage, TICKETS, one, two)
    readings = [Reading(Key(TICKETS, "t2"), 1), Reading(Key(TICKETS, "t9"), None)]
    apply(storage, Put(TICKETS, later(one), 1), readings=readings)
    apply(storage, removals=[Removal(Key(TICKETS, "t2"), 1)])

    assert stored(storage, TICKETS, "t1", "t2") == {"t1": later(one)}


def everything(storage):
    """All that can be seen of tickets and tallies."""
    return [
        [
            find(storage, Query(kind, order=order))
            for order in ((), (Order("due_at"),), (Order("number", descending=True),))
        ]
        + [tally(storage, Query(kind), by) for by in ("assignee", "of")]
        for kind in (TICKETS, TALLIES)
    ]


def test_stale_put_behind_good_ones_undoes_them(storage):
    """When the last of several changes is stale, none of them is there (APPLY-7)."""
    old = ticket(id="t1", assignee="ana")
    add(storage, TICKETS, old, ticket(id="t2"))
    before = everything(storage)

    with pytest.raises(StaleRecord):
        apply(
            storage,
            Put(TICKETS, later(old, assignee="bob"), 1),
            Put(TICKETS, ticket(id="t3"), None),
            Put(TICKETS, ticket(id="t2", version=6), 5),
            removals=[Removal(Key(TICKETS, "t1"), 1)],
        )
    assert everything(storage) == before


@pytest.mark.parametrize(
    "broken",
    [
        Tally("y", "text"),
        Tally("y", 5, of=("a", "b", ["no hash"])),
        Tally("x", "text", 2),
        Tally("x", 7, 2, (["no hash"],)),
    ],
)
def test_failure_half_way_undoes_what_was_written(storage, broken):
    """A record that cannot be indexed is refused, and of what was written before it nothing is left (APPLY-8)."""
    old = ticket(id="t1", assignee="ana")
    add(storage, TICKETS, old, ticket(id="t2"))
    add(storage, TALLIES, Tally("x", 1, of=("a",)), Tally("z", 2, of=("a", "b")))
    before = everything(storage)

    with pytest.raises(TypeError):
        apply(
            storage,
            Put(TICKETS, later(old, assignee="bob"), 1),
            Put(TICKETS, ticket(id="t3"), None),
            Put(TALLIES, broken, broken.version - 1 or None),
            removals=[Removal(Key(TICKETS, "t2"), 1)],
        )
    assert everything(storage) == before
    add(storage, TALLIES, Tally("y", 9, of=("a",)))
    assert find(storage, Query(TALLIES, order=(Order("number"),))).items[-1] == Tally("y", 9, of=("a",))


def test_nobody_reads_a_part_of_a_change():
    """While one thread moves tickets between two agents, every look at them finds each with one of them (APPLY-9)."""
    storage = MemoryStorage()
    add(storage, TICKETS, *(ticket(id=id, assignee="ana") for id in IDS))
    keys, done = [Key(TICKETS, id) for id in IDS], threading.Event()

    def move():
        try:
            for turn in range(200):
                puts = [
                    Put(TICKETS, later(it, assignee=("ana", "bob")[turn % 2]), it.version)
                    for it in stored(storage, TICKETS, *IDS).values()
                ]
                apply(storage, *puts)
        finally:
            done.set()

    def look():
        while not done.is_set():
            with storage.session() as session:
                assert len({it.assignee for it in session.get(keys).values()}) == 1
                assert len({it.assignee for it in session.find(Query(TICKETS), now=NOW).items}) == 1
                assert session.count(Query(TICKETS, F.assignee == "ana"), now=NOW) in (0, len(IDS))
                assert session.tally(Query(TICKETS), "assignee", now=NOW) in ({"ana": len(IDS)}, {"bob": len(IDS)})

    assert run_at_once(move, look, look) == []


def test_session_ends_with_its_changes(storage):
    """A session that has applied is over: it neither applies again nor reads (SESSION-2)."""
    with storage.session() as session:
        session.apply(Changes([Put(TICKETS, ticket(id="t1"), None)]))
        assert stored(storage, TICKETS, "t1")
        with pytest.raises(StorageError, match="has ended"):
            session.apply(Changes())
        with pytest.raises(StorageError, match="has ended"):
            session.get([Key(TICKETS, "t1")])


def test_session_without_changes_leaves_no_trace(storage):
    """Whoever only reads, or fails before applying, changes nothing (SESSION-1)."""
    add(storage, TICKETS, ticket(id="t1"))
    before = everything(storage)

    with suppress(ZeroDivisionError), storage.session() as session:
        session.get([Key(TICKETS, "t1"), Key(LOCKED, "a")] if isinstance(storage, MemoryStorage) else [])
        session.find(Query(TICKETS), now=NOW)
        raise ZeroDivisionError
    assert everything(storage) == before


# Storages.


def test_threads_lose_no_update():
    """Threads that raise one number, each again when it was stale, raise it as often as they meant to (STORAGE-1)."""
    storage = MemoryStorage()
    add(storage, TALLIES, Tally("x"))

    def raise_it():
        done = 0
        while done < 50:
            (record,) = stored(storage, TALLIES, "x").values()
            with suppress(StaleRecord):
                apply(storage, Put(TALLIES, later(record, number=record.number + 1), record.version))
                done += 1

    assert run_at_once(*[raise_it] * 4) == []
    assert stored(storage, TALLIES, "x") == {"x": Tally("x", 200, 201)}


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_leaving_gives_the_turn_back(error):
    """What a session held is free when it has ended, whatever it ended with (SESSION-5)."""
    storage = MemoryStorage()
    with suppress(error), storage.session() as session:
        session.get([Key(LOCKED, "a")])
        raise error
    with suppress(StaleRecord), storage.session() as session:
        session.get([Key(LOCKED, "a")])
        session.apply(Changes([Put(LOCKED, Tally("a", version=3), 2)]))

    assert run_at_once(lambda: stored(storage, LOCKED, "a")) == []


def test_session_that_was_left_is_over(storage):
    """A session is of no use once its context was left; the error is the storage's, and says what to do (SESSION-2)."""
    with storage.session() as session:
        pass
    for attempt in (
        lambda: session.get([Key(TICKETS, "t1")]),
        lambda: session.find(Query(TICKETS), now=NOW),
        lambda: session.count(Query(TICKETS), now=NOW),
        lambda: session.tally(Query(TICKETS), "status", now=NOW),
        lambda: session.apply(Changes()),
    ):
        with pytest.raises(StorageError, match="open another one"):
            attempt()


# Tasks.


def test_tasks_wait_for_each_other():
    """A task that reads a locked record waits for the task that has it; others go on meanwhile (LOCK-1, STORAGE-1)."""

    async def main():
        storage, seen = AsyncMemoryStorage(), []

        async def raise_it():
            async with storage.session() as session:
                record = (await session.get([Key(LOCKED, "a")])).get(Key(LOCKED, "a"))
                await asyncio.sleep(0)
                new = Tally("a", 1) if record is None else later(record, number=record.number + 1)
                await session.apply(Changes([Put(LOCKED, new, record and record.version)]))

        async def look():
            async with storage.session() as session:
                seen.append(await session.count(Query(LOCKED), now=NOW))

        await asyncio.gather(*(raise_it() for _ in range(20)), look())
        async with storage.session() as session:
            return seen, (await session.get([Key(LOCKED, "a")]))[Key(LOCKED, "a")].number

    assert asyncio.run(main()) == ([0], 20)


def test_task_inside_its_own_session_does_not_wait():
    """A task that already has the turn gets it again (LOCK-1)."""

    async def main():
        storage = AsyncMemoryStorage()
        async with storage.session() as outer, storage.session() as inner:
            await outer.get([Key(LOCKED, "a")])
            return await inner.get([Key(LOCKED, "a"), Key(LOCKED, "b")])

    assert asyncio.run(main()) == {}


@pytest.mark.parametrize("granted", [False, True])
def test_cancelled_task_gives_up_waiting(granted):
    """A task cancelled while it waits, or just when its turn came, keeps nobody waiting (SESSION-5)."""

    async def main():
        storage = MemoryStorage()
        waiting = AsyncMemoryStorage(storage)

        async def wait_for_it():
            async with waiting.session() as session:
                await session.get([Key(LOCKED, "a")])

        async with waiting.session() as session:
            await session.get([Key(LOCKED, "a")])
            task = asyncio.create_task(wait_for_it())
            await asyncio.sleep(0)
            assert storage.turn.waiting == 1
            if not granted:
                task.cancel()
                await asyncio.wait([task])
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        await asyncio.wait_for(wait_for_it(), timeout=60)

    asyncio.run(main())


def test_threads_and_tasks_share_a_storage():
    """The same records can be used by threads and by the tasks of a loop, locks included (STORAGE-1)."""
    storage = MemoryStorage()

    def in_a_thread():
        for _ in range(20):
            with storage.session() as session:
                raise_in(session, session.get([Key(LOCKED, "a")]))

    def raise_in(session, found):
        record = found.get(Key(LOCKED, "a"))
        new = Tally("a", 1) if record is None else later(record, number=record.number + 1)
        return session.apply(Changes([Put(LOCKED, new, record and record.version)]))

    async def in_a_task():
        for _ in range(20):
            async with AsyncMemoryStorage(storage).session() as session:
                await raise_in(session, await session.get([Key(LOCKED, "a")]))

    assert run_at_once(in_a_thread, in_a_thread, lambda: asyncio.run(in_a_task())) == []
    assert stored(storage, LOCKED, "a")["a"].number == 60


class Interrupted(threading.Event):
    """An event for which nobody waits long enough."""

    def wait(self, timeout=None):  # noqa: ARG002 - as an event is waited for
        """Raises."""
        raise KeyboardInterrupt


def test_interrupted_wait_leaves_the_queue(monkeypatch):
    """Who is interrupted while waiting for a locked record keeps nobody waiting (SESSION-5)."""
    storage = MemoryStorage()
    with storage.session() as session:
        session.get([Key(LOCKED, "a")])
        with monkeypatch.context() as patch, storage.session() as waiting:
            patch.setattr(_turn, "threading", SimpleNamespace(Event=Interrupted, get_ident=lambda: "another thread"))
            with pytest.raises(KeyboardInterrupt):
                waiting.get([Key(LOCKED, "a")])
        assert storage.turn.waiting == 0

    assert run_at_once(lambda: stored(storage, LOCKED, "a")) == []


# Routes.


def evaluated(storage, query, monkeypatch):
    """How many records are asked the condition until a page is full."""
    asked = []

    def compile_counting(condition):
        def holds(facts):
            asked.append(facts.record.id)
            return condition.holds(facts)

        return holds

    with monkeypatch.context() as patch:
        patch.setattr(_search, "compile_condition", compile_counting)
        find(storage, query)
    return len(asked)


@pytest.fixture
def archive():
    """A thousand tickets of four departments, each due in another hour."""
    storage = MemoryStorage()
    add(
        storage,
        TICKETS,
        *(
            ticket(
                id=f"t{i:04}",
                department=IDS[i % 4],
                assignee=IDS[i % 3],
                requesters=(f"c{i % 100}",),
                followers=(f"c{i % 50}",),
                due_at=NOW + timedelta(hours=i * 7919 % 1000),
                created_at=NOW + timedelta(hours=i),
            )
            for i in range(1000)
        ),
    )
    return storage


DUE = (Order("due_at"),)
LATE = (Order("due_at", descending=True),)


@pytest.mark.parametrize(
    ("where", "order", "most"),
    [
        (F.department == "ana", DUE, 0),
        (F.department == "ana", LATE, 0),
        (F.department.is_in(["ana", "bob"]), DUE, 0),
        ((F.department == "ana") & ~F.department.is_in(["bob", "eve"]), DUE, 0),
        ((F.department == "ana") & (F.answers == 0), DUE, 11),
        ((F.department == "ana") & (F.assignee == "bob"), DUE, 40),
        (F.assignee == current_agent, DUE, 0),
        (F.requesters.has("c7"), (Order("created_at"),), 0),
        (F.requesters.has("c7"), DUE, 0),
        (F.requesters.has("c7") | F.followers.has("c7"), (Order("created_at", descending=True),), 0),
        ((F.requesters.has("c7") | F.followers.has("c7")) & (F.answers == 0), (Order("created_at"),), 11),
        (F.requesters.has_all(["c7", "c8"]), DUE, 10),
        ((F.requesters.has("c7")) & (F.department == "ana"), DUE, 10),
        (F.answers == 0, DUE, 11),
        (F.answers == 0, (Order("answers"), Order("due_at")), 1000),
        (all_of(), DUE, 0),
        (any_of(), DUE, 0),
        (F.department == "nobody", DUE, 0),
    ],
)
def test_listing_does_not_scan(archive, monkeypatch, where, order, most):
    """A listing asks its condition of little more than a page, by the index that the condition and the order allow."""
    query = Query(TICKETS, where, order, 10, viewer=AgentId("ana"))

    assert evaluated(archive, query, monkeypatch) <= most


def test_deep_page_costs_what_the_first_costs(archive, monkeypatch):
    """A cursor is found in the index, not counted down to."""
    query = Query(TICKETS, (F.department == "ana") & (F.answers == 0), DUE, 10)
    deep = attrs.evolve(query, after=Cursor((NOW + timedelta(hours=800),), "t"))

    assert evaluated(archive, deep, monkeypatch) <= 11
    assert evaluated(archive, attrs.evolve(deep, order=LATE), monkeypatch) <= 11


@pytest.mark.parametrize(
    "where",
    [all_of(), F.department == "ana", ~F.department.is_in(["ana"]), F.department.is_set(), F.requesters.has("c7")],
)
def test_counts_look_at_no_record(archive, monkeypatch, where):
    """What an index keeps apart is counted without looking at a record."""
    monkeypatch.setattr(_search.Search, "_matching", None)

    assert count(archive, Query(TICKETS, where)) > 0


def test_tallies_look_at_no_record(archive, monkeypatch):
    """The totals of the departments that somebody may see come from the index alone."""
    monkeypatch.setattr(_search.Search, "_matching", None)

    assert tally(archive, Query(TICKETS), "assignee") == {"ana": 334, "bob": 333, "eve": 333}
    assert tally(archive, Query(TICKETS, ~F.department.is_in(["ana"])), "department") == dict.fromkeys(IDS[1:], 250)
    assert tally(archive, Query(TICKETS, F.department.is_in(["ana", "x"])), "department") == {"ana": 250}


OF, SHAPE = RecordF.ids("of"), RecordF.key("shape")


@pytest.mark.parametrize(
    "where",
    [
        OF.has_any(["a", "b"]) & (SHAPE == "round"),
        OF.has("a") & SHAPE.is_in(["round", "square"]) & (RecordF.number("number") < -3),
        OF.is_empty() & (SHAPE == "round"),
        OF.has("b") & (SHAPE != "round"),
        OF.has_all(["a", "b"]) & (SHAPE == "square"),
    ],
)
@pytest.mark.parametrize("order", [(Order("number"),), (Order("number", descending=True),), ()])
def test_index_of_several_fields(storage, where, order):
    """An index may keep places apart by several fields, of which some hold several values (FIND-2)."""
    parcels = [Tally(f"x{i:02}", -i, 1, ("a", "b")[: i % 3], ("round", "square")[i % 2]) for i in range(24)]
    add(storage, TALLIES, *parcels)
    query = Query(TALLIES, where, order)
    expected = query.run(parcels, now=NOW, get=lambda _kind, _id: None)

    assert expected.items
    assert find(storage, query) == expected
    assert count(storage, query) == len(expected.items)


# Blobs.


@pytest.fixture(params=[MemoryBlobs, AsyncMemoryBlobs])
def blobs(request):
    """Both blob stores in memory, empty."""
    return BlockingSession(request.param()) if request.param is AsyncMemoryBlobs else request.param()


def test_blobs_come_back_unchanged(blobs):
    """Bytes come back as they were put, also when they were put twice (BLOB-1)."""
    blobs.put("d1", b"\x00bytes\xff", now=NOW)
    assert blobs.get("d1") == b"\x00bytes\xff"

    blobs.put("d1", b"\x00bytes\xff", now=NOW + timedelta(hours=1))
    assert blobs.get("d1") == b"\x00bytes\xff"


def test_unknown_blob_is_none(blobs):
    """Of a digest that was never put, or was removed, there are no bytes (BLOB-3)."""
    blobs.put("d1", b"", now=NOW)
    assert blobs.get("d1") == b""

    for _ in range(2):
        blobs.remove("d1", before=NOW + timedelta(hours=1))
    assert blobs.get("d1") is None
    assert blobs.get("d2") is None


def test_blobs_put_since_are_not_removed(blobs):
    """Removing what is old leaves bytes that were put again meanwhile (BLOB-6)."""
    blobs.put("d1", b"bytes", now=NOW)
    blobs.put("d1", b"bytes", now=NOW + timedelta(hours=2))

    blobs.remove("d1", before=NOW + timedelta(hours=2))

    assert blobs.get("d1") == b"bytes"


def test_old_blobs_are_listed(blobs):
    """What was last put before a time is listed, so that what nobody names can be swept (BLOB-5)."""
    for hours, digest in enumerate(["d1", "d2", "d3", "d1"]):
        blobs.put(digest, digest.encode(), now=NOW + timedelta(hours=hours))

    assert sorted(blobs.stored_before(NOW + timedelta(hours=2))) == ["d2"]
    assert sorted(blobs.stored_before(NOW + timedelta(hours=9))) == ["d1", "d2", "d3"]
