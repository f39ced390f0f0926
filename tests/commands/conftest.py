"""The small shop's desk, on which most commands are tried, and who works there."""

import pytest

from tests.small_shop import SmallShop
from ticketcore.model.ids import AgentId


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


@pytest.fixture
def ana(shop):
    """The id of Ana, who works in billing."""
    return AgentId(shop.ana.actor.id)


@pytest.fixture
def dora(shop):
    """The id of Dora, who works in legal."""
    return AgentId(shop.dora.actor.id)
