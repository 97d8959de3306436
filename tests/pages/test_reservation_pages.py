"""Reservations on screen: the customer's calendar, the supervisor's week and roster, the calendar of working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.records import SessionRecord
from core.rules.calendar import CalendarDay
from core.rules.reservation import ReservationState
from core.usecases.change_roster import roster_table
from core.usecases.work_calendar import days_between, save_days
from pages.parts import wiring
from pages.routes import calendar_file
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.duty import TUESDAY, at, book, messages, on_duty, rules, stored, used

PAGES = Path(__file__).parents[2] / "pages"
S = ReservationState
WEDNESDAY = TUESDAY + timedelta(days=1)
Open = Callable[..., AppTest]


def calm(page: AppTest) -> AppTest:
    """The page without an exception."""
    assert not page.exception, [e.value for e in page.exception]
    return page


def press(page: AppTest, key: str) -> AppTest:
    return calm(page.button(key=key).click().run())


def keys(page: AppTest) -> set[str]:
    return {str(button.key) for button in page.button}


def words(page: AppTest) -> str:
    """Every text of the page but the style sheet."""
    kinds: list[Any] = [page.markdown, page.caption, page.title, page.warning, page.info, page.error, page.toast]
    texts = [str(element.value) for kind in kinds for element in kind]
    html = [str(e.proto.body) for e in page.get("html") if "<style>" not in e.proto.body]
    return "\n".join([*texts, *html, *(button.label for button in page.button)]).replace("\\", "")


@pytest.fixture
def wired(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let pages see the bench, as a customer or as a member of staff."""

    def wire(walk: Walk | None = None, login: str = "") -> None:
        now = bench.now
        actor = bench.staff(login) if login else None
        with bench.desk.read("f1") as work:
            member = work.people.find_staff(login=login) if login else None
        session = SessionRecord("s1", "f1", "customer", walk.owner, now, now, walk.person.phone) if walk else None
        monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
        monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
        monkeypatch.setattr(wiring, "firms", bench.database.firms)
        monkeypatch.setattr(wiring, "staff", lambda: (actor, member) if login else None)
        monkeypatch.setattr(wiring, "customer", lambda: session)

    return wire


@pytest.fixture
def page(wired: Callable[..., None]) -> Open:
    """Open a page through the router."""

    def open_it(path: str, walk: Walk | None = None, login: str = "", **params: str) -> AppTest:
        wired(walk, login)
        found = AppTest.from_file(str(PAGES / "router.py"), default_timeout=30).run()
        found.switch_page(path)
        for name, value in params.items():
            found.query_params[name] = value
        return calm(found.run())

    return open_it


# -- the customer
def test_booking_on_the_witness_step(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    shown = page("customer/case.py", walk)
    assert "若当前排队人数过多" in words(shown)
    shown = press(shown, "reserve")
    said = words(shown)
    assert "3月3日（周二）" in said and "上午可约 7 人" in said and "休息日" in said
    assert shown.button(key="reserve_day_2026-03-07").disabled
    assert not shown.button(key=f"reserve_day_{TUESDAY}").disabled
    assert "next" not in keys(shown) and "reserve_book" not in keys(shown)
    shown = press(shown, f"reserve_day_{TUESDAY}")
    assert shown.radio(key="reserve_slot").options == [
        "上午 09:00-12:00，还有 7 个名额",
        "下午 13:00-17:30，还有 10 个名额",
    ]
    calm(shown.radio(key="reserve_slot").set_value("13:00").run())
    shown = press(shown, "reserve_book")
    assert "**3月3日（周二）下午 13:00-17:30" in words(shown)
    assert "next" in keys(shown)
    assert used(bench, slot="13:00") == 1


def test_later_days_are_on_the_next_pages(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    shown = press(page("customer/case.py", walk), "reserve")
    assert shown.button(key="reserve_earlier").disabled
    for _ in range(4):
        shown = press(shown, "reserve_later")
    assert "4月1日（周三）" in words(shown) and shown.button(key="reserve_later").disabled
    assert "4月2日" not in words(shown)
    shown = press(shown, "reserve_back")
    assert {"next", "reserve"} <= keys(shown)


def test_changing_and_cancelling(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    made = book(bench, walk)
    shown = press(page("customer/case.py", walk), "reserve_change")
    assert "现在的预约是 3月3日" in words(shown)
    shown = press(press(shown, f"reserve_day_{WEDNESDAY}"), "reserve_book")
    assert "**3月4日（周三）上午" in words(shown)
    assert stored(bench, made).state is S.CANCELLED
    shown = press(shown, "reserve_cancel")
    assert "确定取消吗" in words(shown)
    shown = press(shown, "reserve_cancel_no")
    assert "已预约" in words(shown)
    shown = press(press(shown, "reserve_cancel"), "reserve_cancel_yes")
    assert "reserve" in keys(shown) and used(bench, WEDNESDAY) == 0


def test_a_slot_that_filled_up_meanwhile_is_refused_on_screen(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    shown = press(press(page("customer/case.py", walk), "reserve"), f"reserve_day_{TUESDAY}")
    on_duty(bench, begins="17:00", ends="17:30")
    shown = press(shown, "reserve_book")
    assert "不能预约" in words(shown)
    assert used(bench) == 0


def test_when_nothing_can_be_booked_it_says_why(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    shown = press(page("customer/case.py", walk), "reserve")
    assert "没有可以预约的时段" in words(shown)
    rules(bench, enabled=False)
    shown = press(shown, "reserve_back")
    assert "暂不提供预约" in words(shown) and "reserve" not in keys(shown)


def test_a_waiting_customer_may_book_too(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    walk.join(bench)
    shown = press(page("customer/case.py", walk), "reserve")
    shown = press(press(shown, f"reserve_day_{TUESDAY}"), "reserve_book")
    assert "leave_queue" in keys(shown) and "已预约" in words(shown)


def test_opening_the_case_on_the_day_is_the_sign_in(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    made = book(bench, walk)
    shown = page("customer/case.py", walk)
    assert stored(bench, made).signed_in_at is None
    at(bench, "2026-03-03T09:10")
    shown = calm(shown.run())
    assert stored(bench, made).signed_in_at is not None
    assert "已经开始" in words(shown)


def test_my_cases_shows_the_reservation_and_leads_to_the_change(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    book(bench, walk)
    shown = page("customer/my_cases.py", walk)
    assert "**3月3日（周二）上午" in words(shown)
    shown = press(shown, "reserve_change")
    assert "现在的预约是 3月3日" in words(shown)
    shown = page("customer/my_cases.py", walk)
    shown = press(press(shown, "reserve_cancel"), "reserve_cancel_yes")
    assert "已预约" not in words(shown) and used(bench) == 0


def test_what_became_of_the_last_reservation_is_told(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    book(bench, walk)
    at(bench, "2026-03-03T15:00")
    assert "优先视频见证权已失效" in words(page("customer/case.py", walk))


# -- the supervisor
def test_the_week_and_the_list_of_a_day(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    book(bench, walk)
    shown = words(page("staff/reservations.py", login="supervisor", week=str(TUESDAY), day=str(TUESDAY)))
    assert "1 / 7" in shown and "张*" in shown and walk.case(bench).number in shown
    assert "已预约" in shown and walk.person.name not in shown


def test_places_by_hand_ask_again_below_what_is_booked(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    book(bench, walk)
    shown = page("staff/reservations.py", login="supervisor", week=str(TUESDAY), day=str(TUESDAY))
    key = f"places_{TUESDAY}_09:00"
    calm(shown.number_input(key=key).set_value(0).run())
    shown = press(shown, f"save_{key}")
    assert "已有 1 人预约" in words(shown) and "1 / 7" in words(shown)
    calm(shown.checkbox(key="places_sure").check().run())
    shown = press(shown, f"save_{key}")
    assert "1 / 0（手动）" in words(shown)
    shown = press(shown, f"roster_{key}")
    assert "1 / 7" in words(shown)


def test_closing_a_day_and_opening_it_again(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    made = book(bench, walk)
    shown = press(page("staff/reservations.py", login="supervisor", week=str(TUESDAY), day=str(TUESDAY)), "close_day")
    assert "现有 1 人预约" in words(shown)
    shown = press(shown, "dialog_yes")
    assert "请填写原因" in words(shown) and stored(bench, made).state is S.BOOKED
    calm(shown.text_input(key="close_reason").set_value("系统维护").run())
    shown = press(shown, "dialog_yes")
    assert "停止：系统维护" in words(shown) and stored(bench, made).state is S.CANCELLED
    assert messages(bench)[-1][0] == "reservation_closed"
    shown = press(shown, "open_day")
    assert "停止：系统维护" not in words(shown)


def test_the_roster_is_edited_as_a_table(bench: Bench, page: Open) -> None:
    case_at(bench, "device")
    shown = page("staff/reservations.py", login="supervisor")
    [part] = [group for group in shown.get("button_group") if group.key == "part"]
    calm(part.set_value("排班").run())
    shown.text_input(key="duty_b1_witness_0").set_value("9 点")
    shown.text_input(key="duty_b1_witness_1").set_value("09:00-12:00")
    shown = press(shown, "FormSubmitter:roster-保存排班")
    assert "王芳 周一" in words(shown) and "看不懂" in words(shown)
    shown.text_input(key="duty_b1_witness_0").set_value("09:00-12:00 13:00-17:00")
    shown = press(shown, "FormSubmitter:roster-保存排班")
    table = {duty.staff_id: duty.days for duty in roster_table(bench.desk, bench.staff("supervisor"), "b1")}
    assert table["witness"][:3] == ("09:00-12:00 13:00-17:00", "09:00-12:00", "")


# -- the calendar
def test_the_calendar_shows_a_month_and_warns_of_what_is_unknown(bench: Bench, page: Open) -> None:
    case_at(bench, "device")
    shown = page("staff/calendar.py", login="admin")
    assert "2026-03-02" in words(shown) and "放假安排还没有录入" not in words(shown)
    at(bench, "2026-12-02T10:00")
    shown = page("staff/calendar.py", login="admin")
    assert "2027年1月1日起的放假安排还没有录入" in words(shown)
    assert "2027年1月1日起" in words(page("staff/reservations.py", login="supervisor"))


def test_a_single_day_is_changed_and_stranded_reservations_are_cancelled(bench: Bench, page: Open) -> None:
    walk = case_at(bench, "witness")
    on_duty(bench)
    made = book(bench, walk)
    shown = page("staff/calendar.py", login="supervisor")
    shown.date_input(key="day_date").set_value(TUESDAY)
    shown.checkbox(key="day_workday").uncheck()
    shown.checkbox(key="day_trading").uncheck()
    shown.text_input(key="day_name").set_value("临时")
    shown = press(shown, "FormSubmitter:one_day-保存这一天")
    assert "有 1 个预约落在不再办公的日子" in words(shown) and "张*" in words(shown)
    shown = press(shown, "cancel_stranded")
    assert stored(bench, made).state is S.CANCELLED and "落在不再办公" not in words(shown)


def test_a_table_is_checked_shown_and_saved(bench: Bench, page: Open) -> None:
    case_at(bench, "device")
    shown = page("staff/calendar.py", login="admin")
    wrong = "日期,工作日,交易日,名称\n2027-01-09,是,是,\n".encode()
    shown = calm(shown.file_uploader(key="calendar_file").upload("calendar.csv", wrong, "text/csv").run())
    assert "第 2 行：周六" in words(shown) and "calendar_save" not in keys(shown)
    right = "日期,工作日,交易日,名称\n2027-01-01,否,否,元旦\n2027-01-04,否,否,元旦\n".encode("gb18030")
    shown = page("staff/calendar.py", login="admin")
    shown = calm(shown.file_uploader(key="calendar_file").upload("calendar.csv", right, "text/csv").run())
    assert "共 2 天，2 天有变化，其中 2 天由暂定变为确定" in words(shown)
    press(shown, "calendar_save")
    days = days_between(bench.desk, bench.staff("admin"), CalendarDay(TUESDAY, True, True).day, TUESDAY)
    assert days[0].workday
    assert save_days(bench.desk, bench.staff("admin"), days) == 0


def test_the_file_of_a_year_is_for_those_who_may_change_it(bench: Bench, wired: Callable[..., None]) -> None:
    case_at(bench, "device")
    now = bench.now
    for login, given in (("admin", True), ("supervisor", True), ("review", False)):
        wired(login=login)
        session = SessionRecord("s", "f1", "staff", f"staff:{login}", now, now)
        text = calendar_file._file(session, 2027)
        assert (text is not None) is given
        assert text is None or (text.startswith("\ufeff日期") and text.count("\n") == 366)
        assert calendar_file._file(session, 1999) is None
    assert calendar_file._file(None, 2027) is None
