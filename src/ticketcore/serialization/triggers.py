"""What sets rules off: a class of events by its name, a time trigger as a document of its own."""

from collections.abc import Mapping
from typing import Final, get_args

from cattrs import Converter

from ticketcore.automation.triggers import TimeTrigger
from ticketcore.errors import Fault, InvalidInput, listed
from ticketcore.events import Event
from ticketcore.serialization.documents import Documents
from ticketcore.serialization.text import Json, described
from ticketcore.serialization.values import UNIONS, Form, origin_of


def add_triggers(
    converter: Converter, events: Mapping[str, type[Event]], time_triggers: Mapping[str, type[TimeTrigger]]
) -> None:
    """
    Teaches a converter what rules may be set off by.

    Args:
        converter: Which one.
        events: The classes of events, by name.
        time_triggers: The classes of time triggers, by name.
    """
    documents = Documents(_WORD, time_triggers, {}, converter)

    def read(data: object, _: Form) -> type[Event] | TimeTrigger:
        if type(data) is dict:
            trigger: TimeTrigger = documents.unpack_within(data, time_triggers)
            return trigger
        if type(data) is str and data in events:
            return events[data]
        expected = f'{listed(events)}, or an object {{"{_WORD}": …}} for {listed(time_triggers)}'
        raise InvalidInput("trigger", [Fault("", expected, described(data))])

    def write(value: type[Event] | TimeTrigger) -> str | Json:
        return documents.pack(value) if isinstance(value, TimeTrigger) else value.__name__

    converter.register_structure_hook_factory(_is_trigger, lambda _: read)
    converter.register_unstructure_hook_factory(_is_trigger, lambda _: write)


def _is_trigger(form: Form) -> bool:
    return origin_of(form) in UNIONS and frozenset(get_args(form)) == _PARTS


_WORD: Final = "trigger"
_PARTS: Final = frozenset({type[Event], TimeTrigger})
