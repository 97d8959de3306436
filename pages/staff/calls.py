"""通话监看: the quality of every running call; sit in on one, write to the witness, take it over."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.usecases.observe_call import (
    TAKEOVER_REASONS,
    RunningCall,
    may_take_over,
    observe,
    running_calls,
    stop_observing,
    take_over,
)
from pages.parts import acting, call, clock_words, notice, state, visitor, wiring
from pages.parts.call_talk import talk
from pages.parts.fact_table import cell, fact_table, unusual
from pages.parts.language import _, spoken

SIDES = {call.Role.CUSTOMER: _("客户"), call.Role.STAFF: _("见证人员")}
LOSS, ROUND_TRIP_MS, RATE = 0.05, 400, 8
"""From here on a call is in trouble: share lost, milliseconds there and back, pictures a second."""
WATCHED = "watched_call"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _figures(now: call.Quality) -> str:
    trip = "—" if now.round_trip_ms is None else _("{round_trip_ms} 毫秒").format(round_trip_ms=now.round_trip_ms)
    said = _("{width}×{height} · {rate:.0f} 帧/秒 · {kbit} kbit/s · 丢包 {loss:.1%} · 往返 {trip}").format(
        width=now.width, height=now.height, rate=now.frames_per_second, kbit=now.kbit_per_second, loss=now.loss,
        trip=trip,
    )  # fmt: skip
    slow = now.round_trip_ms is not None and now.round_trip_ms > ROUND_TRIP_MS
    return unusual(said) if now.loss > LOSS or slow or now.frames_per_second < RATE else cell(said)


def _rows(ticket_id: str) -> list[tuple[str, str]]:
    found = call.figures(ticket_id)
    return [
        (title, _figures(found[role]) if role in found else unusual(_("没有连接"))) for role, title in SIDES.items()
    ]


def _watch(ticket_id: str) -> None:
    if acting.attempt(lambda: observe(desk, actor, ticket_id)):
        st.session_state[WATCHED] = ticket_id


def _stop(ticket_id: str) -> None:
    st.session_state.pop(WATCHED, None)
    acting.attempt(lambda: stop_observing(desk, actor, ticket_id))


def _take_over(ticket_id: str, fence: int) -> None:
    reason = str(st.session_state.get("takeover_reason") or "")
    if acting.attempt(lambda: take_over(desk, actor, ticket_id, fence, reason), _("已接管，请在视频见证页面继续。")):
        st.session_state.pop(WATCHED, None)
        st.session_state["go_on_with_call"] = True


def _card(running: RunningCall) -> None:
    ticket, long = running.ticket, clock_words.span(desk.clock() - running.since)
    who = _("**{witness}** 与 {customer}").format(
        witness=notice.plain(running.witness), customer=notice.plain(running.customer)
    )
    st.markdown(
        _("{who}　受理单 {case_number}　已通话 {long}").format(who=who, case_number=running.case_number, long=long)
    )
    fact_table(_("来自"), _rows(ticket.id), _("画面与线路"))
    if ticket.staff_id != actor.staff_id:
        st.button(_("旁听"), key=f"watch_{ticket.id}", icon=":material/hearing:", on_click=_watch, args=(ticket.id,))


@st.fragment(run_every="3s", key="calls_live")
def _list() -> None:
    found = running_calls(desk, actor)
    if not found:
        notice.empty_state(_("现在没有通话。有通话时，这里会显示画面和线路的质量。"))
    for running in found:
        _card(running)
    if st.session_state.get(WATCHED):
        st.rerun(scope="app")


def _room(ticket_id: str) -> None:
    ticket = observe(desk, actor, ticket_id)
    st.caption(_(":material/hearing: 您正在旁听。客户看不到您，也听不到您；见证人员的页面会显示主管旁听中。"))
    call.watch(ticket)

    @st.fragment(run_every="3s", key="watch_live")
    def live() -> None:
        try:
            now = observe(desk, actor, ticket_id)
        except DeskError as error:
            st.session_state.pop(WATCHED, None)
            state.say(error.text)
            st.rerun(scope="app")
            return
        fact_table(_("来自"), _rows(ticket_id), _("画面与线路"))
        talk(desk, actor, ticket_id)
        if now.fence != ticket.fence:
            st.rerun(scope="app")

    live()
    st.button(_("停止旁听"), key="stop_watching", on_click=_stop, args=(ticket_id,))
    if may_take_over(actor):
        with st.expander(_("接管这次通话"), icon=":material/swap_horiz:", key="takeover"):
            st.caption(_("接管后由您继续并决定结果，截取和话术从头开始。客户不会断线。"))
            st.radio(_("原因"), list(TAKEOVER_REASONS), format_func=spoken(TAKEOVER_REASONS), index=None,
                     key="takeover_reason", horizontal=True)  # fmt: skip
            st.button(_("接管"), key="take_over", on_click=_take_over, args=(ticket_id, ticket.fence))


if st.session_state.pop("go_on_with_call", False):
    st.switch_page("staff/witness.py")
st.title(_("通话监看"))
acting.show_refusal()
watched = st.session_state.get(WATCHED)
try:
    if watched:
        _room(watched)
    else:
        _list()
except DeskError as error:
    st.session_state.pop(WATCHED, None)
    notice.refusal(error.text)
    st.button(_("返回列表"), key="back_to_list")
