"""
What laws expect, and how they say that it is not so: with what was expected beside what came.

Plain functions instead of `assert`, for nobody rewrites the assertions of an installed package.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pprint import pformat
from typing import Any, Final, TypeVar

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from ticketcore.query import Page

PHASES: Final = (Phase.explicit, Phase.generate, Phase.shrink)
"""What Hypothesis does with examples; it keeps none for the next time, for another storage may be tested then."""

UNCHECKED: Final = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
"""What Hypothesis does not complain of: storages may be slow, and records large."""

E = TypeVar("E", bound=BaseException)
T = TypeVar("T")


def expect(holds: bool, what: str) -> None:  # noqa: FBT001 - it is what is expected
    """Expects that something is so, which `what` says."""
    if not holds:
        raise AssertionError(f"expected that {what}")


def expect_same(came: object, expected: object, what: str) -> None:
    """
    Expects that two values are equal, instants in whatever zone (RECORD-4).

    Args:
        came: What the adapter gave.
        expected: What it should have given.
        what: What it was asked, as a noun phrase.
    """
    if came != expected and _in_utc(came) != _in_utc(expected):
        raise AssertionError("\n".join([what, *_both(came, expected)]))


def _in_utc(value: Any) -> Any:  # noqa: ANN401 - whatever is compared
    """
    A value with the instants in it in UTC.

    In the hour that a zone's clock repeats, Python holds no two times of different zones for equal.
    """
    match value:
        case datetime():
            return value.astimezone(UTC)
        case Mapping():
            return {_in_utc(key): _in_utc(inner) for key, inner in value.items()}
        case tuple() | list():
            return tuple(map(_in_utc, value))
        case frozenset():
            return frozenset(map(_in_utc, value))
        case _ if attrs.has(type(value)):
            fields = attrs.fields(type(value))
            return (type(value), *(_in_utc(getattr(value, field.name)) for field in fields))
        case _:
            return value


def _both(came: object, expected: object) -> Iterator[str]:
    """Both values, and in what they differ: of records the ids, or the fields, for they are hard to find."""
    yield from ("expected:", pformat(expected), "came:", pformat(came))
    if isinstance(came, Page) and isinstance(expected, Page):
        if came.next != expected.next:
            yield f"next: expected {expected.next}, came {came.next}"
        came, expected = came.items, expected.items
    if isinstance(came, Mapping) and isinstance(expected, Mapping) and came.keys() == expected.keys():
        came, expected = [came[key] for key in expected], [*expected.values()]
    ids, ids_that_came = _ids(expected), _ids(came)
    if ids != ids_that_came:
        yield f"ids: expected {ids}, came {ids_that_came}"
        return
    for one, other in zip(_several(came), _several(expected), strict=False):
        if one != other:
            yield f"{f'{other.id!r} differs' if ids else 'they differ'} in {_differing(one, other)}"


def _several(value: object) -> Sequence[Any]:
    """Records that can be compared one by one: those of a sequence, or the one record."""
    several = value if isinstance(value, (tuple, list)) else [value]
    return several if all(attrs.has(type(it)) for it in several) else ()


def _ids(value: object) -> list[str]:
    """The ids of several records; nothing where they are no records, or it is one."""
    return [it.id for it in _several(value) if hasattr(it, "id")] if isinstance(value, (tuple, list)) else []


def _differing(one: Any, other: Any) -> list[str]:  # noqa: ANN401 - values of attrs classes
    """The fields in which two values of a class differ."""
    if type(one) is not type(other):
        return [f"class: expected {type(other).__name__}, came {type(one).__name__}"]
    names = [it.name for it in attrs.fields(type(one))]
    return [name for name in names if _in_utc(getattr(one, name)) != _in_utc(getattr(other, name))]


@contextmanager
def expecting(error: type[E], what: str) -> Iterator[list[E]]:
    """
    Expects an error.

    Args:
        error: Its class.
        what: After what, as a noun phrase.

    Yields:
        A list that holds the error afterwards.
    """
    raised: list[E] = []
    try:
        yield raised
    except error as came:
        raised.append(came)
    except Exception as came:
        raise AssertionError(f"{what}\nexpected: {error.__name__}\ncame: {came!r}") from came
    else:
        raise AssertionError(f"{what}\nexpected: {error.__name__}\ncame: no error")


def for_all(strategy: st.SearchStrategy[T], holds: Callable[[T], object], examples: int) -> None:
    """
    Tries a property with examples.

    Args:
        strategy: Draws them.
        holds: Raises where the property does not hold.
        examples: How many.
    """

    @trying(examples)
    @given(strategy)
    def tried(example: T) -> None:
        holds(example)

    call: Any = tried
    with repeatable():
        call()


def trying(examples: int, **more: Any) -> settings:
    """How Hypothesis tries so many examples, of whatever is slow or large."""
    return settings(
        max_examples=examples,
        phases=PHASES,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=UNCHECKED,
        **more,
    )


@contextmanager
def repeatable() -> Iterator[None]:
    """
    Raises what did not hold, where Hypothesis would say no more than that it did not happen again.

    A broken storage need not be so twice: what it got wrong is still in it when the example is tried again.
    """
    try:
        yield
    except Flaky as flaky:
        raise next(_failures(flaky), flaky) from None


def _failures(error: BaseException | None) -> Iterator[BaseException]:
    """The errors behind an error that are not Hypothesis's own."""
    while error is not None:
        for inner in getattr(error, "exceptions", ()):
            yield from _failures(inner)
        if not isinstance(error, Flaky):
            yield error
        error = error.__cause__ or error.__context__
