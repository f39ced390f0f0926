"""Laws of records: what was put comes back, whatever it is, and stays as it was read."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from ticketcore.conformance.expecting import expect, expect_same, expecting, for_all
from ticketcore.conformance.instances import RECORD_CLASSES, instances
from ticketcore.conformance.laws import law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS, Parcel
from ticketcore.conformance.records import NOW, agent, contact, customer_message, ticket
from ticketcore.conformance.trial import Trial, later
from ticketcore.errors import StaleRecord
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import AGENTS, CONTACTS, ENTRIES, REFERENCES, TICKETS, Index, Kind
from ticketcore.query import Order, Query
from ticketcore.serialization.tables import NATURAL_KEYS
from ticketcore.storage.protocols import Key, Put, Removal

AWKWARD_TEXTS: Final = (
    "",
    " ",
    " blank at both ends ",
    "first line\nsecond\r\nthird\n\n",
    "\ttab",
    "Straße, ΣΊΣΥΦΟΣ, Σίσυφος, İstanbul, ısı",
    "é as one, e\u0301 as two",
    "'quotes' \"double\" `ticks` \\ % _ ; -- /* */ {} [] $1 :name ?",
    "null",
    "🎫👩‍💻 beyond the basic plane \U0010ffff",
    "\u202eright to left\u202c\u200b\ufeff",
    "x" * 100_000,
)
"""Texts that get lost on the way to many stores, and back."""

INSTANTS: Final = (
    NOW.replace(microsecond=1),
    datetime(2026, 3, 2, 9, 0, 0, 999_999, tzinfo=UTC),
    datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    datetime(2026, 10, 25, 3, 30, fold=0, tzinfo=ZoneInfo("Europe/Athens")),
    datetime(2026, 10, 25, 3, 30, fold=1, tzinfo=ZoneInfo("Europe/Athens")),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
)

ALIKE: Final = ("a", "A", "ä", "a\u0308", "ß", "ss", "a ", "a%", "a_", "ſ", f"<{'message' * 100}@example.org>")
"""Ids that some stores take for each other."""


class RecordLaws(LawsOfStorage):
    """Laws of records."""

    @law("RECORD-1")
    def test_one_id_is_one_record_of_a_kind(self, trial: Trial) -> None:
        """A record is a frozen value with `id: str` and `version: int`; two records of a kind never share an id."""
        trial.add(TICKETS, ticket(id="x", subject="first"))

        with expecting(StaleRecord, "adding a second ticket of the same id"):
            trial.add(TICKETS, ticket(id="x", subject="second"))
        expect_same(trial.ids(Query(TICKETS)), ["x"], "the ids of all tickets")
        expect_same(trial.get(TICKETS, "x")["x"].subject, "first", "the ticket's subject")

    @law("RECORD-2")
    def test_records_come_back_equal(self, trial: Trial) -> None:
        """What a session gives back equals what was put, in every field, whatever class of records it is of."""
        for kind, cls in RECORD_CLASSES:
            for_all(instances(cls), partial(_comes_back, trial, kind), self.examples // 5 or 1)
        for natural_kind in NATURAL_KEYS:
            key = NaturalKey(id=" <Message.ID@Example.org>", holder="x")
            _comes_back(trial, natural_kind, key)
        for_all(_parcels, partial(_comes_back, trial, PARCELS), self.examples)

    @law("RECORD-3")
    def test_text_comes_back_character_by_character(self, trial: Trial) -> None:
        """
        Text comes back character by character: its case, how its accents are encoded, blanks at its ends, line breaks;
        an empty text is not a missing one.
        """
        for number, text in enumerate(AWKWARD_TEXTS):
            _comes_back(trial, TICKETS, ticket(id=f"t{number}", description=text, type=text, tags=frozenset({text})))
        _comes_back(trial, TICKETS, ticket(id="empty", type="", language=None))
        _comes_back(trial, PARCELS, Parcel("empty", label=""))
        _comes_back(trial, PARCELS, Parcel("missing", label=None))

    @law("RECORD-4")
    def test_instants_come_back_with_a_zone(self, trial: Trial) -> None:
        """An instant comes back with a time zone, and is the same to the microsecond."""
        for number, instant in enumerate(INSTANTS):
            record = ticket(id=f"t{number}", created_at=instant, due_at=instant)
            trial.add(TICKETS, record)
            for came in (trial.get(TICKETS, record.id)[record.id], *trial.find(Query(TICKETS)).items[number:]):
                for field in (came.created_at, came.due_at):
                    expect(field is not None and field.tzinfo is not None, f"{field!r} has a time zone")
                    moment = None if field is None else field.astimezone(UTC)
                    expect_same(moment, instant.astimezone(UTC), f"the instant that was put as {instant!r}")

    @law("RECORD-5")
    def test_what_was_read_stays_as_it_was(self, trial: Trial) -> None:
        """What was read is a value: nobody's later change shows in it."""
        old = ticket(id="t1", subject="old")
        trial.add(TICKETS, old, ticket(id="t2"))
        with trial.session() as session:
            got = session.get([Key(TICKETS, "t1")])
            page = session.find(Query(TICKETS), now=NOW)
            tally = session.tally(Query(TICKETS), "subject", now=NOW)
        before = dict(got), page.items, dict(tally)

        trial.apply(
            Put(TICKETS, later(old, subject="new"), 1),
            Put(TICKETS, ticket(id="t3"), None),
            removals=[Removal(Key(TICKETS, "t2"), 1)],
        )

        expect_same((dict(got), page.items, dict(tally)), before, "what was read before the change")
        expect_same(got[Key(TICKETS, "t1")], old, "the ticket that was read before the change")

    @law("RECORD-6")
    def test_ids_are_compared_character_by_character(self, trial: Trial) -> None:
        """
        Ids are compared character by character: those that differ in case alone, or in how an accent is encoded, are
        two.
        """
        keys = [NaturalKey(id=id, holder=f"holder {number}") for number, id in enumerate(ALIKE)]
        trial.add(REFERENCES, *keys)

        expect_same(dict(trial.get(REFERENCES, *ALIKE)), {key.id: key for key in keys}, "the keys by their ids")
        expect_same(trial.ids(Query(REFERENCES)), sorted(ALIKE), "all ids, in their order")

    @law("RECORD-7")
    def test_kind_is_known_by_its_name(self, trial: Trial) -> None:
        """
        A kind is known by its name: two values of `Kind` that share one are the same kind, and one id can be that of a
        record of each kind.
        """
        again: Kind[Parcel] = Kind(PARCELS.name, (Index((), "label"),))
        trial.add(PARCELS, Parcel("x", number=7))
        trial.add(TICKETS, ticket(id="x"))
        trial.add(AGENTS, agent(id="x"))
        trial.add(CONTACTS, contact(id="x"))
        trial.add(ENTRIES, customer_message(id="x"))

        expect_same(dict(trial.get(again, "x")), {"x": Parcel("x", number=7)}, "a parcel got by another Kind")
        expect_same(trial.ids(Query(again, order=(Order("label"),))), ["x"], "parcels found by another Kind")
        expect_same(trial.get(TICKETS, "x")["x"], ticket(id="x"), "the ticket of the same id")
        expect_same(trial.get(AGENTS, "x")["x"], agent(id="x"), "the agent of the same id")
        trial.apply(removals=[Removal(Key(AGENTS, "x"), 1)])
        expect_same(trial.ids(Query(CONTACTS)), ["x"], "contacts, after the agent of the same id was removed")
        expect_same(trial.ids(Query(ENTRIES)), ["x"], "entries, after the agent of the same id was removed")

    @law("RECORD-8")
    def test_unknown_kinds_are_kept(self, trial: Trial) -> None:
        """A storage keeps kinds that it has never heard of, and has an answer for those of which it keeps nothing."""
        never: Kind[Parcel] = Kind("never_put", (Index((), "number"),))
        with trial.session() as session:
            expect_same(dict(session.get([Key(never, "x")])), {}, "what was got of a kind without records")
            expect_same(session.find(Query(never), now=NOW).items, (), "what was found of a kind without records")
            expect_same(session.count(Query(never), now=NOW), 0, "how many there are of a kind without records")
            expect_same(dict(session.tally(Query(never), "number", now=NOW)), {}, "a tally of a kind without records")
        parcels = [Parcel("a", number=2, tickets=("t1",)), Parcel("b", number=1, tickets=("t1", "t2"))]
        trial.add(PARCELS, *parcels)
        expect_same(trial.ids(Query(PARCELS, order=(Order("number"),))), ["b", "a"], "parcels by number")
        expect_same(dict(trial.tally(Query(PARCELS), "tickets")), {"t1": 2, "t2": 1}, "parcels by ticket")


_parcels: Final = st.builds(
    Parcel,
    id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    number=st.integers(-(2**53), 2**53),
    label=st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    tickets=st.lists(st.sampled_from(ALIKE), max_size=3).map(tuple),
)


def _comes_back(trial: Trial, kind: Kind[Any], record: Any) -> None:  # noqa: ANN401 - a record of the kind
    """Expects a record to be got and found as it was put, also over an older version of itself, and to leave."""
    try:
        _comes_and_goes(trial, kind, record)
    except BaseException:
        trial.empty()
        raise


def _comes_and_goes(trial: Trial, kind: Kind[Any], record: Any) -> None:  # noqa: ANN401 - a record of the kind
    first = attrs.evolve(record, version=1)
    trial.add(kind, first)
    with trial.session() as session:
        expect_same(session.get([Key(kind, record.id)]).get(Key(kind, record.id)), first, f"what was got as {kind}")
        expect_same(session.find(Query(kind), now=NOW).items, (first,), f"all that was found as {kind}")
    second = later(first)
    trial.apply(Put(kind, second, 1))
    expect_same(trial.get(kind, record.id).get(record.id), second, f"what was got as {kind} of its next version")
    trial.apply(removals=[Removal(Key(kind, record.id), 2)])
    expect_same(dict(trial.get(kind, record.id)), {}, f"what was got as {kind} once it was removed")
