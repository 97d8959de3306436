"""工作日历: working days and trading days of the coming year, import of a table, single days, stranded reservations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from core.errors import DeskError
from core.rules.calendar import CalendarDay, local_day
from core.rules.calendar_table import HEADER, DayChange, decoded, read_table
from core.rules.reservation import WEEKDAY_NAMES
from core.usecases.work_calendar import (
    cancel_stranded,
    days_between,
    preview_days,
    save_days,
    stranded_reservations,
    warning,
)
from pages.parts import acting, notice, state, visitor, wiring
from pages.parts.fact_table import EMPTY, cell, unusual
from pages.parts.language import _

SHOWN_CHANGES = 60
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


def _months() -> list[date]:
    """The present month and the twelve after it."""
    first = local_day(desk.clock()).replace(day=1)
    months = [first]
    while len(months) < 13:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months


def _month() -> None:
    months = _months()
    first = st.selectbox(
        _("月份"),
        months,
        format_func=lambda m: _("{year} 年 {month} 月").format(year=m.year, month=m.month),
        key="month",
    )
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    lines = [_("| 日期 | 星期 | 工作日 | 交易日 | 名称 | 来源 |"), "|---|---|---|---|---|---|"]
    for row in days_between(desk, actor, first, last):
        plain = row.workday == row.trading == (row.day.weekday() < 5)
        workday = cell(_yes(row.workday)) if plain else unusual(_yes(row.workday))
        source = unusual(_("暂定")) if row.provisional else _("确定")
        name = cell(row.name) if row.name else EMPTY
        cells = (cell(row.day), cell(WEEKDAY_NAMES[row.day.weekday()]), workday, _yes(row.trading), name, source)
        lines.append("| " + " | ".join(cells) + " |")
    st.markdown("\n".join(lines))


def _save(days: Sequence[CalendarDay]) -> None:
    counts: list[int] = []
    if acting.attempt(lambda: counts.append(save_days(desk, actor, days))):
        state.say(_("已保存，{counts} 天有变化。").format(counts=counts[0]) if counts[0] else _("没有变化。"))


def _save_day() -> None:
    values = st.session_state
    name = str(values.get("day_name") or "").strip() or None
    _save([CalendarDay(values["day_date"], bool(values["day_workday"]), bool(values["day_trading"]), name)])


def _one_day() -> None:
    with st.form("one_day"):
        st.date_input(_("日期"), local_day(desk.clock()), key="day_date", format="YYYY-MM-DD")
        left, right = st.columns(2)
        left.checkbox(_("工作日"), True, key="day_workday", help=_("含调休上班的周六、周日；可以预约视频"))
        right.checkbox(_("交易日"), True, key="day_trading", help=_("交易所交易的日子；承诺时间按交易日计算"))
        st.text_input(_("名称"), key="day_name", max_chars=40, placeholder=_("例如：国庆节，可不填"))
        st.form_submit_button(_("保存这一天"), on_click=_save_day)


def _changes(changes: Sequence[DayChange]) -> None:
    lines = [_("| 日期 | 原来 | 改为 |"), "|---|---|---|"]
    lines += [
        f"| {pair.after.day} | {_state(pair.before)} | {_state(pair.after)} |" for pair in changes[:SHOWN_CHANGES]
    ]
    st.markdown("\n".join(lines))
    if len(changes) > SHOWN_CHANGES:
        st.caption(_("另有 {count} 天有变化，没有全部列出。").format(count=len(changes) - SHOWN_CHANGES))


def _state(row: CalendarDay) -> str:
    kind = _("交易日") if row.trading else _("工作日（不交易）") if row.workday else _("休息日")
    return cell(f"{kind} {row.name or ''}{_('（暂定）') if row.provisional else ''}")


def _import() -> None:
    year = local_day(desk.clock()).year
    links = "　".join(_("[{y} 年表格](/desk-calendar/{y}.csv)").format(y=y) for y in (year, year + 1))
    st.markdown(
        _("第 1 步：下载 {links}，用表格软件修改。各列为 {header}，工作日和交易日填 是 或 否。").format(
            links=links, header=_("、").join(HEADER)
        )
    )
    given = st.file_uploader(_("第 2 步：选择改好的 CSV 文件"), type=["csv"], key="calendar_file")
    if given is None:
        return
    table = read_table(decoded(given.getvalue()))
    if table.mistakes:
        notice.field_errors({str(n): text for n, text in enumerate(table.mistakes[:20])})
        return
    changes = preview_days(desk, actor, table.days)
    certain = sum(pair.before.provisional for pair in changes)
    st.markdown(
        _("第 3 步：核对。共 {count} 天，{count_2} 天有变化，其中 {certain} 天由暂定变为确定。").format(
            count=len(table.days), count_2=len(changes), certain=certain
        )
    )
    if changes:
        _changes([pair for pair in changes if _differs(pair)])
        st.button(_("保存到工作日历"), key="calendar_save", type="primary", on_click=_save, args=(table.days,))


def _differs(pair: DayChange) -> bool:
    """Whether more changes than that a guess becomes certain."""
    before, after = pair.before, pair.after
    return (before.workday, before.trading, before.name) != (after.workday, after.trading, after.name)


def _stranded() -> None:
    found = stranded_reservations(desk, actor)
    if not found:
        return
    notice.refusal(
        _("有 {count} 个预约落在不再办公的日子。确认后取消，并短信通知客户重新预约。").format(count=len(found))
    )
    lines = [_("| 预约 | 营业部 | 客户 | 受理单号 | 原因 |"), "|---|---|---|---|---|"]
    for each in found:
        cells = (each.booked.words, each.branch, each.booked.customer, each.booked.case_number, each.reason)
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    st.markdown("\n".join(lines))
    ids = [each.booked.reservation.id for each in found]
    st.button(_("取消这些预约并短信通知"), key="cancel_stranded", on_click=acting.attempt,
              args=(lambda: cancel_stranded(desk, actor, ids), _("已取消，短信已发送。")))  # fmt: skip


def _page() -> None:
    st.title(_("工作日历"))
    warned = warning(desk, actor)
    if warned:
        st.warning(notice.plain(warned), icon=":material/event_busy:")
    acting.show_refusal()
    _stranded()
    left, right = st.columns([3, 2], gap="large")
    with left:
        _month()
    with right:
        st.subheader(_("导入放假安排"))
        _import()
        st.subheader(_("更改一天"))
        _one_day()


try:
    _page()
except DeskError as error:
    notice.refusal(error.text)
