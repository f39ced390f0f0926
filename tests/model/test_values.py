"""What values have in common."""

import attrs
import pytest

from ticketcore.commands import AddAgent, SetPriority
from ticketcore.events import TicketOpened
from ticketcore.model.tickets import Priority, Ticket
from ticketcore.model.values import FrozenValue


@attrs.frozen
class Parcel(FrozenValue):
    """A value with a bit of everything."""

    sender: str
    weight: float = 1.5
    secret: str = attrs.field(default="x", repr=False)
    _mark: str = attrs.field(default="ab", eq=False, kw_only=True, repr=str.upper)


@attrs.frozen
class Letter(Parcel):
    """One of a family."""


@attrs.frozen
class Postcard(Parcel):
    """One that shows itself in its own way."""

    def __repr__(self) -> str:
        return "a postcard"


class Loud:
    """What else a value may inherit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return type(self).__name__.upper()


@attrs.frozen
class Telegram(Loud, Parcel):
    """One that shows itself as something else that it inherits does."""


@attrs.frozen
class Nothing(FrozenValue):
    """A value without fields."""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Parcel("Ana", 2), "Parcel(sender='Ana', weight=2, _mark=AB)"),
        (Letter("Ana"), "Letter(sender='Ana', weight=1.5, _mark=AB)"),
        (Nothing(), "Nothing()"),
        (Postcard("Ana"), "a postcard"),
        (Telegram("Ana"), "TELEGRAM"),
        (SetPriority(Priority.HIGH), "SetPriority(priority=<Priority.HIGH: 30>)"),
    ],
)
def test_value_shows_itself_as_the_call_that_makes_it(value, shown):
    """A value names its class and its fields, but for hidden ones, unless it or what it inherits says otherwise."""
    assert repr(value) == shown


def test_class_within_a_function_is_named_as_attrs_would():
    """A class that was made within a function goes by what is after that function's name."""

    @attrs.frozen
    class Outer(FrozenValue):
        @attrs.frozen
        class Inner(FrozenValue):
            pass

    @attrs.frozen
    class Plain:
        pass

    assert (repr(Outer()), repr(Outer.Inner()), repr(Plain())) == ("Outer()", "Outer.Inner()", "Plain()")


class Twin(Nothing):
    """Another class without fields, which needs no decorator."""

    __slots__ = ()


@attrs.frozen
class Word(FrozenValue):
    """A value whose fields are compared in ways of their own."""

    text: str = attrs.field(eq=str.lower)
    letters: list[str] = attrs.field(factory=list, hash=False)
    remark: str = attrs.field(default="", eq=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Parcel("Ana", 2), Parcel("Ana", 2.0)),
        (Parcel("Ana"), Parcel("Ana", mark="")),
        (Nothing(), Nothing()),
        (Twin(), Twin()),
        (Word("No", ["n", "o"]), Word("NO", ["n", "o"], "loud")),
        (SetPriority(Priority.HIGH), SetPriority(Priority.HIGH)),
    ],
)
def test_equal_values(one, other):
    """Values of one class whose fields are equal, as far as these count, are equal and hash to the same."""
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Parcel("Ana"), Parcel("Mia")),
        (Parcel("Ana"), Letter("Ana")),
        (Letter("Ana"), Parcel("Ana")),
        (Nothing(), Twin()),
        (Nothing(), ()),
        (Word("No"), Word("No", ["n"])),
        (SetPriority(Priority.HIGH), SetPriority(Priority.LOW)),
    ],
)
def test_values_that_differ(one, other):
    """Values that differ in a field or in their class differ; what hashes to the same is still told apart."""
    assert one != other
    assert len({hash(one), hash(other)}) == (1 if isinstance(one, Word) else 2)


def test_class_may_compare_in_its_own_way():
    """A class that says itself when its values are equal is left alone, and has no hash unless it says so."""

    @attrs.frozen
    class Agreeable(Nothing):  # noqa: PLW1641 - the point
        def __eq__(self, other: object) -> bool:
            return True

    assert Agreeable() == "anything"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Agreeable())


def test_class_that_adds_no_field_is_as_frozen_as_the_others():
    """A class that only inherits fields takes no others, and is shown by its own name."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Twin().something = 1  # type: ignore[attr-defined]
    assert not hasattr(Twin(), "__dict__")
    assert repr(Twin()) == "Twin()"


@pytest.mark.parametrize("kind", [AddAgent, TicketOpened, Ticket])
@pytest.mark.parametrize("method", ["__repr__", "__eq__", "__hash__"])
def test_records_commands_and_events_are_such_values(kind, method):
    """Nothing is compiled for a record, a command or an event to be shown and compared."""
    assert getattr(kind, method) is vars(FrozenValue)[method]
