"""Laws of counts and tallies."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import attrs

from ticketcore.conditions import Condition, F, RecordF, always, never
from ticketcore.conformance.expecting import expect_same
from ticketcore.conformance.laws import law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS
from ticketcore.conformance.population import get_from, stored
from ticketcore.conformance.records import NOW, internal_ticket, ticket
from ticketcore.conformance.trial import Trial
from ticketcore.model.kinds import TICKETS
from ticketcore.query import Order, Query, field_reader, members

CONDITIONS: Final[Sequence[Condition[Any]]] = (
    always,
    never,
    F.department == "mia",
    ~F.department.is_in(["mia", None]),
    F.tags.has("a") | F.assignee.is_missing(),
    (F.answers > 0) & F.requesters.has_any(["mia", "ana"]),
)

BY: Final = (
    "department",
    "assignee",
    "requesters",
    "followers",
    "status",
    "priority",
    "type",
    "tags",
    "about",
    "nothing",
)
"""Fields of tickets that are tallied: of one value and of several, of both classes and of one, and of none."""


class CountingLaws(LawsOfStorage):
    """Laws of totals."""

    @law("COUNT-1")
    def test_count_is_that_of_all_that_would_be_found(self, trial: Trial) -> None:
        """`count` is the number of records that `find` would give without limit and cursor."""
        there = stored(trial)
        for condition in CONDITIONS:
            query = Query(TICKETS, condition)
            expected = len(query.run(there[TICKETS], now=NOW, get=get_from(there)).items)
            expect_same(trial.count(query), expected, f"how many tickets there are where {condition}")
            expect_same(len(trial.find(query).items), expected, f"how many tickets are found where {condition}")
            order = (Order("due_at"),)
            page = attrs.evolve(query, order=order, limit=1, after=Query(TICKETS, order=order).place(there[TICKETS][0]))
            expect_same(trial.count(page), expected, f"how many there are where {condition}, asked with a page's query")

    @law("TALLY-1")
    def test_tally_is_a_count_for_each_value(self, trial: Trial) -> None:
        """`tally` is that number for each value of a field that occurs, and for no other."""
        there = stored(trial)
        asked: list[tuple[Query[Any], str]] = [(Query(TICKETS, condition), by) for condition in CONDITIONS for by in BY]
        asked += [(Query(PARCELS), "number"), (Query(PARCELS, RecordF.number("number") > 0), "tickets")]
        with trial.session() as session:
            for query, by in asked:
                found = query.run(there[query.kind], now=NOW, get=get_from(there)).items
                read = field_reader(by)
                expected = dict(Counter(value for record in found for value in members(read(record))))
                what = f"{query.kind} by {by} where {query.where}"
                expect_same(dict(session.tally(query, by, now=NOW)), expected, what)
                page = attrs.evolve(query, limit=1)
                expect_same(dict(session.tally(page, by, now=NOW)), expected, f"{what}, asked with a page's query")

    @law("TALLY-2")
    def test_record_counts_for_each_of_its_values(self, trial: Trial) -> None:
        """
        A record counts once for every value that the field holds, and for None if it holds none or the record has no
        such field.
        """
        trial.add(
            TICKETS,
            ticket(id="t1", requesters=("mia", "eve", "mia"), assignee="ana"),
            ticket(id="t2", requesters=("mia",), followers=("bob",)),
            internal_ticket(id="t3"),
        )
        for by, expected in (
            ("requesters", {"mia": 2, "eve": 1, None: 1}),
            ("followers", {None: 2, "bob": 1}),
            ("assignee", {"ana": 1, None: 2}),
            ("nothing", {None: 3}),
        ):
            expect_same(dict(trial.tally(Query(TICKETS), by)), expected, f"tickets by {by}")
