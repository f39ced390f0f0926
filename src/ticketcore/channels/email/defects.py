"""What is wrong with a mail, collected while it is read: a mail with defects is still a mail."""


class Defects:
    """
    Sentences about what was wrong and how it was read nevertheless.

    Args:
        at_most: How many are kept; the rest is counted.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._sentences: dict[str, None] = {}
        self._left_out = 0

    def add(self, sentence: str) -> None:
        """Keeps a sentence, once."""
        if len(self._sentences) < self._at_most or sentence in self._sentences:
            self._sentences[sentence] = None
        else:
            self._left_out += 1

    @property
    def sentences(self) -> list[str]:
        """All that was kept, in order, and how much was not."""
        rest = [f"There were {self._left_out} more defects."] if self._left_out else []
        return [*self._sentences, *rest]
