import attrs
import pytest

from tests.serialization.test_values import a_converter
from ticketcore.errors import InvalidInput
from ticketcore.serialization.documents import Documents, nest
from ticketcore.serialization.naming import by_name


@attrs.frozen
class Shape:
    """What shapes have in common."""


@attrs.frozen
class Circle(Shape):
    """A shape."""

    radius: int


@attrs.frozen
class Group(Shape):
    """A shape of shapes."""

    shapes: tuple[Shape, ...]


def a_drawing(**upgrades):
    """The documents of shapes, with upgrades by the name of the class."""
    converter = a_converter()
    classes = by_name([Circle, Group])
    documents = Documents("shape", classes, {classes[name]: steps for name, steps in upgrades.items()}, converter)
    nest(documents, Shape, converter)
    return documents


def grown(fields):
    """An upgrade."""
    return {"radius": fields["radius"] + 1}


def test_document_has_a_head():
    """A document begins with what it is and its format."""
    assert list(a_drawing().pack(Circle(1)).items()) == [("shape", "Circle"), ("format", 1), ("radius", 1)]


def test_nested_documents_have_heads_of_their_own():
    """Where a field holds something of a family, the document there says what it is."""
    documents = a_drawing(Circle=[grown])
    group = Group((Circle(1), Group((Circle(2),))))

    assert documents.pack(group)["shapes"][0] == {"shape": "Circle", "format": 2, "radius": 1}
    assert documents.unpack(documents.pack(group)) == group


@pytest.mark.parametrize(("number", "radius"), [(1, 12), (2, 11), (3, 10)])
def test_upgrades_begin_at_the_document_s_format(number, radius):
    """A document runs through the upgrades from its own format on, and no others."""
    document = {"shape": "Circle", "format": number, "radius": 10}

    assert a_drawing(Circle=[grown, grown]).unpack(document) == Circle(radius)


@pytest.mark.parametrize("upgraded", [None, [], {"radius": "1"}, {}])
def test_upgrade_that_makes_nonsense_is_refused(upgraded):
    """What an upgrade made is read as strictly as what came."""
    with pytest.raises(InvalidInput):
        a_drawing(Circle=[lambda _: upgraded]).unpack({"shape": "Circle", "format": 1, "radius": 1})


def test_only_allowed_classes_are_read():
    """A document of another class than those wanted is refused, and those wanted are named."""
    with pytest.raises(InvalidInput, match="expected Group, got 'Circle'"):
        a_drawing().unpack({"shape": "Circle", "format": 1, "radius": 1}, {"Group": Group})


def test_subclass_is_not_taken_for_its_base():
    """A value of a class that is not listed has no document, not even that of its base."""

    @attrs.frozen
    class Ellipse(Circle):
        """Not listed."""

    with pytest.raises(InvalidInput, match="a shape of a known class"):
        a_drawing().pack(Ellipse(1))


def test_names_are_taken_once():
    """Two classes of one name are refused; the same class twice is not."""
    other = attrs.make_class("Circle", [])

    assert by_name([Circle, Circle]) == {"Circle": Circle}
    with pytest.raises(InvalidInput, match="one class called Circle"):
        by_name([Circle, other])
