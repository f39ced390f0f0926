"""What type checkers must see of conditions: which facts they can be asked of; checked, never run."""

from datetime import datetime, timedelta
from typing import Any, assert_type

from ticketcore.conditions import (
    Condition,
    ContactF,
    ContactFacts,
    EntryF,
    EntryFacts,
    EventF,
    EventFacts,
    F,
    Facts,
    RecordF,
    RecordFacts,
    TicketFacts,
    ago,
    all_of,
    always,
    any_of,
    compile_condition,
    current_agent,
    from_json,
    groups,
    never,
)
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY, TICKET_VOCABULARY
from ticketcore.model.lifecycle import OPEN, Category
from ticketcore.model.tickets import Priority


def ask_tickets(facts: TicketFacts, now: datetime) -> None:
    """Every operator of a ticket's field makes a condition of tickets."""
    urgent = F.priority >= Priority.HIGH
    assert_type(urgent, Condition[TicketFacts])
    assert_type(F.priority == "high", Condition[TicketFacts])
    assert_type(F.subject != None, Condition[TicketFacts])  # noqa: E711 - a condition
    assert_type(F.status == OPEN, Condition[TicketFacts])
    assert_type(F.category.is_in([Category.OPEN, "new", None]), Condition[TicketFacts])
    assert_type(F.tags.has("vip"), Condition[TicketFacts])
    assert_type(F.tags == {"vip"}, Condition[TicketFacts])
    assert_type(F.assignee == current_agent, Condition[TicketFacts])
    assert_type(F.requester.groups.has_any(["vip"]), Condition[TicketFacts])
    assert_type(F.custom.number("weight") > 2, Condition[TicketFacts])
    assert_type(F.due_at < now, Condition[TicketFacts])
    assert_type(F.due_at <= ago(days=1), Condition[TicketFacts])
    assert_type(F.due_at.within_next(timedelta(hours=1)), Condition[TicketFacts])
    assert_type(~F.internal, Condition[TicketFacts])
    assert_type(urgent & F.tags.has("vip") | ~urgent, Condition[TicketFacts])
    assert_type(urgent.holds(facts), bool)
    assert_type(compile_condition(urgent)(facts), bool)


def ask_events(facts: EventFacts) -> None:
    """A condition of tickets serves where one of events is wanted, and joins with one."""
    first = EventF.message.is_first.is_true
    assert_type(first, Condition[EventFacts])
    assert_type(F.priority.changed_to(Priority.HIGH), Condition[EventFacts])
    assert_type(F.assignee.changed(), Condition[EventFacts])
    assert_type(F.tags.changed(), Condition[EventFacts])
    assert_type(EventF.now.in_business_hours("office"), Condition[EventFacts])
    assert_type(F.due_at.in_business_hours("office") & first, Condition[EventFacts])
    assert_type(F.subject.contains("a") & first, Condition[EventFacts])
    assert_type(first | F.subject.contains("a"), Condition[EventFacts])
    assert_type(all_of(F.subject.contains("a"), first), Condition[EventFacts])
    assert_type(groups([F.subject.contains("a")], [first]), Condition[EventFacts])
    wanted: Condition[EventFacts] = F.subject.contains("a")
    assert_type(wanted.holds(facts), bool)


def ask_others() -> None:
    """Every scope has conditions of its own; what always or never holds fits all."""
    assert_type(ContactF.groups.has("vip"), Condition[ContactFacts])
    assert_type(EntryF.ticket == "t1", Condition[EntryFacts])
    assert_type(RecordF.id("ticket") == "t1", Condition[RecordFacts])
    assert_type(always, Condition[Facts[Any]])
    assert_type(always & ContactF.erased.is_false, Condition[ContactFacts])
    assert_type(ContactF.erased.is_false | never, Condition[ContactFacts])
    assert_type(any_of(never, ContactF.erased.is_false), Condition[ContactFacts])
    assert_type(asked_of_contacts(always), bool)


def asked_of_contacts(condition: Condition[ContactFacts]) -> bool:
    """What wants a condition of contacts."""
    return condition == never


def read(data: object) -> None:
    """What is read from JSON can be asked where its vocabulary can."""
    assert_type(from_json(data, TICKET_VOCABULARY), Condition[TicketFacts])
    assert_type(from_json(data, EVENT_VOCABULARY), Condition[EventFacts])


def refuse(facts: TicketFacts) -> None:
    """What is refused when it runs is seen before; every line here must be an error."""
    EventF.message.is_first.is_true.holds(facts)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    _ = F.subject > "a"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    F.tags.contains("x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    F.assignee.contains("x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    _ = F.answers >= "x"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    ContactF.name.changed()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    _ = F.type.is_set() & ContactF.name.is_set()  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
