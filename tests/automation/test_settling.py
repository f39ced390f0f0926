"""The laws of settling, whatever the rules: it ends, nobody acts twice, and everything tells why."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore import commands, events
from ticketcore.automation import AddRule, Stop
from ticketcore.automation.settling import LONGEST_CHAIN
from ticketcore.commands.command import ANY
from ticketcore.conditions import EventF, F, always
from ticketcore.configuration import Setup
from ticketcore.events import Event
from ticketcore.model.ids import DepartmentId
from ticketcore.model.tickets import Priority

TRIGGERS = [
    Event,
    events.TicketOpened,
    events.CustomerMessageAdded,
    events.PriorityChanged,
    events.TypeChanged,
    events.TagsChanged,
    events.Transferred,
    events.StatusChanged,
    events.LinksChanged,
    events.QueueLengthChanged,
    events.RuleFailed,
]
CONDITIONS = [
    always,
    F.priority >= Priority.HIGH,
    ~F.tags.has("a"),
    F.type == "b",
    EventF.queue_length >= 2,
    EventF.priority.changed_to(Priority.LOW),
]
ACTIONS = [
    *map(commands.SetPriority, Priority),
    *map(commands.SetType, ["a", "b", "c"]),
    *(commands.AddTags({it}) for it in "abc"),
    *(commands.RemoveTags({it}) for it in "abc"),
    commands.Transfer(),
    commands.Transfer(DepartmentId("none")),
    commands.AssignNext(),
    commands.Unassign(),
    commands.Resolve(),
    commands.Reopen(),
    commands.SendAnswer("We have got it."),
    commands.AddInlineNote("Noted."),
]
RULES = st.builds(
    AddRule,
    st.sampled_from(["red", "green", "blue"]),
    trigger=st.sampled_from(TRIGGERS),
    when=st.sampled_from(CONDITIONS),
    then=st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3),
    place=st.integers(0, 3),
    stop=st.none() | st.sampled_from(Stop),
)
ASKED = [
    commands.SetPriority(Priority.LOW),
    commands.AddTags({"a", "z"}),
    commands.SetType("b"),
    commands.SendAnswer("Refunded."),
    commands.Resolve(),
    commands.Transfer(),
]


class Settled:
    """
    A desk with some rules, on which some things were asked.

    Args:
        rules: The commands that add them.
        asked: What was asked, each on both of two linked tickets.
    """

    def __init__(self, rules, asked):
        self.shop = SmallShop(setup=Setup(most_rule_failures=None))
        for rule in rules:
            self.shop.system.do(rule)
        # Every settling has a time of its own, by which its events are told from those of others.
        tickets = [self.ticket(department) for department in (None, self.shop.billing)]
        self.shop.clock.advance(minutes=1)
        self.shop.ana.do(commands.LinkTo(tickets[0].id), on=tickets[1].id)
        for command in asked:
            for ticket in tickets:
                self.shop.clock.advance(minutes=1)
                self.shop.system.do(command, on=ticket.id, seen=ANY)

    def ticket(self, department):
        """A ticket opened a minute after whatever was before."""
        self.shop.clock.advance(minutes=1)
        return self.shop.ticket(department=department)

    @property
    def events(self):
        """All that happened, by id."""
        entries = records_of(self.shop.storage)["entry"]
        return {id: it for id, it in entries.items() if isinstance(it, Event)}

    def chain(self, event):
        """The events that led to an event, itself first: each set off the rule that caused the one before."""
        found = [event]
        while found[-1].cause.event is not None:
            found.append(self.events[found[-1].cause.event])
        return found


@settings(max_examples=30)
@given(st.lists(RULES, max_size=6), st.lists(st.sampled_from(ASKED), max_size=3))
def test_everything_that_rules_do_tells_why(rules, asked):
    """What a rule did names an event of the same moment, which led to it; every chain begins with what no rule did."""
    settled = Settled(rules, asked)

    for event in settled.events.values():
        assert (event.cause.rule is None) == (event.cause.event is None) == (event.cause.happened is None)
        chain = settled.chain(event)
        assert chain[-1].cause.rule is None
        assert len({it.at for it in chain}) == 1
        for effect, reason in pairwise(chain):
            assert effect.cause.happened == type(reason).__name__


@settings(max_examples=30)
@given(st.lists(RULES, max_size=6), st.lists(st.sampled_from(ASKED), max_size=3))
def test_no_rule_acts_twice_and_no_chain_is_long(rules, asked):
    """In one settling each rule acts once per ticket at most, because of one event; chains have ten links at most."""
    settled = Settled(rules, asked)

    by_rule = {(it.at, it.ticket, it.cause.rule, it.cause.event) for it in settled.events.values() if it.cause.rule}
    # A rule of one ticket may change another one, which is linked: only its own ticket's events count.
    own = [it for it in by_rule if settled.events[it[3]].ticket == it[1]]
    assert not [turn for turn, times in Counter(it[:3] for it in own).items() if times > 1]
    assert max(len(settled.chain(it)) for it in settled.events.values()) <= LONGEST_CHAIN + 2


@settings(max_examples=15)
@given(st.lists(RULES, max_size=6), st.lists(st.sampled_from(ASKED), max_size=3))
def test_settling_is_the_same_every_time(rules, asked):
    """The same rules and the same work give the same tickets and the same threads, but for ids."""
    first, second = (
        [(type(it), it.position, it.cause.command, it.cause.rule_name) for it in Settled(rules, asked).events.values()]
        for _ in range(2)
    )

    assert sorted(first, key=repr) == sorted(second, key=repr)
