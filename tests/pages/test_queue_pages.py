"""The supervisor's queue page and the witness's page between calls, through the router."""

from __future__ import annotations

from datetime import timedelta

from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words


def _two_wait(office: Bench) -> tuple[str, str]:
    """Two customers in the queue; ids of their tickets."""
    ids = []
    for order in (1, 2):
        case_id = made.submitted_case(office, order)
        with office.work() as work:
            ids.append(work.queue.join(case_id, "b1", "open_account").id)
        office.pass_time(timedelta(seconds=30))
    return ids[0], ids[1]


def test_a_supervisor_puts_somebody_ahead_with_a_reason_and_everybody_overtaken_is_listed(
    office: Bench, page: Open
) -> None:
    first, second = _two_wait(office)
    at = press(page("staff/queue.py", made.ADMIN), f"move_{second}")
    assert "请选择原因" in words(press(at, "dialog_yes"))
    at.selectbox(key="move_reason").set_value("assistance")
    assert "主管提前" in words(press(at, "dialog_yes"))
    with office.work() as work:
        claimed = work.queue.claim(made.WITNESS)
    assert claimed is not None and claimed.id == second
    at.toggle(key="fairness").set_value(True)
    shown = words(calm(at.run()))
    assert "年长或行动不便" in shown and "管理员" in shown and "8001260302000001" in shown
    assert first != second and made.NAME not in shown


def test_only_supervisors_change_the_queue(office: Bench, page: Open) -> None:
    _two_wait(office)
    shown = words(page("staff/queue.py", made.WITNESS))
    assert "已等待" in shown and "调整" not in shown and "给排队客户的消息" not in shown


def test_a_message_to_the_queue_says_how_many_it_reaches(office: Bench, page: Open) -> None:
    _two_wait(office)
    at = page("staff/queue.py", made.ADMIN)
    assert "请填写消息" in words(press(at, "message_send"))
    at.text_area(key="message_text").set_value("今天客户较多，请稍候")
    shown = words(press(at, "message_send"))
    assert "2 位排队的客户会看到" in shown and "今天客户较多，请稍候" in shown
    end = next(button.key for button in at.button if str(button.key).startswith("message_end_"))
    assert "今天客户较多" not in words(press(at, str(end)))


def test_the_witness_goes_online_is_rung_at_and_declines(office: Bench, page: Open) -> None:
    first, second = _two_wait(office)
    at = page("staff/witness.py", made.WITNESS)
    assert "离线" in words(at) and [m.value for m in at.metric] == ["2", "1 分钟"]
    at = press(at, "duty_online")
    assert "正在等您接听" in words(at) and "8001260302000001" in words(at) and made.NAME not in words(at)
    assert at.button(key="next_customer").label == "接听"
    at = calm(press(at, "decline_recused").run())
    assert "8001260302000002" in words(at)
    with office.work() as work:
        offered = work.queue.find_offered(made.WITNESS)
        assert offered is not None and offered.id == second
        assert [t.id for t in work.queue.waiting("b1")] == [second, first]


def test_leaving_while_people_wait_asks(office: Bench, page: Open) -> None:
    _two_wait(office)
    at = press(page("staff/witness.py", made.WITNESS), "duty_online")
    at = press(at, "duty_break_meal")
    assert "还有 **2** 位客户在排队" in words(at)
    at = press(at, "duty_stay")
    assert "还有 **2** 位客户在排队" not in words(at) and "在线" in words(at)
    at = press(press(at, "duty_break_meal"), "duty_confirm")
    assert "小休" in words(at) and "用餐" in words(at) and at.button(key="next_customer").label == "接下一位"
