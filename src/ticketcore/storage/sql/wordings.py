"""
Wordings: questions put into the database's words once for all that differ in their values alone.

Most of what a desk asks it asks again and again: at another time, for somebody else, behind another record. Translating
a condition takes far longer than asking the database, so that what varies is left open, and filled in when it is asked.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Dialect as EngineDialect
from sqlalchemy import SelectBase, literal
from sqlalchemy.types import TypeEngine

from ticketcore.model.ids import AgentId
from ticketcore.query import Cursor
from ticketcore.storage.sql.dialects import Expression
from ticketcore.storage.sql.lines import Parameters
from ticketcore.words import Words


@attrs.frozen
class Asking:
    """
    What is another one each time that the same is asked.

    Args:
        now: The time that relative conditions count from.
        viewer: Whom the placeholder `current_agent` stands for.
        after: Behind what the page begins.
        words: What must be said of the tickets.
    """

    now: datetime
    viewer: AgentId | None
    after: Cursor | None
    words: Words | None


@attrs.frozen(eq=False)
class Varying:
    """
    Stands in a statement for a value that is filled in when it is asked.

    Args:
        read: The way to the value.
        sample: A value of the same type, where the type depends on it.
    """

    read: Callable[[Asking], Any]
    sample: object = None

    def through(self, convert: Callable[[Any], object]) -> "Varying":
        """What a function makes of it."""
        read = self.read
        return Varying(lambda asking: convert(read(asking)))


def bound(value: Any, form: TypeEngine[Any], convert: Callable[[Any], object] | None = None) -> Expression:  # noqa: ANN401 - any value
    """What stands in a statement for a value, or for what a function makes of it."""
    if convert is None:
        return literal(value, form)
    return literal(value.through(convert) if isinstance(value, Varying) else convert(value), form)


@attrs.frozen(eq=False)
class Wording:
    """
    A statement in the database's words.

    Args:
        text: The statement.
        values: What stands for its parameters, in the order of the statement.
        names: Their names; None where the driver takes them by their places.
    """

    text: str
    values: Sequence[Any]
    names: Sequence[str] | None

    def parameters(self, asking: Asking) -> Parameters:
        """The parameters, filled in."""
        filled = tuple(value.read(asking) if isinstance(value, Varying) else value for value in self.values)
        return filled if self.names is None else dict(zip(self.names, filled, strict=True))


def word(statement: SelectBase, engine: EngineDialect) -> Wording:
    """A statement in the words of an engine's database."""
    # In full: a collection has as many marks as it has members.
    compiled: Any = statement.compile(dialect=engine, compile_kwargs={"render_postcompile": True})
    values = compiled.params
    if not compiled.positional:
        return Wording(compiled.string, tuple(values.values()), tuple(values))
    return Wording(compiled.string, tuple(values[name] for name in compiled.positiontup), None)
