"""选择修改内容: the data on file by part, each with the way to change it (R101, R105)."""

from __future__ import annotations

import streamlit as st

from core.steps.on_file import PARTS
from pages.parts import notice
from pages.parts.language import _
from pages.parts.step import StepView
from pages.steps.profile_read import show_part

HELP = {
    "identity": "可修改身份证有效期，需要重新上传身份证正反面照片。姓名和证件号码不能在线修改。",
    "contact": "可更换手机号（短信验证）或固定电话。",
    "other": "可修改联系地址、邮编、学历、职业、税收居民身份等。",
}


def draw(view: StepView) -> None:
    """View each part; one press chooses it."""
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
