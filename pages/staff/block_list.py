"""拦截名单: who is not served online and why; proposed by one person, confirmed by another, lifted with a reason."""

from __future__ import annotations

import streamlit as st

from core.records_watch import BLOCKED_BY
from core.usecases.block_list import MOST_REASON, Listed, block_list, decide_block, lift_block, propose_block
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.language import _, spoken

STATES = {"waiting": _("等待第二人确认"), "active": _("生效"), "refused": _("未同意"), "lifted": _("已解除")}
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _propose() -> None:
    values = st.session_state
    kind, value, reason = (str(values.get(f"block_{key}") or "") for key in ("kind", "new_value", "new_reason"))
    acting.attempt_form(
        lambda: propose_block(desk, actor, kind, value, reason), _("已提出，等待另一位同事确认。"), "block_"
    )


def _form() -> None:
    with st.expander(_("加入名单"), icon=":material/person_off:", expanded=acting.has_error("block_")):
        with st.form("block", border=False, clear_on_submit=False):
            st.radio(_("按什么拦截"), list(BLOCKED_BY), format_func=spoken(BLOCKED_BY), key="block_kind",
                     horizontal=True)  # fmt: skip
            st.text_input(_("号码"), key="block_new_value", max_chars=20)
            acting.field_error("block_value")
            st.text_area(_("原因（只有工作人员能看到）"), key="block_new_reason", max_chars=MOST_REASON, height=80)
            acting.field_error("block_reason")
            st.form_submit_button(_("提出"), key="block_propose", type="primary", on_click=_propose)
        st.caption(_("另一位同事确认后生效。被拦截的客户只会看到“暂时不能在线办理”，不会知道原因。"))


def _lift(block_id: str) -> None:
    reason = str(st.session_state.get(f"lift_{block_id}") or "")
    acting.attempt_form(lambda: lift_block(desk, actor, block_id, reason), _("已解除。"), f"{block_id}_")


def _row(row: Listed) -> None:
    block = row.block
    with st.container(key=f"card-{block.id}"):
        st.markdown(
            _("**{blocked_by} {value}**　{states}　拦截 {hits} 次").format(
                blocked_by=_(BLOCKED_BY[block.kind]),
                value=notice.plain(row.value),
                states=STATES[block.state],
                hits=row.hits,
            )
        )
        st.markdown(notice.plain(_("原因：{body}").format(body=block.body["reason"])))
        said = _("{proposed_by} 提出于 {exact}").format(
            proposed_by=row.proposed_by, exact=clock_words.exact(block.proposed_at)
        )
        if block.decided_at:
            said += _("，{decided_by} 决定于 {exact}").format(
                decided_by=row.decided_by, exact=clock_words.exact(block.decided_at)
            )
        st.caption(notice.plain(said))
        if block.state == "waiting":
            _decide(row)
        elif block.state == "active":
            st.text_input(_("解除的原因"), key=f"lift_{block.id}", max_chars=MOST_REASON)
            acting.field_error(f"{block.id}_lift")
            st.button(_("解除"), key=f"lift_go_{block.id}", on_click=_lift, args=(block.id,))


def _decide(row: Listed) -> None:
    if row.block.proposed_by == actor.id:
        st.caption(_("由您提出，请另一位同事确认。"))
        return
    with st.container(horizontal=True):
        for agreed, label in ((True, _("同意")), (False, _("不同意"))):
            st.button(label, key=f"block_{agreed}_{row.block.id}", type="primary" if agreed else "secondary",
                      on_click=acting.attempt,
                      args=(lambda agreed=agreed: decide_block(desk, actor, row.block.id, agreed=agreed),))  # fmt: skip


st.title(_("拦截名单"))
acting.show_refusal()
_form()
rows = block_list(desk, actor)
for each in rows:
    _row(each)
if not rows:
    notice.empty_state(_("名单是空的。加入的身份证号或手机号会列在这里。"))
