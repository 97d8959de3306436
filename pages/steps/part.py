"""选择修改内容: the data on file by part, each with the way to change it (R101, R105)."""

from __future__ import annotations

import streamlit as st

from core.case import STATE_TITLES
from core.steps.on_file import PARTS
from core.usecases.own_cases import own_cases
from pages.parts import clock_words, notice
from pages.parts.language import _
from pages.parts.step import StepView
from pages.steps.profile_read import show_part

HELP = {
    "identity": "可修改身份证有效期，需要重新上传身份证正反面照片。姓名和证件号码不能在线修改。",
    "contact": "可更换手机号（短信验证）或固定电话。",
    "other": "可修改联系地址、邮编、学历、职业、税收居民身份等。",
}


CHANGES = ("profile", "password_reset")
"""Businesses whose result a customer looks for here, beside 我的业务 (C17)."""


def _last_result(view: StepView) -> None:
    """How the last change of the data went."""
    rows = own_cases(view.desk, view.actor)
    last = next((row for row in rows if row.case.business in CHANGES and row.case.id != view.case_id), None)
    if last is None:
        return
    case = last.case
    day = clock_words.exact(case.closed_at or case.submitted_at or case.created_at)
    remark = _("，{remark}").format(remark=case.remark) if case.remark else ""
    text = _("上次办理：{title}，{state_titles}，{day}{remark}").format(
        title=_(last.title), state_titles=STATE_TITLES[case.state], day=day, remark=remark
    )
    st.markdown(f":material/history: {notice.plain(text)}")


def draw(view: StepView) -> None:
    """View each part; one press chooses it."""
    _last_result(view)
    for part, title in PARTS.items():
        with st.container(key=f"card-{part}"):
            show_part(view, part)
            st.caption(_(HELP[part]))
            st.button(
                _("修改{title}").format(title=_(title)), key=f"edit_{part}", icon=":material/edit:", width="stretch",
                type="primary" if view.values.get("part") == part else "secondary",
                on_click=view.save, args=({"part": part},),
            )  # fmt: skip
    if "step" in view.errors():
        notice.refusal(view.errors()["step"])
    st.caption(_(":material/key: 要重置交易密码或资金密码，请在业务办理中选择“密码重置”。"))
    view.actions()
