"""
The way of a command, written once: allow, decide, settle, commit.

It is a generator of steps, so that the same lines serve a synchronous and an asynchronous storage: a step says what is
wanted of the world, one of the two drivers at the end does it and sends the answer back. Nothing here waits, and
nothing here decides: decisions are the commands' and the rules'.
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import attrs

from ticketcore._draft import CountWanted, Draft, FindWanted, NotLoaded, TallyWanted, Wanted
from ticketcore.automation.rules import RULES, RuleBook
from ticketcore.automation.settling import settle
from ticketcore.commands.command import (
    ANY,
    Command,
    CustomerCommand,
    CustomerTicketCommand,
    DeskCommand,
    OverwritingDeskCommand,
    OverwritingTicketCommand,
    Seen,
    SystemCommand,
    TicketCommand,
)
from ticketcore.conditions import EntryF
from ticketcore.configuration import FIELDS, PARTS, REVISIONS, ROSTER, RULES_PART, Configuration, Roster, Setup
from ticketcore.errors import AccessDenied, Conflict, NotFound, StaleRecord
from ticketcore.events import Cause, FieldChanged
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.ids import TicketId
from ticketcore.model.kinds import AGENTS, CUSTOM_FIELDS, DEPARTMENTS, ENTRIES, MEMBERSHIPS, TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.query import Order, Query
from ticketcore.receipts import RECEIPTS, Receipt, receipt_id
from ticketcore.serialization import Codec
from ticketcore.storage.protocols import (
    AsyncBlobStore,
    AsyncSession,
    AsyncStorage,
    BlobStore,
    Changes,
    Found,
    Key,
    Session,
    Storage,
)
from ticketcore.sweep import derive

R = TypeVar("R")

ATTEMPTS = 20
"""How often a command that lost a race is decided anew."""


# Steps: what is wanted of the world.


class Step(Protocol):
    """One thing wanted of the world. Performed on an asynchronous world, it gives what to await."""

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - the one border between the two colours
        """Does it."""
        ...


Steps: TypeAlias = Generator[Step, Any, R]


@attrs.frozen
class _Open:
    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        return world.open()


@attrs.frozen
class _Close:
    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        return world.close()


@attrs.frozen
class _Get:
    keys: Collection[Key]

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        return world.session.get(self.keys)


@attrs.frozen
class _Ask:
    wanted: FindWanted | CountWanted | TallyWanted
    now: datetime

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        session = world.session
        match self.wanted:
            case FindWanted(query):
                return session.find(query, now=self.now)
            case CountWanted(query):
                return session.count(query, now=self.now)
            case TallyWanted(query, by):
                return session.tally(query, by, now=self.now)


@attrs.frozen
class _Apply:
    changes: Changes

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        return world.session.apply(self.changes)


@attrs.frozen
class _Blobs:
    """Something wanted of the blob store."""

    ask: Callable[[Any], Any]

    def perform(self, world: Any) -> Any:  # noqa: ANN401 - see Step
        return self.ask(world.blobs)


def _get(keys: Collection[Key]) -> Steps[Found]:
    found: Found = yield _Get(keys)
    return found


def blob(digest: str) -> Steps[bytes | None]:
    """The bytes stored under a digest."""
    content: bytes | None = yield _Blobs(lambda blobs: blobs.get(digest))
    return content


def _storing(digest: str, content: bytes, now: datetime) -> Callable[[Any], Any]:
    return lambda blobs: blobs.put(digest, content, now=now)


# The flow.


@attrs.frozen(kw_only=True)
class Request(Generic[R]):
    """
    Somebody's asking for something.

    Args:
        actor: Who.
        command: For what.
        on: On which ticket, of a ticket command.
        seen: The version that they saw of what the command overwrites.
        key: Under which the same request may come again, and is then done once.
    """

    actor: Actor
    command: Command[R]
    on: TicketId | None = None
    seen: Seen = ANY
    key: str | None = None


class _LockOutOfOrder(Exception):
    """A lock is wanted that comes before one that is held."""


@attrs.define
class Flow:
    """
    Runs requests and readings, with what they need from outside.

    Args:
        setup: What the host's program decides.
        clock: Tells the time, with its zone.
        new_id: The source of ids.
        codec: Knows the kinds of records and the JSON form of commands.
        attempts: How often a command that lost a race is decided.
    """

    setup: Setup
    clock: Callable[[], datetime]
    new_id: Callable[[datetime], str]
    codec: Codec
    attempts: int = ATTEMPTS
    _parts: dict[str, tuple[str | None, Any]] = attrs.field(factory=dict, init=False)

    def ask(self, request: Request[R]) -> Steps[R]:
        """
        Does what somebody asks for.

        Raises:
            Conflict: Others won every race for what the command changes.
        """
        locks: set[Key] = set()
        lost: StaleRecord | None = None
        for _ in range(self.attempts):
            yield _Open()
            try:
                return (yield from self._attempt(request, locks))
            except StaleRecord as stale:
                lost = stale
            except _LockOutOfOrder:
                continue
            finally:
                yield _Close()
        raise Conflict(request.command.asked, f"others changed it meanwhile, {self.attempts} times ({lost})") from lost

    def read(self, actor: Actor, reading: Callable[[Draft], R]) -> Steps[R]:
        """
        Lets somebody read.

        Args:
            actor: Who.
            reading: A function of a draft that changes nothing; it may run several times.
        """
        yield _Open()
        try:
            draft = yield from self._draft(actor, Cause("read"))
            return (yield from self._run(draft, lambda: reading(draft), set()))
        finally:
            yield _Close()

    def _attempt(self, request: Request[R], locks: set[Key]) -> Steps[R]:
        command = request.command
        if locks:
            yield from _get(sorted(locks))
        draft = yield from self._draft(request.actor, Cause(command.asked, told=command.told()), _hints(request))
        receipt = self._receipt(request)
        if receipt and (first := (yield from self._run(draft, lambda: draft.peek(RECEIPTS, receipt.id), locks))):
            return (yield from self._run(draft, lambda: self._repeated(draft, request, first, receipt), locks))
        result = yield from self._run(draft, lambda: _decide(draft, request), locks)
        yield from self._settle(draft, locks)
        if receipt:
            draft.put(RECEIPTS, self._filled(receipt, result, draft.now))
        yield from self._commit(draft)
        return self._final(draft, result)

    def _settle(self, draft: Draft, locks: set[Key]) -> Steps[None]:
        """Lets rules answer, and derives what follows from the state after each."""
        yield from self._run(draft, lambda: derive(draft), locks)
        book = self._parts[RULES_PART][1]
        if not draft.events or not book.rules:
            return
        settling = settle(draft, book)
        part = next(settling, None)
        while part is not None:
            acted = yield from self._run(draft, part, locks)
            if acted is not None:
                yield from self._run(draft, lambda: derive(draft), locks)
            try:
                part = settling.send(acted)
            except StopIteration:
                part = None

    def _commit(self, draft: Draft) -> Steps[None]:
        if not draft.has_changes:
            return
        for digest, content in draft.blobs.items():
            yield _Blobs(_storing(digest, content, draft.now))
        yield _Apply(draft.finish())

    # Loading.

    def _draft(self, actor: Actor, cause: Cause, hints: Collection[Key] = ()) -> Steps[Draft]:
        """A fresh draft, with the configuration as it is now and the hinted records loaded."""
        keys = [*_REVISION_KEYS, *hints]
        found = yield from _get(keys)
        now = self.clock()
        configuration = yield from self._configuration(found, now)
        draft = Draft(
            principal=configuration.roster.principal(actor),
            cause=cause,
            now=now,
            configuration=configuration,
            setup=self.setup,
            new_id=self.new_id,
        )
        draft.loaded.update((key, found.get(key)) for key in keys)
        return draft

    def _configuration(self, revisions: Found, now: datetime) -> Steps[Configuration]:
        """The configuration, each part read only if its revision is another one than last time."""
        renewed = False
        for part in PARTS:
            revision = revisions.get(Key(REVISIONS, part))
            token = revision.token if revision else None
            if part not in self._parts or self._parts[part][0] != token:
                self._parts[part] = token, (yield from _PART_READERS[part](now))
                renewed = True
        if renewed:
            made = Configuration(self._parts[ROSTER][1], self._parts[FIELDS][1])
            self._parts["whole"] = None, made
        return self._parts["whole"][1]  # type: ignore[no-any-return]  # put there two lines above

    def _run(self, draft: Draft, part: Callable[[], R], locks: set[Key]) -> Steps[R]:
        """Runs a part of a decision; loads what it misses and runs it again until it misses nothing."""
        mark = draft.mark()
        while True:
            try:
                return part()
            except NotLoaded as missing:
                draft.rollback(mark)
                wanted = missing.wanted
            yield from self._load(draft, wanted, locks)

    def _load(self, draft: Draft, wanted: Sequence[Wanted], locks: set[Key]) -> Steps[None]:
        keys = [one for one in wanted if isinstance(one, Key)]
        if keys:
            _note_locks(keys, locks)
            found = yield from _get(keys)
            draft.loaded.update((key, found.get(key)) for key in keys)
        for one in wanted:
            if not isinstance(one, Key):
                draft.loaded[one] = yield _Ask(one, draft.now)

    # Receipts and results.

    def _receipt(self, request: Request[Any]) -> Receipt | None:
        """The receipt of a request that has a key, still without results."""
        if request.key is None:
            return None
        asked = f"{request.on or ''}\n{self.codec.command_text(request.command)}"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        return Receipt(id=receipt_id(request.actor, request.key), digest=digest)

    def _repeated(self, draft: Draft, request: Request[R], first: Receipt, now: Receipt) -> R:
        """What the first request under this key gave, as it is now."""
        if first.digest != now.digest:
            raise Conflict(request.command.asked, f"another command was asked under the key {request.key!r}")
        records = [draft.get(self.codec.kind(kind), id) for kind, id in first.results]
        for record in records:
            ticket = record.id if isinstance(record, AnyTicket) else getattr(record, "ticket", None)
            if ticket is not None:
                draft.ticket(ticket)
        if not first.several:
            return records[0] if records else None  # type: ignore[return-value]  # as the first time
        return tuple(records)  # type: ignore[return-value]  # as the first time

    def _filled(self, receipt: Receipt, result: Any, now: datetime) -> Receipt:  # noqa: ANN401 - a record, several, or None
        several = isinstance(result, tuple)
        records = result if several else (result,)
        names = tuple((self.codec.kind_of(it).name, it.id) for it in records if hasattr(it, "version"))
        return attrs.evolve(receipt, results=names, several=several, at=now)

    def _final(self, draft: Draft, result: R) -> R:
        """The result as it is stored, with what rules made of it."""
        if result is None:
            return result
        if isinstance(result, tuple):
            return tuple(self._final(draft, it) for it in result)  # type: ignore[return-value]  # the same shape
        record: Any = result
        if not hasattr(record, "version"):
            return result
        final: Any = draft.peek(self.codec.kind_of(record), record.id)
        return final  # type: ignore[no-any-return]  # the same record


def _decide(draft: Draft, request: Request[R]) -> R:
    """Allows the command, or not, and decides it."""
    command = request.command
    asked: Any = command  # the kinds of commands differ in what they decide on
    _check_who_asks(draft, command)
    if not isinstance(command, (TicketCommand, CustomerTicketCommand)):
        draft.permit(command.permission, None, command.asked)
        if isinstance(command, OverwritingDeskCommand):
            _check_seen(draft, command.asked, command.overwritten(), request.seen, frozenset())
        return asked.decide(draft)  # type: ignore[no-any-return]  # the command says what it gives
    if request.on is None:
        raise TypeError(f"{command.asked} is done on a ticket: name it as on=ticket.id")
    ticket = draft.ticket(request.on)
    draft.permit(command.permission, ticket, command.asked)
    if isinstance(command, OverwritingTicketCommand):
        _check_seen(draft, command.asked, command.overwritten(ticket), request.seen, command.overwrites)
    return asked.decide(draft, ticket)  # type: ignore[no-any-return]  # the command says what it gives


def _check_who_asks(draft: Draft, command: Command[Any]) -> None:
    """
    Makes sure that this kind of command may come from this kind of seat.

    The type checker says so too, but not of commands that were parsed.

    Raises:
        AccessDenied: It may not.
        NotFound: The customer who asks does not exist any more.
    """
    kind = draft.principal.actor.kind
    if isinstance(command, _NOT_ASKED_BY[kind]):
        raise AccessDenied(command.asked, f"it is not asked from the seat of {_SEAT_NAMES[kind]}")
    if draft.principal.contact is not None:
        draft.contact(draft.principal.contact)


_NOT_ASKED_BY: Mapping[ActorKind, tuple[type[Command[Any]], ...]] = {
    ActorKind.CONTACT: (DeskCommand, TicketCommand, SystemCommand),
    ActorKind.AGENT: (CustomerCommand, CustomerTicketCommand, SystemCommand),
    ActorKind.SYSTEM: (CustomerCommand, CustomerTicketCommand),
}
_SEAT_NAMES = {ActorKind.CONTACT: "a customer", ActorKind.AGENT: "an agent", ActorKind.SYSTEM: "the system"}


def _check_seen(draft: Draft, asked: str, key: Key, seen: Seen, fields: frozenset[str]) -> None:
    """Makes sure that nobody changed meanwhile what the command overwrites."""
    record = draft.peek(key.kind, key.id)
    if record is None:
        raise NotFound(key.kind.name.replace("_", " "), key.id)
    if seen is ANY or record.version == seen:
        return
    if key.kind is not TICKETS or seen > record.version:
        raise Conflict(asked, f"it is at version {record.version}, {seen} was seen", record.version)
    changed = sorted({event.field for event in _changes_since(draft, record, seen)} & fields)
    if changed:
        now = ", ".join(f"{field} is now {getattr(record, field)!r}" for field in changed)
        raise Conflict(asked, now, record.version)


def _changes_since(draft: Draft, ticket: AnyTicket, version: int) -> Sequence[FieldChanged]:
    """The changes of a ticket's fields since a version, read from its thread."""
    query = Query(ENTRIES, EntryF.ticket == ticket.id, (Order("position", descending=True),), limit=50)
    changes: list[FieldChanged] = []
    while True:
        page = draft.find(query)
        for entry in page.items:
            if getattr(entry, "ticket_version", version + 1) <= version:
                return changes
            if isinstance(entry, FieldChanged):
                changes.append(entry)
        if page.next is None:
            return changes
        query = attrs.evolve(query, after=page.next)


def _hints(request: Request[Any]) -> list[Key]:
    """What a request will surely need."""
    hints = [*request.command.reads()]
    if request.on is not None:
        hints.append(Key(TICKETS, request.on))
    return hints


def _note_locks(keys: Sequence[Key], locks: set[Key]) -> None:
    """Notes the locks about to be taken. One that comes before a held one means: begin again, with all in order."""
    wanted = {key for key in keys if key.kind.locked} - locks
    out_of_order = bool(locks and wanted) and min(key.id for key in wanted) < max(key.id for key in locks)
    locks |= wanted
    if out_of_order:
        raise _LockOutOfOrder


_REVISION_KEYS = tuple(Key(REVISIONS, part) for part in PARTS)


def _everything(kind: Any, now: datetime) -> Steps[tuple[Any, ...]]:  # noqa: ANN401 - any kind
    page = yield _Ask(FindWanted(Query(kind)), now)
    return page.items  # type: ignore[no-any-return]  # a page of the kind


def _read_roster(now: datetime) -> Steps[Roster]:
    agents = yield from _everything(AGENTS, now)
    departments = yield from _everything(DEPARTMENTS, now)
    memberships = yield from _everything(MEMBERSHIPS, now)
    return Roster.of(agents, departments, memberships)


def _read_rules(now: datetime) -> Steps[RuleBook]:
    return RuleBook.of((yield from _everything(RULES, now)))


def _read_fields(now: datetime) -> Steps[tuple[Any, ...]]:
    return (yield from _everything(CUSTOM_FIELDS, now))


_PART_READERS: dict[str, Callable[[datetime], Steps[Any]]] = {
    ROSTER: _read_roster,
    FIELDS: _read_fields,
    RULES_PART: _read_rules,
}


# The two drivers, and the worlds that they act on.


class World:
    """A storage with the session that is open on it, and a blob store."""

    session: Session

    def __init__(self, storage: Storage, blobs: BlobStore) -> None:
        self.storage = storage
        self.blobs = blobs
        self._stack = ExitStack()

    def open(self) -> None:
        """Opens a session."""
        self.session = self._stack.enter_context(self.storage.session())

    def close(self) -> None:
        """Ends the session."""
        self._stack.close()


class AsyncWorld:
    """The same for asynchronous programs."""

    session: AsyncSession

    def __init__(self, storage: AsyncStorage, blobs: AsyncBlobStore) -> None:
        self.storage = storage
        self.blobs = blobs
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Opens a session."""
        self.session = await self._stack.enter_async_context(self.storage.session())

    async def close(self) -> None:
        """Ends the session."""
        await self._stack.aclose()


def drive(steps: Steps[R], world: World) -> R:
    """Performs steps one after the other, and gives what they come to."""
    try:
        step = next(steps)
        while True:
            try:
                answer = step.perform(world)
            except BaseException as error:  # noqa: BLE001 - the flow is told of everything, so that it can close
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the steps return


async def drive_async(steps: Steps[R], world: AsyncWorld) -> R:
    """The same, awaiting each step."""
    try:
        step = next(steps)
        while True:
            try:
                performed: Awaitable[Any] = step.perform(world)
                answer = await performed
            except BaseException as error:  # noqa: BLE001 - the flow is told of everything, so that it can close
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the steps return
