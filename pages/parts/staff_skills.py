"""What a member of staff serves: the businesses of each branch, with what that means for who rings."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.queueing import ANY_BUSINESS
from core.usecases.change_skills import SERVED, Server, change_skills
from core.usecases.chart_rows import business_title
from pages.parts import acting, notice, state
from pages.parts.language import _, spoken

EFFECT = (
    "只有所选营业部的所选业务，客户才会呼叫这位人员。一项都不选，就不会接到任何客户。"
    "从下一位客户起生效，正在呼叫和通话中的不变。"
)
_TITLES = {key: "全部业务" if key == ANY_BUSINESS else business_title(key) for key in SERVED}


def _key(server: Server, branch_id: str) -> str:
    return f"skills_{server.id}_{branch_id}"


def _save(desk: Desk, actor: Actor, server: Server, branches: Mapping[str, str]) -> None:
    wanted = {branch: list(st.session_state.get(_key(server, branch)) or []) for branch in branches}
    stored: list[int] = []
    if acting.attempt(lambda: stored.append(change_skills(desk, actor, server.id, wanted))):
        state.say(_("服务范围已保存。") if stored[0] else _("已保存：没有服务范围，这位人员不会接到客户。"))


def skills_form(desk: Desk, actor: Actor, server: Server, branches: Mapping[str, str]) -> None:
    """服务范围 of one member of staff; `branches` is id -> name, the own one is drawn first."""
    st.markdown(_("**服务范围**"))
    st.caption(_(EFFECT))
    if not server.skills:
        notice.refusal(_("现在没有服务范围，不会接到任何客户。"))
    with st.form(f"skills_{server.id}", border=False):
        for branch in sorted(branches, key=lambda each: each != server.branch_id):
            st.multiselect(
                branches[branch], SERVED, [b for b in server.skills.get(branch, ()) if b in SERVED],
                format_func=spoken(_TITLES), key=_key(server, branch), placeholder=_("不办理"),
            )  # fmt: skip
        st.form_submit_button(
            _("保存服务范围"), key="skills_save", on_click=_save, args=(desk, actor, server, branches)
        )
