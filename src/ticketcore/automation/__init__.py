"""
Rules: what the desk does by itself.

`rules` says what a rule is, `settling` how rules answer what happens, `commands` adds and changes them. Nothing below
knows of rules: a rule's actions are the ticket commands that agents use.
"""

from ticketcore.automation.commands import AddRule, ChangeRule, RemoveRule
from ticketcore.automation.rules import Rule

__all__ = ["AddRule", "ChangeRule", "RemoveRule", "Rule"]
