"""
Lint: what may be wrong with rules, found before it hurts anybody.

Every finding has a code, a sentence, and the rules concerned. What is claimed is sure; what cannot be decided is left
alone. Each check has a module of its own, and `linting` runs them all: what it takes is loaded when it is first asked.
"""

from typing import TYPE_CHECKING

from ticketcore._contents import leading_to

if TYPE_CHECKING:
    from ticketcore.automation.lint.findings import Code, Finding, Severity
    from ticketcore.automation.lint.linting import lint, refuse
    from ticketcore.automation.lint.saving import Saving

__all__ = ["Code", "Finding", "Saving", "Severity", "lint", "refuse"]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:
    __getattr__ = leading_to(
        __name__, {"findings": "Code Finding Severity", "linting": "lint refuse", "saving": "Saving"}
    )
