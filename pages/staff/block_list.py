"""拦截名单: who is not served online and why; proposed by one person, confirmed by another, lifted with a reason."""

from __future__ import annotations

import streamlit as st

from core.records_watch import BLOCKED_BY
from core.usecases.block_list import MOST_REASON, Listed, block_list, decide_block, lift_block, propose_block
from pages.parts import acting, clock_words, notice, visitor, wiring

STATES = {"waiting": "等待第二人确认", "active": "生效", "refused": "未同意", "lifted": "已解除"}
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _propose() -> None:
    values = st.session_state
    kind, value, reason = (str(values.get(f"block_{key}") or "") for key in ("kind", "new_value", "new_reason"))
    acting.attempt_form(
        lambda: propose_block(desk, actor, kind, value, reason), "已提出，等待另一位同事确认。", "block_"
    )


def _form() -> None:
    with st.expander("加入名单", icon=":material/person_off:", expanded=acting.has_error("block_")):
        with st.form("block", border=False, clear_on_submit=False):
            st.radio("按什么拦截", list(BLOCKED_BY), format_func=lambda kind: BLOCKED_BY[kind], key="block_kind",
                     horizontal=True)  # fmt: skip
            st.text_input("号码", key="block_new_value", max_chars=20)
            acting.field_error("block_value")
            st.text_area("原因（只有工作人员能看到）", key="block_new_reason", max_chars=MOST_REASON, height=80)
            acting.field_error("block_reason")
            st.form_submit_button("提出", key="block_propose", type="primary", on_click=_propose)
        st.caption("另一位同事确认后生效。被拦截的客户只会看到“暂时不能在线办理”，不会知道原因。")


def _lift(block_id: str) -> None:
    reason = str(st.session_state.get(f"lift_{block_id}") or "")
    acting.attempt_form(lambda: lift_block(desk, actor, block_id, reason), "已解除。", f"{block_id}_")


def _row(row: Listed) -> None:
    block = row.block
    with st.container(key=f"card-{block.id}"):
        st.markdown(
            f"**{BLOCKED_BY[block.kind]} {notice.plain(row.value)}**　{STATES[block.state]}　拦截 {row.hits} 次"
        )
        st.markdown(notice.plain(f"原因：{block.body['reason']}"))
        said = f"{row.proposed_by} 提出于 {clock_words.exact(block.proposed_at)}"
        if block.decided_at:
            said += f"，{row.decided_by} 决定于 {clock_words.exact(block.decided_at)}"
        st.caption(notice.plain(said))
        if block.state == "waiting":
            _decide(row)
        elif block.state == "active":
            st.text_input("解除的原因", key=f"lift_{block.id}", max_chars=MOST_REASON)
            acting.field_error(f"{block.id}_lift")
            st.button("解除", key=f"lift_go_{block.id}", on_click=_lift, args=(block.id,))


def _decide(row: Listed) -> None:
    if row.block.proposed_by == actor.id:
        st.caption("由您提出，请另一位同事确认。")
        return
    with st.container(horizontal=True):
        for agreed, label in ((True, "同意"), (False, "不同意")):
            st.button(label, key=f"block_{agreed}_{row.block.id}", type="primary" if agreed else "secondary",
                      on_click=acting.attempt,
                      args=(lambda agreed=agreed: decide_block(desk, actor, row.block.id, agreed=agreed),))  # fmt: skip


st.title("拦截名单")
acting.show_refusal()
_form()
rows = block_list(desk, actor)
for each in rows:
    _row(each)
if not rows:
    notice.empty_state("名单是空的。加入的身份证号或手机号会列在这里。")
