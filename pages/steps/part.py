"""选择修改内容: the data on file, and which part of it is to be changed (R101, R105)."""

from __future__ import annotations

import streamlit as st

from core.steps.on_file import PARTS
from pages.parts import notice
from pages.parts.step import StepView
from pages.steps.profile_read import show_profile

HELP = {
    "identity": "更新身份证有效期。需要重新上传身份证正反面照片。",
    "contact": "更换手机号（短信验证）或固定电话。",
    "other": "联系地址、邮编、学历、职业、税收居民身份等。",
}


def draw(view: StepView) -> None:
    """View, then choose."""
    with st.expander("查看我的资料", icon=":material/person:", expanded=True):
        show_profile(view)
    parts = list(PARTS)
    chosen = view.values.get("part")
    st.radio(
        "要修改哪一项", parts, format_func=PARTS.get, captions=[HELP[part] for part in parts],
        index=parts.index(chosen) if chosen in parts else None, key=view.key("part"),
    )  # fmt: skip
    view.show_error("part")
    st.caption(":material/key: 要重置交易密码或资金密码，请在业务办理中选择“密码重置”。")
    notice.field_errors({k: v for k, v in view.errors().items() if k == "step"}, {"step": ""})
    view.actions(lambda: view.save({"part": st.session_state.get(view.key("part"))}))
