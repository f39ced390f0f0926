"""Who is eligible, and why others are not: each reason keeps an agent from getting tickets, and is explained."""

from datetime import timedelta

import pytest

from tests.small_shop import SmallShop
from tests.threads import at_once
from ticketcore import Setup, commands, events
from ticketcore.assignment import Choice, LeastBusyAssigner
from ticketcore.automation import AddRule
from ticketcore.business_time import WORKDAYS, every
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.command import ANY
from ticketcore.errors import InvalidInput, OutOfPlace
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.people import Pace
from ticketcore.model.presence import EVERY_MEDIUM, Medium
from ticketcore.model.tickets import Channel, Priority


@pytest.fixture
def shop():
    """A small shop's desk, on which every ticket that comes in is assigned."""
    shop = SmallShop()
    shop.system.do(AddRule("Next", trigger=events.TicketOpened, then=[commands.AssignNext()]))
    return shop


def reason(shop, ticket, agent):
    """Why an agent is not eligible for a ticket."""
    return next(it.reason for it in shop.system.explain_assignment(ticket.id) if it.agent == agent)


def team(shop, *names, **department):
    """A department of new agents, and they."""
    id = shop.system.do(commands.AddDepartment("Team", **department)).id
    return id, [shop.system.do(AddAgent(name, departments=[id])).id for name in names]


def without_chat(shop, department, agent):
    """The department is not available for chats any more."""
    shop.system.do(commands.ChangeDepartment(department, media=EVERY_MEDIUM - {Medium.CHAT}))
    return "the department 'Team' is not available for chat"


def not_in_chats(shop, department, agent):
    """The agent works on tickets alone there."""
    shop.system.do(commands.ChangeMembership(department, agent, media={Medium.TICKETS}))
    return "does not work on chat in this department"


def on_the_phone(shop, department, agent):
    """The agent is there for calls alone."""
    shop.system.do(commands.GoOnline({Medium.PHONE}, agent=agent))
    return "is not available for chat"


def away(shop, department, agent):
    """The agent goes offline."""
    shop.system.do(commands.GoOffline(agent))
    return "is offline"


def after_work(shop, department, agent):
    """The agent's working day ends."""
    calendar = shop.system.do(
        commands.AddCalendar("Days", zone="Europe/Ljubljana", hours=every(WORKDAYS, ("09:00", "17:00")))
    )
    shop.system.do(commands.ChangeAgent(agent, calendar=calendar.id))
    assert shop.ticket(department=department, channel=Channel.CHAT).assignee == agent
    shop.clock.advance(hours=7)
    return "is outside working hours"


def full(shop, department, agent):
    """The agent has as much as may be."""
    shop.system.do(commands.ChangeAgent(agent, capacity=0))
    return "has 1 in work, at most 0"


def deactivated(shop, department, agent):
    """The agent is sent off."""
    shop.system.do(commands.DeactivateAgent(agent))
    return "is not active"


def sent_elsewhere(shop, department, agent):
    """The agent leaves the department."""
    shop.system.do(commands.RemoveMember(department, agent))
    return "is no member of the department 'Team'"


@pytest.mark.parametrize(
    "happens",
    [without_chat, not_in_chats, on_the_phone, away, after_work, full, deactivated, sent_elsewhere],
    ids=lambda it: it.__name__,
)
def test_who_is_not_eligible_gets_nothing(shop, happens):
    """What keeps an agent from being eligible keeps tickets away, and stands in the explanation."""
    department, (agent,) = team(shop, "Olga")
    assert shop.ticket(department=department, channel=Channel.CHAT).assignee == agent

    expected = happens(shop, department, agent)

    ticket = shop.ticket(department=department, channel=Channel.CHAT)
    assert ticket.assignee is None
    assert reason(shop, ticket, agent) == expected


@pytest.mark.parametrize("happens", [without_chat, not_in_chats, on_the_phone], ids=lambda it: it.__name__)
def test_media_are_on_and_off_one_by_one(shop, happens):
    """Who, or what, is not available for chats gets tickets of other media as before (DP-5)."""
    department, (agent,) = team(shop, "Olga")
    channel = Channel.CALL if happens is on_the_phone else Channel.EMAIL

    happens(shop, department, agent)

    assert shop.ticket(department=department, channel=channel).assignee == agent


def test_every_agent_of_the_desk_is_explained(shop):
    """Who would get a ticket is told first, then why each other agent of the desk would not."""
    department, (olga, iva) = team(shop, "Olga", "Iva")
    ticket = shop.ticket(department=department)

    verdicts = shop.system.explain_assignment(ticket.id)

    assert [it.chosen for it in verdicts] == [True, False, False, False]
    assert {it.agent for it in verdicts[:2]} == {olga, iva}
    assert {it.agent for it in verdicts} == {it.id for it in shop.system.agents()}


def test_who_would_not_see_it_is_explained(shop):
    """Who is eligible but may not see the ticket is not chosen."""
    ticket = shop.ticket(department=shop.legal)

    assert ticket.assignee == shop.dora.actor.id
    assert reason(shop, ticket, shop.ana.actor.id) == "is no member of the department 'Legal'"


def test_pace_is_kept_over_any_span(shop):
    """Nobody is given more tickets than the pace allows in any span of its length; then it goes on."""
    department, (agent,) = team(shop, "Olga")
    shop.system.do(commands.ChangeAgent(agent, pace=Pace(2, timedelta(hours=1))))
    tickets = []
    for _ in range(30):
        tickets.append(shop.ticket(department=department).id)
        shop.clock.advance(minutes=7)

    threads = (shop.system.thread(it) for it in tickets)
    given = [it.at for thread in threads for it in thread if isinstance(it, events.Assigned)]
    assert len(given) >= 6
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in zip(given, given[2:], strict=False))
    ticket = shop.ticket(department=department)
    shop.ticket(department=department)
    assert reason(shop, ticket, agent) == "was given 2 of late, at most 2 within 1:00:00"


def test_limits_hold_across_departments(shop):
    """However many assign at once in several departments, nobody is given more than the capacity, or the pace."""
    one, (agent, other) = team(shop, "Olga", "Iva")
    two = shop.system.do(commands.AddDepartment("Other")).id
    shop.system.do(commands.AddMembers(two, [agent, other]))
    shop.system.do(commands.ChangeAgent(agent, capacity=3))
    shop.system.do(commands.ChangeAgent(other, pace=Pace(3, timedelta(hours=1))))
    mia = shop.desk.as_customer(shop.mia.id)

    at_once([lambda it=it: mia.do(commands.SubmitTicket("Hello", department=it)) for it in [one, two] * 5])

    assert shop.system.tally("assignee") == {agent: 3, other: 3, None: 4}


def test_excluded_agents_are_passed_over(shop):
    """A rule can leave agents out."""
    department, (olga, iva) = team(shop, "Olga", "Iva")
    ticket = shop.ticket(department=department)
    for _ in range(3):
        command = commands.AssignNext(excluding=[olga], reassign=True)
        assert shop.system.do(command, on=ticket.id).assignee == iva


# Which assigner chooses.


def test_assigners_are_asked_by_name(shop):
    """The command names the assigner, or the department does, or it is the desk's own."""
    shop = SmallShop(setup=Setup(assigners={"by load": LeastBusyAssigner()}))
    department, (olga, iva) = team(shop, "Olga", "Iva")
    for _ in range(2):
        shop.system.do(commands.Assign(olga), on=shop.ticket(department=department).id, seen=ANY)

    def given(**how):
        ticket = shop.ticket(department=department)
        return shop.system.do(commands.AssignNext(**how), on=ticket.id).assignee

    assert [given(by="by load"), given(by="least_busy")] == [iva, iva]
    shop.system.do(commands.ChangeDepartment(department, assigner="by load"), seen=ANY)
    shop.system.do(commands.Resolve(), on=shop.system.tickets().items[-1].id)
    assert given() == iva
    assert {given(by="round_robin") for _ in range(2)} == {olga, iva}


def test_unknown_assigner_is_refused(shop):
    """An assigner that the desk does not have is refused with the names of those that it has."""
    department, _ = team(shop, "Olga")
    ticket = shop.ticket()
    for command, on in (
        (commands.AssignNext("cleverest", reassign=True), {"on": ticket.id}),
        (commands.AddDepartment("New", assigner="cleverest"), {}),
        (commands.ChangeDepartment(department, assigner="cleverest"), {"seen": ANY}),
    ):
        with shop.refusing(InvalidInput) as caught:
            shop.system.do(command, **on)
        assert "round_robin" in str(caught.value)


class Stubborn:
    """An assigner that always chooses the same agent, candidate or not."""

    def __init__(self, agent):
        self.agent = agent

    def choose(self, question):
        """The agent."""
        return Choice(self.agent, question.rotation)

    def explain(self, question):  # noqa: ARG002 - as the protocol says
        """Nothing."""
        return ()


def test_assigner_that_chooses_no_candidate_is_refused():
    """A host's assigner cannot give a ticket to somebody who is not eligible."""
    shop = SmallShop(setup=Setup(assigner=Stubborn("nobody")))
    ticket = shop.ticket()

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(commands.AssignNext(), on=ticket.id)

    assert "no candidate" in str(caught.value)


# What assigners ask of the desk.


def test_customers_come_to_who_knows_them(shop):
    """The agent who had the customer's last ticket gets the next one; of an unknown customer, whose turn it is."""
    shop = SmallShop()
    department, agents = team(shop, "Olga", "Iva", "Una")
    acme = shop.system.do(commands.AddCompany("Acme", domains=["acme.example"])).id
    for contact, agent in ((shop.mia, agents[1]), (shop.bob, agents[2])):
        shop.system.do(commands.Assign(agent), on=shop.ticket(contact, department=department).id, seen=ANY)
    colleagues = [
        shop.system.do(commands.AddContact(name, email=f"{name}@acme.example", company=acme)) for name in ("kim", "lee")
    ]
    first = shop.ticket(colleagues[0], department=department)
    shop.system.do(commands.Assign(agents[2]), on=first.id, seen=ANY)

    def given(contact):
        ticket = shop.ticket(contact, department=department)
        return shop.system.do(commands.AssignNext("knows_customer"), on=ticket.id).assignee

    assert [given(shop.mia), given(shop.bob), given(colleagues[1])] == [agents[1], agents[2], agents[2]]
    assert given(shop.eve) == agents[0]


def test_urgent_tickets_can_count_more():
    """Where priorities are weighed, one urgent ticket can outweigh several others."""
    shop = SmallShop(setup=Setup(assigner=LeastBusyAssigner({Priority.URGENT: 5})))
    department, (olga, iva) = team(shop, "Olga", "Iva")
    for agent, priority in ((olga, Priority.URGENT), (iva, Priority.LOW), (iva, Priority.LOW)):
        ticket = shop.ticket(department=department)
        shop.system.do(commands.SetPriority(priority), on=ticket.id)
        shop.system.do(commands.Assign(agent), on=ticket.id, seen=ANY)

    ticket = shop.ticket(department=department)
    verdicts = {it.agent: it.reason for it in shop.system.explain_assignment(ticket.id)}

    assert verdicts[olga] == "has 1 in work, counted as 5; others have less to do"
    assert shop.system.do(commands.AssignNext(), on=ticket.id).assignee == iva


def test_skills_decide_who_can(shop):
    """A ticket with a tag that is somebody's skill goes to who has it; members' priority and weight go on counting."""
    department, (olga, iva) = team(shop, "Olga", "Iva", assigner="skills", access=DepartmentAccess.RESTRICTED)
    shop.system.do(commands.ChangeAgent(iva, skills={"refund"}), seen=ANY)
    for _ in range(3):
        ticket = shop.system.do(commands.OpenTicket([shop.mia.id], "Hello", tags={"Refund"}, department=department))
        assert ticket.assignee == iva
    assert reason(shop, ticket, olga) == "lacks 'refund'"
    assert {shop.ticket(department=department).assignee for _ in range(2)} == {olga, iva}


def test_members_of_high_priority_come_first(shop):
    """A member of higher priority gets all tickets until there is no room."""
    department, (olga, iva) = team(shop, "Olga", "Iva", assigner="agent_priority")
    shop.system.do(commands.ChangeMembership(department, iva, priority=1), seen=ANY)
    shop.system.do(commands.ChangeAgent(iva, capacity=2), seen=ANY)

    assert [shop.ticket(department=department).assignee for _ in range(3)] == [iva, iva, olga]
