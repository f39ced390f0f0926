"""
Storages that are broken on purpose, each in one way that has been seen in the world or nearly was.

`test_broken_storages` says which law must find which of them out.
"""

import re
import threading
import unicodedata
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace

import attrs

from ticketcore.assignment import ROTATIONS
from ticketcore.conditions import All, Comparison, Operator, always
from ticketcore.conditions.values import TEXT
from ticketcore.conformance.parcels import PARCELS, STAMPS, Stamp
from ticketcore.conformance.records import NOW
from ticketcore.errors import InvalidInput, StaleRecord, StorageError
from ticketcore.events import Event
from ticketcore.model.kinds import CONTACTS, TICKETS
from ticketcore.query import Page, Query, field_reader, members
from ticketcore.storage._shelf import Shelf
from ticketcore.storage.memory import MemorySession, MemoryStorage
from ticketcore.storage.protocols import Changes, Key


def breathe(seconds=0.002):
    """Lets other threads go on for a moment."""
    threading.Event().wait(seconds)


class Rewriting(MemoryStorage):
    """A storage that makes something else of records before it keeps them."""

    def rewritten(self, record):
        """What is kept in place of a record."""
        raise NotImplementedError

    def apply(self, changes):
        """Keeps what it has made of the records."""
        puts = [attrs.evolve(put, record=self.rewritten(put.record)) for put in changes.puts]
        super().apply(attrs.evolve(changes, puts=puts))

    @staticmethod
    def with_each(record, kind, change):
        """A record whose values of a type are changed."""
        values = {it.name: getattr(record, it.name) for it in attrs.fields(type(record))}
        return attrs.evolve(record, **{name: change(it) for name, it in values.items() if isinstance(it, kind)})


class Sorting(MemoryStorage):
    """A storage that finds by a plain walk, for those that do something to it."""

    def all_of(self, query, now):
        """Everything that a query would find without limit and cursor, in order."""
        return [*super().find(attrs.evolve(query, limit=None, after=None), now=now).items]


# Records.


class TwoOfAnId(MemoryStorage):
    """Puts new records over old ones of the same id."""

    def _compare(self, changes):
        super()._compare(attrs.evolve(changes, puts=[put for put in changes.puts if put.expected is not None]))


class DropsAField(Rewriting):
    """Has no column for a field that came later."""

    def rewritten(self, record):
        """The record without its language."""
        return attrs.evolve(record, language=None) if hasattr(record, "language") else record


class TrimsText(Rewriting):
    """Takes blanks away from the ends of texts."""

    def rewritten(self, record):
        """The record with trimmed texts."""
        return self.with_each(record, str, str.strip)


class NormalisesText(Rewriting):
    """Encodes accents in one way."""

    def rewritten(self, record):
        """The record in NFC."""
        return self.with_each(record, str, lambda text: unicodedata.normalize("NFC", text))


class EmptyIsMissing(Rewriting):
    """Takes empty text for none, as some databases do."""

    def rewritten(self, record):
        """The record without empty texts."""
        return attrs.evolve(record, label=record.label or None) if hasattr(record, "label") else record


class NaiveTimes(Rewriting):
    """Drops time zones."""

    def rewritten(self, record):
        """The record with naive times."""
        return self.with_each(record, type(NOW), lambda at: at.replace(tzinfo=None))


class LosesMicroseconds(Rewriting):
    """Keeps times to the second."""

    def rewritten(self, record):
        """The record with whole seconds."""
        return self.with_each(record, type(NOW), lambda at: at.replace(microsecond=0))


class LiveAnswers(MemoryStorage):
    """Gives a view of its own state away, in which later changes show."""

    def get(self, keys):
        """A mapping that looks things up when it is asked."""
        return Live(super().get, keys)


class Live(dict):
    """A mapping that is read anew each time."""

    def __init__(self, get, keys):
        super().__init__(get(keys))
        self._get = get

    def __getitem__(self, key):
        """What is there now."""
        return self._get([key])[key]


class IgnoresCaseOfIds(MemoryStorage):
    """Compares ids without case, as some collations do."""

    def apply(self, changes):
        """Refuses a new id that differs from a known one in case alone."""
        for put in changes.puts:
            shelf = self._shelf(put.kind)
            alike = [id for id in shelf.records if id.casefold() == put.record.id.casefold()]
            if put.expected is None and alike:
                raise StaleRecord(put.kind.name, put.record.id, None)
            super().apply(Changes([put]))
        super().apply(attrs.evolve(changes, puts=()))


class KindsByIdentity(MemoryStorage):
    """Knows a kind by the object instead of its name."""

    def __init__(self):
        super().__init__()
        self.kinds = {}

    def _shelf(self, kind):
        return super()._shelf(kind) if self.kinds.setdefault(kind.name, kind) is kind else Shelf(kind)


class ForgetsUnknownKinds(MemoryStorage):
    """Keeps the library's own kinds alone."""

    def apply(self, changes):
        """Drops the records of others."""
        super().apply(attrs.evolve(changes, puts=[put for put in changes.puts if put.kind is not PARCELS]))


# Reading.


class OneKindAtATime(MemoryStorage):
    """Gets records of the first key's kind alone."""

    def get(self, keys):
        """The records of one kind."""
        return super().get([key for key in keys if key.kind is next(iter(keys)).kind])


class FewKeys(MemoryStorage):
    """Takes 999 values in a statement, and forgets the rest."""

    def get(self, keys):
        """The records of the first keys."""
        return super().get([*keys][:999])


class RefusesOddIds(MemoryStorage):
    """Hands every id to a driver that takes no null characters."""

    def get(self, keys):
        """The records of these keys, if the driver takes them."""
        if any("\0" in it.id for it in keys):
            raise StorageError("the database said: text fields cannot contain NUL (0x00) bytes")
        return super().get(keys)


class PerRecordLocks(MemoryStorage):
    """Locks record by record, each with a lock of its own."""

    def __init__(self):
        super().__init__()
        self.locks = {}

    def lock_of(self, key):
        """The lock of a record."""
        return self.locks.setdefault(key.id, threading.Lock())

    def session(self, codec=None):
        """A new session."""
        del codec
        return PerRecordSession(self)


class PerRecordSession(MemorySession):
    """A session that has locks of its own."""

    def __init__(self, storage):
        super().__init__(storage)
        self.held = {}

    def needs_turn(self, keys):
        """Never: it locks the records instead."""
        for key in keys:
            if key.kind.locked:
                lock = self._storage.lock_of(key)
                if lock is not None and lock not in self.held:
                    lock.acquire()
                    self.held[lock] = None
                    breathe()
        return False

    def __exit__(self, *error):
        super().__exit__(*error)
        for lock in self.held:
            lock.release()


class ForgetsLocks(PerRecordLocks):
    """Locks nothing."""

    def lock_of(self, key):
        """None."""


class LocksOnlyWhatIsThere(PerRecordLocks):
    """Locks rows, and so nothing where there is no row."""

    def lock_of(self, key):
        """The lock of a record that is there."""
        return super().lock_of(key) if self._record(key.kind, key.id) else None


class LocksInBuckets(PerRecordLocks):
    """Locks whole buckets of records, so that who locks records in order does not lock buckets in order."""

    def lock_of(self, key):
        """The lock of the bucket that a record is in."""
        return self.locks.setdefault(ord(key.id[0]) % 2, threading.Lock())


class LocksInAnyOrder(PerRecordLocks):
    """Locks the records of one call in an order of its own, such as that of a set."""

    def session(self, codec=None):
        """A new session."""
        del codec
        return AnyOrderSession(self)


class AnyOrderSession(PerRecordSession):
    """A session that locks the last one first."""

    def needs_turn(self, keys):
        """Never: it locks the records instead."""
        return super().needs_turn([*keys][::-1])


class LocksAnew(PerRecordLocks):
    """Waits for itself, where a session gets a record that it has locked."""

    def session(self, codec=None):
        """A new session."""
        del codec
        return ForgetfulSession(self)


class ForgetfulSession(PerRecordSession):
    """A session that does not know what it has locked."""

    def needs_turn(self, keys):
        """Never: it locks the records instead."""
        had, self.held = self.held, {}
        try:
            return super().needs_turn(keys)
        finally:
            self.held |= had


class ReadsBeforeItLocks(MemoryStorage):
    """Reads a locked record, and then waits until it is free."""

    def session(self, codec=None):
        """A new session."""
        del codec
        return EarlySession(self)


class EarlySession(MemorySession):
    """A session that reads too early."""

    def get(self, keys):
        """What was there before the session had the lock."""
        early = self._storage.get(keys)
        breathe()
        super().get(keys)
        return early


class StartsAnywhere(MemoryStorage):
    """Answers `starts with` as if it were `contains`."""

    def _search(self, query, now):
        return super()._search(attrs.evolve(query, where=loosened(query.where)), now)


def loosened(condition):
    """A condition in which nothing starts, but only contains."""
    if isinstance(condition, Comparison) and condition.operator is Operator.STARTS_WITH:
        return condition.field.compare(Operator.CONTAINS, condition.operand)
    return condition


class LosesOtherRoots(MemoryStorage):
    """Finds contacts whatever was asked of them."""

    def _search(self, query, now):
        return super()._search(attrs.evolve(query, where=always) if query.kind is CONTACTS else query, now)


class SmallLetters(Sorting):
    """Compares texts by `lower()`."""

    def find(self, query, *, now):
        """What is equal in small letters."""
        where = query.where
        if not (isinstance(where, Comparison) and where.operator is Operator.EQUAL and where.field.values is TEXT):
            return super().find(query, now=now)
        read = field_reader(where.field.attribute)
        everything = self.all_of(attrs.evolve(query, where=always), now)
        return query.page([it for it in everything if (read(it) or "").lower() == where.operand.lower()])


class StaleNames(MemoryStorage):
    """Keeps what tickets name beside them, as it was when it was first asked."""

    def __init__(self):
        super().__init__()
        self.known = {}

    def _search(self, query, now):
        search = super()._search(query, now)
        search._get = lambda kind, id: self.known.setdefault((kind.name, id), self._record(kind, id))
        return search


class OwnClock(MemoryStorage):
    """Reckons from its own clock."""

    def _search(self, query, now):
        del now
        return super()._search(query, NOW)


class NoViewer(MemoryStorage):
    """Forgets who looks."""

    def _search(self, query, now):
        return super()._search(attrs.evolve(query, viewer=None), now)


class UnstableOrder(Sorting):
    """Gives what is equal in the order in which it was written."""

    def find(self, query, *, now):
        """What is equal comes in any order."""
        found = self.all_of(query, now)
        written = [*self._shelf(query.kind).records]
        found.sort(key=lambda it: written.index(it.id))
        for order in reversed(query.order):
            read = field_reader(order.field)
            found.sort(key=lambda it: (read(it) is None, 0 if read(it) is None else read(it)), reverse=order.descending)
        return query.page(found)


class MissingFirst(Sorting):
    """Gives what has no value first, as databases do by default."""

    def find(self, query, *, now):
        """What has no value comes first."""
        found = self.all_of(query, now)
        for order in query.order[:1]:
            found.sort(key=lambda it: field_reader(order.field)(it) is not None)
        return query.page(found)


class AlwaysMore(MemoryStorage):
    """Promises another page behind a full one."""

    def find(self, query, *, now):
        """A page with a cursor, if it is full."""
        page = super().find(query, now=now)
        full = query.limit is not None and len(page.items) == query.limit
        return Page(page.items, query.place(page.items[-1]) if full else None)


class OffByOne(Sorting):
    """Begins a page with the record at the cursor."""

    def find(self, query, *, now):
        """What comes behind the cursor, and what stands at it."""
        found = self.all_of(query, now)
        if query.after is None:
            return query.page(found)
        return query.page([it for it in found if query.compare(query.place(it), query.after) >= 0])


class AnyCursor(MemoryStorage):
    """Takes any cursor for one of its own."""

    def find(self, query, *, now):
        """The first page, if it makes no sense of the cursor."""
        try:
            return super().find(query, now=now)
        except InvalidInput:
            return super().find(attrs.evolve(query, after=None), now=now)


class CountsPages(Sorting):
    """Pages by offset."""

    def __init__(self):
        super().__init__()
        self.offsets = {}

    def find(self, query, *, now):
        """The page at the offset that the cursor stood for when it was given."""
        found = self.all_of(query, now)
        begin = self.offsets.get(query.after, 0)
        end = len(found) if query.limit is None else begin + query.limit
        page = Page(tuple(found[begin:end]), query.place(found[end - 1]) if end < len(found) else None)
        self.offsets[page.next] = end
        return page


class LooksAgain(Sorting):
    """Begins the next page behind what has become of the last record meanwhile, not behind where it was found."""

    def find(self, query, *, now):
        """A page, and the place where its last record is a moment later."""
        page = super().find(query, now=now)
        if page.next is None:
            return page
        breathe()
        key = Key(query.kind, page.items[-1].id)
        return Page(page.items, query.place(self.get([key]).get(key, page.items[-1])))


class StalePages(MemoryStorage):
    """Remembers answers for too long."""

    def __init__(self):
        super().__init__()
        self.remembered = {}

    def find(self, query, *, now):
        """What it gave the first time."""
        if (query, now) not in self.remembered:
            self.remembered[query, now] = super().find(query, now=now)
        return self.remembered[query, now]


class TrustsVersions(MemoryStorage):
    """Keeps what it has read for as long as the version is the same, even if the record was removed meanwhile."""

    def __init__(self):
        super().__init__()
        self.read = {}

    def get(self, keys):
        """What is there, as it was first read."""
        found = super().get(keys)
        return {key: self.read.setdefault((key, record.version), record) for key, record in found.items()}


class CountsAPage(Sorting):
    """Counts no further than a page."""

    def count(self, query, *, now):
        """How many there are, up to the limit."""
        return min(super().count(query, now=now), query.limit or 1_000)


class CountsWhatIsHidden(MemoryStorage):
    """Counts by the first part of a condition, and so what the other parts would hide."""

    def count(self, query, *, now):
        """How many there are of which the first part holds."""
        where = query.where.parts[0] if isinstance(query.where, All) and query.where.parts else query.where
        return super().count(attrs.evolve(query, where=where), now=now)


class TallyOfPages(MemoryStorage):
    """Tallies a page."""

    def tally(self, query, by, *, now):
        """The totals of a page."""
        items = self.find(query, now=now).items
        return Counter(value for record in items for value in members(field_reader(by)(record)))


class TallyForgetsNone(MemoryStorage):
    """Tallies by joining, and so loses what has no value."""

    def tally(self, query, by, *, now):
        """The totals of what has a value."""
        return {value: number for value, number in super().tally(query, by, now=now).items() if value is not None}


class TallyCountsTwice(MemoryStorage):
    """Tallies every row of a joined table."""

    def tally(self, query, by, *, now):
        """The totals, of repeated values repeatedly."""
        items = self.find(attrs.evolve(query, limit=None), now=now).items
        values = [field_reader(by)(record) for record in items]
        return Counter(
            it for value in values for it in (value if isinstance(value, tuple) and value else members(value))
        )


# Looking for words.


class Walking(MemoryStorage):
    """A storage that looks for words by a walk past all that is said, for those that do something to it."""

    def said(self):
        """The records that say something."""
        return [record for shelf in self._shelves.values() for record in shelf.records.values()]

    def _index_of_words(self):
        return SimpleNamespace(find=lambda words, _among: self._said(words))

    def _said(self, words):
        tickets = self._shelf(TICKETS).records.values()
        return {ticket.id for ticket in words.find(tickets, self.said())}


class IgnoresWords(MemoryStorage):
    """Has never heard of words, and gives whatever the condition holds of."""

    def _search(self, query, now):
        return super()._search(attrs.evolve(query, words=None), now)


class LooksAtTicketsAlone(Walking):
    """Looks at what tickets say themselves."""

    def said(self):
        """The tickets."""
        return self._shelf(TICKETS).records.values()


class ForgetsWhatWasMerged(Walking):
    """Looks only at what is written on the ticket itself."""

    def _said(self, words):
        tickets = (attrs.evolve(it, merged_from=()) for it in self._shelf(TICKETS).records.values())
        return {ticket.id for ticket in words.find(tickets, self.said())}


class AllInOnePlace(Walking):
    """Finds a ticket only if one record says all of it."""

    def _said(self, words):
        tickets = [*self._shelf(TICKETS).records.values()]
        return {ticket.id for record in self.said() for ticket in words.find(tickets, [record])}


class WordsInSmallLetters(Walking):
    """Makes the letters of what is said small, as its database does."""

    def _said(self, words):
        return {ticket.id for ticket in self.said() if all(term.text in small(ticket) for term in words.terms)}


def small(ticket):
    """The words of a ticket in small letters."""
    said = " ".join(re.findall(r"\w+", f"{ticket.subject} {ticket.description}".lower()))
    return f" {said} "


class LooksThroughEverything(MemoryStorage):
    """Looks through what agents alone see for everybody."""

    def _search(self, query, now):
        words = query.words and attrs.evolve(query.words, public=False)
        return super()._search(attrs.evolve(query, words=words), now)


class CountsThroughEverything(MemoryStorage):
    """Counts for customers by what agents alone see."""

    def count(self, query, *, now):
        """How many there are, be it by what is private."""
        words = query.words and attrs.evolve(query.words, public=False)
        return super().count(attrs.evolve(query, words=words), now=now)


class LeavesWords(Walking):
    """Adds what is said to its index, and never takes anything out."""

    def __init__(self):
        super().__init__()
        self.ever_said = []

    def apply(self, changes):
        """Puts down what is said once it is."""
        super().apply(changes)
        self.ever_said += (put.record for put in changes.puts)

    def said(self):
        """Whatever was ever said."""
        return self.ever_said


class IndexesFirst(Walking):
    """Puts words into its index before it looks at versions."""

    def __init__(self):
        super().__init__()
        self.heard = {}

    def apply(self, changes):
        """Puts down what is said, and then sees whether it is."""
        self.heard |= {(put.kind.name, put.record.id): put.record for put in changes.puts}
        super().apply(changes)

    def said(self):
        """The last that was to be said by each."""
        return self.heard.values()


class ByRank(Sorting):
    """Gives what was found by words in an order of its own."""

    def find(self, query, *, now):
        """The records, those with the longest subject and the lowest id first."""
        if query.words is None:
            return super().find(query, now=now)
        ranked = sorted(self.all_of(query, now), key=lambda it: it.id)
        return query.page(query.behind(ranked))


class CutsTexts(Walking):
    """Puts only the beginning of a text into its index."""

    def said(self):
        """What is said at the beginning."""
        for record in super().said():
            yield (
                attrs.evolve(record, description=record.description[:1_000])
                if hasattr(record, "description")
                else record
            )


# Writing.


class ForgetsRemovals(MemoryStorage):
    """Removes nothing where it also writes."""

    def apply(self, changes):
        """Makes the puts, or else the removals."""
        super().apply(attrs.evolve(changes, removals=() if changes.puts else changes.removals))


class LosesUpdates(MemoryStorage):
    """Writes whatever the version."""

    def _compare(self, changes):
        super()._compare(attrs.evolve(changes, puts=[put for put in changes.puts if put.expected is None]))


class RemovesAnyVersion(MemoryStorage):
    """Removes whatever the version, and what is not there."""

    def _compare(self, changes):
        super()._compare(attrs.evolve(changes, removals=()))

    def _write(self, changes):
        there = [it for it in changes.removals if self._record(*it.key)]
        super()._write(attrs.evolve(changes, removals=there))


class IgnoresReadings(MemoryStorage):
    """Does not care what changes rest on."""

    def _compare(self, changes):
        super()._compare(attrs.evolve(changes, readings=()))


class NamesNothing(MemoryStorage):
    """Says that something was stale, but not what."""

    def _compare(self, changes):
        try:
            super()._compare(changes)
        except StaleRecord as stale:
            raise StaleRecord(stale.kind, "?", stale.expected) from None


class ForgetsToRollBack(MemoryStorage):
    """Compares versions after it has written."""

    def apply(self, changes):
        """Writes first."""
        for put in changes.puts:
            if put.expected is None and self._record(put.kind, put.record.id) is None:
                self._shelf(put.kind).put(put.record)
        self._compare(attrs.evolve(changes, puts=[put for put in changes.puts if put.expected is not None]))
        self._write(changes)


class AppliesHalf(MemoryStorage):
    """Stops where a record cannot be written, and leaves the others."""

    def _write(self, changes):
        for put in changes.puts:
            self._shelf(put.kind).put(put.record)
        super()._write(attrs.evolve(changes, puts=()))


class ShowsHalf(MemoryStorage):
    """Writes record by record, and lets others read in between."""

    def apply(self, changes):
        """Writes one record after the other."""
        with self._alone:
            self._compare(changes)
        for put in changes.puts:
            self._write(Changes([put]))
            breathe()
        self._write(attrs.evolve(changes, puts=()))


class ReadsOneByOne(MemoryStorage):
    """Gets each record in a transaction of its own."""

    def get(self, keys):
        """What is there when each key has its turn."""
        found = {}
        for key in keys:
            found |= super().get([key])
            breathe()
        return found


class ComparesWhatItRead(MemoryStorage):
    """Compares versions with those that the session has read."""

    def session(self, codec=None):
        """A new session."""
        del codec
        return RememberingSession(self)


class RememberingSession(MemorySession):
    """A session that trusts what it read."""

    def __init__(self, storage):
        super().__init__(storage)
        self.read = {}

    def get(self, keys):
        """What is there, which is remembered."""
        found = super().get(keys)
        self.read |= found
        return found

    def apply(self, changes):
        """Writes over what was read."""
        puts = [
            attrs.evolve(put, expected=self._storage._record(put.kind, put.record.id).version)
            if Key(put.kind, put.record.id) in self.read and put.expected == self.read[put.kind, put.record.id].version
            else put
            for put in changes.puts
        ]
        super().apply(attrs.evolve(changes, puts=puts))


# Sessions and storages.


class LeavesATrace(MemoryStorage):
    """Makes a row for what it locks, and leaves it there."""

    def get(self, keys):
        """What is there, once something is."""
        for key in keys:
            if key.kind is STAMPS and self._record(*key) is None:
                self._shelf(STAMPS).put(Stamp(key.id))
        return super().get(keys)


class NeverEnds(MemoryStorage):
    """Lets a session go on when it has applied, or was left."""

    def session(self, codec=None):
        """A new session."""
        del codec
        return EndlessSession(self)


class EndlessSession(MemorySession):
    """A session that does not check whether it is over."""

    def _check(self):
        pass


class CommitsWhenLeft(MemoryStorage):
    """Makes changes only when a session is left in peace."""

    @contextmanager
    def session(self, codec=None):
        """A new session."""
        del codec
        with MemorySession(self) as session:
            waiting = []
            session.apply = waiting.append
            yield session
            for changes in waiting:
                MemorySession.apply(session, changes)


class KeepsLocksAfterErrors(MemoryStorage):
    """Gives locks back only at a good end."""

    def session(self, codec=None):
        """A new session."""
        del codec
        return LockingSession(self)


class LockingSession(MemorySession):
    """A session that keeps its lock when it fails."""

    def __exit__(self, kind, error, trace):
        super().__exit__(kind, error, trace) if error is None else None


class LosesRaces(MemoryStorage):
    """Compares, and writes a little later."""

    def apply(self, changes):
        """Compares, waits and writes."""
        self._compare(changes)
        breathe(0.0005)
        self._write(changes)


class LosesTheLast(MemoryStorage):
    """Has not written the last changes when it is closed."""

    def __init__(self, kept, tenant=""):
        super().__init__()
        self._shelves = kept.setdefault(tenant, {})
        self._last = None

    def apply(self, changes):
        """Makes the changes before."""
        super().apply(changes)
        self._last = changes

    def close(self):
        """Loses the last changes."""
        for put in self._last.puts if self._last else ():
            self._shelf(put.kind).remove(put.record.id)


class TenantsShare(MemoryStorage):
    """Keeps all tenants in one place."""

    def __init__(self, kept, tenant=""):
        super().__init__()
        del tenant
        self._shelves = kept


class BareErrors(MemoryStorage):
    """Lets errors of its store through."""

    def __init__(self, disk):
        super().__init__()
        self.disk = disk

    def get(self, keys):
        """What is there, while anything is."""
        if self.disk:
            raise OSError(*self.disk)
        return super().get(keys)


class TotalsDrift(MemoryStorage):
    """Keeps its own total of tickets, and forgets that some were removed and put again."""

    def __init__(self):
        super().__init__()
        self.total = 0

    def apply(self, changes):
        """Makes the changes, and counts."""
        super().apply(changes)
        self.total += sum(put.expected is None and put.kind is TICKETS for put in changes.puts)
        self.total -= sum(it.key.kind is TICKETS and it.expected == 1 for it in changes.removals)

    def count(self, query, *, now):
        """Its own total, where all tickets are counted."""
        return self.total if query == Query(TICKETS) else super().count(query, now=now)


class DropsAnEvent(MemoryStorage):
    """Loses the second of two events that come at once."""

    def apply(self, changes):
        """Makes the changes, but for an event."""
        events = [put for put in changes.puts if isinstance(put.record, Event)]
        super().apply(attrs.evolve(changes, puts=[put for put in changes.puts if put not in events[1:2]]))


class TurnsPassAnyway(MemoryStorage):
    """Writes rotations past the transaction."""

    def apply(self, changes):
        """Makes the changes, rotations first."""
        for put in changes.puts:
            if put.kind is ROTATIONS:
                self._shelf(ROTATIONS).put(put.record)
        super().apply(attrs.evolve(changes, puts=[put for put in changes.puts if put.kind is not ROTATIONS]))


class ForgetsTurns(MemoryStorage):
    """Keeps no rotations."""

    def apply(self, changes):
        """Makes the changes, but for rotations."""
        super().apply(attrs.evolve(changes, puts=[put for put in changes.puts if put.kind is not ROTATIONS]))
