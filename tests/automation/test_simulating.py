"""What other rules would have done: on stored tickets and on what happened to them, without anything coming of it."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.any_command import Pools, drawn
from tests.fakes import records_of, unchanged
from tests.small_shop import SmallShop
from ticketcore import AsyncHelpDesk
from ticketcore._rehearsing.simulating import _batch, _begun
from ticketcore.automation import AddRule, ChangeRule, OlderThan, RemoveRule, Stop
from ticketcore.automation.simulating import BATCH, Batch
from ticketcore.automation.wanted import Wanted
from ticketcore.commands import (
    AddAgent,
    AddContact,
    AddTags,
    AssignNext,
    Claim,
    Delete,
    Purge,
    SendAnswer,
    SetPriority,
    SetType,
    SubmitTicket,
    Transfer,
)
from ticketcore.conditions import EventF, F, never
from ticketcore.errors import AccessDenied, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import (
    EVENT_OF_FIELD,
    TOLD_BY_DIGEST,
    CustomerMessageAdded,
    PriorityChanged,
    TicketOpened,
    TimeReached,
)
from ticketcore.model.ids import DepartmentId, RuleId
from ticketcore.model.people import Role
from ticketcore.model.tickets import Priority

HIGH, LOW = SetPriority(Priority.HIGH), SetPriority(Priority.LOW)


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


def rule(shop, name, *then, trigger=TicketOpened, **fields):
    """Adds a rule."""
    return shop.system.do(AddRule(name, trigger=trigger, then=then, **fields))


def simulated(shop, *changes, seat=None, **wanted):
    """What other rules would have done; nothing is changed by asking."""
    with unchanged(shop.storage):
        return (seat or shop.system).simulate(changes, **wanted)


def test_new_rule_on_the_past(shop):
    """A rule that is not added yet is tried on all that happened: how often it would have acted, where, what of it."""
    tickets = [shop.ticket(subject=it) for it in ("Invoice 7", "Refund", "Invoice 8")]
    new = AddRule("Invoices", trigger=TicketOpened, when=F.subject.contains("invoice"), then=[HIGH, AddTags({"money"})])

    found = simulated(shop, new)

    (tally,) = found.rules
    assert (found.tickets, found.cases, tally.name, tally.today, tally.then) == (3, 3, "Invoices", 0, 2)
    assert {it.ticket for it in found.differences} == {tickets[0].id, tickets[2].id}
    assert dict(found.differences[0].fields) == {
        "priority": (Priority.NORMAL, Priority.HIGH),
        "tags": (frozenset(), frozenset({"money"})),
    }
    assert found.differences[0].happened == ("TicketOpened", "CustomerMessageAdded")


def test_rules_as_they_are(shop):
    """Without changes, today's rules are compared with themselves: nothing is otherwise."""
    added = rule(shop, "High", HIGH)
    shop.ticket()

    found = simulated(shop)

    assert (found.of(added.id).today, found.of(added.id).then, found.differences) == (1, 1, ())
    assert found.of(RuleId("other")) is None


def test_changed_and_removed_rules(shop):
    """Changes are made in order, and each case shows what goes otherwise than with today's rules."""
    high = rule(shop, "High", HIGH, stop=Stop.TICKET)
    tags = rule(shop, "Tags", AddTags({"a"}))
    late = rule(shop, "Late", SetType("late"))
    ticket = shop.ticket()

    found = simulated(
        shop, ChangeRule(high.id, then=[LOW], stop=None), RemoveRule(tags.id), ChangeRule(late.id, name="L")
    )

    assert [(it.name, it.today, it.then) for it in found.rules] == [("High", 1, 1), ("L", 0, 1), ("Tags", 0, 0)]
    (difference,) = found.differences
    assert (difference.ticket, dict(difference.fields)) == (
        ticket.id,
        {"priority": (Priority.HIGH, Priority.LOW), "type": (None, "late")},
    )
    assert (difference.today.acted, difference.then.acted) == ((high.id,), (high.id, late.id))


def test_as_if_something_happened_now(shop):
    """On the tickets of a condition, as they are now, an event of a class is tried."""
    high = shop.ticket()
    shop.system.do(HIGH, on=high.id)
    shop.ticket()
    new = AddRule("New", trigger=CustomerMessageAdded, when=F.priority == Priority.HIGH, then=[AddTags({"look"})])

    everywhere = simulated(shop, new, as_if=CustomerMessageAdded)
    chosen = simulated(shop, new, as_if=CustomerMessageAdded, where=F.priority == Priority.HIGH)
    in_the_past = simulated(shop, new)

    assert [it.ticket for it in everywhere.differences] == [high.id]
    assert (everywhere.tickets, everywhere.cases, chosen.tickets) == (2, 2, 1)
    assert everywhere.differences[0].at is None
    assert in_the_past.differences == ()


def test_as_if_all_times_came_now(shop):
    """Rules that wait for a time are tried as if it came now on each ticket, new ones among them."""
    known = rule(shop, "Old", AddTags({"old"}), trigger=OlderThan(timedelta(days=3)))
    shop.ticket()
    new = AddRule("Older", trigger=OlderThan(timedelta(days=9)), then=[HIGH])

    found = simulated(shop, new, as_if=TimeReached)

    assert [(it.name, it.today, it.then) for it in found.rules] == [("Old", 1, 1), ("Older", 0, 1)]
    assert found.differences[0].today.acted == (known.id,)
    assert found.differences[0].happened == ("TimeReached",)


def test_past_is_as_it_stood(shop):
    """What happened is tried on the ticket as it then stood, at the time when it happened, each command by itself."""
    ticket = shop.ticket()
    shop.clock.advance(hours=1)
    shop.system.do(HIGH, on=ticket.id)
    shop.clock.advance(hours=1)
    shop.system.do(AddTags({"a"}), on=ticket.id)
    new = AddRule("New", trigger=PriorityChanged, when=F.tags.is_empty(), then=[SetType("new")])

    found = simulated(shop, new)

    assert (found.cases, [it.at for it in found.differences]) == (3, [ticket.created_at + timedelta(hours=1)])


def test_since_when_the_past_counts(shop):
    """Only what happened since then is tried."""
    ticket = shop.ticket()
    later = shop.clock.advance(hours=1)
    shop.system.do(HIGH, on=ticket.id)
    new = AddRule("New", trigger=PriorityChanged, then=[SetType("new")])

    assert simulated(shop, new, since=later).cases == 1
    assert simulated(shop, new, since=shop.clock.advance(hours=1)).cases == 0


def test_rules_did_not_happen(shop):
    """What rules did in the past is no case of its own: it comes of what set them off."""
    rule(shop, "High", HIGH)
    then = rule(shop, "Then", AddTags({"a"}), trigger=PriorityChanged)
    shop.ticket()

    found = simulated(shop, RemoveRule(then.id))

    assert (found.cases, len(found.differences)) == (1, 1)
    assert dict(found.differences[0].fields) == {"tags": (frozenset({"a"}), frozenset())}


def test_what_is_written_counts(shop):
    """An answer with other words is another course, and so is one that fails, or purges the ticket."""
    answer = rule(shop, "Answer", SendAnswer("Thank you."))
    rule(shop, "Broken", Claim())
    shop.ticket()

    words, purge, broken = (
        simulated(shop, ChangeRule(answer.id, then=then)).differences
        for then in ([SendAnswer("Thanks!")], [Delete(), Purge()], [SendAnswer("Thank you."), Claim()])
    )

    assert words[0].then.written == ("answer: Thanks!", "RuleFailed")
    assert (purge[0].today.purged, purge[0].then.purged) == (False, True)
    assert len(broken[0].then.failed) == 2
    assert [len(it) for it in (words, purge, broken)] == [1, 1, 1]


def test_failures_are_counted(shop):
    """How often a rule would fail is told."""
    shop.ticket()
    shop.ticket()

    found = simulated(shop, AddRule("Broken", trigger=TicketOpened, then=[Claim()]))

    assert (found.rules[0].then, found.rules[0].failed) == (0, 2)


def test_what_nobody_knows_any_more(shop):
    """Fields that were asked as they are today are listed."""
    shop.ticket()
    new = AddRule("VIP", trigger=TicketOpened, when=F.requester.groups.has("vip"), then=[HIGH])

    assert simulated(shop, new).of_today == ("requester.groups",)
    assert simulated(shop, new, as_if=TicketOpened).of_today == ()


def test_bounded_batches_with_progress(shop):
    """Tickets are looked at batch by batch, newest first, up to a limit; somebody is told how far it is."""
    for number in range(BATCH + 3):
        shop.clock.advance(seconds=1)
        shop.ticket(subject=f"{number}")
    told: list[tuple[int, int]] = []
    new = AddRule("All", trigger=TicketOpened, then=[HIGH])

    found = simulated(shop, new, limit=BATCH + 2, progress=lambda done, total: told.append((done, total)))

    assert told == [(BATCH, BATCH + 2), (BATCH + 2, BATCH + 2)]
    assert (found.tickets, found.left_out, found.rules[0].then) == (BATCH + 2, 1, BATCH + 2)
    assert simulated(shop, new, where=never).tickets == 0
    assert simulated(shop, new, limit=None).tickets == BATCH + 3


def test_simulation_changes_nothing(shop):
    """No event, notification, rotation or failure is stored, whatever the rules would do."""
    rule(shop, "Broken", Claim())
    new = AddRule("New", trigger=TicketOpened, then=[Transfer(shop.billing), AssignNext(), SendAnswer("Hello")])
    shop.ticket()
    before = records_of(shop.storage)

    found = shop.system.simulate([new], as_if=TicketOpened)

    assert found.differences[0].fields["assignee"] == (None, shop.ana.actor.id)
    assert records_of(shop.storage) == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_past_repeats_itself(data):
    """Replayed with the rules that there were, the past comes to what it came to, as far as the thread tells."""
    shop = SmallShop()
    for _ in range(data.draw(st.integers(1, 3))):
        added = data.draw(drawn(AddRule, Pools.of(shop)))
        with suppress(OutOfPlace):  # a rule that is refused for what is found on it
            shop.system.do(added)
    ticket = shop.ticket()
    stored = records_of(shop.storage).get("ticket", {}).get(ticket.id)
    if stored is None:  # a rule purged it
        return

    wanted = Wanted(where=F.id == ticket.id)
    batches: list[Batch] = []
    shop.desk.take(_played(shop, wanted, batches))

    (case,) = batches[0].cases
    again = {**attrs.asdict(case.past.ticket, recurse=False), **case.then.course.changed}
    told = EVENT_OF_FIELD.keys() - TOLD_BY_DIGEST.keys() - OF_OTHERS
    assert {it: again.get(it) for it in told} == {it: getattr(stored, it, None) for it in told}


OF_OTHERS = {"assignee", "links", "parent", "merged_into", "merged_from"}
"""What depends on other records, which are no longer as they were then: whose turn it is, other tickets."""


def _played(shop, wanted, batches):
    books, narrowed, _ = yield from shop.desk.flow.read(shop.system.actor, lambda draft: _begun(draft, wanted))
    batches.append((yield from shop.desk.flow.rehearse(shop.system.actor, partial(_batch, books, narrowed, 1, None))))


def test_who_may_ask(shop):
    """Whoever may configure the desk may ask, and is told of the tickets that they see alone."""
    rule(shop, "Legal", Transfer(shop.legal), when=F.subject.contains("court"))
    shop.ticket(subject="Court order")
    shop.ticket()
    admin = shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id)

    assert simulated(shop, seat=admin).tickets == 2
    with pytest.raises(AccessDenied):
        shop.ana.simulate()


@pytest.mark.parametrize("change", [ChangeRule(RuleId("gone"), note="?"), RemoveRule(RuleId("gone"))])
def test_rules_that_there_are_not(shop, change):
    """What is to be changed or removed must be there."""
    with pytest.raises(NotFound):
        shop.system.simulate([change])


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        ({"changes": [HIGH]}, ["changes"]),
        ({"where": "all"}, ["where"]),
        ({"as_if": TicketOpened, "since": datetime(2026, 1, 1)}, ["since", "since"]),  # noqa: DTZ001 - that is the fault
        ({"as_if": int, "limit": 0}, ["as_if", "limit"]),
        ({"where": EventF.message.text.is_set()}, None),
    ],
)
def test_what_is_no_question_is_refused(shop, wanted: dict[str, Any], paths):
    """All faults of a question are told at once."""
    with pytest.raises(InvalidInput) as caught:
        shop.system.simulate(**wanted)

    assert paths is None or [it.path for it in caught.value.faults] == paths


def test_simulation_prints_and_serialises(shop):
    """A simulation reads well, and is JSON with all that a page needs."""
    ticket = shop.ticket()
    new = AddRule(
        "VIP",
        trigger=TicketOpened,
        when=~F.requester.groups.has("vip"),
        then=[HIGH, AddTags({"a"}), SendAnswer("Hi " * 40)],
    )

    found = simulated(shop, new, AddRule("Broken", trigger=TicketOpened, then=[Transfer(DepartmentId("gone"))]))

    lines = str(found).splitlines()
    assert lines[:3] == [
        "1 ticket, 1 case, 1 of them otherwise than today",
        "'VIP' acts 1 time, today 0",
        "'Broken' acts 0 times, today 0, fails 1 time",
    ]
    assert lines[3].startswith(
        f"{ticket.reference}, TicketOpened, CustomerMessageAdded, 2026-03-02 09:00+00:00: priority high"
    )
    assert "instead of normal; status answered instead of new; tags (a) instead of (); answer: Hi" in lines[3]
    assert lines[4] == "as of today: requester.groups"
    data = found.to_json()
    assert data["differences"][0]["fields"] == ["priority", "status", "tags"]
    assert data["differences"][0]["then"]["acted"] == [found.rules[0].rule]


def test_a_simulation_calls_things_by_name(shop):
    """Who reads it knows departments and agents by name; what a function does not know stays an id."""
    ticket = shop.ticket()
    ana = shop.ana.actor.id
    new = AddRule("Invoices", trigger=TicketOpened, then=[Transfer(shop.billing, assignee=ana)])

    found = simulated(shop, new)

    line = found.text({shop.billing: "Billing"}.get).splitlines()[-1]
    assert line.startswith(f"{ticket.reference}, TicketOpened")
    assert f"assignee {ana} instead of nothing" in line
    assert "department Billing instead of nothing" in line


def test_asynchronous_seats_simulate_likewise():
    """The asynchronous desk simulates the same, and tells of progress, too."""
    told: list[tuple[int, int]] = []

    async def asked():
        desk = AsyncHelpDesk()
        admin = desk.as_system()
        mia = await admin.do(AddContact("Mia"))
        await desk.as_customer(mia.id).do(SubmitTicket("Invoice 7", "Hello"))
        new = AddRule("New", trigger=TicketOpened, then=[HIGH])
        return await admin.simulate([new], progress=lambda *it: told.append(it))

    assert asyncio.run(asked()).rules[0].then == 1
    assert told == [(1, 1)]
