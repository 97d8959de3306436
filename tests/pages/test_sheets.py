"""A case and a list on paper: who may, masked, escaped, on record."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from core.actor import Actor, Role
from core.usecases.park_case import add_case_note
from pages.parts import wiring
from pages.routes.table import ROUTES
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench


@pytest.fixture
def bench(office: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(wiring, "desk", lambda: office.desk)
    monkeypatch.setattr(wiring, "staff_of", lambda session: (session, None) if session else None)
    return office


def fetch(actor: Actor | None, address: str) -> httpx.Response:
    """The answer of the routes to this member of staff."""
    app = Starlette(routes=ROUTES)

    async def entered(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["sessions"] = {"staff": actor} if actor else {}
        await app(scope, receive, send)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=entered), base_url="http://desk") as client:
            return await client.get(address)

    return asyncio.run(ask())


def test_a_case_is_printed_masked_and_on_record(bench: Bench) -> None:
    case_id = made.submitted_case(bench)
    add_case_note(bench.desk, made.staff(made.REVIEWER), case_id, "<b>客户</b>来电")
    sent = fetch(made.staff(made.REVIEWER), f"/sheet/case/{case_id}")
    assert sent.status_code == 200 and "no-store" in sent.headers["cache-control"]
    assert "受理单 8001260302000001" in sent.text and "张**" in sent.text and "客户等待" in sent.text
    assert made.NAME not in sent.text and made.PHONE not in sent.text and "<b>客户" not in sent.text
    assert "script" not in sent.text and "sandbox" in sent.headers["content-security-policy"]
    assert ("staff:sheet:print", f"case:{case_id}", "") in made.audit_tags(bench)


def test_a_list_is_printed_with_its_rows(bench: Bench) -> None:
    made.submitted_case(bench)
    sent = fetch(made.staff(made.REVIEWER), "/sheet/list/review")
    assert "待复核" in sent.text and "8001260302000001" in sent.text and made.NAME not in sent.text
    assert ("staff:sheet:print", "list:review", "") in made.audit_tags(bench)


@pytest.mark.parametrize(
    ("who", "address"),
    [(None, "/sheet/list/review"), (made.staff(made.CALLER), "/sheet/list/review"),
     (made.staff(made.REVIEWER), "/sheet/list/nonsense"), (made.staff(made.REVIEWER), "/sheet/case/nonsense"),
     (made.staff(made.SECOND, Role.SERVICE), "/sheet/case/" + "0" * 31 + "1"),
     (None, "/sheet/case/" + "0" * 31 + "1")],
)  # fmt: skip
def test_nobody_else_gets_a_sheet(bench: Bench, who: Actor | None, address: str) -> None:
    made.submitted_case(bench)
    assert fetch(who, address).status_code == 404
    assert not [tag for tag, _, _ in made.audit_tags(bench) if tag == "staff:sheet:print"]
