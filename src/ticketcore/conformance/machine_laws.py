"""The law that a storage answers like the one in memory, whatever is done to both."""

from functools import partial
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ticketcore.conditions.operators import OF_EVENTS
from ticketcore.conformance.conditions import IDS, TEXTS, TICKET_FIELDS, conditions
from ticketcore.conformance.counting_laws import BY
from ticketcore.conformance.expecting import expect_same, expecting, repeatable, trying
from ticketcore.conformance.laws import law
from ticketcore.conformance.on_trial import LawsOfStorage
from ticketcore.conformance.paging_laws import ORDERS
from ticketcore.conformance.population import INSTANTS, population
from ticketcore.conformance.records import NOW
from ticketcore.conformance.trial import Trial, interrupted, later
from ticketcore.errors import StaleRecord
from ticketcore.model.ids import AgentId
from ticketcore.model.kinds import AGENTS, CONTACTS, TICKETS, Kind
from ticketcore.query import Query
from ticketcore.storage.memory import MemoryStorage
from ticketcore.storage.protocols import Changes, Key, Put, Reading, Removal

_KINDS: Final[tuple[Kind[Any], ...]] = (TICKETS, CONTACTS, AGENTS)
_RECORDS: Final = [(kind, record) for kind, several in population().items() if kind in _KINDS for record in several]


def _record(number: int) -> tuple[Kind[Any], Any]:
    return _RECORDS[number]


def _key(number: int) -> Key:
    kind, record = _RECORDS[number]
    return Key(kind, record.id)


# By number, so that the strategies do not print all records where an example fails.
_records: Final = st.integers(0, len(_RECORDS) - 1).map(_record)
_keys: Final = st.integers(0, len(_RECORDS) - 1).map(_key)
_changed: Final = st.fixed_dictionaries(
    {},
    optional={
        "assignee": st.none() | st.sampled_from(IDS),
        "subject": st.sampled_from(TEXTS),
        "due_at": st.none() | st.sampled_from(INSTANTS),
        "tags": st.frozensets(st.sampled_from(TEXTS), max_size=2),
    },
)


class MachineLaws(LawsOfStorage):
    """The law of everything together."""

    @law("STORAGE-6")
    def test_answers_are_those_of_memory(self, trial: Trial) -> None:
        """Whatever is written and asked, in whatever order, the answers are those of `MemoryStorage`."""
        machine: Any = partial(Lockstep, trial)
        with repeatable():
            run_state_machine_as_test(machine, settings=trying(self.examples // 2 or 1, stateful_step_count=25))


class Lockstep(RuleBasedStateMachine):
    """
    Does the same to a storage and to one in memory.

    Args:
        trial: The storage; whatever is in it is removed.
    """

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        trial.empty()
        self.trial = trial
        self.memory = Trial(MemoryStorage)

    def _apply(self, changes: Changes) -> None:
        for it in (self.trial, self.memory):
            with it.session() as session:
                session.apply(changes)

    def _version(self, key: Key) -> int | None:
        found = self.memory.get(key.kind, key.id)
        return found[key.id].version if found else None

    @rule(chosen=_records)
    def put(self, chosen: tuple[Kind[Any], Any]) -> None:
        """Adds a record, or replaces the one with its id."""
        kind, record = chosen
        old = self._version(Key(kind, record.id))
        self._apply(Changes([Put(kind, attrs.evolve(record, version=(old or 0) + 1), old)]))

    @rule(several=st.lists(_records, min_size=1, max_size=5, unique_by=lambda it: it[1].id), more=_keys)
    def put_several(self, several: list[tuple[Kind[Any], Any]], more: Key) -> None:
        """Adds or replaces several records at once, resting on another one."""
        puts = [
            Put(kind, attrs.evolve(record, version=(old or 0) + 1), old)
            for kind, record in several
            for old in [self._version(Key(kind, record.id))]
        ]
        rests = () if any(put.record.id == more.id for put in puts) else (Reading(more, self._version(more)),)
        self._apply(Changes(puts, readings=rests))

    @rule(key=_keys, changes=_changed)
    def change(self, key: Key, changes: dict[str, Any]) -> None:
        """Changes some fields of a ticket."""
        old = self.memory.get(key.kind, key.id).get(key.id)
        if old is not None and key.kind is TICKETS:
            self._apply(Changes([Put(key.kind, later(old, **changes), old.version)]))

    @rule(key=_keys)
    def remove(self, key: Key) -> None:
        """Removes a record."""
        old = self._version(key)
        if old is not None:
            self._apply(Changes(removals=[Removal(key, old)]))

    @rule(several=st.lists(_records, min_size=1, max_size=3, unique_by=lambda it: it[1].id), stale=_keys)
    def fail(self, several: list[tuple[Kind[Any], Any]], stale: Key) -> None:
        """Tries changes that rest on what is not so."""
        changes = Changes(
            [Put(kind, record, self._version(Key(kind, record.id))) for kind, record in several],
            readings=[Reading(stale, 99)],
        )
        for it in (self.trial, self.memory):
            with expecting(StaleRecord, f"applying {changes}"), it.session() as session:
                session.apply(changes)

    @rule(key=_keys)
    def look_and_fail(self, key: Key) -> None:
        """Reads, and ends the session with an error."""
        interrupted(self.trial.session(), lambda session: session.get([key]))

    @rule(
        where=conditions(TICKET_FIELDS, OF_EVENTS),
        order=st.sampled_from(ORDERS),
        limit=st.none() | st.integers(1, 4),
        viewer=st.none() | st.sampled_from(IDS),
        by=st.sampled_from(BY),
    )
    def ask(self, where: Any, order: Any, limit: int | None, viewer: str | None, by: str) -> None:  # noqa: ANN401 - parts of a query
        """Finds page after page, counts and tallies."""
        query: Query[Any] = Query(TICKETS, where, order, limit, viewer=None if viewer is None else AgentId(viewer))
        expect_same(self.trial.count(query), self.memory.count(query), f"how many tickets there are where {where}")
        expect_same(dict(self.trial.tally(query, by)), dict(self.memory.tally(query, by)), f"tickets by {by}")
        while True:
            page, expected = self.trial.find(query), self.memory.find(query)
            expect_same(page, expected, f"what is found by {query}")
            if expected.next is None:
                return
            query = attrs.evolve(query, after=expected.next)

    @invariant()
    def holds_the_same(self) -> None:
        """Both hold the same records."""
        for kind in _KINDS:
            query: Query[Any] = Query(kind)
            with self.trial.session() as session, self.memory.session() as expected:
                items = expected.find(query, now=NOW).items
                expect_same(session.find(query, now=NOW).items, items, f"all {kind}")
                keys = [Key(kind, it.id) for it in items]
                expect_same(dict(session.get(keys)), dict(expected.get(keys)), f"all {kind}, got by their keys")
                expect_same(session.count(query, now=NOW), len(items), f"how many {kind} there are")
