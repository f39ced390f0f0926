"""Laws of orders, pages and cursors."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from ticketcore.conditions import F
from ticketcore.conformance.at_once import in_threads
from ticketcore.conformance.expecting import expect_same, expecting
from ticketcore.conformance.laws import Capability, law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS
from ticketcore.conformance.population import INSTANTS, get_from, stored
from ticketcore.conformance.records import NOW, ticket
from ticketcore.conformance.trial import Trial, later
from ticketcore.errors import InvalidInput
from ticketcore.model.kinds import TICKETS
from ticketcore.query import Cursor, Order, Query
from ticketcore.storage.protocols import Key, Put, Removal

_FIELDS: Final = ("due_at", "created_at", "subject", "type", "priority", "answers", "status.key", "about", "nothing")

ORDERS: Final[Sequence[tuple[Order, ...]]] = (
    (),
    (Order("id", descending=True),),
    *((Order(field, descending),) for field in _FIELDS for descending in (False, True)),
    (Order("priority", descending=True), Order("due_at")),
    (Order("due_at"), Order("priority", descending=True)),
    (Order("type"), Order("answers", descending=True), Order("created_at", descending=True)),
)
"""Orders of tickets: by every type of values, with ties and with missing ones."""


# The clock of Athens is put back in this night: by it, the later of two instants may be the earlier one.
_REPEATED: Final = (
    datetime(2026, 10, 25, 3, 15, fold=1, tzinfo=ZoneInfo("Europe/Athens")),
    datetime(2026, 10, 25, 3, 30, fold=0, tzinfo=ZoneInfo("Europe/Athens")),
    datetime(2026, 10, 25, 0, 45, tzinfo=UTC),
)


class PagingLaws(LawsOfStorage):
    """Laws of the order in which records come, and of reading them page by page."""

    @law("FIND-6")
    def test_records_come_in_order(self, trial: Trial) -> None:
        """
        Records come in the order of the query's criteria: texts by code points, instants as instants, those without a
        value last, whether ascending or descending, and what is equal by id.
        """
        there = stored(trial)
        queries: list[Query[Any]] = [Query(TICKETS, order=order) for order in ORDERS]
        queries += [Query(TICKETS, F.answers == 0, order, 5) for order in ORDERS]
        queries += [
            Query(PARCELS, order=(Order(field, descending), Order("label")))
            for field in ("number", "label", "nothing")
            for descending in (False, True)
        ]
        for query in queries:
            expected = query.run(there[query.kind], now=NOW, get=get_from(there))
            expect_same(trial.ids(query), [it.id for it in expected.items], f"{query.kind} in the order {query.order}")
        trial.empty()
        trial.add(TICKETS, *(ticket(id=f"t{number}", created_at=instant) for number, instant in enumerate(_REPEATED)))
        for descending, ids in ((False, ["t1", "t2", "t0"]), (True, ["t0", "t2", "t1"])):
            query = Query(TICKETS, order=(Order("created_at", descending),))
            expect_same(trial.ids(query), ids, "tickets of an hour that is repeated, in the order of their instants")

    @law("FIND-7")
    def test_page_ends_where_the_limit_is(self, trial: Trial) -> None:
        """
        A page has at most as many records as the query's limit; its `next` is the place of the last one, and None
        exactly if nothing follows.
        """
        tickets = [ticket(id=f"t{number}", due_at=NOW + timedelta(hours=number)) for number in range(4)]
        trial.add(TICKETS, *tickets)
        for order in ((), (Order("due_at"),), (Order("type"), Order("due_at"))):
            for limit in (*range(1, 6), 2**53):
                query = Query(TICKETS, order=order, limit=limit)
                expected = query.run(tickets, now=NOW, get=get_from({}))
                expect_same(trial.find(query), expected, f"the first page of {limit} in the order {order}")
        nobody = Query(TICKETS, F.answers == 1, limit=1)
        expect_same(trial.find(nobody).next, None, "where the page after an empty one begins")

    @law("FIND-8")
    def test_pages_begin_behind_the_cursor(self, trial: Trial) -> None:
        """With a cursor `find` gives what comes behind it, whether or not a record still stands there."""
        there = dict(stored(trial))
        gone = there[TICKETS][::5]
        places = [(order, Query(TICKETS, order=order).place(it)) for order in ORDERS for it in there[TICKETS][::5]]
        trial.apply(removals=[Removal(Key(TICKETS, it.id), it.version) for it in gone[::2]])
        there[TICKETS] = [it for it in there[TICKETS] if it not in gone[::2]]
        with trial.session() as session:
            for order, place in places:
                query = Query(TICKETS, order=order, limit=3, after=place)
                expected = query.run(there[TICKETS], now=NOW, get=get_from(there))
                what = f"the page behind {place} in the order {order}"
                expect_same(session.find(query, now=NOW), expected, what)
                through_text = attrs.evolve(query, after=Cursor.parse(str(place)))
                expect_same(session.find(through_text, now=NOW), expected, f"{what}, the cursor read from text")

    @law("FIND-9")
    def test_cursor_of_another_order_is_refused(self, trial: Trial) -> None:
        """A cursor of another order raises `InvalidInput`."""
        trial.add(TICKETS, ticket(id="t1", due_at=NOW, type="a"), ticket(id="t2", due_at=NOW, type="b"))
        for field, value in (("due_at", "text"), ("status_changed_at", 7), ("type", NOW), ("answers", "text")):
            query = Query(TICKETS, order=(Order(field),), after=Cursor((value,), "t1"))
            with expecting(InvalidInput, f"a page in the order of {field} behind {value!r}"):
                trial.find(query)

    @law("FIND-10")
    def test_paging_while_others_write(self, trial: Trial) -> None:
        """
        Paging gives every record that was there throughout, in the same place of the order, exactly once, whatever is
        written meanwhile.
        """
        there = stored(trial)
        moving = {it.id: it for it in there[TICKETS] if it.internal}
        staying = [it for it in there[TICKETS] if not it.internal]
        move = partial(_move, trial, moving, Random(1))  # noqa: S311 - it only moves tickets about
        for order in ORDERS[::3]:
            _expect_all(trial, staying, order, move)
        if Capability.THREADS in self.capabilities:
            _expect_all_while_a_thread_moves(trial, staying, move)
        left = Query(TICKETS, F.internal.is_true)
        expect_same(trial.ids(left), sorted(it.id for it in moving.values()), "what was moved about")


def _expect_all(trial: Trial, staying: Sequence[Any], order: tuple[Order, ...], move: Callable[[], None]) -> None:
    """Expects to find what stays by paging through all tickets, while others are moved after each page."""
    query: Query[Any] | None = Query(TICKETS, order=order, limit=4)
    seen: list[str] = []
    while query is not None:
        page = trial.find(query)
        seen += [it.id for it in page.items]
        query = None if page.next is None else attrs.evolve(query, after=page.next)
        move()
    expected = [it.id for it in Query(TICKETS, order=order).sorted(staying)]
    expect_same([id for id in seen if id in expected], expected, f"what stayed, in the order {order}")


def _expect_all_while_a_thread_moves(trial: Trial, staying: Sequence[Any], move: Callable[[], None]) -> None:
    """The same while another thread moves tickets, as often as it can."""
    done = threading.Event()

    def keep_moving() -> None:
        while not done.is_set():
            move()

    def look() -> None:
        try:
            for order in ORDERS[1::4]:
                _expect_all(trial, staying, order, lambda: None)
        finally:
            done.set()

    errors = in_threads(keep_moving, look)
    expect_same(errors, [], "errors of a thread that moves tickets about, and of one that reads them page by page")


def _move(trial: Trial, moving: dict[str, Any], random: Random) -> None:
    """Moves some tickets to other places of most orders, takes one away, and puts one back."""
    puts = []
    for id in random.sample([*moving], 3):
        old = moving[id]
        new = later(
            old, due_at=random.choice(INSTANTS), answers=random.randrange(3), type=random.choice(["a", "Z", None])
        )
        puts.append(Put(TICKETS, new, old.version))
        moving[id] = new
    away = moving[random.choice([*moving])]
    trial.apply(*puts)
    trial.apply(removals=[Removal(Key(TICKETS, away.id), away.version)])
    trial.apply(Put(TICKETS, away, None))
