"""What may not be seen does not exist: naming it is answered like naming nothing, whatever is asked."""

from datetime import timedelta

import attrs
import pytest

from tests.any_command import MISSING, Pools, names, of_kind, simplest
from tests.fakes import START, records_of
from tests.small_shop import SmallShop
from ticketcore import commands
from ticketcore.access import DepartmentAccessPolicy, Verdict
from ticketcore.commands.command import (
    ANY,
    CustomerCommand,
    CustomerTicketCommand,
    DeskCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    TicketCommand,
)
from ticketcore.conditions import ContactF, F
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, NotFound, TicketcoreError
from ticketcore.events import TicketOpened
from ticketcore.model.checks import IS_ID
from ticketcore.seats import AgentSeat


class AgentsDoNotKnowEve(DepartmentAccessPolicy):
    """The usual access, but agents may do anything to what they see, and do not see Eve."""

    def visible_contacts(self, principal):
        """Everybody but Eve, for agents."""
        usual = super().visible_contacts(principal)
        return usual & ~(ContactF.name == "Eve") if principal.agent and not principal.oversees_all else usual

    def may(self, principal, permission, ticket):
        """Anything."""
        del principal, permission, ticket
        return Verdict(allowed=True, reason="it is seen")


class Situation(SmallShop):
    """A desk with everything of each kind: seen by Ana, and hidden from her."""

    def __init__(self) -> None:
        super().__init__(setup=Setup(access=AgentsDoNotKnowEve()))
        self.hidden: dict[str, list[str]] = {}
        self.seen_ticket = self.fill(self.mia, None)
        before = records_of(self.storage)
        self.hidden_ticket = self.fill(self.eve, self.legal)
        for kind, records in records_of(self.storage).items():
            self.hidden[kind] = [*(records.keys() - before.get(kind, {}).keys())]
        self.hidden["contact"] = [self.eve.id]

    def fill(self, contact, department):
        """A customer's ticket, and all else that there can be, of a department or of none."""
        ticket = self.ticket(contact)
        self.desk.as_customer(contact.id).do(commands.StartChatOnTicket("Hello"), on=ticket.id)
        for command in (
            commands.SendAnswer("Hello"),
            commands.SendInternalMessage("Hello"),
            commands.AddInlineNote("Hello"),
            commands.AddTicketNote("Hello"),
            commands.LogTime(timedelta(hours=1), agent=self.ana.actor.id),
            commands.StartCallOnTicket(),
            commands.StartTimer(agent=self.ana.actor.id),
            commands.Transfer(department),
        ):
            self.system.do(command, on=ticket.id)
        self.system.do(commands.AddContactNote(contact.id, "Hello"))
        self.system.do(commands.AddCannedResponse("Hello", "Hello", department=department))
        self.system.do(commands.AddMacro("Hello", [commands.Claim()], department=department))
        return self.system.ticket(ticket.id)


def outcome(situation, seat, command, named, **how):
    """What comes of a command, in words that do not tell which id it named."""
    before = records_of(situation.storage)
    try:
        seat.do(command, **how)
    except TicketcoreError as error:
        assert records_of(situation.storage) == before
        said = {name: repr(value).replace(named, "…") for name, value in vars(error).items()}
        return type(error), str(error).replace(named, "…"), said
    return records_of(situation.storage) == before


NAMING = [
    pytest.param(kind, field, id=f"{kind.__name__}.{field}")
    for kind in of_kind(TicketCommand, DeskCommand)
    for field in names(kind)
]


@pytest.mark.parametrize("seen", [ANY, 1, 99])
@pytest.mark.parametrize(("kind", "field"), NAMING)
def test_naming_what_is_hidden_is_naming_nothing(kind, field, seen):
    """Whatever a command names that the agent may not see, the answer is that for what does not exist, word by word."""
    named = names(kind)[field]
    how = {"seen": seen} if issubclass(kind, (OverwritingTicketCommand, OverwritingDeskCommand)) else {}
    situation = Situation()
    if issubclass(kind, TicketCommand):
        how["on"] = situation.seen_ticket.id
    simple = simplest(kind, Pools.of(situation))

    for id in (it for records in named.kinds for it in situation.hidden.get(records, [])):
        hidden, missing = (attrs.evolve(simple, **{field: [it] if named.several else it}) for it in (id, MISSING))
        told_of_missing = outcome(situation, situation.ana, missing, MISSING, **how)
        assert outcome(situation, situation.ana, hidden, id, **how) == told_of_missing


@pytest.mark.parametrize("kind", of_kind(TicketCommand), ids=lambda it: it.__name__)
def test_asking_on_a_hidden_ticket_is_asking_on_none(kind):
    """On a ticket that an agent may not see, nothing can be asked, and nothing is told of it, whatever was seen."""
    situation = Situation()
    simple = simplest(kind, Pools.of(situation))

    for seen in (ANY, 1, 99):
        how = {"seen": seen} if issubclass(kind, OverwritingTicketCommand) else {}
        on_hidden = outcome(
            situation, situation.ana, simple, situation.hidden_ticket.id, on=situation.hidden_ticket.id, **how
        )
        assert on_hidden == outcome(situation, situation.ana, simple, MISSING, on=MISSING, **how)
        assert on_hidden[0] is NotFound


@pytest.mark.parametrize("kind", of_kind(CustomerTicketCommand), ids=lambda it: it.__name__)
def test_customers_ask_nothing_on_the_tickets_of_others(kind):
    """On a ticket of somebody else's a customer can ask nothing, and is told nothing of it."""
    situation = Situation()
    simple = simplest(kind, Pools.of(situation))
    bob = situation.desk.as_customer(situation.bob.id)

    for id in (situation.seen_ticket.id, situation.hidden_ticket.id):
        on_hidden = outcome(situation, bob, simple, id, on=id)
        assert on_hidden == outcome(situation, bob, simple, MISSING, on=MISSING)
        assert on_hidden[0] is NotFound


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        pytest.param(kind, field, id=f"{kind.__name__}.{field}")
        for kind in of_kind(CustomerTicketCommand, CustomerCommand)
        for field in names(kind)
    ],
)
def test_customers_name_nothing_that_is_hidden(kind, field):
    """Whatever a customer's command names that is not theirs, the answer is that for what does not exist."""
    situation = Situation()
    mia = situation.desk.as_customer(situation.mia.id)
    how = {"on": situation.seen_ticket.id} if issubclass(kind, CustomerTicketCommand) else {}
    simple = simplest(kind, Pools.of(situation))

    for id in (it for records in names(kind)[field].kinds for it in situation.hidden.get(records, [])):
        told = [outcome(situation, mia, attrs.evolve(simple, **{field: it}), it, **how) for it in (id, MISSING)]
        assert told[0] == told[1]


def test_every_id_of_every_command_is_asked_for():
    """Every field that takes an id is among those that are tried with ids of what is hidden."""
    for kind in of_kind(TicketCommand, DeskCommand, CustomerCommand, CustomerTicketCommand):
        takes_ids = {it.name for it in attrs.fields(kind) if takes_an_id(it)}
        assert takes_ids <= names(kind).keys(), kind.__name__


def takes_an_id(field):
    """Whether a field of a command is checked to be an id, or ids."""
    check = field.metadata.get("ticketcore.check")
    return check is not None and (IS_ID.expected in check.expected)


READINGS = {
    "contact": ("contact", lambda shop, it: shop.ana.contact(it)),
    "contact_notes": ("contact", lambda shop, it: shop.ana.contact_notes(it)),
    "history": ("contact", lambda shop, it: shop.ana.history(it)),
    "conversation": ("ticket", lambda shop, it: shop.ana.conversation(it)),
    "download": ("ticket", lambda shop, it: shop.ana.download("1", on=it)),
    "explain": ("ticket", lambda shop, it: shop.ana.explain(F.id == it, on=it)),
    "explain_rules": ("ticket", lambda shop, it: shop.ana.explain_rules(on=it, event=TicketOpened)),
    "explain_assignment": ("ticket", lambda shop, it: shop.ana.explain_assignment(it)),
    "explain_deadlines": ("ticket", lambda shop, it: shop.ana.explain_deadlines(it)),
    "notes": ("ticket", lambda shop, it: shop.ana.notes(it)),
    "ratings": ("ticket", lambda shop, it: shop.ana.ratings(it)),
    "calls": ("ticket", lambda shop, it: shop.ana.calls(it)),
    "chats": ("ticket", lambda shop, it: shop.ana.chats(it)),
    "chat_messages": ("chat", lambda shop, it: shop.ana.chat_messages(it, on=shop.seen_ticket.id)),
    "time_entries": ("ticket", lambda shop, it: shop.ana.time_entries(it)),
    "timers": ("ticket", lambda shop, it: shop.ana.timers(it)),
    "timesheet": ("ticket", lambda shop, it: shop.ana.timesheet(START, START + timedelta(days=1), on=it)),
    "sub_tickets": ("ticket", lambda shop, it: shop.ana.sub_tickets(it)),
    "thread": ("ticket", lambda shop, it: shop.ana.thread(it)),
    "ticket": ("ticket", lambda shop, it: shop.ana.ticket(it)),
    "filled_response": ("canned_response", lambda shop, it: shop.ana.filled_response(it, on=shop.seen_ticket.id)),
}
"""The readings of agents that name a record, and of which kind."""

WITHOUT_HIDDEN_RECORDS = {
    "agents", "calendars", "canned_responses", "companies", "company", "company_notes", "contacts", "count",
    "custom_fields", "departments", "do", "do_on_each", "lint", "macros", "members", "presences", "recognise", "rules",
    "search", "simulate", "sla_policies", "tally", "tickets", "to_solve",
}  # fmt: skip
"""What else an agent's seat can do: it names nothing, or nothing that could be hidden from an agent."""


@pytest.mark.parametrize("reading", READINGS)
def test_reading_what_is_hidden_is_reading_nothing(reading):
    """Whatever an agent reads of what they may not see, the answer is that for what does not exist, word by word."""
    situation = Situation()
    kind, read = READINGS[reading]
    for hidden in situation.hidden[kind]:
        told = []
        for id in (hidden, MISSING):
            with pytest.raises(NotFound) as caught:
                read(situation, id)
            told.append((caught.value.what, str(caught.value).replace(id, "…")))
        assert told[0] == told[1]


def test_every_reading_is_tried():
    """Every method of an agent's seat is tried with what is hidden, or names nothing that could be."""
    methods = {it for it in dir(AgentSeat) if not it.startswith("_") and callable(getattr(AgentSeat, it))}

    assert methods == READINGS.keys() | WITHOUT_HIDDEN_RECORDS


def test_listings_do_not_show_what_is_hidden():
    """Customers and canned responses that an agent may not see are in no listing, and are not recognised."""
    situation = Situation()

    assert situation.eve.id not in {it.id for it in situation.ana.contacts(limit=None).items}
    assert situation.ana.recognise(address="eve@example.org") is None
    assert not {it.id for it in situation.ana.canned_responses()} & set(situation.hidden["canned_response"])
    assert not {it.id for it in situation.ana.macros()} & set(situation.hidden["macro"])
    assert not {it.id for it in situation.ana.tickets(limit=None).items} & set(situation.hidden["ticket"])


def test_no_word_finds_what_is_hidden():
    """No word of a hidden ticket finds it, and no word of a hidden customer finds what they asked for."""
    situation = Situation()
    hers = situation.ticket(situation.eve)
    hello = {it.id for it in situation.system.search("hello").items}
    eve = {it.id for it in situation.system.search("eve@example.org").items}

    assert hello == {situation.hidden_ticket.id, situation.seen_ticket.id}
    assert [it.id for it in situation.ana.search("hello").items] == [situation.seen_ticket.id]
    assert situation.ana.count(words="hello") == 1
    assert dict(situation.ana.tally("department", words="hello")) == {None: 1}
    assert eve == {hers.id, situation.hidden_ticket.id}
    assert situation.ana.search("eve@example.org").items == ()
    assert situation.ana.ticket(hers.id) == hers


# The holes that the prototype had.


def test_no_merging_into_what_may_not_be_seen():
    """An agent cannot merge a ticket into one that they may not see, nor one that they may not see into theirs."""
    situation = Situation()
    ours, theirs = situation.seen_ticket, situation.hidden_ticket

    for on, target in ((ours, theirs), (theirs, ours)):
        with situation.refusing(NotFound) as caught:
            situation.ana.do(commands.MergeInto(target.id), on=on.id)
        assert caught.value.id == theirs.id


def test_nobody_opens_a_ticket_in_somebody_elses_name():
    """The seat says who asks: no customer's command has a field that could name another requester."""
    situation = Situation()

    ticket = situation.desk.as_customer(situation.mia.id).do(commands.SubmitTicket("Hello", "It is me"))

    assert situation.system.ticket(ticket.id).requesters == (situation.mia.id,)
    message = situation.system.thread(ticket.id)[1]
    assert (message.author.id, message.author_name) == (situation.mia.id, "Mia")
    for kind in of_kind(CustomerCommand, CustomerTicketCommand):
        assert not {"requester", "requesters", "author", "contact", "customer", "about"} & set(attrs.fields_dict(kind))


def test_no_agent_asks_as_a_customer():
    """An agent cannot ask a customer's command, nor the system: what is written in a customer's name is theirs."""
    situation = Situation()

    for kind in of_kind(CustomerCommand, CustomerTicketCommand):
        how = {"on": situation.seen_ticket.id} if issubclass(kind, CustomerTicketCommand) else {}
        for seat in (situation.ana, situation.system):
            with situation.refusing(AccessDenied):
                seat.do(simplest(kind, Pools.of(situation)), **how)


def test_no_customer_asks_as_an_agent():
    """A customer cannot ask any command of agents or of the system, on their own ticket neither."""
    situation = Situation()
    mia = situation.desk.as_customer(situation.mia.id)

    for kind in of_kind(TicketCommand):
        with situation.refusing(AccessDenied):
            mia.do(simplest(kind, Pools.of(situation)), on=situation.seen_ticket.id)
    for kind in of_kind(DeskCommand):
        with situation.refusing(AccessDenied):
            mia.do(simplest(kind, Pools.of(situation)))


def test_whoever_does_not_exist_can_ask_nothing():
    """At the seat of nobody, or of somebody inactive or erased, nothing can be read or asked."""
    situation = Situation()
    situation.system.do(commands.EraseContact(situation.bob.id))
    situation.system.do(commands.DeactivateAgent(situation.dora.actor.id))

    for seat in (situation.desk.as_customer(MISSING), situation.desk.as_customer(situation.bob.id)):
        for ask in (seat.tickets, seat.profile, lambda: seat.do(commands.SubmitTicket("Hello"))):  # noqa: B023 - at once
            with situation.refusing(NotFound) as caught:
                ask()
            assert caught.value.what == "contact"
    for seat in (situation.desk.as_agent(MISSING), situation.dora):
        for ask in (seat.tickets, seat.count, lambda: seat.do(commands.OpenInternalTicket("Hello"))):  # noqa: B023
            with situation.refusing(NotFound) as caught:
                ask()
            assert caught.value.what == "agent"
