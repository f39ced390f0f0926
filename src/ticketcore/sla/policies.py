"""Policies: what is agreed on, for which tickets, by which calendar."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from operator import attrgetter
from typing import Any, Final

import attrs

from ticketcore.conditions import Condition, Matcher, TicketFacts, always, compile_condition
from ticketcore.conditions.facts import Getter
from ticketcore.conditions.operands import is_fixed
from ticketcore.conditions.reading import own_attribute
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.model import checks
from ticketcore.model.checks import Checked, faults_of, is_duration
from ticketcore.model.ids import CalendarId, SlaPolicyId
from ticketcore.model.kinds import Kind
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.targets import Target
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.sla.due_time import DUE_TIME_DEPENDS_ON
from ticketcore.sla.facts import ALL_DEPEND_ON, FACTS

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(days=3_650)
MOST_WARNINGS: Final = 10


class Pausing(Enum):
    """What becomes of a target's time while its ticket has a certain status."""

    EXCLUDE = "exclude"
    """It stands still: the deadline moves by as much business time as passes."""
    IGNORE = "ignore"
    """Nobody is warned, and nothing is missed; afterwards the same deadline counts again."""
    KEEP_RUNNING = "keep_running"
    """It runs on, as it does in every status of which nothing is said."""


@attrs.frozen
class Agreement(Checked):
    """
    A target and the time that is agreed on for it.

    Args:
        target: What is to be done.
        within: In which time. It is late as soon as that has passed.
        business: Whether business time counts, by the policy's calendar; if not, all time does.
        warnings: How long before the deadline to warn, in the same time; each is shorter than `within`.

    Raises:
        InvalidInput: A time is out of bounds, or a warning comes before the start.
    """

    target: Target = checks.one_of(Target)
    within: timedelta = checks.checked(is_duration(at_least=SHORTEST, at_most=LONGEST))
    business: bool = checks.flag(default=True, kw_only=True)
    warnings: Sequence[timedelta] = checks.several(
        is_duration(at_least=SHORTEST, at_most=LONGEST), default=(), at_most=MOST_WARNINGS, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        faults = faults_of(self)
        if not faults:
            faults = [
                Fault(f"warnings[{place}]", f"less than {self.within}", shown(before))
                for place, before in enumerate(self.warnings)
                if before >= self.within
            ]
        if faults:
            raise InvalidInput("Agreement", faults)


@attrs.frozen(kw_only=True)
class SlaPolicy(FrozenValue):
    """
    What is agreed on for certain tickets.

    Args:
        name: What people call it.
        note: For one's own use.
        place: A ticket gets the first policy by place whose condition holds of it; those of one place go by id.
        when: Which tickets it is for: priority, department, the customer's groups, company, channel, …
        agreements: The targets with their times, each target once.
        calendar: By which business time counts; None for the calendar of the ticket's department.
        pauses: What becomes of the time in statuses, by their keys; in all others it runs.
    """

    id: SlaPolicyId
    version: int = 1
    name: str
    note: str = ""
    place: int
    when: Condition[Any] = always
    agreements: tuple[Agreement, ...]
    calendar: CalendarId | None = None
    pauses: FrozenMap[str, Pausing] = FrozenMap()


SLA_PART: Final = "sla"
SLA_POLICIES: Kind[SlaPolicy] = Kind("sla_policy", part=SLA_PART)


@attrs.frozen(slots=False, eq=False)
class PolicyBook(FrozenValue):
    """
    All policies of a desk, in their order.

    Args:
        policies: By place.
    """

    policies: tuple[SlaPolicy, ...]

    @classmethod
    def of(cls, policies: Iterable[SlaPolicy]) -> "PolicyBook":
        """The book of these policies, given in any order."""
        return cls(tuple(sorted(policies, key=lambda it: (it.place, it.id))))

    def policy(self, id: SlaPolicyId | None) -> SlaPolicy | None:
        """The policy of that id, if there still is one."""
        return self._by_id.get(id) if id is not None else None

    def choose(self, ticket: AnyTicket, now: datetime, get: Getter) -> SlaPolicy | None:
        """The policy for a ticket: the one picked by hand, else the first whose condition holds."""
        picked = self.policy(ticket.sla_level)
        if picked is not None or not self.policies:
            return picked
        return next(self._suiting(TicketFacts(ticket, now=now, get=get)), None)

    def say_same(self, one: AnyTicket, other: AnyTicket, now: datetime, get: Getter) -> bool:
        """
        Whether the same is agreed on for a ticket in two states, and the same came of it, at one time by one calendar.

        Args:
            one: The ticket, for which all of that was found.
            other: The ticket in the other state.
            now: The time.
            get: The way to the records that the ticket names.
        """
        if self._told(one) != self._told(other):
            return False
        return not self._looks_beyond or self.choose(other, now, get) is self.policy(one.sla)

    def _suiting(self, facts: TicketFacts) -> Iterator[SlaPolicy]:
        """The policies whose conditions hold. One that cannot be asked is no matter for those before it."""
        try:
            return (self.policies[place] for place in self._matcher.matching(facts))
        except Exception:  # noqa: BLE001 - any error at all; whoever comes to that policy meets it again
            return (it for it in self.policies if compile_condition(it.when)(facts))

    @cached_property
    def _matcher(self) -> Matcher[TicketFacts]:
        return Matcher(it.when for it in self.policies)

    @cached_property
    def _told(self) -> Callable[[AnyTicket], tuple[Any, ...]]:
        """What a ticket tells of what is agreed on for it."""
        targets = {it.target for policy in self.policies for it in policy.agreements}
        running = {*ALL_DEPEND_ON, *(name for it in targets for name in FACTS[it].depends_on)}
        asked = {name.partition(".")[0] for name in self._asked() if name is not None}
        return attrgetter(*sorted({"sla_level", *asked, *running, *DUE_TIME_DEPENDS_ON}))

    @cached_property
    def _looks_beyond(self) -> bool:
        """Whether a condition asks for more than the fields of the ticket: it can change while they do not."""
        return None in self._asked()

    def _asked(self) -> Iterator[str | None]:
        """The fields of a ticket that conditions ask for; None for everything else that they do."""
        for asked in (comparison for policy in self.policies for comparison in policy.when.comparisons()):
            yield own_attribute(asked.field.read) if is_fixed(asked.operator, asked.operand) else None

    @cached_property
    def _by_id(self) -> Mapping[SlaPolicyId, SlaPolicy]:
        return {it.id: it for it in self.policies}


NO_POLICIES: Final = PolicyBook(())
