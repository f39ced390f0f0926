"""The desk's configuration as the flow keeps it between commands, for as long as its revisions stay the same."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from ticketcore._loaded import FindWanted
from ticketcore._steps import Ask, Steps
from ticketcore.automation.failures import FAILURE_ROWS
from ticketcore.automation.rules import RULES, RuleBook
from ticketcore.business_time import CALENDARS, CALENDARS_PART, Calendar
from ticketcore.configuration import (
    FAILURES_PART,
    FIELDS,
    PARTS,
    REVISIONS,
    ROSTER,
    RULES_PART,
    Configuration,
    Roster,
)
from ticketcore.model.ids import CalendarId, RuleId
from ticketcore.model.kinds import AGENTS, CUSTOM_FIELDS, DEPARTMENTS, MEMBERSHIPS, Kind
from ticketcore.model.values import FrozenValue
from ticketcore.query import Query
from ticketcore.sla import SLA_PART, SLA_POLICIES, PolicyBook
from ticketcore.storage.protocols import Changes, Found, Key

REVISION_KEYS = tuple(Key(REVISIONS, part) for part in PARTS)
_REVISIONS = tuple(zip(REVISION_KEYS, PARTS, strict=True))


@attrs.frozen
class Known(FrozenValue):
    """
    The configuration at one moment.

    Args:
        tokens: The revision of each part; None for a part that was never changed.
        parts: Each part as it was read.
        configuration: What decisions see of it.
    """

    tokens: Mapping[str, str | None]
    parts: Mapping[str, Any]
    configuration: Configuration

    @property
    def rules(self) -> RuleBook:
        """The rules."""
        book: RuleBook = self.parts[RULES_PART]
        return book


class ConfigurationCache:
    """Reads the configuration, each part only if its revision is another one than last time. Threads may share it."""

    def __init__(self) -> None:
        self._known: Known | None = None

    def read(self, revisions: Found, now: datetime) -> Steps[Known]:
        """
        The configuration.

        Args:
            revisions: The revisions that are stored now, by the keys `REVISION_KEYS`.
            now: The time.
        """
        known = self._known
        tokens = {part: found.token if (found := revisions.get(key)) else None for key, part in _REVISIONS}
        if known is not None and known.tokens == tokens:
            return known
        parts: dict[str, Any] = {}
        for part, token in tokens.items():
            same = known is not None and known.tokens[part] == token
            parts[part] = known.parts[part] if known is not None and same else (yield from _READERS[part](now))
        self._known = Known(tokens, parts, _configuration(parts))
        return self._known

    def follow(self, known: Known, changes: Changes) -> None:
        """
        Takes in what a commit made of the rules, so that they need not all be read again.

        A commit that changes a part rests on its revision: nobody else changed it meanwhile. What is said here of work
        that the host rolls back does no harm: its revision is never met.

        Args:
            known: What the unit of work began with.
            changes: What it committed.
        """
        token = next(
            (put.record.token for put in changes.puts if put.kind is REVISIONS and put.record.id == RULES_PART), None
        )
        if token is not None:
            new = [put.record for put in changes.puts if put.kind is RULES]
            gone = {put.record.id for put in changes.puts if put.kind is RULES and put.expected is not None}
            gone |= {it.key.id for it in changes.removals if it.key.kind is RULES}
            parts = {**known.parts, RULES_PART: known.rules.revised(gone=gone, new=new)}
            self._known = Known({**known.tokens, RULES_PART: token}, parts, _configuration(parts))


def _configuration(parts: Mapping[str, Any]) -> Configuration:
    return Configuration(
        roster=parts[ROSTER],
        custom_fields=parts[FIELDS],
        last_rule_place=parts[RULES_PART].last_place,
        failing_rules=parts[FAILURES_PART],
        calendars=parts[CALENDARS_PART],
        policies=parts[SLA_PART],
    )


def _everything(kind: Kind[Any], now: datetime) -> Steps[tuple[Any, ...]]:
    page = yield Ask(FindWanted(Query(kind)), now)
    items: tuple[Any, ...] = page.items
    return items


def _read_roster(now: datetime) -> Steps[Roster]:
    agents = yield from _everything(AGENTS, now)
    departments = yield from _everything(DEPARTMENTS, now)
    memberships = yield from _everything(MEMBERSHIPS, now)
    return Roster.of(agents, departments, memberships)


def _read_rules(now: datetime) -> Steps[RuleBook]:
    return RuleBook.of((yield from _everything(RULES, now)))


def _read_fields(now: datetime) -> Steps[tuple[Any, ...]]:
    return (yield from _everything(CUSTOM_FIELDS, now))


def _read_policies(now: datetime) -> Steps[PolicyBook]:
    return PolicyBook.of((yield from _everything(SLA_POLICIES, now)))


def _read_failing(now: datetime) -> Steps[frozenset[RuleId]]:
    return frozenset(it.id for it in (yield from _everything(FAILURE_ROWS, now)))


def _read_calendars(now: datetime) -> Steps[Mapping[CalendarId, Calendar]]:
    return {it.id: it for it in (yield from _everything(CALENDARS, now))}


_READERS: Mapping[str, Callable[[datetime], Steps[Any]]] = {
    ROSTER: _read_roster,
    RULES_PART: _read_rules,
    FIELDS: _read_fields,
    FAILURES_PART: _read_failing,
    CALENDARS_PART: _read_calendars,
    SLA_PART: _read_policies,
}
