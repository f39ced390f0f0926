"""
Mail that could go round for ever: two machines that answer each other, and mail that the desk sends to itself.

A rule is asked about the thousandth message of a ticket with a thousand answers, when all that the rule itself sets has
long been set. A rule that would still answer never ceases.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.effects import ASKED_AS, Effects
from ticketcore.automation.lint.doing import steps_of
from ticketcore.automation.lint.findings import Code, Finding, found, named
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.automation.occasions import given_by, waits_for
from ticketcore.automation.rules import Rule
from ticketcore.automation.triggers import TimeTrigger
from ticketcore.commands.command import TicketCommand
from ticketcore.conditions import Condition, EventF, F, Operator, always
from ticketcore.conditions.possibility import Given, can_hold
from ticketcore.events import AnswerAdded, AutomaticMailReceived, CustomerMessageAdded, Event, OutgoingMailFailed
from ticketcore.model.actors import ActorKind
from ticketcore.model.lifecycle import Category
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.tickets import Channel

OFTEN: Final = 1_000

FROM_MACHINES: Final = (AutomaticMailReceived, OutgoingMailFailed)
"""Events of mail that nobody wrote."""

_LONG_AFTER: Final = FrozenMap(
    {
        F.answers.name: frozenset({OFTEN}),
        F.customer_messages.name: frozenset({OFTEN}),
        F.entries.name: frozenset({OFTEN * 4}),
        F.internal.name: frozenset({False}),
        F.source.name: frozenset({Channel.EMAIL}),
    }
)
"""What is so of a ticket on which two machines have long been writing to each other."""

_OF_A_CUSTOMER: Final = FrozenMap(
    {
        EventF.actor.kind.name: frozenset({ActorKind.CONTACT}),
        EventF.message.is_first.name: frozenset({False}),
        EventF.message.source.name: frozenset({Channel.EMAIL}),
    }
)


def check_mail_loops(rules: RuleSet) -> Iterator[Finding]:
    """The rules that could answer for ever."""
    for index in rules.indexes():
        rule = rules.rules[index]
        if rules.effects[index].answers_customers and not isinstance(rule.trigger, TimeTrigger):
            if any(_answers(rule, event) for event in FROM_MACHINES):
                yield found(Code.MAIL_LOOP, f"{named(rule)} answers mail that nobody wrote", rule)
            elif _goes_on(index, rules):
                sentence = f"{named(rule)} answers every message, however often it has answered already"
                yield found(Code.MAIL_LOOP, sentence, rule)


def check_addresses(draft: Draft, rule: Rule) -> Iterator[Finding]:
    """What a rule, or a macro that it applies, has sent to addresses of the desk itself."""
    roster = draft.configuration.roster
    for step in steps_of(draft, rule):
        for name, address in _texts(step.command):
            department = roster.department_of_address(address)
            if department is not None:
                whose = roster.department(department).name
                sentence = f"{named(rule)} has mail sent to {address}, where the desk takes in that of {whose}"
                yield step.place(found(Code.MAIL_TO_DESK, sentence, rule, path=f"{step.path}.{name}"))


def _texts(command: TicketCommand[Any]) -> Iterator[tuple[str, str]]:
    """The texts that a command holds in its fields, by the names of these."""
    for field in attrs.fields(type(command)):
        value = getattr(command, field.name)
        for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            if isinstance(text, str):
                yield field.name, text


def _answers(rule: Rule, event: type[Event]) -> bool:
    """Whether an event of a class can set a rule off."""
    return waits_for(rule, event) and can_hold(rule.when, given=given_by(event))


def _goes_on(index: int, rules: RuleSet) -> bool:
    """Whether a rule would answer the thousandth message, and no earlier rule keeps it from that."""
    rule, effects = rules.rules[index], rules.effects
    long_after = (rule.when, *_by_then(index, effects))
    if not waits_for(rule, CustomerMessageAdded) or not can_hold(*long_after, given=_given(effects[index])):
        return False
    earlier = (rules.rules[i] for i in range(index) if rules.rules[i].stop is not None and rules.share(i, index))
    return not any(_answers(it, CustomerMessageAdded) for it in earlier)


def _given(effects: Effects) -> Given:
    known = given_by(CustomerMessageAdded)
    values = {**known.values, **_LONG_AFTER, **_OF_A_CUSTOMER}
    if AnswerAdded in effects.writes:  # each answer makes the ticket answered, and each message opens it again
        values[F.category.name] = frozenset({Category.OPEN})
    return Given(values=FrozenMap(values), changes=known.changes)


def _by_then(index: int, effects: Sequence[Effects]) -> Iterator[Condition[Any]]:
    """What a rule itself has made so long ago, as far as no other rule changes it."""
    own = effects[index]
    others = [it for i, it in enumerate(effects) if i != index]
    yield F.first_answer_at.is_set() if AnswerAdded in own.writes else always
    if own.adds and not any(it.removes & own.adds or not it.is_known for it in others):
        yield F.tags.has_all(own.adds)
    for field, asked in ASKED_AS.items():
        if field in own.sets and not any(field in it.touches or not it.is_known for it in others):
            value = own.sets[field]
            yield asked.compare(Operator.EQUAL, value) if value is not None else ~asked.compare(Operator.IS_SET)
