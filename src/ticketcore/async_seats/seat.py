"""What all seats of an asynchronous desk have in common, and what they know of it."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from ticketcore._flow import Flow
from ticketcore._request import Request
from ticketcore._steps import Steps, get_blob
from ticketcore.commands.command import Command, Seen
from ticketcore.errors import NotFound
from ticketcore.model.actors import Actor
from ticketcore.model.attachments import Attachment
from ticketcore.model.ids import AttachmentId, TicketId
from ticketcore.notices import AsyncNotifier

R = TypeVar("R")


class AsyncWay(Protocol):
    """The desk, as a seat knows it: what is asked for becomes steps, and the desk takes them."""

    @property
    def flow(self) -> Flow:
        """What makes steps of requests and readings."""
        ...

    @property
    def notifier(self) -> AsyncNotifier | None:
        """What sends notices, if anything does."""
        ...

    async def take(self, steps: Steps[R]) -> R:
        """Takes steps, and gives what they come to."""
        ...


class AsyncSeat:
    """What the seats have in common: who sits there, and the way to the desk."""

    def __init__(self, way: AsyncWay, actor: Actor) -> None:
        self._way = way
        self.actor = actor

    async def _ask(self, command: Command[R], on: TicketId | None, seen: Seen, key: str | None) -> R:
        return await self._way.take(
            self._way.flow.ask(Request(actor=self.actor, command=command, on=on, seen=seen, key=key))
        )

    async def _read(self, reading: Callable[..., R], *arguments: Any, **named: Any) -> R:
        return await self._way.take(self._way.flow.read(self.actor, lambda draft: reading(draft, *arguments, **named)))

    async def _download(self, reading: Callable[..., Attachment], id: AttachmentId, on: TicketId) -> bytes:
        found = await self._read(reading, id, on)
        content = await self._way.take(get_blob(found.digest))
        if content is None:
            raise NotFound("attachment", id)
        return content
