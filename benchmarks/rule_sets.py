"""
Rule sets to be measured, and tickets to measure them on.

A rule asks three to five things of the twenty fields of a ticket, and about one in a hundred matches. Ours is given
records; others are given dicts in the form that suits them best, in which texts are folded already, times are numbers,
and nothing is missing. Ours folds texts and looks at times itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Literal, TypeAlias

import attrs

from ticketcore import Channel, F, Priority
from ticketcore.conditions import Condition, TicketFacts, all_of
from ticketcore.model.ids import AgentId, CompanyId, ContactId, DepartmentId, TicketId
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.tickets import Ticket

Operator: TypeAlias = Literal["==", "!=", "in", ">=", "<", "has", "contains"]
Plain: TypeAlias = Mapping[str, Any]
"""A ticket as a dict of texts, numbers and lists of texts."""

FEWEST, MOST = 3, 5
RARELY, OFTEN = 0.003, 0.03
"""Between which chances of matching each rule lies."""

STATUSES = tuple(STANDARD_LIFE_CYCLE.statuses)
SOURCES = (Channel.EMAIL, Channel.FORM, Channel.APPLICATION, Channel.CHAT, Channel.CALL, Channel.FACEBOOK)
TYPES = tuple(f"type {number}" for number in range(12))
LANGUAGES = ("en", "de", "el", "sl", "hr", "fr")
DEPARTMENTS = tuple(f"department-{number}" for number in range(12))
AGENTS = tuple(f"agent-{number}" for number in range(24))
COMPANIES = tuple(f"company-{number}" for number in range(30))
CUSTOMERS = tuple(f"customer-{number}" for number in range(1_000))
TAGS = tuple(f"tag {number}" for number in range(30))
COPIED = tuple(f"copy{number}@example.org" for number in range(10))
WORDS = (
    "invoice", "refund", "receipt", "payment", "parcel", "courier", "delivery", "tracking", "wholesale", "quote",
    "catalogue", "discount", "password", "login", "warranty", "repair", "spare", "complaint", "urgent", "broken",
    "missing", "wrong", "colour", "size", "return", "exchange", "voucher", "newsletter", "address", "account",
)  # fmt: skip
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 300 * 24
"""In how many hours from there times lie."""


@attrs.frozen
class Predicate:
    """
    Something that a rule asks.

    Args:
        field: The name of a field.
        operator: Set fields have members, texts contain words; all others are compared.
        value: A text, a number or a tuple of texts, as in the plain ticket.
        chance: How likely it holds of a ticket.
    """

    field: str
    operator: Operator
    value: Any
    chance: float

    @property
    def condition(self) -> Condition[Any]:
        """The same in our language."""
        make = _CONDITIONS[self.operator]
        return make(FIELDS[self.field], FROM_PLAIN.get(self.field, _as_it_is)(self.value))


Rule: TypeAlias = Sequence[Predicate]
"""What all must hold."""


def conditions(rules: Sequence[Rule]) -> list[Condition[Any]]:
    """The rules in our language."""
    return [all_of(*(predicate.condition for predicate in rule)) for rule in rules]


# Rules.


def rules_over_one_vocabulary(number: int) -> list[Rule]:
    """Rules as one desk has them: they ask for the same few departments, types, words."""
    random = Random(number)
    return [_rule(random) for _ in range(number)]


def rules_per_customer(number: int) -> list[Rule]:
    """Rules of which each is about one customer, and something else."""
    random = Random(number)
    return [
        [Predicate("requester", "==", f"customer-{place}", 1 / number), *_predicates(random, FEWEST - 1)]
        for place in range(number)
    ]


def _rule(random: Random) -> Rule:
    while True:
        predicates = _predicates(random, random.randint(FEWEST, MOST))
        chance = 1.0
        for predicate in predicates:
            chance *= predicate.chance
        if RARELY <= chance <= OFTEN:
            return predicates


def _predicates(random: Random, number: int) -> list[Predicate]:
    return [_DRAWN[name](random) for name in random.sample(list(_DRAWN), number)]


def _one_of(field: str, values: Sequence[Any], random: Random) -> Predicate:
    """One of some values, or half of them, or all but one."""
    share = 1 / len(values)
    half = tuple(sorted(random.sample(values, len(values) // 2)))
    forms = (
        Predicate(field, "==", random.choice(values), share),
        Predicate(field, "in", half, len(half) * share),
        Predicate(field, "!=", random.choice(values), 1 - share),
    )
    return random.choices(forms, weights=(2, 2, 1))[0]


def _measured(field: str, values: Sequence[int], random: Random) -> Predicate:
    place = random.randrange(1, len(values))
    share = place / len(values)
    forms = Predicate(field, ">=", values[place], 1 - share), Predicate(field, "<", values[place], share)
    return random.choice(forms)


def _member(field: str, values: Sequence[str], each: int, random: Random) -> Predicate:
    return Predicate(field, "has", random.choice(values), each / len(values))


def _word(field: str, each: int, random: Random) -> Predicate:
    return Predicate(field, "contains", random.choice(WORDS), each / len(WORDS))


# Tickets.

TAGS_EACH, COPIES_EACH, SUBJECT_WORDS, DESCRIPTION_WORDS = 4, 2, 6, 12


def tickets(number: int, customers: Sequence[str] = CUSTOMERS) -> Iterator[tuple[TicketFacts, Plain]]:
    """Tickets, each for ours and for others."""
    random = Random(7)
    for place in range(number):
        ticket = _ticket(random, place, random.choice(customers))
        yield TicketFacts(ticket), _plain(ticket)


def _ticket(random: Random, place: int, customer: str) -> Ticket:
    created, due = (FIRST + timedelta(hours=random.randrange(SPAN)) for _ in range(2))
    return Ticket(
        id=TicketId(f"ticket-{place}"),
        reference="7QK3M-9XTRC",
        subject=" ".join(random.sample(WORDS, SUBJECT_WORDS)).capitalize(),
        description=" ".join(random.sample(WORDS, DESCRIPTION_WORDS)).title(),
        status=random.choice(STATUSES),
        status_changed_at=created,
        created_at=created,
        changed_at=created,
        public_changed_at=created,
        source=random.choice(SOURCES),
        priority=random.choice(list(Priority)),
        type=random.choice(TYPES).capitalize(),
        tags=frozenset(random.sample(TAGS, TAGS_EACH)),
        language=random.choice(LANGUAGES),
        department=DepartmentId(random.choice(DEPARTMENTS)),
        assignee=AgentId(random.choice(AGENTS)),
        company=CompanyId(random.choice(COMPANIES)),
        requesters=(ContactId(customer),),
        cc=tuple(random.sample(COPIED, COPIES_EACH)),
        due_at=due,
        answers=random.randrange(10),
        customer_messages=random.randrange(10),
        reopenings=random.randrange(5),
        entries=random.randrange(50),
    )


def _hours(instant: datetime) -> int:
    return int((instant - FIRST) / timedelta(hours=1))


def _plain(ticket: Ticket) -> Plain:
    return {
        "status": ticket.status.key,
        "category": ticket.status.category.value,
        "priority": int(ticket.priority),
        "source": ticket.source.value,
        "type": (ticket.type or "").lower(),
        "tags": sorted(ticket.tags),
        "language": ticket.language,
        "department": ticket.department,
        "assignee": ticket.assignee,
        "company": ticket.company,
        "requester": ticket.requesters[0],
        "cc": list(ticket.cc),
        "subject": ticket.subject.lower(),
        "description": ticket.description.lower(),
        "answers": ticket.answers,
        "customer_messages": ticket.customer_messages,
        "reopenings": ticket.reopenings,
        "entries": ticket.entries,
        "created_at": _hours(ticket.created_at),
        "due_at": _hours(ticket.due_at or FIRST),
    }


# Fields and predicates.


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - a value of any field
    return value


def _instant(hours: int) -> datetime:
    return FIRST + timedelta(hours=hours)


FIELDS: Mapping[str, Any] = {
    "status": F.status,
    "category": F.category,
    "priority": F.priority,
    "source": F.source,
    "type": F.type,
    "tags": F.tags,
    "language": F.language,
    "department": F.department.id,
    "assignee": F.assignee.id,
    "company": F.company.id,
    "requester": F.requester.id,
    "cc": F.cc,
    "subject": F.subject,
    "description": F.description,
    "answers": F.answers,
    "customer_messages": F.customer_messages,
    "reopenings": F.reopenings,
    "entries": F.entries,
    "created_at": F.created_at,
    "due_at": F.due_at,
}
MEASURED = ("priority", "answers", "customer_messages", "reopenings", "entries", "created_at", "due_at")
"""The fields that hold numbers in a plain ticket."""

FROM_PLAIN: Mapping[str, Callable[[Any], Any]] = {"priority": Priority, "created_at": _instant, "due_at": _instant}
_CONDITIONS: Mapping[Operator, Callable[[Any, Any], Condition[Any]]] = {
    "==": lambda field, value: field == value,
    "!=": lambda field, value: field != value,
    "in": lambda field, value: field.is_in(value),
    ">=": lambda field, value: field >= value,
    "<": lambda field, value: field < value,
    "has": lambda field, value: field.has(value),
    "contains": lambda field, value: field.contains(value),
}
_DRAWN: Mapping[str, Callable[[Random], Predicate]] = {
    "status": partial(_one_of, "status", sorted(it.key for it in STATUSES)),
    "category": partial(_one_of, "category", sorted({it.category.value for it in STATUSES})),
    "priority": partial(_measured, "priority", [int(it) for it in Priority]),
    "source": partial(_one_of, "source", sorted(it.value for it in SOURCES)),
    "type": partial(_one_of, "type", TYPES),
    "tags": partial(_member, "tags", TAGS, TAGS_EACH),
    "language": partial(_one_of, "language", LANGUAGES),
    "department": partial(_one_of, "department", DEPARTMENTS),
    "assignee": partial(_one_of, "assignee", AGENTS),
    "company": partial(_one_of, "company", COMPANIES),
    "cc": partial(_member, "cc", COPIED, COPIES_EACH),
    "subject": partial(_word, "subject", SUBJECT_WORDS),
    "description": partial(_word, "description", DESCRIPTION_WORDS),
    "answers": partial(_measured, "answers", range(10)),
    "customer_messages": partial(_measured, "customer_messages", range(10)),
    "reopenings": partial(_measured, "reopenings", range(5)),
    "entries": partial(_measured, "entries", range(50)),
    "created_at": partial(_measured, "created_at", range(0, SPAN, SPAN // 20)),
    "due_at": partial(_measured, "due_at", range(0, SPAN, SPAN // 20)),
}
