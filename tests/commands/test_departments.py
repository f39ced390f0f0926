import pytest

from tests.fakes import records_of, unchanged
from ticketcore.commands.agents import AddAgent
from ticketcore.commands.assignment import Assign, AssignNext, Transfer
from ticketcore.commands.canned_responses import AddCannedResponse
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.departments import AddDepartment, ChangeDepartment, RemoveDepartment
from ticketcore.commands.memberships import AddEveryone, AddMembers, ChangeMembership, RemoveMember
from ticketcore.commands.status import Close, Resolve
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import Assigned, Transferred
from ticketcore.model.departments import DepartmentAccess
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import AgentId, DepartmentId
from ticketcore.model.people import Role


def department(shop, id):
    """A department as it is now."""
    return next(it for it in shop.system.departments() if it.id == id)


def memberships(shop):
    """All memberships, by department and agent."""
    stored = records_of(shop.storage).get("membership", {}).values()
    return {(it.department, it.agent): it for it in stored}


def assigned(shop, id):
    """A ticket of a department that is assigned to whose turn it is."""
    ticket = shop.system.do(Transfer(id), on=shop.ticket().id)
    return shop.system.do(AssignNext(), on=ticket.id)


# Departments.


def test_department_is_added_with_all_it_has(shop):
    """A department has a name, access, addresses, templates, answering rules, procedures (DP-1, DP-2, DP-4)."""
    added = shop.system.do(
        AddDepartment(
            "Repairs",
            DepartmentAccess.RESTRICTED,
            email_addresses=["Repairs@shop.example", "repairs@SHOP.example", "fix@shop.example"],
            email_templates={"answer": "{message.text}\n-- \n{agent.signature|The shop}"},
            answering_rules="Answer by the third ring.",
            procedures="Ask for the receipt.",
        )
    )

    assert added == department(shop, added.id)
    assert (added.name, added.access) == ("Repairs", DepartmentAccess.RESTRICTED)
    assert added.email_addresses == ("Repairs@shop.example", "fix@shop.example")
    assert dict(added.email_templates) == {"answer": "{message.text}\n-- \n{agent.signature|The shop}"}
    assert (added.answering_rules, added.procedures) == ("Answer by the third ring.", "Ask for the receipt.")


def test_name_and_addresses_are_one_department_s(shop):
    """A name or address that another department has is refused, however it is written."""
    for command, taken in [
        (AddDepartment("  bILLing "), "the name 'billing'"),
        (AddDepartment("New", email_addresses=["BILLING@shop.example"]), "the e-mail address 'billing@shop.example'"),
        (ChangeDepartment(shop.legal, name="Billing"), "the name 'billing'"),
        (
            ChangeDepartment(shop.legal, email_addresses=["billing@shop.example"]),
            "the e-mail address 'billing@shop.example'",
        ),
    ]:
        with shop.refusing(OutOfPlace) as caught:
            shop.system.do(command)
        assert f"{taken} is taken already" in str(caught.value)


def test_changes_leave_the_rest_as_it_is(shop):
    """What is not given stays, and what is given up can be another's."""
    before = department(shop, shop.billing)

    changed = shop.system.do(ChangeDepartment(shop.billing, name="Invoices", procedures="Look twice."))
    assert (changed.name, changed.procedures, changed.version) == ("Invoices", "Look twice.", before.version + 1)
    assert (changed.email_addresses, changed.access) == (before.email_addresses, before.access)
    assert shop.system.do(ChangeDepartment(shop.billing, email_addresses=[])).email_addresses == ()

    new = shop.system.do(AddDepartment("Billing", email_addresses=["billing@shop.example"]))
    assert new.email_addresses == ("billing@shop.example",)
    with unchanged(shop.storage):
        shop.system.do(ChangeDepartment(shop.billing, name="Invoices"))


def test_change_of_an_older_version_is_a_conflict(shop):
    """Two changes at once never lose one silently."""
    shop.system.do(ChangeDepartment(shop.billing, procedures="Look twice."))

    with shop.refusing(Conflict):
        shop.system.do(ChangeDepartment(shop.billing, procedures="Look once."), seen=1)


def test_mail_goes_by_the_new_addresses(shop):
    """The address decides the department from the change on (DP-4)."""
    shop.system.do(ChangeDepartment(shop.billing, email_addresses=["money@shop.example"]))

    def goes_to(address):
        return shop.system._read(lambda draft: draft.configuration.roster.department_of_address(address))

    assert goes_to("Money@shop.example") == shop.billing
    assert goes_to("billing@shop.example") is None
    assert goes_to("money+invoice7@shop.example") == shop.billing


def test_an_address_with_a_tag_may_be_another_departments(shop):
    """Where the very address is known, nothing behind a plus is left out (DP-4)."""
    shop.system.do(ChangeDepartment(shop.legal, email_addresses=["billing+law@shop.example"]))

    roster = shop.system._read(lambda draft: draft.configuration.roster)

    assert roster.department_of_address("Billing+Law@shop.example") == shop.legal
    assert roster.department_of_address("billing+tax@shop.example") == shop.billing


@pytest.mark.parametrize(
    ("templates", "paths"),
    [
        ({"answer": "{message.text} {nobody}", "receipt": "{"}, ["answer[15]", "receipt[0]"]),
        ({"answer": 7}, ["answer"]),
    ],
)
def test_bad_templates_are_refused_at_the_door(templates, paths):
    """Templates of mail are checked when they are given, with the places of their faults."""
    for make in (AddDepartment, ChangeDepartment):
        with pytest.raises(InvalidInput) as caught:
            make(DepartmentId("x"), email_templates=templates)
        assert [fault.path for fault in caught.value.faults] == [f"email_templates.{path}" for path in paths]


@pytest.mark.parametrize(
    ("templates", "expected"),
    [
        (7, "templates of mail by occasion"),
        (["answer"], "templates of mail by occasion"),
        ({"": "x"}, "one of the occasions answer, message, receipt or resolved"),
        ({7: "x"}, "one of the occasions answer, message, receipt or resolved"),
        ({"birthday": "x"}, "one of the occasions answer, message, receipt or resolved"),
    ],
)
def test_templates_are_given_for_what_is_mailed(templates, expected):
    """A template for what the desk never sends would wait for ever."""
    with pytest.raises(InvalidInput) as caught:
        AddDepartment("x", email_templates=templates)
    assert [(fault.path, fault.expected) for fault in caught.value.faults] == [("email_templates", expected)]


def test_templates_name_fields_that_are_defined(shop):
    """A custom field in a template must be defined, for what it is asked of."""
    shop.system.do(DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.TEXT))
    good, bad = {"answer": "{ticket.custom.order}"}, {"answer": "{company.custom.order}"}

    for command in (AddDepartment("New", email_templates=bad), ChangeDepartment(shop.legal, email_templates=bad)):
        with shop.refusing(InvalidInput) as caught:
            shop.system.do(command)
        assert [fault.path for fault in caught.value.faults] == ["email_templates.answer"]
    assert dict(shop.system.do(ChangeDepartment(shop.legal, email_templates=good)).email_templates) == good


def test_restricting_takes_tickets_from_outsiders(shop, ana, dora):
    """Tickets in work of agents who do not see them any more go back to the queue, with an event; others stay."""
    owner = shop.system.do(AddAgent("Olga", role=Role.OWNER)).id
    tickets = {it: shop.system.do(Assign(it), on=shop.ticket().id).id for it in (ana, dora, owner)}
    for ticket in tickets.values():
        shop.system.do(Transfer(shop.billing, keep_assignee=True), on=ticket)
    elsewhere = shop.system.do(Assign(dora), on=shop.ticket().id)

    shop.system.do(ChangeDepartment(shop.billing, access=DepartmentAccess.RESTRICTED))

    assert {it: shop.system.ticket(ticket).assignee for it, ticket in tickets.items()} == {
        ana: ana,
        dora: None,
        owner: owner,
    }
    event = shop.system.thread(tickets[dora])[-1]
    assert isinstance(event, Assigned)
    assert (event.before, event.after, event.cause.command) == (dora, None, "ChangeDepartment")
    assert shop.system.ticket(elsewhere.id).assignee == dora
    with pytest.raises(NotFound):
        shop.dora.ticket(tickets[ana])


def test_department_with_tickets_in_work_is_not_removed(shop):
    """The error says how many there are, and what to do."""
    for _ in range(2):
        shop.system.do(Transfer(shop.billing), on=shop.ticket().id)

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(RemoveDepartment(shop.billing))
    assert str(caught.value) == (
        "RemoveDepartment is out of place: tickets in work there: 2; possible now: Transfer or Resolve them first"
    )


def test_removed_department_leaves_nothing(shop):
    """Members stay agents; name and addresses can be another department's; its rotation is gone."""
    ticket = assigned(shop, shop.billing)
    for command in (Resolve(), Close()):
        shop.system.do(command, on=ticket.id)
    before = department(shop, shop.billing)

    assert shop.system.do(RemoveDepartment(shop.billing), seen=before.version) is None

    assert [it.name for it in shop.system.departments()] == ["Legal"]
    assert [it.name for it in shop.system.agents()] == ["Ana", "Dora"]
    assert {it for it, _ in memberships(shop)} == {shop.legal}
    assert "rotation" not in records_of(shop.storage)
    assert shop.system.do(AddDepartment("Billing", email_addresses=["billing@shop.example"])).version == 1


def test_done_tickets_of_a_removed_department_go_to_no_department(shop):
    """What all agents saw, all agents see."""
    ticket = shop.system.do(Transfer(shop.billing), on=shop.ticket().id)
    shop.system.do(Resolve(), on=ticket.id)
    response = shop.system.do(AddCannedResponse("Hi", "Hello", shop.billing))

    shop.system.do(RemoveDepartment(shop.billing))

    after = shop.dora.ticket(ticket.id)
    assert after.department is None
    event = shop.system.thread(ticket.id)[-1]
    assert isinstance(event, Transferred)
    assert (event.before, event.after) == (shop.billing, None)
    assert [(it.id, it.department) for it in shop.system.canned_responses()] == [(response.id, None)]


def test_tickets_of_a_restricted_department_are_not_shown_by_removing_it(shop, dora):
    """What only members saw needs an heir; who does not see the heir's tickets has none of them any more."""
    ticket = shop.system.do(Transfer(shop.legal, assignee=dora), on=shop.ticket().id)
    shop.system.do(Resolve(), on=ticket.id)
    response = shop.system.do(AddCannedResponse("Hi", "Hello", shop.legal))

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(RemoveDepartment(shop.legal))
    assert "only members see its tickets (1), canned responses (1) and macros (0)" in str(caught.value)
    assert "name an heir" in str(caught.value)

    heir = shop.system.do(AddDepartment("Archive", DepartmentAccess.RESTRICTED)).id
    shop.system.do(RemoveDepartment(shop.legal, heir))

    after = shop.system.ticket(ticket.id)
    assert (after.department, after.assignee) == (heir, None)
    assert [(it.id, it.department) for it in shop.system.canned_responses()] == [(response.id, heir)]
    for seat in (shop.ana, shop.dora):
        with pytest.raises(NotFound):
            seat.ticket(ticket.id)


def test_empty_restricted_department_needs_no_heir(shop):
    """Where there is nothing to hide, nothing is asked for."""
    shop.system.do(RemoveDepartment(shop.legal))

    assert [it.name for it in shop.system.departments()] == ["Billing"]


def test_heir_is_another_department(shop):
    """The heir exists, and is not the department itself."""
    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(RemoveDepartment(shop.legal, shop.legal))
    assert "not its own heir" in str(caught.value)
    with shop.refusing(NotFound):
        shop.system.do(RemoveDepartment(shop.legal, DepartmentId("none")))


# Who may organise them, and what there is not.


def test_unknown_members_and_departments_are_not_found(shop, ana, dora):
    """Who or what is not there cannot be put together, or taken apart; nobody else is added either."""
    nobody, nowhere = AgentId("none"), DepartmentId("none")
    for command in (
        AddMembers(shop.legal, [ana, nobody]),
        AddMembers(nowhere, [ana]),
        AddEveryone(nowhere),
        RemoveMember(nowhere, ana),
        RemoveMember(shop.billing, dora),
        ChangeMembership(shop.billing, dora, weight=2),
        ChangeDepartment(nowhere, name="x"),
        RemoveDepartment(nowhere),
    ):
        with shop.refusing(NotFound):
            shop.system.do(command)


def test_only_admins_organise(shop, ana):
    """Agents without the permission to configure are denied, even on their own membership, and so are customers."""
    admin = shop.desk.as_agent(shop.system.do(AddAgent("Adam", role=Role.ADMIN)).id)
    for command in (
        AddDepartment("New"),
        ChangeDepartment(shop.billing, procedures="Look twice."),
        AddMembers(shop.legal, [ana]),
        AddEveryone(shop.legal),
        ChangeMembership(shop.billing, ana, weight=9),
        RemoveMember(shop.billing, ana),
        RemoveDepartment(shop.legal),
    ):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **shop.seen(command))
        with shop.refusing(AccessDenied):
            shop.desk.as_customer(shop.mia.id).do(command)
        admin.do(command, **shop.seen(command))
