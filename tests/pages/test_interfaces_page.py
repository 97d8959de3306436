"""接口与通知 as an administrator uses it, and 报送监控中心 on the page 交易所回报 with its two files."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from core.actor import Actor, Role
from core.case import State
from core.usecases.review_case import approve_case, take_case
from core.usecases.webhooks import add_webhook, delivery_log
from pages.parts import wiring
from pages.routes.table import ROUTES
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words
from tests.stand_ins import LightImages

PAGE = "staff/interfaces.py"


def part(at: Any, name: str) -> Any:
    return at.segmented_control(key="interface_part").set_value(name).run()


def test_a_key_is_shown_once_and_revoked(office: Bench, page: Open) -> None:
    at = page(PAGE, made.ADMIN, Role.ADMIN)
    press(at, "key_add")
    assert "请填写名称" in words(at)
    at.text_input(key="key_title").set_value("数据仓库")
    press(at, "key_add")
    [token] = [code.value for code in at.code]
    assert token.startswith(f"jz.{made.FIRM.id}.") and "数据仓库" in words(at)
    press(at, "secret_stored")
    assert len(at.code) == 0 and token not in words(at) and token[-4:] in words(at)
    [key] = [button.key for button in at.button if str(button.key).startswith("revoke_")]
    press(at, str(key))
    press(at, "dialog_yes")
    assert "已停用于" in words(at)
    assert [tag for tag, *_ in made.audit_tags(office)][-2:] == ["staff:key:add", "staff:key:revoke"]


def test_an_address_hears_of_a_case_and_its_deliveries_are_listed(office: Bench, page: Open) -> None:
    at = part(page(PAGE, made.ADMIN, Role.ADMIN), "hooks")
    at.text_input(key="hook_title").set_value("客户关系系统")
    at.text_input(key="hook_url").set_value("ftp://crm.example/")
    press(at, "hook_add")
    assert "https://" in words(at)
    at.text_input(key="hook_title").set_value("客户关系系统")
    at.text_input(key="hook_url").set_value("https://crm.example/hooks")
    press(at, "hook_add")
    assert next(code.value for code in at.code).startswith("whsec_")
    press(at, "secret_stored")
    case_id = made.submitted_case(office)
    take_case(office.desk, made.staff(made.REVIEWER), case_id)
    approve_case(office.desk, made.staff(made.REVIEWER), case_id)
    at = part(page(PAGE, made.ADMIN, Role.ADMIN), "log")
    shown = words(at)
    assert "已通过复核" in shown and "等待投递" in shown and "客户关系系统" in shown
    admin = made.staff(made.ADMIN, Role.ADMIN)
    newest = delivery_log(office.desk, admin).deliveries[0]
    press(at, f"resend_{newest.id}")
    press(at, f"drop_{newest.id}")
    assert delivery_log(office.desk, admin).deliveries[0].state == "stopped"
    at.segmented_control(key="delivery_state").set_value("done").run()
    assert "没有投递记录" in words(at)
    at = part(page(PAGE, made.ADMIN, Role.ADMIN), "hooks")
    [key] = [button.key for button in at.button if str(button.key).startswith("close_")]
    press(at, str(key))
    press(at, "dialog_yes")
    assert "已停用" in words(at)


@pytest.fixture
def approved(office: Bench) -> str:
    office.desk = made.replace(office.desk, images=LightImages())
    case_id = made.submitted_case(office)
    take_case(office.desk, made.staff(made.REVIEWER), case_id)
    approve_case(office.desk, made.staff(made.REVIEWER), case_id)
    return case_id


def fetch(monkeypatch: pytest.MonkeyPatch, actor: Actor | None, address: str) -> httpx.Response:
    """What the routes answer to this actor."""
    member = SimpleNamespace(active=True)
    monkeypatch.setattr(wiring, "staff_of", lambda session: (session, member) if session else None)
    app = Starlette(routes=ROUTES)

    async def entered(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["sessions"] = {"staff": actor} if actor else {}
        await app(scope, receive, send)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=entered), base_url="http://desk") as client:
            return await client.get(address)

    return asyncio.run(ask())


def test_a_package_is_sent_to_whoever_reports_and_to_nobody_else(
    office: Bench, page: Open, approved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page("staff/results.py", made.REVIEWER)
    for address in (f"/reports/{approved}.zip", "/reports/waiting.zip"):
        answer = fetch(monkeypatch, made.staff(made.REVIEWER), address)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store, private"
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert archive.testzip() is None
        [name] = [each for each in archive.namelist() if each.endswith(".json")]
        assert json.loads(archive.read(name))["Profile"] == "CFMMC-legacy"
        for actor in (None, made.staff(made.WITNESS, Role.WITNESS), made.staff(made.ADMIN, Role.ADMIN), made.owner()):
            refused = fetch(monkeypatch, actor, address)
            assert (refused.status_code, refused.headers["cache-control"]) == (404, "no-store, private")
    assert [tag for tag, *_ in made.audit_tags(office)].count("staff:report:export") == 2


def test_the_page_offers_packages_and_takes_answers(office: Bench, page: Open, approved: str) -> None:
    at = page("staff/results.py", made.REVIEWER, case=approved)
    assert "1 开户" in words(at) and "1 未补全" in words(at)
    at = page("staff/results.py", made.REVIEWER)
    assert "等待报送 **1** 笔" in words(at)
    press(at, "mark_batch")
    assert "等待报送 **0** 笔" in words(at)
    with office.work() as work:
        number = work.cases.get(approved).number
    file = f"受理单号,交易所,回报代码\n{number},SHFE,3\n{number},XXX,3\n".encode()
    at.file_uploader(key="results_file").upload("answers.csv", file, "text/csv").run()
    press(at, "import_results")
    assert "已录入 1 行" in words(at) and "第 3 行" in words(at)
    with office.work() as work:
        assert {r.exchange: r.return_code for r in work.results.requests(approved)}["SHFE"] == 3
        assert work.cases.get(approved).state is State.CALLBACK
    at.file_uploader(key="results_file").upload("answers.csv", b"nonsense", "text/csv").run()
    press(at, "import_results")
    assert "第一行需要有" in words(at)
    at = page("staff/results.py", made.REVIEWER, case=approved)
    assert "2 已提交" in words(at) and "4 已拒绝" in words(at)
    office.pass_time(timedelta(minutes=1))
    press(at, "mark_sent")
    assert "4 已拒绝" not in words(at)


def test_a_full_list_of_addresses_says_so(office: Bench, page: Open) -> None:
    admin = made.staff(made.ADMIN, Role.ADMIN)
    for number in range(5):
        assert add_webhook(office.desk, admin, f"系统 {number}", "https://crm.example/", ["case.done"])[0] == {}
    at = part(page(PAGE, made.ADMIN, Role.ADMIN), "hooks")
    at.text_input(key="hook_title").set_value("再一个")
    at.text_input(key="hook_url").set_value("https://crm.example/hooks")
    press(at, "hook_add")
    assert "最多同时使用 5 个" in words(at)
