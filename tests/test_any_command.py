import pytest

from tests.any_command import COMMANDS, Pools, simplest
from tests.small_shop import SmallShop
from ticketcore import commands


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda it: it.__name__)
def test_every_command_can_be_drawn(kind):
    """Tests that ask anything of the desk know how to make every command; else they would leave it out."""
    shop = SmallShop()
    shop.ticket()

    assert type(simplest(kind, Pools.of(shop))) is kind


def test_no_command_is_left_out():
    """All commands of the contents page are among those that are drawn."""
    listed = {it for name in commands.__all__ if isinstance(it := getattr(commands, name), type)}

    assert listed <= set(COMMANDS)
    assert len(COMMANDS) > 60
