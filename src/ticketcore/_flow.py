"""
The way of a command, written once: allow, decide, settle, commit.

It is a generator of steps (see `_steps`), so that the same lines serve synchronous and asynchronous storages. Nothing
here waits, and nothing here decides: decisions are the commands' and the rules'.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

import attrs

from ticketcore._draft import Draft
from ticketcore._known import REVISION_KEYS, ConfigurationCache, Known
from ticketcore._loaded import NotLoaded, Wanted
from ticketcore._request import Request, check_request, check_who_asks, decide
from ticketcore._steps import Apply, Ask, Close, Open, Steps, get, keep_blob
from ticketcore.automation.rehearsal import Plan, Watch
from ticketcore.automation.rules import RuleBook
from ticketcore.automation.settling import FROM_THE_DRAFT, Begun, settle
from ticketcore.configuration import Setup
from ticketcore.errors import Conflict, Fault, InvalidInput, LostRace, shown
from ticketcore.events import Cause
from ticketcore.model.actors import Actor, ActorKind
from ticketcore.model.kinds import CONTACTS, TICKETS
from ticketcore.model.tickets import AnyTicket
from ticketcore.model.values import FrozenValue
from ticketcore.receipts import RECEIPTS, Receipt, receipt_id
from ticketcore.serialization import Codec
from ticketcore.storage.protocols import Key
from ticketcore.sweep import derive, foresee

R = TypeVar("R")
P = TypeVar("P", bound=Plan)

ATTEMPTS = 20
"""How often a command that lost a race is decided anew."""


@attrs.frozen
class _Work(FrozenValue):
    """
    A draft with the rules that answer what happens in it, and the locks that it knows of.

    Args:
        can_begin_anew: Whether a lock out of order can be waited for, and bytes be stored, by beginning again. Work in
            somebody else's transaction takes it as it comes; a deadlock is then the storage's to break.
        known: The configuration that it began with.
    """

    draft: Draft
    rules: RuleBook
    locks: set[Key]
    can_begin_anew: bool
    known: Known


@attrs.frozen
class Done(FrozenValue, Generic[R]):
    """
    What came of a request.

    Args:
        result: What the command's decision gives, as it is stored.
        has_changed: Whether anything is otherwise than before.
    """

    result: R
    has_changed: bool


class _LockOutOfOrder(Exception):
    """A lock is wanted that comes before one that is held."""


class _BytesUnderLock(Exception):
    """
    Bytes are to be stored while a lock is held.

    They may be many, and take long. And where there is one writer at a time, such as in SQLite, a blob store in the
    same database would wait for the very session that waits for it.
    """

    def __init__(self, blobs: Mapping[str, bytes], now: datetime) -> None:
        super().__init__()
        self.blobs = blobs
        self.now = now


@attrs.frozen
class Flow(FrozenValue):
    """
    Runs requests and readings, with what they need from outside.

    Args:
        setup: What the host's program decides.
        clock: Tells the time, with its zone.
        new_id: The source of ids.
        codec: Knows the kinds of records and the JSON form of commands.
        attempts: How often a command that lost a race is decided.
        cache: Keeps the configuration between requests.
    """

    setup: Setup
    clock: Callable[[], datetime]
    new_id: Callable[[datetime], str]
    codec: Codec
    attempts: int = ATTEMPTS
    _cache: ConfigurationCache = attrs.field(factory=ConfigurationCache)

    def in_one_attempt(self) -> "Flow":
        """This way, with what it keeps, but for a transaction of the host's, which only the host can begin anew."""
        return attrs.evolve(self, attempts=1)

    def ask(self, request: Request[R]) -> Steps[R]:
        """
        Does what somebody asks for, and gives what comes of it.

        Raises:
            InvalidInput: The ticket, `seen` or the key is none.
            Conflict: Others won every race for what the command changes.
        """
        return (yield from self.carry_out(request)).result

    def carry_out(self, request: Request[R]) -> Steps["Done[R]"]:
        """
        Does what somebody asks for, and tells whether that changed anything.

        Raises:
            InvalidInput: The ticket, `seen` or the key is none.
            Conflict: Others won every race for what the command changes.
        """
        check_request(request)
        locks: set[Key] = set()
        kept: set[str] = set()
        lost: LostRace | None = None
        for _ in range(self.attempts):
            yield Open()
            try:
                return (yield from self._attempt(request, locks, kept))
            except LostRace as race:
                lost = race
                continue
            except _LockOutOfOrder:
                continue
            except _BytesUnderLock as found:
                waiting = found
            finally:
                yield Close()
            for digest, content in waiting.blobs.items():
                yield from keep_blob(digest, content, waiting.now)
            kept |= waiting.blobs.keys()
        times = "" if self.attempts == 1 else f", {self.attempts} times"
        raise Conflict(request.command.asked, f"others changed it meanwhile{times} ({lost})") from lost

    def read(self, actor: Actor, reading: Callable[[Draft], R]) -> Steps[R]:
        """
        Lets somebody read.

        Args:
            actor: Who.
            reading: A function of a draft that changes nothing; it may run several times.

        Raises:
            NotFound: The one who reads does not exist, or not any more.
        """
        yield Open()
        try:
            work = yield from self._begin(actor, Cause("read"), _hints_of(actor), set())
            return (yield from self._run(work, lambda: reading(_of_somebody(work.draft))))
        finally:
            yield Close()

    def rehearse(self, actor: Actor, planned: Callable[[Draft, RuleBook], P]) -> Steps[P]:
        """
        Lets rules answer what happened, or might, on drafts that are never committed.

        Args:
            actor: Who wants to know.
            planned: Gives the plan, of a draft and today's rules; it may run several times.

        Returns:
            The plan, whose scenes have been played before those who watch them.

        Raises:
            NotFound: The one who wants to know does not exist, or not any more.
        """
        locks: set[Key] = set()
        while True:  # each time with more of the locks that there are
            yield Open()
            try:
                return (yield from self._rehearsed(actor, planned, locks))
            except _LockOutOfOrder:
                continue
            finally:
                yield Close()

    def _rehearsed(self, actor: Actor, planned: Callable[[Draft, RuleBook], P], locks: set[Key]) -> Steps[P]:
        if locks:
            yield from get(sorted(locks, key=lambda key: key.id))
        work = yield from self._begin(actor, Cause("rehearse"), (), locks)
        plan = yield from self._run(work, lambda: planned(_of_somebody(work.draft), work.rules))
        for scene in plan.scenes:
            alone = attrs.evolve(work, draft=scene.draft(work.draft), rules=scene.book)
            yield from self._settle(alone, scene.begun, scene.watch)
            yield from self._run(alone, partial(scene.watch.ended, alone.draft))
        return plan

    def _attempt(self, request: Request[R], locks: set[Key], kept: AbstractSet[str]) -> Steps["Done[R]"]:
        """
        Decides and commits once.

        Locks that earlier attempts learnt of are taken first, in their order. Bytes that they kept are not kept again.
        """
        if locks:
            yield from get(sorted(locks, key=lambda key: key.id))
        cause = Cause(request.command.asked, told=request.command.told())
        work = yield from self._begin(request.actor, cause, _hints(request), locks)
        receipt = self._receipt(request)
        if receipt is not None:
            first = yield from self._run(work, lambda: work.draft.peek(RECEIPTS, receipt.id))
            if first is not None:
                repeated = yield from self._run(work, lambda: self._repeated(work.draft, request, first, receipt))
                return Done(repeated, has_changed=False)
        result = yield from self._run(work, lambda: decide(work.draft, request))
        yield from self._settle(work)
        yield from self._run(work, lambda: foresee(work.draft, work.rules))
        has_changed = work.draft.has_changes
        if receipt is not None:
            work.draft.put(RECEIPTS, self._filled(receipt, result, work.draft.now))
        yield from self._commit(work, kept)
        return Done(self._final(work.draft, result), has_changed=has_changed)

    def _settle(self, work: _Work, begun: Begun = FROM_THE_DRAFT, watch: Watch | None = None) -> Steps[None]:
        """Lets rules answer, and derives what follows from the state after each; somebody may watch it."""
        yield from self._run(work, lambda: derive(work.draft))
        settling = settle(work.draft, work.rules, begun)
        part = next(settling, None)
        while part is not None:
            if watch is not None:
                yield from self._run(work, partial(watch.before, work.draft, part))
            turn = yield from self._run(work, part)
            if turn is not None:
                yield from self._run(work, lambda: derive(work.draft))
                if watch is not None:
                    watch.after(part, turn)
            try:
                part = settling.send(turn)
            except StopIteration:
                return

    # Loading.

    def _begin(self, actor: Actor, cause: Cause, hints: Collection[Key], locks: set[Key]) -> Steps[_Work]:
        """A fresh draft, with the configuration as it is now and the hinted records loaded."""
        keys = (*REVISION_KEYS, *hints)
        found = yield from get(keys)
        now = self.clock()
        if now.tzinfo is None:
            raise InvalidInput("HelpDesk", [Fault("clock", "a clock that tells the time with its zone", shown(now))])
        known = yield from self._cache.read(found, now)
        draft = Draft(
            principal=known.configuration.roster.principal(actor),
            cause=cause,
            now=now,
            configuration=known.configuration,
            setup=self.setup,
            new_id=self.new_id,
        )
        draft.loaded.take_records(keys, found)
        return _Work(draft, known.rules, locks, can_begin_anew=self.attempts > 1, known=known)

    def _commit(self, work: _Work, kept: AbstractSet[str]) -> Steps[None]:
        """Stores what the draft changed: bytes first, so that no record ever names bytes that are not there."""
        draft = work.draft
        if not draft.has_changes:
            return
        blobs = {digest: content for digest, content in draft.blobs.items() if digest not in kept}
        if blobs and work.locks and work.can_begin_anew:
            raise _BytesUnderLock(blobs, draft.now)
        for digest, content in blobs.items():
            yield from keep_blob(digest, content, draft.now)
        changes = draft.finish()
        yield Apply(changes)
        if draft.changed_parts:
            self._cache.follow(work.known, changes)

    def _run(self, work: _Work, part: Callable[[], R]) -> Steps[R]:
        """Runs a part of a decision; loads what it misses and runs it again until it misses nothing."""
        mark = work.draft.mark()
        while True:
            try:
                return part()
            except NotLoaded as missing:
                work.draft.rollback(mark)
                wanted = missing.wanted
            yield from _load(work, wanted)

    # Receipts and results.

    def _receipt(self, request: Request[Any]) -> Receipt | None:
        """The receipt of a request that has a key, still without results."""
        if request.key is None:
            return None
        asked = f"{request.on or ''}\n{self.codec.command_text(request.command)}"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        return Receipt(id=receipt_id(request.actor, request.key), digest=digest)

    def _repeated(self, draft: Draft, request: Request[R], first: Receipt, now: Receipt) -> R:
        """What the first request under this key gave, as it is now and may be seen now."""
        check_who_asks(draft, request.command)
        if first.digest != now.digest:
            raise Conflict(request.command.asked, f"another command was asked under the key {request.key!r}")
        records = tuple(draft.get(self.codec.kind(kind), id) for kind, id in first.results)
        for record in records:
            ticket = record.id if isinstance(record, AnyTicket) else getattr(record, "ticket", None)
            if ticket is not None:
                draft.ticket(ticket)
        one = records[0] if records else None
        return records if first.several else one  # type: ignore[return-value]  # what the command gave the first time

    def _filled(self, receipt: Receipt, result: object, now: datetime) -> Receipt:
        """The receipt with what came of the command."""
        records: tuple[Any, ...] = result if isinstance(result, tuple) else (result,)
        names = tuple((self.codec.kind_of(it).name, it.id) for it in records if _is_record(it))
        return attrs.evolve(receipt, results=names, several=isinstance(result, tuple), at=now)

    def _final(self, draft: Draft, result: Any) -> Any:  # noqa: ANN401 - a record, several, another value, or None
        """The result as it is stored, with what rules made of it; as the command left it, if a rule purged it."""
        if isinstance(result, tuple):
            return tuple(self._final(draft, it) for it in result)
        return (draft.peek(self.codec.kind_of(result), result.id) or result) if _is_record(result) else result


def _load(work: _Work, wanted: Sequence[Wanted]) -> Steps[None]:
    keys = [one for one in wanted if isinstance(one, Key)]
    if keys:
        _note_locks(keys, work)
        work.draft.loaded.take_records(keys, (yield from get(keys)))
    for one in wanted:
        if not isinstance(one, Key):
            answer = yield Ask(one, work.draft.now)
            work.draft.loaded.take_answer(one, answer)


def _note_locks(keys: Sequence[Key], work: _Work) -> None:
    """Notes the locks about to be taken. One that comes before a held one means: begin again, with all in order."""
    locks = work.locks
    wanted = {key for key in keys if key.kind.locked}
    if not wanted:
        return
    wanted -= locks
    out_of_order = bool(locks and wanted) and min(key.id for key in wanted) < max(key.id for key in locks)
    locks |= wanted
    if out_of_order and work.can_begin_anew:
        raise _LockOutOfOrder


def _hints(request: Request[Any]) -> list[Key]:
    """What a request will surely need."""
    hints = [*request.command.reads(), *_hints_of(request.actor)]
    if request.on is not None:
        hints.append(Key(TICKETS, request.on))
    if request.key is not None:
        hints.append(Key(RECEIPTS, receipt_id(request.actor, request.key)))
    return hints


def _hints_of(actor: Actor) -> list[Key]:
    """What will surely be needed of whoever asks."""
    return [Key(CONTACTS, actor.id)] if actor.kind is ActorKind.CONTACT and actor.id else []


def _of_somebody(draft: Draft) -> Draft:
    """The draft, if the one who reads with it exists."""
    if draft.principal.contact is not None:
        draft.contact(draft.principal.contact)
    return draft


def _is_record(value: object) -> bool:
    return hasattr(value, "version")
