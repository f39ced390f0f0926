"""
Rules: what the desk does by itself.

`triggers` says what sets a rule off, `rules` what a rule is, `settling` how rules answer what happens, `commands` adds
and changes them. Nothing below knows of rules: a rule's actions are the ticket commands that agents use.
"""

from typing import TYPE_CHECKING

from ticketcore._contents import leading_to

if TYPE_CHECKING:
    from ticketcore.automation.commands import AddRule, ChangeRule, RemoveRule
    from ticketcore.automation.rules import Rule, Stop
    from ticketcore.automation.triggers import DueWithin, OlderThan, OverdueBy, StatusUnchangedFor, TimeTrigger

__all__ = [
    "AddRule",
    "ChangeRule",
    "DueWithin",
    "OlderThan",
    "OverdueBy",
    "RemoveRule",
    "Rule",
    "StatusUnchangedFor",
    "Stop",
    "TimeTrigger",
]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:
    __getattr__ = leading_to(
        __name__,
        {
            "commands": "AddRule ChangeRule RemoveRule",
            "rules": "Rule Stop",
            "triggers": "DueWithin OlderThan OverdueBy StatusUnchangedFor TimeTrigger",
        },
    )
