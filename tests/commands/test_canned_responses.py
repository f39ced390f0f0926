import pytest

from tests.fakes import unchanged
from tests.small_shop import SmallShop
from ticketcore.access import DepartmentAccessPolicy
from ticketcore.automation import AddRule
from ticketcore.commands.agents import AddAgent, ChangeAgent
from ticketcore.commands.assignment import Assign, Transfer
from ticketcore.commands.canned_responses import (
    AddCannedNote,
    AddCannedResponse,
    AnswerFromTemplate,
    ChangeCannedResponse,
    RemoveCannedResponse,
    SendCannedAnswer,
    SendCannedInternalMessage,
)
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import ChangeContact
from ticketcore.commands.custom_fields import DefineCustomField, RemoveCustomField
from ticketcore.commands.memberships import AddMembers
from ticketcore.commands.status import Close, Resolve
from ticketcore.commands.tickets import SetCustomFields
from ticketcore.conditions import EventF
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import CustomerMessageAdded
from ticketcore.model.attachments import Upload
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import AgentId, CannedResponseId, DepartmentId
from ticketcore.model.lifecycle import Category
from ticketcore.model.people import Role
from ticketcore.model.thread import Answer, InlineNote, InternalMessage

GREETING = "Dear {requester.name|customer}, we look at {ticket.reference}. {agent.public_name|The shop}"


@pytest.fixture
def greeting(shop):
    """A canned response for everybody."""
    return shop.system.do(AddCannedResponse("Greeting", GREETING))


@pytest.fixture
def secret(shop):
    """A canned response of the legal department, which is restricted."""
    return shop.system.do(AddCannedResponse("Terms", "Our terms are secret.", shop.legal))


def stored(shop):
    """All canned responses, by id."""
    return {it.id: it for it in shop.system.canned_responses()}


# Keeping them.


def test_canned_response_is_kept(shop, greeting, secret):
    """A canned response has a name, a text, and a department or none (TK-8)."""
    assert stored(shop) == {greeting.id: greeting, secret.id: secret}
    assert (greeting.name, greeting.text, greeting.department) == ("Greeting", GREETING, None)
    assert secret.department == shop.legal


def test_changes_leave_the_rest_as_it_is(shop, greeting):
    """What is not given stays; None gives it to everybody."""
    changed = shop.system.do(ChangeCannedResponse(greeting.id, department=shop.legal), seen=1)
    assert (changed.name, changed.text, changed.department) == ("Greeting", GREETING, shop.legal)
    changed = shop.system.do(ChangeCannedResponse(greeting.id, name="Hi", text="Hello!", department=None), seen=2)
    assert (changed.name, changed.text, changed.department) == ("Hi", "Hello!", None)
    with unchanged(shop.storage):
        shop.system.do(ChangeCannedResponse(greeting.id, text="Hello!"))


def test_change_of_an_older_version_is_a_conflict(shop, greeting):
    """Two changes at once never lose one silently; neither does a removal."""
    shop.system.do(ChangeCannedResponse(greeting.id, name="Hi"))

    for command in (ChangeCannedResponse(greeting.id, text="Hello!"), RemoveCannedResponse(greeting.id)):
        with shop.refusing(Conflict):
            shop.system.do(command, seen=1)


def test_removed_response_is_gone(shop, greeting):
    """What was written with it stays."""
    ticket = shop.ticket()
    answer = shop.ana.do(SendCannedAnswer(greeting.id), on=ticket.id)

    assert shop.system.do(RemoveCannedResponse(greeting.id)) is None

    assert stored(shop) == {}
    assert answer in shop.ana.thread(ticket.id)
    for command in (ChangeCannedResponse(greeting.id, name="x"), RemoveCannedResponse(greeting.id)):
        with shop.refusing(NotFound) as caught:
            shop.system.do(command)
        assert str(caught.value) == f"no canned response {greeting.id!r}"


@pytest.mark.parametrize("text", ["", "  \n", "{requester.name", "Dear {agent.email}", 7])
def test_bad_texts_are_refused_at_the_door(text):
    """What is empty, no template, or names what there is not is refused."""
    for make in (
        lambda: AddCannedResponse("", text),
        lambda: ChangeCannedResponse(CannedResponseId("1"), name="", text=text),
    ):
        with pytest.raises(InvalidInput) as caught:
            make()
        assert [fault.path.partition("[")[0] for fault in caught.value.faults] == ["name", "text"]
    with pytest.raises(InvalidInput):
        AnswerFromTemplate(text)


def test_custom_fields_must_be_defined(shop, greeting):
    """A template that names a custom field that is not defined is refused, with all of them."""
    shop.system.do(DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.NUMBER))
    text = "{ticket.custom.order} {ticket.custom.size} {requester.custom.order} {company.custom.x}"

    for command in (AddCannedResponse("x", text), ChangeCannedResponse(greeting.id, text=text)):
        with shop.refusing(InvalidInput) as caught:
            shop.system.do(command)
        assert [(fault.path, fault.got) for fault in caught.value.faults] == [
            ("text", "'size'"),
            ("text", "'order'"),
            ("text", "'x'"),
        ]


def test_unknown_department_is_not_found(shop, greeting):
    """A canned response belongs to a department that there is."""
    nowhere = DepartmentId("none")
    for command in (AddCannedResponse("x", "y", nowhere), ChangeCannedResponse(greeting.id, department=nowhere)):
        with shop.refusing(NotFound):
            shop.system.do(command)


def test_only_admins_keep_canned_responses(shop, greeting):
    """Agents without the permission to configure are denied, and so are customers."""
    admin = shop.desk.as_agent(shop.system.do(AddAgent("Adam", role=Role.ADMIN)).id)
    for command in (
        AddCannedResponse("x", "y"),
        ChangeCannedResponse(greeting.id, name="x"),
        RemoveCannedResponse(greeting.id),
    ):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **shop.seen(command))
        with shop.refusing(AccessDenied):
            shop.desk.as_customer(shop.mia.id).do(command)
        admin.do(command, **shop.seen(command))


# Writing with them.


def test_canned_answer_is_personal(shop, greeting):
    """A canned response is filled for the ticket, sent as the agent's answer, and makes the ticket answered (TK-8)."""
    ticket = shop.ticket()

    answer = shop.ana.do(SendCannedAnswer(greeting.id, [Upload("terms.txt", "text/plain", b"x")]), on=ticket.id)

    assert isinstance(answer, Answer)
    assert answer.text == f"Dear Mia, we look at {ticket.reference}. Ana"
    assert [it.name for it in answer.attachments] == ["terms.txt"]
    assert shop.ana.ticket(ticket.id).status.category is Category.ANSWERED
    assert shop.desk.as_customer(shop.mia.id).thread(ticket.id)[-1].text == answer.text


def test_values_are_not_read_for_placeholders(shop, greeting):
    """A customer whose name is a placeholder gets nothing but their name back."""
    shop.ana.do(ChangeContact(shop.mia.id, name="{agent.public_name} {{ticket.subject}"), seen=ANY)

    answer = shop.ana.do(SendCannedAnswer(greeting.id), on=shop.ticket().id)

    assert answer.text.startswith("Dear {agent.public_name} {{ticket.subject}, we look at ")


def test_custom_fields_are_filled(shop):
    """A value of a custom field stands in the answer; without one, or without the field, the fallback does."""
    field = shop.system.do(DefineCustomField(FieldOwner.TICKET, "order", "Order", FieldType.NUMBER))
    response = shop.system.do(AddCannedResponse("Order", "Order {ticket.custom.order|unknown}."))
    ticket = shop.ticket()

    assert shop.ana.do(SendCannedAnswer(response.id), on=ticket.id).text == "Order unknown."
    shop.ana.do(SetCustomFields({"order": 7}), on=ticket.id, seen=ANY)
    assert shop.ana.do(SendCannedAnswer(response.id), on=ticket.id).text == "Order 7."
    shop.system.do(RemoveCustomField(field.id))
    assert shop.ana.do(SendCannedAnswer(response.id), on=shop.ticket().id).text == "Order unknown."


def test_canned_response_among_colleagues(shop, greeting):
    """On an internal ticket a canned response is a message to colleagues, about the customer it is about (IT-5)."""
    ticket = shop.internal_ticket(about=shop.mia.id)

    message = shop.dora.do(SendCannedInternalMessage(greeting.id), on=ticket.id)
    note = shop.dora.do(AddCannedNote(greeting.id), on=ticket.id)

    assert isinstance(message, InternalMessage)
    assert isinstance(note, InlineNote)
    assert message.text == note.text == f"Dear Mia, we look at {ticket.reference}. Dora"
    with shop.refusing(OutOfPlace):
        shop.dora.do(SendCannedAnswer(greeting.id), on=ticket.id)


def test_internal_ticket_about_nobody_has_no_requester(shop, greeting):
    """Where nobody asked, the fallback stands."""
    message = shop.dora.do(SendCannedInternalMessage(greeting.id), on=shop.internal_ticket().id)

    assert message.text.startswith("Dear customer, ")


def test_customers_never_get_what_is_for_colleagues(shop, greeting):
    """Canned messages among agents, and canned notes, are as private as written ones."""
    ticket = shop.ticket()
    for command in (SendCannedInternalMessage(greeting.id), AddCannedNote(greeting.id)):
        shop.ana.do(command, on=ticket.id)

    assert [it.text for it in shop.desk.as_customer(shop.mia.id).thread(ticket.id)] == ["You charged me twice."]


def test_response_of_a_restricted_department_is_for_members(shop, secret):
    """Others do not find it, whatever they want to do with it; members, administrators and the desk itself do."""
    ticket = shop.ticket()
    for command in (SendCannedAnswer, SendCannedInternalMessage, AddCannedNote):
        with shop.refusing(NotFound) as caught:
            shop.ana.do(command(secret.id), on=ticket.id)
        assert str(caught.value) == f"no canned response {secret.id!r}"

    ana = AgentId(shop.ana.actor.id)
    for seat in (shop.dora, shop.system):
        assert seat.do(SendCannedAnswer(secret.id), on=ticket.id).text == secret.text
    shop.system.do(AddMembers(shop.legal, [ana]))
    assert shop.ana.do(SendCannedAnswer(secret.id), on=ticket.id).text == secret.text


class AgentsSeeTicketsAlone(DepartmentAccessPolicy):
    """The usual access, but agents see nothing of how the desk is set up."""

    def sees_the_desk(self, principal):
        """Whether it is the system."""
        return principal.is_system


def test_who_does_not_see_the_desk_finds_no_response():
    """An access policy that hides the desk's own records hides canned responses."""
    shop = SmallShop(setup=Setup(access=AgentsSeeTicketsAlone()))
    response = shop.system.do(AddCannedResponse("Hi", "Hello"))
    ticket = shop.ticket()

    with shop.refusing(NotFound):
        shop.ana.do(SendCannedAnswer(response.id), on=ticket.id)


def test_response_of_an_open_department_is_for_all(shop):
    """What a department open to all has prepared, all can use."""
    response = shop.system.do(AddCannedResponse("Paid", "It is paid.", shop.billing))

    assert shop.dora.do(SendCannedAnswer(response.id), on=shop.ticket().id).text == "It is paid."


def test_ticket_that_cannot_be_answered_is_not(shop, greeting):
    """A canned answer has its place where a written one has."""
    ticket = shop.ticket()
    for move in (Resolve(), Close()):
        shop.ana.do(move, on=ticket.id)

    for command in (SendCannedAnswer(greeting.id), AnswerFromTemplate(GREETING)):
        with shop.refusing(OutOfPlace):
            shop.ana.do(command, on=ticket.id)


def test_filled_text_is_neither_empty_nor_too_long(shop):
    """What comes of a template is a text like one written by hand; the error says what to do."""
    ticket = shop.ticket()
    shop.system.do(DefineCustomField(FieldOwner.TICKET, "essay", "Essay", FieldType.TEXT))
    shop.ana.do(SetCustomFields({"essay": "x" * 150_000}), on=ticket.id, seen=ANY)

    for text in ("{requester.location}", " {requester.location} ", "{ticket.custom.essay}" * 2):
        for command in (AnswerFromTemplate(text), SendCannedAnswer(shop.system.do(AddCannedResponse("x", text)).id)):
            with shop.refusing(OutOfPlace) as caught:
                shop.ana.do(command, on=ticket.id)
            assert caught.value.allowed == ("write it by hand",)


def test_writing_needs_its_permission(shop, greeting):
    """A member who may not answer, or note, may not do it with a canned response either."""
    ticket = shop.system.do(Transfer(shop.billing), on=shop.ticket().id)
    shop.forbid_everything_to_ana()

    for command in (
        SendCannedAnswer(greeting.id),
        SendCannedInternalMessage(greeting.id),
        AddCannedNote(greeting.id),
        AnswerFromTemplate(GREETING),
    ):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, on=ticket.id)
        with shop.refusing(AccessDenied):
            shop.desk.as_customer(shop.mia.id).do(command, on=ticket.id)


def test_rule_answers_with_a_template(shop):
    """A rule acknowledges receipt, personalised; it signs as the assignee, or as nobody (TK-9)."""
    shop.system.do(
        AddRule(
            "Receipt",
            trigger=CustomerMessageAdded,
            when=EventF.message.is_first.is_true,
            then=[AnswerFromTemplate(GREETING)],
        )
    )

    ticket = shop.ticket()

    texts = [it.text for it in shop.desk.as_customer(shop.mia.id).thread(ticket.id)]
    assert texts == ["You charged me twice.", f"Dear Mia, we look at {ticket.reference}. The shop"]
    shop.system.do(ChangeAgent(AgentId(shop.ana.actor.id), public_name="Ana from billing"))
    shop.system.do(Assign(AgentId(shop.ana.actor.id)), on=ticket.id)
    signed = shop.system.do(AnswerFromTemplate(GREETING), on=ticket.id)
    assert signed.text.endswith("Ana from billing")


def test_template_given_at_once_names_defined_fields(shop):
    """A template that was not kept is checked all the same."""
    ticket = shop.ticket()

    with shop.refusing(InvalidInput) as caught:
        shop.ana.do(AnswerFromTemplate("{ticket.custom.order}"), on=ticket.id)
    assert [fault.path for fault in caught.value.faults] == ["template"]
