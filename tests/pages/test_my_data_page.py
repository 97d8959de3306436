"""个人信息 on the customer's side, 个人信息申请 on the staff's, and the route of the copy."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from core.actor import Role
from core.case import State
from core.records import SessionRecord
from core.records_customers import DataRequest, RequestKind
from core.usecases.copy_own_data import prove_copy, request_copy_code
from core.usecases.own_data import ask_about_data
from core.usecases.sessions import exchange_ticket, find_session, open_session
from pages.parts import wiring
from pages.routes.table import ROUTES
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

PAGE, LIST = "customer/my_data.py", "staff/data_requests.py"


@pytest.fixture
def session(office: Bench, page: Open, monkeypatch: pytest.MonkeyPatch) -> SessionRecord:
    """The customer of a handed-in case, signed in; the page's fixture comes first so that this session stands."""
    made.submitted_case(office)
    with office.work() as work:
        ticket = open_session(work, "customer", made.owner().id, made.PHONE)
    found = find_session(office.desk, "customer", token=exchange_ticket(office.desk, ticket))
    assert found is not None
    monkeypatch.setattr(made, "session", lambda _order: found)
    return found


def sent_code(office: Bench) -> str:
    with office.desk.read(made.FIRM.id) as work:
        [message, *_] = work.jobs.sms_of([made.owner().id])
    return message.text.split("验证码 ")[1][:6]


# -- the customer's page
def test_the_page_shows_the_own_data_masked(page: Open, session: SessionRecord) -> None:
    shown = words(page(PAGE, customer=1))
    assert "张**" in shown and "本科" in shown and "**** 0017" in shown and "期货和衍生品法" in shown
    for value in (made.NAME, made.PHONE, made.CARD, made.id_number()):
        assert value not in shown


def test_the_copy_comes_after_a_code(office: Bench, page: Open, session: SessionRecord) -> None:
    at = page(PAGE, customer=1)
    assert "下载副本" not in words(at)
    at = press(at, "copy_send")
    at.text_input(key="copy_code").set_value("000000" if sent_code(office) != "000000" else "111111")
    at = press(at, "copy_prove")
    assert "验证码不正确" in words(at)
    at.text_input(key="copy_code").set_value(sent_code(office))
    at = press(at, "copy_prove")
    assert [link.proto.url for link in at.get("link_button")] == ["/my-data/copy.zip"]


def test_the_consent_is_withdrawn_after_a_question(office: Bench, page: Open, session: SessionRecord) -> None:
    at = press(page(PAGE, customer=1), "withdraw")
    assert "不能在线进行视频验证" in words(at)
    assert "撤回同意。" in words(press(at, "dialog_yes"))
    with office.desk.read(made.FIRM.id) as work:
        [request] = work.matters.requests_of([made.owner().id])
    assert request.kind is RequestKind.WITHDRAW
    assert "您已于 2026-03-02" in words(page(PAGE, customer=1))


def test_a_request_is_handed_in_and_stands_with_its_day(page: Open, session: SessionRecord) -> None:
    at = press(page(PAGE, customer=1), "request_send")
    assert "请选择申请类型" in words(at) and "请写明内容" in words(at)
    at.radio(key="request_kind").set_value("deletion")
    at.text_area(key="request_text").set_value("请删除我的邮箱。")
    shown = words(press(at, "request_send"))
    assert "申请删除" in shown and "请删除我的邮箱" in shown and "3月17日 10:00 前答复" in shown


def test_the_page_is_reached_from_the_hall_and_from_my_cases(page: Open, session: SessionRecord) -> None:
    for path, label in (("customer/hall.py", "个人信息保护与我的权利"), ("customer/my_cases.py", "个人信息：查看")):
        links = [link.proto.label for link in page(path, customer=1).get("page_link")]
        assert any(label in each for each in links), path


# -- the staff's page
def asked(office: Bench) -> DataRequest:
    assert not ask_about_data(office.desk, made.owner(), "complaint", "电话太多。")
    with office.desk.read(made.FIRM.id) as work:
        [request] = work.matters.open_requests()
    return request


@pytest.mark.parametrize("role", Role)
def test_only_compliance_opens_the_work_list(page: Open, role: Role) -> None:
    if role is Role.COMPLIANCE:
        assert "没有等待答复的申请" in words(page(LIST, made.REVIEWER, role))
    else:
        with pytest.raises(ValueError, match="Could not find"):
            page(LIST, made.REVIEWER, role)


def test_a_request_is_opened_on_record_and_answered(office: Bench, page: Open, session: SessionRecord) -> None:
    request = asked(office)
    at = page(LIST, made.REVIEWER, Role.COMPLIANCE)
    assert "剩余 15 天" in words(at) and "电话太多" not in words(at)
    at = press(at, f"request_{request.id}")
    assert "电话太多" in words(at)
    assert ("staff:personal:read", f"request:{request.id}", "request") in made.audit_tags(office)
    assert "请写明答复" in words(press(at, "answer_send"))
    at.text_area(key="request_answer").set_value("今后只发短信。")
    assert "没有等待答复的申请" in words(press(at, "answer_send"))
    assert "答复：今后只发短信" in words(page(PAGE, customer=1))


def test_a_deletion_is_answered_line_by_line_and_the_customer_reads_it(
    office: Bench, page: Open, session: SessionRecord
) -> None:
    """What the law keeps stands fixed with its last day; what can go is ticked off."""
    assert not ask_about_data(office.desk, made.owner(), "deletion", "请删除全部信息。")
    with office.desk.read(made.FIRM.id) as work:
        [request] = work.matters.open_requests()
    at = press(page(LIST, made.REVIEWER, Role.COMPLIANCE), f"request_{request.id}")
    shown = " ".join(radio.label for radio in at.radio)
    assert "客户身份资料" in shown and "登录与访问记录：保留至 2026-" in shown
    assert all(radio.disabled and radio.value == "kept" for radio in at.radio)
    at.text_area(key="request_answer").set_value("依法保留。")
    press(at, "answer_send")
    assert "登录与访问记录：保留至 2026-" in words(page(PAGE, customer=1))


# -- the route
def fetch(session: SessionRecord | None) -> httpx.Response:
    """What the route answers in this customer's session."""
    app = Starlette(routes=ROUTES)

    async def entered(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["sessions"] = {"customer": session} if session else {}
        await app(scope, receive, send)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=entered), base_url="http://desk") as client:
            return await client.get("/my-data/copy.zip")

    return asyncio.run(ask())


def test_the_copy_is_sent_uncached_to_who_gave_the_code(office: Bench, session: SessionRecord) -> None:
    actor = wiring.customer_actor(session)
    assert fetch(session).status_code == 404 == fetch(None).status_code
    code_id = request_copy_code(office.desk, actor, "198.51.100.7")
    assert not prove_copy(office.desk, actor, code_id, sent_code(office))
    sent = fetch(session)
    assert sent.status_code == 200 and "no-store" in sent.headers["cache-control"]
    assert made.NAME in zipfile.ZipFile(io.BytesIO(sent.content)).read("个人信息.html").decode()
    assert "customer:copy:open" in [tag for tag, _, _ in made.audit_tags(office)]
    with office.work() as work:
        work.cases.change(work.cases.get(f"{1:032x}"), state=State.TERMINATED)
    assert fetch(session).status_code == 200, "the right does not end with the business"
