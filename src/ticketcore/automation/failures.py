"""
Rules that fail: how often in a row, and what comes of it.

The count is a record of its own, apart from the rules, so that a failure does not have all rules read and built anew.
It is written against the version that was read: of two processes in which a rule fails at once, one counts again.
"""

from datetime import datetime

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.rules import RULES, Rule
from ticketcore.commands.records import alter
from ticketcore.configuration import FAILURES_PART
from ticketcore.events import RulePaused
from ticketcore.model.ids import RuleId
from ticketcore.model.kinds import Kind
from ticketcore.model.people import Role
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.notices import Occasion
from ticketcore.notifications import tell_agent
from ticketcore.storage.protocols import Key


@attrs.frozen(kw_only=True)
class FailureRow(FrozenValue):
    """
    That a rule has failed, and not once succeeded since.

    Args:
        id: The rule's.
        failures: How often in a row.
        last_at: When it failed last.
    """

    id: RuleId
    version: int = 1
    failures: int
    last_at: datetime


FAILURE_ROWS: Kind[FailureRow] = Kind("failure_row", part=FAILURES_PART)


def count_failure(draft: Draft, rule: Rule, ticket: AnyTicket) -> None:
    """
    Counts one more failure of a rule. After as many in a row as the setup says, the rule is paused.

    Args:
        draft: The unit of work, in which the desk itself acts.
        rule: Which rule.
        ticket: On which ticket it failed; its thread tells of the pause.
    """
    most = draft.setup.most_rule_failures
    if most is None:
        return
    row = draft.peek(FAILURE_ROWS, rule.id)
    failures = 1 if row is None else row.failures + 1
    if failures < most:
        counted = FailureRow(id=rule.id, failures=failures, last_at=draft.now)
        draft.put(FAILURE_ROWS, attrs.evolve(counted, version=row.version) if row else counted)
    else:
        end_row(draft, rule.id)
        _pause(draft, rule, ticket, failures)


def end_row(draft: Draft, rule: RuleId) -> None:
    """Forgets the failures of a rule: it did its work, was paused, taken up again, or removed."""
    key = Key(FAILURE_ROWS, rule)
    may_fail = rule in draft.configuration.failing_rules or draft.knows(key)
    if may_fail and draft.peek(FAILURE_ROWS, rule) is not None:
        draft.remove(FAILURE_ROWS, rule)


def _pause(draft: Draft, rule: Rule, ticket: AnyTicket, failures: int) -> None:
    """Lets a rule run no more, and has the administrators told; not if others have changed or removed it meanwhile."""
    now = draft.peek(RULES, rule.id)
    if now is None or not now.active or now.version != rule.version:
        return
    alter(draft, RULES, now, active=False)
    event = draft.occur(ticket, RulePaused, rule=rule.id, rule_name=rule.name, failures=failures)
    for agent in draft.configuration.roster.agents.values():
        if agent.active and agent.role >= Role.ADMIN:
            tell_agent(draft, agent.id, Occasion.RULE_PAUSED, ticket, event)
