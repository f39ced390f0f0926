from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import a_desk
from ticketcore import commands
from ticketcore.access import THE_SYSTEM, DepartmentAccessPolicy, Principal
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.departments import AddDepartment
from ticketcore.conditions import F
from ticketcore.errors import NotFound
from ticketcore.model.actors import Actor
from ticketcore.model.departments import DepartmentAccess, Membership, membership_id
from ticketcore.model.lifecycle import STANDARD_LIFE_CYCLE, Category
from ticketcore.model.people import Role
from ticketcore.model.permissions import EVERYDAY, Permission
from ticketcore.model.tickets import Channel, InternalTicket, Ticket

POLICY = DepartmentAccessPolicy()
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def a_ticket(kind=Ticket, **fields):
    """A ticket of the department `d`, of the contact `mia`."""
    own = {"requesters": ("mia",), "public_changed_at": NOW, "source": Channel.FORM}
    common = {
        "id": "t",
        "reference": "r",
        "subject": "s",
        "description": "",
        "status": STANDARD_LIFE_CYCLE.main(Category.NEW),
        "status_changed_at": NOW,
        "created_at": NOW,
        "changed_at": NOW,
        "department": "d",
    }
    return kind(**{**common, **(own if kind is Ticket else {"raised_by": "ana"}), **fields})


def an_agent(role=Role.AGENT, permissions=None, restricted=()):
    """An agent, a member of `d` if permissions are given."""
    member = Membership(
        id=membership_id("d", "ana"), department="d", agent="ana", permissions=permissions or frozenset()
    )
    memberships = {} if permissions is None else {"d": member}
    return Principal(Actor.agent("ana"), role, memberships, frozenset(restricted))


MIA = Principal(Actor.contact("mia"))
NOBODY = Principal(attrs.evolve(Actor.agent("ana"), id=None))


@pytest.mark.parametrize("permission", Permission, ids=lambda it: it.value)
@pytest.mark.parametrize("role", Role, ids=lambda it: it.name)
def test_roles_decide_on_what_concerns_the_desk(role, permission):
    """Administrators and owners may do everything; other agents everyday work, on the desk as elsewhere."""
    for ticket in (None, a_ticket(), a_ticket(department=None)):
        verdict = POLICY.may(an_agent(role), permission, ticket)

        assert verdict.allowed is (role >= Role.ADMIN or permission in EVERYDAY)
        assert verdict.reason


@pytest.mark.parametrize("permission", Permission, ids=lambda it: it.value)
@pytest.mark.parametrize("listed", [frozenset(), EVERYDAY, frozenset(Permission)], ids=len)
def test_membership_decides_on_the_departments_tickets(listed, permission):
    """A member may do what the membership lists to the department's tickets, no more, no less; the reason says so."""
    verdict = POLICY.may(an_agent(permissions=listed), permission, a_ticket())

    assert verdict.allowed is (permission in listed)
    assert permission.value in verdict.reason
    assert ("does not list" in verdict.reason) is not verdict.allowed


def test_who_is_denied_reads_what_the_membership_lists():
    """The reason says what there is instead, and how it is changed."""
    verdict = POLICY.may(an_agent(permissions={Permission.NOTE, Permission.ANSWER}), Permission.DELETE, a_ticket())

    assert verdict.reason == (
        "the membership of the department does not list 'delete', only 'answer', 'note'; ChangeMembership adds to it"
    )


def test_membership_says_nothing_of_other_departments():
    """What a membership lists is for the tickets of its department; elsewhere members may what every agent may."""
    agent = an_agent(permissions=frozenset({Permission.PURGE}))

    for ticket in (a_ticket(department="other"), a_ticket(department=None), None):
        assert POLICY.may(agent, Permission.ANSWER, ticket).allowed
        assert not POLICY.may(agent, Permission.PURGE, ticket).allowed


@pytest.mark.parametrize("permission", Permission, ids=lambda it: it.value)
def test_the_system_may_everything(permission):
    """The desk itself may do everything."""
    assert POLICY.may(THE_SYSTEM, permission, a_ticket()).allowed
    assert POLICY.may(THE_SYSTEM, permission, None).allowed


@pytest.mark.parametrize("permission", Permission, ids=lambda it: it.value)
def test_customers_may_nothing_on_internal_tickets(permission):
    """On an internal ticket a customer may do nothing, whatever it is."""
    assert not POLICY.may(MIA, permission, a_ticket(InternalTicket)).allowed


def test_whoever_is_nobody_sees_nothing():
    """An actor who is neither agent, nor customer, nor the desk itself sees nothing."""
    assert not NOBODY.is_system
    assert repr(POLICY.visible_tickets(NOBODY)) == "never"
    assert repr(POLICY.visible_contacts(NOBODY)) == "never"
    assert not POLICY.sees_the_desk(NOBODY)


@pytest.mark.parametrize(("principal", "sees"), [(THE_SYSTEM, True), (an_agent(), True), (MIA, False)], ids=str)
def test_agents_see_the_desk(principal, sees):
    """Agents, departments, companies and rules are the agents' to see, not the customers'."""
    assert POLICY.sees_the_desk(principal) is sees


class Organisation:
    """A desk with departments, agents and tickets of every kind, of which hardly anybody sees all."""

    def __init__(self) -> None:
        self.desk, _ = a_desk()
        self.system = system = self.desk.as_system()
        self.departments = [
            None,
            *(
                system.do(AddDepartment(f"{access.value} {number}", access)).id
                for number in range(2)
                for access in DepartmentAccess
            ),
        ]
        _, open_one, restricted, other_open, other_restricted = self.departments
        placed = [(), (open_one,), (restricted,), (restricted, other_restricted), (other_open, other_restricted)]
        self.agents = [
            self.desk.as_agent(system.do(AddAgent(f"Agent {number}", departments=departments)).id)
            for number, departments in enumerate(placed)
        ]
        self.agents.append(self.desk.as_agent(system.do(AddAgent("Olga", role=Role.ADMIN)).id))
        contacts = [system.do(AddContact(name)).id for name in ("Mia", "Bob")]
        self.customers = [self.desk.as_customer(it) for it in contacts]
        for department in self.departments:
            for contact in contacts:
                ticket = system.do(commands.OpenTicket([contact], "Hello", "Hello", department=department))
                system.do(commands.AddFollowers(contacts[:1]), on=ticket.id)
            self.agents[0].do(commands.OpenInternalTicket("Hello", department=department, about=contacts[0]))
        self.tickets = system.tickets(limit=None).items
        for number, status in ((3, "deleted"), (4, "spam")):
            system.do(commands.MoveTo(status), on=self.tickets[number].id)


ORGANISATION = Organisation()
"""Made once: nothing here changes it."""

CONDITIONS = st.sampled_from(
    [
        F.internal == True,  # noqa: E712 - a condition
        F.department.is_missing(),
        F.department.name.contains("restricted"),
        F.requester.name == "Mia",
        F.category == Category.DELETED,
        ~F.tags.has("vip"),
        F.subject == "Hello",
        F.id.is_in([it.id for it in ORGANISATION.tickets[::2]]),
    ]
)


@given(st.sampled_from(ORGANISATION.agents), CONDITIONS)
def test_listings_never_show_more_than_looking(seat, where):
    """A listing, a count and a tally have exactly those tickets that the agent can open one by one."""
    opened = {it.id for it in ORGANISATION.tickets if can_open(seat, it)}
    matching = {it.id for it in ORGANISATION.system.tickets(where, limit=None).items}

    assert {it.id for it in seat.tickets(where, limit=None).items} == opened & matching
    assert seat.count(where) == len(opened & matching)
    assert sum(seat.tally("department", where).values()) == len(opened & matching)


def can_open(seat, ticket):
    """Whether somebody can open a ticket."""
    try:
        seat.ticket(ticket.id)
    except NotFound:
        return False
    return True


def test_agents_see_what_their_departments_allow():
    """Agents see all but the tickets of restricted departments that they are no members of; administrators see all."""
    _, _, restricted, _, other_restricted = ORGANISATION.departments
    hidden = [
        {restricted, other_restricted},
        {restricted, other_restricted},
        {other_restricted},
        set(),
        {restricted},
        set(),
    ]

    for seat, out_of_sight in zip(ORGANISATION.agents, hidden, strict=True):
        seen = {it.department for it in seat.tickets(limit=None).items}
        assert seen == set(ORGANISATION.departments) - out_of_sight


@pytest.mark.parametrize("number", [0, 1], ids=["Mia", "Bob"])
def test_customers_see_their_own_that_are_not_set_aside(number):
    """Customers see the tickets that they asked for or follow, in whatever department, none internal or set aside."""
    seat = ORGANISATION.customers[number]
    theirs = {
        it.id
        for it in ORGANISATION.system.tickets(limit=None).items
        if isinstance(it, Ticket) and seat.actor.id in it.parties and it.status.key not in {"deleted", "spam"}
    }

    assert {it.id for it in seat.tickets(limit=None).items} == theirs
    assert {it.id for it in ORGANISATION.tickets if can_open(seat, it)} == theirs
    assert theirs


def test_customers_see_themselves_alone():
    """A customer finds their own data, and nobody else's."""
    mia, bob = ORGANISATION.customers

    assert mia.profile().name == "Mia"
    assert bob.profile().name == "Bob"
    assert not hasattr(mia, "contacts")


@given(st.sampled_from(ORGANISATION.agents), st.integers(1, 4))
def test_paging_shows_the_same(seat, size):
    """Page by page an agent sees exactly what they see at once."""
    whole = seat.tickets(limit=None).items
    page = seat.tickets(limit=size)
    paged = [*page.items]
    while page.next is not None:
        page = seat.tickets(limit=size, after=page.next)
        paged += page.items

    assert tuple(paged) == whole
