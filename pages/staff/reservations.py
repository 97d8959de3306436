"""预约日历: the slots of a week by branch, who booked a day, places by hand, closing and opening; the weekly duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from core.errors import DeskError
from core.rules.calendar import local_day
from core.rules.reservation import STATE_TITLES, WEEKDAY_NAMES, day_words
from core.usecases.manage_reservations import Booked, branches_of, close_slots, day_list, open_slots, week_overview
from core.usecases.offered_slots import DayOffer, SlotOffer
from core.usecases.work_calendar import warning
from pages.parts import acting, clock_words, notice, state, visitor, wiring
from pages.parts.fact_table import cell, unusual
from pages.parts.language import _, dialog
from pages.parts.roster import roster
from pages.parts.slot_places import slot_places

CLOSE_DAY = "close_day"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _monday() -> date:
    """The week in the address, else the present one."""
    try:
        day = date.fromisoformat(str(st.query_params.get("week", "")))
    except ValueError:
        day = local_day(desk.clock())
    return day - timedelta(days=day.weekday())


def _go(week: date) -> None:
    st.query_params["week"] = week.isoformat()
    st.query_params.pop("day", None)
    acting.ask(None)


def _weeks(monday: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, key, week in (
            (_("上一周"), "week_before", monday - timedelta(days=7)),
            (_("本周"), "week_now", local_day(desk.clock())),
            (_("下一周"), "week_after", monday + timedelta(days=7)),
        ):
            st.button(title, key=key, on_click=_go, args=(week,))
        st.markdown(
            _("**{monday} 至 {monday_2}**").format(
                monday=_(day_words(monday)), monday_2=_(day_words(monday + timedelta(days=6)))
            )
        )


def _slot(slot: SlotOffer) -> str:
    if slot.closed:
        return unusual(_("停止：{closed}").format(closed=slot.closed))
    text = f"{slot.used} / {slot.capacity}{_('（手动）') if slot.by_hand else ''}"
    if slot.used > slot.capacity:
        return unusual(_("{text} 超出").format(text=text))
    return f"{cell(text)} {_('已满') if slot.capacity and slot.left == 0 else ''}".rstrip()


def _week(days: Sequence[DayOffer]) -> None:
    """Days as columns, slots as rows: booked / places."""
    keys = sorted({slot.window.slot.key for day in days for slot in day.slots})
    titles = {slot.window.slot.key: _(slot.window.slot.title) for day in days for slot in day.slots}
    if not keys:
        notice.empty_state(_("这一周没有视频服务时间，没有可以预约的时段。"))
        return
    lines = [_("| 时段 | ") + " | ".join(f"{_(WEEKDAY_NAMES[d.day.weekday()])} {d.day:%m-%d}" for d in days) + " |"]
    lines.append("|---" * (len(days) + 1) + "|")
    for key in keys:
        cells = [next((_slot(s) for s in day.slots if s.window.slot.key == key), "—") for day in days]
        shown = [
            cell(d.row.name or _("休息日")) if not d.row.workday else text for d, text in zip(days, cells, strict=True)
        ]
        lines.append(f"| {cell(f'{titles[key]} {key}')} | " + " | ".join(shown) + " |")
    st.markdown("\n".join(lines))
    st.caption(_("已约 / 名额。名额按排班、平均通话时长和预约占比计算，可以在下面手动更改。"))


def _chosen(days: Sequence[DayOffer]) -> DayOffer:
    labels = {str(day.day): f"{_(WEEKDAY_NAMES[day.day.weekday()])} {day.day:%m-%d}" for day in days}
    today = str(local_day(desk.clock()))
    wanted = str(st.query_params.get("day", today))
    first = wanted if wanted in labels else str(days[0].day)
    picked = st.pills(_("日期"), list(labels), default=first, format_func=labels.get, key=f"day_of_{days[0].day}")
    return next(day for day in days if str(day.day) == (picked or first))


def _list(rows: Sequence[Booked]) -> None:
    if not rows:
        notice.empty_state(_("这一天还没有预约。"))
        return
    lines = [_("| 时段 | 客户 | 受理单号 | 状态 | 登录 | 说明 |"), "|---|---|---|---|---|---|"]
    for row in rows:
        found = row.reservation
        signed = clock_words.exact(found.signed_in_at)[11:16] if found.signed_in_at else ""
        missed = _("曾未到 {missed} 次").format(missed=row.missed) if row.missed else ""
        note = _("；").join(filter(None, (found.reason, missed)))
        cells = (_(row.words.values["times"]), row.customer, row.case_number, STATE_TITLES[found.state], signed, note)
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    st.markdown("\n".join(lines))


def _close(branch_id: str, day: date, slots: list[str], reason_key: str) -> None:
    reason = str(st.session_state.get(reason_key) or "")
    counts: list[int] = []
    if acting.attempt(lambda: counts.append(close_slots(desk, actor, branch_id, day, slots, reason))):
        acting.ask(None)
        state.say(_("已停止预约，短信通知了 {counts} 位客户。").format(counts=counts[0]))


def _open(branch_id: str, day: date, slots: list[str]) -> None:
    acting.attempt(lambda: open_slots(desk, actor, branch_id, day, slots), _("已恢复预约。"))


@dialog("停止预约")
def _ask_close(branch_id: str, day: DayOffer, booked: int) -> None:
    """One slot or the whole day, with the reason that customers read."""
    keys = {slot.window.slot.key: _(slot.window.slot.title) or slot.window.slot.key for slot in day.slots}
    chosen = st.pills(
        _("时段"), list(keys), default=list(keys), selection_mode="multi", format_func=keys.get, key="closing"
    )
    st.text_input(_("原因"), key="close_reason", max_chars=40, placeholder=_("例如：系统维护"))
    st.caption(
        _("{day}现有 {booked} 人预约。所选时段的客户会收到短信和原因，可以重新预约。").format(
            day=_(day_words(day.day)), booked=booked
        )
    )
    acting.show_refusal()
    acting.dialog_buttons(_("停止预约并通知"), _close, branch_id, day.day, list(chosen or ()), "close_reason")


def _day(branch_id: str, day: DayOffer) -> None:
    rows = day_list(desk, actor, branch_id, day.day)
    st.subheader(_(day_words(day.day)) + (f" · {day.row.name}" if day.row.name else ""))
    if day.row.provisional:
        st.caption(_("暂定：这一天的放假安排还没有录入。"))
    past = day.day < local_day(desk.clock())
    if day.slots and day.row.workday and not past:
        slot_places(desk, actor, branch_id, day)
        closed = [slot.window.slot.key for slot in day.slots if slot.closed]
        with st.container(horizontal=True):
            st.button(
                _("停止预约"), key="close_day", icon=":material/event_busy:", on_click=acting.ask, args=(CLOSE_DAY,)
            )
            if closed:
                st.button(_("恢复预约"), key="open_day", on_click=_open, args=(branch_id, day.day, closed))
    if acting.asking() == CLOSE_DAY:
        _ask_close(branch_id, day, sum(row.reservation.state == "booked" for row in rows))
    _list(rows)


def _page() -> None:
    st.title(_("预约日历"))
    warned = warning(desk, actor)
    if warned:
        st.warning(notice.plain(warned), icon=":material/event_busy:")
    acting.show_refusal()
    branches = {branch.id: branch.name for branch in branches_of(desk, actor)}
    home = guest.member.branch_id if guest.member and guest.member.branch_id in branches else next(iter(branches))
    left, right = st.columns(2)
    branch = left.selectbox(
        _("营业部"), list(branches), list(branches).index(home), format_func=branches.get, key="branch"
    )
    part = right.segmented_control(_("内容"), ["预约", "排班"], default="预约", format_func=_, key="part")
    if part == "排班":
        roster(desk, actor, branch)
        return
    monday = _monday()
    _weeks(monday)
    days = week_overview(desk, actor, branch, monday)
    _week(days)
    _day(branch, _chosen(days))


try:
    _page()
except DeskError as error:
    notice.refusal(error.text)
