import pytest

from tests.fakes import records_of, unchanged
from ticketcore.commands.agents import AddAgent, DeactivateAgent
from ticketcore.commands.assignment import Assign, AssignNext, Transfer
from ticketcore.commands.memberships import AddEveryone, AddMembers, ChangeMembership, RemoveMember
from ticketcore.commands.status import Resolve
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound
from ticketcore.model.departments import membership_id
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.people import Role
from ticketcore.model.permissions import EVERYDAY, Permission


def memberships(shop):
    """All memberships, by department and agent."""
    stored = records_of(shop.storage).get("membership", {}).values()
    return {(it.department, it.agent): it for it in stored}


def rotation(shop, id):
    """The agents of a rotation, whose last turn is longest ago first."""
    return records_of(shop.storage)["rotation"][id].order


def assigned(shop, id):
    """A ticket of a department that is assigned to whose turn it is."""
    ticket = shop.system.do(Transfer(id), on=shop.ticket().id)
    return shop.system.do(AssignNext(), on=ticket.id)


def test_agent_can_be_in_several_departments(shop, ana):
    """An agent works wherever they are made a member (DP-1)."""
    added = shop.system.do(AddMembers(shop.legal, [ana, ana]))

    assert [(it.department, it.agent, it.permissions) for it in added] == [(shop.legal, ana, EVERYDAY)]
    assert {(shop.billing, ana), (shop.legal, ana)} <= memberships(shop).keys()
    ticket = shop.system.do(Transfer(shop.legal), on=shop.ticket().id)
    assert shop.ana.ticket(ticket.id).department == shop.legal


def test_add_all_adds_everyone(shop, ana, dora):
    """Every active agent becomes a member; who is one already stays as they are (DP-1)."""
    shop.system.do(ChangeMembership(shop.billing, ana, weight=3))
    gone = shop.system.do(AddAgent("Gone"))
    shop.system.do(DeactivateAgent(gone.id))

    added = shop.system.do(AddEveryone(shop.billing))

    assert {it.agent: it.weight for it in added} == {ana: 3, dora: 1}
    assert {agent for it, agent in memberships(shop) if it == shop.billing} == {ana, dora}
    with unchanged(shop.storage):
        shop.system.do(AddEveryone(shop.billing))


def test_membership_is_changed(shop, ana):
    """Permissions, weight and signature of a member change one by one (DP-4)."""
    id = membership_id(shop.billing, ana)

    changed = shop.system.do(ChangeMembership(shop.billing, ana, signature="Ana, Billing"))
    assert (changed.id, changed.signature, changed.weight, changed.permissions) == (id, "Ana, Billing", 1, EVERYDAY)
    changed = shop.system.do(
        ChangeMembership(shop.billing, ana, weight=2, permissions=frozenset({Permission.NOTE})), seen=2
    )
    assert (changed.signature, changed.weight, changed.permissions) == ("Ana, Billing", 2, {Permission.NOTE})
    with shop.refusing(Conflict):
        shop.system.do(ChangeMembership(shop.billing, ana, weight=5), seen=2)
    with unchanged(shop.storage):
        shop.system.do(ChangeMembership(shop.billing, ana, weight=2))


def test_permissions_hold_at_once(shop, ana):
    """What a membership does not list, the member may not do with the department's tickets."""
    ticket = shop.system.do(Transfer(shop.billing), on=shop.ticket().id)
    shop.system.do(ChangeMembership(shop.billing, ana, permissions=frozenset({Permission.NOTE})))

    with shop.refusing(AccessDenied):
        shop.ana.do(Resolve(), on=ticket.id)


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"weight": 0}, "weight"), ({"weight": 101}, "weight"), ({"permissions": ["note"]}, "permissions[0]")],
)
def test_bad_membership_is_refused_at_the_door(fields, path):
    """Weights are small whole numbers, permissions those that there are."""
    with pytest.raises(InvalidInput) as caught:
        ChangeMembership(DepartmentId("1"), AgentId("1"), **fields)
    assert [fault.path for fault in caught.value.faults] == [path]


def test_tickets_of_a_restricted_department_stay_behind(shop, dora):
    """Who leaves a restricted department leaves its tickets in the queue, and keeps those of other departments."""
    there = shop.system.do(Transfer(shop.legal, assignee=dora), on=shop.ticket().id)
    done = shop.system.do(Transfer(shop.legal, assignee=dora), on=shop.ticket().id)
    shop.system.do(Resolve(), on=done.id)
    elsewhere = shop.system.do(Assign(dora), on=shop.ticket().id)

    assert shop.system.do(RemoveMember(shop.legal, dora)) is None

    assert shop.system.ticket(there.id).assignee is None
    assert shop.system.ticket(done.id).assignee == dora
    assert shop.dora.ticket(elsewhere.id).assignee == dora
    assert (shop.legal, dora) not in memberships(shop)
    with pytest.raises(NotFound):
        shop.dora.ticket(there.id)


def test_tickets_of_an_open_department_stay_with_who_leaves(shop, ana):
    """Who leaves an open department sees its tickets still, and goes on with theirs."""
    ticket = shop.system.do(Transfer(shop.billing, assignee=ana), on=shop.ticket().id)

    shop.system.do(RemoveMember(shop.billing, ana))

    assert shop.ana.ticket(ticket.id).assignee == ana


def test_admin_keeps_tickets_of_a_department_they_leave(shop):
    """Administrators see all tickets, so theirs stay theirs."""
    admin = shop.system.do(AddAgent("Adam", role=Role.ADMIN, departments=[shop.legal])).id
    ticket = shop.system.do(Transfer(shop.legal, assignee=admin), on=shop.ticket().id)

    shop.system.do(RemoveMember(shop.legal, admin))

    assert shop.system.ticket(ticket.id).assignee == admin


def test_who_leaves_is_out_of_the_rotation(shop, ana, dora):
    """The others keep their turns, and who comes back is like new."""
    kim = shop.system.do(AddAgent("Kim", departments=[shop.billing])).id
    shop.system.do(AddMembers(shop.billing, [dora]))
    first, second, third = (assigned(shop, shop.billing).assignee for _ in range(3))
    assert {first, second, third} == {ana, dora, kim}

    shop.system.do(RemoveMember(shop.billing, second))

    assert rotation(shop, shop.billing) == (first, third)
    assert [assigned(shop, shop.billing).assignee for _ in range(3)] == [first, third, first]
