"""Doing: the commands that a rule does, those of the macros that it applies among them."""

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.lint.findings import Finding
from ticketcore.automation.rules import Rule
from ticketcore.commands.command import TicketCommand
from ticketcore.commands.macro import MACROS, Macro
from ticketcore.commands.macros import ApplyMacro


@attrs.frozen
class Step:
    """
    A command that a rule does.

    Args:
        command: The command.
        path: Where it stands in the rule, as in its JSON; of a macro's, where the macro is named.
        macro: The macro that it is done by; None where the rule does it itself.
    """

    command: TicketCommand[Any]
    path: str
    macro: Macro | None = None

    def place(self, finding: Finding) -> Finding:
        """A finding on this command: of a macro's, it says which, and points to where the rule names it."""
        if self.macro is None:
            return finding
        return attrs.evolve(finding, sentence=f"{finding.sentence} (in macro {self.macro.name!r})", path=self.path)


def steps_of(draft: Draft, rule: Rule) -> Iterator[Step]:
    """
    What a rule does, in order; a macro that it applies is followed by what that does, as far as it is there.

    Args:
        draft: The unit of work, for the macros.
        rule: The rule.
    """
    for index, command in enumerate(rule.then):
        path = f"then[{index}]"
        yield Step(command, path)
        macro = draft.peek(MACROS, command.macro) if isinstance(command, ApplyMacro) else None
        if macro is not None:
            yield from (Step(it, f"{path}.macro", macro) for it in macro.commands)


def commands_of(draft: Draft, rule: Rule) -> Sequence[TicketCommand[Any]]:
    """What a rule does in the end: macros that are there stand for what they do."""
    steps = list(steps_of(draft, rule))
    applied = {it.path.removesuffix(".macro") for it in steps if it.macro is not None}
    return [it.command for it in steps if it.macro is not None or it.path not in applied]
