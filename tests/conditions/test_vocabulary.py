from typing import Any

import pytest

from ticketcore.conditions import (
    VOCABULARIES,
    ConditionError,
    EventF,
    F,
    Fields,
    TicketFacts,
    compile_condition,
    from_json,
)
from ticketcore.conditions.catalogue import ContactF
from ticketcore.conditions.vocabulary import EVENT_VOCABULARY, TICKET_VOCABULARY
from ticketcore.conformance.records import facts, ticket


def age_in_days(known):
    """A host's own reading of a ticket."""
    return (known.now - known.record.created_at).days


AGE = Fields("ticket", TicketFacts).number("age", "How many days old it is.", at=age_in_days)


def test_every_field_is_found_by_its_name():
    """What can be asked in Python can be asked in JSON."""
    for scope, vocabulary in VOCABULARIES.items():
        assert vocabulary.scope == scope
        for name, field in vocabulary.fields.items():
            assert vocabulary.field(name) == field
            assert field.name == name


def test_event_has_the_fields_of_the_ticket():
    """Rules ask all that views ask, and more."""
    assert TICKET_VOCABULARY.fields.keys() < EVENT_VOCABULARY.fields.keys()
    assert EVENT_VOCABULARY.field("message.text") == EventF.message.text
    assert EVENT_VOCABULARY.field("subject") == F.subject


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("custom.plan", F.custom.text("plan")),
        ("custom.number.weight", F.custom.number("weight")),
        ("custom.date.since", F.custom.date("since")),
        ("custom.flag.paid", F.custom.flag("paid")),
        ("requester.custom.plan", F.requester.custom.choice("plan")),
        ("company.custom.flag.paid", F.company.custom.flag("paid")),
    ],
)
def test_custom_fields_are_found_by_their_keys(name, field):
    """The names of custom fields say what they hold, so that no definition is needed to read them."""
    assert TICKET_VOCABULARY.field(name) == field
    assert TICKET_VOCABULARY.field(name).type == field.type


@pytest.mark.parametrize("name", ["custom.", "custom.number.", "custom.colour.x", "custom.a b", "customx", "costum.x"])
def test_what_is_no_name_is_not_found(name):
    """A name that means nothing is refused, with those that are written alike."""
    assert TICKET_VOCABULARY.find(name) is None
    with pytest.raises(ConditionError, match="a field of the scope ticket"):
        TICKET_VOCABULARY.field(name)


def test_error_names_what_is_written_alike():
    """A typing error is easily mended."""
    with pytest.raises(ConditionError, match="such as priority"):
        TICKET_VOCABULARY.field("prioritty")


def test_host_adds_fields_of_its_own():
    """A larger vocabulary is another value; the library's own stays as it is."""
    larger = TICKET_VOCABULARY.with_fields(AGE)
    condition = from_json({"format": 1, "condition": {"field": "age", "operator": ">", "value": 0}}, larger)

    assert condition == (AGE > 0)
    assert not condition.holds(facts(ticket()))
    assert TICKET_VOCABULARY.find("age") is None
    assert EVENT_VOCABULARY.with_fields(AGE).field("age") == AGE


def test_host_cannot_take_a_name():
    """A name means one thing, and a field belongs to its scope."""
    with pytest.raises(ConditionError, match="names that are not taken"):
        TICKET_VOCABULARY.with_fields(F.subject)
    strange: Any = ContactF.name
    with pytest.raises(ConditionError, match="fields of the scope ticket"):
        TICKET_VOCABULARY.with_fields(strange)


def test_fields_of_two_hosts_are_told_apart():
    """Two programs in one may give one name to different things; neither is answered with the other's."""
    one = Fields("ticket", TicketFacts).number("score", at=lambda _: 1)
    other = Fields("ticket", TicketFacts).number("score", at=lambda _: 2)

    assert not one.is_same(other)
    assert (one == 1) != (other == 1)
    assert [compile_condition(score == 1)(facts()) for score in (one, other)] == [True, False]


def test_changes_can_be_asked_of_events_alone():
    """What a field can be asked depends on the scope it is asked in."""
    only_events = EVENT_VOCABULARY.operators(F.priority) - TICKET_VOCABULARY.operators(F.priority)

    assert {it.key for it in only_events} == {"changed", "changed_from", "changed_to"}
