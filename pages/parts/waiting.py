"""The customer waits: own picture, place in the queue, expected time, messages of the desk, a way out."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.records import QueuePlace, Ticket
from core.usecases.wait_for_witness import leave_queue, look_at_queue
from pages.parts import clock_words, notice, state
from pages.parts.components.selfie import selfie
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

_FIRST = 3
"""Whoever is nearly there sees it at once: the first three look every 2 s, the others every 5 s."""
_LEAVING = "leave_queue"


def waiting_room(view: StepView, first: QueuePlace) -> None:
    """Everything but the buttons at the bottom; the page goes on by itself when the turn comes."""
    seen = [first]
    near = _is_near(first)

    @st.fragment(run_every="2s" if near else "5s", key="queue")
    def place() -> None:
        now = seen.pop() if seen else look_at_queue(view.desk, view.actor, view.case_id)
        if now is None or now.ticket.state == "in_call":
            view.go(None)
            st.rerun(scope="app")
            return
        if _is_near(now) != near:
            st.rerun(scope="app")
        _place(now)

    place()
    selfie("waiting_selfie", upload_url=f"/still/{first.ticket.id}/none", small=False)
    st.markdown(
        _(
            "请准备：身份证原件、充足的光线、安静的环境；请摘下帽子和口罩，独自在镜头前。  \n"
            "轮到您时会自动接通，请不要关闭页面。刷新页面或短暂断网不会丢失位置。"
        )
    )


def _is_near(place: QueuePlace) -> bool:
    return place.ticket.state != "waiting" or place.position <= _FIRST


def _place(now: QueuePlace) -> None:
    with st.container(key="card-queue"):
        if now.ticket.state == "offered":
            _headline(_("正在为您接通"), _("见证人员正在准备，请看着镜头稍候。"))
            return
        _headline(
            _("前面 {position} 人 · 共 {people} 人（含您）").format(position=now.position - 1, people=now.people),
            _time(now),
        )
    for message in now.messages:
        st.info(_("来自柜台：{text}").format(text=notice.plain(message.text)), icon=":material/campaign:")
    if now.closing:
        end = clock_words.promise(now.closing)
        notice.refusal(
            _("今天的视频服务到 {end} 结束，可能轮不到您。已填写的内容都会保留，您可以下次再来。").format(end=end)
        )
    if now.alone_too_long:
        notice.refusal(_("您已独自等待较久，可能是网络不畅。请换一个网络（例如从 Wi-Fi 换到 4G），再刷新页面。"))


def _headline(title: str, below: str) -> None:
    """Announced by screen readers when it changes."""
    st.html(f'<div class="jz-place" role="status"><p>{escape(title)}</p><p>{escape(below)}</p></div>')


def _time(now: QueuePlace) -> str:
    if now.minutes is None:
        return _("当前无人值守，暂时无法估计时间。您可以继续等待，也可以稍后再来。")
    low, high = now.minutes
    return _("约 {low} 分钟").format(low=low) if low == high else _("约 {low}-{high} 分钟").format(low=low, high=high)


def way_out(view: StepView) -> None:
    """离开排队, which asks first because the place is lost."""
    if state.get(Key.ASKING) != _LEAVING:
        st.button(_("离开排队"), key="leave_queue", on_click=state.put, args=(Key.ASKING, _LEAVING))
        return

    def leave() -> None:
        leave_queue(view.desk, view.actor, view.case_id)
        state.drop(Key.ASKING)

    with st.container(key="card-leave"):
        st.markdown(_("离开后会失去当前的位置，下次要重新排队。已填写的内容都会保留。"))
        with st.container(horizontal=True):
            st.button(_("继续等待"), key="leave_no", type="primary", on_click=state.drop, args=(Key.ASKING,))
            st.button(_("确认离开"), key="leave_yes", on_click=leave)


def why_lost(ticket: Ticket | None) -> None:
    """How the last waiting ended, when the customer did not end it."""
    if ticket is None or ticket.ended_at is None:
        return
    end = clock_words.promise(ticket.ended_at)
    if ticket.reason == "closed":
        notice.refusal(
            _("视频服务已于 {end} 结束，很抱歉今天没有轮到您。已填写的内容都会保留，请在服务时间内再来。").format(
                end=end
            )
        )
    else:
        notice.refusal(_("您的页面在 {end} 之后没有回应，排队位置已让出。请重新开始视频通话。").format(end=end))
