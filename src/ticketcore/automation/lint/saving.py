"""What lint is told of a rule that is not saved yet: the command that would save it."""

from typing import Protocol, runtime_checkable

from ticketcore._draft import Draft
from ticketcore.automation.rules import Rule


@runtime_checkable
class Saving(Protocol):
    """A command that saves a rule: `AddRule`, `ChangeRule`."""

    def saved(self, draft: Draft) -> Rule:
        """The rule as it would be saved."""
        ...
