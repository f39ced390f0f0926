from typing import Any, ClassVar

import attrs
import pytest

from tests.fakes import a_desk, records_of, unchanged
from ticketcore.commands.command import AddingDeskCommand
from ticketcore.commands.contacts import AddContact
from ticketcore.commands.records import Claimable, alter, claim, exchange, load_all, release
from ticketcore.conditions import ContactF
from ticketcore.errors import OutOfPlace
from ticketcore.model.keys import address_key
from ticketcore.model.kinds import CONTACT_ADDRESSES, CONTACTS
from ticketcore.model.permissions import Permission
from ticketcore.query import Query
from ticketcore.storage.memory import MemoryStorage

ADDRESS = Claimable(CONTACT_ADDRESSES, address_key, "the e-mail address")


@attrs.frozen
class Decide(AddingDeskCommand[None]):
    """A command that decides what a test says."""

    permission: ClassVar[Permission] = Permission.CONFIGURE

    decision: Any

    def decide(self, draft):
        """Nothing but what the decision changes."""
        self.decision(draft)


@pytest.fixture
def storage():
    """What the desk keeps its records in."""
    return MemoryStorage()


@pytest.fixture
def system(storage):
    """The system's seat."""
    return a_desk(storage=storage)[0].as_system()


def holders(storage):
    """Who holds which address."""
    return {id: key.holder for id, key in records_of(storage).get("contact_address", {}).items()}


def test_claimed_values_are_folded(system, storage):
    """What is claimed is compared without regard to case."""
    system.do(Decide(lambda draft: claim(draft, ADDRESS, ["Mia@Example.org", "mia@example.org", "m@x.gr"], "1")))

    assert holders(storage) == {"mia@example.org": "1", "m@x.gr": "1"}


def test_claim_of_what_another_record_has_is_refused(system, storage):
    """A value has one holder; the error names the value."""
    system.do(Decide(lambda draft: claim(draft, ADDRESS, ["mia@example.org"], "1")))

    with unchanged(storage), pytest.raises(OutOfPlace) as caught:
        system.do(Decide(lambda draft: claim(draft, ADDRESS, ["new@example.org", "MIA@example.org"], "2")))

    assert str(caught.value) == "Decide is out of place: the e-mail address 'mia@example.org' is taken already"


def test_claim_again_is_no_change(system, storage):
    """A record that claims what it has, has it."""
    system.do(Decide(lambda draft: claim(draft, ADDRESS, ["mia@example.org"], "1")))

    with unchanged(storage):
        system.do(Decide(lambda draft: claim(draft, ADDRESS, ["mia@example.org"], "1")))


def test_release_gives_up_what_the_record_has(system, storage):
    """Values of others, and values that nobody has, are passed over."""
    system.do(Decide(lambda draft: claim(draft, ADDRESS, ["a@x.gr"], "1")))
    system.do(Decide(lambda draft: claim(draft, ADDRESS, ["b@x.gr"], "2")))

    system.do(Decide(lambda draft: release(draft, ADDRESS, ["A@x.gr", "b@x.gr", "c@x.gr"], "1")))

    assert holders(storage) == {"b@x.gr": "2"}


def test_exchange_claims_the_new_and_releases_the_old(system, storage):
    """What stays the same, in another case too, is left alone."""
    system.do(Decide(lambda draft: claim(draft, ADDRESS, ["a@x.gr", "b@x.gr"], "1")))

    system.do(Decide(lambda draft: exchange(draft, ADDRESS, ["a@x.gr", "b@x.gr"], ["B@x.gr", "c@x.gr"], "1")))

    assert holders(storage) == {"b@x.gr": "1", "c@x.gr": "1"}
    assert records_of(storage)["contact_address"]["b@x.gr"].version == 1


def test_each_value_is_kept_once():
    """Of values that are the same the first is kept, in its place."""
    assert ADDRESS.each_once(["B@x.gr", "a@x.gr", "b@x.gr", "A@X.gr", "c@x.gr"]) == ("B@x.gr", "a@x.gr", "c@x.gr")


def test_all_records_found_can_be_changed_and_removed(system, storage):
    """What a query finds can be written back, and what the command itself added is found, too."""
    mia, _ = (system.do(AddContact(name)) for name in ("Mia", "Bob"))

    def change_all(draft):
        draft.put(CONTACTS, attrs.evolve(mia, id="another"))
        for contact in load_all(draft, Query(CONTACTS, ContactF.name.is_set())):
            if contact.name == "Bob":
                draft.remove(CONTACTS, contact.id)
            else:
                alter(draft, CONTACTS, contact, location="Paros")

    system.do(Decide(change_all))

    kept = records_of(storage)["contact"].values()
    assert [(it.name, it.location) for it in kept] == [("Mia", "Paros")] * 2


def test_alteration_that_changes_nothing_is_none(system, storage):
    """What is so already is not written."""
    mia = system.do(AddContact("Mia"))

    def alter_nothing(draft):
        assert alter(draft, CONTACTS, draft.get(CONTACTS, mia.id), name="Mia") == mia

    with unchanged(storage):
        system.do(Decide(alter_nothing))
