"""The index of words in databases: they look at what it names, and it is never of anything else than the texts."""

import pytest
from sqlalchemy import create_engine, event

from tests.storage.sql.databases import DATABASES, POSTGRESQL, SQLITE, a_storage, new_url
from ticketcore.conditions import F
from ticketcore.conformance.records import NOW, contact, customer_message, note, ticket
from ticketcore.conformance.trial import later
from ticketcore.model.kinds import CONTACTS, ENTRIES, TICKETS
from ticketcore.query import Cursor, Order, Query
from ticketcore.storage.protocols import Changes, Key, Put, Removal
from ticketcore.storage.sql import SqlStorage, tables, upgrade
from ticketcore.words import Words

NEWEST_FIRST = (Order("created_at", descending=True),)


def say(storage, *records):
    """Stores new records, each of its kind."""
    kinds = {"Ticket": TICKETS, "CustomerMessage": ENTRIES, "InlineNote": ENTRIES, "Contact": CONTACTS}
    with storage.session() as session:
        session.apply(Changes([Put(kinds[type(it).__name__], it, None) for it in records]))


def found(storage, words, **how):
    """The ids of the tickets that words find."""
    with storage.session() as session:
        return [it.id for it in session.find(Query(TICKETS, words=Words.parse(words, **how)), now=NOW).items]


def plan(storage, query, *before):
    """How a database goes about a query, step by step."""
    asked = []

    def note(*said):
        asked.append(said[2:4])

    event.listen(storage.engine, "before_cursor_execute", note)
    with storage.session() as session:
        session.find(query, now=NOW)
    event.remove(storage.engine, "before_cursor_execute", note)
    statement, parameters = asked[-1]
    explain = "EXPLAIN QUERY PLAN" if storage.engine.dialect.name == SQLITE else "EXPLAIN"
    with storage.engine.connect() as connection:
        for it in before:
            connection.exec_driver_sql(it)
        return [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]


QUERIES = {
    "newest first": Query(TICKETS, order=NEWEST_FIRST, limit=10, words=Words.parse("refund")),
    "the next page": Query(
        TICKETS, order=NEWEST_FIRST, limit=10, after=Cursor((NOW,), "t1"), words=Words.parse('"my refund"')
    ),
    "a customer's": Query(TICKETS, F.requesters.has("mia"), NEWEST_FIRST, words=Words.parse("re*", public=True)),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_sqlite_looks_at_what_the_index_names(query):
    """SQLite goes from words to texts to tickets, each by its key: past no text and no ticket that has them not."""
    steps = plan(a_storage(SQLITE), query)

    assert "SCAN ticketcore_text_words VIRTUAL TABLE INDEX 0:M2" in steps
    assert "SEARCH ticketcore_text USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert any(it.startswith("SEARCH ticketcore_ticket USING") and "(tenant=? AND id=?)" in it for it in steps), steps


def test_postgresql_asks_its_indexes():
    """PostgreSQL answers by the indexes of words where it has no other way to the texts; of few it looks at all."""
    storage = SqlStorage.open(new_url(POSTGRESQL))
    only_way = ("ALTER TABLE ticketcore_text DROP CONSTRAINT ticketcore_text_pkey", "SET LOCAL enable_seqscan = off")
    for query in QUERIES.values():
        steps = plan(storage, query, *only_way)
        for name in ("public",) if query.words.public else ("public", "private"):
            assert any(f"Bitmap Index Scan on ticketcore_text_by_{name}" in it for it in steps), steps
    storage.close()


def test_sqlite_may_be_made_smaller():
    """The index still fits its texts after VACUUM, which numbers rows anew that have no number of their own."""
    storage = SqlStorage.open(new_url(SQLITE))
    messages = [customer_message(id=f"e{number}", ticket=f"t{number}", text=f"word{number}") for number in range(9)]
    say(storage, *messages, *(ticket(id=f"t{number}", subject="") for number in range(9)))
    with storage.session() as session:
        session.apply(Changes(removals=[Removal(Key(ENTRIES, f"e{number}"), 1) for number in range(5)]))
    with storage.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
    say(storage, note(id="e9", ticket="t1", text="other"))

    assert [found(storage, f"word{number}") for number in (1, 5, 8)] == [[], ["t5"], ["t8"]]
    assert found(storage, "other") == ["t1"]
    storage.close()


@pytest.mark.parametrize("database", DATABASES)
def test_tables_are_made_anew_without_old_words(database):
    """When a host drops the tables and makes them anew, nothing is found that was said before."""
    storage = SqlStorage.open(new_url(database))
    say(storage, ticket(subject="Refund"))
    tables().drop_all(storage.engine)
    storage.create()
    say(storage, ticket(id="t2", subject="Invoice"))

    assert (found(storage, "refund"), found(storage, "invoice")) == ([], ["t2"])
    storage.close()


@pytest.mark.parametrize("database", DATABASES)
def test_tables_that_migrations_made_are_indexed(database):
    """Where a host's migrations make the tables, `upgrade` makes the index that metadata does not know."""
    engine = create_engine(new_url(database).replace("postgresql:", "postgresql+psycopg:"))
    tables("desk_").create_all(engine)
    with engine.begin() as connection:
        upgrade(connection, "desk_")
    storage = SqlStorage(engine, prefix="desk_")
    say(storage, ticket(subject="Refund"))

    assert found(storage, "refund") == ["t1"]
    engine.dispose()


@pytest.mark.parametrize("database", DATABASES)
def test_tenants_do_not_share_words(database):
    """No word of one tenant finds, counts or names anything of another, be the ids the same."""
    one, other = a_storage(database), a_storage(database)
    say(one, ticket(subject="Refund"), contact(name="Mia Kos"), note(text="agreed"))
    say(other, ticket(subject="Invoice"))

    assert [found(one, it) for it in ("refund", "kos", "agreed", "invoice")] == [["t1"], ["t1"], ["t1"], []]
    assert [found(other, it) for it in ("refund", "kos", "agreed", "invoice")] == [[], [], [], ["t1"]]


@pytest.mark.parametrize("database", DATABASES)
def test_what_did_not_change_is_not_indexed_again(database):
    """A ticket that says what it said is written without its words, and so is one that has nothing to say."""
    storage = a_storage(database)
    old = ticket(subject="Refund")
    say(storage, old)
    asked = []
    event.listen(storage.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for change in ({"assignee": "ana"}, {"subject": "Refunds"}):
        with storage.session() as session:
            (known,) = session.get([Key(TICKETS, "t1")]).values()
            session.apply(Changes([Put(TICKETS, later(known, **change), known.version)]))
        about_texts = [it for it in asked if "ticketcore_text " in it]
        assert len(about_texts) == ("subject" in change)
    assert (found(storage, "refund"), found(storage, "refunds")) == ([], ["t1"])
