"""
Shapes: what of each kind of records is kept in columns, derived from what can be asked.

The fields of a kind's conditions, and those of its indexes, are columns. Of kinds that have no fields of their own, all
values are found in a column of facts (see `ticketcore.storage.sql.facts`); so are those of kinds that the library has
never heard of, which share one table.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final

import attrs

from ticketcore.conditions import VOCABULARIES, Field
from ticketcore.conditions.fields import SetField
from ticketcore.conditions.reading import ASSIGNEE, COMPANY, DEPARTMENT, LAST_MESSAGE, RECORD, REQUESTER, Read, Reader
from ticketcore.conditions.values import TEXT
from ticketcore.model.keys import NaturalKey
from ticketcore.model.kinds import AGENTS, COMPANIES, CONTACTS, DEPARTMENTS, ENTRIES, TICKETS, Kind
from ticketcore.serialization.tables import NATURAL_KEYS, RECORDS
from ticketcore.storage.sql.leaves import (
    Form,
    Leaf,
    annotation_of,
    bare,
    form_of_type,
    form_of_values,
    has_attribute,
    is_optional,
)

UNIONS: Final[Mapping[str, tuple[str, ...]]] = {"parties": ("requesters", "followers")}
"""Fields with several values that hold exactly those of others: these are kept once."""


LINKS: Final[Mapping[str, tuple[str, Kind[Any]]]] = {
    REQUESTER.name: ("requester", CONTACTS),
    COMPANY.name: ("company", COMPANIES),
    ASSIGNEE.name: ("assignee", AGENTS),
    DEPARTMENT.name: ("department", DEPARTMENTS),
    LAST_MESSAGE.name: ("last_message", ENTRIES),
}
"""By the origins of a ticket's fields: the attribute that leads there, and to what."""


@attrs.frozen(eq=False)
class Shape:
    """
    How the records of a kind are kept.

    Args:
        name: The kind's name.
        classes: The classes of its records; none of a kind that the library has never heard of.
        leaves: The columns by attribute.
        sets: The attributes that hold several values, each with whether these are texts.
        indexes: The columns of each index.
        is_open: Whether there is a column of facts, in which everything else is found.
        has_custom: Whether records have custom fields.
    """

    name: str
    classes: Sequence[type] = ()
    leaves: Mapping[str, Leaf] = attrs.field(factory=dict)
    sets: Mapping[str, bool] = attrs.field(factory=dict)
    indexes: Sequence[tuple[str, ...]] = ()
    is_open: bool = True
    has_custom: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it has a table of its own."""
        return bool(self.classes)

    def has(self, attribute: str) -> bool:
        """Whether records of any of its classes have an attribute."""
        return any(has_attribute(it, attribute) for it in self.classes)


UNKNOWN: Final = Shape("record")
"""The shape of all kinds that the library has never heard of."""


@cache
def known_shapes() -> Mapping[str, Shape]:
    """The shapes of the library's kinds by their names."""
    kinds = {**RECORDS, **dict.fromkeys(NATURAL_KEYS, (NaturalKey,))}
    return {kind.name: _shape(kind, classes) for kind, classes in kinds.items()}


def shape_of(kind: Kind[Any]) -> Shape:
    """The shape of a kind."""
    return known_shapes().get(kind.name, UNKNOWN)


def is_attribute(read: Read) -> bool:
    """Whether a field's value is an attribute, and not worked out in some other way."""
    return isinstance(read, attrgetter | Reader)


def _shape(kind: Kind[Any], classes: Sequence[type]) -> Shape:
    vocabulary = VOCABULARIES.get(kind.name)
    fields = [*_stored(vocabulary.fields.values())] if vocabulary else []
    sets = {field.attribute: field.values is TEXT for field in fields if isinstance(field, SetField)}
    leaves = {
        field.attribute: _leaf(classes, field.attribute, form_of_values(field.values))
        for field in fields
        if not isinstance(field, SetField) and field.attribute not in _OWN
    }
    for attribute in (*_indexed(kind), *_links(kind)):
        if attribute not in leaves and attribute not in sets and attribute not in _OWN:
            leaves[attribute] = _leaf(classes, attribute, _form_by_type(classes, attribute))
    return Shape(
        name=kind.name,
        classes=classes,
        leaves=leaves,
        sets={name: is_text for name, is_text in sets.items() if name not in UNIONS},
        indexes=[*_indexes(kind, leaves)],
        is_open=vocabulary is None,
        has_custom=any(it.origin is RECORD for it in vocabulary.custom) if vocabulary else False,
    )


_OWN: Final = frozenset({"id", "version"})
"""What every table has."""


def _stored(fields: Any) -> Iterator[Field[Any]]:  # noqa: ANN401 - fields of any scope
    return (field for field in fields if field.origin is RECORD and is_attribute(field.read))


def _leaf(classes: Sequence[type], attribute: str, form: Form) -> Leaf:
    annotations = [annotation_of(it, attribute) for it in classes]
    is_always_there = "." not in attribute and not any(it is None or is_optional(it) for it in annotations)
    return Leaf(attribute, form, is_always_there)


def _form_by_type(classes: Sequence[type], attribute: str) -> Form:
    forms = (form_of_type(bare(annotation_of(it, attribute))) for it in classes)
    return next(form for form in forms if form is not None)


def _indexed(kind: Kind[Any]) -> Iterator[str]:
    for index in kind.indexes:
        yield from (*index.equal, index.order)


def _links(kind: Kind[Any]) -> Iterator[str]:
    if kind is TICKETS:
        yield from (attribute for attribute, _ in LINKS.values())


def _indexes(kind: Kind[Any], leaves: Mapping[str, Leaf]) -> Iterator[tuple[str, ...]]:
    """The indexes by their columns. What is kept apart by several values has the index of the table of members."""
    for index in kind.indexes:
        if all(name in leaves for name in index.equal):
            order = [leaves[index.order].column] if index.order in leaves else []
            yield (*(leaves[name].column for name in index.equal), *order)
