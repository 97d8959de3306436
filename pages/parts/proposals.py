"""What waits for a second person, on the page 客户: the list, the decision, and the new phone number at the counter."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.actor import Actor
from core.permissions import Permission, holds
from core.ports import Desk
from core.records_customers import Proposal, ProposalKind, ProposalState
from core.rules.masks import mask_phone
from core.usecases.counter_phone import propose_phone
from core.usecases.decide_proposal import approve_proposal, refuse_proposal, waiting_proposals
from core.usecases.investor_class import proof_files
from core.usecases.look_up_customer import CustomerView
from core.usecases.proposing import MOST_REASON
from pages.parts import acting, clock_words, notice
from pages.parts.case_media import evidence_url
from pages.parts.investor_class import waiting_words
from pages.parts.language import _


def show_waiting(desk: Desk, actor: Actor, on_open: Callable[[str], None]) -> None:
    """A button per customer with something to decide; nothing for roles that decide nothing."""
    if not holds(actor, Permission.CASE_APPROVE):
        return
    st.subheader(_("等待第二人确认"))
    found = waiting_proposals(desk, actor)
    for proposal, name in found:
        ref = f"customer:{proposal.customer_id}"
        label = _("**{name}**　{waiting_words}  \n提出于 {exact}").format(
            name=notice.plain(name),
            waiting_words=waiting_words(proposal),
            exact=clock_words.exact(proposal.proposed_at),
        )
        with st.container(key=f"entry-{proposal.id}"):
            st.button(label, key=f"waiting_{proposal.id}", width="stretch", on_click=on_open, args=(ref,))
    if not found:
        notice.empty_state(_("没有等待确认的变更。"))


def show_decision(desk: Desk, actor: Actor, view: CustomerView) -> None:
    """The proposals of this customer that wait, with their proof and both buttons."""
    if holds(actor, Permission.CASE_APPROVE):
        for proposal in view.proposals:
            if proposal.state is ProposalState.WAITING:
                _decide(desk, actor, view, proposal)


def _decide(desk: Desk, actor: Actor, view: CustomerView, proposal: Proposal) -> None:
    with st.container(key=f"card-{proposal.id}"):
        by = view.names.get(proposal.proposed_by, "")
        st.markdown(_("**等待第二人确认**　{waiting_words}").format(waiting_words=waiting_words(proposal)))
        st.markdown(notice.plain(_("理由：{body}（{by} 提出）").format(body=proposal.body["reason"], by=by)))
        if proposal.kind is ProposalKind.PHONE:
            st.markdown(_("新手机号　**{mask_phone}**").format(mask_phone=mask_phone(str(proposal.body["phone"]))))
        for number, item in enumerate(proof_files(desk, actor, proposal.id), 1):
            st.markdown(
                _("[证明材料 {number}]({evidence_url})").format(number=number, evidence_url=evidence_url(item.id))
            )
        if proposal.proposed_by == actor.id:
            st.caption(_("由您提出，请另一位同事确认。"))
            return
        _buttons(desk, actor, proposal)


def _buttons(desk: Desk, actor: Actor, proposal: Proposal) -> None:
    key = f"decision_{proposal.id}"

    def approve() -> None:
        acting.attempt(lambda: approve_proposal(desk, actor, proposal.id), _("已确认并生效，客户会收到短信。"))

    def refuse() -> None:
        note = str(st.session_state.get(key) or "")
        acting.attempt_form(lambda: refuse_proposal(desk, actor, proposal.id, note), _("已登记为不同意。"))

    st.text_input(_("不同意的原因"), key=key, max_chars=MOST_REASON)
    acting.field_error("decision")
    with st.container(horizontal=True):
        st.button(_("同意"), key=f"approve_{proposal.id}", type="primary", on_click=approve)
        st.button(_("不同意"), key=f"refuse_{proposal.id}", on_click=refuse)


def show_phone_form(desk: Desk, actor: Actor, view: CustomerView) -> None:
    """更换手机号 at the counter, for whoever may propose it and a customer on file."""
    customer = view.person.customer
    if customer is None or not holds(actor, Permission.CASE_APPROVE):
        return

    def propose() -> None:
        values = st.session_state
        phone, reason = str(values.get("phone_new") or ""), str(values.get("phone_reason") or "")
        seen = bool(values.get("phone_seen"))
        acting.attempt_form(
            lambda: propose_phone(desk, actor, customer.id, phone, reason, id_seen=seen),
            _("已提出，等待另一位同事确认。"), "counter_",
        )  # fmt: skip

    open_now = acting.has_error("counter_")
    with st.expander(_("更换手机号（客户本人在柜台）"), icon=":material/phonelink_setup:", expanded=open_now):
        st.caption(
            _(
                "旧号码还能接收短信时，请客户在“我的基本资料”中自行更换。确认后，客户的登录全部结束，新旧号码都会收到短信。"
            )
        )
        with st.form("phone_form", border=False):
            st.text_input(_("新手机号"), key="phone_new", max_chars=20)
            acting.field_error("counter_phone")
            st.text_input(_("原因"), key="phone_reason", max_chars=MOST_REASON, placeholder=_("例如：旧号码已停用"))
            acting.field_error("counter_reason")
            st.checkbox(_("我已当面核对客户本人和身份证原件"), key="phone_seen")
            acting.field_error("counter_id_seen")
            st.form_submit_button(_("提出变更"), key="phone_propose", type="primary", on_click=propose)
