"""通话前检测: a card before the queue in which customers see themselves, and the line about it for the witness.

It never stands in the way: poor light or a slow line is a warning, and 开始视频通话 works at any time.
"""

from __future__ import annotations

import streamlit as st

from core.records import Ticket
from core.rules.rehearsal import LIMITS, SLOW, poor, rehearsal_of, stored_rehearsal
from pages.parts import state
from pages.parts.components.rehearsal import rehearsal
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

POOR = {
    "dark": "光线偏暗",
    "bright": "太亮或背光",
    "blurred": "画面模糊",
    "face_none": "没有看到人脸",
    "face_several": "镜头前不止一个人",
    "face_small": "离镜头太远",
    "face_aside": "人脸不在中间",
    "quiet": "声音太小",
}


def draw(view: StepView) -> None:
    """The card, open until it is closed; closed it is one button."""
    if state.get(Key.REHEARSAL_CLOSED):
        st.button(_("通话前检测"), key="rehearsal_open", icon=":material/videocam:", on_click=state.drop,
                  args=(Key.REHEARSAL_CLOSED,))  # fmt: skip
        return
    with st.container(key="card-rehearsal"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(_("**通话前检测**"), width="content")
            st.button(_("收起"), key="rehearsal_close", on_click=state.put, args=(Key.REHEARSAL_CLOSED, True))
        st.markdown(_("先看看您在镜头里的样子。这里的画面只用来帮您调整，不会保存。"))
        _live(view)


def _live(view: StepView) -> None:
    @st.fragment(key="rehearsal_live")
    def live() -> None:
        face_url = f"/rehearsal/{view.case_id}/face"
        report = rehearsal("rehearsal", limits=LIMITS, uplink_url="/uplink", face_url=face_url)
        found = rehearsal_of(report, view.desk.clock()) if report else None
        if found:
            state.put(Key.REHEARSAL, found)

    live()


def line_for_staff(ticket: Ticket) -> str:
    """What was measured before this call, in one line; empty when nothing was."""
    found = stored_rehearsal(ticket.rehearsal)
    if found is None:
        return ""
    codes = poor(found)
    words = [_(POOR[code]) for code in codes if code in POOR] or [_("光线、画面、声音合适")]
    slow = _("（偏慢）") if SLOW in codes else ""
    words += (
        [_("上行 {uplink_kbps} kbit/s{slow}").format(uplink_kbps=found.uplink_kbps, slow=slow)]
        if found.uplink_kbps is not None
        else []
    )
    words += (
        [_("往返 {round_trip_ms} 毫秒").format(round_trip_ms=found.round_trip_ms)]
        if found.round_trip_ms is not None
        else []
    )
    return _("通话前检测：{words}").format(words=" · ".join(words))
