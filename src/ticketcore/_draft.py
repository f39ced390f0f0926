"""
The draft: the unit of work while a command is decided.

It gives the decision its records, actor, time and ids, and is the only thing that changes records. It does no I/O: what
was not loaded (`_loaded`) raises `NotLoaded`, the flow loads it, and that part of the decision runs again from its mark
(`_undo`), with the same time and the same ids.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from ticketcore._loaded import CountWanted, FindWanted, Loaded, NotLoaded, TallyWanted, Wanted
from ticketcore._undo import UndoLog
from ticketcore.access import Principal
from ticketcore.business_time import CALENDARS
from ticketcore.conditions import Condition, compile_condition, facts_of
from ticketcore.configuration import REVISIONS, Configuration, Revision, Setup
from ticketcore.errors import AccessDenied, NotFound, OutOfPlace
from ticketcore.events import EVENT_OF_FIELD, Cause, Event, changed_value
from ticketcore.model.attachments import Attachment, Upload
from ticketcore.model.copying import copy_with
from ticketcore.model.ids import AttachmentId, ContactId, EntryId, TicketId
from ticketcore.model.kinds import CONTACTS, ENTRIES, TICKETS, Kind
from ticketcore.model.people import Contact
from ticketcore.model.permissions import Permission
from ticketcore.model.thread import Entry
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Page, Query, field_reader, members
from ticketcore.storage.protocols import Changes, Key, Put, Removal

T = TypeVar("T")
E = TypeVar("E", bound=Entry)
V = TypeVar("V", bound=Event)
W = TypeVar("W", bound=AnyTicket)

PUBLIC_FIELDS = frozenset({"status", "subject", "description"})
"""The fields of a ticket whose changes its customers see."""


Mark: TypeAlias = tuple[int, int, int]
"""A moment to which a draft can go back: how many changes, events and ids there were."""


class Draft:
    """
    The unit of work while a command is decided.

    Args:
        principal: Who asks, with what access depends on.
        cause: Which command it is.
        now: The time of everything that happens in this unit.
        configuration: The desk's configuration at its beginning.
        setup: What the host's program decides.
        new_id: The source of ids; what it gave is given again when a part runs again.

    Attributes:
        loaded: What was loaded for it, by the flow.
        events: What happened, in order.
        touched: The last position in the thread of each ticket that changes.
        blobs: The bytes to be stored before the commit, by their digest.
    """

    def __init__(
        self,
        *,
        principal: Principal,
        cause: Cause,
        now: datetime,
        configuration: Configuration,
        setup: Setup,
        new_id: Callable[[datetime], str],
    ) -> None:
        self.principal = principal
        self.cause = cause
        self.now = now
        self.configuration = configuration
        self.setup = setup
        self.events: list[Event] = []
        self.touched: dict[TicketId, int] = {}
        self.blobs: dict[str, bytes] = {}
        # Calendars as the configuration keeps them, with what they found out about the years.
        self.loaded = Loaded({CALENDARS: configuration.calendars})
        self._new_id = new_id
        self._ids: list[str] = []
        self._next_id = 0
        self._changed: dict[Kind[Any], dict[str, Any]] = {}
        self._agreed: dict[TicketId, AnyTicket] = {}
        self._derived: dict[TicketId, AnyTicket] = {}
        self._undo = UndoLog()

    def apart(self, *, principal: Principal, cause: Cause, now: datetime) -> "Draft":
        """Another unit of work on the same desk, that knows nothing of this one's records and changes."""
        return Draft(
            principal=principal,
            cause=cause,
            now=now,
            configuration=self.configuration,
            setup=self.setup,
            new_id=self._new_id,
        )

    # What a decision reads.

    def peek(self, kind: Kind[T], id: str) -> T | None:
        """The record as it is in this draft, or None; whether it may be seen is not asked."""
        own = self._changed.get(kind)
        if own is not None and id in own:
            return own[id]  # type: ignore[no-any-return]  # the kind says which
        return self.loaded.record(kind, id)

    def stored(self, kind: Kind[T], id: str) -> T | None:
        """The record as it was before this draft, or None."""
        return self.loaded.record(kind, id)

    def knows(self, key: Key) -> bool:
        """Whether this draft has looked at a record, or at its absence."""
        return key.id in self._own(key.kind) or self.loaded.knows(key.kind, key.id)

    def want(self, *wanted: Key | Query[Any]) -> None:
        """Has all of these loaded in one trip, records by key before pages."""
        missing: list[Wanted] = [it for it in wanted if isinstance(it, Key) and not self.knows(it)]
        pages = [self._widened(it) for it in wanted if not isinstance(it, Key)]
        missing += [FindWanted(it) for it in pages if not self.loaded.has_page(it)]
        if missing:
            raise NotLoaded(*missing)

    def get(self, kind: Kind[T], id: str) -> T:
        """
        The record; whether it may be seen is not asked. For ids that come from records, not from commands.

        Raises:
            NotFound: There is none.
        """
        record = self._own(kind).get(id) or self.peek(kind, id)
        if record is None:
            raise NotFound(kind.name.replace("_", " "), id)
        return record

    def ticket(self, id: TicketId) -> AnyTicket:
        """
        A ticket that a command names.

        Raises:
            NotFound: There is none, or the principal may not see it.
        """
        ticket = self.peek(TICKETS, id)
        if ticket is None or not self.sees(ticket):
            raise NotFound("ticket", id)
        return ticket

    def contact(self, id: ContactId) -> Contact:
        """
        A contact that a command names.

        Raises:
            NotFound: There is none, it was erased, or the principal may not see it.
        """
        contact = self.peek(CONTACTS, id)
        if contact is None or contact.erased or not self.sees_contact(contact):
            raise NotFound("contact", id)
        return contact

    @property
    def customer(self) -> ContactId:
        """
        The customer who asks.

        Raises:
            OutOfPlace: It is not a customer.
        """
        if self.principal.contact is None:
            raise OutOfPlace(self.cause.command, "only customers ask this", ("ask it from a customer's seat",))
        return self.principal.contact

    def sees(self, ticket: AnyTicket) -> bool:
        """Whether the principal may see a ticket as it now is."""
        return self.holds(self.setup.access.visible_tickets(self.principal), TICKETS, ticket)

    def sees_contact(self, contact: Contact) -> bool:
        """Whether the principal may see a contact."""
        return self.holds(self.setup.access.visible_contacts(self.principal), CONTACTS, contact)

    def holds(self, condition: Condition[Any], kind: Kind[T], record: T) -> bool:
        """Whether a condition holds of a record as things are in this draft."""
        facts = facts_of(kind, record, self.now, self.peek, self.principal.agent)
        return compile_condition(condition)(facts)

    def find(self, query: Query[T]) -> Page[T]:
        """The page that a query asks for, this draft's own changes included."""
        own = self._own(query.kind)
        page = self.loaded.page(self._widened(query) if own else query)
        if not own:
            return page
        kept = [record for record in page.items if record.id not in own]  # type: ignore[attr-defined]  # all have ids
        mine = [record for record in own.values() if record is not None]
        return query.run([*kept, *mine], now=self.now, get=self.peek)

    def count(self, query: Query[Any]) -> int:
        """How many records a query's condition holds of, this draft's own changes included."""
        stored: int = self.loaded.answer(CountWanted(query))
        return stored + sum(after - before for before, after in self._own_matches(query))

    def tally(self, query: Query[Any], by: str) -> Mapping[Hashable, int]:
        """How many records a query's condition holds of for each value of a field, own changes included."""
        counts = dict(self.loaded.answer(TallyWanted(query, by)))
        for before, after in self.changed(query.kind):
            for record, sign in ((before, -1), (after, 1)):
                if record is not None and self.holds(query.where, query.kind, record):
                    for value in members(field_reader(by)(record)):
                        counts[value] = counts.get(value, 0) + sign
        return {value: number for value, number in counts.items() if number}

    def new_id(self) -> str:
        """A fresh id; the same one again when this part runs again."""
        number, ids = self._next_id, self._ids
        self._next_id = number + 1
        if number == len(ids):
            ids.append(self._new_id(self.now))
        return ids[number]

    def permit(self, permission: Permission, ticket: AnyTicket | None, asked: str) -> None:
        """
        Makes sure that the principal may do something.

        Raises:
            AccessDenied: The policy says no.
        """
        verdict = self.setup.access.may(self.principal, permission, ticket)
        if not verdict.allowed:
            raise AccessDenied(asked, verdict.reason)

    # What a decision changes.

    def put(self, kind: Kind[T], record: T) -> T:
        """Adds or replaces a record, whose version is set at the commit. Tickets change by `change` alone."""
        self._write(kind, record.id, record)  # type: ignore[attr-defined]  # every record has an id
        return record

    def remove(self, kind: Kind[Any], id: str) -> None:
        """Removes a record, if there is one."""
        self.peek(kind, id)
        self._write(kind, id, None)

    def open(self, ticket: W) -> W:
        """Adds a new ticket."""
        self._touch(ticket.id, 0)
        return self.put(TICKETS, ticket)  # type: ignore[return-value]  # a ticket of the same kind comes back

    def change(self, ticket: W, /, **fields: Any) -> W:
        """
        The ticket with some fields changed, each change told by its event. What is so already is no change.

        Args:
            ticket: Any state of it; the present one is changed.
            fields: New values by the name of the field.
        """
        current: W = self.get(TICKETS, ticket.id)  # type: ignore[assignment]  # a ticket never changes its kind
        changed = {name: value for name, value in fields.items() if getattr(current, name) != value}
        if not changed:
            return current
        if not current.internal and not changed.keys().isdisjoint(PUBLIC_FIELDS):
            fields = {**changed, "public_changed_at": self.now}
        else:
            fields = changed
        after = copy_with(current, **fields)
        self._touch(ticket.id, current.entries)
        self._write(TICKETS, ticket.id, after)
        for name, value in changed.items():
            event = EVENT_OF_FIELD.get(name)
            if event is not None:
                before = changed_value(name, getattr(current, name))
                self.occur(after, event, before=before, after=changed_value(name, value))
        return after

    def occur(self, ticket: AnyTicket, event: type[V], /, **fields: Any) -> V:
        """Adds an event to the ticket's thread."""
        stored = self.loaded.record_if_known(TICKETS, ticket.id)
        happened = event(
            id=EntryId(self.new_id()),
            ticket=ticket.id,
            position=self._next_position(ticket),
            at=self.now,
            actor=self.principal.actor,
            cause=self.cause,
            ticket_version=1 if stored is None else stored.version + 1,
            **fields,
        )
        self._write(ENTRIES, happened.id, happened)
        self.events.append(happened)
        return happened

    def write(self, ticket: AnyTicket, entry: type[E], /, **fields: Any) -> E:
        """Adds an entry at the end of the ticket's thread; its id may be given as `id`."""
        position = self._next_position(ticket)
        id = fields.pop("id", None) or EntryId(self.new_id())
        return self.put(ENTRIES, entry(id=id, ticket=ticket.id, position=position, at=self.now, **fields))  # type: ignore[return-value]  # the entry itself comes back

    def keep(self, upload: Upload) -> Attachment:
        """Has the bytes stored before the commit, and gives the attachment that names them."""
        self._undo.set(self.blobs, upload.digest, upload.content)
        return Attachment(
            AttachmentId(self.new_id()), upload.name, upload.media_type, len(upload.content), upload.digest
        )

    def acting(self, principal: Principal, cause: Cause) -> AbstractContextManager[None]:
        """What happens inside is done by somebody else, for another cause."""
        return _Acting(self, principal, cause)

    # What follows from it.

    @property
    def changed_parts(self) -> frozenset[str]:
        """The parts of the configuration that this draft changes."""
        return frozenset({kind.part for kind, own in self._changed.items() if kind.part and own})

    def changed(self, kind: Kind[T]) -> list[tuple[T | None, T | None]]:
        """What this draft changes of a kind: each record as stored, and as it is now; None where there is none."""
        own = self._own(kind)
        known = self.loaded.of_kind(kind) if own else own
        return [(known.get(id), record) for id, record in own.items()]

    def is_new(self, ticket: AnyTicket) -> bool:
        """Whether this draft adds the ticket."""
        return self.loaded.record_if_known(TICKETS, ticket.id) is None

    def agreed(self, id: TicketId) -> AnyTicket | None:
        """The ticket as it was when it was last found out in this draft what is agreed on; None if that was never."""
        return self._agreed.get(id)

    def note_agreed(self, ticket: AnyTicket) -> None:
        """Notes that a ticket as it is now is up to date with what is agreed on."""
        self._undo.set(self._agreed, ticket.id, ticket)

    def last_derived(self, id: TicketId) -> AnyTicket | None:
        """The ticket as it was when all that follows from it was last derived; None for one that is new."""
        return self._derived.get(id) or self.loaded.record_if_known(TICKETS, id)

    def note_derived(self, ticket: AnyTicket) -> None:
        """Notes that all that follows from a ticket as it is now has been derived."""
        self._undo.set(self._derived, ticket.id, ticket)

    # Going back, and the end.

    def mark(self) -> Mark:
        """This moment, to go back to."""
        return len(self._undo.before), len(self.events), self._next_id

    def rollback(self, mark: Mark) -> None:
        """Forgets everything since the mark; ids given since then will be given again."""
        changes, events, self._next_id = mark
        self._undo.go_back(changes)
        del self.events[events:]

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to commit."""
        return any(self._changed.values())

    def finish(self) -> Changes:
        """All changes with their versions; the draft then holds the records as they will be stored."""
        for part in sorted(self.changed_parts):
            self.put(REVISIONS, Revision(id=part, token=self.new_id()))
        puts, removals = [], []
        for kind, own in self._changed.items():
            known = self.loaded.of_kind(kind)
            for id, record in own.items():
                stored = known.get(id)
                expected = None if stored is None else stored.version
                if record is not None:
                    version = (expected or 0) + 1
                    if kind is TICKETS or record.version != version:
                        record = own[id] = self._finished(kind, record, version)  # noqa: PLW2901 - as it is stored
                    puts.append(Put(kind, record, expected))
                elif expected is not None:
                    removals.append(Removal(Key(kind, id), expected))
        return Changes(puts, removals, [*self.loaded.readings(self._changed)])

    def _finished(self, kind: Kind[Any], record: Any, version: int) -> Any:  # noqa: ANN401 - any record
        if kind is TICKETS:
            return copy_with(record, version=version, changed_at=self.now, entries=self.touched[record.id])
        return copy_with(record, version=version)

    def _widened(self, query: Query[T]) -> Query[T]:
        """The query with a limit that allows for records that this draft has changed."""
        own = len(self._own(query.kind)) if query.limit is not None else 0
        return attrs.evolve(query, limit=(query.limit or 0) + own) if own else query

    def _own(self, kind: Kind[Any]) -> Mapping[str, Any]:
        """By id: what this draft changed of a kind, as it is now; None of what it removed."""
        return self._changed.get(kind, _NOTHING)

    def _own_matches(self, query: Query[Any]) -> Iterator[tuple[bool, bool]]:
        for before, after in self.changed(query.kind):
            yield (
                before is not None and self.holds(query.where, query.kind, before),
                after is not None and self.holds(query.where, query.kind, after),
            )

    def _next_position(self, ticket: AnyTicket) -> int:
        """The position in a ticket's thread that the next entry has."""
        self._touch(ticket.id, ticket.entries)
        position = self.touched[ticket.id] + 1
        self._undo.set(self.touched, ticket.id, position)
        return position

    def _touch(self, ticket: TicketId, entries: int) -> None:
        if ticket not in self.touched:
            self._undo.set(self.touched, ticket, entries)
            current = self.loaded.record_if_known(TICKETS, ticket)
            if current is not None:
                self._write(TICKETS, ticket, current)

    def _write(self, kind: Kind[Any], id: str, record: Any) -> None:  # noqa: ANN401 - any record
        own = self._changed.get(kind)
        if own is None:
            own = self._changed[kind] = {}
        self._undo.set(own, id, record)


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class _Acting:
    """What a draft has others do for a while. A class, since a generator would take twice the time."""

    __slots__ = ("_before", "_draft", "_meanwhile")

    def __init__(self, draft: Draft, principal: Principal, cause: Cause) -> None:
        self._draft = draft
        self._meanwhile = (principal, cause)
        self._before = (principal, cause)

    def __enter__(self) -> None:
        draft = self._draft
        self._before = (draft.principal, draft.cause)
        draft.principal, draft.cause = self._meanwhile

    def __exit__(self, *_error: object) -> None:
        self._draft.principal, self._draft.cause = self._before
