"""Words in SQL: which tickets are found by what is said of them, exactly as `Words.find` has it."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Final, TypeAlias

from sqlalchemy import CTE, SelectBase, Text, or_, select, union_all

from ticketcore.model.passages import FoundBy
from ticketcore.storage.sql.dialects import Verdict
from ticketcore.storage.sql.places import Place
from ticketcore.storage.sql.schema import start_of
from ticketcore.storage.sql.wordings import Varying, bound
from ticketcore.words import Words

AlikeWords: TypeAlias = tuple[bool, bool, tuple[bool, ...]]
"""What looking for some words has in common with looking for others: where, and which terms are of several words."""


def alike_words(words: Words) -> AlikeWords:
    """What looking for these words has in common with looking for others."""
    return (words.public, words.people, tuple(len(term.words) > 1 for term in words.terms))


class WordTranslator:
    """
    Makes of words what is true of the tickets of which they are said.

    Args:
        place: Where the tickets are found.
        words: What is looked for; all but which terms are of several words is left open.
    """

    def __init__(self, place: Place, words: Words) -> None:
        self._place = place
        self._words = words

    def verdicts(self) -> Iterator[Verdict]:
        """What is true of them, one thing for each term."""
        for number in range(len(self._words.terms)):
            yield self._place.table.c.id.in_(self._tickets(self._said(number).cte(f"said_{number}")))

    def _said(self, number: int) -> SelectBase:
        """Where a term is said."""
        texts, dialect, term = self._place.tables.texts, self._place.dialect, _term(number)
        names = ("public",) if self._words.public else ("public", "private")
        wanted = term.through(lambda it: dialect.wanted_words(names, it.words, is_open=it.is_open))
        says = dialect.with_words(texts, self._place.tenant, names, bound(wanted, Text()))
        if len(self._words.terms[number].words) > 1:
            # An index tells of words, and only the text of their order.
            text = bound(term.through(attrgetter("text")), Text())
            says.append(or_(*(dialect.position(texts.c[name], text) > 0 for name in names)))
        if not self._words.people:
            says.append(texts.c.found_by != FoundBy.REQUESTER.value)
        return select(texts.c.found_by, texts.c.owner).where(*says)

    def _tickets(self, said: CTE) -> SelectBase:
        """The ids of the tickets of which something is said that is said there."""
        own = select(said.c.owner).where(said.c.found_by != FoundBy.REQUESTER.value)
        return union_all(own, *(self._naming(said, field, found_by) for field, found_by in _NAMED_BY.items()))

    def _naming(self, said: CTE, field: str, found_by: FoundBy) -> SelectBase:
        """The ids of the tickets that name in a field whose it is."""
        rows = self._place.tables.members.alias()
        return select(rows.c.id).where(
            said.c.found_by == found_by.value,
            rows.c.tenant == self._place.tenant,
            rows.c.kind == self._place.kind,
            rows.c.field == field,
            start_of(rows.c.raw) == start_of(said.c.owner),
            rows.c.raw == said.c.owner,
        )


_NAMED_BY: Final = {"merged_from": FoundBy.THREAD, "requesters": FoundBy.REQUESTER}
"""The fields by which tickets name those whose texts are said of them, too."""


def _term(number: int) -> Varying:
    """A term of the words that are asked for."""
    return Varying(lambda asking: asking.words and asking.words.terms[number])
