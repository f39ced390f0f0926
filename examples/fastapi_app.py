"""
A shop on FastAPI that has its help desk in its own database, in the transactions of its own `AsyncSession`s.

    uvicorn --app-dir examples fastapi_app:app

Who is not served well complains about an order. The order is marked and a ticket is opened in the session of the
request, which is committed when the request went well and rolled back when it did not: either both are there
afterwards, or neither is. The database is `shop.db`, or what the environment variable `SHOP_DATABASE` names.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ticketcore import (
    AccessDenied,
    AsyncHelpDesk,
    Conflict,
    InvalidInput,
    NotFound,
    OutOfPlace,
    StorageError,
    TicketcoreError,
)
from ticketcore.commands import AddContact, SubmitTicket
from ticketcore.model.ids import ContactId
from ticketcore.storage.sql import AsyncSqlStorage

URL = os.environ.get("SHOP_DATABASE", "sqlite:///shop.db")

STATUS_CODES = {
    NotFound: 404,
    AccessDenied: 403,
    InvalidInput: 422,
    OutOfPlace: 409,
    Conflict: 409,
    StorageError: 503,
}


class Base(DeclarativeBase):
    """The shop's own tables."""


class Customer(Base):
    """Who buys. The contact is who that is for the desk."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    contact: Mapped[str]


class Order(Base):
    """What was bought. Who has complained three times is called."""

    __tablename__ = "orders"
    __table_args__ = (CheckConstraint("complaints <= 3"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    article: Mapped[str]
    complaints: Mapped[int] = mapped_column(default=0)


class Shop:
    """
    What lives as long as the program.

    Args:
        storage: The desk's storage, whose engine is the shop's, too.
    """

    def __init__(self, storage: AsyncSqlStorage) -> None:
        self.storage = storage
        self.engine: AsyncEngine = storage.engine
        self.desk = AsyncHelpDesk(storage)

    def joined_desk(self, session: AsyncSession) -> AsyncHelpDesk:
        """The desk inside the transaction of a session."""
        return self.desk.using(self.storage.joined(session))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens the database before the first request, and closes it after the last one."""
    app.state.shop = Shop(await AsyncSqlStorage.open(URL))
    async with app.state.shop.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await app.state.shop.storage.close()


app = FastAPI(lifespan=lifespan)


def shop_of(request: Request) -> Shop:
    """The shop."""
    shop: Shop = request.app.state.shop
    return shop


TheShop = Annotated[Shop, Depends(shop_of)]


async def session_of(shop: TheShop) -> AsyncIterator[AsyncSession]:
    """The session of a request: committed when it went well, before the answer is sent, or rolled back."""
    async with AsyncSession(shop.engine) as session, session.begin():
        yield session


# Scoped to the function, so that nobody is told of what is not committed.
TheSession = Annotated[AsyncSession, Depends(session_of, scope="function")]


@app.exception_handler(TicketcoreError)
async def refused(_request: Request, error: TicketcoreError) -> JSONResponse:
    """What the desk raises, as an answer."""
    code = next(code for kind, code in STATUS_CODES.items() if isinstance(error, kind))
    return JSONResponse({"detail": str(error)}, code)


@app.exception_handler(IntegrityError)
async def against_the_rules(_request: Request, _error: IntegrityError) -> JSONResponse:
    """What the shop's own tables refuse, when the session is committed."""
    return JSONResponse({"detail": "please call us"}, 409)


class NewCustomer(BaseModel):
    """Who wants to buy."""

    name: str


class NewOrder(BaseModel):
    """What is to be bought."""

    article: str


class Complaint(BaseModel):
    """What was not as it should be."""

    text: str


@app.post("/customers", status_code=201)
async def add_customer(new: NewCustomer, shop: TheShop, session: TheSession) -> int:
    """A new customer, who is a contact of the desk from the first moment."""
    contact = await shop.joined_desk(session).as_system().do(AddContact(new.name))
    customer = Customer(name=new.name, contact=contact.id)
    session.add(customer)
    await session.flush()
    return customer.id


@app.post("/customers/{customer}/orders", status_code=201)
async def add_order(customer: int, new: NewOrder, session: TheSession) -> int:
    """A new order of a customer's."""
    if await session.get(Customer, customer) is None:
        raise HTTPException(404, f"no customer {customer}")
    order = Order(customer_id=customer, article=new.article)
    session.add(order)
    await session.flush()
    return order.id


@app.post("/orders/{order}/complaints", status_code=201)
async def complain(
    order: int,
    complaint: Complaint,
    shop: TheShop,
    session: TheSession,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> dict[str, str]:
    """Marks an order, and opens a ticket about it."""
    ordered = await session.get(Order, order)
    if ordered is None:
        raise HTTPException(404, f"no order {order}")
    ordered.complaints += 1
    customer = await session.get_one(Customer, ordered.customer_id)
    seat = shop.joined_desk(session).as_customer(ContactId(customer.contact))
    asked = SubmitTicket(f"About {ordered.article}", complaint.text)
    ticket = await seat.do(asked, key=idempotency_key)
    return {"ticket": ticket.reference, "status": ticket.status}


@app.get("/customers/{customer}/tickets")
async def tickets(customer: int, shop: TheShop, session: TheSession) -> list[str]:
    """What a customer has asked, the way customers see it."""
    found = await session.get(Customer, customer)
    if found is None:
        raise HTTPException(404, f"no customer {customer}")
    page = await shop.joined_desk(session).as_customer(ContactId(found.contact)).tickets()
    return [ticket.subject for ticket in page.items]
