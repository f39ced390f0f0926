import base64
import json
from contextlib import suppress
from datetime import UTC, timedelta, timezone
from functools import cmp_to_key

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.strategies import NOW, orders, queries, tickets
from ticketcore.conditions import F, RecordF, all_of, any_of, current_agent, never
from ticketcore.conformance.records import agent, answer, getter, ticket
from ticketcore.errors import InvalidInput
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import AGENTS, TICKETS, Kind
from ticketcore.model.lifecycle import NEW, OPEN
from ticketcore.query import CURSOR_LIMIT, Cursor, Order, Page, Query, field_reader, members

values = (
    st.none()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
    | st.integers(-(2**53), 2**53)
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))]))
)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
cursors = st.builds(Cursor, st.lists(values, max_size=3).map(tuple), names)
unique_tickets = st.lists(tickets, max_size=12, unique_by=lambda it: it.id)


def run(query, records, **more):
    """The plain answer."""
    return query.run(records, now=NOW, **({"get": getter()} | more))


def ids_of(page):
    """The ids on a page, in order."""
    return [record.id for record in page.items]


# Cursors.


@given(cursors)
def test_cursor_survives_its_text(cursor):
    """What a cursor's text stands for is that cursor."""
    assert Cursor.parse(str(cursor)) == cursor


@given(cursors)
def test_cursor_fits_into_a_link(cursor):
    """A cursor's text needs no escaping in a URL."""
    assert set(str(cursor)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def packed(data):
    """Any JSON in the clothes of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-",
        "not a cursor",
        "ünicode",
        "\0",
        "A" * (CURSOR_LIMIT + 1),
        packed(None),
        packed({}),
        packed([]),
        packed([[], "id", 3]),
        packed(["values", "id"]),
        packed([[], 7]),
        packed([[], None]),
        packed([[1.5], "id"]),
        packed([[2**53 + 1], "id"]),
        packed([[[]], "id"]),
        packed([[{"at": 5}], "id"]),
        packed([[{"at": "yesterday"}], "id"]),
        packed([[{"at": "2026-11-22T10:00:00"}], "id"]),
        packed([[{"at": "2026-11-22T10:00:00+00:00", "more": 1}], "id"]),
        packed([[], "nul\0"]),
        packed([["\ud800"], "id"]),
        base64.urlsafe_b64encode(b"[" * 10_000).decode(),
        base64.urlsafe_b64encode(b'[[NaN], "id"]').decode(),
        base64.urlsafe_b64encode(b"[[" + b"9" * 5_000 + b'], "id"]').decode(),
        base64.urlsafe_b64encode(b'\xff\xfe[[], "id"]').decode(),
        f"{packed([[], 'id'])}!",
    ],
)
def test_hostile_cursor_is_refused(text):
    """A cursor comes back through other hands: whatever is none is an error of the caller."""
    with pytest.raises(InvalidInput) as error:
        Cursor.parse(text)
    assert error.value.faults[0].expected == "a cursor that a page gave"


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda it: base64.urlsafe_b64encode(it).decode()))
def test_any_text_is_a_cursor_or_refused(text):
    """No text makes the reader of cursors stumble."""
    with suppress(InvalidInput):
        assert isinstance(Cursor.parse(text), Cursor)


@pytest.mark.parametrize(
    ("order", "after"),
    [
        ((), Cursor((1,), "t1")),
        ((Order("due_at"),), Cursor((), "t1")),
        ((Order("due_at"), Order("id")), Cursor((NOW,), "t1")),
        ((), str(Cursor((), "t1"))),
    ],
)
def test_cursor_of_another_length_is_refused(order, after):
    """A query takes no cursor that has more or fewer values than its order."""
    with pytest.raises(InvalidInput, match="after"):
        Query(TICKETS, order=order, after=after)


@pytest.mark.parametrize(
    "after",
    [
        Cursor((NOW.replace(tzinfo=None),), "t1"),
        Cursor([NOW], "t1"),
        Cursor(("\ud800",), "t1"),
        Cursor((NOW,), "\ud800"),
        Cursor((NOW,), "t\0"),
        Cursor((NOW,), 1),
    ],
)
def test_cursor_made_by_hand_is_refused(after):
    """A query takes no cursor that has no text: some databases could not be asked for what is behind it."""
    with pytest.raises(InvalidInput, match="after"):
        Query(TICKETS, order=(Order("created_at"),), after=after)


@pytest.mark.parametrize("wrong", [7, "text"])
def test_cursor_of_another_type_is_refused(wrong):
    """Continuing an order by time from a number or a text is an error of the caller."""
    query = Query(TICKETS, order=(Order("created_at"),), after=Cursor((wrong,), "t1"))

    with pytest.raises(InvalidInput, match="after"):
        run(query, [ticket()])


# Limits and pages.


@pytest.mark.parametrize("limit", [0, -1, 1.5, "5", 2**63])
def test_limit_is_a_number_that_databases_know(limit):
    """A page of nothing could not say where it ended, and what no database counts to, or is no number, is no limit."""
    with pytest.raises(InvalidInput, match="limit"):
        Query(TICKETS, limit=limit)


@given(queries, unique_tickets)
def test_pages_make_up_the_whole(query, records):
    """Page after page gives what one query without limit gives, and only the last says that it is the last."""
    whole = run(attrs.evolve(query, limit=None), records)
    pages = []
    following = query
    while True:
        page = run(following, records)
        pages.append(page)
        if page.next is None:
            break
        assert len(page.items) == query.limit
        following = attrs.evolve(following, after=Cursor.parse(str(page.next)))

    assert [record for page in pages for record in page.items] == list(whole.items)
    assert whole.next is None
    assert not whole.items or pages[-1].items


def test_page_knows_whether_more_follow():
    """A page that is exactly full is the last one; the same page with more behind it is not."""
    query = Query(TICKETS, order=(Order("created_at"),), limit=2)
    records = [ticket(id=id) for id in ("t1", "t2", "t3")]

    assert run(query, records[:2]).next is None
    assert run(query, records) == Page(tuple(records[:2]), Cursor((NOW,), "t2"))


# Order.


@given(orders, unique_tickets)
def test_sorting_agrees_with_comparing(order, records):
    """The order of a page is the order in which cursors compare."""
    query = Query(TICKETS, order=order)
    places = [query.place(record) for record in records]

    assert [query.place(record) for record in query.sorted(records)] == sorted(places, key=cmp_to_key(query.compare))


@given(orders, unique_tickets)
def test_no_two_records_have_the_same_place(order, records):
    """Ids break every tie, so that a cursor stands between two records and never inside a tie."""
    query = Query(TICKETS, order=order)

    for one, two in zip(query.sorted(records), query.sorted(records)[1:], strict=False):
        assert query.compare(query.place(one), query.place(two)) < 0


@pytest.mark.parametrize(("descending", "expected"), [(False, ["a", "b", "c", "d"]), (True, ["b", "a", "c", "d"])])
def test_missing_comes_last_and_ties_go_by_id(descending, expected):
    """Records without a value come last in both directions, and among equals the lowest id comes first in both."""
    due = {"d": None, "b": NOW + timedelta(hours=1), "c": None, "a": NOW}
    records = [ticket(id=id, due_at=at) for id, at in due.items()]

    assert ids_of(run(Query(TICKETS, order=(Order("due_at", descending),)), records)) == expected
    tied = [attrs.evolve(record, due_at=NOW) for record in records]
    assert ids_of(run(Query(TICKETS, order=(Order("due_at", descending),)), tied)) == ["a", "b", "c", "d"]


def test_later_criteria_order_what_ties():
    """The second criterion counts where the first one ties."""
    records = [ticket(id=id, due_at=NOW, answers=number) for id, number in (("a", 1), ("b", 2), ("c", 1))]
    query = Query(TICKETS, order=(Order("due_at"), Order("answers", descending=True)))

    assert ids_of(run(query, records)) == ["b", "a", "c"]


def test_order_by_something_without_order_is_refused():
    """To order by a field that holds neither text nor numbers nor instants is an error that names it."""
    records = [ticket(id="a", status=NEW), ticket(id="b", status=OPEN)]

    with pytest.raises(InvalidInput, match="order: expected fields that hold text, numbers or instants, got status"):
        run(Query(TICKETS, order=(Order("status"),)), records)


# What conditions see.


def test_conditions_follow_ids_and_the_viewer():
    """A query's condition may ask of the assignee's record, and of whoever is looking."""
    ana = agent(id="ana", active=False)
    records = [ticket(id="t1", assignee="ana"), ticket(id="t2", assignee="bob"), ticket(id="t3")]

    assert ids_of(run(Query(TICKETS, F.assignee.active == False), records, get=getter(ana))) == ["t1"]  # noqa: E712
    assert ids_of(run(Query(TICKETS, F.assignee == current_agent, viewer=AgentId("bob")), records)) == ["t2"]
    assert ids_of(run(Query(TICKETS, F.assignee == current_agent), records)) == []


def test_query_without_condition_gives_all():
    """A query that says nothing gives every record, by id."""
    records = [ticket(id=id) for id in ("b", "c", "a")]

    assert ids_of(run(Query(TICKETS), records)) == ["a", "b", "c"]
    assert ids_of(run(Query(TICKETS, all_of()), records)) == ["a", "b", "c"]
    assert ids_of(run(Query(TICKETS, never), records)) == []
    assert ids_of(run(Query(TICKETS, any_of()), records)) == []


def test_query_of_an_unknown_kind():
    """Records of any kind can be asked for by their attributes."""

    @attrs.frozen
    class Parcel:
        id: str
        weight: int | None = None
        version: int = 1

    kind: Kind[Parcel] = Kind("parcel")
    parcels = [Parcel("a", 3), Parcel("b", 1), Parcel("c")]
    query = Query(kind, RecordF.number("weight") < 9, (Order("weight"),))

    assert ids_of(run(query, parcels)) == ["b", "a"]


def test_query_of_agents():
    """A kind's own fields can be asked of its records."""
    assert ids_of(run(Query(AGENTS), [agent(id="b"), agent(id="a")])) == ["a", "b"]


# Fields.


def test_fields_are_read_along_dots():
    """A field may be an attribute of an attribute; what is missing on the way is None."""
    message = answer()

    assert field_reader("text")(message) == message.text
    assert field_reader("author.id")(message) == "ana"
    assert field_reader("author.id.upper.nothing")(message) is None
    assert field_reader("author.id")(ticket()) is None
    assert field_reader("nothing")(message) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {None}),
        ("text", {"text"}),
        (("a", "b", "a"), {"a", "b"}),
        (frozenset({"a"}), {"a"}),
        ((), {None}),
        (frozenset(), {None}),
    ],
)
def test_members_of_a_field(value, expected):
    """A field holds one value, each of several, or none."""
    assert sorted(members(value), key=str) == sorted(expected, key=str)
