"""What tables remember of the values that they have met."""

from ticketcore.conditions.matching.table import REMEMBERED_LENGTH, Remembered, remembering

LONG = "A" * (REMEMBERED_LENGTH + 1)


def test_what_comes_again_is_compared_once():
    """The form in which a value is compared is made when it is first met."""
    made = []
    forms = Remembered(lambda text: made.append(text) or text.lower())

    assert [forms["Billing"], forms["Billing"], forms[None]] == ["billing", "billing", None]
    assert made == ["Billing"]


def test_long_texts_are_not_kept():
    """The texts of messages come once and are long: a matcher that kept them would fill the memory with mail."""
    forms = Remembered(str.lower)
    known, find = remembering(len)

    assert (forms[LONG], find(LONG)) == (LONG.lower(), len(LONG))
    assert (LONG in forms, LONG in known) == (False, False)
