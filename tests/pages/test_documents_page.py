"""协议下载: the page with real signed files, and the route that sends them all in one ZIP."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from pages.parts import wiring
from pages.routes.documents import send_documents
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.pages.staff_pages import PAGES, calm, words

Send = Callable[[SessionRecord | None], Response]


@pytest.fixture
def walk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A customer who signed everything, on the pages' desk."""
    found = case_at(bench, "callback")
    bench.run_jobs()
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "staff", lambda: None)
    return found


def session(bench: Bench, owner: str) -> SessionRecord:
    return SessionRecord("s", "f1", "customer", owner, bench.now, bench.now, "11150813001")


def send(customer: SessionRecord | None) -> Response:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/signed-documents.zip", "headers": []}
    return asyncio.run(send_documents(Request({**scope, "state": {"sessions": {"customer": customer}}})))


def body(response: Response) -> bytes:
    assert isinstance(response, StreamingResponse)

    async def whole() -> bytes:
        return b"".join([bytes(piece) async for piece in response.body_iterator])

    return asyncio.run(whole())


def test_the_page_says_what_the_server_found(bench: Bench, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    with bench.work() as work:
        document = work.documents.of_case(walk.case_id)[0]
        assert work.documents.change_document(document.id, "sealed", state="void")
    monkeypatch.setattr(wiring, "customer", lambda: session(bench, walk.owner))
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=30).run()
    at.switch_page("customer/documents.py")
    shown = words(calm(at.run()))
    assert shown.count("签名有效、已加盖时间戳、已加盖电子印章") > 3 and "版本 2026.1" in shown
    assert 'href="/signed-documents.zip"' in shown and "已作废" in shown
    [old] = at.expander
    assert old.label == "以前的版本和已作废的协议（1 份）" and not old.proto.expanded


def test_the_bundle_is_a_whole_zip_with_its_list(bench: Bench, walk: Walk) -> None:
    response = send(session(bench, walk.owner))
    assert (response.status_code, response.media_type) == (200, "application/zip")
    assert response.headers["cache-control"] == "no-store, private"
    assert response.headers["content-disposition"].startswith("attachment; filename=agreements-2026-03-0")
    archive = ZipFile(io.BytesIO(body(response)))
    assert archive.testzip() is None
    listed = [row["file"] for row in json.loads(archive.read("MANIFEST.json"))["documents"]]
    assert archive.namelist() == ["MANIFEST.json", "MANIFEST.txt", *listed]
    assert all(archive.read(name).startswith(b"%PDF") for name in listed)
    assert archive.read("MANIFEST.txt").decode("utf-8-sig").startswith("样张期货　已签署协议清单")
    assert bench.tags()[-1] == "customer:document:export"


def test_nobody_else_gets_anything(bench: Bench, walk: Walk) -> None:
    for customer in (None, session(bench, "phone:somebody")):
        response = send(customer)
        assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")
    assert "customer:document:export" not in bench.tags()
