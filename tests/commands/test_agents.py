import pytest

from tests.fakes import records_of, unchanged
from ticketcore.commands.agents import AddAgent, ChangeAgent, DeactivateAgent, ReactivateAgent
from ticketcore.commands.assignment import Assign, AssignNext, Transfer
from ticketcore.commands.departures import Handover
from ticketcore.commands.memberships import AddMembers
from ticketcore.commands.status import Resolve
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import Assigned
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.people import Role


@pytest.fixture
def ana(shop):
    """The id of Ana, an agent."""
    return AgentId(shop.ana.actor.id)


@pytest.fixture
def admin(shop):
    """The seat of Adam, the only administrator."""
    return shop.desk.as_agent(shop.system.do(AddAgent("Adam", role=Role.ADMIN)).id)


@pytest.fixture
def owner(shop):
    """The seat of Olga, the only owner."""
    return shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.OWNER)).id)


def agent(shop, id):
    """An agent as they are now."""
    return next(it for it in shop.system.agents() if it.id == id)


def test_agent_is_added(shop):
    """An agent has two names, an address, a role, a capacity, and departments to work in."""
    kim = shop.system.do(
        AddAgent(
            "Kim Lee",
            "kim@shop.example",
            departments=[shop.billing, shop.legal, shop.billing],
            public_name="Kim",
            role=Role.ADMIN,
            capacity=20,
        )
    )

    assert kim == agent(shop, kim.id)
    assert (kim.name, kim.public_name, kim.email) == ("Kim Lee", "Kim", "kim@shop.example")
    assert (kim.role, kim.capacity, kim.active) == (Role.ADMIN, 20, True)
    memberships = records_of(shop.storage)["membership"].values()
    assert {it.department for it in memberships if it.agent == kim.id} == {shop.billing, shop.legal}


def test_customers_see_the_name_unless_another_is_given(shop, ana):
    """The public name is the name by default."""
    assert agent(shop, ana).public_name == "Ana"


def test_agent_of_an_unknown_department_is_not_added(shop):
    """Where somebody works is there, or nobody is added."""
    with shop.refusing(NotFound):
        shop.system.do(AddAgent("Kim", departments=[shop.billing, DepartmentId("none")]))


def test_address_is_one_agent_s(shop, ana):
    """No two agents have one address, in whatever case; one that is given up can be another's."""
    kim = shop.system.do(AddAgent("Kim", "Kim@shop.example"))

    for command in (AddAgent("Lee", "kim@SHOP.example"), ChangeAgent(ana, email="kim@shop.example")):
        with shop.refusing(OutOfPlace) as caught:
            shop.system.do(command)
        assert "the e-mail address 'kim@shop.example' is taken already" in str(caught.value)

    shop.system.do(ChangeAgent(kim.id, email=None))
    assert shop.system.do(ChangeAgent(ana, email="kim@shop.example")).email == "kim@shop.example"


def test_changes_leave_the_rest_as_it_is(shop):
    """What is not given stays; None takes away the address, or the limit."""
    kim = shop.system.do(AddAgent("Kim Lee", "kim@shop.example", public_name="Kim", capacity=5))

    changed = shop.system.do(ChangeAgent(kim.id, public_name="K."), seen=kim.version)
    assert (changed.name, changed.public_name, changed.email, changed.capacity) == (
        "Kim Lee",
        "K.",
        "kim@shop.example",
        5,
    )
    changed = shop.system.do(ChangeAgent(kim.id, name="Kim", email=None, capacity=None, role=Role.ADMIN))
    assert (changed.name, changed.email, changed.capacity, changed.role) == ("Kim", None, None, Role.ADMIN)
    with unchanged(shop.storage):
        shop.system.do(ChangeAgent(kim.id, name="Kim"))


def test_change_of_an_older_version_is_a_conflict(shop, ana):
    """Two changes at once never lose one silently."""
    shop.system.do(ChangeAgent(ana, capacity=5))

    with shop.refusing(Conflict):
        shop.system.do(ChangeAgent(ana, capacity=6), seen=1)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": ""}, "name"),
        ({"public_name": None}, "public_name"),
        ({"email": "kim"}, "email"),
        ({"role": 20}, "role"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": True}, "capacity"),
    ],
)
def test_bad_data_is_refused_at_the_door(fields, path):
    """Names are lines, addresses addresses, roles roles, limits whole numbers."""
    with pytest.raises(InvalidInput) as caught:
        ChangeAgent(AgentId("1"), **fields)
    assert [fault.path for fault in caught.value.faults] == [path]


# Who may do it.


def test_only_admins_manage_agents(shop, ana, admin):
    """Agents cannot make themselves more than they are, nor send anybody off; and customers cannot at all."""
    dora = AgentId(shop.dora.actor.id)
    for command in (
        AddAgent("Kim"),
        DeactivateAgent(dora),
        ReactivateAgent(dora),
        ChangeAgent(ana, role=Role.ADMIN),
    ):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **shop.seen(command))
        with shop.refusing(AccessDenied):
            shop.desk.as_customer(shop.mia.id).do(command)
        admin.do(command, **shop.seen(command))


def test_only_owners_make_owners(shop, ana, admin, owner):
    """An administrator neither makes an owner nor changes, sends off or takes back one; an owner does."""
    oscar = shop.system.do(AddAgent("Oscar", role=Role.OWNER)).id
    for command in (
        AddAgent("Kim", role=Role.OWNER),
        ChangeAgent(ana, role=Role.OWNER),
        ChangeAgent(oscar, email="adam@shop.example"),
        DeactivateAgent(oscar),
        ReactivateAgent(oscar),
        ChangeAgent(oscar, role=Role.AGENT),
    ):
        with shop.refusing(AccessDenied) as caught:
            admin.do(command, **shop.seen(command))
        assert str(caught.value).endswith("the role owner is higher than that of who asks")
        owner.do(command, **shop.seen(command))


def test_admins_make_admins(shop, ana, admin):
    """Nobody makes anybody more than they are themselves; as much they do."""
    assert admin.do(ChangeAgent(ana, role=Role.ADMIN), seen=1).role is Role.ADMIN
    assert admin.do(AddAgent("Kim", role=Role.ADMIN)).role is Role.ADMIN


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_last_of_a_role_stays(shop, admin, owner, role):
    """The last who can do what a role can neither leaves nor steps down; the error says what to do first."""
    seat = owner if role is Role.OWNER else admin
    if role is Role.ADMIN:
        shop.system.do(DeactivateAgent(AgentId(owner.actor.id)))
    own = AgentId(seat.actor.id)
    name = role.name.lower()

    for command in (DeactivateAgent(own), ChangeAgent(own, role=Role.AGENT)):
        with shop.refusing(OutOfPlace) as caught:
            seat.do(command, **shop.seen(command))
        assert f"is the last active {name}" in str(caught.value)
        assert caught.value.allowed == (f"make another agent {name} first",)

    seat.do(AddAgent("Second", role=role))
    assert seat.do(ChangeAgent(own, role=Role.AGENT), seen=1).role is Role.AGENT


def test_inactive_ones_do_not_count(shop, admin):
    """Who was sent off is nobody to leave the desk to, and can be sent off again."""
    other = shop.system.do(AddAgent("Second", role=Role.ADMIN)).id
    admin.do(DeactivateAgent(other))

    with shop.refusing(OutOfPlace):
        admin.do(DeactivateAgent(AgentId(admin.actor.id)))
    assert admin.do(DeactivateAgent(other)).active is False


def test_admin_may_step_down_while_there_is_an_owner(shop, admin, owner):
    """A higher role can do all that a lower one can."""
    own = AgentId(admin.actor.id)

    assert admin.do(ChangeAgent(own, role=Role.AGENT), seen=1).role is Role.AGENT


def test_system_can_do_all(shop, owner):
    """The host's program bootstraps the desk: it needs no role, and may leave the desk without an owner."""
    assert shop.system.do(DeactivateAgent(AgentId(owner.actor.id))).active is False
    assert shop.system.do(AddAgent("New", role=Role.OWNER)).role is Role.OWNER


# Leaving and coming back.


def test_tickets_in_work_go_back_to_the_queue(shop, ana):
    """Who leaves leaves their tickets in work to nobody, with an event; done ones stay under their name."""
    ticket = shop.system.do(Transfer(shop.billing, assignee=ana), on=shop.ticket().id)
    internal = shop.system.do(Assign(ana), on=shop.internal_ticket().id)
    done = shop.system.do(Assign(ana), on=shop.ticket().id)
    shop.system.do(Resolve(), on=done.id)

    left = shop.system.do(DeactivateAgent(ana))

    assert left == agent(shop, ana)
    assert left.active is False
    for id in (ticket.id, internal.id):
        assert shop.system.ticket(id).assignee is None
        event = shop.system.thread(id)[-1]
        assert isinstance(event, Assigned)
        assert (event.before, event.after, event.cause.command) == (ana, None, "DeactivateAgent")
    assert shop.system.ticket(ticket.id).department == shop.billing
    assert shop.system.ticket(done.id).assignee == ana


def test_tickets_can_be_kept(shop, ana):
    """If so asked, tickets stay where they are; the queue can have them later."""
    ticket = shop.system.do(Assign(ana), on=shop.ticket().id)

    shop.system.do(DeactivateAgent(ana, Handover.KEEP))
    assert shop.system.ticket(ticket.id).assignee == ana

    shop.system.do(DeactivateAgent(ana, Handover.QUEUE))
    assert shop.system.ticket(ticket.id).assignee is None


def test_inactive_agent_has_no_seat(shop, ana):
    """Who was sent off neither reads nor asks, and is assigned nothing; on return they do again, as before."""
    ticket = shop.system.do(Transfer(shop.billing), on=shop.ticket().id)
    shop.system.do(DeactivateAgent(ana))

    with pytest.raises(NotFound):
        shop.ana.tickets()
    with shop.refusing(NotFound):
        shop.ana.do(Resolve(), on=ticket.id)
    with shop.refusing(OutOfPlace):
        shop.system.do(Assign(ana), on=ticket.id)
    assert shop.system.do(AssignNext(), on=ticket.id).assignee is None

    assert shop.system.do(ReactivateAgent(ana)).active is True
    assert shop.system.do(AssignNext(), on=ticket.id).assignee == ana
    assert shop.ana.ticket(ticket.id).assignee == ana
    with unchanged(shop.storage):
        shop.system.do(ReactivateAgent(ana))


def test_who_leaves_is_out_of_all_rotations(shop, ana):
    """Rotations hold those who could have a turn."""
    dora = AgentId(shop.dora.actor.id)
    shop.system.do(AddMembers(shop.billing, [dora]))
    for department in (None, shop.billing):
        for _ in range(2):
            ticket = shop.system.do(Transfer(department), on=shop.ticket().id)
            shop.system.do(AssignNext(), on=ticket.id)

    shop.system.do(DeactivateAgent(ana))

    rotations = records_of(shop.storage)["rotation"]
    assert {id: it.order for id, it in rotations.items()} == {"desk": (dora,), shop.billing: (dora,)}


@pytest.mark.parametrize("command", [ChangeAgent, DeactivateAgent, ReactivateAgent])
def test_unknown_agent_is_not_found(shop, command):
    """Who is not there cannot be changed, sent off or taken back."""
    with shop.refusing(NotFound) as caught:
        shop.system.do(command(AgentId("none")))
    assert str(caught.value) == "no agent 'none'"
