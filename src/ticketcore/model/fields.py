"""Custom fields: what a host adds to tickets, contacts and companies, and the values they may hold."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import TypeAlias

import attrs

from ticketcore.errors import Fault, listed, shown
from ticketcore.model.checks import IS_DATE, TEXT_LIMIT, Check, is_line, is_text
from ticketcore.model.ids import CustomFieldId
from ticketcore.model.values import FrozenValue

FieldValue: TypeAlias = str | int | float | bool | date


class FieldType(Enum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


class FieldOwner(Enum):
    """What a custom field belongs to."""

    TICKET = "ticket"
    CONTACT = "contact"
    COMPANY = "company"


@attrs.frozen(kw_only=True)
class CustomField(FrozenValue):
    """
    The definition of a custom field.

    Args:
        id: Made of its owner and key, such as `"ticket.order_number"`, so that each is defined once.
        key: Its name in conditions, JSON and placeholders.
        name: Its name as agents read it.
        type: What it holds.
        choices: What may be chosen, for a field of type choice.
    """

    id: CustomFieldId
    version: int = 1
    owner: FieldOwner
    key: str
    name: str
    type: FieldType
    choices: tuple[str, ...] = ()

    def check(self) -> Check:
        """What a value of this field must be."""
        if self.type is FieldType.CHOICE:
            return Check(f"one of {listed(self.choices)}", lambda value: value in self.choices)
        return _CHECKS[self.type]


def custom_field_id(owner: FieldOwner, key: str) -> CustomFieldId:
    """The id of the definition of a field."""
    return CustomFieldId(f"{owner.value}.{key}")


def faults_of_values(values: Mapping[str, FieldValue | None], definitions: Mapping[str, CustomField]) -> list[Fault]:
    """
    All that is wrong with the values of custom fields.

    Args:
        values: Values by key; None takes the value away.
        definitions: The definitions of the owner's fields by key.
    """
    return [
        fault
        for key, value in values.items()
        for fault in (
            [Fault(key, f"a defined custom field: {listed(sorted(definitions))}", shown(key))]
            if key not in definitions
            else definitions[key].check().faults(key, value)
            if value is not None
            else []
        )
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 2**53


_CHECKS = {
    FieldType.TEXT: is_text(at_most=TEXT_LIMIT),
    FieldType.NUMBER: Check("a number of at most 2**53", _is_number),
    FieldType.DATE: IS_DATE,
    FieldType.YES_NO: Check("True or False", lambda value: isinstance(value, bool)),
    FieldType.CHOICE: is_line(),
}
