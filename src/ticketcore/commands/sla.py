"""Service level agreements: adding, changing and removing policies, and picking one for a ticket by hand."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.calendars import check_calendar
from ticketcore.commands.command import AddingDeskCommand, AddingTicketCommand, OverwritingDeskCommand
from ticketcore.commands.records import alter
from ticketcore.conditions import Condition, always
from ticketcore.conditions.statuses import faults_of_statuses
from ticketcore.errors import Fault, InvalidInput, NotFound, listed, shown
from ticketcore.model import checks
from ticketcore.model.checks import UNCHANGED, Check, Unchanged, changed_fields, is_a
from ticketcore.model.ids import CalendarId, SlaPolicyId
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.targets import Target
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Order, Query
from ticketcore.sla import SLA_POLICIES, Agreement, Pausing, SlaPolicy
from ticketcore.storage.protocols import Key

IS_TICKET_CONDITION = Check(
    "a condition on tickets", lambda value: isinstance(value, Condition) and value.scope in {"ticket", None}
)
IS_AGREEMENT = is_a(Agreement, "an Agreement")


@attrs.frozen
class _Pauses(Check):
    """A check of pausing by status, whose faults name the status."""

    def faults(self, path: str, value: object) -> list[Fault]:
        if not isinstance(value, FrozenMap):
            return [Fault(path, self.expected, shown(value))]
        ways = listed(it.name for it in Pausing)
        return [
            *(Fault(path, "the key of a status", shown(key)) for key in value if not checks.IS_TAG.accepts(key)),
            *(Fault(f"{path}.{key}", ways, shown(it)) for key, it in value.items() if not isinstance(it, Pausing)),
        ]


ARE_PAUSES = _Pauses("a mapping from keys of statuses to Pausing", lambda value: isinstance(value, FrozenMap))


def _frozen(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) else value


@attrs.frozen
class AddSlaPolicy(AddingDeskCommand[SlaPolicy]):
    """
    Adds a policy: what is agreed on for which tickets (requirements TK-7, DP-6).

    Tickets in work get it with the next sweeps, all others when they next change.

    Args:
        name: What people call it.
        agreements: The targets with their times, each target once.
        when: Which tickets it is for: a condition on tickets.
        calendar: By which calendar business time counts; None for that of the ticket's department, else of the desk.
        pauses: What becomes of the time in statuses, by their keys, such as `{"postponed": Pausing.EXCLUDE}`.
        place: Where among the policies it is asked; None for behind all others.
        note: For one's own use.

    Raises:
        InvalidInput: A target is agreed on twice, or there is no such status.
        NotFound: There is no such calendar.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    agreements: Sequence[Agreement] = checks.several(IS_AGREEMENT, at_most=len(Target))
    when: Condition[Any] = checks.checked(IS_TICKET_CONDITION, default=always, kw_only=True)
    calendar: CalendarId | None = checks.identifier(default=None, kw_only=True)
    pauses: Mapping[str, Pausing] = checks.checked(ARE_PAUSES, default=FrozenMap(), converter=_frozen, kw_only=True)
    place: int | None = checks.checked(checks.is_number(at_least=0, at_most=10**9), default=None, kw_only=True)
    note: str = checks.text(default="", kw_only=True)

    def decide(self, draft: Draft) -> SlaPolicy:
        """The new policy."""
        policy = SlaPolicy(
            id=SlaPolicyId(draft.new_id()),
            name=self.name,
            note=self.note,
            place=_last_place(draft) + 10 if self.place is None else self.place,
            when=self.when,
            agreements=tuple(self.agreements),
            calendar=self.calendar,
            pauses=FrozenMap(self.pauses),
        )
        _check_policy(draft, policy, self.asked)
        return draft.put(SLA_POLICIES, policy)


@attrs.frozen
class ChangeSlaPolicy(OverwritingDeskCommand[SlaPolicy]):
    """
    Changes a policy; what is not given stays. `seen` is the policy's version.

    With the next sweeps the deadlines of tickets in work move; the pauses that they had stay, and what was missed stays
    missed.

    Args:
        policy: Which policy.
        name: What people call it.
        agreements: The targets with their times, each target once.
        when: Which tickets it is for: a condition on tickets.
        calendar: By which calendar business time counts; None for that of the ticket's department, else of the desk.
        pauses: What becomes of the time in statuses, by their keys.
        place: Where among the policies it is asked.
        note: For one's own use.

    Raises:
        InvalidInput: A target is agreed on twice, or there is no such status.
        NotFound: There is no such policy, or calendar.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    policy: SlaPolicyId = checks.identifier()
    name: str | Unchanged = checks.changeable(checks.IS_NAME)
    agreements: Sequence[Agreement] | Unchanged = checks.several(
        IS_AGREEMENT, default=UNCHANGED, at_most=len(Target), kw_only=True
    )
    when: Condition[Any] | Unchanged = checks.changeable(IS_TICKET_CONDITION)
    calendar: CalendarId | Unchanged | None = checks.changeable(checks.optional(checks.IS_ID))
    pauses: Mapping[str, Pausing] | Unchanged = checks.changeable(ARE_PAUSES, converter=_frozen)
    place: int | Unchanged = checks.number(at_least=0, at_most=10**9, default=UNCHANGED, kw_only=True)
    note: str | Unchanged = checks.text(default=UNCHANGED, kw_only=True)

    def overwritten(self) -> Key:
        """The policy."""
        return Key(SLA_POLICIES, self.policy)

    def decide(self, draft: Draft) -> SlaPolicy:
        """The policy as it now is."""
        policy = alter(draft, SLA_POLICIES, draft.get(SLA_POLICIES, self.policy), **changed_fields(self))
        _check_policy(draft, policy, self.asked)
        return policy


@attrs.frozen
class RemoveSlaPolicy(OverwritingDeskCommand[None]):
    """
    Takes a policy away. With the next sweeps tickets in work get another one. `seen` is the policy's version.

    Args:
        policy: Which policy.

    Raises:
        NotFound: There is no such policy.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    policy: SlaPolicyId = checks.identifier()

    def overwritten(self) -> Key:
        """The policy."""
        return Key(SLA_POLICIES, self.policy)

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        draft.remove(SLA_POLICIES, draft.get(SLA_POLICIES, self.policy).id)


@attrs.frozen
class SetSlaLevel(AddingTicketCommand[AnyTicket]):
    """
    Picks the policy of a ticket by hand, whatever its conditions say; None lets them decide again.

    Args:
        policy: Which policy.

    Raises:
        NotFound: There is no such policy.
    """

    permission: ClassVar[Permission] = Permission.CHANGE

    policy: SlaPolicyId | None = checks.identifier(default=None)

    def decide(self, draft: Draft, ticket: AnyTicket) -> AnyTicket:
        """The ticket with that level."""
        if self.policy is not None and draft.configuration.policies.policy(self.policy) is None:
            raise NotFound("sla policy", self.policy)
        return draft.change(ticket, sla_level=self.policy)


def _check_policy(draft: Draft, policy: SlaPolicy, asked: str) -> None:
    """
    Makes sure that a policy agrees on each target once, and that the statuses and the calendar it names are there.

    Raises:
        InvalidInput, NotFound: They are not.
    """
    targets = [it.target for it in policy.agreements]
    twice = [it for place, it in enumerate(targets) if it in targets[:place]]
    statuses = [it.key for it in draft.setup.life_cycle.statuses]
    faults = [
        *(Fault("agreements", "each target once", f"{it.value} twice") for it in twice),
        *(Fault(f"pauses.{it}", listed(statuses), shown(it)) for it in policy.pauses if it not in statuses),
        *(it.under("when") for it in faults_of_statuses(policy.when, draft.setup.life_cycle)),
    ]
    if faults:
        raise InvalidInput(asked, faults)
    check_calendar(draft, policy.calendar)


def _last_place(draft: Draft) -> int:
    last = draft.find(Query(SLA_POLICIES, order=(Order("place", descending=True),), limit=1)).items
    return last[0].place if last else 0
