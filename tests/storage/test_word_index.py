"""The index of words in memory: the answers of a plain walk, and nothing left of what is not said any more."""

from collections import Counter

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketcore.conditions import F, always
from ticketcore.conformance.parcels import PARCELS
from ticketcore.conformance.records import NOW, contact, customer_message, note, ticket
from ticketcore.errors import StaleRecord
from ticketcore.model.kinds import CONTACTS, ENTRIES, TICKETS
from ticketcore.query import Query
from ticketcore.storage._words import _Said
from ticketcore.storage.memory import MemoryStorage
from ticketcore.storage.protocols import Changes, Key, Put, Removal
from ticketcore.words import Term, Words

texts = st.text(st.sampled_from("ab c"), max_size=8)
numbers = st.integers(0, 3).map(str)
records = st.one_of(
    st.builds(
        ticket,
        id=numbers,
        subject=texts,
        merged_from=st.lists(numbers, max_size=2, unique=True).map(tuple),
        requesters=st.sampled_from([("mia",), ("eve",)]),
    ),
    st.builds(customer_message, id=numbers, ticket=numbers, text=texts, author_name=st.just("")),
    st.builds(note, id=st.sampled_from(["n1", "n2"]), ticket=numbers, text=texts, author_name=st.just("")),
    st.builds(contact, id=st.just("mia"), name=texts, visitor=st.just("")),
)
steps = st.lists(st.tuples(records, st.booleans()), min_size=1, max_size=12)
words = st.builds(
    Words,
    st.lists(
        st.builds(
            Term, st.lists(st.sampled_from(["a", "ab", "b", "c"]), min_size=1, max_size=2).map(tuple), st.booleans()
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    st.booleans(),
    st.booleans(),
)

KINDS = {"Ticket": TICKETS, "CustomerMessage": ENTRIES, "InlineNote": ENTRIES, "Contact": CONTACTS}


def write(storage, record, *, is_gone=False):
    """Puts a record, or removes the one of its id; gives what is stored of it then."""
    kind = KINDS[type(record).__name__]
    key = Key(kind, record.id)
    old = storage.get([key]).get(key)
    if is_gone and old is not None:
        storage.apply(Changes(removals=[Removal(key, old.version)]))
        return key, None
    new = attrs.evolve(record, version=1 if old is None else old.version + 1)
    storage.apply(Changes([Put(kind, new, None if old is None else old.version)]))
    return key, new


def found(storage, looked_for):
    """The ids of the tickets that words find."""
    return [it.id for it in storage.find(Query(TICKETS, words=looked_for), now=NOW).items]


def nowhere(kind, id):
    """Follows no id: the conditions ask nothing of other records."""
    raise AssertionError(f"{kind} {id}")


conditions = st.sampled_from([always, F.requesters.has("mia"), F.requesters.has("nobody")])


@given(steps, words, conditions)
def test_index_answers_like_a_walk(history, looked_for, where):
    """Whatever is written, and however often words are looked for meanwhile, what is found is what a walk finds."""
    storage, there = MemoryStorage(), {}
    for number, (record, is_gone) in enumerate(history):
        key, now = write(storage, record, is_gone=is_gone)
        there[key] = now
        if number % 3 == 0:
            found(storage, looked_for)
    saying = [it for it in there.values() if it is not None]
    tickets = [it for key, it in there.items() if key.kind is TICKETS and it is not None]
    query = Query(TICKETS, where, words=looked_for)
    expected = query.run(tickets, now=NOW, get=nowhere, saying=saying).items

    assert storage.find(query, now=NOW).items == expected
    assert storage.count(query, now=NOW) == len(expected)
    assert storage.tally(query, "requesters", now=NOW) == Counter(it for each in expected for it in each.requesters)


@pytest.fixture
def looked_at(monkeypatch):
    """All records that are asked whether they say something, as often as they are."""
    asked, says = [], _Said.says

    def noting(said, term, *, public):
        asked.append(said)
        return says(said, term, public=public)

    monkeypatch.setattr(_Said, "says", noting)
    return asked


@pytest.fixture
def large():
    """A storage with a hundred tickets that all say the same, and one that says more; two of them are Eve's."""
    storage = MemoryStorage()
    for number in range(100):
        write(storage, ticket(id=f"t{number}", subject="apple apricot bread berry corn", requesters=("mia",)))
    write(storage, ticket(id="u1", subject="apple apricot bread berry corn date", requesters=("eve",)))
    write(storage, ticket(id="u2", subject="apple", requesters=("eve",)))
    return storage


def test_few_tickets_are_asked_themselves(large, looked_at):
    """Where a condition leaves few tickets, beginnings that fit everything are looked for in what these say alone."""
    theirs = Query(TICKETS, F.requesters.has("eve"), words=Words.parse("a* b* c*"))

    assert [it.id for it in large.find(theirs, now=NOW).items] == ["u1"]
    assert len(looked_at) <= 10


@pytest.mark.parametrize("text", ["a* b* c* date", "date apple berry", '"corn d*"', "c* d*", '"corn date" a*'])
def test_the_rarest_term_leads(large, looked_at, text):
    """What fits nearly everything costs little beside what fits little, wherever that stands."""
    assert found(large, Words.parse(text)) == ["u1"]
    assert len(looked_at) <= 10


def test_a_page_of_common_beginnings_ends_when_it_is_full(large, looked_at):
    """Where beginnings fit nearly all tickets, a page looks at few more of them than it shows."""
    page = large.find(Query(TICKETS, limit=3, words=Words.parse("a* b*")), now=NOW)

    assert len(page.items) == 3
    assert len(looked_at) <= 10


@given(steps)
def test_nothing_is_left_of_what_is_gone(history):
    """When all records are removed, the index is as empty as before the first: nothing piles up in it."""
    storage = MemoryStorage()
    found(storage, Words.parse("a"))
    keys = {write(storage, record)[0] for record, _ in history}
    found(storage, Words.parse("a"))
    for key, record in storage.get(keys).items():
        storage.apply(Changes(removals=[Removal(key, record.version)]))
    assert found(storage, Words.parse("a")) == []

    index = storage._words
    groups = [index._saying, index._tickets, index._there]
    assert [index._changed, index._said, *(it._members for it in groups)] == [set(), {}, {}, {}, {}]
    assert len(index._words) == 0


def test_nobody_pays_who_does_not_search():
    """The index is made when words are first looked for, of all that was written until then."""
    storage = MemoryStorage()
    write(storage, ticket(subject="Lamp"))
    storage.find(Query(TICKETS), now=NOW)
    assert storage._words is None

    assert found(storage, Words.parse("lamp")) == ["t1"]


def test_changes_that_failed_are_not_looked_at():
    """What was not applied is no reason to look at a record again."""
    storage = MemoryStorage()
    found(storage, Words.parse("lamp"))
    with pytest.raises(StaleRecord):
        storage.apply(Changes([Put(TICKETS, ticket(subject="Lamp"), 7)]))

    assert storage._words._changed == set()


@attrs.frozen
class Mute:
    """A host's record that fails to say anything, until it is told to speak."""

    id: str
    version: int = 1
    number: int = 0
    label: str | None = None
    tickets: tuple[str, ...] = ()

    def passage(self):
        """Nothing but an error."""
        raise RuntimeError("it has no voice")


def test_a_record_that_fails_to_speak_harms_nothing_else():
    """While a host's record cannot say what it says, looking for words fails; afterwards nothing is missing."""
    storage = MemoryStorage()
    for number in range(5):
        write(storage, ticket(id=f"t{number}", subject="Lamp"))
    storage.apply(Changes([Put(PARCELS, Mute("p1"), None)]))
    with pytest.raises(RuntimeError, match="no voice"):
        found(storage, Words.parse("lamp"))
    storage.apply(Changes(removals=[Removal(Key(PARCELS, "p1"), 1)]))

    assert found(storage, Words.parse("lamp")) == ["t0", "t1", "t2", "t3", "t4"]
