"""The operator that asks whether a time lies in the hours of a calendar."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_shop import SmallShop
from ticketcore.automation import AddRule
from ticketcore.business_time import WORKDAYS, every
from ticketcore.commands.calendars import AddCalendar, ChangeCalendar, RemoveCalendar
from ticketcore.commands.command import ANY
from ticketcore.commands.tickets import AddTags
from ticketcore.conditions import (
    NOW,
    VOCABULARIES,
    ConditionError,
    ContactF,
    EventF,
    F,
    Operator,
    compile_condition,
    from_json,
    to_json,
)
from ticketcore.conformance.records import calendar, event_facts, ticket
from ticketcore.events import TicketOpened

OFFICE = calendar()
OPEN_NOW = EventF.now.in_business_hours("office")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # eleven in Athens


@given(st.datetimes(timezones=st.just(UTC)))
def test_it_asks_the_calendar(now):
    """An event happens in business hours exactly when the calendar is open, also when it is asked compiled."""
    facts = event_facts(ticket(), OFFICE, now=now)

    assert OPEN_NOW.holds(facts) is OFFICE.is_open(now)
    assert compile_condition(OPEN_NOW)(facts) is OFFICE.is_open(now)


def test_each_instant_of_a_ticket_can_be_asked():
    """Not only now: any time of the ticket can lie in business hours, or be missing, and then it does not."""
    night = ticket(created_at=MONDAY + timedelta(hours=12), due_at=MONDAY)
    facts = event_facts(night, OFFICE)

    assert F.due_at.in_business_hours("office").holds(facts)
    assert not F.created_at.in_business_hours("office").holds(facts)
    assert not F.first_answer_at.in_business_hours("office").holds(facts)
    assert not EventF.now.in_business_hours("office").holds(event_facts(night, OFFICE, now=None))


def test_a_calendar_that_is_not_there_has_no_hours():
    """Nothing is in the hours of a calendar that was removed, and its negation holds."""
    facts = event_facts(ticket(), OFFICE, now=MONDAY)

    assert not EventF.now.in_business_hours("gone").holds(facts)
    assert (~EventF.now.in_business_hours("gone")).holds(facts)


def test_a_compiled_condition_sees_another_calendar_at_the_same_time():
    """What is compiled once asks the calendar of whoever asks, even at the very same instant."""
    holds = compile_condition(OPEN_NOW)
    closed = attrs.evolve(OFFICE, hours=every(WORKDAYS, ("20:00", "21:00")))

    assert [holds(event_facts(ticket(), it, now=MONDAY)) for it in (OFFICE, closed, OFFICE)] == [True, False, True]


def test_only_events_can_be_asked():
    """It is an operator of the scope event: no view has it, and no field of anything but tickets and events."""
    assert OPEN_NOW.scope == F.due_at.in_business_hours("office").scope == "event"
    assert Operator.IN_BUSINESS_HOURS in VOCABULARIES["event"].operators(F.due_at)
    assert Operator.IN_BUSINESS_HOURS not in VOCABULARIES["ticket"].operators(F.due_at)
    with pytest.raises(ConditionError, match="an operator for"):
        from_json(to_json(F.due_at.in_business_hours("office")), VOCABULARIES["ticket"])
    with pytest.raises(ConditionError, match="condition on created_at"):
        ContactF.created_at.compare(Operator.IN_BUSINESS_HOURS, "office")


def test_it_has_all_forms():
    """It is written as JSON and read again, reads well, and says what it saw."""
    assert to_json(OPEN_NOW)["condition"] == {"field": "now", "operator": "in_business_hours", "value": "office"}
    assert from_json(to_json(OPEN_NOW), VOCABULARIES["event"]) == OPEN_NOW
    assert str(OPEN_NOW) == 'now is in business hours of "office"'
    assert str(OPEN_NOW.explain(event_facts(ticket(), OFFICE, now=MONDAY))) == (
        'yes now is in business hours of "office" — it is 2026-03-02 09:00:00+00:00'
    )


@pytest.mark.parametrize("operand", ["", None, 7, OFFICE, NOW, ["office"]])
def test_it_wants_the_id_of_a_calendar(operand):
    """Whatever is no id is refused when the condition is built."""
    with pytest.raises(ConditionError, match="the id of a calendar"):
        EventF.now.in_business_hours(operand)


def test_rules_act_by_the_hours_of_a_calendar():
    """A rule for office hours acts in them and not outside, by the calendar as it is when something happens."""
    shop = SmallShop()
    office = shop.system.do(AddCalendar("Office", "Europe/Athens", every(WORKDAYS, ("09:00", "17:00"))))
    is_open = EventF.now.in_business_hours(office.id)
    shop.system.do(AddRule("Open", trigger=TicketOpened, when=is_open, then=[AddTags(["day"])]))
    shop.system.do(AddRule("Closed", trigger=TicketOpened, when=~is_open, then=[AddTags(["night"])]))

    def opened_at(now):
        shop.clock.now = now
        return shop.ticket().tags

    assert opened_at(MONDAY) == {"day"}
    assert opened_at(MONDAY + timedelta(hours=9)) == {"night"}
    shop.system.do(ChangeCalendar(office.id, hours=every(WORKDAYS, ("09:00", "24:00"))), seen=ANY)
    assert opened_at(shop.clock.now) == {"day"}
    shop.system.do(RemoveCalendar(office.id), seen=ANY)
    assert opened_at(shop.clock.now) == {"night"}
