"""
Spans: whether times that are counted from now can meet.

A month has 28 to 31 days, so what is said in months is a span between two lengths; where it is not clear whether two
of them meet, they do.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import attrs

from ticketcore.conditions.comparisons import Comparison
from ticketcore.conditions.operators import Operator
from ticketcore.conditions.placeholders import Moment
from ticketcore.conditions.values import Value

FAR: Final = timedelta(days=365 * 2_000)
"""How far from now times are compared; beyond, the calendar's end comes near."""

DAY: Final = timedelta(days=3)
"""What a day in some time zone lies within, counted from now: one is as long as three where a day was skipped."""


@attrs.frozen
class _Span:
    """
    Where a time may lie, counted from now.

    Args:
        least: Not before; None for as early as you like.
        most: Not after; None for as late as you like.
        is_open: Whether neither end belongs to it.
    """

    least: timedelta | None = None
    most: timedelta | None = None
    is_open: bool = False


def spans_meet(literals: Iterable[tuple[Comparison[Any], bool]]) -> bool:
    """
    Whether a time can be where all of these say that it is, as far as they count from now.

    Args:
        literals: Comparisons of one field, and whether each is to hold.
    """
    spans = [span for comparison, holds in literals for span in _spans(comparison, holds=holds)]
    lower = [(span.least, span.is_open) for span in spans if span.least is not None]
    upper = [(span.most, span.is_open) for span in spans if span.most is not None]
    return all(
        least < most or (least == most and not (opens or shuts)) for least, opens in lower for most, shuts in upper
    )


def _spans(comparison: Comparison[Any], *, holds: bool) -> Iterator[_Span]:
    operator = comparison.operator if holds else _OPPOSITES.get(comparison.operator)
    match operator, comparison.operand:
        case Operator.TODAY, _:
            yield _Span(-DAY, DAY)
        case Operator.BETWEEN, (lowest, highest):
            yield _Span(_least(lowest), None)
            yield _Span(None, _most(highest))
        case Operator.EQUAL, operand:
            yield _Span(_least(operand), _most(operand))
        case ((Operator.LESS | Operator.AT_MOST), operand):
            yield _Span(None, _most(operand), operator is Operator.LESS)
        case ((Operator.MORE | Operator.AT_LEAST), operand):
            yield _Span(_least(operand), None, operator is Operator.MORE)
        case _:
            return


_OPPOSITES: Final = {
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE,
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_LEAST: Operator.LESS,
}


def _least(operand: Value) -> timedelta | None:
    return min(_lengths(operand), default=None)


def _most(operand: Value) -> timedelta | None:
    return max(_lengths(operand), default=None)


def _lengths(operand: Value) -> list[timedelta]:
    """The shortest and the longest that a moment can be from now; nothing of what does not count from now."""
    if not isinstance(operand, Moment) or abs(operand.span) > FAR:
        return []
    years, months = divmod(abs(operand.months), 12)
    ends = [timedelta(days=365 * years + 28 * months), timedelta(days=366 * years + 31 * months)]
    lengths = [(-end if operand.months < 0 else end) + operand.span for end in ends]
    return lengths if max(map(abs, lengths)) <= FAR else []
