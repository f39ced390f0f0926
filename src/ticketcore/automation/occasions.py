"""
Occasions: which events can set a rule off, and what is known of them before its condition is asked.

The events of a class are those of its subclasses, too. What a host adds to them counts from the moment that its class
is there.
"""

from collections.abc import Iterator
from typing import Any

import attrs

from ticketcore.automation.rules import Rule
from ticketcore.automation.triggers import TimeTrigger, Trigger
from ticketcore.conditions import EventF
from ticketcore.conditions.possibility import Given
from ticketcore.conditions.reading import MESSAGE
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY
from ticketcore.events import EntryAdded, Event, TimeReached
from ticketcore.model.mapping import FrozenMap

MESSAGE_FIELDS = tuple(field.name for field in EVENT_VOCABULARY.fields.values() if field.origin == MESSAGE)


def event_class(trigger: Trigger) -> type[Event]:
    """The class of events that a trigger waits for."""
    return TimeReached if isinstance(trigger, TimeTrigger) else trigger


def events_of(trigger: type[Event]) -> frozenset[type[Event]]:
    """The classes of all events of a class."""
    return frozenset(_with_subclasses(trigger))


def waits_for(rule: Rule, event: type[Event]) -> bool:
    """Whether some event of a class sets a rule off."""
    return issubclass(event, event_class(rule.trigger))


def share_events(one: Rule, other: Rule) -> bool:
    """Whether one event can set off both rules. The time that a rule waits for is no other rule's."""
    if isinstance(one.trigger, TimeTrigger) and isinstance(other.trigger, TimeTrigger):
        return one.id == other.id
    first, second = event_class(one.trigger), event_class(other.trigger)
    return any(issubclass(it, first) for it in events_of(second))


def answers_all_of(rule: Rule, other: Rule) -> bool:
    """Whether every event that sets off another rule sets off this one, too."""
    if isinstance(rule.trigger, TimeTrigger):
        return rule.id == other.id
    return issubclass(event_class(other.trigger), rule.trigger)


def given_by(trigger: type[Event]) -> Given:
    """
    What is known before the condition of a rule is asked.

    Args:
        trigger: The class of events that set the rule off.
    """
    found = events_of(trigger)
    changed = frozenset(getattr(it, "field", None) for it in found)
    values: dict[str, frozenset[Any]] = {
        EventF.event.name: frozenset(it.__name__ for it in found),
        EventF.change.field.name: changed,
    }
    if not any(issubclass(it, EntryAdded) for it in found):
        values |= dict.fromkeys(MESSAGE_FIELDS, frozenset([None]))
    if not any("target" in {field.name for field in attrs.fields(it)} for it in found):
        values |= {EventF.target.name: frozenset([None])}
    return Given(values=FrozenMap(values), changes=changed)


def _with_subclasses(event: type[Event]) -> Iterator[type[Event]]:
    yield event
    for below in event.__subclasses__():
        yield from _with_subclasses(below)
