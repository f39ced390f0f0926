"""Custom fields: defining them for tickets, contacts and companies, and checking the values given for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

import attrs

from ticketcore._draft import Draft
from ticketcore.commands.command import AddingDeskCommand, OverwritingDeskCommand
from ticketcore.commands.records import alter
from ticketcore.errors import Fault, InvalidInput, OutOfPlace, shown
from ticketcore.model import checks
from ticketcore.model.checks import IS_NAME, KEY_LIMIT, UNCHANGED, Check, Unchanged, changed_fields, faults_of
from ticketcore.model.fields import CustomField, FieldOwner, FieldType, FieldValue, custom_field_id, faults_of_values
from ticketcore.model.ids import CustomFieldId
from ticketcore.model.kinds import CUSTOM_FIELDS
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.permissions import Permission
from ticketcore.storage.protocols import Key


def _is_key(value: object) -> bool:
    return isinstance(value, str) and len(value) <= KEY_LIMIT and value.translate(_JOINTS).isalnum()


_JOINTS = str.maketrans("_-", "aa")
IS_KEY = Check(f"a key of 1 to {KEY_LIMIT} letters, digits, - and _", _is_key)


@attrs.frozen
class DefineCustomField(AddingDeskCommand[CustomField]):
    """
    Defines a custom field.

    Args:
        owner: What has it: tickets, contacts or companies.
        key: Its name in conditions, JSON and placeholders: letters, digits, `-` and `_`.
        name: Its name as agents read it.
        type: What it holds.
        choices: What may be chosen; for a field of type choice, and for no other.

    Raises:
        OutOfPlace: There is one of that key already.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    owner: FieldOwner = checks.one_of(FieldOwner)
    key: str = checks.checked(IS_KEY)
    name: str = checks.name()
    type: FieldType = checks.one_of(FieldType)
    choices: Sequence[str] = checks.several(IS_NAME, default=())

    def __attrs_post_init__(self) -> None:
        if faults := faults_of(self) or _faults_of_choices(self.type, self.choices):
            raise InvalidInput(self.asked, faults)

    def decide(self, draft: Draft) -> CustomField:
        """The definition."""
        id = custom_field_id(self.owner, self.key)
        if draft.peek(CUSTOM_FIELDS, id) is not None:
            raise OutOfPlace(self.asked, f"the field {id!r} is defined already", ("ChangeCustomField",))
        return draft.put(
            CUSTOM_FIELDS,
            CustomField(
                id=id, owner=self.owner, key=self.key, name=self.name, type=self.type, choices=tuple(self.choices)
            ),
        )


@attrs.frozen
class ChangeCustomField(OverwritingDeskCommand[CustomField]):
    """
    Changes a custom field. Its owner, key and type stay: values of it are stored.

    Args:
        field: Which one.
        name: Its name as agents read it.
        choices: What may be chosen from now on; values chosen before stay.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    field: CustomFieldId = checks.identifier()
    name: str | Unchanged = checks.changeable(IS_NAME)
    choices: Sequence[str] | Unchanged = checks.several(IS_NAME, default=UNCHANGED, kw_only=True)

    def overwritten(self) -> Key:
        """The definition."""
        return Key(CUSTOM_FIELDS, self.field)

    def decide(self, draft: Draft) -> CustomField:
        """The definition as it now is."""
        field = draft.get(CUSTOM_FIELDS, self.field)
        if not isinstance(self.choices, Unchanged) and (faults := _faults_of_choices(field.type, self.choices)):
            raise InvalidInput(self.asked, faults)
        return alter(draft, CUSTOM_FIELDS, field, **changed_fields(self))


@attrs.frozen
class RemoveCustomField(OverwritingDeskCommand[None]):
    """
    Removes the definition of a custom field, so that nobody sets it any more.

    Values that records have stay, and can still be asked for by conditions.

    Args:
        field: Which one.
    """

    permission: ClassVar[Permission] = Permission.CONFIGURE

    field: CustomFieldId = checks.identifier()

    def overwritten(self) -> Key:
        """The definition."""
        return Key(CUSTOM_FIELDS, self.field)

    def decide(self, draft: Draft) -> None:
        """Nothing remains of the definition."""
        draft.remove(CUSTOM_FIELDS, draft.get(CUSTOM_FIELDS, self.field).id)


def with_values(
    draft: Draft,
    owner: FieldOwner,
    before: FrozenMap[str, FieldValue],
    values: Mapping[str, FieldValue | None],
    asked: str,
) -> FrozenMap[str, FieldValue]:
    """
    The values of custom fields with some set anew.

    Args:
        draft: The unit of work.
        owner: What has them.
        before: The values so far.
        values: New values by key; None takes the value away.
        asked: The command, for the error.

    Raises:
        InvalidInput: A field is not defined, or a value is none of its type.
    """
    if faults := faults_of_values(values, draft.configuration.fields_of(owner)):
        raise InvalidInput(asked, [fault.under("custom") for fault in faults])
    return before.with_items(values)


def _faults_of_choices(holds: FieldType, choices: Sequence[str]) -> list[Fault]:
    if holds is not FieldType.CHOICE:
        expected = f"no choices for a field of type {holds.value}"
        return [Fault("choices", expected, shown(choices))] if choices else []
    if not choices:
        return [Fault("choices", "at least one choice", shown(choices))]
    return [Fault("choices", "each choice once", shown(it)) for it, count in Counter(choices).items() if count > 1]
