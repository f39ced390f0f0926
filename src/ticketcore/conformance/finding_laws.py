"""Laws of finding: the answers are those of `Query.run`, the plain walk over all records."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from ticketcore.conditions import (
    VOCABULARIES,
    Condition,
    ContactF,
    F,
    Field,
    RecordF,
    ago,
    ahead,
    current_agent,
    fold,
)
from ticketcore.conditions.operators import OF_EVENTS
from ticketcore.conformance.conditions import TICKET_FIELDS, conditions, fields_of, operands, operators_of
from ticketcore.conformance.expecting import expect, expect_same, for_all
from ticketcore.conformance.laws import law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS
from ticketcore.conformance.population import Population, get_from, stored
from ticketcore.conformance.records import NOW, agent, company, contact, department, ticket
from ticketcore.conformance.trial import Trial, later
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS, ENTRIES, TICKETS, Kind
from ticketcore.query import Query
from ticketcore.storage.protocols import Put

OTHER_ROOTS: Final[Sequence[tuple[str, Kind[Any]]]] = (
    ("entry", ENTRIES),
    ("contact", CONTACTS),
    ("company", COMPANIES),
    ("agent", AGENTS),
    ("department", DEPARTMENTS),
)
"""Scopes of conditions with the kinds that they are asked of; tickets apart."""

PARCEL_FIELDS: Final[Sequence[Field[Any]]] = (
    RecordF.id("id"),
    RecordF.number("number"),
    RecordF.text("label"),
    RecordF.key("label"),
    RecordF.ids("tickets"),
    RecordF.instant("nothing"),
)

VIEWER: Final = AgentId("ana")

SCRIPTS: Final = (
    ("STRASSE", "straße"),
    ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
    ("σίσυφος", "ΣΊΣΥΦΟΣ"),
    ("i\u0307stanbul", "İSTANBUL"),
    ("ılık", "ılık"),
    ("café", "CAFE\u0301"),
    ("ﬁne", "FINE"),
    ("ǅ", "ǆ"),
    ("ЁЖ", "ёж"),
)
"""Texts that are the same when folded, though many databases' own small letters make two of them."""


class FindingLaws(LawsOfStorage):
    """Laws of which records are found."""

    @law("FIND-1")
    def test_tickets_are_found_by_any_condition(self, trial: Trial) -> None:
        """
        `find` gives the tickets of which a condition holds, whatever fields and operators it is made of: those that
        `Query.run` would give.
        """
        _expect_plain_answers(trial, stored(trial), TICKETS, TICKET_FIELDS, self.examples)

    @law("FIND-2")
    def test_other_records_are_found_by_any_condition(self, trial: Trial) -> None:
        """The same holds of every other kind, and of conditions made with `RecordF`."""
        there = stored(trial)
        for scope, kind in OTHER_ROOTS:
            _expect_plain_answers(trial, there, kind, fields_of(VOCABULARIES[scope]), self.examples // 2 or 1)
        _expect_plain_answers(trial, there, PARCELS, PARCEL_FIELDS, self.examples // 2 or 1)

    @law("FIND-3")
    def test_texts_are_compared_folded(self, trial: Trial) -> None:
        """Texts are compared as `fold` folds them, in whatever script."""
        for number, (text, _) in enumerate(SCRIPTS):
            trial.add(TICKETS, ticket(id=f"t{number}", subject=f"a {text} b", type=text, tags=frozenset({text})))
            trial.add(CONTACTS, contact(id=f"c{number}", name=text))
        for number, (_, asked) in enumerate(SCRIPTS):
            for condition in (
                F.type == asked,
                F.type.is_in([asked]),
                F.tags.has(asked),
                F.subject.contains(asked),
                F.subject.contains_word(asked),
                F.subject.like(f"*{asked}*"),
                F.subject.starts_with(f"A {asked}"),
                F.subject.ends_with(f"{asked} B"),
            ):
                found = trial.ids(Query(TICKETS, condition))
                alike = [f"t{other}" for other, (text, _) in enumerate(SCRIPTS) if fold(text) == fold(asked)]
                expect(f"t{number}" in alike, f"{asked!r} is the same as what is stored")
                expect_same([id for id in found if id in alike], alike, f"tickets of which {condition} holds")
            expect(
                f"c{number}" in trial.ids(Query(CONTACTS, ContactF.name == asked)),
                f"the contact is found whose name is {asked!r}, but for case and encoding",
            )

    @law("FIND-4")
    def test_conditions_follow_ids_to_what_is_stored(self, trial: Trial) -> None:
        """What a condition asks of the records that a ticket names is asked of them as they are stored."""
        mia, acme, ana = contact(id="mia", groups=frozenset({"vip"})), company(id="acme"), agent(id="ana", active=False)
        trial.add(CONTACTS, mia, contact(id="eve"))
        trial.add(COMPANIES, acme)
        trial.add(AGENTS, ana)
        trial.add(DEPARTMENTS, department(id="billing", name="Billing"))
        trial.add(
            TICKETS,
            ticket(id="t1", requesters=("mia", "eve"), company="acme", assignee="ana", department="billing"),
            ticket(id="t2", requesters=("eve", "mia"), company="gone", assignee="gone", department="gone"),
            ticket(id="t3", requesters=("gone",)),
        )
        asked: Sequence[Condition[Any]] = (
            F.requester.groups.has("VIP"),
            F.company.name == "ACME",
            F.assignee.active.is_false,
            F.department.name.starts_with("bill"),
        )
        before = [trial.ids(Query(TICKETS, condition)) for condition in asked]
        expect_same(before, [["t1"]] * 4, "tickets by what they name")

        trial.apply(Put(CONTACTS, later(mia, groups=frozenset()), 1), Put(COMPANIES, later(acme, name="Other"), 1))
        expect_same(trial.ids(Query(TICKETS, asked[0])), [], "tickets of the group that the contact has left")
        expect_same(trial.ids(Query(TICKETS, asked[1])), [], "tickets of the company by its former name")

    @law("FIND-5")
    def test_moments_and_viewers_are_those_of_the_question(self, trial: Trial) -> None:
        """Moments are reckoned from `now`, and the placeholder `current_agent` is the query's `viewer`."""
        trial.add(
            TICKETS,
            ticket(id="t1", created_at=NOW - timedelta(days=2), due_at=NOW + timedelta(hours=1), assignee="ana"),
            ticket(id="t2", created_at=NOW, assignee="bob"),
        )
        old, due = Query(TICKETS, F.created_at <= ago(days=1)), Query(TICKETS, F.due_at <= ahead(minutes=30))
        mine = Query(TICKETS, F.assignee == current_agent)

        expect_same(trial.ids(old), ["t1"], "tickets a day old")
        expect_same(trial.ids(old, now=NOW + timedelta(days=1)), ["t1", "t2"], "tickets a day old, a day later")
        expect_same(trial.count(due), 0, "how many are due within half an hour")
        expect_same(trial.count(due, now=NOW + timedelta(hours=1)), 1, "how many are, an hour later")
        for viewer, ids in ((AgentId("ana"), ["t1"]), (AgentId("bob"), ["t2"]), (None, [])):
            seen = attrs.evolve(mine, viewer=viewer)
            expect_same(trial.ids(seen), ids, f"the tickets of whoever looks, and {viewer} looks")
            expect_same(trial.count(seen), len(ids), f"how many tickets whoever looks has, and {viewer} looks")


@st.composite
def _every_operator(draw: st.DrawFn, field: Field[Any]) -> Sequence[Condition[Any]]:
    """A comparison with each operator of a field."""
    return [field.compare(operator, draw(operands(field, operator))) for operator in operators_of(field, OF_EVENTS)]


def _expect_plain_answers(
    trial: Trial, there: Population, kind: Kind[Any], fields: Sequence[Field[Any]], examples: int
) -> None:
    """Expects the plain walk's answers to every operator of every field, and to conditions made of several."""

    def hold(several: Sequence[Condition[Any]]) -> None:
        with trial.session() as session:
            for condition in several:
                query = Query(kind, condition, viewer=VIEWER)
                expected = query.run(there[kind], now=NOW, get=get_from(there)).items
                expect_same(session.find(query, now=NOW).items, expected, f"{kind} of which holds: {condition}")
                expect_same(session.count(query, now=NOW), len(expected), f"how many {kind} there are: {condition}")
                opposite = session.count(attrs.evolve(query, where=~condition), now=NOW)
                expect_same(opposite, len(there[kind]) - len(expected), f"how many {kind} there are: {~condition}")

    for field in fields:
        for_all(_every_operator(field), hold, 1 + examples // 20)
    for_all(st.lists(conditions(fields, OF_EVENTS), min_size=1, max_size=3), hold, examples)
