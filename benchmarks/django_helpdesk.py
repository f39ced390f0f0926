"""
The yardstick: django-helpdesk, in a process of its own, since Django has one configuration for each.

    python -m benchmarks.django_helpdesk FOLDER TICKETS

Its database is a file of SQLite's in FOLDER, set up as ours is, with so many tickets in it. Each line that it reads
names what is to be measured and how often it is done for that; it answers with the microseconds that one took.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.urls import include, path
from django.utils import timezone

from benchmarks.timing import per_call

FOLDER, TICKETS = Path(sys.argv[1]), int(sys.argv[2])

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(FOLDER / "helpdesk.db"),
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
                "transaction_mode": "IMMEDIATE",
            },
        }
    },
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
    HELPDESK_TEAMS_MODEL="auth.Group",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.humanize",
        "django.contrib.sessions",
        "django.contrib.sites",
        "rest_framework",
        "helpdesk",
    ],
    SECRET_KEY="none",  # noqa: S106 - it guards nothing
    SITE_ID=1,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
)
django.setup()
settings.ROOT_URLCONF = (path("", include("helpdesk.urls")),)

# Django has to be set up before.
from django.contrib.auth.models import User  # noqa: E402
from helpdesk.forms import TicketForm  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402
from helpdesk.query import get_query_class  # noqa: E402
from helpdesk.user import HelpdeskUser  # noqa: E402

DAYS = 900
PAGE = 50
TEXT = "It is not there."
QUEUES = ("Support", "Sales", "Billing", "Shipping")
OPEN = 1
STATUSES = (1, 1, 2, 3, 3, 4, 4, 4, 4, 4)
"""One ticket of ten is new, one reopened, one open, the rest are done."""


class Yardstick:
    """
    A desk of django-helpdesk.

    Args:
        tickets: How many tickets there are at first.
    """

    def __init__(self, tickets: int) -> None:
        self._number = count()
        self.user = User.objects.create_superuser("ana", "ana@shop.example", "secret")
        self.queues = [Queue.objects.create(title=name, slug=name.lower()) for name in QUEUES]
        self._fill(tickets)
        self.actions: Mapping[str, Callable[[], object]] = {
            "model": self.create,
            "form": self.submit,
            "list": self.list_page,
        }

    def create(self) -> None:
        """One ticket and its first message, through the models alone."""
        with transaction.atomic():
            now = timezone.now()
            fields = {"title": self._title(), "description": TEXT, "created": now, "status": OPEN}
            ticket = Ticket.objects.create(queue=self.queues[0], **fields)
            FollowUp.objects.create(ticket=ticket, title="Ticket Opened", date=now, public=True, comment=TEXT)

    def submit(self) -> None:
        """One ticket through the form for new tickets."""
        queue = self.queues[0]
        form = TicketForm(
            queue_choices=[(it.id, it.title) for it in self.queues],
            data={
                "queue": str(queue.id),
                "title": self._title(),
                "body": TEXT,
                "priority": "3",
                "submitter_email": "mia@example.org",
            },
        )
        if not form.is_valid():
            raise ValueError(form.errors)
        form.save(self.user)

    def list_page(self) -> None:
        """A page of what is open in a queue, by due time, as its list of tickets asks for it."""
        asked = {
            "filtering": {"queue__id__in": [self.queues[0].id], "status__in": [1, 2]},
            "filtering_null": {},
            "search_string": "",
            "sorting": "due_date",
            "sortreverse": False,
        }
        query = get_query_class()(HelpdeskUser(self.user), query_params=asked)
        page = query.get_datatables_context(length=[PAGE], start=[0])
        if len(page["data"]) > PAGE:
            raise ValueError(page)

    def _title(self) -> str:
        return f"Question about the invoice no. {next(self._number)}"

    def _fill(self, tickets: int) -> None:

        random, now = Random(7), timezone.now()
        rows = []
        for _ in range(tickets):
            at = now - timedelta(days=random.randrange(DAYS))
            row = Ticket(
                title=self._title(),
                created=at,
                modified=at,
                due_date=at + timedelta(days=7),
                status=random.choice(STATUSES),
                queue=random.choice(self.queues),
                assigned_to=self.user,
                submitter_email="mia@example.org",
                secret_key="none",  # noqa: S106 - it opens nothing
            )
            rows.append(row)
        Ticket.objects.bulk_create(rows, batch_size=1_000)


def main() -> None:
    """Measures what it is told to."""
    call_command("migrate", verbosity=0)
    yardstick = Yardstick(TICKETS)
    print("ready", flush=True)
    for line in sys.stdin:
        name, times = line.split()
        print(per_call(yardstick.actions[name], int(times)), flush=True)


if __name__ == "__main__":
    main()
