"""JSON text, and the bounds of what is read: nothing here knows what a document means."""

import json
from typing import Any, Final, TypeAlias

from ticketcore.errors import Fault, InvalidInput, shown

Json: TypeAlias = dict[str, Any]
"""An object of JSON. Its values are dicts with texts for keys, lists, texts, numbers, True, False and None."""

DEPTH_LIMIT: Final = 128
"""How many levels of objects and lists a document may have, so that walking it is safe."""

SIZE_LIMIT: Final = 250_000
"""How many values a document may hold."""

TEXT_LIMIT: Final = 64 * 1024 * 1024
"""How many characters or bytes of text are read as one document; what is longer is for the host to decode."""


def read_text(text: str | bytes) -> object:
    """
    What JSON text says, strictly (RFC 8259): no NaN, no key twice.

    Args:
        text: Text, or bytes in UTF-8. It may come from anybody.

    Raises:
        InvalidInput: It is no JSON, or too much of it.
    """
    if len(text) > TEXT_LIMIT:
        raise _refused(f"at most {TEXT_LIMIT} characters", f"{len(text)} of them")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _refused("JSON in UTF-8, with no key twice", described(text)) from error


def write_text(data: object) -> str:
    """JSON as text, in one line."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical_text(data: object) -> str:
    """JSON as text that is the same for the same data, in ASCII."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_bounds(data: object) -> None:
    """
    Makes sure that walking a document is safe.

    Raises:
        InvalidInput: It is too deep or too large.
    """
    depth, size, level = 0, 0, _nesting((data,))
    while level:
        depth += 1
        size += sum(map(len, level))
        if depth > DEPTH_LIMIT:
            raise _refused(f"at most {DEPTH_LIMIT} levels", "more")
        if size > SIZE_LIMIT:
            raise _refused(f"at most {SIZE_LIMIT} values", "more")
        level = [inner for outer in level for inner in _nesting(outer.values() if isinstance(outer, dict) else outer)]


def refused(expected: str, got: object, subject: str = "value") -> InvalidInput:
    """The error for one value that is wrong as a whole."""
    return InvalidInput(subject, [Fault("", expected, described(got))])


def described(data: object) -> str:
    """What came, on the surface and shortened: below it there may be more than can be walked."""
    match data:
        case dict():
            return f"an object of {len(data)}"
        case list():
            return f"a list of {len(data)}"
        case str() | bytes():
            return shown(data[:100])
        case int() if abs(data) > _GREATEST:
            return "a very large number"
        case _:
            return shown(data)


_GREATEST: Final = 2**64


def _nesting(values: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    """Those values that hold others."""
    return [value for value in values if value and type(value) in _CONTAINERS]


_CONTAINERS: Final = frozenset({dict, list})


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return made


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _refused(expected: str, got: str) -> InvalidInput:
    return InvalidInput("document", [Fault("", expected, got)])
