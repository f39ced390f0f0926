"""
A search: how a shelf answers a query, a count or a tally without looking at more records than it must.

Whatever way it takes, the answer is that of `Query.run` over all records.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import chain, groupby, islice, takewhile
from operator import itemgetter
from typing import Any, Generic, TypeVar

from ticketcore.conditions import Condition, all_of, compile_condition, facts_of
from ticketcore.conditions.facts import Getter
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.query import Order, Page, Query, field_reader, members, order_value
from ticketcore.storage._routes import Route, route_among, route_past_all, route_past_all_by, routes_to
from ticketcore.storage._shelf import Place, Shelf, place
from ticketcore.storage._sorted import Sorted
from ticketcore.storage._words import WordIndex
from ticketcore.words import Words

T = TypeVar("T")

_value = itemgetter(1)
_id = itemgetter(2)
_BY_ID = Order("id")
_SORTING = 2
"""How many times more it costs to look at a record and sort it than only to look at it."""
_STARTING = 4
"""How many records could be looked at while a run of places is begun."""
_MISSING: Place = (True,)
"""Comes before the places of all records without a value, and behind those of all others."""


class Search(Generic[T]):
    """
    A query put to a shelf.

    Args:
        shelf: The records.
        query: The question.
        now: The time that relative conditions count from.
        get: Follows an id to its record, or None.
        index: Where words are looked up, if the query looks for some.
    """

    def __init__(
        self, shelf: Shelf, query: Query[T], *, now: datetime, get: Getter, index: WordIndex | None = None
    ) -> None:
        self._shelf = shelf
        self._query = query
        self._now = now
        self._get = get
        self._order = query.order[0] if query.order else _BY_ID
        self._is_among_some = False
        self._is_said: Callable[[str], bool] | None = None
        self._routes = routes_to(shelf, query.where, query.viewer) if shelf.records else []
        if index is not None and query.words is not None:
            self._look_up(index, query.words)

    def _look_up(self, index: WordIndex, words: Words) -> None:
        """Has the words lead to the records, or has these asked for them where they are few for so common words."""
        found = index.find(words, self._shortest().size)
        if found is None:
            self._is_said = partial(index.is_said, words)
        else:
            self._routes, self._is_among_some = [route_among(found, self._query.where)], True

    def page(self) -> Page[T]:
        """The page that the query asks for."""
        query = self._query
        if not self._shelf.records:
            return query.page(())
        route = self._route_to_page()
        if route.order == self._order.field:
            ordered = self._matching(route, self._in_order(route))
            return query.page(list(islice(ordered, None if query.limit is None else query.limit + 1)))
        return query.page(query.behind(query.sorted(self._matching(route, self._records(route)))))

    def count(self) -> int:
        """How many records the condition holds of."""
        route = self._shortest()
        if route.is_disjoint and self._holds_of_all(route):
            return route.size
        return sum(1 for _ in self._matching(route, self._records(route)))

    def tally(self, by: str) -> Mapping[Hashable, int]:
        """How many records the condition holds of, for each value of a field."""
        route = self._shortest()
        groups = self._groups(route, by)
        if groups is not None:
            return {value: len(run) for value, run in groups.items()}
        if self._holds_of_all(route) and route.counts_by(by):
            return route.lengths_by(by)
        matching, read = self._matching(route, self._records(route)), field_reader(by)
        return Counter(value for record in matching for value in members(read(record)))

    def _groups(self, route: Route, by: str) -> Mapping[Hashable, Sorted[Place]] | None:
        """All that a route leads to, where an index keeps it apart by a field and nothing is to be asked of it."""
        if not self._holds_of_all(route) or not route.is_disjoint:
            return None
        if route.equal == (by,):
            return route.groups
        indexes = [index for index in self._shelf.indexes.get((by,), ()) if not index.declared.sparse]
        return indexes[0].groups if indexes and route.equal == () else None

    def _shortest(self) -> Route:
        """The route past the fewest records."""
        if self._routes:
            return min(self._routes, key=lambda route: route.size)
        return route_past_all(self._shelf, self._query.where)

    def _route_to_page(self) -> Route:
        """
        The cheapest route to the page, as far as can be told from the lengths of all.

        A route in the order wanted is followed until the page is full. All that match are on the shortest route: so on
        one that is n times as long, at best every nth record matches. Any other is followed to its end and sorted.
        """
        query, order, shortest = self._query, self._order.field, self._shortest()
        if self._is_among_some or (shortest.order == order and len(shortest.runs) == 1):
            return shortest
        past_all = route_past_all_by(self._shelf, query.where, order)
        matching = max(shortest.size, 1)

        def cost(route: Route) -> float:
            if route.order != order:
                return route.size * _SORTING
            wanted = route.size if query.limit is None else query.limit * route.size / matching
            return min(wanted, route.size) + len(route.runs) * _STARTING

        return min([*self._routes, past_all or shortest], key=cost)

    def _holds_of_all(self, route: Route) -> bool:
        """Whether nothing is to be asked of the records of a route."""
        return not route.rest and self._is_said is None

    def _matching(self, route: Route, records: Iterable[T]) -> Iterator[T]:
        """Those records of a route of which the condition holds, and the words are said."""
        matching = self._meeting(route.rest, records) if route.rest else iter(records)
        is_said = self._is_said
        return matching if is_said is None else (it for it in matching if is_said(it.id))  # type: ignore[attr-defined]

    def _meeting(self, conditions: Collection[Condition[Any]], records: Iterable[T]) -> Iterator[T]:
        matches = compile_condition(all_of(*conditions))
        facts: Any = facts_of(self._query.kind, None, self._now, self._get, self._query.viewer)
        for record in records:
            facts.record = record  # one object for all: to make one for each costs more than most conditions
            if matches(facts):
                yield record

    def _records(self, route: Route) -> Iterable[T]:
        """The records of a route, each once, in no order."""
        ids: Iterable[str] = map(_id, chain.from_iterable(route.runs))
        return map(self._shelf.records.__getitem__, ids if route.is_disjoint else dict.fromkeys(ids))

    def _in_order(self, route: Route) -> Iterator[T]:
        """The records of a route behind the cursor, in the query's order."""
        walk = _descending if self._order.descending else _ascending
        try:
            places = walk(route, self._start())
        except TypeError as error:
            expected = "a cursor that a page of the same order gave"
            raise InvalidInput("Query", [Fault("after", expected, shown(self._query.after))]) from error
        if len(self._query.order) <= 1:
            return map(self._shelf.records.__getitem__, map(_id, places))
        return self._sorted_ties(places)

    def _start(self) -> Place | None:
        """
        What the records wanted are behind in the order of the first criterion.

        With one criterion that is the cursor's place; with more it comes before all that ties with it.
        """
        after, order = self._query.after, self._query.order
        if after is None:
            return None
        if not order:
            return place(after.id, after.id)
        found = place(order_value(after.values[0]), after.id)
        return found if len(order) == 1 else found[:2]

    def _sorted_ties(self, places: Iterator[Place]) -> Iterator[T]:
        query, is_first = self._query, True
        for _, ties in groupby(places, key=_value):
            records = query.sorted(self._shelf.records[_id(it)] for it in ties)
            yield from query.behind(records) if is_first else records
            is_first = False


def _ascending(route: Route, start: Place | None) -> Iterator[Place]:
    """The places behind `start`, the lowest value first."""
    return _merged(route, [run.ascending(start) for run in route.runs], reverse=False)


def _descending(route: Route, start: Place | None) -> Iterator[Place]:
    """The places behind `start`, the highest value first; of equal values, and of none, the lowest id first."""
    if start is not None and start >= _MISSING:
        return _ascending(route, start)
    before = _MISSING if start is None else start[:2]
    rest = _ties_reversed(_merged(route, [run.descending(before) for run in route.runs], reverse=True))
    missing = _ascending(route, _MISSING)
    if start is None:
        return chain(rest, missing)
    value = start[1]
    tied = takewhile(lambda it: bool(it[1] == value), _ascending(route, start))
    return chain(tied, rest, missing)


def _merged(route: Route, runs: list[Iterator[Place]], *, reverse: bool) -> Iterator[Place]:
    if len(runs) == 1:
        return runs[0]
    merged = merge(*runs, reverse=reverse)
    return iter(merged) if route.is_disjoint else (it for it, _ in groupby(merged))


def _ties_reversed(places: Iterator[Place]) -> Iterator[Place]:
    ties: list[Place] = []
    for it in places:
        if ties and ties[0][1] != it[1]:
            yield from reversed(ties)
            ties = [it]
        else:
            ties.append(it)
    yield from reversed(ties)
