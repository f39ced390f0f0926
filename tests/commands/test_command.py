import re

import attrs
import pytest

from tests.any_command import COMMANDS, Pools, simplest
from tests.small_shop import SmallShop
from ticketcore.errors import InvalidInput
from ticketcore.model.checks import TEXT_LIMIT, UNCHANGED
from ticketcore.model.permissions import Permission

FIELDS = [pytest.param(kind, it, id=f"{kind.__name__}.{it.name}") for kind in COMMANDS for it in attrs.fields(kind)]

MANY = [str(number) for number in range(100_001)]


@pytest.fixture(scope="module")
def pools():
    """What commands are made of; nothing here is asked."""
    shop = SmallShop()
    shop.ticket()
    return Pools.of(shop)


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_nonsense_is_refused_at_the_door(pools, kind, field):
    """Whatever a field is given that it cannot hold, the command is refused at once, and the error names the field."""
    simple = simplest(kind, pools)

    for nonsense in (object(), 2.5, "x" * (TEXT_LIMIT + 1), "\x00", "\ud800", MANY, b"x", {"": object()}):
        with pytest.raises(InvalidInput) as caught:
            attrs.evolve(simple, **{field.alias: nonsense})
        assert caught.value.subject == kind.__name__
        assert {fault.path.partition("[")[0].partition(".")[0] for fault in caught.value.faults} == {field.name}
        assert len(str(caught.value)) < 100_000


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda it: it.__name__)
def test_all_faults_of_a_command_at_once(kind):
    """A command of which everything is wrong tells all of it at once."""
    wrong = {it.alias: object() for it in attrs.fields(kind)}
    if not wrong:
        return

    with pytest.raises(InvalidInput) as caught:
        kind(**wrong)

    assert {fault.path for fault in caught.value.faults} == {it.name for it in attrs.fields(kind)}


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda it: it.__name__)
def test_every_command_says_what_it_needs(kind):
    """Every command names its permission, is frozen, and is documented with all its fields and no others."""
    assert isinstance(kind.permission, Permission)
    assert kind.__setattr__ is not object.__setattr__
    documented = kind.__doc__ or ""
    for field in attrs.fields(kind):
        assert f"{field.name}:" in documented or len(attrs.fields(kind)) == 1, f"{field.name} is not documented"
    section = documented.partition("Args:\n")[2].partition("\n\n")[0]
    named = set(re.findall(r"^ {8}(\w+):", section, re.MULTILINE))
    assert named <= attrs.fields_dict(kind).keys(), "something is documented that is not there"


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda it: it.__name__)
def test_commands_are_values(pools, kind):
    """Equal commands are equal values with equal hashes, and say themselves what they are."""
    one, other = simplest(kind, pools), simplest(kind, pools)

    assert one == other
    assert hash(one) == hash(other)
    assert one.asked == kind.__name__
    assert repr(UNCHANGED) not in kind.__doc__
