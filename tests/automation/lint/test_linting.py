"""The desk's rules, looked at as a whole and one by one."""

import asyncio

import pytest

from tests.small_shop import SmallShop
from ticketcore import AsyncHelpDesk, HelpDesk
from ticketcore.automation import AddRule, ChangeRule, Stop
from ticketcore.automation.lint import Code, Severity
from ticketcore.commands import AddAgent, AddTags, SetPriority, SetType, Transfer
from ticketcore.conditions import F
from ticketcore.errors import AccessDenied, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import PriorityChanged, TicketOpened
from ticketcore.model.ids import DepartmentId, RuleId
from ticketcore.model.people import Role
from ticketcore.model.tickets import Priority

GONE = Transfer(DepartmentId("gone"))
ROUND = SetPriority(Priority.LOW)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def codes(findings):
    """What was found, as codes."""
    return [it.code for it in findings]


def test_whole_set(shop):
    """Everything about all rules is found at once: each by itself, and those that have to do with each other."""
    gone = shop.system.do(AddRule("Gone", trigger=TicketOpened, then=[GONE], active=False))
    up = shop.system.do(AddRule("Up", trigger=PriorityChanged, then=[SetPriority(Priority.HIGH)]))
    down = shop.system.do(AddRule("Down", trigger=PriorityChanged, then=[ROUND]))

    found = shop.system.lint()

    assert [(it.code, list(it.rules)) for it in found] == [
        (Code.MISSING, [gone.id]),
        (Code.UNDONE, [up.id, down.id]),
        (Code.CYCLE, [up.id, down.id]),
    ]


def test_desk_without_rules_has_no_findings(shop):
    """Where there is nothing, nothing is wrong."""
    assert shop.system.lint() == ()


def test_paused_rules_have_to_do_with_no_other(shop):
    """A rule that does not run shadows nothing, and goes round in no circle."""
    shop.system.do(AddRule("First", trigger=TicketOpened, then=[ROUND], stop=Stop.TICKET, active=False))
    shop.system.do(AddRule("Second", trigger=TicketOpened, then=[SetType("a")]))

    assert shop.system.lint() == ()


def test_rule_that_is_not_saved_yet(shop):
    """A command that would add a rule can be asked about it; nothing is added, and the empty id stands for the rule."""
    first = shop.system.do(AddRule("First", trigger=TicketOpened, then=[ROUND], stop=Stop.TICKET))
    shop.system.do(AddRule("Gone", trigger=PriorityChanged, then=[GONE]))

    found = shop.system.lint(AddRule("Second", trigger=TicketOpened, then=[SetType("a")]))

    assert [(it.code, list(it.rules)) for it in found] == [(Code.SHADOWED, ["", first.id])]
    assert [it.name for it in shop.system.rules()] == ["First", "Gone"]


def test_rule_that_is_to_be_changed(shop):
    """A command that would change a rule is asked about the rule as it would be, and that alone."""
    rule = shop.system.do(AddRule("Fine", trigger=TicketOpened, then=[SetType("a")]))

    (finding,) = shop.system.lint(ChangeRule(rule.id, then=[SetType("a"), GONE]))

    assert (finding.code, list(finding.rules), finding.path) == (Code.MISSING, [rule.id], "then[1].department")
    assert shop.system.lint(ChangeRule(rule.id, note="Fine indeed")) == ()
    with pytest.raises(NotFound):
        shop.system.lint(ChangeRule(RuleId("gone"), note="?"))


def test_whoever_may_configure_may_ask(shop):
    """Administrators may look for what is wrong with rules; other agents may not."""
    admin = shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id)
    shop.system.do(AddRule("Gone", trigger=TicketOpened, then=[GONE]))

    assert codes(admin.lint()) == [Code.MISSING]
    with pytest.raises(AccessDenied):
        shop.ana.lint()


def test_rules_are_saved_whatever_is_found(shop):
    """What a rule names may come later: nothing is refused unless it is asked for."""
    assert shop.system.do(AddRule("Gone", trigger=TicketOpened, then=[GONE])).name == "Gone"


@pytest.mark.parametrize(
    ("at", "then", "refused"),
    [
        (Severity.ERROR, GONE, True),
        (Severity.ERROR, AddTags({"b"}), False),
        (Severity.WARNING, AddTags({"b"}), True),
        (None, GONE, False),
    ],
)
def test_rules_that_are_refused(shop, at, then, refused):
    """Who says so has a rule refused for what is as bad as that; the error tells all of it, and nothing has changed."""
    shop.system.do(AddRule("First", trigger=TicketOpened, then=[ROUND], stop=Stop.TICKET))
    rule = shop.system.do(AddRule("Fine", trigger=PriorityChanged, then=[SetType("a")], when=F.type.is_missing()))

    for command in (
        AddRule("Second", trigger=TicketOpened, then=[then], refuse_at=at),
        ChangeRule(rule.id, trigger=TicketOpened, then=[then], refuse_at=at),
    ):
        if refused:
            with shop.refusing(OutOfPlace) as caught:
                shop.system.do(command)
            assert "is not reached" in str(caught.value) or "which there is not" in str(caught.value)
        else:
            shop.system.do(command)


def test_asynchronous_seats_ask_likewise():
    """The asynchronous desk finds the same."""

    async def asked():
        seat = AsyncHelpDesk().as_system()
        await seat.do(AddRule("Gone", trigger=TicketOpened, then=[GONE]))
        return codes(await seat.lint())

    assert asyncio.run(asked()) == [Code.MISSING]


@pytest.mark.parametrize("what", ["an id", 7, AddTags({"a"})])
def test_only_what_saves_a_rule_can_be_linted(what):
    """What is no `AddRule` or `ChangeRule` is refused, and what would do is named."""
    with pytest.raises(InvalidInput, match="lint: saving: expected an AddRule or ChangeRule, or nothing for all rules"):
        HelpDesk().as_system().lint(what)
