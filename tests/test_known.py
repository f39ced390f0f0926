"""The configuration between commands: read anew when others changed it, known when this desk did."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.automation.test_rules import told
from tests.fakes import Clock, seeded_ids
from ticketcore import HelpDesk
from ticketcore.automation import AddRule, ChangeRule, OlderThan, RemoveRule
from ticketcore.automation.rules import RULES
from ticketcore.commands import ANY, AddContact, AddTags, SubmitTicket
from ticketcore.events import QueueLengthChanged, TicketOpened
from ticketcore.storage.memory import MemoryStorage


class Asked(MemoryStorage):
    """A storage that remembers of which kinds pages were asked for."""

    def __init__(self):
        super().__init__()
        self.kinds = []

    def find(self, query, *, now):
        """The page that a query asks for."""
        self.kinds.append(query.kind)
        return super().find(query, now=now)


@pytest.fixture
def storage():
    """A storage that remembers what it was asked."""
    return Asked()


def desk_on(storage, seed):
    """One of several programs that work on a storage."""
    return HelpDesk(storage, clock=Clock(), new_id=seeded_ids(seed))


def tagging(tag):
    """A rule that leaves its mark on new tickets."""
    return AddRule(tag, trigger=TicketOpened, then=[AddTags({tag})])


def tags_of_a_new_ticket(desk):
    """What rules make of a ticket."""
    mia = desk.as_system().do(AddContact("Mia"))
    return set(desk.as_system().ticket(desk.as_customer(mia.id).do(SubmitTicket("Invoice 7")).id).tags)


def test_rules_are_not_read_again_for_one_more(storage):
    """However many rules there are: to add another, change one or take one away, the others are not read."""
    system = desk_on(storage, 1).as_system()
    first, second = system.do(tagging("one")), system.do(tagging("two"))
    storage.kinds.clear()

    system.do(tagging("three"))
    system.do(ChangeRule(first.id, active=False), seen=ANY)
    system.do(RemoveRule(second.id), seen=ANY)

    assert RULES not in storage.kinds


def test_what_this_desk_did_to_the_rules_holds_at_once(storage):
    """Rules that were added, changed and taken away run, or do not, from the next command on; new ones go last."""
    desk = desk_on(storage, 1)
    system = desk.as_system()
    one, two, three = (system.do(tagging(tag)) for tag in ("one", "two", "three"))

    system.do(ChangeRule(one.id, then=[AddTags({"first"})]), seen=ANY)
    system.do(RemoveRule(two.id), seen=ANY)

    assert tags_of_a_new_ticket(desk) == {"first", "three"}
    assert one.place < two.place < three.place < system.do(tagging("four")).place


def test_what_others_did_to_the_rules_holds_at_once(storage):
    """A desk that followed its own changes still sees those that another program makes in between."""
    ours, theirs = desk_on(storage, 1), desk_on(storage, 2)
    ours.as_system().do(tagging("ours"))
    rule = theirs.as_system().do(tagging("theirs"))
    ours.as_system().do(tagging("ours too"))
    theirs.as_system().do(RemoveRule(rule.id), seen=ANY)
    theirs.as_system().do(tagging("theirs too"))

    assert tags_of_a_new_ticket(ours) == tags_of_a_new_ticket(theirs) == {"ours", "ours too", "theirs too"}


PLACES = st.none() | st.integers(0, 3)


@given(data=st.data())
def test_rules_that_were_followed_are_those_that_are_stored(data):
    """Whatever was done to the rules, and by whichever desk: what each knows of them is what a new one reads."""
    storage = MemoryStorage()
    desks = [desk_on(storage, 1), desk_on(storage, 2)]
    for number in range(data.draw(st.integers(1, 8))):
        system = data.draw(st.sampled_from(desks)).as_system()
        rules = system.rules()
        verb = data.draw(st.sampled_from(["add", "change", "remove"] if rules else ["add"]))
        if verb == "add":
            trigger = data.draw(st.sampled_from([TicketOpened, QueueLengthChanged, OlderThan(timedelta(days=1))]))
            place = data.draw(PLACES)
            system.do(AddRule(f"rule {number}", trigger=trigger, then=[AddTags({"a"})], place=place))
        elif verb == "change":
            rule, place = data.draw(st.sampled_from(rules)), data.draw(st.integers(0, 3))
            system.do(ChangeRule(rule.id, place=place, active=data.draw(st.booleans())), seen=ANY)
        else:
            system.do(RemoveRule(data.draw(st.sampled_from(rules)).id), seen=ANY)

    anew = desk_on(storage, 3)
    for desk in (*desks, anew):
        desk.as_system().rules()
    known, other, read = (desk.flow._cache._known.rules for desk in (*desks, anew))
    assert told(known) == told(other) == told(read)
