from typing import ClassVar

import attrs
import pytest

from ticketcore.commands.command import AddingDeskCommand
from ticketcore.conditions import F
from ticketcore.errors import InvalidInput
from ticketcore.events import Event
from ticketcore.extensions import NO_EXTENSIONS, Extensions
from ticketcore.model import checks
from ticketcore.model.kinds import Kind
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission


@attrs.frozen(kw_only=True)
class Parcel:
    """A host's own record."""

    id: str
    version: int = 1


@attrs.frozen
class AddParcel(AddingDeskCommand[Parcel]):
    """A host's own command."""

    permission: ClassVar[Permission] = Permission.CHANGE

    weight: int = checks.number()


@attrs.frozen(kw_only=True)
class ParcelSent(Event):
    """A host's own event."""


PARCELS: Kind[Parcel] = Kind("parcel")


def test_extensions_are_a_frozen_value():
    """What was given can be changed afterwards without changing the extensions."""
    commands, steps = [AddParcel], [dict]
    extensions = Extensions(commands=commands, events=[ParcelSent], records={Parcel: PARCELS}, upgrades={Parcel: steps})
    commands.clear()
    steps.clear()

    assert extensions.commands == (AddParcel,)
    assert extensions.records == FrozenMap({Parcel: PARCELS})
    assert extensions.upgrades[Parcel] == (dict,)
    assert extensions == attrs.evolve(extensions)
    assert extensions != NO_EXTENSIONS


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"commands": [Parcel]}, "commands[0]"),
        ({"commands": [AddParcel(1)]}, "commands[0]"),
        ({"commands": AddParcel}, "commands"),
        ({"events": [ParcelSent, AddParcel]}, "events[1]"),
        ({"records": {PARCELS: Parcel}}, "records"),
        ({"records": [Parcel]}, "records"),
        ({"records": {int: PARCELS}}, "records"),
        ({"fields": [F.requester]}, "fields[0]"),
        ({"upgrades": {"Parcel": [dict]}}, "upgrades"),
        ({"upgrades": {Parcel: dict}}, "upgrades"),
        ({"upgrades": {Parcel: [1]}}, "upgrades"),
        ({"upgrades": dict}, "upgrades"),
    ],
)
def test_what_extends_nothing_is_refused(given, path):
    """What is no class of commands, events or records, no field and no upgrade, is refused where it stands."""
    with pytest.raises(InvalidInput) as caught:
        Extensions(**given)

    assert [fault.path for fault in caught.value.faults] == [path]


def test_fields_called_like_a_part_of_the_head_are_refused():
    """A class whose documents could not be told from their head is refused, and the error names the field's name."""
    strange = attrs.make_class("ExportParcel", ["format"], bases=(AddingDeskCommand,), frozen=True)

    with pytest.raises(InvalidInput, match="no field called command, format, record"):
        Extensions(commands=[strange])
