"""What rules name that is not there."""

import pytest

from tests.small_shop import SmallShop
from ticketcore.access import DepartmentAccessPolicy
from ticketcore.automation import AddRule, RemoveRule
from ticketcore.automation.lint import Code
from ticketcore.business_time import WORKDAYS, every
from ticketcore.commands import (
    AcknowledgeReceipt,
    AddAgent,
    AddCalendar,
    AddCannedResponse,
    AddCompany,
    AddFollowers,
    AddMacro,
    AnswerFromTemplate,
    ApplyMacro,
    Assign,
    AssignNext,
    Claim,
    DeactivateAgent,
    DefineCustomField,
    EnterTicket,
    EraseContact,
    Forward,
    LeaveTicket,
    LinkTo,
    MoveTo,
    SendCannedAnswer,
    SendMail,
    SendRequest,
    SetCopies,
    SetCustomFields,
    SetPriority,
    SetSlaLevel,
    Transfer,
)
from ticketcore.conditions import EventF, F, always, current_agent, never
from ticketcore.configuration import Setup
from ticketcore.events import CustomerMessageAdded, TicketOpened
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import (
    AgentId,
    CannedResponseId,
    CompanyId,
    ContactId,
    DepartmentId,
    MacroId,
    SlaPolicyId,
    TicketId,
)
from ticketcore.model.people import Role
from ticketcore.model.tickets import Priority

GONE = "gone"


class NothingForAgents(DepartmentAccessPolicy):
    """The usual access, but agents see no ticket."""

    def visible_tickets(self, principal):
        """None, but for the desk itself."""
        return always if principal.is_system else never


@pytest.fixture(scope="module")
def shop():
    """A small shop's desk with some custom fields."""
    shop = SmallShop()
    for owner, key, kind, choices in (
        (FieldOwner.TICKET, "order", FieldType.TEXT, ()),
        (FieldOwner.TICKET, "weight", FieldType.NUMBER, ()),
        (FieldOwner.TICKET, "plan", FieldType.CHOICE, ("basic", "gold")),
        (FieldOwner.CONTACT, "vip", FieldType.YES_NO, ()),
    ):
        shop.system.do(DefineCustomField(owner, key, key.title(), kind, choices))
    return shop


def found(shop, *then, **fields):
    """The codes of what is found on a rule before it is added, and where."""
    findings = shop.system.lint(AddRule("R", trigger=TicketOpened, then=then, **fields))
    return [(it.code, it.path) for it in findings]


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (Transfer(DepartmentId(GONE)), "then[0].department"),
        (Transfer(assignee=AgentId(GONE)), "then[0].assignee"),
        (Assign(AgentId(GONE)), "then[0].agent"),
        (SendCannedAnswer(CannedResponseId(GONE)), "then[0].response"),
        (AddFollowers([ContactId(GONE)]), "then[0].contacts"),
        (LinkTo(TicketId(GONE)), "then[0].other"),
        (SetSlaLevel(SlaPolicyId(GONE)), "then[0].policy"),
        (AssignNext("tombola"), "then[0].by"),
    ],
)
def test_commands_that_name_what_is_gone(shop, command, path):
    """Whatever a command names must be there."""
    assert found(shop, command) == [(Code.MISSING, path)]


@pytest.mark.parametrize(
    ("when", "path"),
    [
        (F.department == GONE, "when.condition.value"),
        (F.tags.has("a") & F.assignee.is_in([GONE, None]), "when.condition.all[1].value"),
        (~(F.requester == GONE), "when.condition.not.value"),
        (F.tags.has("a") | (F.company == CompanyId(GONE)), "when.condition.any[1].value"),
        (F.requesters.has(GONE), "when.condition.value"),
        (F.sla == GONE, "when.condition.value"),
        (~EventF.now.in_business_hours(GONE), "when.condition.not.value"),
        (F.department.calendar == GONE, "when.condition.value"),
    ],
)
def test_conditions_that_name_what_is_gone(shop, when, path):
    """Whatever a condition names must be there; the finding says where in its JSON."""
    assert found(shop, when=when) == [(Code.MISSING, path)]


def test_what_is_there_is_no_finding(shop):
    """What is there can be named, and placeholders with it."""
    response = shop.system.do(AddCannedResponse("Hello", "Hello {ticket.custom.order}"))
    company = shop.system.do(AddCompany("Acme"))
    office = shop.system.do(AddCalendar("Office", "UTC", every(WORKDAYS, ("09:00", "17:00"))))
    ticket = shop.ticket()
    ana = AgentId(shop.ana.actor.id)
    then = (
        Transfer(shop.billing, assignee=ana),
        SendCannedAnswer(response.id),
        AddFollowers([shop.bob.id]),
        LinkTo(ticket.id),
        AnswerFromTemplate("Order {ticket.custom.order}"),
        SetCustomFields({"order": "7", "plan": "gold", "weight": None}),
        SetCopies(["someone@example.org"]),
        MoveTo("open"),
        AssignNext("least_busy"),
    )
    when = (
        F.department.is_in([shop.billing, None])
        & (F.assignee != ana)
        & (F.assignee != current_agent)
        & (F.requester != shop.mia.id)
        & (F.company != company.id)
        & (F.custom.number("weight") > 2)
        & F.custom.choice("plan").is_set()
        & F.requester.custom.flag("vip").is_true
        & (F.status != "open")
        & (F.parent != "whatever")
        & EventF.now.in_business_hours(office.id)
        & (F.assignee.calendar != office.id)
    )

    assert found(shop, *then, when=when) == []


def test_erased_contacts_are_gone():
    """A contact who was erased is named in vain."""
    shop = SmallShop()
    shop.system.do(EraseContact(shop.bob.id))

    assert found(shop, AddFollowers([shop.bob.id])) == [(Code.MISSING, "then[0].contacts")]


def test_what_may_not_be_seen_is_not_there():
    """A rule that names a ticket which the administrator may not see is told of as one that names none."""
    shop = SmallShop(setup=Setup(access=NothingForAgents()))
    admin = shop.desk.as_agent(shop.system.do(AddAgent("Olga", role=Role.ADMIN)).id)
    rule = AddRule("R", trigger=TicketOpened, then=[LinkTo(shop.ticket().id)])

    assert [it.code for it in admin.lint(rule)] == [Code.MISSING]
    assert shop.system.lint(rule) == ()


def test_inactive_agents_are_given_nothing():
    """A rule that assigns to an agent who has left fails; asking who left is fine."""
    shop = SmallShop()
    dora = AgentId(shop.dora.actor.id)
    shop.system.do(DeactivateAgent(dora))

    assert found(shop, Assign(dora)) == [(Code.INACTIVE, "then[0].agent")]
    assert found(shop, Transfer(shop.legal, dora)) == [(Code.INACTIVE, "then[0].assignee")]
    assert found(shop, AssignNext(), when=F.assignee == dora) == []


@pytest.mark.parametrize(
    "when",
    [
        F.custom.text("oder") == "7",
        F.custom.text("weight") == "7",
        F.custom.number("order") > 7,
        F.requester.custom.flag("weight").is_true,
        F.company.custom.text("order").is_set(),
    ],
    ids=str,
)
def test_custom_fields_that_are_not_so(shop, when):
    """A custom field must be defined, for that owner, and hold what is asked of it."""
    assert found(shop, when=when) == [(Code.UNKNOWN_FIELD, "when.condition.field")]


def test_commands_set_and_fill_in_what_is_defined(shop):
    """Values must suit their fields, templates must name fields that there are: all at once."""
    values = SetCustomFields({"oder": "7", "plan": "silver", "order": "8"})

    receipt = AcknowledgeReceipt("{ticket.custom.oder}")

    assert found(shop, values, AnswerFromTemplate("{ticket.custom.oder}"), receipt, AcknowledgeReceipt()) == [
        (Code.UNKNOWN_FIELD, "then[0].values.oder"),
        (Code.UNKNOWN_FIELD, "then[0].values.plan"),
        (Code.UNKNOWN_FIELD, "then[1].template"),
        (Code.UNKNOWN_FIELD, "then[2].template"),
    ]


def test_templates_of_mail_and_requests(shop):
    """Whatever is filled in must be defined, and a system that is asked must be there."""
    mail = SendMail(["boss@example.org"], "{ticket.custom.oder}", "{ticket.custom.order}")
    request = SendRequest("shop", {"order": "{ticket.custom.oder}"})

    assert found(shop, mail, Forward(["boss@example.org"], "{requester.custom.oder}"), request) == [
        (Code.UNKNOWN_FIELD, "then[0].subject"),
        (Code.UNKNOWN_FIELD, "then[1].text"),
        (Code.MISSING, "then[2].system"),
        (Code.UNKNOWN_FIELD, "then[2].values.order"),
    ]


@pytest.mark.parametrize("command", [Claim(), EnterTicket(), LeaveTicket()])
def test_commands_of_agents_alone(shop, command):
    """What only an agent can do fails in a rule."""
    assert found(shop, command) == [(Code.AGENTS_ALONE, "then[0]")]


def test_statuses_that_there_are_not(shop):
    """A status must be in the life cycle, in conditions and in commands."""
    assert found(shop, MoveTo("waiting"), when=F.status.is_in(["open", "waiting"])) == [
        (Code.UNKNOWN_STATUS, "when.condition.value"),
        (Code.UNKNOWN_STATUS, "then[0].status"),
    ]


def test_mail_to_the_desk_itself(shop):
    """Copies to an address of the desk come back as tickets."""
    (finding,) = shop.system.lint(
        AddRule("R", trigger=TicketOpened, then=[SetCopies(["mia@example.org", "BILLING@shop.example"])])
    )

    assert (finding.code, finding.path) == (Code.MAIL_TO_DESK, "then[0].addresses")
    assert "Billing" in finding.sentence


def test_macros_are_looked_into(shop):
    """What a macro names must be there as well; the finding says in which, and where the rule applies it."""
    commands = [Transfer(DepartmentId(GONE)), SendMail(["billing@shop.example"], "About", "Hello"), Claim()]
    macro = shop.system.do(AddMacro("Night", commands))

    [missing, alone, to_desk] = shop.system.lint(AddRule("R", trigger=TicketOpened, then=[ApplyMacro(macro.id)]))

    assert [missing.code, alone.code, to_desk.code] == [Code.MISSING, Code.AGENTS_ALONE, Code.MAIL_TO_DESK]
    assert {it.path for it in (missing, alone, to_desk)} == {"then[0].macro"}
    assert missing.sentence == "'R' names the department 'gone', which there is not (in macro 'Night')"


def test_what_macros_do_is_known(shop):
    """What a rule has a macro do counts as its own doing: it answers, sets fields, and is undone like any other."""
    answering = shop.system.do(AddMacro("Closed", [AnswerFromTemplate("We are closed."), SetPriority(Priority.LOW)]))
    rule = AddRule("Night", trigger=CustomerMessageAdded, then=[ApplyMacro(answering.id)], place=0)

    assert [it.code for it in shop.system.lint(rule)] == [Code.MAIL_LOOP]

    later = shop.system.do(AddRule("L", trigger=CustomerMessageAdded, then=[SetPriority(Priority.HIGH)], place=1))
    assert [it.code for it in shop.system.lint(rule)] == [Code.UNDONE, Code.MAIL_LOOP]
    shop.system.do(RemoveRule(later.id))


def test_a_macro_that_is_gone_is_missing(shop):
    """A rule that applies a macro that there is not fails."""
    assert found(shop, ApplyMacro(MacroId(GONE))) == [(Code.MISSING, "then[0].macro")]
