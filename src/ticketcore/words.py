"""
Words by which tickets are looked for, and which tickets they find.

Texts are cut into words and folded here and nowhere else, for looking as for what is looked through: storages hand
words that are ready to the indexes of their databases, whose own rules for letters all differ.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.conditions import words as words_of
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.model.checks import is_text
from ticketcore.model.passages import FoundBy, Passage, passage_of
from ticketcore.model.values import FrozenValue

WORD_LIMIT: Final = 100
"""How many characters of a word count, where it is written and where it is looked for."""

SAID_LIMIT: Final = 200_000
"""How many characters of what a record says are looked through: databases refuse to index more."""

QUESTION_LIMIT: Final = 1_000
TERM_LIMIT: Final = 20

_IS_QUESTION: Final = is_text(at_most=QUESTION_LIMIT)

_WALL: Final = "|"
"""Stands between texts, so that no phrase reaches from one into the next. It is no word."""

_LONG = re.compile(rf"\w{{{WORD_LIMIT + 1},}}")
_PART = re.compile(r'"([^"]*)"(\*?)|(\S+?)(\*?)(?=\s|"|$)')


Place: TypeAlias = tuple[FoundBy, str]
"""Where something is said: how tickets are found by it, and the id of the ticket or contact that it belongs to."""


@attrs.frozen
class Term(FrozenValue):
    """
    What must be said somewhere of a ticket: a word, or several in a row.

    Args:
        words: The words, folded.
        is_open: Whether the last one may go on.
    """

    words: tuple[str, ...]
    is_open: bool = False

    @property
    def whole_words(self) -> tuple[str, ...]:
        """The words that do not go on."""
        return self.words[:-1] if self.is_open else self.words

    @property
    def text(self) -> str:
        """What stands in folded words, as `folded` gives them, if and only if the term does."""
        return f" {' '.join(self.words)}{'' if self.is_open else ' '}"


@attrs.frozen
class Words(FrozenValue):
    """
    What is looked for: tickets of which every term is said somewhere, be it by different records.

    Args:
        terms: The terms; `Words.parse` reads them from what somebody typed.
        public: Whether only what customers see is looked through.
        people: Whether what agents know of the requesters, names and addresses, is looked through, too.
    """

    terms: tuple[Term, ...]
    public: bool = False
    people: bool = True

    @classmethod
    def parse(cls, text: str, *, public: bool = False, people: bool = True) -> "Words":
        """
        The words of what somebody typed.

        Every word must be found, in whatever case: `refund invoice`. A word with `*` behind it may go on: `refun*`.
        What stands between quotation marks must be found in this order: `"second invoice"`; so must words that are
        joined by anything but blanks, as in `mia@example.org` or `INV-2024-7`. Nothing else has a meaning.

        Args:
            text: What was typed.
            public: Whether only what customers see is looked through.
            people: Whether names and addresses of the requesters are looked through, too.

        Raises:
            InvalidInput: There is no word in it, or there are too many.
        """
        faults = _IS_QUESTION.faults("words", text)
        terms = () if faults else tuple(dict.fromkeys(_terms(text)))
        if not 0 < len(terms) <= TERM_LIMIT:
            raise InvalidInput("search", faults or [Fault("words", f"1 to {TERM_LIMIT} words", shown(text))])
        return cls(terms, public, people)

    def find(self, tickets: Iterable[Any], saying: Iterable[object]) -> Iterator[Any]:
        """
        The tickets of which every term is said: the plain answer that indexes are compared with.

        Args:
            tickets: The tickets that may be found.
            saying: All records that may say something of them, tickets included.
        """
        said: dict[Place, list[str]] = {}
        for record in saying:
            passage = passage_of(record)
            if passage is not None:
                said.setdefault((passage.found_by, passage.owner), []).extend(self.looked_through(passage))
        for ticket in tickets:
            texts = [text for place in places_of(ticket) if self.reaches(place) for text in said.get(place, ())]
            if all(any(term.text in text for text in texts) for term in self.terms):
                yield ticket

    def looked_through(self, passage: Passage) -> tuple[str, ...]:
        """What of a passage is looked through, in folded words."""
        return (folded(passage.public),) if self.public else (folded(passage.public), folded(passage.private))

    def reaches(self, place: Place) -> bool:
        """Whether what is said there is looked through."""
        return self.people or place[0] is not FoundBy.REQUESTER


def places_of(ticket: Any) -> tuple[Place, ...]:  # noqa: ANN401 - a ticket of either class
    """The places where something is said of a ticket."""
    requesters = getattr(ticket, "requesters", ())
    return (
        (FoundBy.TICKET, ticket.id),
        *((FoundBy.THREAD, id) for id in (ticket.id, *ticket.merged_from)),
        *((FoundBy.REQUESTER, id) for id in requesters),
    )


def folded(texts: Iterable[str]) -> str:
    """
    Texts as words are looked for in them: their folded words between blanks.

    Args:
        texts: What a record says.

    Returns:
        `" invoice 7 | you charged me twice "` for `"Invoice 7"` and `"You charged me twice!"`; empty without any word.
    """
    several = (_shortened(words_of(text)) for text in texts)
    said = _WALL.join(text for text in several if text != " ")
    return said if len(said) <= SAID_LIMIT else said[: said.rindex(" ", 0, SAID_LIMIT) + 1]


def _shortened(text: str) -> str:
    """Folded words, of which the long ones are cut."""
    return _LONG.sub(lambda word: word[0][:WORD_LIMIT], text)


def _terms(text: str) -> Iterator[Term]:
    for quoted, goes_on, plain, plain_goes_on in _PART.findall(text):
        several = tuple(_shortened(words_of(quoted or plain)).split())
        if several:
            yield Term(several, is_open=bool(goes_on or plain_goes_on) or quoted.endswith("*"))
