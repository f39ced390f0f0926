"""Rules that fail again and again: counted, paused, told to the administrators."""

import pytest

from tests.fakes import records_of
from tests.meanwhile import Meanwhile
from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore.automation import AddRule, ChangeRule, RemoveRule
from ticketcore.automation.failures import FAILURE_ROWS
from ticketcore.commands.agents import AddAgent, DeactivateAgent
from ticketcore.commands.assignment import Assign, Transfer
from ticketcore.commands.messages import SendMessage
from ticketcore.commands.tickets import AddTags, SetPriority
from ticketcore.conditions import F
from ticketcore.conditions.facts import TicketFacts
from ticketcore.conditions.making import Fields
from ticketcore.configuration import Setup
from ticketcore.events import CustomerMessageAdded, RuleFailed, RulePaused, TicketOpened
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.people import Role
from ticketcore.model.tickets import Priority
from ticketcore.notices import Occasion
from ticketcore.notifications import Audience


def shop_of(most):
    """A desk that pauses rules after so many failures."""
    return SmallShop(setup=Setup(most_rule_failures=most))


@pytest.fixture
def shop():
    """A desk that pauses rules after three failures."""
    return shop_of(3)


def to_nowhere(shop, **fields):
    """A rule that cannot do what it says, but for tickets with "fine" in their subject."""
    return shop.system.do(
        AddRule(
            "To nowhere",
            trigger=TicketOpened,
            when=~F.subject.contains("fine"),
            then=[AddTags({"half done"}), Transfer(DepartmentId("none"))],
            **fields,
        )
    )


def row(shop):
    """How often the rule has failed in a row."""
    rows = records_of(shop.storage).get(FAILURE_ROWS.name, {}).values()
    return sum(it.failures for it in rows)


def paused(shop):
    """Whether the only rule is paused."""
    (rule,) = shop.system.rules()
    return not rule.active


def test_failing_rule_is_paused(shop):
    """After as many failures in a row as the setup says the rule runs no more; the thread tells when and why."""
    rule = to_nowhere(shop)

    for number in (1, 2):
        shop.ticket()
        assert (row(shop), paused(shop)) == (number, False)
    last, after = shop.ticket(), shop.ticket()

    assert (row(shop), paused(shop)) == (0, True)
    (failed,) = (it for it in shop.system.thread(last.id) if isinstance(it, RuleFailed))
    (pause,) = (it for it in shop.system.thread(last.id) if isinstance(it, RulePaused))
    assert (failed.error, failed.action) == ("NotFound", "Transfer")
    assert (pause.rule, pause.rule_name, pause.failures) == (rule.id, "To nowhere", 3)
    assert (str(pause.actor), pause.cause.rule) == ("system", rule.id)
    assert not any(isinstance(it, (RuleFailed, RulePaused)) for it in shop.system.thread(after.id))


def test_condition_that_fails_counts_too(shop):
    """A rule fails with its condition as with its actions; the record then names no action."""
    broken = Fields("ticket", TicketFacts).number("broken", "Cannot be read.", at=lambda _: 1 // 0)
    shop.system.do(AddRule("Broken", trigger=TicketOpened, when=broken > 1, then=[AddTags({"never"})]))

    ticket = shop.ticket()

    (failed,) = (it for it in shop.system.thread(ticket.id) if isinstance(it, RuleFailed))
    assert (failed.error, failed.action, row(shop)) == ("ZeroDivisionError", None, 1)


def test_administrators_are_told(shop):
    """Active administrators and owners are notified of a pause, with the event that tells it; agents are not."""
    admin, owner, former = (
        shop.system.do(AddAgent(name, role=role)).id
        for name, role in (("Ada", Role.ADMIN), ("Ora", Role.OWNER), ("Fay", Role.ADMIN))
    )
    shop.system.do(DeactivateAgent(former))
    to_nowhere(shop)

    for _ in range(3):
        ticket = shop.ticket()

    (pause,) = (it for it in shop.system.thread(ticket.id) if isinstance(it, RulePaused))
    told = [it for it in shop.outbox() if it.occasion is Occasion.RULE_PAUSED]
    assert {it.recipient for it in told} == {admin, owner}
    assert {(it.audience, it.ticket, it.entry) for it in told} == {(Audience.AGENT, ticket.id, pause.id)}


def test_success_ends_the_row(shop):
    """A rule that did its work once has failed no times in a row."""
    to_ana = Assign(AgentId(shop.ana.actor.id or ""))  # who sees nothing of the legal department
    shop.system.do(AddRule("Hand over", trigger=TicketOpened, then=[to_ana]))
    for _ in range(2):
        shop.ticket(department=shop.legal)
    assert row(shop) == 2

    shop.ticket(department=shop.billing)

    assert row(shop) == 0
    shop.ticket(department=shop.legal)
    assert (row(shop), paused(shop)) == (1, False)


def test_rule_that_does_not_match_ends_no_row(shop):
    """A ticket that a rule has nothing to do with says nothing about whether it works."""
    to_nowhere(shop)
    shop.ticket()

    shop.ticket(subject="All is fine")

    assert row(shop) == 1


def test_changed_rule_begins_anew(shop):
    """Whoever mends a rule, or lets it run again, gives it all its tries."""
    rule = to_nowhere(shop)
    shop.ticket()
    shop.system.do(ChangeRule(rule.id, note="Looks odd"))
    assert row(shop) == 0

    for _ in range(3):
        shop.ticket()
    shop.system.do(ChangeRule(rule.id, active=True))
    shop.ticket()

    assert (row(shop), paused(shop)) == (1, False)


def test_removed_rule_leaves_no_count(shop):
    """With a rule goes what was counted of it."""
    rule = to_nowhere(shop)
    shop.ticket()

    shop.system.do(RemoveRule(rule.id))

    assert row(shop) == 0


def test_no_failure_is_lost_between_two_processes(shop):
    """Of two processes in which a rule fails at the same moment, one counts after the other."""
    to_nowhere(shop)
    meanwhile = Meanwhile(shop.storage)
    meanwhile.happens(shop.ticket)

    shop.ticket()

    assert row(shop) == 2


def test_no_failure_is_lost_among_threads():
    """However many threads there are in which a rule fails at once, each failure is counted."""
    shop = shop_of(1_000)
    to_nowhere(shop)

    tickets = at_once([shop.ticket] * 8)

    assert len({it.id for it in tickets}) == 8
    assert row(shop) == 8


def test_two_pauses_at_once_are_one(shop):
    """Of two processes that would pause a rule at the same moment, one does; it is told once."""
    shop.system.do(AddAgent("Ada", role=Role.ADMIN))
    to_nowhere(shop)
    for _ in range(2):
        shop.ticket()
    meanwhile = Meanwhile(shop.storage)
    meanwhile.happens(shop.ticket)

    shop.ticket()

    assert paused(shop)
    assert len([it for it in shop.outbox() if it.occasion is Occasion.RULE_PAUSED]) == 1


def test_one_settling_can_pause(shop):
    """What fails for several tickets of one command is counted for each; once paused, it is told once."""
    shop = shop_of(1)
    rule = shop.system.do(AddRule("Broken", trigger=CustomerMessageAdded, then=[Transfer(DepartmentId("none"))]))

    ticket = shop.ticket()

    assert paused(shop)
    assert [it.rule for it in shop.system.thread(ticket.id) if isinstance(it, RulePaused)] == [rule.id]
    message = shop.desk.as_customer(shop.mia.id).do(SendMessage("Still there?"), on=ticket.id)
    assert message.text == "Still there?"


def test_setup_may_say_never():
    """Without a limit a rule fails for ever, nothing is counted, and everything else goes on."""
    shop = shop_of(None)
    to_nowhere(shop)

    for _ in range(12):
        shop.ticket()

    assert (row(shop), paused(shop)) == (0, False)


def test_count_costs_nothing_where_nothing_fails(shop):
    """A rule that works reads and writes no count."""
    shop.system.do(AddRule("Fine", trigger=TicketOpened, then=[SetPriority(Priority.HIGH)]))
    meanwhile = Meanwhile(shop.storage)

    shop.ticket()

    (changes,) = meanwhile.applied
    assert FAILURE_ROWS not in {it.kind for it in changes.puts}
    assert FAILURE_ROWS not in {it.key.kind for it in changes.readings}
