import pytest

from tests.fakes import OnlyTheSystemMay, unchanged
from tests.small_shop import SmallShop
from ticketcore.commands.command import ANY
from ticketcore.commands.companies import AddCompany, ChangeCompany
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.configuration import Setup
from ticketcore.errors import AccessDenied, Conflict, InvalidInput, NotFound, OutOfPlace
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.ids import CompanyId


@pytest.fixture
def strict_shop():
    """A small shop's desk on which agents may do nothing."""
    return SmallShop(setup=Setup(access=OnlyTheSystemMay()))


def test_company_is_added(shop):
    """A company has a name, domains, groups and custom fields."""
    shop.system.do(DefineCustomField(FieldOwner.COMPANY, "tax_id", "Tax id", FieldType.TEXT))

    company = shop.ana.do(
        AddCompany(
            "Kalamata Oil", ["Oil.example", "oil.EXAMPLE"], groups=frozenset({"gold"}), custom={"tax_id": "EL 1"}
        )
    )

    assert company == shop.ana.company(company.id)
    assert (company.name, company.domains, company.groups) == ("Kalamata Oil", ("Oil.example",), {"gold"})
    assert dict(company.custom) == {"tax_id": "EL 1"}


def test_people_at_the_domain_become_the_company_s(shop):
    """Contacts without company at a company's domain are its people; those of another company stay there."""
    soap = shop.ana.do(AddCompany("Soap"))
    kim = shop.ana.do(AddContact("Kim", emails=["kim@private.example", "kim@OIL.example"]))
    lee = shop.ana.do(AddContact("Lee", email="lee@oil.example", company=soap.id))
    far = shop.ana.do(AddContact("Far", email="far@not-oil.example"))

    oil = shop.ana.do(AddCompany("Kalamata Oil", ["Oil.example"]))

    assert shop.ana.contact(kim.id).company == oil.id
    assert shop.ana.contact(lee.id).company == soap.id
    assert shop.ana.contact(far.id).company is None


def test_domain_is_one_company_s(shop):
    """A domain that another company has is refused, in whatever case."""
    oil = shop.ana.do(AddCompany("Kalamata Oil", ["oil.example"]))
    soap = shop.ana.do(AddCompany("Soap", ["soap.example"]))

    for command in (AddCompany("Thief", ["OIL.example"]), ChangeCompany(soap.id, domains=["oil.example"])):
        with shop.refusing(OutOfPlace) as caught:
            shop.ana.do(command, **shop.seen(command))
        assert "the domain 'oil.example' is taken already" in str(caught.value)
    assert shop.ana.company(oil.id) == oil


def test_changed_domains_are_claimed_and_given_up(shop):
    """New domains bring their people; those of a domain given up stay, and another company can have it."""
    kim, lee = (shop.ana.do(AddContact(name, email=f"{name}@{name}.example")) for name in ("kim", "lee"))
    company = shop.ana.do(AddCompany("Oil", ["kim.example"]))

    changed = shop.ana.do(ChangeCompany(company.id, domains=["LEE.example"]), seen=company.version)

    assert changed.domains == ("LEE.example",)
    assert shop.ana.contact(kim.id).company == shop.ana.contact(lee.id).company == company.id
    other = shop.ana.do(AddCompany("Other", ["kim.example"]))
    assert shop.ana.contact(kim.id).company == company.id
    assert shop.ana.do(AddContact("New", email="new@kim.example")).company == other.id


def test_changes_leave_the_rest_as_it_is(shop):
    """What is not given stays; None takes a custom field's value away."""
    for key in ("a", "b"):
        shop.system.do(DefineCustomField(FieldOwner.COMPANY, key, key, FieldType.TEXT))
    company = shop.ana.do(AddCompany("Oil", ["oil.example"], groups=frozenset({"gold"}), custom={"a": "1", "b": "2"}))

    changed = shop.ana.do(ChangeCompany(company.id, name="Olive Oil", custom={"b": None}), seen=company.version)

    assert (changed.name, changed.domains, changed.groups) == ("Olive Oil", ("oil.example",), {"gold"})
    assert dict(changed.custom) == {"a": "1"}
    assert shop.ana.do(ChangeCompany(company.id, groups=frozenset()), seen=ANY).groups == frozenset()
    with unchanged(shop.storage):
        shop.ana.do(ChangeCompany(company.id, name="Olive Oil", domains=["oil.example"]), seen=ANY)


def test_change_of_an_older_version_is_a_conflict(shop):
    """Two changes at once never lose one silently."""
    company = shop.ana.do(AddCompany("Oil"))
    shop.ana.do(ChangeCompany(company.id, name="Olive Oil"), seen=company.version)

    with shop.refusing(Conflict):
        shop.ana.do(ChangeCompany(company.id, name="Soap"), seen=company.version)


def test_unknown_company_is_not_found(shop):
    """What is not there cannot be changed."""
    with shop.refusing(NotFound):
        shop.ana.do(ChangeCompany(CompanyId("none"), name="Oil"), seen=ANY)


@pytest.mark.parametrize("domain", ["", "@oil.example", "oil example", ".oil", "oil..example", "oil.", "x" * 254, 7])
def test_what_is_no_domain_is_refused(domain):
    """A domain is what stands behind the @ of an address."""
    for make in (lambda: AddCompany("", [domain]), lambda: ChangeCompany(CompanyId("1"), name="", domains=[domain])):
        with pytest.raises(InvalidInput) as caught:
            make()
        assert [fault.path for fault in caught.value.faults] == ["name", "domains[0]"]


def test_undefined_custom_field_is_refused(shop):
    """Companies have the fields that are defined for them."""
    company = shop.ana.do(AddCompany("Oil"))
    for command in (AddCompany("Soap", custom={"x": 1}), ChangeCompany(company.id, custom={"x": 1})):
        with shop.refusing(InvalidInput):
            shop.ana.do(command, **shop.seen(command))


def test_only_who_may_works_with_companies(strict_shop):
    """Agents without the permission to work with customers' data are denied, and so are customers."""
    shop = strict_shop
    company = shop.system.do(AddCompany("Oil"))
    for command in (AddCompany("Soap"), ChangeCompany(company.id, name="Soap")):
        with shop.refusing(AccessDenied):
            shop.ana.do(command, **shop.seen(command))
        with shop.refusing(AccessDenied):
            shop.desk.as_customer(shop.mia.id).do(command)
