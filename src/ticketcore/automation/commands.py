"""Adding rules, changing them, taking them away."""

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.automation import lint
from ticketcore.automation.failures import end_row
from ticketcore.automation.lint.findings import Severity
from ticketcore.automation.rules import RULES, Rule, Stop
from ticketcore.automation.triggers import IS_TRIGGER, Trigger
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand, TicketCommand
from ticketcore.commands.records import alter
from ticketcore.conditions import Condition, always
from ticketcore.errors import listed
from ticketcore.model import checks
from ticketcore.model.checks import UNCHANGED, Unchanged, changed_fields, is_a, optional
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import RuleId
from ticketcore.model.permissions import Permission
from ticketcore.storage.protocols import Key

IS_CONDITION = is_a(Condition, "a condition")
IS_STOP = optional(is_a(Stop, listed(it.name for it in Stop)))
IS_ACTION = is_a(TicketCommand, "a ticket command")


@attrs.frozen
class AddRule(AddingDeskCommand[Rule]):
    """
    Adds a rule (requirements FL-2, DP-9).

    Args:
        name: What people call it.
        trigger: The class of events that it is asked for, or a time trigger.
        when: What must hold of the ticket and the event.
        then: What is done on the ticket, in this order.
        place: Where among the rules it runs; None for behind all others.
        stop: Whether no later rule is asked for the ticket, or for any, once this one has run; None for neither.
        active: Whether it runs.
        note: For one's own use.
        refuse_at: How bad a finding must be for the rule to be refused; None to save it whatever is found. `lint` of a
            seat tells beforehand.

    Raises:
        OutOfPlace: Something as bad as that was found, or worse; with all of it.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    trigger: Trigger = checks.checked(IS_TRIGGER, kw_only=True)
    when: Condition[Any] = checks.checked(IS_CONDITION, default=always, kw_only=True)
    then: Sequence[TicketCommand[Any]] = checks.several(IS_ACTION, kw_only=True, at_most=50)
    place: int | None = checks.checked(checks.is_number(at_least=0, at_most=10**9), default=None, kw_only=True)
    stop: Stop | None = checks.one_of(Stop, default=None, kw_only=True)
    active: bool = checks.flag(default=True, kw_only=True)
    note: str = checks.text(default="", kw_only=True)
    refuse_at: Severity | None = checks.one_of(Severity, default=None, kw_only=True)

    def decide(self, draft: Draft) -> Rule:
        """The new rule."""
        rule = self.saved(draft)
        if self.refuse_at is not None:
            lint.refuse(draft, rule, self.refuse_at, self.asked)
        return draft.put(RULES, rule)

    def saved(self, draft: Draft) -> Rule:
        """The rule as it would be saved."""
        return Rule(
            id=RuleId(draft.new_id()),
            name=self.name,
            note=self.note,
            active=self.active,
            place=draft.configuration.last_rule_place + 10 if self.place is None else self.place,
            trigger=self.trigger,
            when=self.when,
            then=tuple(self.then),
            stop=self.stop,
        )


@attrs.frozen
class ChangeRule(OverwritingDeskCommand[Rule]):
    """
    Changes a rule, pauses it or lets it run again; what is not given stays. `seen` is the rule's version.

    Args:
        rule: Which rule.
        name: What people call it.
        trigger: The class of events that it is asked for, or a time trigger.
        when: What must hold of the ticket and the event.
        then: What is done on the ticket, in this order.
        place: Where among the rules it runs.
        stop: Whether no later rule is asked for the ticket, or for any, once this one has run; None for neither.
        active: Whether it runs.
        note: For one's own use.
        refuse_at: How bad a finding must be for the rule to be refused; None to save it whatever is found. `lint` of a
            seat tells beforehand.

    Raises:
        OutOfPlace: Something as bad as that was found, or worse; with all of it.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    rule: RuleId = checks.identifier()
    name: str | Unchanged = checks.name(default=UNCHANGED, kw_only=True)
    trigger: Trigger | Unchanged = checks.checked(IS_TRIGGER, default=UNCHANGED, kw_only=True)
    when: Condition[Any] | Unchanged = checks.checked(IS_CONDITION, default=UNCHANGED, kw_only=True)
    then: Sequence[TicketCommand[Any]] | Unchanged = checks.several(
        IS_ACTION, default=UNCHANGED, kw_only=True, at_most=50
    )
    place: int | Unchanged = checks.number(at_least=0, at_most=10**9, default=UNCHANGED, kw_only=True)
    stop: Stop | Unchanged | None = checks.changeable(IS_STOP)
    active: bool | Unchanged = checks.flag(default=UNCHANGED, kw_only=True)
    note: str | Unchanged = checks.text(default=UNCHANGED, kw_only=True)
    refuse_at: Severity | None = checks.one_of(Severity, default=None, kw_only=True)

    def overwritten(self) -> Key:
        """The rule."""
        return Key(RULES, self.rule)

    def decide(self, draft: Draft) -> Rule:
        """The rule as it now is."""
        before = draft.get(RULES, self.rule)
        if self.refuse_at is not None:
            lint.refuse(draft, self.saved(draft), self.refuse_at, self.asked)
        end_row(draft, before.id)  # whatever failed so far, it was another rule
        return alter(draft, RULES, before, **changed_fields(self))

    def saved(self, draft: Draft) -> Rule:
        """The rule as it would be saved."""
        return self.applied_to(draft.get(RULES, self.rule))

    def applied_to(self, rule: Rule) -> Rule:
        """A rule as it is after the change."""
        return copy_with(rule, **changed_fields(self))


@attrs.frozen
class RemoveRule(OverwritingDeskCommand[None]):
    """
    Takes a rule away; threads keep its name where it did something. `seen` is the rule's version.

    Args:
        rule: Which rule.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    rule: RuleId = checks.identifier()

    def overwritten(self) -> Key:
        """The rule."""
        return Key(RULES, self.rule)

    def decide(self, draft: Draft) -> None:
        """Nothing remains."""
        rule = draft.get(RULES, self.rule)
        end_row(draft, rule.id)
        draft.remove(RULES, rule.id)
