"""
Laws: tests that each show one sentence of the contract, and the class that those who write adapters inherit them from.

A law is a method that `law` has marked. Which laws are asked of an adapter, and which it is known to break, the class
that inherits them says; it cannot take one away, or replace it, without somebody noticing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from typing import Any, ClassVar, Final, NoReturn, TypeVar

import attrs
import pytest

from ticketcore.conformance.contract import SENTENCES, Sentence
from ticketcore.errors import Fault, InvalidInput, listed, shown
from ticketcore.storage.protocols import CONTRACT_VERSION

F = TypeVar("F", bound=Callable[..., Any])

_MARK: Final = "ticketcore_law"


class Capability(Enum):
    """What not every storage can do. An adapter declares what it can; laws that need something else are skipped."""

    REOPENING = "what was stored is there when the opener is called again"
    THREADS = "sessions are opened from several threads at once"
    PROCESSES = "several processes open it at once; the opener can be pickled"
    TENANTS = "the opener takes a `tenant`, and gives each its own storage"
    WORD_SEARCH = "queries with `words` are answered"
    BREAKING = "`break_store` makes the store unusable"


@attrs.frozen
class Law:
    """
    What a test shows.

    Args:
        sentence: The sentence of the contract.
        needs: What an adapter must be capable of to be asked.
    """

    sentence: Sentence
    needs: frozenset[Capability] = frozenset()

    @property
    def id(self) -> str:
        """The name of its sentence."""
        return self.sentence.id


def law(id: str, *needs: Capability) -> Callable[[F], F]:
    """
    Marks a method as the law of a sentence, which its docstring quotes.

    Args:
        id: The sentence's name.
        needs: What an adapter must be capable of to be asked.
    """

    def marked(method: F) -> F:
        setattr(method, _MARK, Law(SENTENCES[id], frozenset(needs)))
        return method

    return marked


def law_of(method: object) -> Law | None:
    """The law that a method shows; None if it is any other test."""
    return getattr(method, _MARK, None)


def _no_opener() -> NoReturn:
    raise InvalidInput("opener", [Fault("", "a fixture `opener` in the test class", "none")])


class Laws:
    """
    What all classes of laws have in common.

    Inherit one of them, say what your adapter is capable of, and give a fixture `opener`.
    """

    capabilities: ClassVar[Collection[Capability]]
    """What the adapter can do, of what not every one can; said in every class, be it nothing."""

    deviations: ClassVar[Mapping[str, str]] = {}
    """Laws that the adapter is known to break, each with the reason. One that it keeps after all fails."""

    examples: ClassVar[int] = 20
    """How many examples each property is tried with; state machines run half as often."""

    contract_version: ClassVar[str] = CONTRACT_VERSION

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if faults := [*_faults(cls)]:
            raise InvalidInput(cls.__name__, faults)

    @classmethod
    def laws(cls) -> Mapping[str, Law]:
        """All laws of the class by the names of their methods."""
        return {name: shown_by for name, (_, shown_by) in _inherited(cls).items()}

    @pytest.fixture
    def opener(self) -> Callable[..., Any]:
        """Opens what is tested; a class that inherits the laws gives its own."""
        return _no_opener

    @pytest.fixture(autouse=True)
    def _asked(self, request: pytest.FixtureRequest) -> None:
        """Skips what the adapter is not capable of, and expects what it is known to break."""
        asked = law_of(request.function)
        if asked is None:
            return
        declared = getattr(self, "capabilities", None)
        if declared is None:
            expected = "`capabilities` in the test class: what the adapter can do, be it nothing"
            raise InvalidInput(type(self).__name__, [Fault("capabilities", expected, "none")])
        if lacking := asked.needs - {*declared}:
            pytest.skip(f"{asked.id} needs {_names(lacking)}; declared: {_names(declared)}")
        if asked.id in self.deviations:
            reason = f"{asked.id}: {self.deviations[asked.id]}"
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


def _inherited(cls: type[Laws]) -> Mapping[str, tuple[object, Law]]:
    """The laws of a class and of those it inherits from, each with its method, by the method's name."""
    found = {
        name: (method, shown_by)
        for base in cls.__mro__
        for name, method in vars(base).items()
        if (shown_by := law_of(method)) is not None
    }
    order = [*SENTENCES]
    return dict(sorted(found.items(), key=lambda it: order.index(it[1][1].id)))


def _faults(cls: type[Laws]) -> Iterator[Fault]:
    """What is wrong with a class that inherits laws."""
    inherited = _inherited(cls)
    for name, (method, shown_by) in inherited.items():
        if getattr(cls, name) is not method:
            expected = f"{shown_by.id} as the kit has it; what the adapter breaks goes into `deviations`"
            yield Fault(name, expected, "another definition")
    for capability in getattr(cls, "capabilities", ()):
        if not isinstance(capability, Capability):
            yield Fault("capabilities", listed(Capability), shown(capability))
    ids = [shown_by.id for _, shown_by in inherited.values()]
    for id, reason in cls.deviations.items():
        if id not in ids:
            yield Fault("deviations", f"the name of a law: {listed(ids)}", shown(id))
        elif not reason.strip():
            yield Fault(f"deviations[{id!r}]", "the reason", shown(reason))


def _names(capabilities: Collection[Capability]) -> str:
    return ", ".join(sorted(it.name for it in capabilities)) or "nothing"
