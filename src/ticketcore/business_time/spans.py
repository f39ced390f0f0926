"""Spans of time, from an instant to another, and what is done with several of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import attrs

from ticketcore.model import checks
from ticketcore.model.checks import Checked


@attrs.frozen
class Span(Checked):
    """
    A span of time. One that ends before it starts is empty.

    Args:
        start: Its first instant.
        end: The first instant after it.

    Raises:
        InvalidInput: An instant has no zone.
    """

    start: datetime = checks.instant()
    end: datetime = checks.instant()

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return max(self.end - self.start, timedelta())


Stretch: TypeAlias = tuple[datetime, datetime]
"""A span on its way: start and end in UTC."""


def stretches(spans: Iterable[Span]) -> list[Stretch]:
    """Spans in UTC and in order, those that overlap or touch as one, empty ones left out."""
    return merged((it.start.astimezone(UTC), it.end.astimezone(UTC)) for it in spans)


def merged(several: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order, those that overlap or touch as one, empty ones left out."""
    found: list[Stretch] = []
    for start, end in sorted(it for it in several if it[0] < it[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(several: Iterable[Stretch], gaps: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of merged stretches when merged gaps are taken out."""
    place = 0
    for whole_start, end in several:
        start = whole_start
        while place < len(gaps) and gaps[place][1] <= start:
            place += 1
        for gap_start, gap_end in gaps[place:]:
            if gap_start >= end:
                break
            if gap_start > start:
                yield start, gap_start
            start = gap_end
        if start < end:
            yield start, end


def within(several: Iterable[Stretch], start: datetime, end: datetime) -> Iterator[Stretch]:
    """What of stretches lies between two instants."""
    for first, last in several:
        if first < end and last > start:
            yield max(first, start), min(last, end)
