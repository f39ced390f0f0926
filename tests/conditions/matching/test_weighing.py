import pytest

from ticketcore.conditions import EventF, F, ago
from ticketcore.conditions.matching.parts import Parts, literals_in
from ticketcore.conditions.matching.weighing import Weights

LANGUAGES = [F.language == language for language in ("en", "de", "el", "sl")]


def in_order(condition, *others):
    """The parts of a condition in the order in which they are asked among other conditions."""
    parts = Parts()
    whole = [parts.of(it) for it in (condition, *others)]
    weights = Weights([literal for part in whole for literal in literals_in(part)])
    return [str(it.literal.condition) for it in weights.in_order(whole[0])]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (F.type == "x", F.subject.contains("invoice")),
        (F.language == "en", F.language != "en"),
        (F.source == "email", F.tags.has("vip")),
        (F.description.contains("invoice"), F.requester.groups.has("vip")),
        (F.answers > 1, F.created_at < ago(days=1)),
        (F.created_at < ago(days=1), EventF.created_at.in_business_hours("office")),
        (F.subject.like("*x*"), EventF.queue_length > 3),
    ],
    ids=str,
)
def test_what_settles_most_for_its_time_is_asked_first(first, second):
    """What is quick and seldom holds comes before what is slow or often holds; what may have to be loaded is last."""
    assert in_order(second & first, *LANGUAGES) == [str(first), str(second)]
    assert in_order(first & second, *LANGUAGES) == [str(first), str(second)]


def test_alternatives_begin_with_what_mostly_holds():
    """Where one is enough, that comes first which will probably do."""
    assert in_order((F.language == "en") | (F.language != "de"), *LANGUAGES)[0] == str(F.language != "de")


def test_thresholds_tell_how_likely_they_are_passed():
    """Of two thresholds of one number, the higher one is passed more seldom, and asked first."""
    others = [F.answers < number for number in range(1, 9)]

    assert in_order((F.answers > 1) & (F.answers > 8), *others)[0] == str(F.answers > 8)
    assert in_order((F.answers < 1) & (F.answers < 8), *others)[0] == str(F.answers < 1)
