"""Rules added, changed, paused and taken away."""

import pytest

from tests.small_shop import SmallShop
from ticketcore import AccessDenied, Conflict, F, InvalidInput, NotFound
from ticketcore.automation import AddRule, ChangeRule, RemoveRule
from ticketcore.commands import ANY, AddTags, SetType
from ticketcore.events import StatusChanged, TicketOpened
from ticketcore.model.ids import RuleId


@pytest.fixture
def shop():
    """A desk with people."""
    return SmallShop()


@pytest.fixture
def rule(shop):
    """A rule that marks every new ticket."""
    return shop.system.do(AddRule("Mark", trigger=TicketOpened, then=[AddTags({"marked"})]))


def tags(shop):
    """The tags of a ticket that is opened now."""
    return shop.system.ticket(shop.ticket().id).tags


def test_a_paused_rule_does_nothing_until_it_runs_again(shop, rule):
    """FL-4: a rule can be paused and taken up again; it takes effect with the next ticket."""
    assert tags(shop) == {"marked"}

    paused = shop.system.do(ChangeRule(rule.id, active=False))
    assert (paused.version, tags(shop)) == (2, frozenset())

    shop.system.do(ChangeRule(rule.id, active=True))
    assert tags(shop) == {"marked"}


def test_what_is_not_given_stays(shop, rule):
    """A change names what changes; the rest of the rule is as it was."""
    changed = shop.system.do(ChangeRule(rule.id, name="Mark and sort", then=[AddTags({"new"}), SetType("question")]))

    assert (changed.name, changed.trigger, changed.place) == ("Mark and sort", TicketOpened, rule.place)
    assert tags(shop) == {"new"}


def test_condition_and_trigger_can_change(shop, rule):
    """FL-4: a rule can be edited in every part."""
    shop.system.do(ChangeRule(rule.id, when=F.subject.contains("parcel")))
    assert tags(shop) == frozenset()

    shop.system.do(ChangeRule(rule.id, trigger=StatusChanged, when=F.subject.contains("invoice")))
    assert tags(shop) == frozenset()


def test_a_removed_rule_is_gone(shop, rule):
    """FL-4: a rule can be deleted; what it did stays in the threads, under its name."""
    ticket = shop.ticket()
    shop.system.do(RemoveRule(rule.id))

    assert shop.system.rules() == ()
    assert tags(shop) == frozenset()
    assert "Mark" in {
        getattr(entry, "cause", None) and entry.cause.rule_name for entry in shop.system.thread(ticket.id)
    }


def test_rules_are_of_those_who_configure(shop, rule):
    """Agents see rules, and change none; the error says why, and nothing has changed."""
    for command in (ChangeRule(rule.id, active=False), RemoveRule(rule.id)):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, seen=ANY)
    assert shop.ana.rules() == (rule,)


def test_two_who_edit_a_rule_at_once_do_not_lose_one(shop, rule):
    """Who saw an older version is told of the newer one."""
    shop.system.do(ChangeRule(rule.id, note="Since spring"))

    with shop.refusing(Conflict):
        shop.system.do(ChangeRule(rule.id, note="Since summer"), seen=rule.version)


def test_a_rule_that_is_not_there_is_not_found(shop):
    """Changing or removing it says so."""
    for command in (ChangeRule(RuleId("none"), active=False), RemoveRule(RuleId("none"))):
        with shop.refusing(NotFound):
            shop.system.do(command)


def test_a_wrong_change_is_refused_with_all_its_faults():
    """Trigger, condition and actions are checked at the door, like those of a new rule."""
    with pytest.raises(InvalidInput) as refused:
        ChangeRule(RuleId("rule"), trigger=int, when="subject contains x", then=["tag"])  # type: ignore[arg-type, list-item]

    assert [fault.path for fault in refused.value.faults] == ["trigger", "when", "then[0]"]
