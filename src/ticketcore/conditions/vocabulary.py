"""
Vocabularies: the fields of one scope by their names, for conditions that come from outside as JSON.

A vocabulary is a value. A host that has fields of its own gives a larger one; nothing is registered anywhere.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Generic, TypeVar

import attrs

from ticketcore.conditions.catalogue import AgentF, CompanyF, ContactF, DepartmentF, EntryF, EventF, F
from ticketcore.conditions.comparisons import Field
from ticketcore.conditions.errors import ConditionError, wrong
from ticketcore.conditions.facts import (
    AgentFacts,
    CompanyFacts,
    ContactFacts,
    DepartmentFacts,
    EntryFacts,
    EventFacts,
    Facts,
    TicketFacts,
)
from ticketcore.conditions.making import CustomFields
from ticketcore.conditions.operators import OF_EVENTS, Operator
from ticketcore.errors import Fault, listed, shown
from ticketcore.model.mapping import FrozenMap
from ticketcore.model.values import FrozenValue

S = TypeVar("S", bound=Facts[Any])


@attrs.frozen
class Vocabulary(FrozenValue, Generic[S]):
    """
    What can be asked of one scope.

    Args:
        scope: Its name.
        facts: The class of facts that its conditions are asked of.
        fields: The fields by their names.
        custom: The custom fields, whose names only the host knows.
    """

    scope: str
    facts: type[S]
    fields: FrozenMap[str, Field[S]]
    custom: tuple[CustomFields[S], ...] = ()

    @classmethod
    def of(cls, scope: str, facts: type[S], namespace: object) -> "Vocabulary[S]":
        """
        The vocabulary of all fields that hang on an object, such as `F`.

        Args:
            scope: Its name.
            facts: The class of facts that its conditions are asked of.
            namespace: What they hang on, directly or further down.
        """
        found = list(_found(namespace))
        fields = {it.name: it for it in found if isinstance(it, Field)}
        return cls(scope, facts, FrozenMap(fields), tuple(it for it in found if isinstance(it, CustomFields)))

    def field(self, name: str) -> Field[S]:
        """
        The field of a name.

        Raises:
            ConditionError: There is none; the error names those that are written alike.
        """
        if (field := self.find(name)) is None:
            raise ConditionError("condition", [self.unknown(name)])
        return field

    def find(self, name: str) -> Field[S] | None:
        """The field of a name, or None."""
        if name in self.fields:
            return self.fields[name]
        found = (custom.field(name) for custom in self.custom)
        return next((field for field in found if field is not None), None)

    def operators(self, field: Field[S]) -> frozenset[Operator]:
        """What a field can be asked in this scope; some of it only where something has happened."""
        return field.operators if self.scope == _EVENT else field.operators - OF_EVENTS

    def unknown(self, name: object, path: str = "") -> Fault:
        """The fault of naming a field that there is not."""
        alike = get_close_matches(name, self.fields, n=3) if isinstance(name, str) else []
        hint = f", such as {listed(alike)}" if alike else ""
        return Fault(path, f"a field of the scope {self.scope}{hint}", shown(name))

    def with_fields(self, *fields: Field[S]) -> "Vocabulary[S]":
        """
        This vocabulary with some more fields.

        Raises:
            ConditionError: A name is taken, or a field is of another scope.
        """
        if strange := [field.name for field in fields if field.scope not in _SCOPES.get(self.scope, (self.scope,))]:
            raise wrong("vocabulary", f"fields of the scope {self.scope}", ", ".join(strange))
        if taken := [field.name for field in fields if self.find(field.name) is not None]:
            raise wrong("vocabulary", "names that are not taken", ", ".join(taken))
        return attrs.evolve(self, fields=self.fields.with_items({field.name: field for field in fields}))


_EVENT: Final = "event"
_SCOPES: Final = {_EVENT: (_EVENT, "ticket")}
"""Whose fields a scope may have, where not only its own."""


def _found(namespace: object) -> Iterator[Field[Any] | CustomFields[Any]]:
    for value in vars(namespace).values():
        if isinstance(value, (Field, CustomFields)):
            yield value
        else:
            yield from _found(value)


TICKET_VOCABULARY: Final = Vocabulary[TicketFacts].of("ticket", TicketFacts, F)
EVENT_VOCABULARY: Final = Vocabulary[EventFacts].of("event", EventFacts, EventF)
ENTRY_VOCABULARY: Final = Vocabulary[EntryFacts].of("entry", EntryFacts, EntryF)
CONTACT_VOCABULARY: Final = Vocabulary[ContactFacts].of("contact", ContactFacts, ContactF)
COMPANY_VOCABULARY: Final = Vocabulary[CompanyFacts].of("company", CompanyFacts, CompanyF)
AGENT_VOCABULARY: Final = Vocabulary[AgentFacts].of("agent", AgentFacts, AgentF)
DEPARTMENT_VOCABULARY: Final = Vocabulary[DepartmentFacts].of("department", DepartmentFacts, DepartmentF)

VOCABULARIES: Final[Mapping[str, Vocabulary[Any]]] = FrozenMap(
    {
        vocabulary.scope: vocabulary
        for vocabulary in (
            TICKET_VOCABULARY,
            EVENT_VOCABULARY,
            ENTRY_VOCABULARY,
            CONTACT_VOCABULARY,
            COMPANY_VOCABULARY,
            AGENT_VOCABULARY,
            DEPARTMENT_VOCABULARY,
        )
    }
)
"""The library's own vocabularies by their scopes."""
