"""
Extensions: what a host adds to the desk's own commands, events, records and condition fields.

One frozen value, given to `HelpDesk`; nothing is registered anywhere. The statuses are the host's too, but they are a
`LifeCycle`, which stands in `Setup` beside the other decisions of the host's program.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ticketcore.commands.command import Command
from ticketcore.conditions import Field
from ticketcore.events import Event
from ticketcore.model import checks
from ticketcore.model.checks import Check, Checked, is_a
from ticketcore.model.kinds import Kind
from ticketcore.model.mapping import FrozenMap

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Brings the fields of a document of one format to the next; what it cannot make sense of, it may raise for."""


def _is_class_of(base: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, type) and issubclass(value, base) and attrs.has(value)


def _are_records(value: object) -> bool:
    return isinstance(value, FrozenMap) and all(
        isinstance(record, type) and attrs.has(record) and isinstance(kind, Kind) for record, kind in value.items()
    )


def _are_upgrades(value: object) -> bool:
    return isinstance(value, FrozenMap) and all(
        isinstance(name, str) and isinstance(steps, tuple) and all(map(callable, steps))
        for name, steps in value.items()
    )


def _frozen(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) else value


def _frozen_upgrades(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return FrozenMap({name: tuple(it) if isinstance(it, list) else it for name, it in value.items()})


@attrs.frozen(kw_only=True)
class Extensions(Checked):
    """
    What a host adds.

    Args:
        commands: Classes of commands.
        events: Classes of events, which are triggers of rules, too.
        records: Classes of records, each with its kind.
        fields: Fields that conditions may name; a field of the scope `"ticket"` can be asked in rules as well.
        upgrades: For the name of a class the functions that bring the fields of its older documents to the next format, the
            first one from format 1 to 2, and so on. A class without any is at format 1.

    Raises:
        InvalidInput: Something is none of this.
    """

    commands: Sequence[type[Command[Any]]] = checks.several(
        Check("a frozen attrs class of commands", _is_class_of(Command)), default=()
    )
    events: Sequence[type[Event]] = checks.several(
        Check("a frozen attrs class of events", _is_class_of(Event)), default=()
    )
    records: Mapping[type, Kind[Any]] = checks.checked(
        Check("a mapping from attrs classes to kinds", _are_records), default=FrozenMap(), converter=_frozen
    )
    fields: Sequence[Field[Any]] = checks.several(is_a(Field, "a field of conditions"), default=())
    upgrades: Mapping[str, Sequence[Upgrade]] = checks.checked(
        Check("a mapping from names of classes to functions", _are_upgrades),
        default=FrozenMap(),
        converter=_frozen_upgrades,
    )


NO_EXTENSIONS: Final = Extensions()
