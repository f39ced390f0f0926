"""Adding rules, changing them, taking them away."""

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import RULES, Rule
from ticketcore.commands.command import AddingDeskCommand, TicketCommand
from ticketcore.conditions import Condition, always
from ticketcore.events import Event
from ticketcore.model import checks
from ticketcore.model.checks import Check, is_a
from ticketcore.model.ids import RuleId
from ticketcore.model.permissions import Permission
from ticketcore.query import Order, Query

IS_TRIGGER = Check("a class of events", lambda value: isinstance(value, type) and issubclass(value, Event))
IS_CONDITION = is_a(Condition, "a condition")
IS_ACTION = is_a(TicketCommand, "a ticket command")


@attrs.frozen
class AddRule(AddingDeskCommand[Rule]):
    """
    Adds a rule (requirements FL-2, DP-9).

    Args:
        name: What people call it.
        trigger: The class of events that it is asked for.
        when: What must hold of the ticket and the event.
        then: What is done on the ticket, in this order.
        place: Where among the rules it runs; None for behind all others.
        stop: Whether no later rule is asked for the ticket once this one has run.
        active: Whether it runs.
        note: For one's own use.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.line(at_most=checks.NAME_LIMIT)
    trigger: type[Event] = checks.checked(IS_TRIGGER, kw_only=True)
    when: Condition[Any] = checks.checked(IS_CONDITION, default=always, kw_only=True)
    then: Sequence[TicketCommand[Any]] = checks.several(IS_ACTION, kw_only=True, at_most=50)
    place: int | None = checks.checked(checks.is_number(at_least=0, at_most=10**9), default=None, kw_only=True)
    stop: bool = checks.flag(default=False, kw_only=True)
    active: bool = checks.flag(default=True, kw_only=True)
    note: str = checks.text(default="", kw_only=True)

    def decide(self, draft: Draft) -> Rule:
        """The new rule."""
        return draft.put(
            RULES,
            Rule(
                id=RuleId(draft.new_id()),
                name=self.name,
                note=self.note,
                active=self.active,
                place=_last_place(draft) + 10 if self.place is None else self.place,
                trigger=self.trigger,
                when=self.when,
                then=tuple(self.then),
                stop=self.stop,
            ),
        )


def _last_place(draft: Draft) -> int:
    last = draft.find(Query(RULES, order=(Order("place", descending=True),), limit=1)).items
    return last[0].place if last else 0
