"""营业部 on the page 规则设置: one form for a new branch, one for each that is there."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.records import Branch
from core.usecases.change_branches import LONGEST, all_branches, save_branch
from pages.parts import acting, notice

NEW = Branch("", "", "", "")


def show_branches(desk: Desk, actor: Actor) -> None:
    """The branches and a form for the chosen one."""
    st.subheader("营业部")
    st.caption("改名后，客户页面、排队和报表立即使用新名称。已签署的文件不变。")
    branches = all_branches(desk, actor)
    options = {branch.id: branch for branch in (*branches, NEW)}
    chosen = st.selectbox("选择营业部", list(options), key="branch_chosen",
                          format_func=lambda each: options[each].name or "新增营业部")  # fmt: skip
    branch = options[chosen]
    acting.show_refusal()
    with st.form(f"branch_form_{branch.id}", border=False):
        for field, label in (("name", "名称"), ("city", "城市"), ("address", "地址")):
            key = f"branch_{field}_{branch.id}"
            st.text_input(label, getattr(branch, field), key=key, max_chars=LONGEST[field])
            acting.field_error(f"branch_{field}")
        st.form_submit_button("保存", key=f"branch_save_{branch.id}", type="primary", on_click=_save,
                              args=(desk, actor, branch.id))  # fmt: skip
    names = "、".join(each.name for each in branches)
    st.caption(notice.plain(f"现有营业部：{names}"))


def _save(desk: Desk, actor: Actor, branch_id: str) -> None:
    values = [str(st.session_state.get(f"branch_{field}_{branch_id}") or "") for field in ("name", "city", "address")]
    acting.attempt_form(lambda: save_branch(desk, actor, branch_id, *values), "营业部已保存。", "branch_")
