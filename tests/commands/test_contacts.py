import pytest

from tests.fakes import OnlyTheSystemMay, records_of, unchanged
from tests.small_shop import SmallShop
from ticketcore.commands.command import ANY
from ticketcore.commands.companies import AddCompany
from ticketcore.commands.contacts import (
    AddContact,
    ChangeContact,
    ChangeMyProfile,
    ChangeRequestersGroups,
)
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.recognising import contact_of_address, contact_of_phone
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import CompanyId, ContactId


@pytest.fixture
def strict_shop():
    """A small shop's desk on which agents may do nothing."""
    return SmallShop(setup=Setup(access=OnlyTheSystemMay()))


def of_address(shop, address):
    """The contact recognised by an address."""
    return shop.system._read(lambda draft: contact_of_address(draft, address))


def of_phone(shop, number):
    """The contact recognised by a phone number."""
    return shop.system._read(lambda draft: contact_of_phone(draft, number))


def test_contact_data_is_kept(shop):
    """A contact has name, addresses, phones, location, language and groups (TK-4)."""
    contact = shop.ana.do(
        AddContact(
            "Maria Papadopoulou",
            email="maria@example.gr",
            emails=["m.p@example.com"],
            phones=["+30 21 0123 4567"],
            location="Athens",
            language="el",
            groups=frozenset({"vip"}),
        )
    )

    assert contact == shop.ana.contact(contact.id)
    assert (contact.name, contact.shown_name) == ("Maria Papadopoulou", "Maria Papadopoulou")
    assert contact.emails == ("maria@example.gr", "m.p@example.com")
    assert (contact.phones, contact.location) == (("+30 21 0123 4567",), "Athens")
    assert (contact.language, contact.groups) == ("el", {"vip"})


def test_nameless_contact_is_a_visitor(shop):
    """Somebody without a name gets a visitor id, and no two the same (TK-4)."""
    one, other = shop.ana.do(AddContact(email="who@example.gr")), shop.ana.do(AddContact(phones=["555 1234"]))

    assert one.name is None
    assert one.shown_name == one.visitor
    assert one.visitor.startswith("Visitor ")
    assert one.visitor != other.visitor


def test_visitor_is_recognised_again(shop):
    """A visitor is found by each address and number, however it is written (TK-4)."""
    visitor = shop.ana.do(AddContact(email="Who@Example.gr", emails=["w@x.gr"], phones=["0030 21-012"]))

    for address in ("who@example.GR", " w@x.gr "):
        assert of_address(shop, address) == visitor
    for number in ("+3021012", "00 30 21 012"):
        assert of_phone(shop, number) == visitor
    assert of_address(shop, "nobody@x.gr") is None
    assert of_phone(shop, "21 012") is None


def test_address_of_somebody_else_is_taken(shop):
    """Nobody is recognised as two contacts: an address or number that another contact has is refused."""
    shop.ana.do(AddContact("Kim", email="kim@x.gr", phones=["555 1234"]))

    for command, value in [
        (AddContact("Lee", emails=["lee@x.gr", "KIM@x.gr"]), "kim@x.gr"),
        (AddContact("Lee", phones=["5551234"]), "5551234"),
        (ChangeContact(shop.mia.id, emails=["kim@x.gr"]), "kim@x.gr"),
        (ChangeContact(shop.mia.id, phones=["555-1234"]), "5551234"),
    ]:
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(command, **shop.seen(command))
        assert f"{value!r} is taken already" in str(caught.value)


def test_same_address_twice_is_one(shop):
    """An address given twice is kept once, as it was written first."""
    contact = shop.ana.do(AddContact("Kim", email="Kim@x.gr", emails=["kim@X.gr", "k@x.gr"], phones=["555", "5-5-5"]))

    assert (contact.emails, contact.phones) == (("Kim@x.gr", "k@x.gr"), ("555",))


def test_contact_belongs_to_the_company_of_the_domain(shop):
    """Who has an address at a company's domain is one of its people, unless another company is named."""
    oil = shop.ana.do(AddCompany("Kalamata Oil", ["oil.example"]))
    soap = shop.ana.do(AddCompany("Soap", ["soap.example"]))

    assert shop.ana.do(AddContact("A", emails=["a@private.example", "a@OIL.example"])).company == oil.id
    assert shop.ana.do(AddContact("B", email="b@oil.example", company=soap.id)).company == soap.id
    assert shop.ana.do(AddContact("C", email="c@sub.oil.example")).company is None


def test_changes_leave_the_rest_as_it_is(shop):
    """What is not given stays; None takes away."""
    shop.system.do(DefineCustomField(FieldOwner.CONTACT, "size", "Size", FieldType.TEXT))
    shop.system.do(DefineCustomField(FieldOwner.CONTACT, "age", "Age", FieldType.NUMBER))
    contact = shop.ana.do(
        AddContact(
            "Kim", email="kim@x.gr", location="Paros", groups=frozenset({"vip"}), custom={"size": "M", "age": 40}
        )
    )

    renamed = shop.ana.do(ChangeContact(contact.id, name="Kim Lee"), seen=contact.version)
    assert renamed == shop.ana.contact(contact.id)
    assert (renamed.name, renamed.emails, renamed.location) == ("Kim Lee", ("kim@x.gr",), "Paros")
    assert (renamed.groups, dict(renamed.custom)) == ({"vip"}, {"size": "M", "age": 40})

    emptied = shop.ana.do(
        ChangeContact(contact.id, name=None, location=None, emails=[], groups=frozenset(), custom={"age": None}),
        seen=renamed.version,
    )
    assert (emptied.name, emptied.shown_name) == (None, contact.visitor)
    assert (emptied.emails, emptied.location, emptied.groups) == ((), None, frozenset())
    assert dict(emptied.custom) == {"size": "M"}


def test_changed_addresses_are_claimed_and_given_up(shop):
    """A contact is recognised by the new addresses and numbers only, and others can have the old ones."""
    contact = shop.ana.do(AddContact("Kim", email="old@x.gr", emails=["stays@x.gr"], phones=["555 0001"]))

    changed = shop.ana.do(
        ChangeContact(contact.id, emails=["new@x.gr", "STAYS@x.gr"], phones=["555 0002"]), seen=contact.version
    )

    assert (changed.emails, changed.phones) == (("new@x.gr", "STAYS@x.gr"), ("555 0002",))
    assert of_address(shop, "new@x.gr") == of_address(shop, "stays@x.gr") == of_phone(shop, "5550002") == changed
    assert of_address(shop, "old@x.gr") is of_phone(shop, "5550001") is None
    assert shop.ana.do(AddContact("Lee", email="old@x.gr", phones=["555 0001"])).emails == ("old@x.gr",)


def test_new_address_brings_its_company(shop):
    """Who has no company gets the one of a new address's domain; who has one keeps it, and None takes it away."""
    oil = shop.ana.do(AddCompany("Kalamata Oil", ["oil.example"]))
    soap = shop.ana.do(AddCompany("Soap", ["soap.example"]))

    joined = shop.ana.do(ChangeContact(shop.mia.id, emails=["mia@oil.example"]), seen=ANY)
    assert joined.company == oil.id
    stayed = shop.ana.do(ChangeContact(shop.mia.id, emails=["mia@soap.example"]), seen=ANY)
    assert stayed.company == oil.id
    assert shop.ana.do(ChangeContact(shop.mia.id, company=soap.id), seen=ANY).company == soap.id
    left = shop.ana.do(ChangeContact(shop.mia.id, company=None, emails=["mia@oil.example"]), seen=ANY)
    assert left.company is None


def test_requester_of_a_ticket_changes_groups(shop):
    """Who asks in a ticket joins groups and leaves others; the rest of their groups stay."""
    shop.system.do(ChangeContact(shop.mia.id, groups=["vip", "late"]))
    ticket = shop.ticket()

    changed = shop.ana.do(ChangeRequestersGroups(join={"refunds"}, leave={"late", "none"}), on=ticket.id)

    assert changed.groups == {"vip", "refunds"}
    assert shop.system.contact(shop.mia.id) == changed


def test_groups_that_are_so_already_are_no_change(shop):
    """Joining what one is in, and leaving what one is not, changes nothing."""
    ticket = shop.ticket()
    before = records_of(shop.storage)

    shop.ana.do(ChangeRequestersGroups(leave={"vip"}), on=ticket.id)

    assert records_of(shop.storage) == before


def test_internal_ticket_has_no_requester(shop):
    """On an internal ticket there is nobody whose groups could change."""
    ticket = shop.internal_ticket(about=shop.mia.id)

    with shop.refusing(OutOfPlace):
        shop.ana.do(ChangeRequestersGroups(join={"vip"}), on=ticket.id)


def test_change_that_changes_nothing_is_none(shop):
    """A contact that is as asked already keeps its version."""
    with unchanged(shop.storage):
        after = shop.ana.do(ChangeContact(shop.mia.id, name="Mia", emails=["mia@example.org"]), seen=ANY)
    assert after == shop.mia


def test_change_of_an_older_version_is_a_conflict(shop):
    """Two changes at once never lose one silently."""
    shop.ana.do(ChangeContact(shop.mia.id, location="Paros"), seen=1)

    with shop.refusing(Conflict) as caught:
        shop.ana.do(ChangeContact(shop.mia.id, location="Athens"), seen=1)
    assert caught.value.current == 2


def test_unknown_company_is_not_found(shop):
    """A contact's company exists."""
    nowhere = CompanyId("none")
    for command in (AddContact("Kim", company=nowhere), ChangeContact(shop.mia.id, company=nowhere)):
        with shop.refusing(NotFound) as caught:
            shop.ana.do(command, **shop.seen(command))
        assert str(caught.value) == "no company 'none'"


def test_unknown_contact_is_not_found(shop):
    """Who is not there cannot be changed."""
    with shop.refusing(NotFound):
        shop.ana.do(ChangeContact(ContactId("none"), name="Kim"), seen=ANY)


def test_undefined_custom_fields_are_all_listed(shop):
    """Values of fields that are not defined are refused, all at once, with their paths."""
    for command in (
        AddContact("Kim", custom={"size": "M", "age": 3}),
        ChangeContact(shop.mia.id, custom={"size": "M", "age": 3}),
    ):
        with shop.refusing(InvalidInput) as caught:
            shop.ana.do(command, **shop.seen(command))
        assert [fault.path for fault in caught.value.faults] == ["custom.size", "custom.age"]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "mia", "phones": ["1"], "language": "x" * 36, "location": "a\nb"},
        {"email": "a@b@c", "phones": ["call me"], "language": "", "location": ""},
        {"email": "mia@example.org\n", "phones": ["555 123\t"], "language": 7, "location": "x" * 501},
    ],
)
def test_bad_contact_data_is_refused_at_the_door(fields):
    """What cannot be an address, a number, a language or a place is refused with all faults."""
    with pytest.raises(InvalidInput) as caught:
        AddContact(**fields)
    assert [fault.path for fault in caught.value.faults] == ["email", "phones[0]", "location", "language"]

    fields["emails"] = [fields.pop("email")]
    with pytest.raises(InvalidInput) as caught:
        ChangeContact(ContactId("1"), **fields)
    assert [fault.path for fault in caught.value.faults] == ["emails[0]", "phones[0]", "location", "language"]


def test_customer_corrects_own_profile(shop):
    """A customer changes their own name, location and language, and sees the result."""
    seat = shop.desk.as_customer(shop.mia.id)

    profile = seat.do(ChangeMyProfile(name="Mia M.", location="Paros", language="el"))

    assert (profile.name, profile.location, profile.language) == ("Mia M.", "Paros", "el")
    assert seat.profile() == profile
    assert seat.do(ChangeMyProfile(location=None)).location is None
    assert shop.ana.contact(shop.mia.id).name == "Mia M."
    with unchanged(shop.storage):
        seat.do(ChangeMyProfile(name="Mia M."))


@pytest.mark.parametrize("field", ["groups", "emails", "phones", "company", "custom", "contact"])
def test_customer_cannot_promote_themselves(field):
    """What decides about service, or who somebody is, is not in a customer's hands."""
    with pytest.raises(TypeError):
        ChangeMyProfile(**{field: None})


def test_agents_do_not_ask_as_customers(shop):
    """A customer's command from an agent's seat, or the system's, is refused."""
    for seat in (shop.ana, shop.system):
        with shop.refusing(AccessDenied):
            seat.do(ChangeMyProfile(name="X"))


def test_customers_do_not_ask_as_agents(shop):
    """A customer adds and changes nobody, not even themselves, by an agent's command."""
    for command in (AddContact("Kim"), ChangeContact(shop.mia.id, groups=frozenset({"vip"}))):
        with shop.refusing(AccessDenied):
            shop.desk.as_customer(shop.mia.id).do(command)


def test_agent_without_permission_is_denied(strict_shop):
    """Who may not work with customers' data cannot add or change any."""
    shop = strict_shop
    for command in (AddContact("Kim"), ChangeContact(shop.mia.id, groups=frozenset({"vip"}))):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **shop.seen(command))
