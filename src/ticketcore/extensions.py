"""
Extensions: what a host adds to the desk's own commands, events, time triggers, records and condition fields.

One frozen value, given to `HelpDesk`; nothing is registered anywhere. The statuses are the host's too, but they are a
`LifeCycle`, which stands in `Setup` beside the other decisions of the host's program.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeGuard

import attrs

from ticketcore.automation.triggers import TimeTrigger
from ticketcore.commands.command import Command
from ticketcore.conditions import Field
from ticketcore.events import Event
from ticketcore.model import checks
from ticketcore.model.checks import Check, Checked, is_a
from ticketcore.model.kinds import Kind
from ticketcore.model.mapping import FrozenMap

HEAD: Final = frozenset({"record", "command", "format"})
"""What stands in the head of documents, so that no field can be called so."""

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Brings the fields of a document of one format to the next. Where it makes no sense of them, it may raise anything."""


def _is_written(value: object) -> TypeGuard[type]:
    return isinstance(value, type) and attrs.has(value) and not HEAD & {it.name for it in attrs.fields(value)}


def _classes_of(base: type, what: str) -> Check:
    expected = f"an attrs class of {what}, with no field called {', '.join(sorted(HEAD))}"
    return Check(expected, lambda value: _is_written(value) and issubclass(value, base))


_ARE_RECORDS = Check(
    "a mapping from attrs classes to kinds",
    lambda value: isinstance(value, FrozenMap) and all(_is_written(it) and isinstance(value[it], Kind) for it in value),
)
_ARE_UPGRADES = Check(
    "a mapping from attrs classes to lists of functions",
    lambda value: (
        isinstance(value, FrozenMap)
        and all(map(_is_written, value))
        and all(isinstance(steps, tuple) and all(map(callable, steps)) for steps in value.values())
    ),
)


def _frozen(value: object) -> object:
    """A mapping that cannot change, nor the lists in it; what is no mapping is left for the check to refuse."""
    if not isinstance(value, Mapping):
        return value
    return FrozenMap({key: tuple(it) if isinstance(it, list) else it for key, it in value.items()})


@attrs.frozen(kw_only=True)
class Extensions(Checked):
    """
    What a host adds.

    Args:
        commands: Classes of commands.
        events: Classes of events, which are triggers of rules, too.
        triggers: Classes of time triggers.
        records: Classes of records, each with its kind.
        fields: Fields that conditions may name; a field of the scope `"ticket"` can be asked in rules as well.
        upgrades: For a class the functions that bring the fields of its older documents to the next format: the first
            one from format 1 to 2, and so on. A class without any is at format 1.

    Raises:
        InvalidInput: Something is none of this.
    """

    commands: Sequence[type[Command[Any]]] = checks.several(_classes_of(Command, "commands"), default=())
    events: Sequence[type[Event]] = checks.several(_classes_of(Event, "events"), default=())
    triggers: Sequence[type[TimeTrigger]] = checks.several(_classes_of(TimeTrigger, "time triggers"), default=())
    records: Mapping[type, Kind[Any]] = checks.checked(_ARE_RECORDS, default=FrozenMap(), converter=_frozen)
    fields: Sequence[Field[Any]] = checks.several(is_a(Field, "a field of conditions"), default=())
    upgrades: Mapping[type, Sequence[Upgrade]] = checks.checked(_ARE_UPGRADES, default=FrozenMap(), converter=_frozen)


NO_EXTENSIONS: Final = Extensions()
