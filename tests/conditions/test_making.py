from enum import Enum

import pytest

from ticketcore.conditions import CustomFields, Fields, RecordFacts
from ticketcore.conditions.making import TOLD, TOLD_THAT, UNTOLD
from ticketcore.conformance.records import NOW
from ticketcore.model.lifecycle import OPEN


class Size(Enum):
    """Choices of a host."""

    SMALL = 1
    LARGE = "big"


class Thing:
    """A record of a host."""

    name = "Lamp"
    weight = 2
    made_on = NOW.date()
    sold_at = NOW
    broken = False
    owner = "mia"
    sku = "L-7"
    status = OPEN
    size = Size.LARGE
    grade = Size.SMALL
    labels = ("New",)
    parts = ("p1", "p2")


FIELDS = Fields("thing", RecordFacts)


@pytest.mark.parametrize(
    ("condition", "type_name"),
    [
        (FIELDS.text("name", "Its name.") == "LAMP", "text"),
        (FIELDS.number("weight") > 1, "number"),
        (FIELDS.date("made_on") == NOW.date(), "date"),
        (FIELDS.instant("sold_at") <= NOW, "time"),
        (FIELDS.flag("broken").is_false, "flag"),
        (FIELDS.id("owner") == "mia", "id"),
        (FIELDS.key("sku") == "L-7", "key"),
        (FIELDS.status("status") == "open", "key"),
        (FIELDS.choice("size", Size) == "big", "choice"),
        (FIELDS.ordered_choice("grade", Size) == "small", "ordered choice"),
        (FIELDS.texts("labels").has("new"), "set of texts"),
        (FIELDS.ids("parts").has_all(["p1", "p2"]), "set of ids"),
        (FIELDS.text("title", at="name") == "lamp", "text"),
        (FIELDS.text("shout", at=lambda facts: facts.record.name.upper()) == "lamp", "text"),
    ],
)
def test_field_of_each_type_is_made_and_read(condition, type_name):
    """Hosts make fields of every type, found at an attribute or by a function."""
    (field,) = condition.fields()

    assert (field.scope, field.type) == ("thing", type_name)
    assert condition.holds(RecordFacts(Thing()))


def test_field_keeps_what_it_was_made_with():
    """Name, sentence, attribute and what events tell stand in the field."""
    field = FIELDS.text("title", "What it is called.", at="name", told=TOLD_THAT)

    assert (field.name, field.description, field.attribute, field.told) == (
        "title",
        "What it is called.",
        "name",
        TOLD_THAT,
    )
    assert UNTOLD < TOLD_THAT < TOLD


def test_attribute_that_some_records_lack_is_missing():
    """Where not every record has an attribute, it is missing of the others."""
    sometimes = Fields("thing", RecordFacts, always=False)

    assert sometimes.text("colour").is_missing().holds(RecordFacts(Thing()))
    assert sometimes.text("colour", at="owner.colour").is_missing().holds(RecordFacts(Thing()))
    assert sometimes.texts("colours").is_empty().holds(RecordFacts(Thing()))


def test_custom_fields_are_named_by_what_they_hold():
    """The same key asked as another type is another field."""
    custom = CustomFields("thing", RecordFacts)

    names = [make("x").name for make in (custom.text, custom.choice, custom.number, custom.date, custom.flag)]

    assert names == ["custom.x", "custom.x", "custom.number.x", "custom.date.x", "custom.flag.x"]
    assert custom.text("x").told == UNTOLD
