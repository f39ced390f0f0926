import attrs
import pytest

from tests.serialization.test_values import CONVERTER
from ticketcore.errors import Fault, InvalidInput
from ticketcore.model import checks
from ticketcore.model.checks import UNCHANGED, Checked, Unchanged


@attrs.frozen
class Box(Checked):
    """A value with checks of its own."""

    name: str = checks.line(at_most=5)
    size: int = checks.number(at_most=9)
    colour: str | None = checks.line(default=None)
    lid: str | Unchanged = checks.changeable(checks.is_line())


@attrs.frozen
class BigBox(Box):
    """A value whose constructor stumbles over what it does not expect."""

    def __attrs_post_init__(self):
        if len(self.name) > self.size:
            raise InvalidInput("BigBox", [Fault("size", "the room that its name needs", str(self.size))])
        super().__attrs_post_init__()


@attrs.frozen
class Ratio:
    """A value whose constructor fails in a way of its own."""

    of: int = attrs.field(converter=lambda value: 100 // value)


def faults_of(data, form=Box):
    """What is wrong, by path."""
    with pytest.raises(InvalidInput) as caught:
        CONVERTER.structure(data, form)
    return {fault.path: fault.got for fault in caught.value.faults}


def test_fields_are_keys():
    """A value is an object whose keys are its fields; what is unchanged is no key."""
    assert CONVERTER.unstructure(Box("a", 1)) == {"name": "a", "size": 1, "colour": None}
    assert CONVERTER.unstructure(Box("a", 1, lid="b")) == {"name": "a", "size": 1, "colour": None, "lid": "b"}
    assert CONVERTER.structure({"name": "a", "size": 1}, Box) == Box("a", 1, lid=UNCHANGED)


def test_faults_of_types_and_checks_come_together():
    """What a check is against is told beside what has the wrong type, is missing, or is no field."""
    assert faults_of({"name": "much too long", "size": "1", "colour": 3, "weight": 2}).keys() == {
        "name",
        "size",
        "colour",
        "weight",
    }
    assert faults_of({"colour": ""}) == {"name": "nothing", "size": "nothing", "colour": "''"}


def test_checks_of_several_fields_are_told():
    """What a constructor says of fields that do not go together is a fault like others."""
    assert faults_of({"name": "abc", "size": 1}, BigBox) == {"size": "1"}


def test_constructor_that_stumbles_hides_no_fault():
    """A constructor need not be ready for what could not be read: that has its fault already."""
    assert faults_of({"name": 1, "size": 10}, BigBox).keys() == {"name"}


def test_what_nobody_foresaw_is_the_cause():
    """An error that a constructor was not meant to raise is kept as the cause of the refusal."""
    with pytest.raises(InvalidInput, match="what makes a Ratio") as caught:
        CONVERTER.structure({"of": 0}, Ratio)

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("data", [None, [], "Box", 1, ["name", "size"]])
def test_what_is_no_object_is_refused(data):
    """Only an object has fields."""
    assert faults_of(data).keys() == {""}
