"""Copies with some fields changed: the same as `attrs.evolve` gives, of whatever class."""

import pickle
from datetime import UTC, datetime

import attrs
import pytest

from ticketcore.model.copying import copy_with
from ticketcore.model.ids import ContactId, TicketId
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, Category
from ticketcore.model.tickets import Channel, Ticket

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@attrs.frozen
class Plain:
    """A record whose constructor takes over its arguments."""

    id: str
    size: int = 1


@attrs.frozen
class Heir(Plain):
    """A record with a field of its own beside inherited ones."""

    name: str = ""


@attrs.frozen(slots=False)
class Open:
    """A record without slots."""

    id: str
    size: int = 1


@attrs.frozen
class Checked:
    """A record whose constructor refuses some values."""

    id: str
    size: int = attrs.field(default=1, validator=attrs.validators.ge(0))


@attrs.frozen
class Converted:
    """A record whose constructor changes values."""

    id: str
    size: int = attrs.field(default=1, converter=int)


@attrs.frozen
class Finished:
    """A record whose constructor has the last word."""

    id: str
    size: int = 1

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "size", abs(self.size))


@attrs.frozen(cache_hash=True)
class Hashed:
    """A record that keeps its hash."""

    id: str
    size: int = 1


@pytest.mark.parametrize("kind", [Plain, Heir, Open, Checked, Converted, Finished, Hashed])
@pytest.mark.parametrize("changes", [{}, {"size": 7}, {"id": "b", "size": 0}])
def test_a_copy_is_what_the_constructor_makes_of_the_changed_values(kind, changes):
    """It equals the evolved record, has its hash, and the original stays as it was."""
    original = kind("a", 3)
    hash(original)

    copied = copy_with(original, **changes)

    assert copied == attrs.evolve(original, **changes)
    assert hash(copied) == hash(attrs.evolve(original, **changes))
    assert type(copied) is kind
    assert original == kind("a", 3)


def test_what_the_constructor_refuses_no_copy_has():
    """Validators see the changed values."""
    with pytest.raises(ValueError, match="size"):
        copy_with(Checked("a"), size=-1)


def test_what_the_constructor_changes_is_changed_in_copies():
    """Converters, and what runs after the constructor, see the changed values."""
    assert copy_with(Converted("a"), size="5").size == 5
    assert copy_with(Finished("a"), size=-5).size == 5


@pytest.mark.parametrize("kind", [Plain, Open])
def test_a_field_that_is_not_there_cannot_be_changed(kind):
    """A misspelt name is an error, not a lost change."""
    with pytest.raises((TypeError, KeyError), match="seize"):
        copy_with(kind("a"), seize=2)


def _ticket() -> Ticket:
    return Ticket(
        id=TicketId("t1"),
        reference="ABC",
        subject="Printer",
        description="It smokes",
        status=STANDARD_LIFE_CYCLE.main(Category.NEW),
        status_changed_at=NOON,
        created_at=NOON,
        changed_at=NOON,
        public_changed_at=NOON,
        source=Channel.EMAIL,
        requesters=(ContactId("c1"),),
    )


def test_tickets_are_copied():
    """A record of many fields keeps all that is not changed."""
    ticket = _ticket()

    copied = copy_with(ticket, subject="Printer on fire")

    assert copied == attrs.evolve(ticket, subject="Printer on fire")
    assert ticket == _ticket()


def test_copies_of_tickets_are_tickets():
    """However the copy of a record of many fields is made, it is one of its class: frozen, and pickled as such."""
    copied = copy_with(_ticket(), version=2)

    assert type(copied) is Ticket
    assert pickle.loads(pickle.dumps(copied)) == copied  # noqa: S301 - our own bytes
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        copied.version = 3
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del copied.version


class Unslotted(Ticket):
    """A ticket of a class that declares no slots of its own."""


def test_heirs_of_tickets_are_copied():
    """A host may inherit a record in whatever way Python has."""
    ticket = Unslotted(**{field.name: getattr(_ticket(), field.name) for field in attrs.fields(Ticket)})

    copied = copy_with(ticket, version=2)

    assert type(copied) is Unslotted
    assert copied == attrs.evolve(ticket, version=2)


def test_a_ticket_has_no_field_that_its_class_does_not_name():
    """A misspelt name is an error of a record of many fields, too."""
    with pytest.raises(TypeError, match="seize"):
        copy_with(_ticket(), seize=2)
