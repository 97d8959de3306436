"""通话监看 and 录像查阅 with something to show: what stands there, what a press does."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from core.case import State
from core.usecases.call_chat import write_line
from core.usecases.observe_call import observers
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

SUPERVISOR = (Role.SUPERVISOR, Role.WITNESS)


@pytest.fixture
def ticket(office: Bench) -> str:
    """A call that 王芳 holds."""
    case_id = made.case_in(office, State.FILLING)
    with office.work() as work:
        found = work.queue.join(case_id, "b1", "open_account")
        work.queue.claim(made.WITNESS)
    return found.id


@pytest.fixture
def watched(ticket: str, page: Open, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """The page of somebody who sits in; pictures need a browser."""

    def open_it(*roles: Role) -> AppTest:
        at = page("staff/calls.py", made.ADMIN, *roles)
        monkeypatch.setattr(sys.modules["pages.parts.call"], "watch", lambda _ticket: None)
        return press(at, f"watch_{ticket}")

    return open_it


def sitting_in(office: Bench, ticket: str) -> list[str]:
    with office.work() as work:
        found = work.queue.find(ticket)
        assert found is not None
        return observers(work, found)


def test_a_running_call_is_listed_masked_with_what_is_wrong(ticket: str, page: Open) -> None:
    shown = words(page("staff/calls.py", made.ADMIN, *SUPERVISOR))
    assert "王芳" in shown and "张**" in shown and "没有连接" in shown and made.NAME not in shown


def test_sitting_in_writing_and_stopping(office: Bench, ticket: str, watched: Callable[..., AppTest]) -> None:
    at = watched(*SUPERVISOR)
    assert "您正在旁听" in words(at) and sitting_in(office, ticket) == ["管理员"]
    at.text_input(key="whisper_text").input("请再看一次反面")
    at = press(at, "whisper_send")
    assert "请再看一次反面" in words(at)
    at = press(at, "stop_watching")
    assert "您正在旁听" not in words(at) and sitting_in(office, ticket) == []


def test_who_sits_in_reads_what_the_customer_writes(
    office: Bench, ticket: str, watched: Callable[..., AppTest]
) -> None:
    with office.work() as work:
        fence = work.queue.running()[0].fence
    write_line(office.desk, made.owner(), ticket, fence, "听不到|您")
    assert "听不到|您" in words(watched(*SUPERVISOR))
    assert ("staff:personal:read", f"case:{1:032x}", "chat") in made.audit_tags(office)


def test_taking_over_asks_for_a_reason(office: Bench, ticket: str, watched: Callable[..., AppTest]) -> None:
    at = press(watched(*SUPERVISOR), "take_over")
    assert "请选择接管的原因。" in words(at)
    with office.work() as work:
        found = work.queue.find(ticket)
    assert found is not None and found.staff_id == made.WITNESS


def test_a_supervisor_who_is_no_witness_cannot_take_over(watched: Callable[..., AppTest]) -> None:
    keys = {button.key for button in watched(Role.SUPERVISOR).button}
    assert "stop_watching" in keys and "take_over" not in keys


def inspect(at: AppTest, number: str) -> AppTest:
    at.text_input(key="inspect_number").input(number)
    return press(at, "inspect_open")


def test_compliance_finds_the_calls_of_a_case_by_its_number(office: Bench, page: Open) -> None:
    made.submitted_case(office)
    at = inspect(page("staff/recordings.py", made.REVIEWER, Role.COMPLIANCE), "8001260302000001")
    shown = words(at)
    assert "通话录像" in shown and "/original" in shown and "张样张" not in shown
    assert ("staff:personal:read", f"case:{1:032x}", "inspection") in made.audit_tags(office)
    assert "没有这个受理单号" in words(inspect(at, "1" * 16))


def test_compliance_reads_and_takes_along_what_was_written(office: Bench, ticket: str, page: Open) -> None:
    with office.work() as work:
        fence = work.queue.running()[0].fence
    write_line(office.desk, made.owner(), ticket, fence, "卡号|尾号 17")
    write_line(office.desk, made.staff(made.WITNESS), ticket, fence, "请稍等")
    shown = words(inspect(page("staff/recordings.py", made.REVIEWER, Role.COMPLIANCE), "8001260302000001"))
    assert "客户 | 卡号|尾号 17" in shown and "见证人员 王芳 | 请稍等" in shown
    assert f"/chat/{1:032x}" in shown
