"""Departments: adding, changing and removing them. Who works in them is in `memberships`."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.assignment import ROTATIONS, rotation_id
from ticketcore.commands.calendars import check_calendar
from ticketcore.commands.choosing import check_assigner
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand
from ticketcore.commands.departures import (
    outsiders,
    unassign_outsiders,
)
from ticketcore.commands.filling import check_template
from ticketcore.commands.macro import MACROS
from ticketcore.commands.presence import IS_MEDIUM
from ticketcore.commands.records import Claimable, alter, claim, exchange, load_all, release
from ticketcore.conditions import F, RecordF
from ticketcore.errors import Fault, OutOfPlace, listed, shown
from ticketcore.letters import STANDARD_LETTERS
from ticketcore.model import checks
from ticketcore.model.checks import (
    IS_ADDRESS,
    IS_ID,
    IS_NAME,
    KEY_LIMIT,
    UNCHANGED,
    Check,
    Unchanged,
    changed_fields,
    is_a,
    is_line,
    is_text,
    optional,
)
from ticketcore.model.departments import Department, DepartmentAccess
from ticketcore.model.ids import CalendarId, DepartmentId
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import (
    CANNED_RESPONSES,
    DEPARTMENT_ADDRESSES,
    DEPARTMENT_NAMES,
    DEPARTMENTS,
    MEMBERSHIPS,
    TICKETS,
)
from ticketcore.model.lifecycle import IN_WORK
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.model.presence import EVERY_MEDIUM, Medium
from ticketcore.query import Query
from ticketcore.storage.protocols import Key
from ticketcore.templates import KNOWN_IN_MAIL, is_template


def _name_key(name: str) -> str:
    """A name as it is compared: without regard to case, and to how many blanks it has."""
    return " ".join(address_key(name).split())


NAME = Claimable(DEPARTMENT_NAMES, _name_key, "the name")
ADDRESS = Claimable(DEPARTMENT_ADDRESSES, address_key, "the e-mail address")

MOST_ADDRESSES = 100
"""How many addresses a department can have."""


@attrs.frozen
class _MailTemplates(Check):
    """A check of templates by occasion, whose faults point at the places in them."""

    def faults(self, path: str, value: object) -> list[Fault]:
        if not isinstance(value, FrozenMap):
            return [Fault(path, self.expected, shown(value))]
        expected = f"one of the occasions {listed(STANDARD_LETTERS)}"
        unknown = [Fault(path, expected, shown(it)) for it in value if it not in STANDARD_LETTERS]
        template = is_template(KNOWN_IN_MAIL)
        return unknown + [it for about, text in value.items() for it in template.faults(f"{path}.{about}", text)]


ARE_MAIL_TEMPLATES = _MailTemplates("templates of mail by occasion", lambda value: isinstance(value, FrozenMap))


def _frozen(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) else value


@attrs.frozen
class AddDepartment(AddingDeskCommand[Department]):
    """
    Adds a department (requirements DP-1, DP-2, DP-4).

    Args:
        name: What people call it; no other department has it.
        access: Who sees its tickets.
        email_addresses: Mail to these goes to it.
        email_templates: What mails to customers say, by occasion: `"answer"`, `"message"`, `"receipt"`, `"resolved"`.
            `{message.text}` is the message.
        media: What it is available for, such as chat; tickets that come otherwise are assigned to nobody (DP-5).
        assigner: The name of the assigner that chooses among its members; None for the desk's own.
        answering_rules: How to answer the phone and chats, for agents to read.
        procedures: How to solve things, for agents to read.
        calendar: Its operating hours (requirement DP-6); None for the desk's.
        to_solve: Whether its agents are given the next ticket to work on, by `TakeNext` (requirement DP-8).

    Raises:
        InvalidInput: A template names what there is not; or the desk has no such assigner.
        NotFound: There is no such calendar.
        OutOfPlace: The name, or an address, is another department's already.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    name: str = checks.name()
    access: DepartmentAccess = checks.one_of(DepartmentAccess, default=DepartmentAccess.OPEN)
    email_addresses: Sequence[str] = checks.several(IS_ADDRESS, default=(), at_most=MOST_ADDRESSES, kw_only=True)
    email_templates: Mapping[str, str] = checks.checked(
        ARE_MAIL_TEMPLATES, default=FrozenMap(), converter=_frozen, kw_only=True
    )
    media: AbstractSet[Medium] = checks.distinct(IS_MEDIUM, default=EVERY_MEDIUM, kw_only=True)
    assigner: str | None = checks.line(at_most=KEY_LIMIT, default=None, kw_only=True)
    answering_rules: str = checks.text(default="", kw_only=True)
    procedures: str = checks.text(default="", kw_only=True)
    calendar: CalendarId | None = checks.identifier(default=None, kw_only=True)
    to_solve: bool = checks.flag(default=False, kw_only=True)

    def decide(self, draft: Draft) -> Department:
        """The new department."""
        check_calendar(draft, self.calendar)
        if self.assigner is not None:
            check_assigner(draft, self.assigner, "assigner", self.asked)
        department = draft.put(
            DEPARTMENTS,
            Department(
                id=DepartmentId(draft.new_id()),
                name=self.name,
                access=self.access,
                email_addresses=ADDRESS.each_once(self.email_addresses),
                email_templates=_checked_templates(draft, self.email_templates, self.asked),
                media=frozenset(self.media),
                assigner=self.assigner,
                answering_rules=self.answering_rules,
                procedures=self.procedures,
                calendar=self.calendar,
                to_solve=self.to_solve,
                created_at=draft.now,
            ),
        )
        claim(draft, NAME, [self.name], department.id)
        claim(draft, ADDRESS, self.email_addresses, department.id)
        return department


@attrs.frozen
class ChangeDepartment(OverwritingDeskCommand[Department]):
    """
    Changes a department. What is not given stays.

    If only members see its tickets from now on, tickets in work of agents who are none go back to the queue.

    Args:
        department: Which one.
        name: What people call it.
        access: Who sees its tickets.
        email_addresses: All addresses whose mail goes to it.
        email_templates: All texts of mails to customers by occasion.
        media: What it is available for, such as chat; tickets that come otherwise are assigned to nobody (DP-5).
        assigner: The name of the assigner that chooses among its members; None for the desk's own.
        answering_rules: How to answer the phone and chats.
        procedures: How to solve things.
        calendar: Its operating hours; None for the desk's.
        to_solve: Whether its agents are given the next ticket to work on, by `TakeNext`.

    Raises:
        InvalidInput: A template names what there is not; or the desk has no such assigner.
        NotFound: There is no such calendar.
        OutOfPlace: The name, or an address, is another department's already.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    department: DepartmentId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    access: DepartmentAccess | Unchanged = checks.changeable(is_a(DepartmentAccess, "a DepartmentAccess"))
    email_addresses: Sequence[str] | Unchanged = checks.several(
        IS_ADDRESS, default=UNCHANGED, at_most=MOST_ADDRESSES, kw_only=True
    )
    email_templates: Mapping[str, str] | Unchanged = checks.changeable(ARE_MAIL_TEMPLATES, converter=_frozen)
    media: AbstractSet[Medium] | Unchanged = checks.distinct(IS_MEDIUM, default=UNCHANGED, kw_only=True)
    assigner: str | Unchanged | None = checks.changeable(optional(is_line(at_most=KEY_LIMIT)))
    answering_rules: str | Unchanged = checks.changeable(is_text())
    procedures: str | Unchanged = checks.changeable(is_text())
    calendar: CalendarId | Unchanged | None = checks.changeable(optional(IS_ID))
    to_solve: bool | Unchanged = checks.changeable(is_a(bool, "True or False"))

    def overwritten(self) -> Key:
        """The department."""
        return Key(DEPARTMENTS, self.department)

    def decide(self, draft: Draft) -> Department:
        """The department as it now is."""
        department = draft.get(DEPARTMENTS, self.department)
        check_calendar(draft, self.calendar)
        fields = changed_fields(self)
        if "email_addresses" in fields:
            fields["email_addresses"] = ADDRESS.each_once(fields["email_addresses"])
        if "email_templates" in fields:
            _checked_templates(draft, fields["email_templates"], self.asked)
        if fields.get("assigner") is not None:
            check_assigner(draft, fields["assigner"], "assigner", self.asked)
        after = alter(draft, DEPARTMENTS, department, **fields)
        exchange(draft, NAME, [department.name], [after.name], department.id)
        exchange(draft, ADDRESS, department.email_addresses, after.email_addresses, department.id)
        if after.access is not department.access:
            unassign_outsiders(draft, after)
        return after


@attrs.frozen
class RemoveDepartment(OverwritingDeskCommand[None]):
    """
    Removes a department that has no tickets in work. Its members stay agents.

    Args:
        department: Which one.
        heir: Where its other tickets, its canned responses and macros go; None for no department, so that all agents
            see them: not possible if so far only members did.

    Raises:
        NotFound: There is no such department, or heir.
        OutOfPlace: Tickets are in work there, or have nowhere to go.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    department: DepartmentId = checks.identifier()
    heir: DepartmentId | None = checks.identifier(default=None)

    def overwritten(self) -> Key:
        """The department."""
        return Key(DEPARTMENTS, self.department)

    def decide(self, draft: Draft) -> None:
        """Nothing remains of the department."""
        department = draft.get(DEPARTMENTS, self.department)
        heir = None if self.heir is None else draft.get(DEPARTMENTS, self.heir)
        if heir == department:
            raise OutOfPlace(self.asked, "a department is not its own heir", ("name another department, or none",))
        in_work = draft.count(Query(TICKETS, (F.department == department.id) & F.category.is_in(IN_WORK)))
        if in_work:
            raise OutOfPlace(self.asked, f"tickets in work there: {in_work}", ("Transfer or Resolve them first",))
        self._bequeath(draft, department, heir)
        for membership in load_all(draft, Query(MEMBERSHIPS, RecordF.id("department") == department.id)):
            draft.remove(MEMBERSHIPS, membership.id)
        release(draft, NAME, [department.name], department.id)
        release(draft, ADDRESS, department.email_addresses, department.id)
        if draft.peek(ROTATIONS, rotation_id(department.id)) is not None:
            draft.remove(ROTATIONS, rotation_id(department.id))
        draft.remove(DEPARTMENTS, department.id)

    def _bequeath(self, draft: Draft, department: Department, heir: Department | None) -> None:
        """Hands over what the department has. What only its members saw is never shown to all by the way."""
        tickets = load_all(draft, Query(TICKETS, F.department == department.id))
        own = RecordF.id("department") == department.id
        responses, macros = load_all(draft, Query(CANNED_RESPONSES, own)), load_all(draft, Query(MACROS, own))
        if heir is None and department.access is DepartmentAccess.RESTRICTED and (tickets or responses or macros):
            prepared = f"canned responses ({len(responses)}) and macros ({len(macros)})"
            found = f"only members see its tickets ({len(tickets)}), {prepared}"
            raise OutOfPlace(self.asked, found, ("name an heir", "Purge the tickets, and remove the rest"))
        id = heir.id if heir else None
        outside = outsiders(draft, heir) if heir else ()
        for ticket in tickets:
            draft.change(ticket, department=id, assignee=None if ticket.assignee in outside else ticket.assignee)
        for response in responses:
            alter(draft, CANNED_RESPONSES, response, department=id)
        for macro in macros:
            alter(draft, MACROS, macro, department=id)


def _checked_templates(draft: Draft, templates: Mapping[str, str], asked: str) -> FrozenMap[str, str]:
    """
    The templates, if the custom fields that they name are defined.

    Raises:
        InvalidInput: One is not.
    """
    for occasion, text in templates.items():
        check_template(draft, text, f"email_templates.{occasion}", asked)
    return FrozenMap(templates)
