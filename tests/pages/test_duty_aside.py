"""The duty of a witness on the other staff pages: state, switch and the customer who rings, through the router."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from core.usecases.serve_customer import accept_offer
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words

OTHER = ("staff/review.py", "staff/queue.py", "staff/wallboard.py", "staff/analytics.py", "staff/home.py")


def waits(office: Bench, order: int = 1) -> str:
    """A customer in the queue; id of the ticket."""
    case_id = made.submitted_case(office, order)
    with office.work() as work:
        return work.queue.join(case_id, "b1", "open_account").id


def links(at: AppTest) -> list[str]:
    return [link.proto.label for link in at.sidebar.get("page_link")]


@pytest.mark.parametrize("path", OTHER)
def test_a_witness_sees_and_changes_the_duty_on_every_page(office: Bench, page: Open, path: str) -> None:
    at = page(path, made.WITNESS)
    assert "离线" in at.sidebar.markdown[1].value
    at = press(at, "duty_online")
    assert "在线" in at.sidebar.markdown[1].value
    at = press(at, "duty_break_meal")
    assert "小休" in at.sidebar.markdown[1].value and "用餐" in at.sidebar.markdown[1].value
    with office.work() as work:
        duty = work.duty.current(made.WITNESS)
    assert duty is not None and (duty.status, duty.reason) == ("break", "meal")


@pytest.mark.parametrize("role", [Role.REVIEW, Role.SUPERVISOR, Role.ANALYST, Role.ADMIN])
def test_whoever_does_not_witness_has_no_switch(page: Open, role: Role) -> None:
    at = page("staff/home.py", made.REVIEWER, role)
    assert "离线" not in words(at) and "duty_online" not in {button.key for button in at.button}


def test_the_witness_s_own_page_shows_one_switch(page: Open) -> None:
    at = page("staff/witness.py", made.WITNESS)
    assert [button.key for button in at.button].count("duty_online") == 1
    assert not [button for button in at.sidebar.button if button.key == "duty_online"]


def test_a_customer_who_rings_is_announced_with_the_way_to_answer(office: Bench, page: Open) -> None:
    at = press(page("staff/review.py", made.WITNESS), "duty_online")
    waits(office)
    office.pass_time(timedelta(seconds=9))
    at = calm(at.run())
    assert "有客户正在等您接听" in words(at) and "**20** 秒" in words(at) and links(at) == ["去接听"]
    assert ["去接听" in toast.value for toast in at.toast] == [True], "over the page, for closed sidebars"
    assert not calm(at.run()).toast, "once for each customer"
    with office.work() as work:
        offer = work.queue.find_offered(made.WITNESS)
    assert offer is not None
    accept_offer(office.desk, made.staff(made.WITNESS), offer.id, offer.fence)
    at = calm(at.run())
    assert links(at) == ["回到通话"] and "通话中" in words(at)
    assert "duty_offline" not in {button.key for button in at.button}


def test_another_page_keeps_the_witness_on_duty(office: Bench, page: Open) -> None:
    at = press(page("staff/analytics.py", made.WITNESS), "duty_online")
    for _ in range(12):
        office.pass_time(timedelta(seconds=9))
        at = calm(at.run())
    with office.work() as work:
        assert work.duty.stop_silent() == 0
        assert [duty.staff_id for duty in work.duty.idle()] == [made.WITNESS]


def test_a_missed_customer_is_missed_on_another_page_too(office: Bench, page: Open) -> None:
    at = press(page("staff/review.py", made.WITNESS), "duty_online")
    for order in (1, 2):
        waits(office, order)
    for _ in range(8):
        office.pass_time(timedelta(seconds=11))
        at = calm(at.run())
    assert "连续两次没有接听" in words(at) and "小休" in at.sidebar.markdown[1].value


def test_leaving_while_people_wait_asks_beside_the_page(office: Bench, page: Open) -> None:
    at = press(page("staff/review.py", made.WITNESS), "duty_online")
    waits(office)
    at = press(at, "duty_break_rest")
    assert "还有 **1** 位客户在排队" in words(at)
    at = press(at, "duty_confirm")
    assert "还有 **1** 位客户在排队" not in words(at) and "小休" in at.sidebar.markdown[1].value


def test_a_refusal_of_the_page_stands_on_the_page(page: Open) -> None:
    """The switch is drawn first, and takes no message away that is meant for the page."""
    at = press(page("staff/people.py", made.ADMIN, Role.ADMIN, Role.WITNESS), f"person_{made.ADMIN}")
    at = press(press(at, "close"), "dialog_yes")
    refused = "不能关闭自己的账号"
    assert refused in "".join(w.value for w in at.main.warning)
    assert refused not in "".join(w.value for w in at.sidebar.warning)


def test_the_switch_closes_no_question_of_the_page(page: Open) -> None:
    at = press(page("staff/people.py", made.ADMIN, Role.ADMIN, Role.WITNESS), f"person_{made.CALLER}")
    at = press(press(at, "close"), "duty_online")
    assert "在线" in at.sidebar.markdown[1].value and "dialog_yes" in {button.key for button in at.button}
