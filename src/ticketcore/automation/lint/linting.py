"""
Linting: everything that is found on a set of rules, or on one rule among the others.

Nothing is refused for what is found unless it is asked for: what a rule names may come later, and a rule that fails is
contained. Who saves a rule is told beforehand by asking with the command that would save it, or says `refuse_at`.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.lint.chains import check_cycles
from ticketcore.automation.lint.conditions import check_condition
from ticketcore.automation.lint.doing import commands_of
from ticketcore.automation.lint.findings import Finding, Severity
from ticketcore.automation.lint.mail import check_addresses, check_mail_loops
from ticketcore.automation.lint.order import check_order
from ticketcore.automation.lint.references import check_references, named_keys
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.automation.lint.saving import Saving
from ticketcore.automation.rules import RULES, Rule, RuleBook
from ticketcore.commands.macro import MACROS
from ticketcore.commands.macros import ApplyMacro
from ticketcore.errors import Fault, InvalidInput, OutOfPlace, shown
from ticketcore.model.ids import RuleId
from ticketcore.model.permissions import Permission
from ticketcore.query import Query
from ticketcore.storage.protocols import Key

NEW: Final = RuleId("")
"""Stands for a rule that is not saved yet."""


def lint(draft: Draft, saving: Saving | None = None) -> tuple[Finding, ...]:
    """
    What may be wrong with the desk's rules.

    Args:
        draft: The unit of work.
        saving: A command that would save a rule: then what concerns this rule, as if it had been saved.

    Raises:
        AccessDenied: Who asks may not configure the desk.
        InvalidInput: It is no such command.
        NotFound: The rule to be changed does not exist.
    """
    draft.permit(Permission.CONFIGURE, None, "lint")
    if saving is None:
        return findings(draft, draft.find(Query(RULES)).items)
    if not isinstance(saving, Saving):
        wanted = "an AddRule or ChangeRule, or nothing for all rules"
        raise InvalidInput("lint", [Fault("saving", wanted, shown(saving))])
    rule = saving.saved(draft)
    found = findings_on(draft, rule)
    return found if draft.peek(RULES, rule.id) is not None else tuple(_as_new(it, rule.id) for it in found)


def refuse(draft: Draft, rule: Rule, at: Severity, asked: str) -> None:
    """
    Makes sure that nothing too bad is found on a rule that is to be saved.

    Args:
        draft: The unit of work.
        rule: The rule as it would be saved.
        at: How bad is too bad.
        asked: The command, for the error.

    Raises:
        OutOfPlace: Something is; with all of it.
    """
    bad = [it for it in findings_on(draft, rule) if at is Severity.WARNING or it.severity is Severity.ERROR]
    if bad:
        raise OutOfPlace(asked, "; ".join(it.sentence for it in bad), ("mend the rule", "refuse_at=None"))


def findings_on(draft: Draft, rule: Rule) -> tuple[Finding, ...]:
    """What may be wrong with a rule among the others, as if it had been saved."""
    others = [it for it in draft.find(Query(RULES)).items if it.id != rule.id]
    ordered = RuleBook.of([*others, rule]).rules
    draft.want(*_macros_in(ordered))
    draft.want(*named_keys(draft, rule))
    together = _together(_rule_set(draft, ordered, rule)) if rule.active else ()
    return (*_alone(draft, rule), *together)


def _as_new(finding: Finding, rule: RuleId) -> Finding:
    return attrs.evolve(finding, rules=tuple(NEW if it == rule else it for it in finding.rules))


def findings(draft: Draft, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """
    What may be wrong with some rules: what concerns one alone of all of them, what concerns several of the active ones.

    Args:
        draft: The unit of work, for what the rules name.
        rules: All rules of the desk.
    """
    ordered = RuleBook.of(rules).rules
    draft.want(*_macros_in(ordered))
    draft.want(*{key for rule in ordered for key in named_keys(draft, rule)})
    alone = (finding for rule in ordered for finding in _alone(draft, rule))
    return (*alone, *_together(_rule_set(draft, ordered)))


def _macros_in(rules: Iterable[Rule]) -> set[Key]:
    """The keys of the macros that rules apply, which name further records."""
    return {Key(MACROS, it.macro) for rule in rules for it in rule.then if isinstance(it, ApplyMacro)}


def _rule_set(draft: Draft, rules: Iterable[Rule], about: Rule | None = None) -> RuleSet:
    return RuleSet.of(rules, draft.setup.life_cycle, about, partial(commands_of, draft))


def _alone(draft: Draft, rule: Rule) -> Iterator[Finding]:
    yield from check_condition(rule)
    yield from check_references(draft, rule)
    yield from check_addresses(draft, rule)


def _together(rules: RuleSet) -> Iterator[Finding]:
    yield from check_order(rules)
    yield from check_cycles(rules)
    yield from check_mail_loops(rules)
