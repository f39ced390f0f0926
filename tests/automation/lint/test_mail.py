"""Mail that could go round for ever, and answers that come to an end."""

from datetime import timedelta

import pytest

from tests.automation.rules_by_hand import a_rule
from ticketcore.automation import OlderThan, Stop
from ticketcore.automation.lint import Code
from ticketcore.automation.lint.mail import check_mail_loops
from ticketcore.automation.lint.rule_set import RuleSet
from ticketcore.commands import (
    AcknowledgeReceipt,
    AddTags,
    AnswerFromTemplate,
    RemoveTags,
    SendAnswer,
    SendInternalMessage,
    SendUpdate,
    SetPriority,
    SetType,
)
from ticketcore.conditions import EventF, F
from ticketcore.events import (
    AutomaticMailReceived,
    CustomerMessageAdded,
    Event,
    MessageAdded,
    OutgoingMailFailed,
    TicketOpened,
)
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE
from ticketcore.model.tickets import Channel, Priority

ANSWER = SendAnswer("We have got it.")


def loops(*rules):
    """The names of the rules that could answer for ever."""
    found = [*check_mail_loops(RuleSet.of(rules, STANDARD_LIFE_CYCLE))]
    assert {it.code for it in found} <= {Code.MAIL_LOOP}
    return [next(rule.name for rule in rules if rule.id in it.rules) for it in found]


@pytest.mark.parametrize(
    "rule",
    [
        a_rule("A", CustomerMessageAdded, ANSWER),
        a_rule("A", MessageAdded, SendUpdate("Still at it.")),
        a_rule("A", CustomerMessageAdded, AnswerFromTemplate("Hello"), when=F.source == Channel.EMAIL),
        a_rule("A", CustomerMessageAdded, ANSWER, when=EventF.message.text.contains("invoice")),
        a_rule("A", CustomerMessageAdded, ANSWER, when=F.priority == Priority.HIGH),
        a_rule("A", CustomerMessageAdded, ANSWER, AddTags({"answered"}), when=F.tags.has("answered")),
        a_rule("A", CustomerMessageAdded, SendUpdate("Wait."), when=F.category == "new"),
        a_rule("A", AutomaticMailReceived, ANSWER),
        a_rule("A", OutgoingMailFailed, ANSWER),
        a_rule("A", Event, ANSWER),
    ],
)
def test_answers_without_an_end(rule):
    """A rule that would answer the thousandth message, or what no person wrote, is found."""
    assert loops(rule) == ["A"]


@pytest.mark.parametrize(
    "rule",
    [
        a_rule("A", TicketOpened, ANSWER),
        a_rule("A", CustomerMessageAdded, AcknowledgeReceipt()),
        a_rule("A", CustomerMessageAdded, SendInternalMessage("Look.")),
        a_rule("A", CustomerMessageAdded, SetPriority(Priority.HIGH)),
        a_rule("A", CustomerMessageAdded, ANSWER, when=EventF.message.is_first.is_true),
        a_rule("A", CustomerMessageAdded, ANSWER, when=F.answers == 0),
        a_rule("A", CustomerMessageAdded, ANSWER, when=F.customer_messages < 5),
        a_rule("A", CustomerMessageAdded, ANSWER, when=F.first_answer_at.is_missing()),
        a_rule("A", CustomerMessageAdded, ANSWER, when=F.category == "new"),
        a_rule("A", CustomerMessageAdded, ANSWER, when=EventF.message.source == Channel.CHAT),
        a_rule("A", CustomerMessageAdded, ANSWER, AddTags({"answered"}), when=F.tags.has_none(["answered"])),
        a_rule("A", CustomerMessageAdded, ANSWER, SetType("answered"), when=F.type != "answered"),
        a_rule("A", Event, ANSWER, when=EventF.event == "TicketOpened"),
        a_rule("A", OlderThan(timedelta(days=7)), ANSWER),
    ],
)
def test_answers_that_come_to_an_end(rule):
    """Answers to the first message, some of them, another channel, or what is not marked yet, come to an end."""
    assert loops(rule) == []


def test_mark_that_another_rule_takes_away():
    """A mark that another rule takes away again is none."""
    marked = a_rule("A", CustomerMessageAdded, ANSWER, AddTags({"a"}), when=F.tags.has_none(["a"]))

    assert loops(marked, a_rule("B", CustomerMessageAdded, RemoveTags({"a"}))) == ["A"]
    assert loops(marked, a_rule("B", CustomerMessageAdded, RemoveTags({"b"}))) == []


def test_rule_that_is_kept_from_answering():
    """A rule that an earlier one may keep from its turn is left alone."""
    answering = a_rule("A", CustomerMessageAdded, ANSWER)
    later = a_rule("S", CustomerMessageAdded, AddTags({"a"}), when=~EventF.message.is_first, stop=Stop.TICKET)
    earlier = a_rule("S", CustomerMessageAdded, AddTags({"a"}), when=~EventF.message.is_first, stop=Stop.TICKET)

    assert loops(earlier, answering) == []
    assert loops(answering, later) == ["A"]
