from ticketcore.channels.email.defects import Defects


def test_defects_are_told_once_and_in_order():
    """What is wrong in many places is one sentence."""
    defects = Defects(at_most=2)
    for sentence in ("One.", "Two.", "One."):
        defects.add(sentence)

    assert defects.sentences == ["One.", "Two."]


def test_what_is_too_much_is_counted():
    """The number of sentences has a limit, and says when it was reached."""
    defects = Defects(at_most=1)
    for sentence in ("One.", "Two.", "Three.", "One."):
        defects.add(sentence)

    assert defects.sentences == ["One.", "There were 2 more defects."]
