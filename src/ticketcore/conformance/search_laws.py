"""Laws of looking for words: the answers are those of `Query.run`, which walks past all that is said."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from ticketcore.conditions import F, always, fold
from ticketcore.conformance.expecting import expect, expect_same, expecting, for_all
from ticketcore.conformance.finding_laws import SCRIPTS
from ticketcore.conformance.laws import Capability, law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.parcels import PARCELS, Parcel
from ticketcore.conformance.records import (
    NOW,
    answer,
    chat_message,
    contact,
    customer_message,
    internal_message,
    internal_ticket,
    note,
    rating,
    ticket,
    ticket_note,
    time_entry,
)
from ticketcore.conformance.trial import Trial, interrupted, later
from ticketcore.errors import StaleRecord, StorageError, shown
from ticketcore.model.attachments import Attachment
from ticketcore.model.ids import AttachmentId
from ticketcore.model.kinds import CHAT_MESSAGES, CONTACTS, ENTRIES, RATINGS, TICKET_NOTES, TICKETS, TIME_ENTRIES, Kind
from ticketcore.model.mapping import FrozenMap
from ticketcore.query import Order, Query
from ticketcore.storage.protocols import Changes, Key, Put, Removal
from ticketcore.words import Term, Words, folded

NEWEST_FIRST: Final = (Order("created_at", descending=True),)

FILE: Final = Attachment(AttachmentId("a1"), "refund-form.pdf", "application/pdf", 3, "0" * 64)

SAYING: Final[Mapping[Kind[Any], Sequence[Any]]] = {
    TICKETS: [
        ticket(id="t1", subject="Invoice 7", description="You charged me twice."),
        ticket(id="t2", subject="Refund", requesters=("mia", "eve"), merged_from=("t1", "t9"), tags=frozenset({"vip"})),
        ticket(id="t3", subject="", requesters=("eve",), type="Billing", custom=FrozenMap({"order": "INV-7", "n": 7})),
        ticket(id="t4", cc=("boss@example.org",), created_at=NOW - timedelta(days=1)),
        internal_ticket(id="i1", subject="Refund of mia@example.org", about="mia"),
    ],
    ENTRIES: [
        customer_message(
            id="e1", ticket="t1", text="Where is my refund?", subject="Re: Invoice", to=("help@desk.org",)
        ),
        answer(id="e2", ticket="t1", text="The refund is on its way. Invoice 8 follows!", attachments=(FILE,)),
        note(id="e3", ticket="t2", text="vip: refund agreed, invoice twice charged"),
        internal_message(id="e4", ticket="t9", text="charge back"),
        customer_message(id="e5", ticket="gone", text="Invoice of nobody"),
    ],
    CHAT_MESSAGES: [chat_message(ticket="t3", text="Refund? Later")],
    TICKET_NOTES: [ticket_note(ticket="t3", text="twice, refund")],
    RATINGS: [rating(comment="late refund")],
    TIME_ENTRIES: [time_entry(ticket="t4", text="charged the invoice")],
    CONTACTS: [contact(id="mia", name="Mia Kos", emails=("mia@example.org",)), contact(id="eve", name="Eve Refund")],
    PARCELS: [Parcel("p1", label="Invoice 7, twice", tickets=("t4",)), Parcel("p2", label="Invoice")],
}
"""Records of every kind that says something, with words that often meet."""

_SAID_BY_KIND: Final = [(kind, record) for kind, several in SAYING.items() for record in several]
_SAID: Final = [record for _, record in _SAID_BY_KIND]
_WORDS: Final = sorted(
    {word for record in _SAID for text in record.passage().public for word in folded([text]).split()}
)

_terms: Final = st.builds(
    Term,
    st.sampled_from(_WORDS).map(lambda word: (word,))
    | st.sampled_from(
        [("refund", "is"), ("invoice", "7"), ("is", "refund"), ("mia", "example", "org"), ("twice", "refund")]
    ),
) | st.builds(lambda word, length: Term((word[:length],), is_open=True), st.sampled_from(_WORDS), st.integers(1, 4))
_asked: Final = st.builds(
    Query,
    st.just(TICKETS),
    st.sampled_from([always, ~F.requesters.has("eve"), F.internal.is_false]),
    words=st.builds(Words, st.lists(_terms, min_size=1, max_size=3).map(tuple), st.booleans(), st.booleans()),
)
_histories: Final = st.lists(st.lists(st.integers(0, len(_SAID) - 1), min_size=1, max_size=6), min_size=2, max_size=4)
"""What is done one after the other, and with which records: those that are not there are added, the others change."""


class SearchLaws(LawsOfStorage):
    """Laws of looking for words."""

    @law("SEARCH-1")
    def test_words_are_looked_for_or_refused(self, trial: Trial) -> None:
        """
        A query with `words` is answered, or refused with `StorageError` by a storage that has no index of words; never
        is it answered as if it had none.
        """
        trial.add(TICKETS, ticket(id="t1", subject="Invoice"), ticket(id="t2", subject="Refund"))
        query = Query(TICKETS, words=Words.parse("refund"))
        asked = (
            ("what is found", lambda: trial.ids(query), ["t2"]),
            ("how many there are", lambda: trial.count(query), 1),
            ("a tally", lambda: dict(trial.tally(query, "id")), {"t2": 1}),
        )
        for what, ask, expected in asked:
            if Capability.WORD_SEARCH in self.capabilities:
                expect_same(ask(), expected, f"{what} by a word")
            else:
                with expecting(StorageError, f"{what} by a word, of a storage without WORD_SEARCH"):
                    ask()

    @law("SEARCH-2", Capability.WORD_SEARCH)
    def test_tickets_are_found_by_what_is_said(self, trial: Trial) -> None:
        """
        Those tickets are found, counted and tallied of which the condition holds and all the words are said, by records
        of whatever kind that have a `passage`: those that `Query.run` would give.
        """
        _say_all(trial)

        def hold(query: Query[Any]) -> None:
            expected = [it.id for it in query.run(SAYING[TICKETS], now=NOW, get=_nothing, saying=_SAID).items]
            expect_same(trial.ids(query), expected, f"what is found by {query.words} where {query.where}")
            expect_same(trial.count(query), len(expected), f"how many are by {query.words} where {query.where}")
            by_id = dict.fromkeys(expected, 1)
            expect_same(dict(trial.tally(query, "id")), by_id, f"a tally by {query.words} where {query.where}")

        for_all(_asked, hold, self.examples * 2)

    @law("SEARCH-3", Capability.WORD_SEARCH)
    def test_words_are_compared_folded(self, trial: Trial) -> None:
        """Words are compared as `fold` folds them, in whatever script, and made of texts as `folded` makes them."""
        for number, (text, _) in enumerate(SCRIPTS):
            trial.add(TICKETS, ticket(id=f"t{number}", subject=f"a-{text}_b, c", description=f"({text})"))
        for number, (_, asked) in enumerate(SCRIPTS):
            for words in (asked, f"{asked[:2]}*", f'"{asked}"', f"A {asked}_B"):
                found = trial.ids(_looking_for(words))
                alike = [f"t{other}" for other, (text, _) in enumerate(SCRIPTS) if fold(text) == fold(asked)]
                expect_same([id for id in found if id in alike], alike, f"tickets found by {words!r}")
                expect(f"t{number}" in found, f"the ticket is found by {words!r}, whose words are those of its subject")

    @law("SEARCH-4", Capability.WORD_SEARCH)
    def test_what_is_private_changes_nothing(self, trial: Trial) -> None:
        """Where only what is public is looked through, nothing else changes any answer."""
        _say_all(trial)
        private = {
            word
            for record in _SAID
            for word in folded(record.passage().private).split()
            if word not in _WORDS and word != "|"
        }
        for word in sorted(private):
            query = Query(TICKETS, words=Words.parse(word, public=True), order=NEWEST_FIRST, limit=1)
            expect_same(trial.find(query).items, (), f"what is found by {word!r}, which customers do not see")
            expect_same(trial.count(query), 0, f"how many tickets there are by {word!r}")
            expect_same(dict(trial.tally(query, "id")), {}, f"tickets by {word!r}, by id")

    @law("SEARCH-5", Capability.WORD_SEARCH)
    def test_what_is_not_said_any_more_is_not_found(self, trial: Trial) -> None:
        """What a record said before it was changed or removed is not found any more."""
        message = customer_message(id="e1", ticket="t1", text="my secret invoice")
        mia = contact(id="mia", name="Mia Kos")
        trial.add(TICKETS, ticket(id="t1", subject="Invoice"), ticket(id="t2", subject="Refund"))
        trial.add(ENTRIES, message, note(id="e2", ticket="t1", text="hidden"))
        trial.add(CONTACTS, mia)
        expect_same(trial.ids(_looking_for("secret hidden kos")), ["t1"], "tickets by three words")

        trial.apply(Put(ENTRIES, later(message, text="", erased=True), 1), removals=[Removal(Key(ENTRIES, "e2"), 1)])
        trial.apply(Put(CONTACTS, later(mia, name="Mia Novak"), 1))
        for words, ids in (("secret", []), ("hidden", []), ("kos", []), ("novak", ["t1", "t2"]), ("invoice", ["t1"])):
            expect_same(
                trial.ids(_looking_for(words)), ids, f"tickets by {words!r}, once it is said elsewhere or nowhere"
            )
        _change(trial, ticket(id="t1", subject="Invoice"), merged_into="t2")
        _change(trial, ticket(id="t2", subject="Refund"), merged_from=("t1",), requesters=("eve",))
        expect_same(trial.ids(_looking_for("novak")), ["t1"], "tickets that Mia Novak asked for")
        expect_same(trial.ids(_looking_for("visitor")), ["t1"], "tickets by what she is called")
        trial.apply(removals=[Removal(Key(TICKETS, "t1"), 2), Removal(Key(ENTRIES, "e1"), 2)])
        expect_same(trial.ids(_looking_for("invoice")), [], "tickets by a word of one that is gone")
        expect_same(trial.count(_looking_for("visitor*")), 0, "how many there are by the requester of one that is gone")
        for_all(
            st.tuples(_histories, _asked), lambda drawn: _expect_what_is_said(trial, *drawn), self.examples // 2 or 1
        )

    @law("SEARCH-6", Capability.WORD_SEARCH)
    def test_what_was_not_applied_is_not_found(self, trial: Trial) -> None:
        """What was not applied is not found."""
        old = ticket(id="t1", subject="Invoice")
        trial.add(TICKETS, old)
        puts = [Put(TICKETS, later(old, subject="Refund"), 1), Put(TICKETS, ticket(id="t2", subject="Refund"), None)]
        expect_same(trial.ids(_looking_for("invoice")), ["t1"], "tickets by what is said")

        with expecting(StaleRecord, "changes that rest on what is not so"), trial.session() as session:
            session.apply(Changes(puts, [Removal(Key(TICKETS, "t3"), 1)]))
        interrupted(trial.session(), lambda session: session.find(_looking_for("invoice"), now=NOW))
        expect_same(trial.ids(_looking_for("refund")), [], "tickets by what was not applied")
        expect_same(trial.ids(_looking_for("invoice")), ["t1"], "tickets by what it would have changed")

    @law("SEARCH-7", Capability.WORD_SEARCH)
    def test_order_and_pages_are_the_same_with_words(self, trial: Trial) -> None:
        """Order, limit and cursor mean the same with words as without."""
        tickets = [
            ticket(id=f"t{number}", subject="Invoice", created_at=NOW + timedelta(hours=number % 3), answers=number % 2)
            for number in range(8)
        ]
        trial.add(TICKETS, *tickets, ticket(id="x", subject="Refund"))
        for order in (NEWEST_FIRST, (), (Order("answers"), Order("created_at", descending=True))):
            query = Query(TICKETS, order=order, words=Words.parse("invoice"))
            expected = [it.id for it in query.sorted(tickets)]
            expect_same(trial.ids(query), expected, f"tickets by a word, by {order}")
            came: list[str] = []
            page = trial.find(attrs.evolve(query, limit=3))
            came += (it.id for it in page.items)
            while page.next is not None:
                page = trial.find(attrs.evolve(query, limit=3, after=page.next))
                came += (it.id for it in page.items)
            expect_same(came, expected, f"page after page of tickets by a word, by {order}")

    @law("SEARCH-8", Capability.WORD_SEARCH)
    def test_any_text_and_any_words_will_do(self, trial: Trial) -> None:
        """Texts of any length can be stored, and any words be looked for that `Words.parse` gives."""
        many = " ".join(f"w{number}ÿ𝒳" for number in range(20_000))
        trial.add(TICKETS, ticket(id="t1", subject="AND not Near", description=many))
        trial.add(ENTRIES, note(id="e1", ticket="t1", text=f"{'x' * 150_000} end"))
        for words, is_found in (
            ("w9999ÿ𝒳", True),
            ("w12000*", True),
            ("AND NOT near*", True),
            ('"and not near"', True),
            ('"not and"', False),
            (f"{'x' * 900} end", True),
            ("x* OR y", False),
            ("subject:and -near ^not (AND)", False),
            ("near/2 and:*", False),
            ("(near) & !and | 'not':*", True),
            (" ".join(f"w{number}ÿ𝒳" for number in range(20)), True),
            (".".join(f"w{number}ÿ𝒳" for number in range(120)), True),
            (".".join(f"w{number}ÿ𝒳" for number in reversed(range(120))), False),
        ):
            expect_same(trial.ids(_looking_for(words)), ["t1"] * is_found, f"tickets by {shown(words)}")


def _expect_what_is_said(trial: Trial, history: Sequence[Sequence[int]], query: Query[Any]) -> None:
    """Expects the plain answer after each of some changes: records that come, say what others said, or go."""
    _unsay_all(trial)
    there: dict[tuple[Kind[Any], str], Any] = {}
    for turn, numbers in enumerate(history):
        puts: list[Put] = []
        removals: list[Removal] = []
        for number in dict.fromkeys(numbers):
            kind, record = _SAID_BY_KIND[number]
            key = (kind, record.id)
            old = there.pop(key, None)
            if old is not None and (number + turn) % 3 == 0:
                removals.append(Removal(Key(*key), old.version))
                continue
            several = SAYING[kind]
            text = several[(number + turn) % len(several)]
            there[key] = attrs.evolve(text, id=record.id, version=1 if old is None else old.version + 1)
            puts.append(Put(kind, there[key], None if old is None else old.version))
        trial.apply(*puts, removals=removals)
        tickets = [it for (kind, _), it in there.items() if kind is TICKETS]
        expected = query.run(tickets, now=NOW, get=_nothing, saying=there.values()).items
        expect_same(trial.ids(query), [it.id for it in expected], f"what is found by {query.words} after {history}")


def _looking_for(words: str) -> Query[Any]:
    return Query(TICKETS, words=Words.parse(words))


def _say_all(trial: Trial) -> None:
    trial.apply(*(Put(kind, record, None) for kind, several in SAYING.items() for record in several))


def _unsay_all(trial: Trial) -> None:
    with trial.session() as session:
        said = [(kind, it) for kind in SAYING for it in session.find(Query(kind), now=NOW).items]
        session.apply(Changes(removals=[Removal(Key(kind, it.id), it.version) for kind, it in said]))


def _change(trial: Trial, old: Any, **changes: Any) -> None:  # noqa: ANN401 - a record, and its fields
    trial.apply(Put(TICKETS, later(old, **changes), old.version))


def _nothing(kind: Kind[Any], id: str, /) -> None:
    del kind, id
