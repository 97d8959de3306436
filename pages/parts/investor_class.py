"""投资者类型 on the page 客户: the thresholds, what the class changes, its history, a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from core.actor import Actor
from core.permissions import Permission, holds
from core.ports import Desk
from core.records_customers import Proposal, ProposalKind, ProposalState
from core.rules.calendar import local_day
from core.usecases.investor_class import BASES, CLASSES, MOST_FILES, propose_class, threshold_words
from core.usecases.look_up_customer import CustomerView
from core.usecases.proposing import MOST_REASON
from pages.parts import acting, clock_words, notice
from pages.parts.fact_table import cell, fact_table, unusual
from pages.parts.language import _, spoken

STATES: Mapping[ProposalState, str] = {
    ProposalState.WAITING: "等待第二人确认",
    ProposalState.APPROVED: "已生效",
    ProposalState.REFUSED: "不同意",
    ProposalState.ENDED: "已结束",
}
EFFECTS = (
    "专业投资者办理业务时：没有风险等级提示，可匹配全部风险等级；需签署《专业投资者附加协议》；"
    "首次开立金融或原油品种不用上传成绩报告单。到期后自动恢复为普通投资者，并短信通知客户。"
)
TYPES = ["jpg", "jpeg", "png", "heic", "heif"]


def show_class(desk: Desk, actor: Actor, view: CustomerView) -> None:
    """Everything about the class of a customer on file; the form for whoever may propose."""
    customer = view.person.customer
    if customer is None:
        return
    st.markdown(_("**投资者类型**　{classes}").format(classes=_(CLASSES[customer.investor_class])))
    st.caption(_(EFFECTS))
    _history(view)
    if holds(actor, Permission.CASE_APPROVE):
        with st.expander(_("提出变更"), icon=":material/rule:", expanded=acting.has_error("class_")):
            _form(desk, actor, view, customer.id)


def class_words(proposal: Proposal) -> str:
    """What a proposal asks for, on what ground, until when."""
    parts = [_(CLASSES[str(proposal.body["wanted"])]), _(BASES.get(str(proposal.body["basis"]), ""))]
    if proposal.valid_to:
        parts.append(_("至 {valid_to}").format(valid_to=proposal.valid_to))
    return " · ".join(part for part in parts if part)


def _history(view: CustomerView) -> None:
    rows = []
    for each in view.proposals:
        if each.kind is ProposalKind.INVESTOR_CLASS:
            people = _("、").join(view.names.get(by, "") for by in (each.proposed_by, each.decided_by) if by)
            when = clock_words.exact(each.decided_at or each.proposed_at)
            note = str(each.body.get("note") or "")
            said = [_(STATES[each.state]), class_words(each), str(each.body["reason"]), people, note]
            rows.append((when, cell(" · ".join(part for part in said if part))))
    fact_table(_("类型变更"), rows)


def _form(desk: Desk, actor: Actor, view: CustomerView, customer_id: str) -> None:
    thresholds = view.rules["thresholds"]
    for key, title in BASES.items():
        st.markdown(
            _(":material/check: {title}：{threshold_words}。").format(
                title=title, threshold_words=_(threshold_words(thresholds[key]))
            )
        )
    if view.file.suitability.get("lowest"):
        st.markdown(unusual(_("客户的评估结果为风险承受能力最低类别，请审慎认定。")))
    st.caption(_("申请转化还须客户书面申请，并完成风险告知。告知的录音录像和书面材料一并留存。"))

    def propose() -> None:
        values = st.session_state
        files = [(file.getvalue(), file.name) for file in values.get("class_files") or ()]
        acting.attempt_form(
            lambda: propose_class(
                desk, actor, customer_id, str(values.get("class_wanted") or ""),
                basis=str(values.get("class_basis") or ""), reason=str(values.get("class_reason") or ""),
                valid_to=values.get("class_until"), files=files,
            ),
            _("已提出，等待另一位同事确认。"), "class_",
        )  # fmt: skip

    with st.form("class_form", border=False):
        st.radio(
            _("变更为"), list(CLASSES), format_func=spoken(CLASSES), key="class_wanted", index=None, horizontal=True
        )
        acting.field_error("class_wanted")
        st.radio(_("认定依据（专业投资者必填）"), list(BASES), format_func=spoken(BASES), key="class_basis", index=None)
        acting.field_error("class_basis")
        until = local_day(view.now) + timedelta(days=365)
        st.date_input(_("有效期至（专业投资者必填）"), value=until, key="class_until", format="YYYY-MM-DD")
        acting.field_error("class_valid_to")
        st.text_area(_("理由"), key="class_reason", max_chars=MOST_REASON)
        acting.field_error("class_reason")
        label = _("证明材料（专业投资者必填，1 至 {most} 张图片）").format(most=MOST_FILES)
        st.file_uploader(label, type=TYPES, key="class_files", accept_multiple_files=True, max_upload_size=10)
        acting.field_error("class_files")
        st.form_submit_button(_("提出变更"), key="class_propose", type="primary", on_click=propose)


def waiting_words(proposal: Proposal) -> str:
    """One line about what waits."""
    what = class_words(proposal) if proposal.kind is ProposalKind.INVESTOR_CLASS else _("更换手机号")
    return notice.plain(what)
