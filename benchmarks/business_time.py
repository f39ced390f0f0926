"""
Business time: eight business hours added to an instant, ours beside what else one could use.

The calendar is an office in New York, from nine to five, closed on weekends and eleven holidays; the instants are
spread over a year, so that nights, weekends, holidays and both changes of the clocks lie in between. What the others
say is compared with ours, which the tests compare with counting minutes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from importlib.util import find_spec
from random import Random
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from benchmarks.core import Size
from benchmarks.figures import Figure, Remark
from benchmarks.timing import MICROSECONDS, in_turns, per_call
from ticketcore.business_time import WORKDAYS, Calendar, Holiday, Span, every
from ticketcore.business_time.opening import open_year
from ticketcore.model.ids import CalendarId

YEAR: Final = 2026
ZONE: Final = "America/New_York"
HOLIDAYS: Final = [
    date(YEAR, month, day)
    for month, day in (
        (1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (9, 7), (10, 12), (11, 11), (11, 26), (12, 25),
    )
]  # fmt: skip
HOURS: Final = 8
BUDGET: Final = timedelta(hours=HOURS)
OFFICE: Final = Calendar(
    id=CalendarId("office"),
    name="Office",
    zone=ZONE,
    hours=every(WORKDAYS, ("09:00", "17:00")),
    holidays=tuple(map(Holiday, HOLIDAYS)),
)

Add: TypeAlias = Callable[[datetime], Any]
"""From an instant to the one by which the budget has passed, in a form of the library's own."""


def measure(size: Size) -> Iterator[Figure | Remark]:
    """All figures of business time."""
    starts = [*_instants(size.events)]
    peers = [peer for peer in PEERS if peer.is_installed]
    for peer in PEERS:
        if not peer.is_installed:
            yield Remark(f"business_time: {peer.name} is not installed, and left out")
    ways = {"ticketcore": _sample(lambda it: OFFICE.add(it, BUDGET), starts)}
    for peer in peers:
        add, own = peer.make()
        yield Remark(f"business_time: {peer.name} is wrong on {_wrong(add, own, starts)} of {len(starts)} instants")
        ways[peer.name] = _sample(add, [own(it) for it in starts[: size.compared]])
    taken = in_turns(ways, size.repeats)
    for peer in peers:
        goal = f">= {peer.times_as_fast}"
        yield Figure(f"business_time.vs_{peer.figure}", taken[peer.name] / taken["ticketcore"], "x", goal)
    yield Figure("business_time.add", taken["ticketcore"], "us")
    yield from _other_questions(size, starts)


def _other_questions(size: Size, starts: Sequence[datetime]) -> Iterator[Figure]:
    pauses = [Span(it, it + timedelta(hours=3)) for it in starts[:3]]
    asked: Mapping[str, Add] = {
        "between": lambda it: OFFICE.between(it, it + timedelta(days=3)),
        "is_open": OFFICE.is_open,
        "next_opening": OFFICE.next_opening,
        "add_with_3_pauses": lambda it: OFFICE.add(it, BUDGET, pauses=pauses),
    }
    taken = in_turns({name: _sample(ask, starts) for name, ask in asked.items()}, size.repeats)
    for name, microseconds in taken.items():
        yield Figure(f"business_time.{name}", microseconds, "us")
    built = in_turns({"year": lambda: per_call(lambda: open_year(OFFICE, YEAR), 1)}, size.repeats)
    yield Figure("business_time.build_a_year", built["year"] / MICROSECONDS * 1_000, "ms")


def _instants(number: int) -> Iterator[datetime]:
    """Instants of the year at random, to the minute, the same ones in every run."""
    random = Random(YEAR)
    first = datetime(YEAR, 1, 1, tzinfo=UTC)
    for _ in range(number):
        yield first + timedelta(minutes=random.randrange(360 * 24 * 60))


def _sample(add: Add, starts: Sequence[Any]) -> Callable[[], float]:
    """What a call takes, on the average over these instants."""

    def all_of_them() -> None:
        for start in starts:
            add(start)

    return lambda: per_call(all_of_them, 1) / len(starts)


def _wrong(add: Add, own: Add, starts: Sequence[datetime]) -> int:
    return sum(1 for it in starts if add(own(it)) != OFFICE.add(it, BUDGET))


# The others.


@attrs.frozen
class Peer:
    """
    Something else that adds business time.

    Args:
        name: Its distribution, which is imported by that name.
        figure: What it is called in the names of figures.
        times_as_fast: How many times as fast ours should be.
        prepare: From its module to the way of adding, and to the form of an instant that suits it.
    """

    name: str
    figure: str
    times_as_fast: int
    prepare: Callable[[Any], tuple[Add, Add]]

    @property
    def is_installed(self) -> bool:
        """Whether it can be imported here."""
        return find_spec(self.name) is not None

    def make(self) -> tuple[Add, Add]:
        """The way of adding with it, and the form of instants that it wants."""
        return self.prepare(import_module(self.name))


def _businesstimedelta(module: Any) -> tuple[Add, Add]:  # noqa: ANN401 - what is optional has no types here
    zone = import_module("pytz").timezone(ZONE)
    days = module.WorkDayRule(start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4], tz=zone)
    closed = module.HolidayRule(dict.fromkeys(HOLIDAYS, "closed"), tz=zone)
    budget = module.BusinessTimeDelta(module.Rules([days, closed]), hours=HOURS)
    return lambda it: it + budget, lambda it: it.astimezone(zone)


def _pandas(module: Any) -> tuple[Add, Add]:  # noqa: ANN401 - what is optional has no types here
    hours = module.offsets.CustomBusinessHour(n=HOURS, start="09:00", end="17:00", holidays=HOLIDAYS)
    return lambda it: it + hours, lambda it: module.Timestamp(it.astimezone(ZoneInfo(ZONE)))


PEERS: Final = (
    Peer("businesstimedelta", "businesstimedelta", 20, _businesstimedelta),
    Peer("pandas", "pandas", 8, _pandas),
)
