"""
The example of a shop on Django: its orders and the desk's tickets share a database and a transaction.

Django is set up once in a process, for one database; so a process of its own runs all of this on PostgreSQL.
"""

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("django", reason="the examples' requirements are not installed")
pytest.importorskip("sqlalchemy", reason="the extras are not installed")

import django_app as shop
from django.db import connection, transaction
from django.test import Client

from tests.storage.sql.databases import POSTGRESQL, new_url
from ticketcore import Upload
from ticketcore.commands import AddAgent, Assign, SubmitTicket
from ticketcore.errors import Conflict


@pytest.fixture(scope="module", autouse=True)
def database(tmp_path_factory):
    """A database with the tables of both."""
    if connection.vendor == "sqlite":
        connection.settings_dict["NAME"] = str(tmp_path_factory.mktemp("shop") / "shop.db")
    shop.make_ready()
    yield
    connection.close()


@pytest.fixture
def order():
    """An order of a customer's."""
    return shop.Order.objects.create(customer=shop.add_customer("Mia"), article="Blue bowl")


def complain(order, text="It came in two halves.", **headers):
    """Asks for the page, and gives what it answers."""
    answer = Client().post(
        f"/orders/{order.id}/complaints", json.dumps({"text": text}), content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


def tickets_of(order):
    """The tickets that the customer of an order has, in another transaction."""
    return shop.desk.as_customer(order.customer.contact).tickets().items


def test_complaint_marks_the_order_and_opens_a_ticket(order):
    """What was asked is there in both, for everybody, when Django has committed."""
    status, answer = complain(order)

    assert status == 201
    order.refresh_from_db()
    assert order.complaints == 1
    assert [(it.reference, it.subject) for it in tickets_of(order)] == [(answer["ticket"], "About Blue bowl")]


def test_request_that_fails_leaves_neither(order):
    """If the desk refuses, the order is not marked; the answer says what was wrong."""
    status, answer = complain(order, text="x" * 300_000)

    assert status == 422
    assert "text of 0 to 200000 characters" in answer["error"]
    order.refresh_from_db()
    assert order.complaints == 0
    assert tickets_of(order) == ()


def test_transaction_that_is_rolled_back_leaves_no_ticket(order):
    """What Django rolls back was never asked of the desk either: no ticket, no rotation, no receipt for its key."""
    customer = order.customer.contact

    with transaction.atomic(), shop.joined_desk() as joined:
        joined.as_customer(customer).do(SubmitTicket("Never"), key="one")
        assert len(joined.as_customer(customer).tickets().items) == 1
        transaction.set_rollback(True)

    assert tickets_of(order) == ()
    assert shop.desk.as_customer(customer).do(SubmitTicket("Now"), key="one").subject == "Now"


def test_savepoint_of_djangos_takes_a_ticket_with_it(order):
    """A nested `atomic` that is rolled back takes back what was asked inside it, and nothing from before."""
    with transaction.atomic(), shop.joined_desk() as joined:
        customer = joined.as_customer(order.customer.contact)
        customer.do(SubmitTicket("Stays"))
        with transaction.atomic():
            customer.do(SubmitTicket("Goes"))
            transaction.set_rollback(True)

    assert [it.subject for it in tickets_of(order)] == ["Stays"]


def test_bytes_are_in_djangos_transaction_too(order):
    """The bytes of attachments are there with the ticket that names them, and go with it; nothing waits for itself."""
    kept, gone = (Upload(f"{it}.txt", "text/plain", it.encode()) for it in ("kept", "gone"))
    customer = order.customer.contact
    for upload in (kept, gone):
        with transaction.atomic(), shop.joined_desk() as joined:
            joined.as_customer(customer).do(SubmitTicket("A form", attachments=[upload]))
            transaction.set_rollback(upload is gone)

    assert shop.storage.blobs.get(kept.digest) == kept.content
    assert shop.storage.blobs.get(gone.digest) is None
    shop.desk.as_customer(customer).do(SubmitTicket("The form", attachments=[gone]))
    assert shop.storage.blobs.get(gone.digest) == gone.content


def test_conflict_takes_back_only_what_was_asked_of_the_desk(order):
    """Where a command is refused, Django's transaction goes on, if the shop wants that."""
    _, answer = complain(order)
    system = shop.desk.as_system()
    ticket = system.ticket(answer["ticket"])
    ana, bob = (system.do(AddAgent(name)).id for name in ("Ana", "Bob"))
    system.do(Assign(ana), on=ticket.id)

    with transaction.atomic(), shop.joined_desk() as joined:
        with pytest.raises(Conflict):
            joined.as_agent(bob).do(Assign(bob), on=ticket.id, seen=ticket.version)
        order.article = "Green bowl"
        order.save()

    order.refresh_from_db()
    assert order.article == "Green bowl"
    assert system.ticket(ticket.id).assignee == ana


def test_repeated_request_opens_one_ticket(order):
    """A browser that asks twice under one key gets the same ticket."""
    headers = {"Idempotency-Key": "5f1d7a84"}

    first, again = complain(order, **headers), complain(order, **headers)

    assert first == again
    assert len(tickets_of(order)) == 1


def test_unknown_order_is_not_found(order):
    """An order that there is not is nothing to complain about."""
    order.delete()
    order.id = 99

    assert complain(order) == (404, {"error": "no order 99"})


@pytest.mark.skipif("SHOP_DATABASE" in os.environ, reason="this is that process")
def test_all_of_this_on_postgresql():
    """Whatever holds of the shop on SQLite holds of it on PostgreSQL, with Django's connections there."""
    pytest.importorskip("psycopg", reason="the extras are not installed")

    asked = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    database = {"SHOP_DATABASE": new_url(POSTGRESQL)}
    run = subprocess.run(asked, env=os.environ | database, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout
    assert " passed" in run.stdout
