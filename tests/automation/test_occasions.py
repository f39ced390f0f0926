"""Which events set a rule off, and what is known of them."""

from datetime import timedelta

import pytest

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation import OlderThan
from ticketcore.automation.occasions import answers_all_of, event_class, events_of, given_by, share_events
from ticketcore.events import (
    AnswerAdded,
    CustomerMessageAdded,
    Event,
    FieldChanged,
    MessageAdded,
    PriorityChanged,
    TicketOpened,
    TimeReached,
)

LATER = OlderThan(timedelta(days=1))


def test_events_of_a_class_include_subclasses():
    """A rule of a family is set off by each of the family."""
    assert events_of(MessageAdded) >= {MessageAdded, CustomerMessageAdded, AnswerAdded}
    assert PriorityChanged not in events_of(MessageAdded)
    assert event_class(LATER) is TimeReached


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (TicketOpened, TicketOpened, True),
        (MessageAdded, AnswerAdded, True),
        (AnswerAdded, Event, True),
        (TicketOpened, AnswerAdded, False),
        (LATER, LATER, False),
        (LATER, Event, True),
        (LATER, TicketOpened, False),
    ],
)
def test_shared_events(one, other, shared):
    """Two rules share events if some event sets off both; the time that a rule waits for is its own."""
    rules = a_rule("one", one), a_rule("other", other)

    assert share_events(*rules) is shared
    assert share_events(*reversed(rules)) is shared


@pytest.mark.parametrize(
    ("one", "other", "all_of_them"),
    [
        (Event, TicketOpened, True),
        (TicketOpened, Event, False),
        (FieldChanged, PriorityChanged, True),
        (Event, LATER, True),
        (LATER, LATER, False),
        (LATER, TimeReached, False),
    ],
)
def test_answering_all_events_of_another(one, other, all_of_them):
    """A rule answers all events of another one if its trigger is the same or wider."""
    assert answers_all_of(a_rule("one", one), a_rule("other", other)) is all_of_them


def test_what_a_trigger_says():
    """A trigger says what the event is called, what it can be a change of, and whether a message came with it."""
    opened, priority, message = map(given_by, (TicketOpened, PriorityChanged, MessageAdded))

    assert opened.values["event"] == {"TicketOpened"}
    assert (opened.changes, priority.changes) == ({None}, {"priority"})
    assert opened.values["message.text"] == {None}
    assert "message.text" not in message.values
