"""预约视频, the customer's side: the own reservation, the calendar of days, the slots of a day (R150, R159-R164)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.rules.reservation import day_words
from core.usecases.book_reservation import (
    Board,
    OwnReservation,
    book_reservation,
    cancel_reservation,
    own_reservation,
    rebook_reservation,
    reservation_board,
)
from core.usecases.offered_slots import DayOffer, SlotOffer
from pages.parts import acting, notice, state
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

SHOWN = 7
HINT = "若当前排队人数过多，可以预约一个时段，到时优先为您接通。"


class _Field(StrEnum):
    """Keys of st.session_state: what of the calendar is open."""

    CASE = "reserve_case"
    PAGE = "reserve_page"
    DAY = "reserve_day"
    SLOT = "reserve_slot"
    CANCELLING = "reserve_cancelling"
    GO = "reserve_go"


def _put(field: _Field, value: object) -> None:
    st.session_state[field] = value


def _choose(day: date | None) -> None:
    _put(_Field.DAY, str(day) if day else None)
    st.session_state.pop(_Field.SLOT, None)
    state.drop(Key.ERRORS)


def _open(case_id: str | None) -> None:
    """Show the calendar of this case from its first page, or put it away."""
    for field in _Field:
        st.session_state.pop(field, None)
    if case_id:
        _put(_Field.CASE, case_id)
    state.drop(Key.ERRORS)


def is_open(view: StepView) -> bool:
    """Whether the calendar of this case is open."""
    return bool(st.session_state.get(_Field.CASE) == view.case_id)


def draw(view: StepView) -> bool:
    """The reservation part of the witness step; True when the calendar is open and has brought its own buttons."""
    opened = is_open(view)
    board = reservation_board(view.desk, view.actor, view.loaded.case, with_days=opened)
    acting.show_refusal()
    if board.told and not board.mine:
        st.info(notice.plain(board.told), icon=":material/event_busy:")
    if opened:
        _calendar(view, board)
        return True
    if board.mine:
        _mine(view.desk, view.actor, view.case_id, board.mine, lambda: _open(view.case_id))
    elif board.refusal:
        st.caption(_(board.refusal))
    else:
        st.caption(_(HINT))
        st.button(_("预约视频"), key="reserve", icon=":material/calendar_month:", on_click=_open, args=(view.case_id,))
    return False


def summary(desk: Desk, actor: Actor, case_id: str) -> None:
    """The own reservation in 我的业务; nothing without one."""
    mine = own_reservation(desk, actor, case_id)
    if mine:
        _mine(desk, actor, case_id, mine, lambda: _change_there(case_id))
        if st.session_state.pop(_Field.GO, False):
            st.switch_page("customer/case.py")


def _change_there(case_id: str) -> None:
    _open(case_id)
    _put(_Field.GO, True)
    state.put(Key.VIEW, "witness")


def _mine(desk: Desk, actor: Actor, case_id: str, mine: OwnReservation, change: Callable[[], None]) -> None:
    """The valid reservation with 改约 and 取消预约."""
    with st.container(key="card-reservation"):
        st.markdown(
            _(":material/event_available: 已预约视频验证  \n**{words}**").format(words=notice.plain(mine.words))
        )
        if mine.running:
            st.markdown(_("您的预约时段已经开始，请现在开始视频通话，优先为您接通。"))
        else:
            st.markdown(
                _("到时请登录并点“开始视频通话”，优先为您接通。超过时段登录，优先视频见证权失效，可以重新预约。")
            )
        if st.session_state.get(_Field.CANCELLING) == case_id:
            _confirm_cancel(desk, actor, case_id)
            return
        with st.container(horizontal=True):
            st.button(_("改约"), key="reserve_change", on_click=change)
            st.button(_("取消预约"), key="reserve_cancel", on_click=_put, args=(_Field.CANCELLING, case_id))


def _confirm_cancel(desk: Desk, actor: Actor, case_id: str) -> None:
    def cancel() -> None:
        _open(None)
        acting.attempt(lambda: cancel_reservation(desk, actor, case_id), _("预约已取消。"))

    st.markdown(_("确定取消吗？取消后名额会让给其他客户，您可以重新预约。"))
    with st.container(horizontal=True):
        st.button(_("确定取消"), key="reserve_cancel_yes", on_click=cancel)
        st.button(_("保留预约"), key="reserve_cancel_no", on_click=_open, args=(None,))


def _calendar(view: StepView, board: Board) -> None:
    """Days, then the slots of the chosen day, and the buttons at the bottom of the screen."""
    st.subheader(_("改约") if board.mine else _("预约视频"))
    if board.mine:
        st.caption(_("现在的预约是 {words}。选好新的时段后，它自动取消。").format(words=board.mine.words))
    slots: tuple[SlotOffer, ...] = ()
    if board.refusal:
        notice.refusal(board.refusal)
    else:
        slots = _days(board)
    with st.container(key="actions", horizontal=True):
        st.button(_("返回"), key="reserve_back", on_click=_open, args=(None,))
        if slots:
            label = _("改到这个时段") if board.mine else _("预约视频")
            st.button(label, key="reserve_book", type="primary", on_click=_book, args=(view, bool(board.mine)))


def _days(board: Board) -> tuple[SlotOffer, ...]:
    """Seven days at a time; the bookable slots of the chosen day."""
    pages = (len(board.days) + SHOWN - 1) // SHOWN
    number = min(int(st.session_state.get(_Field.PAGE, 0)), pages - 1)
    shown = board.days[number * SHOWN : (number + 1) * SHOWN]
    chosen = next((day for day in board.days if str(day.day) == st.session_state.get(_Field.DAY)), None)
    if chosen and not chosen.refusal:
        return _slots(chosen)
    st.markdown(_("请选择预约日期。只有工作日可以预约。"))
    for day in shown:
        _day(day)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        back = st.button(_("前几天"), key="reserve_earlier", icon=":material/chevron_left:", disabled=number == 0)
        on = st.button(_("后几天"), key="reserve_later", icon=":material/chevron_right:", disabled=number == pages - 1)
    if back or on:
        _put(_Field.PAGE, number + (1 if on else -1))
        st.rerun()
    return ()


def _day(day: DayOffer) -> None:
    told = _(day.refusal) or "　".join(_places(slot) for slot in day.slots)
    guessed = _("（放假安排公布后可能调整）") if day.row.provisional and not day.refusal else ""
    label = f"**{day_words(day.day)}**  \n{notice.plain(told + guessed)}"
    with st.container(key=f"entry-{day.day}"):
        st.button(label, key=f"reserve_day_{day.day}", disabled=bool(day.refusal), width="stretch",
                  on_click=_choose, args=(day.day,))  # fmt: skip


def _places(slot: SlotOffer) -> str:
    title = _(slot.window.slot.title) or slot.window.slot.key
    return (
        f"{title}{_(slot.refusal)}" if slot.refusal else _("{title}可约 {left} 人").format(title=title, left=slot.left)
    )


def _times(slot: SlotOffer) -> str:
    """`上午 09:00-12:00`"""
    return _(slot.window.times())


def _slots(day: DayOffer) -> tuple[SlotOffer, ...]:
    """预约时段 of one day."""
    free = tuple(slot for slot in day.slots if not slot.refusal)
    st.markdown(_("**预约日期：{day}**").format(day=_(day_words(day.day))))
    st.button(_("换一天"), key="reserve_other_day", type="tertiary", icon=":material/arrow_back_ios_new:",
              on_click=_choose, args=(None,))  # fmt: skip
    labels = {
        slot.window.slot.key: _("{times}，还有 {left} 个名额").format(times=_times(slot), left=slot.left)
        for slot in free
    }
    st.radio(_("预约时段"), list(labels), key=_Field.SLOT, format_func=lambda key: labels.get(key, key))
    for slot in day.slots:
        if slot.refusal:
            st.caption(_("{times}：{refusal}").format(times=_times(slot), refusal=_(slot.refusal)))
    if day.row.provisional:
        st.caption(_("这一天的放假安排还没有公布。如果改为休息日，会短信通知您。"))
    return free


def _book(view: StepView, change: bool) -> None:
    """Book what is chosen; the calendar stays open after a refusal."""
    day, slot = date.fromisoformat(st.session_state[_Field.DAY]), str(st.session_state[_Field.SLOT])
    act = rebook_reservation if change else book_reservation
    if acting.attempt(lambda: act(view.desk, view.actor, view.case_id, day, slot), _("已预约，短信已发送。")):
        _open(None)
