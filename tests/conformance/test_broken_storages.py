"""The kit is proved: each of its laws finds out a storage that is broken in the way that the law forbids."""

import inspect
from functools import partial

import pytest
from hypothesis import Phase

from tests.conformance import broken_blobs
from tests.conformance.broken_storages import (
    AllInOnePlace,
    AlwaysMore,
    AnyCursor,
    AppliesHalf,
    BareErrors,
    ByRank,
    CommitsWhenLeft,
    ComparesWhatItRead,
    CountsAPage,
    CountsPages,
    CountsThroughEverything,
    CountsWhatIsHidden,
    CutsTexts,
    DropsAField,
    DropsAnEvent,
    EmptyIsMissing,
    FewKeys,
    ForgetsLocks,
    ForgetsRemovals,
    ForgetsToRollBack,
    ForgetsTurns,
    ForgetsUnknownKinds,
    ForgetsWhatWasMerged,
    IgnoresCaseOfIds,
    IgnoresReadings,
    IgnoresWords,
    IndexesFirst,
    KeepsLocksAfterErrors,
    KindsByIdentity,
    LeavesATrace,
    LeavesWords,
    LiveAnswers,
    LocksAnew,
    LocksInAnyOrder,
    LocksInBuckets,
    LocksOnlyWhatIsThere,
    LooksAgain,
    LooksAtTicketsAlone,
    LooksThroughEverything,
    LosesMicroseconds,
    LosesOtherRoots,
    LosesRaces,
    LosesTheLast,
    LosesUpdates,
    MissingFirst,
    NaiveTimes,
    NamesNothing,
    NeverEnds,
    NormalisesText,
    NoViewer,
    OffByOne,
    OneKindAtATime,
    OwnClock,
    ReadsBeforeItLocks,
    ReadsOneByOne,
    RefusesOddIds,
    RemovesAnyVersion,
    ShowsHalf,
    SmallLetters,
    StaleNames,
    StalePages,
    StartsAnywhere,
    TallyCountsTwice,
    TallyForgetsNone,
    TallyOfPages,
    TenantsShare,
    TotalsDrift,
    TrimsText,
    TrustsVersions,
    TurnsPassAnyway,
    TwoOfAnId,
    UnstableOrder,
    WordsInSmallLetters,
)
from ticketcore.conformance import BlobStoreLaws, Capability, StorageLaws, at_once, expecting
from ticketcore.conformance.blob_laws import BlobTrial, blobs_opened
from ticketcore.conformance.trial import Trial
from ticketcore.errors import StorageError
from ticketcore.storage.memory import MemoryBlobs, MemoryStorage

KILLS = [
    ("RECORD-1", TwoOfAnId),
    ("RECORD-2", DropsAField),
    ("RECORD-3", TrimsText),
    ("RECORD-3", NormalisesText),
    ("RECORD-3", EmptyIsMissing),
    ("RECORD-4", NaiveTimes),
    ("RECORD-4", LosesMicroseconds),
    ("RECORD-5", LiveAnswers),
    ("RECORD-6", IgnoresCaseOfIds),
    ("RECORD-7", KindsByIdentity),
    ("RECORD-8", ForgetsUnknownKinds),
    ("GET-1", OneKindAtATime),
    ("GET-2", FewKeys),
    ("GET-3", RefusesOddIds),
    ("LOCK-1", ForgetsLocks),
    ("LOCK-1", LocksAnew),
    ("LOCK-2", LocksOnlyWhatIsThere),
    ("LOCK-3", ReadsBeforeItLocks),
    ("LOCK-4", LocksInBuckets),
    ("LOCK-4", LocksInAnyOrder),
    ("LOCK-5", MemoryStorage),
    ("FIND-1", StartsAnywhere),
    ("FIND-2", LosesOtherRoots),
    ("FIND-3", SmallLetters),
    ("FIND-4", StaleNames),
    ("FIND-5", OwnClock),
    ("FIND-5", NoViewer),
    ("FIND-6", UnstableOrder),
    ("FIND-6", MissingFirst),
    ("FIND-7", AlwaysMore),
    ("FIND-8", OffByOne),
    ("FIND-9", AnyCursor),
    ("FIND-10", CountsPages),
    ("FIND-10", LooksAgain),
    ("COUNT-1", CountsAPage),
    ("COUNT-1", CountsWhatIsHidden),
    ("TALLY-1", TallyOfPages),
    ("TALLY-2", TallyForgetsNone),
    ("TALLY-2", TallyCountsTwice),
    ("SEARCH-1", IgnoresWords),
    ("SEARCH-2", LooksAtTicketsAlone),
    ("SEARCH-2", ForgetsWhatWasMerged),
    ("SEARCH-2", AllInOnePlace),
    ("SEARCH-3", WordsInSmallLetters),
    ("SEARCH-4", LooksThroughEverything),
    ("SEARCH-4", CountsThroughEverything),
    ("SEARCH-5", LeavesWords),
    ("SEARCH-6", IndexesFirst),
    ("SEARCH-7", ByRank),
    ("SEARCH-8", CutsTexts),
    ("APPLY-1", ForgetsRemovals),
    ("APPLY-2", LosesUpdates),
    ("APPLY-3", TwoOfAnId),
    ("APPLY-4", RemovesAnyVersion),
    ("APPLY-5", IgnoresReadings),
    ("APPLY-6", NamesNothing),
    ("APPLY-7", ForgetsToRollBack),
    ("APPLY-8", AppliesHalf),
    ("APPLY-9", ShowsHalf),
    ("APPLY-9", ReadsOneByOne),
    ("APPLY-10", ComparesWhatItRead),
    ("SESSION-1", LeavesATrace),
    ("SESSION-2", NeverEnds),
    ("SESSION-3", CommitsWhenLeft),
    ("SESSION-4", StalePages),
    ("SESSION-4", TrustsVersions),
    ("SESSION-5", KeepsLocksAfterErrors),
    ("STORAGE-1", LosesRaces),
    ("STORAGE-2", LosesTheLast),
    ("STORAGE-3", MemoryStorage),
    ("STORAGE-4", BareErrors),
    ("STORAGE-5", TenantsShare),
    ("STORAGE-6", TotalsDrift),
    ("STORAGE-7", DropsAnEvent),
    ("STORAGE-8", TurnsPassAnyway),
    ("STORAGE-9", ForgetsTurns),
]
KILLS_OF_BLOBS = [
    ("BLOB-1", broken_blobs.TextMode),
    ("BLOB-2", broken_blobs.KeepsTheFirstTime),
    ("BLOB-3", broken_blobs.EmptyIfUnknown),
    ("BLOB-4", MemoryBlobs),
    ("BLOB-5", broken_blobs.ListsTheLimitToo),
    ("BLOB-6", broken_blobs.RemovesAnything),
    ("BLOB-7", broken_blobs.LooksAndRemoves),
]
WAITED_FOR = {"LOCK-1", "LOCK-4", "SESSION-5"}
"""Laws that broken storages break by waiting for ever."""

KEPT_BETWEEN_OPENINGS = {LosesTheLast: dict, TenantsShare: dict, BareErrors: list}
"""What storages are given that outlive being closed."""


class EveryLaw(StorageLaws):
    """All laws, whatever they need."""

    capabilities = {*Capability}
    examples = 40

    def break_store(self, opener):
        """Sets the disk on fire."""
        (disk,) = opener.args
        disk.append("on fire")


class EveryLawOfBlobs(BlobStoreLaws):
    """All laws of blob stores."""

    capabilities = {*Capability}


def ask(laws, id, **arguments):
    """Asks one law."""
    (name,) = (name for name, law in laws.laws().items() if law.id == id)
    law = getattr(laws(), name)
    law(**{it: arguments[it] for it in inspect.signature(law).parameters})


@pytest.fixture
def impatient(monkeypatch, id):
    """Nobody looks for the simplest example, and whoever waits for ever is found out soon."""
    monkeypatch.setattr(expecting, "PHASES", (Phase.generate,))
    if id in WAITED_FOR:
        monkeypatch.setattr(at_once, "PATIENCE", 1)


@pytest.mark.parametrize(("id", "broken"), KILLS, ids=lambda it: getattr(it, "__name__", it))
def test_broken_storage_is_found_out(impatient, id, broken):
    """The law of what a storage is broken in finds it out."""
    outlives = KEPT_BETWEEN_OPENINGS.get(broken)
    opener = broken if outlives is None else partial(broken, outlives())

    with pytest.raises((AssertionError, StorageError)):
        ask(EveryLaw, id, trial=Trial(opener), opener=opener)


@pytest.mark.parametrize(("id", "broken"), KILLS_OF_BLOBS, ids=lambda it: getattr(it, "__name__", it))
def test_broken_blob_store_is_found_out(id, broken):
    """The law of what a blob store is broken in finds it out."""
    with pytest.raises(AssertionError):
        ask(EveryLawOfBlobs, id, trial=BlobTrial(broken, blobs_opened))


def test_every_law_finds_something_out():
    """There is no law that no broken storage breaks."""
    found_out = {id for id, _ in (*KILLS, *KILLS_OF_BLOBS)}

    assert {law.id for laws in (StorageLaws, BlobStoreLaws) for law in laws.laws().values()} == found_out
