"""
What a unit of work has loaded: records by key, and the answers to its questions.

It does no I/O: what is not there raises `NotLoaded`, which says what to load. What the unit of work changes is none of
its business; here everything is as it is stored.
"""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from ticketcore.model.kinds import Kind
from ticketcore.query import Page, Query
from ticketcore.storage.protocols import Key, Reading

T = TypeVar("T")


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
        records: What is known from the beginning, by kind and id.
    """

    def __init__(self, records: Mapping[Kind[Any], Mapping[Any, Any]]) -> None:
        # By kind and then by id: a pair of them for each look at a record would take longer than the look.
        self._records: dict[Kind[Any], dict[str, Any]] = {kind: dict(known) for kind, known in records.items()}
        self._got: dict[Key, None] = {}
        # Most pages are only shown, and nobody looks for their records: those wait here.
        self._pages: list[tuple[Kind[Any], Sequence[Any]]] = []
        self._found: dict[Query[Any], Page[Any]] = {}
        self._answers: dict[CountWanted | TallyWanted, Any] = {}

    def record(self, kind: Kind[T], id: str) -> T | None:
        """
        The record, or None if it is known that there is none.

        Raises:
            NotLoaded: Nothing is known of it.
        """
        try:
            return self.of_kind(kind)[id]  # type: ignore[no-any-return]  # the kind says which
        except KeyError:
            raise NotLoaded(Key(kind, id)) from None

    def record_if_known(self, kind: Kind[T], id: str) -> T | None:
        """The record, or None if there is none, or if nothing is known of it."""
        return self.of_kind(kind).get(id)

    def of_kind(self, kind: Kind[Any]) -> Mapping[str, Any]:
        """What is known of the records of a kind, by id; None where there is none."""
        if self._pages:
            self._open_pages()
        return self._records.get(kind, _NOTHING)

    def knows(self, kind: Kind[Any], id: str) -> bool:
        """Whether the record was looked at, or its absence."""
        return id in self.of_kind(kind)

    def page(self, query: Query[T]) -> Page[T]:
        """
        The page that a query asks for.

        Raises:
            NotLoaded: It was not asked for yet.
        """
        page = self._found.get(query)
        if page is None:
            raise NotLoaded(FindWanted(query))
        return page

    def has_page(self, query: Query[Any]) -> bool:
        """Whether the page was asked for."""
        return query in self._found

    def answer(self, question: CountWanted | TallyWanted) -> Any:  # noqa: ANN401 - what the question asks for
        """
        The answer to a question.

        Raises:
            NotLoaded: It was not asked yet.
        """
        answer = self._answers.get(question)
        if answer is None:
            raise NotLoaded(question)
        return answer

    def take_records(self, keys: Collection[Key], found: Mapping[Key, Any]) -> None:
        """Takes in the records of these keys; a key without a record is known to have none."""
        for key in keys:
            self._got[key] = None
            self._records.setdefault(key.kind, {})[key.id] = found.get(key)

    def take_answer(self, question: Question, answer: Any) -> None:  # noqa: ANN401 - as the question asks
        """Takes in the answer to a question; the records of a page are known from then on."""
        if not isinstance(question, FindWanted):
            self._answers[question] = answer
            return
        self._found[question.query] = answer
        if answer.items:
            self._pages.append((question.query.kind, answer.items))

    def readings(self, changed: Mapping[Kind[Any], Container[str]]) -> Iterator[Reading]:
        """What was only read: records by key, apart from configuration, and from what does not bind."""
        for key in self._got:
            kind, id = key
            if kind.binding and not kind.part and id not in changed.get(kind, ()):
                record = self._records[kind][id]
                yield Reading(key, None if record is None else record.version)

    def _open_pages(self) -> None:
        """Notes the records of all pages by their ids; those that were got by their keys go before them."""
        for kind, items in self._pages:
            known = self._records.setdefault(kind, {})
            for record in items:
                known.setdefault(record.id, record)
        self._pages.clear()


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
