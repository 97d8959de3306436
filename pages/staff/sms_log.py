"""短信记录: the messages of a day, masked; one is opened for its words, which is on record (R208)."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.rules.calendar import local_day
from core.usecases.sms_log import MOST, STATES, SmsLine, read_sms, sms_log
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
ANY = _("全部")


def _list(rows: list[SmsLine]) -> None:
    st.markdown(_("**共 {count} 条**").format(count=len(rows)))
    if len(rows) == MOST:
        st.caption(_("只显示最近的 {most} 条。请按状态筛选。").format(most=MOST))
    for row in rows:
        state = _(STATES.get(row.state, row.state))
        words = f"{clock_words.exact(row.at)}　{notice.plain(row.title)}　{row.phone}　{state}"
        st.button(words, key=f"sms_{row.id}", width="stretch", on_click=acting.open_case, args=(row.id,))
    if not rows:
        notice.empty_state(_("这一天没有短信。"))


def _message(row: SmsLine, text: str) -> None:
    st.markdown(f"**{notice.plain(row.title)}**　{row.phone}　{_(STATES.get(row.state, row.state))}")
    with st.container(key="card-sms"):
        st.markdown(notice.plain(text or _("验证码短信不显示内容。")))
    st.caption(_("号码始终遮盖。打开正文会留下查阅记录。"))


st.title(_("短信记录"))
day = st.date_input(_("日期"), value=local_day(desk.clock()), key="sms_day", format="YYYY-MM-DD")
chosen = st.segmented_control(_("状态"), [ANY, *STATES], default=ANY, key="sms_state",
                              format_func=lambda code: _(STATES.get(code, ANY)))  # fmt: skip
try:
    left, right = st.columns([3, 2])
    with left:
        _list(sms_log(desk, actor, day, "" if chosen in (ANY, None) else str(chosen)))
    with right:
        acting.show_refusal()
        if acting.opened():
            _message(*read_sms(desk, actor, acting.opened()))
        else:
            notice.empty_state(_("从列表选择一条短信，查看正文。"))
except DeskError as error:
    notice.refusal(error.text)
