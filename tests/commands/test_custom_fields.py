from datetime import date

import pytest

from tests.fakes import unchanged
from ticketcore.commands.command import ANY
from ticketcore.commands.contacts import AddContact, ChangeContact
from ticketcore.commands.custom_fields import ChangeCustomField, DefineCustomField, RemoveCustomField
from ticketcore.commands.tickets import SetCustomFields
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import CustomFieldId
from ticketcore.model.kinds import CUSTOM_FIELDS

ORDER = DefineCustomField(FieldOwner.TICKET, "order_number", "Order", FieldType.NUMBER)
SIZE = DefineCustomField(FieldOwner.CONTACT, "size", "Size", FieldType.CHOICE, ["S", "M", "L"])
SIZE_ID = CustomFieldId("contact.size")


def stored(shop, id):
    """The definition of a field as it is stored, or None."""
    return shop.system._read(lambda draft: draft.peek(CUSTOM_FIELDS, id))


@pytest.mark.parametrize(
    ("holds", "choices", "good", "bad"),
    [
        (FieldType.TEXT, (), "blue", 7),
        (FieldType.NUMBER, (), 7.5, "7.5"),
        (FieldType.DATE, (), date(2026, 3, 2), "2026-03-02"),
        (FieldType.CHOICE, ("S", "M"), "M", "XL"),
        (FieldType.YES_NO, (), True, 1),
    ],
)
@pytest.mark.parametrize("owner", list(FieldOwner))
def test_field_takes_values_of_its_type(shop, owner, holds, choices, good, bad):
    """A field of each type, on tickets as on contacts, takes its own values and refuses others."""
    field = shop.system.do(DefineCustomField(owner, "extra", "Extra", holds, choices))
    assert (field.owner, field.key, field.type, field.choices) == (owner, "extra", holds, choices)
    if owner is FieldOwner.COMPANY:  # as tests of companies show
        return
    ticket = shop.ticket()

    def set_to(value):
        if owner is FieldOwner.TICKET:
            return shop.ana.do(SetCustomFields({"extra": value}), on=ticket.id, seen=ANY)
        return shop.ana.do(ChangeContact(shop.mia.id, custom={"extra": value}), seen=ANY)

    assert set_to(good).custom["extra"] == good
    with shop.refusing(InvalidInput):
        set_to(bad)


def test_field_is_defined_once(shop):
    """A second definition under the same key is refused with what to do instead; another owner's is another field."""
    shop.system.do(ORDER)

    with shop.refusing(OutOfPlace) as caught:
        shop.system.do(ORDER)
    assert "'ticket.order_number' is defined already" in str(caught.value)
    assert caught.value.allowed == ("ChangeCustomField",)
    assert shop.system.do(DefineCustomField(FieldOwner.CONTACT, "order_number", "Order", FieldType.TEXT)).version == 1


@pytest.mark.parametrize("key", ["", "a b", "a.b", "{x}", "x" * 101, 7])
def test_key_can_be_written_in_placeholders(key):
    """A key is made of what conditions, JSON and placeholders can name."""
    with pytest.raises(InvalidInput) as caught:
        DefineCustomField(FieldOwner.TICKET, key, "", FieldType.TEXT)
    assert [fault.path for fault in caught.value.faults] == ["key", "name"]


@pytest.mark.parametrize("key", ["order_number", "order-2", "παραγγελία", "št_naročila"])
def test_key_may_be_of_any_script(key):
    """Hosts write keys in their own language."""
    assert DefineCustomField(FieldOwner.TICKET, key, "Order", FieldType.TEXT).key == key


@pytest.mark.parametrize(
    ("holds", "choices", "expected"),
    [
        (FieldType.CHOICE, [], "at least one choice"),
        (FieldType.CHOICE, ["S", "M", "S"], "each choice once"),
        (FieldType.TEXT, ["S"], "no choices for a field of type text"),
    ],
)
def test_choices_fit_the_type(shop, holds, choices, expected):
    """A field of type choice has choices, each once; others have none. This holds for changes as well."""
    with pytest.raises(InvalidInput, match=expected):
        DefineCustomField(FieldOwner.TICKET, "size", "Size", holds, choices)

    field = shop.system.do(
        DefineCustomField(FieldOwner.TICKET, "size", "Size", holds, ["S"] if holds is FieldType.CHOICE else [])
    )
    with shop.refusing(InvalidInput) as caught:
        shop.system.do(ChangeCustomField(field.id, choices=choices))
    assert [(fault.path, fault.expected) for fault in caught.value.faults] == [("choices", expected)]


def test_values_chosen_before_stay(shop):
    """Other choices hold from now on: what was chosen before stays, and is not chosen anew."""
    field = shop.system.do(SIZE)
    contact = shop.ana.do(AddContact("Kim", custom={"size": "L"}))

    changed = shop.system.do(ChangeCustomField(field.id, name="Shirt", choices=["S", "M"]))

    assert (changed.name, changed.choices, changed.version) == ("Shirt", ("S", "M"), 2)
    assert shop.ana.do(ChangeContact(contact.id, location="Paros"), seen=ANY).custom["size"] == "L"
    with shop.refusing(InvalidInput):
        shop.ana.do(AddContact("Lee", custom={"size": "L"}))


def test_change_of_nothing_is_none(shop):
    """A definition that is as asked already keeps its version."""
    field = shop.system.do(SIZE)

    with unchanged(shop.storage):
        assert shop.system.do(ChangeCustomField(field.id, name="Size", choices=["S", "M", "L"])) == field
        assert shop.system.do(ChangeCustomField(field.id)) == field


def test_change_of_an_older_version_is_a_conflict(shop):
    """Who saw an older definition is told, and overwrites nothing."""
    field = shop.system.do(SIZE)
    shop.system.do(ChangeCustomField(field.id, name="Shirt"))

    with shop.refusing(Conflict):
        shop.system.do(ChangeCustomField(field.id, name="Shoe"), seen=field.version)


def test_removed_field_is_set_no_more(shop):
    """Values stay on records when their definition goes; new ones are refused."""
    field = shop.system.do(ORDER)
    ticket = shop.ticket()
    shop.ana.do(SetCustomFields({"order_number": 7}), on=ticket.id, seen=ANY)

    assert shop.system.do(RemoveCustomField(field.id)) is None

    assert stored(shop, field.id) is None
    assert shop.ana.ticket(ticket.id).custom["order_number"] == 7
    with shop.refusing(InvalidInput):
        shop.ana.do(SetCustomFields({"order_number": 8}), on=ticket.id, seen=ANY)


@pytest.mark.parametrize("command", [ChangeCustomField, RemoveCustomField])
def test_unknown_field_is_not_found(shop, command):
    """What is not defined cannot be changed or removed."""
    with shop.refusing(NotFound) as caught:
        shop.system.do(command(CustomFieldId("ticket.nothing")))
    assert str(caught.value) == "no custom field 'ticket.nothing'"


@pytest.mark.parametrize("command", [SIZE, ChangeCustomField(SIZE_ID), RemoveCustomField(SIZE_ID)])
def test_only_admins_define_fields(shop, command):
    """Agents without the permission to configure are refused, and so are customers."""
    for seat in (shop.ana, shop.desk.as_customer(shop.mia.id)):
        with shop.refusing(AccessDenied):
            seat.do(command, **(shop.seen(command) if seat is shop.ana else {}))
