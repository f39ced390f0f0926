"""What events say to people who read a thread."""

import string
from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings

from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.automation import AddRule
from ticketcore.commands.command import ANY
from ticketcore.conformance.instances import instances
from ticketcore.events import CustomerMessageAdded, Event, PriorityChanged, TagsChanged, TicketOpened
from ticketcore.events.sentences import WORDINGS, reason, sentence
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Priority
from ticketcore.serialization.tables import EVENTS
from ticketcore.sla.policies import Agreement


class Shop(SmallShop):
    """A small shop that can tell its threads."""

    def told(self, ticket):
        """The sentences of a ticket's events."""
        return [sentence(it, self.names) for it in self.system.thread(ticket.id) if isinstance(it, Event)]

    def last(self, ticket):
        """The last of them."""
        return self.told(ticket)[-1]

    def names(self, id):
        """What an agent, department, contact or ticket is called."""
        named = {it.id: it.name for it in (*self.system.agents(), *self.system.departments())}
        named |= {it.id: it.name for it in (self.mia, self.bob, self.eve)}
        return named.get(id) or {it.id: it.reference for it in self.system.tickets(limit=None).items}.get(id)


@pytest.fixture
def shop():
    """The shop."""
    return Shop()


@pytest.mark.parametrize("kind", EVENTS, ids=lambda it: it.__name__)
def test_every_event_says_itself(kind):
    """Every event of the library is told in a sentence, and can be the reason of another one."""
    assert kind in WORDINGS

    @settings(max_examples=20)
    @given(instances(kind))
    def says(event):
        said = sentence(event)
        assert said[0] in string.ascii_uppercase
        assert said.endswith(".")
        assert "object at" not in said

    says()
    assert reason(kind.__name__) == WORDINGS[kind].reason


def test_names_no_other_events():
    """What is worded is what can happen."""
    assert WORDINGS.keys() == set(EVENTS)


def test_rule_and_its_reason_are_told(shop):
    """A change by a rule names the rule, and what set it off."""
    shop.system.do(AddRule("VIP first", trigger=CustomerMessageAdded, then=[commands.SetPriority(Priority.HIGH)]))
    shop.system.do(AddRule("Mark", trigger=PriorityChanged, then=[commands.AddTags({"high"})]))

    ticket = shop.ticket()

    assert shop.told(ticket) == [
        "Ticket opened by Mia.",
        "Message written by Mia.",
        "Priority set to high by rule “VIP first”, because a message came.",
        "Tags high added by rule “Mark”, because the priority changed.",
    ]


def test_failures_are_told_once(shop):
    """What is told about a rule names it once."""
    shop.system.do(AddRule("Broken", trigger=TicketOpened, then=[commands.Transfer(DepartmentId("none"))]))

    assert shop.last(shop.ticket()) == (
        "Rule “Broken” failed at Transfer with NotFound; what it had done was dropped, because the ticket was opened."
    )


def test_changes_are_told(shop):
    """Changes say what is so now, with names for ids; texts are not repeated."""
    ticket, other = shop.ticket(), shop.ticket()
    ana = AgentId(shop.ana.actor.id or "")
    shop.system.do(commands.DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.TEXT))
    told = {
        commands.Transfer(shop.billing): "Transferred to Billing by Ana.",
        commands.Assign(ana): "Assigned to Ana by Ana.",
        commands.Unassign(): "Assigned to nobody by Ana.",
        commands.Transfer(): "Taken out of its department by Ana.",
        commands.SetType("billing"): "Type set to billing by Ana.",
        commands.SetType(None): "Type taken away by Ana.",
        commands.AddTags({"b", "a"}): "Tags a, b added by Ana.",
        commands.RemoveTags({"a"}): "Tags a removed by Ana.",
        commands.SetSubject("PRIVATE"): "Subject edited by Ana.",
        commands.SetCustomFields({"order": "PRIVATE"}): "Custom fields changed: order by Ana.",
        commands.AddRequesters([shop.bob.id]): "Requesters Bob added by Ana.",
        commands.AddFollowers([shop.eve.id]): "Followers Eve added by Ana.",
        commands.SetCopies(["kim@example.org", "lee@example.org"]): "Addresses that get copies: 2 added by Ana.",
        commands.LinkTo(other.id): f"Links {other.reference} added by Ana.",
        commands.MakeSubTicketOf(other.id): f"Made a sub-ticket of {other.reference} by Ana.",
        commands.MakeIndependent(): "Made independent by Ana.",
        commands.SendMail(["kim@example.org"], "About", "PRIVATE"): "Mail sent to 1 address by Ana.",
        commands.Forward(["kim@example.org", "lee@example.org"]): "Message forwarded to 2 addresses by Ana.",
        commands.EnterTicket(): "Being looked at by Ana.",
        commands.LeaveTicket(): "Left by Ana.",
        commands.Postpone(shop.clock.now + timedelta(hours=1)): (
            f"Postponed until {shop.clock.now + timedelta(hours=1):%Y-%m-%d %H:%M} UTC by Ana."
        ),
    }

    for command, expected in told.items():
        shop.ana.do(command, on=ticket.id, **shop.seen(command))
        assert shop.last(ticket) == expected

    assert "PRIVATE" not in repr(shop.told(ticket))


def test_what_was_agreed_on_is_told(shop):
    """Targets tell their deadlines and what came of them, and name nobody: that the time counts is nobody's doing."""
    shop.system.do(commands.AddSlaPolicy("Gold", [Agreement(Target.FIRST_ANSWER, timedelta(hours=8))]))
    ticket = shop.ticket()
    due = f"{shop.clock.now + timedelta(hours=8):%Y-%m-%d %H:%M} UTC"

    shop.clock.advance(hours=9)
    while shop.system.sweep():
        pass
    shop.ana.do(commands.SendAnswer("Sorry!"), on=ticket.id)

    told = [it for it in shop.told(ticket) if it.startswith("First answer")]
    assert told == [f"First answer due {due}.", f"First answer late: it was due {due}.", "First answer late, but done."]


def test_silent_changes_say_so(shop):
    """What customers were not to hear of is told as such."""
    ticket = shop.ticket()

    shop.ana.do(commands.Resolve(silently=True), on=ticket.id)

    assert shop.last(ticket) == "Status set to resolved silently by Ana."


def test_desk_itself_is_not_named(shop):
    """What the desk did by itself is told without anybody's name."""
    ticket = shop.ticket()

    shop.system.do(commands.SetPriority(Priority.URGENT), on=ticket.id)

    assert shop.last(ticket) == "Priority set to urgent."


def test_unknown_ids_stand_for_themselves(shop):
    """Without names a sentence can still be read, if not by customers."""
    ticket = shop.ticket()
    shop.ana.do(commands.Transfer(shop.billing), on=ticket.id, seen=ANY)
    (event,) = (it for it in shop.system.thread(ticket.id) if type(it).__name__ == "Transferred")

    assert sentence(event) == f"Transferred to {shop.billing} by agent {shop.ana.actor.id}."


def test_events_of_the_host_are_read_off_their_names(shop):
    """A class that the library does not know says its name in words; as a reason, too."""

    @attrs.frozen(kw_only=True)
    class ParcelSent(Event):
        """A host's own event."""

    ticket = shop.ticket()
    shop.ana.do(commands.AddTags({"x"}), on=ticket.id)
    (tags,) = (it for it in shop.system.thread(ticket.id) if isinstance(it, TagsChanged))
    fields = {it.name: getattr(tags, it.name) for it in attrs.fields(Event)}

    assert sentence(ParcelSent(**fields), shop.names) == "Parcel sent by Ana."
    assert reason("ParcelSent") == "of “Parcel sent”"
