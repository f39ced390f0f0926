"""What becomes of a record whose document was damaged by other hands than the library's."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.sql.databases import DATABASES, a_storage
from ticketcore import HelpDesk
from ticketcore.commands import AddContact
from ticketcore.conformance.records import contact
from ticketcore.errors import StorageError
from ticketcore.model.kinds import CONTACTS
from ticketcore.serialization import Codec
from ticketcore.storage.sql.dialects import Sqlite
from ticketcore.storage.sql.rows import Rows
from ticketcore.storage.sql.schema import all_tables

CODEC = Codec()
ROWS = Rows(CODEC, Sqlite())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("document", ["", "{", "[]", "{}", "null", "[" * 5_000, '{"format": 99, "record": {}}', "Mia"])
def test_damaged_record_is_an_error_of_the_storage(database, document):
    """Whoever asks is not told that they asked for something wrong, but that what is stored cannot be read, and why."""
    storage = a_storage(database)
    system = HelpDesk(storage).as_system()
    mia, leo = (system.do(AddContact(name)) for name in ("Mia", "Leo"))
    table = all_tables().by_kind["contact"]
    with storage.engine.begin() as connection:
        its_row = (table.c.tenant == storage.tenant) & (table.c.id == mia.id)
        connection.execute(table.update().where(its_row).values(document=document))

    for ask in (lambda: system.contact(mia.id), system.contacts):
        with pytest.raises(StorageError, match="a contact that is stored cannot be read, expected") as caught:
            ask()
        assert caught.value.__cause__ is not None
        assert "Mia" not in str(caught.value)
    assert system.contact(leo.id) == leo


@given(key=st.sampled_from(["record", "id", "name", "version", "custom", "address", "format"]), value=VALUES)
def test_whatever_stands_in_a_document_is_read_or_refused(key, value):
    """A document with anything in place of one of its parts is that of a record, or an error of the storage."""
    document = json.dumps({**CODEC.pack(contact(id="mia")), key: value})
    try:
        record = ROWS.record(CONTACTS, document)
    except StorageError:
        return
    assert ROWS.record(CONTACTS, json.dumps(CODEC.pack(record))) == record
