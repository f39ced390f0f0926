"""What the groups of laws of storages have in common: the storage that is tested, fresh for each law."""

from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from ticketcore.conformance.laws import Laws
from ticketcore.conformance.trial import Adapt, Opener, Trial, opened


class LawsOfStorage(Laws):
    """A group of laws of storages."""

    adapt: ClassVar[Callable[..., Adapt]] = staticmethod(lambda: opened)
    """What makes a synchronous storage of what the opener opens."""

    @pytest.fixture
    def trial(self, opener: Opener) -> Iterator[Trial]:
        """The storage that is tested, empty."""
        trial = Trial(opener, self.adapt())
        try:
            yield trial
        finally:
            trial.close()
