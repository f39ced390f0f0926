"""What rules name: departments, agents, calendars, contacts, prepared texts, custom fields, statuses; is it there?"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args, get_type_hints

import attrs

from ticketcore._draft import Draft
from ticketcore.automation.lint.doing import steps_of
from ticketcore.automation.lint.findings import Code, Finding, found, named
from ticketcore.automation.rules import Rule
from ticketcore.business_time import CALENDARS
from ticketcore.commands import assignment
from ticketcore.commands.automatic import AcknowledgeReceipt
from ticketcore.commands.canned_responses import AnswerFromTemplate
from ticketcore.commands.command import TicketCommand
from ticketcore.commands.filling import check_template
from ticketcore.commands.macro import MACROS
from ticketcore.commands.outgoing import Forward, SendMail, SendRequest
from ticketcore.commands.status import MoveTo
from ticketcore.commands.tickets import SetCustomFields
from ticketcore.commands.visiting import EnterTicket, LeaveTicket
from ticketcore.conditions import All, AnyOf, Comparison, Condition, Not
from ticketcore.conditions.operands import each_part
from ticketcore.conditions.operators import Operand
from ticketcore.conditions.reading import COMPANY, RECORD, REQUESTER, CustomReader
from ticketcore.conditions.statuses import named_statuses
from ticketcore.conditions.values import DATE, FLAG, ID, NUMBER, TEXT, Value, ValueType
from ticketcore.errors import InvalidInput, listed
from ticketcore.model.fields import FieldOwner, FieldType, faults_of_values
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
from ticketcore.model.kinds import AGENTS, CANNED_RESPONSES, COMPANIES, CONTACTS, DEPARTMENTS, TICKETS, Kind
from ticketcore.sla import SLA_POLICIES
from ticketcore.storage.protocols import Key


def check_references(draft: Draft, rule: Rule) -> Iterator[Finding]:
    """
    What a rule names that is not there.

    Args:
        draft: The unit of work.
        rule: The rule.
    """
    for comparison, path in _comparisons(rule.when, "when.condition"):
        yield from _checked_comparison(draft, rule, comparison, path)
    for step in steps_of(draft, rule):
        yield from map(step.place, _checked_command(draft, rule, step.command, step.path))


def named_keys(draft: Draft, rule: Rule) -> Iterator[Key]:
    """The keys of the records that a rule and its macros name, as far as they are not the configuration's."""
    named_in_when = (key for comparison, _ in _comparisons(rule.when, "") for key in _keys_of(comparison))
    named_in_then = (key for step in steps_of(draft, rule) for key, _ in _keys_in(step.command))
    return (key for it in (named_in_when, named_in_then) for key in it if key.kind not in (AGENTS, DEPARTMENTS))


# Conditions.


def _comparisons(condition: Condition[Any], path: str) -> Iterator[tuple[Comparison[Any], str]]:
    """All comparisons with their places, as in the condition's JSON."""
    match condition:
        case Comparison():
            yield condition, path
        case Not(part):
            yield from _comparisons(part, f"{path}.not")
        case All(parts) | AnyOf(parts):
            kind = "all" if isinstance(condition, All) else "any"
            for index, part in enumerate(parts):
                yield from _comparisons(part, f"{path}.{kind}[{index}]")
        case _:
            return


def _checked_comparison(draft: Draft, rule: Rule, comparison: Comparison[Any], path: str) -> Iterator[Finding]:
    for key in _keys_of(comparison):
        if not _is_there(draft, key):
            yield _missing(rule, key, f"{path}.value")
    for status in named_statuses(comparison):
        yield from _checked_status(draft, rule, status, f"{path}.value")
    if isinstance(comparison.field.read, CustomReader):
        yield from _checked_custom(draft, rule, comparison, f"{path}.field")


_KIND_OF_FIELD: Final[Mapping[str, Kind[Any]]] = {
    "department": DEPARTMENTS,
    "assignee": AGENTS,
    "raised_by": AGENTS,
    "requester": CONTACTS,
    "requesters": CONTACTS,
    "followers": CONTACTS,
    "parties": CONTACTS,
    "about": CONTACTS,
    "company": COMPANIES,
    "department.calendar": CALENDARS,
    "assignee.calendar": CALENDARS,
    "requester.company": COMPANIES,
    "sla": SLA_POLICIES,
    "sla_level": SLA_POLICIES,
}
"""The fields whose values are ids of records that can be missed; tickets come and go."""


def _keys_of(comparison: Comparison[Any]) -> Iterator[Key]:
    kind = _KIND_OF_FIELD.get(comparison.field.name)
    if comparison.operator.operand is Operand.CALENDAR:
        yield Key(CALENDARS, comparison.operand)
    elif kind is not None and comparison.field.values == ID:
        yield from (Key(kind, value) for value in _values(comparison) if isinstance(value, str))


def _values(comparison: Comparison[Any]) -> list[Value]:
    values: list[Value] = []
    each_part(comparison.operator, values.append, comparison.operand)
    return sorted(value for value in values if isinstance(value, str))


_TYPES: Final[Mapping[FieldType, ValueType]] = {
    FieldType.TEXT: TEXT,
    FieldType.CHOICE: TEXT,
    FieldType.NUMBER: NUMBER,
    FieldType.DATE: DATE,
    FieldType.YES_NO: FLAG,
}


def _checked_custom(draft: Draft, rule: Rule, comparison: Comparison[Any], path: str) -> Iterator[Finding]:
    field = comparison.field
    owner = _OWNERS.get(field.origin.name)
    key = field.attribute.partition(".")[2]
    if owner is None:
        return
    definition = draft.configuration.fields_of(owner).get(key)
    if definition is None:
        sentence = f"{named(rule)} asks for the custom field {key!r} of a {owner.value}, which is not defined"
        yield found(Code.UNKNOWN_FIELD, sentence, rule, path=path)
    elif _TYPES[definition.type] != field.values:
        sentence = (
            f"{named(rule)} asks the custom field {key!r} of a {owner.value} as {field.values.name}, "
            f"but it holds {definition.type.value}"
        )
        yield found(Code.UNKNOWN_FIELD, sentence, rule, path=path)


_OWNERS: Final = {
    RECORD.name: FieldOwner.TICKET,
    REQUESTER.name: FieldOwner.CONTACT,
    COMPANY.name: FieldOwner.COMPANY,
}


# Commands.


def _checked_command(draft: Draft, rule: Rule, command: TicketCommand[Any], path: str) -> Iterator[Finding]:
    for key, name in _keys_in(command):
        if not _is_there(draft, key):
            yield _missing(rule, key, f"{path}.{name}")
        elif key.kind is AGENTS and isinstance(command, (assignment.Assign, assignment.Transfer)):
            agent = draft.configuration.roster.agent(AgentId(key.id))
            if not agent.active:
                sentence = f"{named(rule)} assigns tickets to {agent.name}, who is not active"
                yield found(Code.INACTIVE, sentence, rule, path=f"{path}.{name}")
    for name, check in _CHECKS.get(type(command), {}).items():
        yield from check(draft, rule, getattr(command, name), f"{path}.{name}")
    if isinstance(command, _OF_AGENTS):
        yield found(Code.AGENTS_ALONE, f"{named(rule)} fails: only agents do {command.asked}", rule, path=path)


_OF_AGENTS: Final = (assignment.Claim, EnterTicket, LeaveTicket)


def _checked_status(draft: Draft, rule: Rule, key: str, path: str) -> Iterator[Finding]:
    life_cycle = draft.setup.life_cycle
    if life_cycle.status(key) is None:
        known = listed(life_cycle.statuses)
        yield found(Code.UNKNOWN_STATUS, f"{named(rule)} names the status {key!r}; there are {known}", rule, path=path)


def _checked_values(draft: Draft, rule: Rule, values: Mapping[str, Any], path: str) -> Iterator[Finding]:
    for fault in faults_of_values(values, draft.configuration.fields_of(FieldOwner.TICKET)):
        yield found(
            Code.UNKNOWN_FIELD, f"{named(rule)} sets what cannot be set: {fault}", rule, path=f"{path}.{fault.path}"
        )


def _checked_template(draft: Draft, rule: Rule, template: str | None, path: str) -> Iterator[Finding]:
    if template is None:
        return
    try:
        check_template(draft, template, path, "lint")
    except InvalidInput as invalid:
        for fault in invalid.faults:
            sentence = f"{named(rule)} fills in what is not defined: expected {fault.expected}, got {fault.got}"
            yield found(Code.UNKNOWN_FIELD, sentence, rule, path=path)


def _checked_templates(draft: Draft, rule: Rule, templates: Mapping[str, str], path: str) -> Iterator[Finding]:
    for name, template in templates.items():
        yield from _checked_template(draft, rule, template, f"{path}.{name}")


def _checked_assigner(draft: Draft, rule: Rule, name: str | None, path: str) -> Iterator[Finding]:
    if name is not None and name not in draft.setup.assigners:
        known = listed(sorted(draft.setup.assigners))
        sentence = f"{named(rule)} names the assigner {name!r}, which there is not: {known}"
        yield found(Code.MISSING, sentence, rule, path=path)


def _checked_system(draft: Draft, rule: Rule, system: str, path: str) -> Iterator[Finding]:
    if system not in draft.setup.systems:
        known = listed(sorted(draft.setup.systems))
        sentence = f"{named(rule)} names the system {system!r}, which there is not: {known}"
        yield found(Code.MISSING, sentence, rule, path=path)


_Check = Callable[[Draft, Rule, Any, str], Iterator[Finding]]

_CHECKS: Final[Mapping[type[TicketCommand[Any]], Mapping[str, _Check]]] = {
    MoveTo: {"status": _checked_status},
    SetCustomFields: {"values": _checked_values},
    AcknowledgeReceipt: {"template": _checked_template},
    AnswerFromTemplate: {"template": _checked_template},
    SendMail: {"subject": _checked_template, "text": _checked_template},
    Forward: {"text": _checked_template},
    assignment.AssignNext: {"by": _checked_assigner},
    SendRequest: {"system": _checked_system, "values": _checked_templates},
}
"""What is looked at beside ids, by the fields of each class of commands."""

_KIND_OF_ID: Final[Mapping[object, Kind[Any]]] = {
    AgentId: AGENTS,
    CannedResponseId: CANNED_RESPONSES,
    CompanyId: COMPANIES,
    ContactId: CONTACTS,
    DepartmentId: DEPARTMENTS,
    MacroId: MACROS,
    SlaPolicyId: SLA_POLICIES,
    TicketId: TICKETS,
}
"""Which records the types of ids name; entries and notes come and go."""


def _keys_in(command: TicketCommand[Any]) -> Iterator[tuple[Key, str]]:
    """The keys of the records that a command names, each with the name of its field."""
    for name, kind in _named_by(type(command)).items():
        value = getattr(command, name)
        for id in (value,) if isinstance(value, str) else value or ():
            yield Key(kind, id), name


def _named_by(command: type[TicketCommand[Any]]) -> Mapping[str, Kind[Any]]:
    """The fields of a class of commands that hold ids, and of what."""
    hints = get_type_hints(command)
    kinds = {field.name: _kind_in(hints[field.name]) for field in attrs.fields(command)}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind_in(hint: object) -> Kind[Any] | None:
    inner = (_kind_in(it) for it in get_args(hint))
    return _KIND_OF_ID.get(hint) or next((kind for kind in inner if kind is not None), None)


# What is there.


def _is_there(draft: Draft, key: Key) -> bool:
    roster = draft.configuration.roster
    if key.kind is AGENTS:
        return key.id in roster.agents
    if key.kind is DEPARTMENTS:
        return key.id in roster.departments
    if key.kind is TICKETS:  # what may not be seen does not exist, here as anywhere
        ticket = draft.peek(TICKETS, key.id)
        return ticket is not None and draft.sees(ticket)
    record: Any = draft.peek(key.kind, key.id)
    return record is not None and not getattr(record, "erased", False)


def _missing(rule: Rule, key: Key, path: str) -> Finding:
    what = key.kind.name.replace("_", " ")
    return found(Code.MISSING, f"{named(rule)} names the {what} {key.id!r}, which there is not", rule, path=path)
