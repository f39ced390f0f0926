"""What somebody typed as words, and texts as words are looked for in them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ticketcore.conditions import fold
from ticketcore.conformance.records import contact, customer_message, internal_ticket, note, ticket
from ticketcore.errors import InvalidInput, StorageError
from ticketcore.model.kinds import CONTACTS, TICKETS
from ticketcore.model.passages import passage_of
from ticketcore.query import Query
from ticketcore.words import SAID_LIMIT, WORD_LIMIT, Term, Words, folded

texts = st.text(st.sampled_from('aAb7 _-*"|ßΣσς.é\u0301İ\n'), max_size=20)

TYPED = {
    "refund invoice": [("refund",), ("invoice",)],
    "  Refund\trefund ": [("refund",)],
    "refun*": [("refun", "*")],
    '"Second invoice"': [("second", "invoice")],
    '"second inv*"': [("second", "inv", "*")],
    '"second inv"*': [("second", "inv", "*")],
    "mia@example.org": [("mia", "example", "org")],
    "INV-2026-7*": [("inv", "2026", "7", "*")],
    'one"two three"four': [("one",), ("two", "three"), ("four",)],
    'an "open quotation': [("an",), ("open",), ("quotation",)],
    'nothing "" * - here': [("nothing",), ("here",)],
    "STRASSE straße": [("strasse",)],
    "a*b": [("a", "b")],
    "order_no": [("order_no",)],
}


@pytest.mark.parametrize(("typed", "terms"), TYPED.items())
def test_words_of_what_was_typed(typed, terms):
    """Blanks part words, quotation marks and what else joins them keep them in a row, and `*` leaves the last open."""
    expected = [Term(tuple(it for it in words if it != "*"), is_open="*" in words) for words in terms]

    assert Words.parse(typed).terms == tuple(expected)


@given(texts)
@example('"')
@example("*")
def test_whatever_is_typed_is_words_or_refused(typed):
    """Nothing that is typed fails in another way than by having no word; every word of it is looked for."""
    words = [word for word in folded([typed]).split() if word != "|"]
    if not words:
        with pytest.raises(InvalidInput, match="expected 1 to 20 words"):
            Words.parse(typed)
    else:
        assert [*dict.fromkeys(word for term in Words.parse(typed).terms for word in term.words)] == [
            *dict.fromkeys(words)
        ]


@given(st.lists(texts, max_size=4), st.data())
def test_every_word_of_a_text_finds_it(said, data):
    """Each word of what a record says finds it, with its case changed, and so does its beginning."""
    words = [word for word in folded(said).split() if word != "|"]
    text = note(ticket="t1", text=" ".join(said))
    tickets = [ticket(subject="")]
    if words:
        word = data.draw(st.sampled_from(words))
        start = word[: data.draw(st.integers(1, len(word)))]
        for term in (Term((word,)), Term((start,), is_open=True)):
            assert [*Words((term,)).find(tickets, [text])] == tickets
            assert [*Words((term,), public=True).find(tickets, [text])] == []


@given(texts)
def test_folded_texts_do_not_change_when_folded_again(text):
    """What is looked for is folded as what is said is, and folding changes neither again."""
    once = folded([text])

    assert folded([once]) == once
    assert once == fold(once)


def test_no_phrase_reaches_from_one_text_into_the_next():
    """Words in a row are looked for in one text, not at the end of one and the beginning of another."""
    told = ticket(subject="Second", description="invoice of March")
    tickets = [told]

    assert [*Words.parse('"invoice of"').find(tickets, tickets)] == tickets
    assert [*Words.parse('"second invoice"').find(tickets, tickets)] == []


def test_long_words_and_texts_count_up_to_a_limit():
    """Of a word and of a text so much counts as every database takes; a word that does not fit in whole is left out."""
    long = "x" * WORD_LIMIT
    said = folded([f"{long}yz " + "word " * SAID_LIMIT])

    assert said.startswith(f" {long} word ")
    assert said.endswith(" word ")
    assert SAID_LIMIT - len("word ") <= len(said) <= SAID_LIMIT
    assert Words.parse(f"{long}other").terms == (Term((long,)),)


def test_who_is_found_by_what_a_record_says():
    """A message is said of its ticket and its survivor, a contact of what it asked for, a ticket of itself alone."""
    merged, survivor = ticket(id="t1", subject="Lamp"), ticket(id="t2", merged_from=("t1",), requesters=("eve", "mia"))
    ours = internal_ticket(id="t3", about="mia")
    tickets = [merged, survivor, ours]
    for record, ids in (
        (customer_message(ticket="t1", text="green"), ["t1", "t2"]),
        (contact(id="mia", name="green"), ["t1", "t2"]),
        (ticket(id="t1", subject="green"), ["t1"]),
        (note(ticket="t3", text="green"), ["t3"]),
        (note(ticket="gone", text="green"), []),
    ):
        assert [it.id for it in Words.parse("green").find(tickets, [record])] == ids
    assert [*Words.parse("kos", people=False).find(tickets, [contact(name="Kos")])] == []
    assert passage_of(object()) is None


def test_words_are_looked_for_in_tickets_alone():
    """A query for other records cannot ask for words: only of tickets something is said."""
    with pytest.raises(InvalidInput, match="Query: words: expected none, since only of tickets something is said"):
        Query(CONTACTS, words=Words.parse("lamp"))


def test_plain_walk_must_know_what_is_said():
    """`Query.run` finds by words what it is told is said, and has no answer where it is told nothing."""
    told = [ticket(id="t1", subject="Lamp"), ticket(id="t2")]
    query = Query(TICKETS, words=Words.parse("lamp"))

    assert query.run(told, now=told[0].created_at, get=lambda *_: None, saying=told).items == (told[0],)
    with pytest.raises(StorageError, match="cannot look for words"):
        query.run(told, now=told[0].created_at, get=lambda *_: None)
