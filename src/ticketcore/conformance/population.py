"""
A small population of records to be asked about: of every value a few have it, and a few lack it.

It is made from a seed, so that a law that fails fails again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final, TypeVar

from ticketcore.conditions.facts import Getter
from ticketcore.conformance import records
from ticketcore.conformance.conditions import IDS, TEXTS
from ticketcore.conformance.parcels import PARCELS, Parcel
from ticketcore.conformance.records import NOW
from ticketcore.conformance.trial import Trial
from ticketcore.model.actors import SYSTEM
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS, ENTRIES, TICKETS, Kind
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Role
from ticketcore.model.tickets import Channel, Priority

T = TypeVar("T")

TICKETS_OF_EACH_CLASS: Final = 18

INSTANTS: Final = [NOW + timedelta(hours=hours) for hours in (-50, -24, -1, 0, 0, 5)]

Population = Mapping[Kind[Any], Sequence[Any]]


def population(seed: int = 7) -> Population:
    """Records of every kind that conditions can be asked of."""
    of = _Values(Random(seed))  # noqa: S311 - nothing is guarded by it
    contacts = [_contact(of, id) for id in ("mia", "ana", "x", "eve")]
    companies = [_company(of, id) for id in ("acme", "mia")]
    tickets = [_ticket(of, f"t{number}") for number in range(TICKETS_OF_EACH_CLASS)]
    internal = [_internal_ticket(of, f"i{number}") for number in range(TICKETS_OF_EACH_CLASS)]
    return {
        TICKETS: [*tickets, *internal],
        ENTRIES: [_entry(of, number) for number in range(TICKETS_OF_EACH_CLASS)],
        CONTACTS: contacts,
        COMPANIES: companies,
        AGENTS: [_agent(of, id) for id in ("ana", "bob", "x")],
        DEPARTMENTS: [_department(of, id) for id in ("billing", "x")],
        PARCELS: [_parcel(of, f"p{number}") for number in range(TICKETS_OF_EACH_CLASS)],
    }


def stored(trial: Trial) -> Population:
    """The population, once it is stored."""
    there = population()
    for kind, several in there.items():
        trial.add(kind, *several)
    return there


def get_from(there: Population) -> Getter:
    """The way from an id to a record of the population."""
    known = {(kind.name, record.id): record for kind, several in there.items() for record in several}

    def get(kind: Kind[T], id: str, /) -> T | None:
        return known.get((kind.name, id))

    return get


class _Values:
    """Draws values from few, so that records often share one."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def one(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 - one of the values
        return self._random.choice(values)

    def maybe(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 - one of the values
        return self._random.choice([None, *values])

    def several(self, values: Sequence[Any], at_least: int = 0, at_most: int = 3) -> list[Any]:
        return self._random.choices(values, k=self._random.randint(at_least, at_most))

    def ids(self, at_least: int = 0) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.several(IDS, at_least)))

    def custom(self) -> FrozenMap[str, Any]:
        values = [*TEXTS, 0, 1, 2, 0.5, True, False, date(2026, 11, 21)]
        return FrozenMap({"key": self.one(values)} if self._random.random() < 0.8 else {})  # noqa: PLR2004 - most have it


def _common(of: _Values) -> Mapping[str, Any]:
    return {
        "subject": of.one(TEXTS),
        "description": of.one(TEXTS),
        "status": of.one(STANDARD_LIFE_CYCLE.statuses),
        "priority": of.one([*Priority]),
        "type": of.maybe(TEXTS),
        "tags": frozenset(of.several(TEXTS)),
        "language": of.maybe(["el", "EL", "sl"]),
        "department": of.maybe(IDS),
        "assignee": of.maybe(IDS),
        "links": frozenset(of.ids()),
        "merged_into": of.maybe(IDS),
        "merged_from": of.ids(),
        "parent": of.maybe(IDS),
        "custom": of.custom(),
        "created_at": of.one(INSTANTS),
        "changed_at": of.one(INSTANTS),
        "due_at": of.maybe(INSTANTS),
        "postponed_until": of.maybe(INSTANTS),
        "answers": of.one(range(3)),
        "customer_messages": of.one(range(3)),
    }


def _ticket(of: _Values, id: str) -> object:
    return records.ticket(
        **_common(of),
        id=id,
        source=of.one([*Channel]),
        requesters=of.ids(at_least=1),
        followers=of.ids(),
        cc=tuple(of.several(TEXTS)),
        company=of.maybe(IDS),
    )


def _internal_ticket(of: _Values, id: str) -> object:
    return records.internal_ticket(**_common(of), id=id, raised_by=of.one(IDS), about=of.maybe(IDS))


def _contact(of: _Values, id: str) -> object:
    return records.contact(
        id=id,
        name=of.maybe(TEXTS),
        groups=frozenset(of.several(TEXTS)),
        company=of.maybe(IDS),
        language=of.maybe(["el"]),
        custom=of.custom(),
        created_at=of.one(INSTANTS),
    )


def _company(of: _Values, id: str) -> object:
    return records.company(
        id=id,
        name=of.one(TEXTS),
        domains=tuple(of.several(TEXTS)),
        groups=frozenset(of.several(TEXTS)),
        custom=of.custom(),
    )


def _agent(of: _Values, id: str) -> object:
    return records.agent(
        id=id, name=of.one(TEXTS), role=of.one([*Role]), active=of.one([True, False]), capacity=of.maybe(range(3))
    )


def _department(of: _Values, id: str) -> object:
    return records.department(id=id, name=of.one(TEXTS), access=of.one([*DepartmentAccess]))


def _entry(of: _Values, number: int) -> object:
    make: Callable[..., object] = of.one([records.customer_message, records.answer, records.note])
    return make(
        id=f"e{number}",
        ticket=of.one(["t1", "t2"]),
        position=number,
        at=of.one(INSTANTS),
        author=of.one([records.ANA, records.MIA, SYSTEM]),
        text=of.one(TEXTS),
    )


def _parcel(of: _Values, id: str) -> object:
    return Parcel(id, number=of.one(range(-1, 3)), label=of.maybe(TEXTS), tickets=of.ids())
