"""What sets rules off, as JSON and back."""

from datetime import timedelta
from typing import ClassVar

import attrs
import pytest
from hypothesis import given

from ticketcore.automation import AddRule, OlderThan, TimeTrigger
from ticketcore.commands.tickets import AddTags
from ticketcore.conformance.instances import instances
from ticketcore.errors import InvalidInput
from ticketcore.events import Event, StatusChanged
from ticketcore.extensions import Extensions
from ticketcore.serialization import Codec
from ticketcore.serialization.tables import TIME_TRIGGERS

CODEC = Codec()


@attrs.frozen
class Unassigned(TimeTrigger):
    """A host's own trigger."""

    depends_on: ClassVar[str] = "assignee"


def rule(trigger):
    """A command to add a rule that is set off by something."""
    return AddRule("Rule", trigger=trigger, then=[AddTags({"seen"})])


def refusal(trigger):
    """The fault of a document's trigger."""
    with pytest.raises(InvalidInput) as refused:
        CODEC.unpack_command(CODEC.pack_command(rule(StatusChanged)) | {"trigger": trigger})
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize(
    ("trigger", "form"),
    [
        (StatusChanged, "StatusChanged"),
        (Event, "Event"),
        (OlderThan(timedelta(days=1)), {"trigger": "OlderThan", "format": 1, "duration": 86_400}),
    ],
)
def test_form_of_triggers(trigger, form):
    """A class of events is written by its name, a time trigger as a document; both are read as what they were."""
    document = CODEC.pack_command(rule(trigger))

    assert document["trigger"] == form
    assert CODEC.unpack_command(document) == rule(trigger)


@pytest.mark.parametrize("kind", TIME_TRIGGERS, ids=lambda it: it.__name__)
def test_every_time_trigger_comes_back(kind):
    """Any time trigger is read as it was written."""

    @given(instances(kind))
    def comes_back(trigger):
        assert CODEC.unpack_command(CODEC.pack_command(rule(trigger))).trigger == trigger

    comes_back()


@pytest.mark.parametrize(
    ("form", "path", "expected"),
    [
        ("TicketClosed", "trigger", "TicketOpened"),
        (7, "trigger", "OlderThan"),
        ({"trigger": "NewerThan", "format": 1, "duration": 60}, "trigger.trigger", "OverdueBy"),
        ({"trigger": "OlderThan", "format": 1, "duration": 59}, "trigger.duration", "0:01:00"),
        ({"trigger": "OlderThan", "format": 1}, "trigger.duration", "value"),
        ({"trigger": "OlderThan", "format": 2, "duration": 60}, "trigger.format", "1"),
    ],
)
def test_wrong_triggers_are_refused(form, path, expected):
    """What is no trigger is refused at its place, with what could stand there."""
    fault = refusal(form)

    assert fault.path == path
    assert expected in fault.expected


def test_a_hosts_own_time_trigger():
    """A time trigger of the host's is written and read like the library's, once it is listed; else it is refused."""
    own = rule(Unassigned(timedelta(hours=1)))
    codec = Codec(Extensions(triggers=[Unassigned]))

    assert codec.unpack_command(codec.pack_command(own)) == own
    with pytest.raises(InvalidInput):
        CODEC.pack_command(own)
