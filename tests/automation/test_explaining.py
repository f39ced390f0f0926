"""Why a rule acted or did not, now and afterwards: asked through the same code that lets it act."""

import asyncio
from datetime import timedelta

import attrs
import pytest

from tests.fakes import records_of, unchanged
from tests.small_shop import SmallShop
from ticketcore import AsyncHelpDesk
from ticketcore.automation import AddRule, ChangeRule, OlderThan, RemoveRule, Stop
from ticketcore.automation.explanation import Outcome
from ticketcore.automation.rules import RULES
from ticketcore.commands import (
    AddContact,
    AddTags,
    AssignNext,
    ChangeContact,
    Claim,
    Delete,
    Purge,
    SendMessage,
    SetPriority,
    SetSubject,
    SetType,
    SubmitTicket,
    Transfer,
)
from ticketcore.commands.command import ANY
from ticketcore.conditions import Condition, EventF, F
from ticketcore.errors import InvalidInput, NotFound
from ticketcore.events import (
    Assigned,
    ChainStopped,
    CustomerMessageAdded,
    Event,
    MessageAdded,
    PriorityChanged,
    Rated,
    TagsChanged,
    TicketOpened,
    TimeReached,
    TypeChanged,
)
from ticketcore.model.tickets import Priority

HIGH = SetPriority(Priority.HIGH)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def rule(shop, name, *then, trigger=TicketOpened, **fields):
    """Adds a rule."""
    return shop.system.do(AddRule(name, trigger=trigger, then=then or [SetType(name)], **fields))


def explained(shop, ticket, event=TicketOpened, seat=None):
    """What every rule made of an event."""
    with unchanged(shop.storage):
        return (seat or shop.system).explain_rules(on=ticket.id, event=event)


def outcomes(explanation):
    """What became of each rule, by name."""
    return {it.name: it.outcome for it in explanation.rules}


def event_of(shop, ticket, kind, place=-1):
    """An event of the ticket's thread: the last one of its class, or another."""
    return [it for it in shop.system.thread(ticket.id) if isinstance(it, kind)][place]


def test_every_rule_says_what_became_of_it(shop):
    """One explanation has every rule, whether it acts, does not hold, waits, is paused, or is not reached."""
    rule(shop, "Acts", AddTags({"seen"}), when=F.subject.contains("invoice"))
    rule(shop, "Does not hold", when=F.subject.contains("refund"))
    rule(shop, "Waits", trigger=PriorityChanged)
    rule(shop, "Waits for its time", trigger=OlderThan(timedelta(days=1)))
    rule(shop, "Paused", active=False)
    rule(shop, "Fails", Transfer("gone"))
    rule(shop, "Stops", HIGH, stop=Stop.TICKET)
    rule(shop, "Comes too late")

    for explanation in (
        explained(shop, shop.ticket()),
        explained(shop, (it := shop.ticket()), event_of(shop, it, TicketOpened)),
    ):
        assert outcomes(explanation) == {
            "Acts": Outcome.ACTED,
            "Does not hold": Outcome.DID_NOT_HOLD,
            "Waits": Outcome.NOT_SET_OFF,
            "Waits for its time": Outcome.NOT_SET_OFF,
            "Paused": Outcome.PAUSED,
            "Fails": Outcome.FAILED,
            "Stops": Outcome.ACTED,
            "Comes too late": Outcome.NOT_REACHED,
        }
        assert not any(it.differs for it in explanation.rules)


def test_an_explanation_counts_no_queue_that_may_not_be_seen(shop):
    """An agent learns from no rule how many tickets wait in a department whose tickets are hidden from the agent."""
    rule(shop, "To legal", Transfer(shop.legal), when=F.subject.contains("sue"))
    long = rule(shop, "Long", HIGH, when=F.subject.contains("sue") & (EventF.queue_length > 99))
    for _ in range(7):
        shop.ticket(subject="I sue you")
    ticket = shop.ticket(subject="I sue you")
    shop.system.do(Transfer(shop.billing), on=ticket.id)

    for seat, length in ((shop.system, "8"), (shop.dora, "8"), (shop.ana, "missing")):
        assert explained(shop, ticket, seat=seat).of(long.id).why.parts[1].seen == length


def test_condition_shows_what_it_saw(shop):
    """A rule that does not hold shows which part of its condition failed, on which value."""
    added = rule(shop, "Invoices", when=F.subject.contains("invoice") & (F.priority >= Priority.HIGH))

    found = explained(shop, shop.ticket()).of(added.id)

    assert [(it.text, it.holds, it.seen) for it in found.why.parts] == [
        ('subject contains "invoice"', True, '"Invoice 7"'),
        ("priority >= high", False, "normal"),
    ]


def test_rule_sees_what_earlier_ones_did(shop):
    """Each rule is asked at its turn, on the ticket as earlier rules have made it; one that acted, before it did."""
    rule(shop, "First", HIGH)
    second = rule(shop, "Second", SetPriority(Priority.LOW), when=F.priority == Priority.HIGH)
    third = rule(shop, "Third", when=F.priority == Priority.HIGH)
    ticket = shop.ticket()

    now, then = explained(shop, shop.ticket()), explained(shop, ticket, event_of(shop, ticket, TicketOpened))

    for explanation in (now, then):
        assert (explanation.of(second.id).outcome, explanation.of(second.id).why.seen) == (Outcome.ACTED, "high")
        assert (explanation.of(third.id).outcome, explanation.of(third.id).why.seen) == (Outcome.DID_NOT_HOLD, "low")


def test_what_a_rule_does_or_did(shop):
    """A rule that acts tells the events of the ticket that come of it; in the past, those of the thread."""
    added = rule(shop, "Assign", HIGH, Transfer(shop.billing), AssignNext())
    ticket = shop.ticket()

    then = explained(shop, ticket, event_of(shop, ticket, TicketOpened)).of(added.id)
    now = explained(shop, shop.ticket(), TicketOpened)

    assert [type(it).__name__ for it in then.events] == ["PriorityChanged", "Transferred", "Assigned"]
    assert {it.id for it in then.events} < {it.id for it in shop.system.thread(ticket.id)}
    assert isinstance(now.event, TicketOpened)
    assert now.at is None


def test_why_a_rule_failed(shop):
    """A rule that fails tells the command and the error."""
    added = rule(shop, "Fails", Claim())
    ticket = shop.ticket()

    for explanation in (explained(shop, ticket), explained(shop, ticket, event_of(shop, ticket, TicketOpened))):
        assert explanation.of(added.id).because.startswith("Claim: OutOfPlace")


def test_who_kept_a_rule_from_its_turn(shop):
    """A rule that was not reached says which one stopped it, or purged the ticket."""
    first = rule(shop, "Not matching", when=F.subject.contains("refund"))
    rule(shop, "Stops", HIGH, stop=Stop.ALL)
    late = rule(shop, "Late")
    explanation = explained(shop, shop.ticket())

    assert explanation.of(late.id).because == "'Stops' stopped all later rules"
    assert explanation.of(first.id).outcome is Outcome.DID_NOT_HOLD


def test_ticket_that_a_rule_would_purge(shop):
    """Where a rule would purge the ticket, later ones are not reached."""
    ticket = shop.ticket()
    rule(shop, "Purges", Delete(), Purge())
    late = rule(shop, "Late")

    found = explained(shop, ticket).of(late.id)

    assert (found.outcome, found.because) == (Outcome.NOT_REACHED, "'Purges' purged the ticket")


def test_rule_that_had_acted_already(shop):
    """A rule that had its turn on an earlier event of the same settling says so."""
    both = rule(shop, "Any", HIGH, trigger=Event, when=EventF.event.is_in(["TicketOpened", "PriorityChanged"]))
    ticket = shop.ticket()

    explanation = explained(shop, ticket, event_of(shop, ticket, PriorityChanged))

    assert explanation.of(both.id).outcome is Outcome.HAD_ACTED


def test_rule_that_was_stopped_on_an_earlier_event(shop):
    """What stopped the rules on an earlier event stopped them on this one, too."""
    rule(shop, "Stops", HIGH, stop=Stop.TICKET)
    late = rule(shop, "Late", trigger=CustomerMessageAdded)
    ticket = shop.ticket()

    found = explained(shop, ticket, event_of(shop, ticket, CustomerMessageAdded)).of(late.id)

    assert (found.outcome, found.because) == (Outcome.NOT_REACHED, "'Stops' stopped all later rules")


def test_chain_that_was_cut_off(shop):
    """A rule that did not run because a chain had grown too long says so afterwards."""
    rule(shop, "0", SetType("0"))
    for number in range(12):
        rule(shop, f"{number + 1}", SetType(f"{number + 1}"), trigger=TypeChanged, when=F.type.changed_to(f"{number}"))
    ticket = shop.ticket()
    stopped = event_of(shop, ticket, ChainStopped)

    explanation = explained(shop, ticket, event_of(shop, ticket, TypeChanged))

    assert explanation.of(stopped.rule).outcome is Outcome.CUT_OFF


def test_past_is_asked_as_it_stood(shop):
    """An event of the past is asked about on the ticket as it then stood, at the time when it happened."""
    added = rule(shop, "High", AddTags({"high"}), trigger=CustomerMessageAdded, when=F.priority == Priority.HIGH)
    ticket = shop.ticket()
    shop.clock.advance(days=3)
    shop.system.do(HIGH, on=ticket.id)

    explanation = explained(shop, ticket, event_of(shop, ticket, CustomerMessageAdded))

    found = explanation.of(added.id)
    assert (found.outcome, found.why.seen, found.of_today) == (Outcome.DID_NOT_HOLD, "normal", ())
    assert explanation.at == ticket.created_at
    assert explained(shop, ticket, CustomerMessageAdded).of(added.id).outcome is Outcome.ACTED


def test_what_the_past_cannot_know(shop):
    """What was not kept is asked as it is today, and the explanation says which fields those are."""
    subject = rule(shop, "Subject", when=F.subject.contains("refund") & (F.priority == Priority.NORMAL))
    vip = rule(shop, "VIP", when=F.requester.groups.has("vip"))
    ticket = shop.ticket()
    shop.system.do(SetSubject("Refund 7"), on=ticket.id)
    shop.system.do(ChangeContact(shop.mia.id, groups=["vip"]))

    explanation = explained(shop, ticket, event_of(shop, ticket, TicketOpened))

    assert explanation.of(subject.id).of_today == ("subject",)
    assert explanation.of(vip.id).of_today == ("requester.groups",)
    assert explanation.of(vip.id).differs
    assert explanation.unknown == ("rules are asked as they are today: what they said then is not kept",)


def test_thread_has_the_last_word(shop):
    """What the thread tells of a rule that was changed or removed since stands, and the difference is shown."""
    changed = rule(shop, "Changed", HIGH)
    removed = rule(shop, "Removed", AddTags({"a"}))
    paused = rule(shop, "Paused", AddTags({"b"}))
    broken = rule(shop, "Broken", Claim())
    ticket = shop.ticket()
    shop.system.do(ChangeRule(changed.id, when=F.subject.contains("refund")))
    shop.system.do(RemoveRule(removed.id))
    shop.system.do(ChangeRule(paused.id, active=False))
    shop.system.do(ChangeRule(broken.id, then=[SetType("mended")]))
    added = rule(shop, "Added", AddTags({"c"}))

    explanation = explained(shop, ticket, event_of(shop, ticket, TicketOpened))

    assert outcomes(explanation) == {
        "Changed": Outcome.ACTED,
        "Paused": Outcome.ACTED,
        "Broken": Outcome.FAILED,
        "Added": Outcome.ACTED,
        "Removed": Outcome.ACTED,
    }
    assert all(it.differs for it in explanation.rules if it.name != "Removed")
    assert explanation.of(removed.id).because == "the rule is there no more"
    assert explanation.of(added.id).events


def test_chain_of_rules_is_explained_event_by_event(shop):
    """What one rule did is an event of its own, about which every rule can be asked."""
    rule(shop, "Tags", AddTags({"a"}))
    second = rule(shop, "Then", HIGH, trigger=TagsChanged)
    ticket = shop.ticket()

    explanation = explained(shop, ticket, event_of(shop, ticket, TagsChanged))

    assert explanation.of(second.id).outcome is Outcome.ACTED
    assert [type(it) for it in explanation.of(second.id).events] == [PriorityChanged]


def test_event_that_never_happened(shop):
    """Of a class of which nothing has happened yet, an event is made up, and the explanation says so."""
    up = rule(shop, "Up", AddTags({"up"}), trigger=PriorityChanged, when=F.priority.changed_to(Priority.NORMAL))
    rated = rule(shop, "Rated", trigger=Rated)
    text = rule(shop, "Text", trigger=MessageAdded, when=EventF.message.text.contains("hello"))
    ticket = shop.internal_ticket()

    assert explained(shop, ticket, PriorityChanged).of(up.id).outcome is Outcome.ACTED
    assert explained(shop, ticket, Rated).of(rated.id).outcome is Outcome.ACTED
    assert explained(shop, ticket, MessageAdded).of(text.id).outcome is Outcome.DID_NOT_HOLD
    assert len(explained(shop, ticket, Rated).unknown) == 1
    assert Outcome.ACTED not in outcomes(explained(shop, ticket, TimeReached)).values()


def test_as_if_all_times_came_now(shop):
    """Rules that wait for a time are asked as if it came now, each as it is."""
    rule(shop, "Old", AddTags({"old"}), trigger=OlderThan(timedelta(days=3)))
    rule(shop, "High", trigger=OlderThan(timedelta(days=9)), when=F.priority == Priority.HIGH)
    rule(shop, "Opened")

    explanation = explained(shop, shop.ticket(), TimeReached)

    assert outcomes(explanation) == {
        "Old": Outcome.ACTED,
        "High": Outcome.DID_NOT_HOLD,
        "Opened": Outcome.NOT_SET_OFF,
    }
    assert explanation.unknown == ()
    assert [type(it) for it in explanation.rules[0].events] == [TagsChanged]


def test_condition_that_raises(shop):
    """A condition of another make that raises an error shows it, and the rule counts as failed."""

    class Odd(Condition):
        """Cannot be asked."""

        __slots__ = ()
        depth, scope = 1, "ticket"

        def holds(self, _facts):
            raise ValueError("odd")

        def explain(self, facts):
            return self.holds(facts)

        def comparisons(self):
            return iter(())

        def __str__(self):
            return "odd"

    added = rule(shop, "Odd", when=F.subject.is_set())
    shop.rewrite(RULES, added.id, when=Odd())

    found = explained(shop, shop.ticket()).of(added.id)

    assert (found.outcome, found.why.seen, found.because) == (Outcome.FAILED, "ValueError", "ValueError")


def test_explanation_changes_nothing(shop):
    """No event, no notification, no rotation, no failure is stored by asking."""
    rule(shop, "Assign", Transfer(shop.billing), AssignNext())
    rule(shop, "Fails", Claim())
    ticket = shop.ticket(subject="Other")
    before = records_of(shop.storage)

    for event in (TicketOpened, event_of(shop, ticket, TicketOpened), event_of(shop, ticket, Assigned)):
        shop.system.explain_rules(on=ticket.id, event=event)

    assert records_of(shop.storage) == before


def test_who_may_ask(shop):
    """Whoever sees the ticket may ask; what they may not see does not exist, nor do events of other tickets."""
    rule(shop, "Any")
    ticket, other = shop.ticket(), shop.ticket()
    shop.system.do(Transfer(shop.legal), on=ticket.id)

    assert explained(shop, ticket, seat=shop.dora).rules
    with pytest.raises(NotFound):
        shop.ana.explain_rules(on=ticket.id, event=TicketOpened)
    with pytest.raises(NotFound):
        shop.system.explain_rules(on=ticket.id, event=event_of(shop, other, TicketOpened))


@pytest.mark.parametrize("event", [None, "TicketOpened", int, attrs.fields(TicketOpened)])
def test_what_is_no_event_is_refused(shop, event):
    """Neither an event nor a class of events is invalid."""
    with pytest.raises(InvalidInput):
        shop.system.explain_rules(on=shop.ticket().id, event=event)


def test_explanation_prints_and_serialises(shop):
    """An explanation reads well, and is JSON with all that a page needs."""
    acts = rule(shop, "Acts", HIGH, when=F.subject.contains("invoice"))
    rule(shop, "Waits", trigger=PriorityChanged)
    ticket = shop.ticket()
    shop.system.do(SetSubject("Invoice 8"), on=ticket.id)

    explanation = explained(shop, ticket, event_of(shop, ticket, TicketOpened))

    assert str(explanation).splitlines() == [
        "TicketOpened, 2026-03-02 09:00+00:00",
        "acted        'Acts'",
        '  yes subject contains "invoice" — it is "Invoice 8"',
        "  then PriorityChanged",
        "  as of today: subject",
        "not set off  'Waits': it waits for PriorityChanged",
        "rules are asked as they are today: what they said then is not kept",
    ]
    data = explanation.to_json()
    assert data["event"] == "TicketOpened"
    assert data["rules"][0] == {
        "rule": acts.id,
        "name": "Acts",
        "outcome": "acted",
        "because": "",
        "why": explanation.of(acts.id).why.to_json(),
        "events": ["PriorityChanged"],
        "of_today": ["subject"],
        "differs": False,
    }


def test_an_explanation_calls_things_by_name(shop):
    """Ids in conditions, and in what they saw, are read as names; what a function does not know stays an id."""
    rule(shop, "Billing's", HIGH, when=(F.department == shop.billing) | (F.department == shop.legal))
    ticket = shop.ticket(department=shop.billing)

    explanation = explained(shop, ticket, event_of(shop, ticket, TicketOpened))

    assert explanation.text({shop.billing: "Billing"}.get).splitlines()[3:5] == [
        "    yes department == Billing — it is Billing",
        f'    no  department == "{shop.legal}" — it is Billing',
    ]


def test_asynchronous_seats_explain_likewise():
    """The asynchronous desk explains the same."""

    async def asked():
        desk = AsyncHelpDesk()
        admin = desk.as_system()
        await admin.do(AddRule("Acts", trigger=TicketOpened, then=[HIGH]))
        mia = await admin.do(AddContact("Mia"))
        ticket = await desk.as_customer(mia.id).do(SubmitTicket("Invoice 7", "Hello"))
        await desk.as_customer(mia.id).do(SendMessage("Hello?"), on=ticket.id)
        return await admin.explain_rules(on=ticket.id, event=TicketOpened)

    assert outcomes(asyncio.run(asked())) == {"Acts": Outcome.ACTED}


def test_version_that_was_seen_is_not_needed(shop):
    """Rules overwrite without having seen: so do they in an explanation."""
    added = rule(shop, "Subject", SetSubject("New"))
    ticket = shop.ticket()
    shop.ana.do(SetSubject("Old"), on=ticket.id, seen=ANY)

    assert explained(shop, ticket).of(added.id).outcome is Outcome.ACTED
