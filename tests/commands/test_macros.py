"""Keeping macros, and applying them."""

import pytest

from tests.fakes import records_of, unchanged
from ticketcore.automation import AddRule
from ticketcore.automation.lint import Code
from ticketcore.commands import (
    ANY,
    AddAgent,
    AddDepartment,
    AddInlineNote,
    AddMacro,
    AddMembers,
    AddTags,
    ApplyMacro,
    Assign,
    ChangeAgent,
    ChangeMacro,
    ChangeMembership,
    Delete,
    DeleteTicketNote,
    EditTicketNote,
    Purge,
    RemoveDepartment,
    RemoveMacro,
    Resolve,
    SendAnswer,
    SetPriority,
    SetSubject,
    SubmitTicket,
    Transfer,
)
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.events import PriorityChanged, StatusChanged, TicketOpened
from ticketcore.events.sentences import sentence
from ticketcore.model.departments import DepartmentAccess, membership_id
from ticketcore.model.ids import AgentId, DepartmentId, MacroId, NoteId
from ticketcore.model.people import Role
from ticketcore.model.permissions import EVERYDAY, Permission
from ticketcore.model.thread import InlineNote
from ticketcore.model.tickets import Priority

REFUND = (SetPriority(Priority.HIGH), AddTags({"refund"}), AddInlineNote("Refund the order."))


@pytest.fixture
def refund(shop):
    """A macro for everybody."""
    return shop.system.do(AddMacro("Refund", REFUND, description="For orders charged twice."))


def notes(shop, ticket):
    """What the inline notes of a ticket say."""
    return [it.text for it in shop.system.thread(ticket) if isinstance(it, InlineNote)]


# Keeping them.


def test_macro_is_kept(shop, refund):
    """A macro has a name, a description, a department or none, and commands in their order."""
    assert shop.system.macros() == (refund,)
    assert (refund.name, refund.description, refund.department) == ("Refund", "For orders charged twice.", None)
    assert refund.commands == REFUND


def test_macro_has_a_json_form(shop, refund):
    """A macro, and the commands about it, come back from JSON as they were."""
    codec = shop.desk.codec
    kind = codec.kind_of(refund)

    assert codec.unpack(kind, codec.pack(refund)) == refund
    for command in (AddMacro("Refund", REFUND), ChangeMacro(refund.id, commands=REFUND), ApplyMacro(refund.id)):
        assert codec.unpack_command(codec.pack_command(command)) == command


def test_changes_leave_the_rest_as_it_is(shop, refund):
    """What is not given stays; None gives a macro to everybody."""
    changed = shop.system.do(ChangeMacro(refund.id, name="Money back", department=shop.legal), seen=1)
    assert (changed.name, changed.department, changed.commands) == ("Money back", shop.legal, REFUND)

    changed = shop.system.do(ChangeMacro(refund.id, department=None, commands=[Resolve()], description=""), seen=2)
    assert (changed.name, changed.department, changed.commands) == ("Money back", None, (Resolve(),))

    with unchanged(shop.storage):
        shop.system.do(ChangeMacro(refund.id, name="Money back"))


def test_removed_macro_leaves_what_it_did(shop, refund):
    """A removed macro is gone; what was done with it stays, under its name."""
    ticket = shop.ticket()
    shop.ana.do(ApplyMacro(refund.id), on=ticket.id, seen=ANY)

    shop.system.do(RemoveMacro(refund.id))

    assert shop.system.macros() == ()
    assert {it.cause.macro for it in shop.system.thread(ticket.id) if isinstance(it, PriorityChanged)} == {"Refund"}
    with shop.refusing(NotFound):
        shop.ana.do(ApplyMacro(refund.id), on=ticket.id, seen=ANY)


@pytest.mark.parametrize(
    ("commands", "path"),
    [
        ([], "commands"),
        ([Resolve()] * 51, "commands"),
        ([Resolve(), SubmitTicket("Hello")], "commands[1]"),
        ([ApplyMacro(MacroId("other"))], "commands[0]"),
        ([EditTicketNote(NoteId("note"), "Hello")], "commands[0]"),
        ([DeleteTicketNote(NoteId("note"))], "commands[0]"),
    ],
)
def test_macro_holds_commands_that_suit_every_ticket(commands, path):
    """A macro holds at least one ticket command, none that names a note, and no macro; the fault says where."""
    for make in (lambda: AddMacro("Broken", commands), lambda: ChangeMacro(MacroId("macro"), commands=commands)):
        with pytest.raises(InvalidInput) as caught:
            make()
        assert [it.path for it in caught.value.faults] == [path]


def test_only_who_configures_keeps_macros(shop, refund):
    """Agents apply macros; administrators keep them."""
    for command in (AddMacro("Mine", REFUND), ChangeMacro(refund.id, name="Mine"), RemoveMacro(refund.id)):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **shop.seen(command))

    admin = shop.desk.as_agent(shop.system.do(AddAgent("Ida", role=Role.ADMIN)).id)
    assert admin.do(ChangeMacro(refund.id, name="Money back"), seen=1).version == 2
    with shop.refusing(Conflict):
        admin.do(RemoveMacro(refund.id), seen=1)


@pytest.mark.parametrize("make", [lambda it: AddMacro("Macro", REFUND, department=it), None])
def test_department_of_a_macro_exists(shop, refund, make):
    """A macro belongs to a department that there is."""
    command = make(DepartmentId("none")) if make else ChangeMacro(refund.id, department=DepartmentId("none"))
    with shop.refusing(NotFound):
        shop.system.do(command)


def test_macros_of_restricted_departments_are_their_members(shop, refund):
    """A macro of a restricted department is found by its members, and by those who oversee everything."""
    secret = shop.system.do(AddMacro("Secret", REFUND, department=shop.legal))
    ticket = shop.ticket()

    assert shop.ana.macros() == (refund,)
    assert set(shop.dora.macros()) == {refund, secret}
    with shop.refusing(NotFound):
        shop.ana.do(ApplyMacro(secret.id), on=ticket.id, seen=ANY)

    shop.system.do(AddMembers(shop.legal, [shop.ana.actor.id]))
    assert shop.ana.do(ApplyMacro(secret.id), on=ticket.id, seen=ANY).tags == {"refund"}


def test_macros_go_to_the_heir_of_their_department(shop):
    """A restricted department's macros are never shown to all by removing it: they need an heir."""
    secret = shop.system.do(AddMacro("Secret", REFUND, department=shop.legal))

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(RemoveDepartment(shop.legal))
    assert "macros (1)" in str(caught.value)

    heir = shop.system.do(AddDepartment("Archive", DepartmentAccess.RESTRICTED)).id
    shop.system.do(RemoveDepartment(shop.legal, heir))
    assert [(it.id, it.department) for it in shop.system.macros()] == [(secret.id, heir)]


# Applying them.


def test_macro_is_applied(shop, refund):
    """All that a macro says is done, in one commit, and every event tells the command and the macro."""
    ticket = shop.ticket()

    after = shop.ana.do(ApplyMacro(refund.id), on=ticket.id, seen=ticket.version)

    assert (after.priority, after.tags, after.version) == (Priority.HIGH, {"refund"}, ticket.version + 1)
    assert notes(shop, ticket.id) == ["Refund the order."]
    told = next(it for it in shop.system.thread(ticket.id) if isinstance(it, PriorityChanged))
    assert (told.actor, told.cause.command, told.cause.macro) == (shop.ana.actor, "SetPriority", "Refund")
    assert sentence(told, {shop.ana.actor.id: "Ana"}.get) == "Priority set to high by Ana, with macro “Refund”."


def test_macro_tells_what_its_commands_tell(shop):
    """What a command declares that events should tell is told within a macro, too."""
    macro = shop.system.do(AddMacro("Done", [Resolve(silently=True)]))
    ticket = shop.ticket()

    shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ANY)

    told = next(it for it in shop.system.thread(ticket.id) if isinstance(it, StatusChanged))
    assert told.cause.told == {"silently": True}
    assert not shop.outbox()


def test_macro_is_applied_as_a_whole_or_not_at_all(shop):
    """If one command is not possible, nothing of the macro has happened, and the error is that command's."""
    macro = shop.system.do(AddMacro("Answer", [AddTags({"done"}), SendAnswer("Done."), Assign(AgentId("none"))]))
    ticket = shop.ticket()

    with shop.refusing(NotFound) as caught:
        shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ANY)
    assert caught.value.what == "agent"


def test_each_command_needs_its_permission(shop):
    """A macro gives nobody a right: who may not assign cannot do it with a macro either."""
    macro = shop.system.do(AddMacro("Mine", [AddTags({"x"}), Assign(AgentId(shop.dora.actor.id))]))
    ticket = shop.ticket(department=shop.billing)
    membership = membership_id(shop.billing, AgentId(shop.ana.actor.id))
    shop.system.do(ChangeMembership(shop.billing, shop.ana.actor.id, permissions=EVERYDAY - {Permission.ASSIGN}))
    assert membership in records_of(shop.storage)["membership"]

    with shop.refusing(AccessDenied) as caught:
        shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ANY)
    assert caught.value.asked == "Assign"


def test_permissions_are_those_on_the_ticket_before(shop):
    """A macro that hands a ticket over can still say something on it, though its agent sees it no more afterwards."""
    macro = shop.system.do(AddMacro("To legal", [Transfer(shop.legal), AddInlineNote("For you.")]))
    ticket = shop.ticket(department=shop.billing)

    shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ANY)

    assert notes(shop, ticket.id) == ["For you."]
    with pytest.raises(NotFound):
        shop.ana.ticket(ticket.id)


def test_macro_overwrites_nothing_unseen(shop):
    """Who applies a macro is told of a change since to a field that one of its commands overwrites, and of no other."""
    macro = shop.system.do(AddMacro("To Ana", [AddTags({"x"}), Assign(AgentId(shop.ana.actor.id))]))
    ticket = shop.ticket()
    shop.dora.do(SetSubject("Another"), on=ticket.id, seen=ANY)
    assert shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ticket.version).assignee == shop.ana.actor.id

    ticket = shop.ticket()
    shop.dora.do(Assign(AgentId(shop.dora.actor.id)), on=ticket.id, seen=ANY)
    with shop.refusing(Conflict) as caught:
        shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ticket.version)
    assert "assignee is now 'Dora'" in caught.value.found


def test_macro_that_overwrites_nothing_is_never_in_conflict(shop):
    """A macro of commands that only add needs no look at what changed."""
    macro = shop.system.do(AddMacro("Mark", [AddTags({"x"})]))
    ticket = shop.ticket()
    shop.dora.do(SetSubject("Another"), on=ticket.id, seen=ANY)

    assert shop.ana.do(ApplyMacro(macro.id), on=ticket.id, seen=ticket.version).tags == {"x"}


def test_macro_may_purge(shop):
    """A macro whose last command purges the ticket gives it as it was."""
    shop.system.do(ChangeAgent(shop.ana.actor.id, role=Role.ADMIN))
    macro = shop.system.do(AddMacro("Away", [Delete(), Purge()]))

    ticket = shop.ana.do(ApplyMacro(macro.id), on=shop.ticket().id, seen=ANY)

    with pytest.raises(NotFound):
        shop.system.ticket(ticket.id)


def test_rules_apply_macros(shop, refund):
    """A rule can do what a macro says; its events name both."""
    shop.system.do(AddRule("Charged twice", trigger=TicketOpened, then=[ApplyMacro(refund.id)]))

    thread = shop.system.thread(shop.ticket().id)

    told = next(it for it in thread if isinstance(it, PriorityChanged))
    assert (told.cause.rule_name, told.cause.macro) == ("Charged twice", "Refund")
    assert sentence(told).startswith("Priority set to high by rule “Charged twice”, with macro “Refund”, because")


def test_lint_finds_macros_that_are_not_there(shop):
    """A rule that applies a macro that was removed is found before it fails."""
    findings = shop.system.lint(AddRule("R", trigger=TicketOpened, then=[ApplyMacro(MacroId("gone"))]))

    assert [(it.code, it.path) for it in findings] == [(Code.MISSING, "then[0].macro")]
