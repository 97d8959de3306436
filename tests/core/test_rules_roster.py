"""Weekly duty as text, and the calendar as a table: what is read and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from core.rules.calendar import Calendar, CalendarDay, build_calendar
from core.rules.calendar_table import HEADER, decoded, differences, read_table, written_table
from core.rules.problem import Problem
from core.rules.roster import meet, parse_times, times_text


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("", ()),
        ("  ", ()),
        ("08:40-12:00", ((520, 720),)),
        ("08:40-12:00 13:00-17:45", ((520, 720), (780, 1065))),
        ("13：00 － 17：45，8:40至12:00", ((520, 720), (780, 1065))),
        ("00:00-24:00", ((0, 1440),)),
        ("09:00-12:00、12:00-18:00", ((540, 720), (720, 1080))),
    ],
)
def test_times_are_read_as_people_write_them(text: str, times: tuple[tuple[int, int], ...]) -> None:
    assert parse_times(text) == times


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("上午", "format"),
        ("9-12", "format"),
        ("09:00", "format"),
        ("25:00-26:00", "format"),
        ("09:60-12:00", "format"),
        ("12:00-09:00", "order"),
        ("09:00-09:00", "order"),
        ("09:00-12:00 11:00-13:00", "overlap"),
    ],
)
def test_times_that_cannot_be_are_refused(text: str, code: str) -> None:
    found = parse_times(text)
    assert isinstance(found, Problem) and found.code == code and found.text.endswith("。")


def test_times_are_written_as_they_are_read() -> None:
    text = "08:40-12:00 13:00-17:45"
    found = parse_times(text)
    assert not isinstance(found, Problem) and times_text(found) == text


def test_days_meet_when_they_share_a_minute() -> None:
    assert meet([(0, 10)], [(9, 20)])
    assert not meet([(0, 10)], [(10, 20)])


# -- the calendar's table
def test_a_year_survives_writing_and_reading() -> None:
    year = build_calendar(2026, 2026)
    read = read_table(written_table(year))
    assert read.mistakes == () and read.days == year


def test_files_of_spreadsheets_are_read() -> None:
    text = "日期,工作日,交易日,名称\n2027/01/04,是,是,\n2027-02-14,是,否,春节调休\n"
    for coding in ("utf-8", "utf-8-sig", "gb18030"):
        days = read_table(decoded(text.encode(coding))).days
        assert days == (
            CalendarDay(date(2027, 1, 4), workday=True, trading=True),
            CalendarDay(date(2027, 2, 14), workday=True, trading=False, name="春节调休"),
        )


def test_columns_may_be_named_in_english_and_stand_in_any_order() -> None:
    assert len(read_table("trading,workday,day,name\r\n1,1,2027-01-04,\r\n\r\n0,0,2027-01-05,x\r\n").days) == 2


@pytest.mark.parametrize(
    ("lines", "mistakes"),
    [
        ([], ["表格里没有日期"]),
        (["2027-1-4,是,是,"], ["第 2 行"]),
        (["2027-02-30,是,是,"], ["第 2 行"]),
        (["2027-01-04,是,是,", "2027-01-04,否,否,"], ["第 3 行：日期 2027-01-04 重复"]),
        (["2027-01-04,也许,是,"], ["第 2 行：工作日和交易日"]),
        (["2027-01-04,否,是,"], ["第 2 行：交易日必须是工作日"]),
        (["2027-01-09,是,是,"], ["第 2 行：周六、周日不是交易日"]),
        ([f"2027-01-04,是,是,{'长' * 41}"], ["第 2 行：名称最多"]),
        (["2027-01-04,是,是,", "", "x,是,是,", "2027-01-09,是,是,"], ["第 4 行", "第 5 行"]),
    ],
)
def test_every_mistake_is_named_with_its_line(lines: list[str], mistakes: list[str]) -> None:
    found = read_table("\n".join([",".join(HEADER), *lines]))
    assert found.days == () and len(found.mistakes) == len(mistakes)
    assert all(wanted in said for wanted, said in zip(mistakes, found.mistakes, strict=True))


@pytest.mark.parametrize(
    ("text", "said"), [("", "空的"), ("\n,\n", "空的"), ("a,b\n1,2", "缺少列 日期、工作日、交易日")]
)
def test_a_table_without_its_columns_is_refused(text: str, said: str) -> None:
    [mistake] = read_table(text).mistakes
    assert said in mistake


def test_a_table_without_end_is_refused() -> None:
    assert "最多" in read_table("日期,工作日,交易日,名称\n" * 1201).mistakes[0]


def test_a_guess_that_becomes_certain_is_a_difference() -> None:
    before = Calendar(build_calendar(2027, 2027))
    same = CalendarDay(date(2027, 1, 4), workday=True, trading=True)
    [change] = differences(before, [same])
    assert change.before.provisional and not change.after.provisional
    assert differences(Calendar([same]), [same]) == ()
