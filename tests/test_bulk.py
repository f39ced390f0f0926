"""One command on many tickets."""

import asyncio
from datetime import timedelta

import pytest

from tests.any_command import MISSING
from tests.fakes import Clock, a_desk, seeded_ids, unchanged
from tests.small_shop import SmallShop
from ticketcore import AsyncHelpDesk, _bulk
from ticketcore.automation import AddRule
from ticketcore.bulk import BulkOutcome, BulkReport, TicketOutcome
from ticketcore.commands import (
    ANY,
    AddAgent,
    AddCannedResponse,
    AddContact,
    AddMacro,
    AddTags,
    ApplyMacro,
    Assign,
    Close,
    Delete,
    Purge,
    Resolve,
    SendAnswer,
    SendMessage,
    SetPriority,
    SubmitTicket,
    Transfer,
)
from ticketcore.conditions import EventF, F, current_agent
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace, StorageError
from ticketcore.events import PriorityChanged, StatusChanged
from ticketcore.model.ids import AgentId, MacroId, TicketId
from ticketcore.model.lifecycle import Category
from ticketcore.model.tickets import Priority
from ticketcore.storage.memory import MemoryStorage

DONE, NOTHING, REFUSED, MISSED = BulkOutcome


@pytest.fixture
def shop():
    """A small shop's desk."""
    return SmallShop()


@pytest.fixture
def tickets(shop):
    """Five tickets, a second apart."""
    found = []
    for number in range(5):
        found.append(shop.ticket(subject=f"Invoice {number}"))
        shop.clock.advance(seconds=1)
    return found


class Watch:
    """Keeps what progress it is told of."""

    def __init__(self):
        self.told = []

    def __call__(self, outcome, finished, total):
        """Keeps it."""
        self.told.append((outcome.ticket, outcome.outcome, finished, total))


def ids(tickets):
    """Their ids."""
    return [it.id for it in tickets]


def tags(shop, tickets):
    """The tags that they have now."""
    return [shop.system.ticket(it.id).tags for it in tickets]


# Which tickets.


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_done_on_those_that_a_condition_holds_of(shop, tickets, monkeypatch, batch):
    """A command is done on all tickets that a condition holds of, however many batches that takes; each is told."""
    monkeypatch.setattr(_bulk, "BATCH", batch)
    watch = Watch()

    report = shop.ana.do_on_each(AddTags({"x"}), on=F.subject != "Invoice 2", progress=watch)

    assert report == BulkReport(done=4)
    assert report.total == 4
    assert tags(shop, tickets) == [{"x"}, {"x"}, frozenset(), {"x"}, {"x"}]
    rest = [it.id for it in tickets if it.subject != "Invoice 2"]
    assert watch.told == [(id, DONE, place, 4) for place, id in enumerate(rest, 1)]


def test_done_on_those_that_are_named(shop, tickets):
    """A command is done on the tickets that are named, each once, in their order."""
    watch = Watch()

    report = shop.ana.do_on_each(AddTags({"x"}), on=ids([*tickets[2::-1], tickets[1]]), progress=watch)

    assert report == BulkReport(done=3)
    assert [it[0] for it in watch.told] == ids(tickets[2::-1])


def test_done_on_none(shop):
    """Nothing is asked where there is no ticket."""
    with unchanged(shop.storage):
        assert shop.ana.do_on_each(Resolve(), on=[]) == BulkReport()
        assert shop.ana.do_on_each(Resolve(), on=F.subject == "Nothing") == BulkReport()


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_those_that_drop_out_do_not_have_others_skipped(shop, tickets, monkeypatch, batch):
    """A command after which the condition does not hold any more is done on every ticket all the same."""
    monkeypatch.setattr(_bulk, "BATCH", batch)

    assert shop.ana.do_on_each(Resolve(), on=F.category == Category.NEW) == BulkReport(done=5)
    assert shop.system.tally("status") == {shop.system.ticket(tickets[0].id).status: 5}


def test_the_one_who_asks_is_the_current_agent(shop, tickets):
    """Placeholders stand for the one who asks."""
    shop.dora.do(Assign(AgentId(shop.dora.actor.id)), on=tickets[3].id, seen=ANY)

    shop.dora.do_on_each(AddTags({"mine"}), on=F.assignee == current_agent)

    assert tags(shop, tickets) == [frozenset()] * 3 + [{"mine"}, frozenset()]


def test_those_opened_meanwhile_are_not_among_them(shop, tickets, monkeypatch):
    """What is opened while the work goes on is left alone, so that it comes to an end."""
    monkeypatch.setattr(_bulk, "BATCH", 1)

    def open_another(*_):
        shop.clock.advance(seconds=1)
        shop.ticket()

    report = shop.ana.do_on_each(AddTags({"x"}), on=F.internal == False, progress=open_another)  # noqa: E712

    assert report == BulkReport(done=len(tickets))
    assert shop.system.count() == 10


def test_condition_is_asked_again_at_each_turn(shop, tickets):
    """A ticket of which the condition does not hold any more when it is its turn is left as it is."""
    for ticket in tickets:
        shop.ana.do(SendAnswer("Done."), on=ticket.id)
    mia = shop.desk.as_customer(shop.mia.id)

    def reply(outcome, *_):
        if outcome.ticket == tickets[0].id:
            mia.do(SendMessage("Not at all."), on=tickets[3].id)

    report = shop.ana.do_on_each(Resolve(), on=F.category == Category.ANSWERED, progress=reply)

    assert report == BulkReport(done=4, nothing_to_do=1)
    assert shop.system.ticket(tickets[3].id).status.key == "open"


# What comes of each.


def test_every_ticket_has_an_outcome_of_its_own(shop, tickets):
    """Done, nothing to do, refused with the error, not found: what goes wrong on one stops no other."""
    on = [tickets[0].id, tickets[1].id, TicketId(MISSING), tickets[2].id, tickets[3].id]
    shop.ana.do(Resolve(), on=tickets[0].id)
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=tickets[1].id)
    watch = Watch()

    report = shop.ana.do_on_each(Resolve(), on=on, progress=watch)

    assert [it[1] for it in watch.told] == [NOTHING, REFUSED, MISSED, DONE, DONE]
    assert (report.done, report.nothing_to_do, report.refused, report.not_found) == (2, 1, 1, 1)
    refused, missing = report.problems
    assert isinstance(refused.error, OutOfPlace)
    assert (refused.ticket, refused.error.asked) == (tickets[1].id, "Resolve")
    assert isinstance(missing.error, NotFound)
    assert missing.ticket == MISSING


def test_what_is_hidden_is_not_found(shop):
    """A ticket that the agent may not see is told like one that there is not; a condition does not find it."""
    hidden = shop.ticket(department=shop.legal)

    named = shop.ana.do_on_each(AddTags({"x"}), on=[hidden.id, TicketId(MISSING)])

    assert [str(it.error).replace(it.ticket, "…") for it in named.problems] == ["no ticket '…'"] * 2
    assert [it.outcome for it in named.problems] == [MISSED] * 2
    assert shop.ana.do_on_each(AddTags({"x"}), on=F.subject.is_set()) == BulkReport()


def test_permission_is_asked_on_each_ticket(shop, tickets):
    """Who may not do it on one of them is refused there."""
    shop.system.do(Transfer(shop.billing), on=tickets[1].id)
    shop.forbid_everything_to_ana()

    report = shop.ana.do_on_each(AddTags({"x"}), on=F.subject.is_set())

    assert (report.done, report.refused) == (4, 1)
    assert [type(it.error) for it in report.problems] == [AccessDenied]


def test_what_a_command_names_in_vain_is_refused(shop, tickets):
    """That something other than the ticket is missing is an error of the command."""
    report = shop.ana.do_on_each(Assign(AgentId(MISSING)), on=ids(tickets[:2]), seen=ANY)

    assert [(it.outcome, it.error.what) for it in report.problems] == [(REFUSED, "agent")] * 2


def test_each_ticket_is_a_unit_of_work(shop, tickets):
    """Rules answer on each ticket by itself, each is one version on, and the events say the agent did it."""
    shop.system.do(AddRule("Low", trigger=StatusChanged, then=[SetPriority(Priority.LOW)]))

    shop.ana.do_on_each(Resolve(), on=ids(tickets))

    for ticket in tickets:
        after = shop.system.ticket(ticket.id)
        assert (after.version, after.priority) == (ticket.version + 1, Priority.LOW)
        (told,) = [it for it in shop.system.thread(ticket.id) if isinstance(it, StatusChanged)]
        assert told.actor == shop.ana.actor


def test_macro_is_applied_to_many(shop, tickets):
    """A macro is applied to each ticket, as a whole or not at all."""
    macro = shop.system.do(AddMacro("Done", [SetPriority(Priority.LOW), SendAnswer("Done.")]))
    for command in (Resolve(), Close()):
        shop.ana.do(command, on=tickets[0].id)

    report = shop.ana.do_on_each(ApplyMacro(macro.id), on=ids(tickets), seen=ANY)

    assert (report.done, report.refused) == (4, 1)
    stood = [shop.system.ticket(it.id) for it in tickets]
    assert [it.priority for it in stood] == [Priority.NORMAL] + [Priority.LOW] * 4
    assert [it.answers for it in stood] == [0, 1, 1, 1, 1]
    told = [it for it in shop.system.thread(tickets[1].id) if isinstance(it, PriorityChanged)]
    assert [it.cause.macro for it in told] == ["Done"]


def test_purging_many(shop, tickets):
    """What is purged is done, too."""
    shop.system.do_on_each(AddTags({"old"}), on=ids(tickets[:3]))
    purging = shop.system.do(AddMacro("Away", [Delete(), Purge()]))

    assert shop.system.do_on_each(ApplyMacro(purging.id), on=F.tags.has("old")) == BulkReport(done=3)
    assert {it.id for it in shop.system.tickets().items} == {*ids(tickets[3:])}


# What was seen, and what is asked again.


def test_versions_seen_are_those_of_each_ticket(shop, tickets):
    """A ticket whose field somebody changed meanwhile is in conflict; the others are done."""
    shop.dora.do(Assign(AgentId(shop.dora.actor.id)), on=tickets[1].id, seen=ANY)
    seen = {it.id: it.version for it in tickets}

    report = shop.ana.do_on_each(Assign(AgentId(shop.ana.actor.id)), on=list(seen), seen=seen)

    assert (report.done, report.refused) == (4, 1)
    (problem,) = report.problems
    assert isinstance(problem.error, Conflict)
    assert problem.ticket == tickets[1].id


def test_agents_say_what_they_saw(shop, tickets):
    """An agent's command that overwrites something needs the versions, or ANY; the desk's own does not."""
    command = Assign(AgentId(shop.ana.actor.id))

    with shop.refusing(InvalidInput):
        shop.ana.do_on_each(command, on=ids(tickets))  # type: ignore[call-overload]
    assert shop.system.do_on_each(command, on=ids(tickets)).done == 5


def test_the_same_key_goes_on_where_it_stopped(shop, tickets):
    """Asked again under the same key, it is done on those where it was not done yet."""

    def stop(_outcome, finished, _total):
        if finished == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.ana.do_on_each(SendAnswer("We are late."), on=ids(tickets), key="late", progress=stop)
    report = shop.ana.do_on_each(SendAnswer("We are late."), on=ids(tickets), key="late")

    assert report == BulkReport(done=3, nothing_to_do=2)
    assert [shop.system.ticket(it.id).answers for it in tickets] == [1] * 5


def test_nothing_changes_with_what_is_so_already(shop, tickets):
    """What is so already is no change, under a key or not."""
    shop.ana.do_on_each(AddTags({"x"}), on=ids(tickets))

    for key in (None, "again"):
        report = shop.ana.do_on_each(AddTags({"x"}), on=ids(tickets), key=key)
        assert report == BulkReport(nothing_to_do=5)


# What is refused as a whole.


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"command": AddCannedResponse("A", "B")}, ["command"]),
        ({"command": SubmitTicket("Hello")}, ["command"]),
        ({"on": "0123"}, ["on"]),
        ({"on": None}, ["on"]),
        ({"on": [TicketId("a"), 7, ""]}, ["on[1]", "on[2]"]),
        ({"seen": 3}, ["seen"]),
        ({"seen": {}}, ["seen"]),
        ({"on": F.subject == "x", "seen": {}}, ["seen"]),
        ({"key": "x" * 151}, ["key"]),
        ({"key": "", "on": 7}, ["key", "on"]),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(shop, change, paths):
    """What is wrong with the request as a whole is an error, with all its faults, and nothing is done."""
    asked = {"command": AddTags({"x"}), "on": [TicketId(MISSING)], **change}

    with shop.refusing(InvalidInput) as caught:
        shop.system.do_on_each(asked.pop("command"), **asked)
    assert [it.path for it in caught.value.faults] == paths


def test_condition_is_one_on_tickets(shop):
    """A condition on events cannot say on which tickets."""
    with shop.refusing(InvalidInput):
        shop.system.do_on_each(AddTags({"x"}), on=EventF.message.text.contains("x"))


class Failing(MemoryStorage):
    """A storage that fails from some moment on."""

    fails = False

    def session(self, codec):
        """A session, or an error."""
        if self.fails:
            raise StorageError("it is gone")
        return super().session(codec)


def test_failing_storage_stops_everything():
    """If the storage fails, nothing is tried any more, and what was done remains."""
    storage = Failing()
    desk, _ = a_desk(storage=storage)
    admin = desk.as_system()
    customer = desk.as_customer(admin.do(AddContact("Mia")).id)
    opened = [customer.do(SubmitTicket("Hello")).id for _ in range(3)]

    def fail(*_):
        storage.fails = True

    with pytest.raises(StorageError):
        admin.do_on_each(AddTags({"x"}), on=opened, progress=fail)
    storage.fails = False

    assert [admin.ticket(it).tags for it in opened] == [{"x"}, frozenset(), frozenset()]


# How much it keeps.


def test_report_keeps_no_more_than_it_should(shop, tickets, monkeypatch):
    """A report names a bounded number of problems, counts all, and keeps nothing of the work on any ticket alive."""
    monkeypatch.setattr(_bulk, "MOST_PROBLEMS", 2)

    report = shop.ana.do_on_each(ApplyMacro(MacroId(MISSING)), on=ids(tickets), seen=ANY)

    assert report.refused == 5
    assert [it.ticket for it in report.problems] == ids(tickets[:2])
    assert all(it.error.__traceback__ is None for it in report.problems)


# Both desks.


def test_both_desks_do_the_same():
    """One story told to both desks ends in the same reports."""

    async def awaited():
        clock = Clock()
        desk = AsyncHelpDesk(clock=clock, new_id=seeded_ids(0))
        admin = desk.as_system()
        ana = await admin.do(AddAgent("Ana"))
        customer = desk.as_customer((await admin.do(AddContact("Mia"))).id)
        for number in range(3):
            clock.advance(timedelta(seconds=1))
            await customer.do(SubmitTicket(f"Question {number}"))
        agent, watch = desk.as_agent(ana.id), Watch()
        return [
            await agent.do_on_each(Resolve(), on=F.subject != "Question 1", progress=watch),
            await agent.do_on_each(Assign(ana.id), on=F.internal == False, seen=ANY, progress=watch),  # noqa: E712
            await admin.do_on_each(Resolve(), on=[TicketId(MISSING)], progress=watch),
            watch.told,
        ]

    def asked():
        desk, clock = a_desk()
        admin = desk.as_system()
        ana = admin.do(AddAgent("Ana"))
        customer = desk.as_customer(admin.do(AddContact("Mia")).id)
        for number in range(3):
            clock.advance(timedelta(seconds=1))
            customer.do(SubmitTicket(f"Question {number}"))
        agent, watch = desk.as_agent(ana.id), Watch()
        return [
            agent.do_on_each(Resolve(), on=F.subject != "Question 1", progress=watch),
            agent.do_on_each(Assign(ana.id), on=F.internal == False, seen=ANY, progress=watch),  # noqa: E712
            admin.do_on_each(Resolve(), on=[TicketId(MISSING)], progress=watch),
            watch.told,
        ]

    def plain(story):
        """The story with errors as they read: two equal errors are two objects."""
        return repr(story)

    told = asked()
    assert plain(told) == plain(asyncio.run(awaited()))
    assert [it.total for it in told[:3]] == [2, 3, 1]
    assert isinstance(told[2].problems[0], TicketOutcome)
