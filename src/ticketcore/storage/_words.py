"""
The index of words in memory: which tickets are found by what records say.

It is made of all records when words are first looked for, so that nobody pays for it who never does; from then on it is
told which records changed, and looks at them again before the next answer. So nothing that is taken back is ever in it.

It can be gone through from either end: from a term to the records with its words, and on to their tickets; or from a
ticket to the records that say something of it. A beginning of words that fits nearly everything is dear one way, and
what is said of few tickets cheap the other. Costs are told in records that are looked at.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, takewhile
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from ticketcore.model.kinds import TICKETS
from ticketcore.model.passages import passage_of
from ticketcore.model.tickets import AnyTicket
from ticketcore.storage._shelf import Shelf
from ticketcore.storage._sorted import Sorted
from ticketcore.storage.protocols import Changes
from ticketcore.words import Place, Term, Words, folded, places_of

K = TypeVar("K", bound=Hashable)

RecordKey: TypeAlias = tuple[str, str]
"""The name of a kind, and an id."""


@attrs.frozen
class _Said:
    """
    What a record says, in folded words.

    Args:
        place: Where.
        public: What customers see, too.
        private: What agents alone see.
        places: Of a ticket: the places where something is said of it.
    """

    place: Place
    public: str
    private: str
    places: tuple[Place, ...]

    def words(self) -> set[str]:
        """All words, each once."""
        return {*self.public.split(), *self.private.split()}

    def says(self, term: Term, *, public: bool) -> bool:
        """Whether it says a term, be it to agents alone."""
        return term.text in self.public or (not public and term.text in self.private)


class _Groups(Generic[K]):
    """Things that belong to a key, of which each can belong to several. A key to which nothing belongs is not there."""

    def __init__(self) -> None:
        self._members: defaultdict[str | Place, set[K]] = defaultdict(set)

    def of(self, key: str | Place) -> set[K]:
        """What belongs to a key."""
        return self._members.get(key, set())

    def add(self, key: str | Place, member: K) -> bool:
        """Has something belong to a key; whether it is the first."""
        members = self._members[key]
        members.add(member)
        return len(members) == 1

    def remove(self, key: str | Place, member: K) -> bool:
        """Has something belong to a key no more; whether it was the last."""
        members = self._members[key]
        members.discard(member)
        if not members:
            del self._members[key]
        return not members


class WordIndex:
    """
    The index of words.

    Args:
        shelves: All records, by the names of their kinds.
    """

    def __init__(self, shelves: Mapping[str, Shelf]) -> None:
        self._shelves = shelves
        self._changed: set[RecordKey] = {(kind, id) for kind, shelf in shelves.items() for id in shelf.records}
        self._said: dict[RecordKey, _Said] = {}
        self._saying: _Groups[RecordKey] = _Groups()
        self._words: Sorted[str] = Sorted()
        self._tickets: _Groups[str] = _Groups()
        self._there: _Groups[RecordKey] = _Groups()

    def note(self, changes: Changes) -> None:
        """Notes which records have changed."""
        self._changed |= {(it.key.kind.name, it.key.id) for it in changes.removals}
        self._changed |= {(it.kind.name, it.record.id) for it in changes.puts}

    def find(self, words: Words, among: int) -> set[str] | None:
        """
        The ids of the tickets of which all these words are said.

        Args:
            words: What is looked for.
            among: Among how many tickets.

        Returns:
            None if that would cost more than to ask so many tickets whether it is said of them.
        """
        self._look_again()
        rarest = self._rarest(words.terms, self._cost_of_asking(among))
        if rarest is None:
            return None
        found = self._said_of(rarest, words)
        for term in words.terms:
            if found and term is not rarest:
                found = self._narrowed(found, term, words)
        return found

    def is_said(self, words: Words, ticket: str) -> bool:
        """Whether all these words are said of a ticket. What was noted since words were looked for does not count."""
        return self._are_said(words.terms, words, ticket)

    def _rarest(self, terms: Iterable[Term], below: int) -> Term | None:
        """The term that costs least to look up; None if all cost as much as is said, or more."""
        rarest = None
        for term in terms:
            cost = self._cost_of_looking_up(term, below)
            if cost < below:
                rarest, below = term, cost
        return rarest

    def _narrowed(self, found: set[str], term: Term, words: Words) -> set[str]:
        """Those tickets of which a term is said, too."""
        asking = self._cost_of_asking(len(found))
        if self._cost_of_looking_up(term, asking) < asking:
            return found & self._said_of(term, words)
        return {ticket for ticket in found if self._are_said((term,), words, ticket)}

    def _cost_of_asking(self, tickets: int) -> int:
        """How many records about as many tickets as this have that say something of them; one at least."""
        return 1 + tickets * len(self._said) // max(1, len(self._shelves[TICKETS.name].records))

    def _cost_of_looking_up(self, term: Term, enough: int) -> int:
        """How many records are looked at for a term; they are counted until there are enough."""
        enough = min((enough, *(len(self._saying.of(word)) for word in term.whole_words)))
        return self._cost_of_going_on(term.words[-1], enough) if term.is_open else enough

    def _cost_of_going_on(self, start: str, enough: int) -> int:
        cost = 0
        for word in self._going_on(start):
            cost += len(self._saying.of(word))
            if cost >= enough:
                return enough
        return cost

    def _are_said(self, terms: Iterable[Term], words: Words, ticket: str) -> bool:
        places = self._said[TICKETS.name, ticket].places
        said = [self._said[key] for place in places if words.reaches(place) for key in self._there.of(place)]
        return all(any(it.says(term, public=words.public) for it in said) for term in terms)

    def _said_of(self, term: Term, words: Words) -> set[str]:
        said = map(self._said.__getitem__, self._candidates(term))
        places = {it.place for it in said if words.reaches(it.place) and it.says(term, public=words.public)}
        return {id for place in places for id in self._tickets.of(place)}

    def _candidates(self, term: Term) -> set[RecordKey]:
        """The records that have every word of a term; a last one that may go on only if few enough go on so."""
        having = [self._saying.of(word) for word in term.whole_words]
        if term.is_open:
            enough = min(map(len, having), default=None)
            if enough is None or self._cost_of_going_on(term.words[-1], enough) < enough:
                having.append(set(chain.from_iterable(map(self._saying.of, self._going_on(term.words[-1])))))
        return set.intersection(*having)

    def _going_on(self, start: str) -> Iterator[str]:
        """The words that begin so."""
        yield start
        yield from takewhile(lambda word: word.startswith(start), self._words.ascending(start))

    # Keeping it up.

    def _look_again(self) -> None:
        for kind, id in self._changed:
            key = (kind, id)
            before, now = self._said.get(key), _said_by(self._shelves[kind].records.get(id))
            if before == now:
                continue
            if before is not None:
                self._forget(key, before)
            if now is not None:
                self._learn(key, now)
        self._changed.clear()

    def _learn(self, key: RecordKey, said: _Said) -> None:
        self._said[key] = said
        self._there.add(said.place, key)
        for word in said.words():
            if self._saying.add(word, key):
                self._words.add(word)
        for place in said.places:
            self._tickets.add(place, key[1])

    def _forget(self, key: RecordKey, said: _Said) -> None:
        del self._said[key]
        self._there.remove(said.place, key)
        for word in said.words():
            if self._saying.remove(word, key):
                self._words.remove(word)
        for place in said.places:
            self._tickets.remove(place, key[1])


def _said_by(record: Any) -> _Said | None:  # noqa: ANN401 - a record of any kind, or None
    passage = passage_of(record)
    if passage is None:
        return None
    places = places_of(record) if isinstance(record, AnyTicket) else ()
    return _Said((passage.found_by, passage.owner), folded(passage.public), folded(passage.private), places)
