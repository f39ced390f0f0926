"""
Rules: one event against many rules, ours beside what else one could use.

Ours goes from a ticket to the rules that match, in their order, with all that conditions mean: texts are folded, times
are times, values may be missing. Others are given plain dicts that suit them. All results are compared with ours.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import process_time
from typing import Any, Final

import attrs

from benchmarks.core import FULL, Size
from benchmarks.figures import Figure, Remark
from benchmarks.rule_engines import ENGINES, Engine, Match, lambdas
from benchmarks.rule_sets import (
    Plain,
    conditions,
    rules_over_one_vocabulary,
    rules_per_customer,
    tickets,
)
from benchmarks.timing import in_turns, per_call
from ticketcore.conditions import Matcher, TicketFacts

OURS: Final = "ticketcore"
BY_HAND: Final = "lambdas by hand"
FASTER_THAN_PEERS: Final = {10: 4, 100: 4, 1_000: 8, 10_000: 60}
"""How many times as fast as the fastest of the others ours should be, by the number of rules."""


def measure(size: Size) -> Iterator[Figure | Remark]:
    """All figures of the group."""
    for engine in ENGINES:
        if not engine.is_installed:
            yield Remark(f"rules: {engine.name} is not installed, and left out")
    ours: dict[int, float] = {}
    for number in size.rules:
        contest = Contest.of(number, size)
        taken = contest.taken()
        ours[number] = taken[OURS]
        yield from contest.figures(taken)
    fewer, more = size.rules[-2:]
    yield Figure(f"rules.growth_{fewer}_{more}", ours[more] / ours[fewer], "x", "<= 5")
    yield from per_customer(size)
    yield from building(size)


@attrs.frozen
class Contest:
    """
    Ways of matching the same rules.

    Args:
        number: Of rules.
        ours: The matcher.
        others: By name, the other ways.
        events: Tickets, each for ours and for others.
        size: How much is measured.
    """

    number: int
    ours: Matcher[TicketFacts]
    others: Mapping[str, Match]
    events: Sequence[tuple[TicketFacts, Plain]]
    size: Size

    @classmethod
    def of(cls, number: int, size: Size) -> "Contest":
        """
        The contest over so many rules.

        Raises:
            AssertionError: One of the ways gives other results than ours.
        """
        rules, events = rules_over_one_vocabulary(number), [*tickets(size.events)]
        ours = Matcher(conditions(rules))
        others = {BY_HAND: lambdas(rules)}
        others |= {engine.name: engine.make(rules) for engine in ENGINES if _takes_part(engine, number)}
        contest = cls(number, ours, others, events, size)
        contest.compare()
        return contest

    def compare(self) -> None:
        """Makes sure that all give the same."""
        for facts, plain in self.events[: self.size.compared]:
            expected = self.ours.matching(facts)
            for name, match in self.others.items():
                if (given := list(match(plain))) != expected:
                    raise AssertionError(f"{name} finds {given} of {self.number} rules, not {expected}")

    def taken(self) -> dict[str, float]:
        """How many microseconds each takes for an event."""
        times = max(1, FULL.rules[-2] // self.number)
        ours, plain = [facts for facts, _ in self.events], [plain for _, plain in self.events]
        samples = {
            OURS: _sample(self.ours.matching, ours, times),
            BY_HAND: _sample(self.others[BY_HAND], plain, times),
        }
        for name, match in self.others.items():
            if name != BY_HAND:
                samples[name] = _sample(match, plain[: self.size.compared], times)
        return in_turns(samples, self.size.repeats)

    def figures(self, taken: Mapping[str, float]) -> Iterator[Figure | Remark]:
        """What comes of it."""
        name = f"rules.{self.number}"
        matching = sum(len(self.ours.matching(facts)) for facts, _ in self.events) / len(self.events) / self.number
        yield Remark(f"{self.number} rules, of which {matching:.1%} match:")
        for other, microseconds in sorted(taken.items(), key=lambda it: it[1]):
            yield Remark(f"  {other:<42}{microseconds:>12,.2f} us")
        yield Figure(f"{name}.event", taken[OURS], "us")
        yield Figure(f"{name}.vs_lambda", taken[BY_HAND] / taken[OURS], "x", ">= 1")
        peers = [microseconds for other, microseconds in taken.items() if other not in {OURS, BY_HAND}]
        if peers:
            goal = FASTER_THAN_PEERS.get(self.number)
            yield Figure(f"{name}.vs_fastest_peer", min(peers) / taken[OURS], "x", f">= {goal}" if goal else None)


def _takes_part(engine: Engine, number: int) -> bool:
    return engine.is_installed and number <= engine.most_rules


def _sample(match: Callable[[Any], object], events: Sequence[object], times: int = 1) -> Callable[[], float]:
    """What it takes to match an event, on the average of all of them, so many times."""

    def once() -> None:
        for event in events:
            match(event)

    return lambda: per_call(once, times, process_time) / len(events)


# Rules of which each is about one customer.


def per_customer(size: Size) -> Iterator[Figure]:
    """How the cost grows with rules that are about one customer each."""
    samples = {str(number): _per_customer(number, size) for number in size.customers}
    taken = in_turns(samples, size.repeats)
    fewer, more = size.customers
    for number in size.customers:
        yield Figure(f"rules.per_customer_{number}.event", taken[str(number)], "us")
    growth = taken[str(more)] / taken[str(fewer)]
    yield Figure(f"rules.growth_per_customer_{fewer}_{more}", growth, "x", "<= 2")


def _per_customer(number: int, size: Size) -> Callable[[], float]:
    events = [facts for facts, _ in tickets(size.events, [f"customer-{place}" for place in range(number)])]
    return _sample(Matcher(conditions(rules_per_customer(number))).matching, events)


# Building.


def building(size: Size) -> Iterator[Figure]:
    """What it takes to build a matcher, for each of its rules."""
    number = size.rules[-1]
    built = conditions(rules_over_one_vocabulary(number))
    taken = in_turns({"build": lambda: per_call(lambda: Matcher(built), 1, process_time)}, size.repeats)["build"]
    yield Figure("rules.build_us_per_rule", taken / number, "us", "<= 20")
