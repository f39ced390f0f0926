"""
Templates: texts with placeholders such as `{requester.name|customer}`, filled for one ticket.

Only the placeholders listed here can be used; there are no expressions, loops or attributes to reach. A value is put in
as it is, and never read for placeholders itself. What follows `|` stands where there is no value. `{{` writes a brace.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Final, TypeAlias

import attrs

from ticketcore.errors import Fault, InvalidInput, listed, shown
from ticketcore.model.checks import TEXT_LIMIT, Check, is_text
from ticketcore.model.fields import FieldOwner, FieldValue
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.people import Agent, Company, Contact
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue


@attrs.frozen(kw_only=True)
class Particulars(FrozenValue):
    """
    What placeholders are filled from.

    Args:
        ticket: The ticket.
        requester: Its main requester; of an internal ticket the customer it is about.
        company: The requester's company.
        department: The name of the ticket's department.
        agent: Who writes.
        signature: What ends the agent's mails from that department.
        answer_by: Until when an answer is promised, by the clocks of those who answer.
        today: The date.
        message: The message that a mail is made of, in a template of mail.
    """

    ticket: AnyTicket
    requester: Contact | None = None
    company: Company | None = None
    department: str | None = None
    agent: Agent | None = None
    signature: str | None = None
    answer_by: datetime | None = None
    today: date
    message: str | None = None


Reader: TypeAlias = Callable[[Particulars], FieldValue | None]


PLACEHOLDERS: Final[Mapping[str, Reader]] = {
    "requester.name": lambda it: it.requester.name if it.requester else None,
    "requester.email": lambda it: next(iter(it.requester.emails), None) if it.requester else None,
    "requester.location": lambda it: it.requester.location if it.requester else None,
    "company.name": lambda it: it.company.name if it.company else None,
    "ticket.reference": lambda it: it.ticket.reference,
    "ticket.subject": lambda it: it.ticket.subject,
    "ticket.status": lambda it: it.ticket.status.key,
    "ticket.priority": lambda it: it.ticket.priority.name.lower(),
    "ticket.type": lambda it: it.ticket.type,
    "ticket.created": lambda it: it.ticket.created_at.date(),
    "ticket.answer_by": lambda it: f"{it.answer_by:%Y-%m-%d %H:%M %Z}" if it.answer_by else None,
    "department.name": lambda it: it.department,
    "agent.public_name": lambda it: it.agent.public_name if it.agent else None,
    "agent.signature": lambda it: it.signature,
    "today": lambda it: it.today,
}
"""What templates can name, and where its value comes from; custom fields, too, as `ticket.custom.order_number`."""

MAIL_PLACEHOLDERS: Final[Mapping[str, Reader]] = {**PLACEHOLDERS, "message.text": lambda it: it.message}
"""What templates of mail can name: the message, too."""

KNOWN: Final = tuple(PLACEHOLDERS)
KNOWN_IN_MAIL: Final = tuple(MAIL_PLACEHOLDERS)

CUSTOM: Final[Mapping[str, FieldOwner]] = {
    "ticket.custom.": FieldOwner.TICKET,
    "requester.custom.": FieldOwner.CONTACT,
    "company.custom.": FieldOwner.COMPANY,
}
"""What the names of custom fields' placeholders begin with."""


@attrs.frozen
class Placeholder(FrozenValue):
    """
    A place in a template where a value goes.

    Args:
        name: One of `MAIL_PLACEHOLDERS`, or a custom field's.
        fallback: What stands there if there is no value.
    """

    name: str
    fallback: str = ""

    @property
    def custom_field(self) -> tuple[FieldOwner, str] | None:
        """The custom field that it stands for: its owner and key."""
        for prefix, owner in CUSTOM.items():
            if self.name.startswith(prefix):
                return owner, self.name.removeprefix(prefix)
        return None

    def value(self, particulars: Particulars) -> str:
        """The value, or the fallback."""
        field = self.custom_field
        found = MAIL_PLACEHOLDERS[self.name](particulars) if field is None else _custom(particulars, *field)
        return self.fallback if found is None or found == "" else shown_value(found)

    def __str__(self) -> str:
        return f"{{{self.name}|{self.fallback}}}" if self.fallback else f"{{{self.name}}}"


@attrs.frozen
class Template(FrozenValue):
    """
    A text with placeholders. `Template.parse` makes it; `str` gives the text back.

    Args:
        parts: Literal texts and placeholders, in order.
    """

    parts: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, source: str, known: Collection[str] = KNOWN) -> "Template":
        """
        The template that a text stands for.

        Args:
            source: The text.
            known: The names that it can use, apart from those of custom fields.

        Raises:
            InvalidInput: It names something unknown, or a brace is neither part of a placeholder nor doubled.
        """
        parts, faults = _Parser(source, known).parse()
        if faults:
            raise InvalidInput("Template", faults)
        return cls(parts)

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Its placeholders, in order."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    def fill(self, particulars: Particulars) -> str:
        """The text with every placeholder's value in its place. What a value says is not read for placeholders."""
        return "".join(part if isinstance(part, str) else part.value(particulars) for part in self.parts)

    def __str__(self) -> str:
        return "".join(escape(part) if isinstance(part, str) else str(part) for part in self.parts)


def escape(text: str) -> str:
    """A text as a template has to write it to say exactly that."""
    return text.replace("{", "{{")


def shown_value(value: FieldValue) -> str:
    """A value as people read it: dates in ISO form, whole numbers without a point, `yes` and `no`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def is_template(known: Collection[str] = KNOWN, *, at_least: int = 0, at_most: int = TEXT_LIMIT) -> Check:
    """Text that is a template."""
    text = is_text(at_least=at_least, at_most=at_most)
    return _IsTemplate(f"a template of {at_least} to {at_most} characters", text.accepts, text=text, known=known)


@attrs.frozen
class _IsTemplate(Check):
    """A check whose faults point at the places in the text."""

    text: Check = attrs.field(kw_only=True)
    known: Collection[str] = attrs.field(kw_only=True)

    def faults(self, path: str, value: object) -> list[Fault]:
        if not isinstance(value, str) or not self.text.accepts(value):
            return self.text.faults(path, value)
        _, faults = _Parser(value, self.known).parse()
        return [fault.under(path) for fault in faults]


class _Parser:
    """
    Reads a template from left to right, each character once.

    It goes on behind a fault, so that all are found.
    """

    def __init__(self, source: str, known: Collection[str]) -> None:
        self._source = source
        self._known = known
        self._expected = f"one of the placeholders {listed(known)}"
        self._parts: list[str | Placeholder] = []
        self._faults: list[Fault] = []

    def parse(self) -> tuple[tuple[str | Placeholder, ...], list[Fault]]:
        """All parts, and all faults: `template = { literal | "{{" | placeholder }`."""
        for start, end in self._pieces():
            if self._source[start] != "{":
                self._parts.append(self._source[start:end])
            elif self._source.startswith("{{", start):
                self._parts.append("{")
            else:
                self._placeholder(start, end)
        return _joined(self._parts), self._faults

    def _pieces(self) -> Iterator[tuple[int, int]]:
        """
        Where each literal, doubled brace and placeholder begins and ends.

        A brace that nothing closes ends where the next one begins.
        """
        position, length = 0, len(self._source)
        while position < length:
            brace = self._found("{", position)
            if brace > position:
                end = brace
            elif self._source.startswith("{{", position):
                end = position + 2
            else:
                limit = self._found("{", position + 1)
                end = self._source.find("}", position, limit) + 1 or limit
            yield position, end
            position = end

    def _found(self, character: str, start: int) -> int:
        place = self._source.find(character, start)
        return len(self._source) if place < 0 else place

    def _placeholder(self, start: int, end: int) -> None:
        """Takes in a placeholder: `placeholder = "{" name [ "|" fallback ] "}"`."""
        whole = self._source[start:end]
        if not whole.endswith("}"):
            self._fault(start, "a placeholder such as {requester.name}, or {{ for a brace", whole)
            return
        name, _, fallback = whole[1:-1].partition("|")
        placeholder = Placeholder(name.strip(), fallback)
        if placeholder.name in self._known or placeholder.custom_field is not None:
            self._parts.append(placeholder)
        else:
            self._fault(start, self._expected, name.strip())

    def _fault(self, position: int, expected: str, got: str) -> None:
        self._faults.append(Fault(f"[{position}]", expected, shown(got)))


def _joined(parts: Iterable[str | Placeholder]) -> tuple[str | Placeholder, ...]:
    """The parts with literals that follow each other made one."""
    joined: list[str | Placeholder] = []
    for is_literal, group in groupby(parts, lambda part: isinstance(part, str)):
        members = list(group)
        joined += ["".join(map(str, members))] if is_literal else members
    return tuple(joined)


def _custom(particulars: Particulars, owner: FieldOwner, key: str) -> FieldValue | None:
    holders = {
        FieldOwner.TICKET: particulars.ticket,
        FieldOwner.CONTACT: particulars.requester,
        FieldOwner.COMPANY: particulars.company,
    }
    holder = holders[owner]
    values: FrozenMap[str, FieldValue] = holder.custom if holder is not None else FrozenMap()
    return values.get(key)
