"""
What laws expect, and how they say that it is not so: with what was expected beside what came.

Plain functions instead of `assert`, for nobody rewrites the assertions of an installed package.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pprint import pformat
from typing import Any, TypeVar

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

E = TypeVar("E", bound=BaseException)
T = TypeVar("T")


def expect(holds: bool, what: str) -> None:  # noqa: FBT001 - it is what is expected
    """Expects that something is so, which `what` says."""
    if not holds:
        raise AssertionError(f"expected that {what}")


def expect_same(came: object, expected: object, what: str) -> None:
    """
    Expects that two values are equal.

    Args:
        came: What the adapter gave.
        expected: What it should have given.
        what: What it was asked, as a noun phrase.
    """
    if came != expected:
        raise AssertionError("\n".join([what, *_both(came, expected)]))


def _both(came: object, expected: object) -> Iterator[str]:
    """Both values; of two records of a class the fields that differ, too, for they are hard to find."""
    yield from ("expected:", pformat(expected), "came:", pformat(came))
    kind = type(expected)
    if type(came) is kind and attrs.has(kind):
        names = [it.name for it in attrs.fields(kind)]
        yield f"they differ in {[name for name in names if getattr(came, name) != getattr(expected, name)]}"


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

    @settings(max_examples=examples, deadline=None, suppress_health_check=[*HealthCheck], database=None)
    @given(strategy)
    def tried(example: T) -> None:
        holds(example)

    trying: Any = tried
    trying()
