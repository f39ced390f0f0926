"""
A shop on Django that has its help desk in its own database, on Django's own connections.

    python examples/django_app.py

Who is not served well complains about an order. The order is marked and a ticket is opened, both inside one
`transaction.atomic()`: either both are there afterwards, or neither is. The database is the file `shop.db`, or what the
environment variable `SHOP_DATABASE` names, such as `postgresql://user@host/shop`.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from ticketcore import (
    AccessDenied,
    Conflict,
    HelpDesk,
    InvalidInput,
    NotFound,
    OutOfPlace,
    StorageError,
    TicketcoreError,
)
from ticketcore.commands import AddContact, SubmitTicket
from ticketcore.storage.sql import SqlStorage, upgrade

URL = make_url(os.environ.get("SHOP_DATABASE", "sqlite:///shop.db"))
IS_POSTGRESQL = URL.get_backend_name() == "postgresql"

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": URL.database,
    # A transaction that reads first and writes then would be refused when another one wrote in between.
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode = WAL"},
}
POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": URL.database,
    "USER": URL.username or "",
    "PASSWORD": URL.password or "",
    "HOST": URL.host or URL.query.get("host", ""),
    "PORT": URL.port or "",
}

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": POSTGRESQL if IS_POSTGRESQL else SQLITE},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ROOT_URLCONF=__name__,
        SECRET_KEY="a secret of this example alone",  # noqa: S106 - it guards nothing
        USE_TZ=True,
    )
    django.setup()

STATUS_CODES = {
    NotFound: 404,
    AccessDenied: 403,
    InvalidInput: 422,
    OutOfPlace: 409,
    Conflict: 409,
    StorageError: 503,
}


class Customer(models.Model):
    """Who buys. The contact is who that is for the desk."""

    name = models.CharField(max_length=100)
    contact = models.CharField(max_length=200)

    class Meta:
        """Where it belongs."""

        app_label = "shop"

    def __str__(self) -> str:
        return str(self.name)


class Order(models.Model):
    """What was bought."""

    customer = models.ForeignKey(Customer, models.CASCADE)
    article = models.CharField(max_length=100)
    complaints = models.IntegerField(default=0)

    class Meta:
        """Where it belongs."""

        app_label = "shop"

    def __str__(self) -> str:
        return str(self.article)


# The desk on Django's connection.


class Lent:
    """
    A connection of Django's as SQLAlchemy sees it: it works on it, and what is Django's to decide does nothing.

    Args:
        connection: Django's connection to the database.
    """

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - of whatever driver
        self._connection = connection

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return getattr(self._connection, name)

    def commit(self) -> None:
        """Nothing: Django commits."""

    def rollback(self) -> None:
        """Nothing: Django rolls back."""

    def close(self) -> None:
        """Nothing: Django closes."""

    def create_function(self, *_arguments: object, **_options: object) -> None:
        """Nothing: Django has taught SQLite what it needs."""

    def add_notice_handler(self, _handler: object) -> None:
        """Nothing: PostgreSQL's notices are Django's to hear."""


def lent_connection() -> Lent:
    """The connection that Django has in this thread."""
    connection.ensure_connection()
    return Lent(connection.connection)


def lent_engine() -> Engine:
    """An engine on Django's connections. Django keeps them, so nothing is pooled here."""
    if IS_POSTGRESQL:
        url, options = "postgresql+psycopg://", {"use_native_hstore": False}  # or it would look for that type
    else:
        url, options = "sqlite://", {}
    return create_engine(url, creator=lent_connection, poolclass=NullPool, **options)


engine = lent_engine()
storage = SqlStorage(engine)
desk = HelpDesk(storage)


@contextmanager
def joined_desk() -> Iterator[HelpDesk]:
    """The desk inside the transaction that Django has begun."""
    with engine.connect() as host:
        yield desk.using(storage.joined(host))


# The shop.


def make_ready() -> None:
    """Makes what tables are missing. Where there are migrations, one of them calls `upgrade`."""
    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (Customer, Order):
            if model._meta.db_table not in there:  # noqa: SLF001 - part of Django's public interface
                editor.create_model(model)
    with transaction.atomic(), engine.connect() as host:
        upgrade(host)


@transaction.atomic
def add_customer(name: str) -> Customer:
    """A new customer, who is a contact of the desk from the first moment."""
    with joined_desk() as joined:
        contact = joined.as_system().do(AddContact(name))
    customer = Customer(name=name, contact=contact.id)
    customer.save()
    return customer


@csrf_exempt
@require_http_methods(["POST"])
def complain(request: HttpRequest, order_id: int) -> HttpResponse:
    """Marks an order, and opens a ticket about it."""
    try:
        with transaction.atomic(), joined_desk() as joined:
            order = Order.objects.select_related("customer").get(id=order_id)
            order.complaints += 1
            order.save()
            asked = SubmitTicket(f"About {order.article}", json.loads(request.body)["text"])
            customer = joined.as_customer(order.customer.contact)
            ticket = customer.do(asked, key=request.headers.get("Idempotency-Key"))
    except Order.DoesNotExist:
        return JsonResponse({"error": f"no order {order_id}"}, status=404)
    except TicketcoreError as error:
        code = next(code for kind, code in STATUS_CODES.items() if isinstance(error, kind))
        return JsonResponse({"error": str(error)}, status=code)
    return JsonResponse({"ticket": ticket.reference, "status": ticket.status}, status=201)


urlpatterns = [path("orders/<int:order_id>/complaints", complain)]


if __name__ == "__main__":
    make_ready()
    execute_from_command_line([sys.argv[0], "runserver", "--noreload"])
