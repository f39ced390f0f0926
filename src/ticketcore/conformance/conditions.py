"""
Strategies for conditions, and for the facts that they are asked of.

Conditions are drawn over the whole vocabulary of events, with every operator of every field; values come from a few
that often meet: texts that differ in case, ids of known records, missing ones.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

from ticketcore.business_time import Weekday, every
from ticketcore.conditions import (
    NOW,
    Condition,
    EventF,
    EventFacts,
    F,
    Field,
    Operator,
    ago,
    ahead,
    all_of,
    any_of,
)
from ticketcore.conditions.facts import TicketFacts
from ticketcore.conditions.making import CustomFields
from ticketcore.conditions.operators import Operand
from ticketcore.conditions.placeholders import PLACEHOLDERS
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY, TICKET_VOCABULARY, Vocabulary
from ticketcore.conformance import records
from ticketcore.model.actors import SYSTEM
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Role
from ticketcore.model.tickets import Channel, Priority

Strategy: TypeAlias = st.SearchStrategy[Any]

TEXTS: Final = [
    "",
    "a",
    "A b",
    "ab",
    "invoice",
    "Invoice 7",
    "INVOICE-2026",
    "straße",
    "STRASSE",
    "Ελλάς",
    "ΕΛΛΆΣ",
    "é",
    "é",
]
IDS: Final = ["mia", "ana", "acme", "billing", "t1", "x"]
CALENDAR_IDS: Final = ["office", "night", "x"]
NIGHT: Final = records.calendar(id="night", hours=every(Weekday, ("22:00", "06:00")), zone="America/New_York")
ZONES: Final = ["UTC", "Europe/Athens", "America/New_York", "Pacific/Apia"]

texts = st.sampled_from(TEXTS) | st.text("aAbß *?7", max_size=4)
ids = st.sampled_from(IDS)
keys = st.sampled_from(["open", "new", "answer", "TicketOpened", "subject"])
numbers = st.integers(-1, 3) | st.sampled_from([0.5, 2.0, -1.0])
days = st.dates(date(2026, 11, 20), date(2026, 11, 24))
instants = st.datetimes(datetime(2026, 11, 21), datetime(2026, 11, 24), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(minute=0, second=0, microsecond=0)
)
durations = st.sampled_from([timedelta(), timedelta(hours=5), timedelta(days=1), timedelta(days=40)])
moments = st.just(NOW) | durations.map(ago) | durations.map(ahead) | st.builds(ago, months=st.integers(0, 14))

_OPERANDS: Final[Mapping[str, Strategy]] = {
    "text": texts,
    "id": ids | st.sampled_from(list(PLACEHOLDERS.values())),
    "key": keys,
    "status": keys | st.sampled_from(STANDARD_LIFE_CYCLE.statuses),
    "number": numbers,
    "date": days,
    "time": instants | moments,
}


def operands(field: Field[Any], operator: Operator) -> Strategy:
    """What an operator accepts on the right of a field."""
    single = st.sampled_from(field.values.choices) if field.values.choices else _OPERANDS[field.values.name]
    if operator is Operator.CONTAINS_WORD:
        single = st.sampled_from(["a", "A b", "invoice", "STRASSE", "7"])
    single = single.filter(lambda value: field.values.accepts(value) and (value != "" or operator is Operator.EQUAL))
    maybe = single | st.none() if operator in (Operator.IS_IN, Operator.CHANGED_FROM, Operator.CHANGED_TO) else single
    return {
        Operand.NOTHING: st.none(),
        Operand.VALUE: single,
        Operand.VALUES: st.frozensets(maybe, max_size=3),
        Operand.RANGE: st.tuples(single, single),
        Operand.ZONE: st.sampled_from(ZONES),
        Operand.CALENDAR: st.sampled_from(CALENDAR_IDS),
    }[operator.operand]


_custom = CustomFields("ticket", TicketFacts)
FIELDS: Final[Sequence[Field[Any]]] = [
    *EVENT_VOCABULARY.fields.values(),
    *(make("key") for make in (_custom.text, _custom.number, _custom.date, _custom.flag)),
]


def fields_of(vocabulary: Vocabulary[Any]) -> Sequence[Field[Any]]:
    """All fields of a vocabulary, and a custom one of each type."""
    custom = [make("key") for it in vocabulary.custom for make in (it.text, it.number, it.date, it.flag)]
    return [*vocabulary.fields.values(), *custom]


TICKET_FIELDS: Final = fields_of(TICKET_VOCABULARY)
"""Everything that can be asked of tickets."""

ONE_OF_EACH_TYPE: Final[Sequence[Field[Any]]] = [
    F.type,
    F.priority,
    F.status,
    F.source,
    F.assignee.id,
    F.tags,
    F.links,
    F.answers,
    F.due_at,
    F.internal,
    EventF.event,
    _custom.date("key"),
    F.requester.groups,
]


def comparisons(
    fields: Sequence[Field[Any]] = FIELDS, without: Collection[Operator] = ()
) -> st.SearchStrategy[Condition[Any]]:
    """One field, one of its operators, and what that wants."""

    # Made here, so that the strategy does not print all fields where an example fails.
    @st.composite
    def comparison(draw: st.DrawFn) -> Condition[Any]:
        field = draw(st.sampled_from(fields))
        operator = draw(st.sampled_from(operators_of(field, without)))
        compared: Condition[Any] = field.compare(operator, draw(operands(field, operator)))
        return compared

    return comparison()


def operators_of(field: Field[Any], without: Collection[Operator] = ()) -> Sequence[Operator]:
    """The operators of a field but for some, by name."""
    return sorted(field.operators.difference(without), key=lambda it: it.name)


def conditions(
    fields: Sequence[Field[Any]] = FIELDS, without: Collection[Operator] = ()
) -> st.SearchStrategy[Condition[Any]]:
    """Conditions of some levels."""
    return st.recursive(
        comparisons(fields, without),
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda parts: all_of(*parts))
            | st.lists(inner, max_size=3).map(lambda parts: any_of(*parts))
            | inner.map(lambda part: ~part)
        ),
        max_leaves=6,
    )


def _maybe(strategy: Strategy) -> Strategy:
    return st.none() | strategy


_customs = st.dictionaries(st.just("key"), texts | st.integers(0, 2) | st.booleans() | days).map(FrozenMap)
_common = {
    "subject": texts,
    "description": texts,
    "status": st.sampled_from(STANDARD_LIFE_CYCLE.statuses),
    "priority": st.sampled_from(Priority),
    "type": _maybe(texts),
    "tags": st.frozensets(texts, max_size=2),
    "language": _maybe(texts),
    "department": _maybe(ids),
    "assignee": _maybe(ids),
    "links": st.frozensets(ids, max_size=2),
    "merged_into": _maybe(ids),
    "parent": _maybe(ids),
    "custom": _customs,
    "created_at": instants,
    "due_at": _maybe(instants),
    "postponed_until": _maybe(instants),
    "answers": st.integers(0, 2),
    "customer_messages": st.integers(0, 2),
}
_id_tuples = st.lists(ids, max_size=2, unique=True).map(tuple)
tickets = st.builds(
    records.ticket,
    **_common,
    source=st.sampled_from(Channel),
    requesters=st.lists(ids, min_size=1, max_size=2, unique=True).map(tuple),
    followers=_id_tuples,
    cc=st.lists(texts, max_size=2).map(tuple),
    company=_maybe(ids),
)
internal_tickets = st.builds(records.internal_ticket, **_common, about=_maybe(ids))

_known = st.lists(
    st.builds(records.contact, name=_maybe(texts), groups=st.frozensets(texts, max_size=2), custom=_customs)
    | st.builds(records.company, name=texts, domains=st.lists(texts, max_size=2).map(tuple))
    | st.builds(records.agent, role=st.sampled_from(Role), active=st.booleans(), capacity=_maybe(st.integers(0, 3)))
    | st.builds(records.department, access=st.sampled_from(DepartmentAccess))
    | st.sampled_from([records.calendar(), NIGHT]),
    max_size=4,
)
_messages = st.builds(
    records.customer_message, text=texts, sender=_maybe(texts), to=st.lists(texts, max_size=2).map(tuple)
) | st.builds(records.answer, text=texts)
_actors = st.sampled_from([SYSTEM, records.ANA, records.MIA])


@st.composite
def _changes(draw: st.DrawFn) -> SimpleNamespace:
    """An event that tells of a change, in the form in which events tell."""
    field, values = draw(
        st.sampled_from(
            [
                ("status", st.sampled_from(STANDARD_LIFE_CYCLE.statuses)),
                ("priority", st.sampled_from(Priority)),
                ("type", _maybe(texts)),
                ("assignee", _maybe(ids)),
                ("tags", st.frozensets(texts, max_size=2)),
                ("subject", st.sampled_from(["digest 1", "digest 2"])),
                ("custom", st.dictionaries(st.just("key"), texts).map(FrozenMap)),
            ]
        )
    )
    return SimpleNamespace(field=field, before=draw(values), after=draw(values), actor=draw(_actors))


facts = st.builds(
    lambda record, known, **more: EventFacts(record, get=records.getter(*known), now=records.NOW, **more),
    tickets | internal_tickets,
    _known,
    event=_maybe(_changes() | st.builds(SimpleNamespace, actor=_actors)),
    message=_maybe(_messages),
    queue_length=_maybe(st.integers(0, 3)),
    viewer=_maybe(ids),
)
