"""
Lint: what may be wrong with rules, found before it hurts anybody.

Every finding has a code, a sentence, and the rules concerned. What is claimed is sure; what cannot be decided is left
alone. Each check has a module of its own, and `linting` runs them all.
"""

from ticketcore.automation.lint.findings import Code, Finding, Severity
from ticketcore.automation.lint.linting import Saving, lint, refuse

__all__ = ["Code", "Finding", "Saving", "Severity", "lint", "refuse"]
