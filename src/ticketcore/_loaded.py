"""
What a unit of work has loaded: records by key, and the answers to its questions.

It does no I/O: what is not there raises `NotLoaded`, which says what to load. What the unit of work changes is none of
its business; here everything is as it is stored.
"""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from ticketcore.model.kinds import Kind
from ticketcore.query import Query
from ticketcore.storage.protocols import Key, Reading


@attrs.frozen
class FindWanted:
    """A page that a decision needs."""

    query: Query[Any]


@attrs.frozen
class CountWanted:
    """A number that a decision needs."""

    query: Query[Any]


@attrs.frozen
class TallyWanted:
    """Numbers by value that a decision needs."""

    query: Query[Any]
    by: str


Question: TypeAlias = FindWanted | CountWanted | TallyWanted
Wanted: TypeAlias = Key | Question


class NotLoaded(BaseException):
    """
    A decision needs what is not loaded. No error: containing the failure of a rule must not catch it.

    Args:
        wanted: What to load before that part runs again.
    """

    def __init__(self, *wanted: Wanted) -> None:
        super().__init__(*wanted)
        self.wanted = wanted


class Loaded:
    """
    Records and answers as they are stored.

    Args:
        records: What is known from the beginning.
    """

    def __init__(self, records: Mapping[Key, Any]) -> None:
        self._records: dict[Key, Any] = dict(records)
        self._of_pages: dict[Key, Any] = {}
        # Most pages are only shown, and nobody looks for their records: those wait here.
        self._pages: list[tuple[Kind[Any], Sequence[Any]]] = []
        self._answers: dict[Question, Any] = {}

    def record(self, key: Key) -> Any:  # noqa: ANN401 - a record of the key's kind, or None
        """
        The record, or None if it is known that there is none.

        Raises:
            NotLoaded: Nothing is known of it.
        """
        if key in self._records:
            return self._records[key]
        if self._is_of_pages(key):
            return self._of_pages[key]
        raise NotLoaded(key)

    def record_if_known(self, key: Key) -> Any:  # noqa: ANN401 - a record of the key's kind, or None
        """The record, or None if there is none, or if nothing is known of it."""
        if self._pages:
            self._open_pages()
        return self._records.get(key) or self._of_pages.get(key)

    def knows(self, key: Key) -> bool:
        """Whether the record was looked at, or its absence."""
        return key in self._records or self._is_of_pages(key)

    def answer(self, question: Question) -> Any:  # noqa: ANN401 - what the question asks for
        """
        The answer to a question.

        Raises:
            NotLoaded: It was not asked yet.
        """
        if question not in self._answers:
            raise NotLoaded(question)
        return self._answers[question]

    def has_answer(self, question: Question) -> bool:
        """Whether the question was asked."""
        return question in self._answers

    def take_records(self, keys: Collection[Key], found: Mapping[Key, Any]) -> None:
        """Takes in the records of these keys; a key without a record is known to have none."""
        self._records.update((key, found.get(key)) for key in keys)

    def take_answer(self, question: Question, answer: Any) -> None:  # noqa: ANN401 - as the question asks
        """Takes in the answer to a question; the records of a page are known from then on."""
        self._answers[question] = answer
        if isinstance(question, FindWanted):
            self._pages.append((question.query.kind, answer.items))

    def readings(self, changed: Container[Key]) -> Iterator[Reading]:
        """What was only read: records by key, apart from configuration, and from what does not bind."""
        for key, record in self._records.items():
            if key not in changed and not key.kind.part and key.kind.binding:
                yield Reading(key, None if record is None else record.version)

    def _is_of_pages(self, key: Key) -> bool:
        if self._pages:
            self._open_pages()
        return key in self._of_pages

    def _open_pages(self) -> None:
        """Notes the records of all pages by their keys."""
        for kind, items in self._pages:
            for record in items:
                self._of_pages.setdefault(Key(kind, record.id), record)
        self._pages.clear()
