"""What only the storage in memory promises, or does in its own way; the laws that it keeps are in tests/conformance."""

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
from ticketcore.conformance.records import answer, customer_message, ticket
from ticketcore.errors import InvalidInput, StaleRecord, StorageError
from ticketcore.model.actors import SYSTEM, Actor
from ticketcore.model.ids import AgentId, ContactId
from ticketcore.model.kinds import ENTRIES, TICKETS, Index, Kind
from ticketcore.model.lifecycle import RESOLVED
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


# Reading.


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


@pytest.mark.parametrize("order", [(Order("created_at"),), (Order("status_changed_at"),)])
def test_cursor_of_another_order_is_refused(storage, order):
    """A cursor with the values of another order is the caller's error, with an index and without (FIND-9)."""
    add(storage, TICKETS, ticket(id="t1"), ticket(id="t2"))

    with pytest.raises(InvalidInput, match="after"):
        find(storage, Query(TICKETS, order=order, after=Cursor(("text",), "t1")))


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


# Storages.


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


def test_work_of_agents_is_found_among_all_that_they_ever_did(archive, monkeypatch):
    """What an agent has to do, and how much that is, costs what is in work, not what is done."""
    done = [it for it in find(archive, Query(TICKETS)).items if not it.id.endswith("7")]
    apply(archive, *(Put(TICKETS, later(it, status=RESOLVED), it.version) for it in done))
    in_work = F.category.is_in(["new", "open"])

    assert evaluated(archive, Query(TICKETS, (F.assignee == "ana") & in_work, DUE, 10), monkeypatch) == 0
    monkeypatch.setattr(_search.Search, "_matching", None)
    assert count(archive, Query(TICKETS, (F.assignee == "ana") & in_work)) == 33
    loads = tally(archive, Query(TICKETS, F.assignee.is_in(["ana", "bob"]) & in_work), "assignee")
    assert loads == {"ana": 33, "bob": 34}


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
