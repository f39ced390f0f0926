"""The example of a shop on FastAPI: its orders and the desk's tickets share a database and an `AsyncSession`."""

import asyncio

import pytest

pytest.importorskip("fastapi", reason="the examples' requirements are not installed")
pytest.importorskip("httpx", reason="the examples' requirements are not installed")
pytest.importorskip("aiosqlite", reason="the extras are not installed")

import fastapi_app as shop
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.storage.sql.databases import DATABASES, new_url
from ticketcore.desk import HelpDesk
from ticketcore.storage.sql import SqlStorage


@pytest.fixture(params=DATABASES)
def url(request, monkeypatch):
    """The shop's database."""
    monkeypatch.setattr(shop, "URL", new_url(request.param))
    return shop.URL


class Browser:
    """Asks the shop for pages, one after the other, each on the same event loop."""

    def __init__(self, runner, client):
        self._runner = runner
        self._client = client

    def post(self, path, json, **headers):
        """Sends a form."""
        return self._runner.run(self._client.post(path, json=json, headers=headers))

    def get(self, path):
        """Asks for a page."""
        return self._runner.run(self._client.get(path))


@pytest.fixture
def browser(url):
    """A browser, and the shop open."""
    with asyncio.Runner() as runner:
        opened = shop.app.router.lifespan_context(shop.app)
        runner.run(opened.__aenter__())
        client = AsyncClient(transport=ASGITransport(shop.app), base_url="https://shop.example")
        yield Browser(runner, client)
        runner.run(client.aclose())
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture
def order(browser):
    """An order of a customer's."""
    customer = browser.post("/customers", json={"name": "Mia"}).json()
    return browser.post(f"/customers/{customer}/orders", json={"article": "Blue bowl"}).json()


def complain(browser, order, text="It came in two halves.", **headers):
    """Asks for the page, and gives what it answers."""
    answer = browser.post(f"/orders/{order}/complaints", json={"text": text}, **headers)
    return answer.status_code, answer.json()


def stored(url):
    """How many complaints each order has, and the subjects of all tickets, as another program sees them."""
    storage = SqlStorage.open(url)
    with Session(storage.engine) as session:
        complaints = session.execute(select(shop.Order.complaints)).scalars().all()
    subjects = [it.subject for it in HelpDesk(storage).as_system().tickets().items]
    storage.close()
    return complaints, subjects


def test_complaint_marks_the_order_and_opens_a_ticket(browser, url, order):
    """What was asked is there in both, for everybody, when the answer comes."""
    status, answer = complain(browser, order)

    assert (status, answer["status"]) == (201, "new")
    assert stored(url) == ([1], ["About Blue bowl"])
    assert browser.get("/customers/1/tickets").json() == ["About Blue bowl"]


def test_request_that_fails_leaves_neither(browser, url, order):
    """If the desk refuses, the session is rolled back: the order is not marked, and the answer says what was wrong."""
    status, answer = complain(browser, order, text="x" * 300_000)

    assert status == 422
    assert "text of 0 to 200000 characters" in answer["detail"]
    assert stored(url) == ([0], [])


def test_request_that_is_rolled_back_leaves_no_ticket(browser, url, order):
    """A ticket that was opened is gone when the session cannot be committed: here the shop's own table refuses."""
    answers = [complain(browser, order, text=f"Complaint {number}") for number in range(4)]

    assert [status for status, _ in answers] == [201, 201, 201, 409]
    assert answers[-1] == (409, {"detail": "please call us"})
    assert stored(url) == ([3], ["About Blue bowl"] * 3)


def test_repeated_request_opens_one_ticket(browser, url, order):
    """A client that asks twice under one key gets the same ticket."""
    first, again = (complain(browser, order, **{"Idempotency-Key": "5f1d7a84"}) for _ in range(2))

    assert first == again
    assert stored(url)[1] == ["About Blue bowl"]


def test_unknown_order_is_not_found(browser):
    """An order that there is not is nothing to complain about."""
    assert complain(browser, 99) == (404, {"detail": "no order 99"})
