"""
Every command there is, and how to draw one that suits a desk as it stands.

Fields are drawn by their name and type, so that a new command is drawn as soon as it exists; a field that nobody knows
how to draw is an error.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from importlib import import_module
from typing import Any, TypeAlias, get_args

import attrs
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import ticketcore
from tests.fakes import records_of
from tests.small_shop import SmallShop
from ticketcore.automation import AddRule, ChangeRule, Stop
from ticketcore.business_time import WORKDAYS, DateHours, Holiday, Weekday, every
from ticketcore.commands.command import (
    Command,
    CustomerCommand,
    CustomerTicketCommand,
    DeskCommand,
    OverwritingTicketCommand,
    SystemCommand,
    TicketCommand,
)
from ticketcore.commands.custom_fields import DefineCustomField
from ticketcore.commands.macros import ApplyMacro
from ticketcore.commands.mail import ReceiveMail
from ticketcore.commands.outgoing import SendRequest
from ticketcore.commands.sla import AddSlaPolicy, ChangeSlaPolicy
from ticketcore.commands.time_tracking import CorrectTime, RemoveTime
from ticketcore.conditions import F
from ticketcore.events import CustomerMessageAdded, TagsChanged, TicketOpened
from ticketcore.model.attachments import Upload
from ticketcore.model.checks import Unchanged
from ticketcore.model.fields import FieldOwner, FieldType
from ticketcore.model.mail import Mail, MailAddress, MailKind
from ticketcore.model.people import Pace
from ticketcore.model.permissions import Permission
from ticketcore.model.presence import Medium
from ticketcore.model.targets import Target
from ticketcore.model.tickets import Channel, Priority
from ticketcore.sla import Agreement, Pausing

KINDS = (CustomerCommand, CustomerTicketCommand, DeskCommand, SystemCommand, TicketCommand)
MISSING = "00000000000000000000000000000000"
"""The id of nothing."""


def _commands() -> Iterator[type[Command[Any]]]:
    for module in pkgutil.walk_packages(ticketcore.__path__, "ticketcore."):
        own = (it for it in vars(import_module(module.name)).values() if getattr(it, "__module__", "") == module.name)
        yield from (it for it in own if isinstance(it, type) and issubclass(it, KINDS) and hasattr(it, "permission"))


COMMANDS: tuple[type[Command[Any]], ...] = tuple(sorted(set(_commands()), key=lambda it: it.__name__))
"""All commands of the package."""


def of_kind(*kinds: type) -> tuple[type[Command[Any]], ...]:
    """The commands that are of one of these kinds."""
    return tuple(it for it in COMMANDS if issubclass(it, kinds))


@attrs.frozen
class Pools:
    """
    What the fields of commands can be drawn from.

    Args:
        now: The time on the desk.
        records: All that is stored, by kind and id.
    """

    now: datetime
    records: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, shop: SmallShop) -> "Pools":
        """The pools of a desk as it stands."""
        return cls(shop.clock(), records_of(shop.storage))

    def ids(self, *kinds: str) -> Sequence[str]:
        """The ids of all records of these kinds, and one that nothing has."""
        return [*(id for kind in kinds for id in self.records.get(kind, {})), MISSING]


STEPS = tuple(
    it
    for it in of_kind(TicketCommand)
    if it is not ApplyMacro and getattr(it, "overwritten", None) in {None, OverwritingTicketCommand.overwritten}
)
"""The commands that a macro can hold."""

Draw: TypeAlias = Callable[[Pools], SearchStrategy[Any]]

LINES = st.sampled_from(["Invoice 7", "Žlica", "Τιμολόγιο", "Ding Dong"])
TEXTS = st.sampled_from(["Hello", "Two\nlines", "Καλημέρα", "Hvala!"])
ADDRESSES = st.sampled_from(["mia@example.org", "bob@example.org", "kim@example.org", "LEE@example.org"])
UPLOADS = st.lists(
    st.builds(Upload, st.just("a.txt"), st.just("text/plain"), st.sampled_from([b"one", b"two"])), max_size=1
)


@attrs.frozen
class Named:
    """
    A field that names records by id.

    Args:
        kinds: Which kinds of records.
        several: Whether it names several.
    """

    kinds: Sequence[str]
    several: bool = False

    def __call__(self, pools: Pools) -> SearchStrategy[Any]:
        """Ids of records that there are, and sometimes of none."""
        if not self.several:
            return st.sampled_from(pools.ids(*self.kinds))
        return st.lists(st.sampled_from(pools.ids(*self.kinds)[:-1] or [MISSING]), min_size=1, max_size=2)


def _id(*kinds: str) -> Draw:
    return Named(kinds)


def _ids(*kinds: str) -> Draw:
    return Named(kinds, several=True)


def _just(strategy: SearchStrategy[Any]) -> Draw:
    return lambda _: strategy


def _mails(pools: Pools) -> SearchStrategy[Mail]:
    answered = [*pools.records.get("mail_id", {}), "unknown@example.org"]
    references = [*pools.records.get("reference", {}), "no reference"]
    return st.builds(
        lambda number, **fields: Mail(original=f"mail {number}".encode(), message_id=f"{number}@example.org", **fields),
        st.integers(0, 30),
        in_reply_to=st.lists(st.sampled_from(answered), max_size=1),
        sender=st.builds(MailAddress, st.just("Somebody"), ADDRESSES) | st.none(),
        cc=st.lists(st.builds(MailAddress, st.just(""), ADDRESSES), max_size=1),
        to=st.just([MailAddress("", "billing@shop.example")]),
        subject=st.sampled_from(references),
        text=TEXTS,
        kind=st.sampled_from([*[MailKind.PERSONAL] * 4, *MailKind]),
    )


def _values(owner: str) -> Draw:
    def draw(pools: Pools) -> SearchStrategy[Any]:
        fields = [it for it in pools.records.get("custom_field", {}).values() if it.owner.value == owner]
        return st.fixed_dictionaries({}, optional={it.key: st.none() | st.sampled_from(VALUES) for it in fields})

    return draw


VALUES = ["red", "green", 7, date(2026, 3, 2), True]
"""Values of custom fields, each of which suits a field of some type."""

FIELDS: Mapping[str, Draw] = {
    "about": _id("contact"),
    "addresses": _just(st.lists(ADDRESSES, max_size=2)),
    "agent": _id("agent"),
    "agreements": _just(
        st.lists(
            st.builds(
                Agreement,
                st.sampled_from(Target),
                st.sampled_from([timedelta(hours=1), timedelta(days=1)]),
                business=st.booleans(),
                warnings=st.just([timedelta(minutes=15)]),
            ),
            max_size=3,
            unique_by=lambda it: it.target,
        )
    ),
    "agents": _ids("agent"),
    "answer": _id("entry"),
    "answering_rules": _just(TEXTS),
    "assignee": _id("agent"),
    "assigner": _just(st.sampled_from(["least_busy", "skills", "unknown"])),
    "attachments": _just(UPLOADS),
    "attempt": _just(st.none() | st.integers(0, 3)),
    "capacity": _just(st.integers(0, 3)),
    "channel": _just(st.sampled_from([it for it in Channel if it is not Channel.INSIDE])),
    "comment": _just(TEXTS),
    "company": _id("company"),
    "contact": _id("contact"),
    "contacts": _ids("contact"),
    "conversation": _id("entry"),
    "commands": lambda pools: st.lists(
        st.sampled_from(STEPS).flatmap(lambda kind: drawn(kind, pools)), min_size=1, max_size=2
    ),
    "choices": _just(st.just(["red", "green"])),
    "custom": _values("contact"),
    "department": _id("department"),
    "departments": _ids("department"),
    "description": _just(TEXTS),
    "domains": _just(st.lists(st.sampled_from(["example.org", "example.net"]), max_size=2)),
    "duration": _just(st.just(timedelta(hours=1))),
    "email": _just(ADDRESSES),
    "email_addresses": _just(st.just(())),
    "email_templates": _just(st.just({})),
    "emails": _just(st.just(())),
    "entry": _id("entry"),
    "excluding": _ids("agent"),
    "error": _just(TEXTS),
    "field": _id("custom_field"),
    "followers": _ids("contact"),
    "groups": _just(st.just({"vip"})),
    "heir": _id("department"),
    "html": _just(st.just("<p>Hello</p>")),
    "join": _just(st.just({"vip"})),
    "key": _just(st.sampled_from(["order", "size"])),
    "language": _just(st.sampled_from(["el", "sl"])),
    "leave": _just(st.just({"vip"})),
    "lease": _just(st.just(timedelta(minutes=5))),
    "limit": _just(st.integers(1, 3)),
    "location": _just(st.just("Maribor")),
    "macro": _id("macro"),
    "mail": _mails,
    "media": _just(st.sets(st.sampled_from(Medium))),
    "name": _just(LINES),
    "note": _id("ticket_note", "contact_note", "company_note"),
    "notification": _id("notification"),
    "older_than": _just(st.just(timedelta(days=1))),
    "other": _id("ticket"),
    "pace": _just(st.builds(Pace, st.integers(1, 2), st.just(timedelta(hours=1)))),
    "parent": _id("ticket"),
    "permissions": _just(st.sets(st.sampled_from(Permission))),
    "phones": _just(st.just(())),
    "positive": _just(st.sampled_from([True, False, None])),
    "priority": _just(st.integers(0, 2)),
    "place": _just(st.integers(0, 100)),
    "policy": _id("sla_policy"),
    "procedures": _just(TEXTS),
    "public_name": _just(LINES),
    "reason": _just(TEXTS),
    "referrer": _just(LINES),
    "requesters": _ids("contact"),
    "rule": _id("rule"),
    "by": _just(st.sampled_from(["round_robin", "random", "unknown"])),
    "began": lambda pools: st.integers(-48, 1).map(lambda hours: pools.now + timedelta(hours=hours)),
    "billable": _just(st.booleans()),
    "breaks": _just(st.just(())),
    "calendar": _id("calendar"),
    "exceptions": _just(st.just([DateHours(date(2026, 12, 24), "09:00", "12:00")])),
    "holidays": _just(st.just([Holiday(date(2026, 12, 25), "Christmas", every="FREQ=YEARLY")])),
    "hours": _just(st.sampled_from([every(WORKDAYS, ("09:00", "17:00")), every(Weekday, ("22:00", "06:00"))])),
    "zone": _just(st.sampled_from(["Europe/Ljubljana", "America/New_York"])),
    "call": _id("call"),
    "chat": _id("chat"),
    "canned": _id("canned_response"),
    "response": _id("canned_response"),
    "signature": _just(TEXTS),
    "skills": _just(st.sets(st.sampled_from(["refund", "late"]))),
    "status": _just(st.sampled_from(["new", "open", "answered", "postponed", "resolved", "closed", "deleted", "spam"])),
    "subject": _just(LINES),
    "system": _just(st.just("shop")),
    "tags": _just(st.sets(st.sampled_from(["vip", "refund", "late"]), max_size=2)),
    "target": _id("ticket"),
    "template": _just(st.sampled_from(["Dear {requester.name|customer}", "We have got {ticket.reference}."])),
    "text": _just(TEXTS),
    "tickets": _just(st.just(())),
    "to": _just(st.lists(ADDRESSES, max_size=2)),
    "to_solve": _just(st.booleans()),
    "type": _just(st.sampled_from(["billing", "task"])),
    "until": lambda pools: st.integers(-1, 48).map(lambda hours: pools.now + timedelta(hours=hours)),
    "values": _values("ticket"),
    "weight": _just(st.integers(1, 3)),
}
"""How to draw a field by its name, where its type does not say it."""

RULE_FIELDS: Mapping[str, Draw] = {
    "note": _just(TEXTS),
    "active": _just(st.booleans()),
    "place": _just(st.integers(0, 100)),
    "stop": _just(st.none() | st.sampled_from(Stop)),
    "trigger": _just(st.sampled_from([TicketOpened, CustomerMessageAdded, TagsChanged])),
    "when": _just(st.sampled_from([F.priority >= Priority.HIGH, F.tags.has("vip"), F.category.is_set()])),
    "then": lambda pools: st.lists(
        st.sampled_from([*of_kind(TicketCommand)]).flatmap(lambda kind: drawn(kind, pools)), max_size=2
    ),
}
POLICY_FIELDS: Mapping[str, Draw] = {
    "note": _just(TEXTS),
    "pauses": _just(st.dictionaries(st.sampled_from(["answered", "postponed"]), st.sampled_from(Pausing))),
    "when": RULE_FIELDS["when"],
}
OWN_FIELDS: Mapping[tuple[type, str], Draw] = {
    **{(kind, name): draw for kind in (AddSlaPolicy, ChangeSlaPolicy) for name, draw in POLICY_FIELDS.items()},
    **{(kind, "entry"): _id("time_entry") for kind in (CorrectTime, RemoveTime)},
    (ReceiveMail, "tickets"): _ids("ticket"),
    (SendRequest, "values"): _just(st.just({"order": "{ticket.reference}"})),
    **{(kind, name): draw for kind in (AddRule, ChangeRule) for name, draw in RULE_FIELDS.items()},
}
"""How to draw fields whose name means something else in one command."""


WHOLE: Mapping[type, SearchStrategy[Any]] = {
    DefineCustomField: st.one_of(
        st.builds(DefineCustomField, st.sampled_from(FieldOwner), st.just("order"), LINES, st.just(FieldType.TEXT)),
        st.builds(
            DefineCustomField,
            st.sampled_from(FieldOwner),
            st.just("size"),
            LINES,
            st.just(FieldType.CHOICE),
            st.just(["red", "green"]),
        ),
    )
}
"""How to draw commands whose fields must go together."""


def drawn(kind: type[Command[Any]], pools: Pools) -> SearchStrategy[Command[Any]]:
    """Commands of a class, for the desk that the pools were made of; fields with defaults are given or left out."""
    if kind in WHOLE:
        return WHOLE[kind]
    fields = {field.name: _drawn(kind, field, pools) for field in attrs.fields(kind) if field.init}
    given = {name: it for name, it in fields.items() if not _has_default(kind, name)}
    optional = {name: it for name, it in fields.items() if name not in given}
    return st.fixed_dictionaries(given, optional=optional).map(lambda values: kind(**values))


def _drawn(kind: type[Command[Any]], field: "attrs.Attribute[Any]", pools: Pools) -> SearchStrategy[Any]:
    if (own := OWN_FIELDS.get((kind, field.name))) is not None:
        return own(pools)
    if field.type is bool:
        return st.booleans()
    for choices in get_args(field.type) or (field.type,):
        if isinstance(choices, type) and issubclass(choices, Enum) and choices not in {Channel, Medium, Unchanged}:
            return st.sampled_from(choices)
    if field.name not in FIELDS:
        raise LookupError(f"say in FIELDS how to draw {field.name!r} of {kind.__name__}")
    return FIELDS[field.name](pools)


def names(kind: type[Command[Any]]) -> Mapping[str, Named]:
    """The fields of a command that name records."""
    drawing = {it.name: OWN_FIELDS.get((kind, it.name)) or FIELDS.get(it.name) for it in attrs.fields(kind)}
    return {name: it for name, it in drawing.items() if isinstance(it, Named)}


def _has_default(kind: type[Command[Any]], name: str) -> bool:
    return attrs.fields_dict(kind)[name].default is not attrs.NOTHING


def simplest(kind: type[Command[Any]], pools: Pools) -> Command[Any]:
    """A command of a class, as simple as can be."""
    return find(
        drawn(kind, pools), lambda _: True, settings=settings(max_examples=1, database=None, phases=[Phase.generate])
    )
