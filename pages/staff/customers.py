"""客户: find a customer by an exact value, see what is on file (masked), change class or phone with a second person."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.usecases.look_up_customer import CustomerView, find_customers, open_customer
from pages.parts import acting, customer_view, investor_class, notice, proposals, visitor, wiring
from pages.parts.language import _

OPENED = "person"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _open(ref: str | None) -> None:
    acting.open_case(None)
    if ref:
        st.query_params[OPENED] = ref
    else:
        st.query_params.pop(OPENED, None)


def _search() -> None:
    with st.form("find_customer", border=False):
        st.text_input(
            _("查找客户"), key="customer_words", max_chars=40,
            placeholder=_("身份证号、手机号、姓名、资金账号或受理单号，须完整输入"),
        )  # fmt: skip
        st.form_submit_button(_("查找"), key="customer_find", type="primary", on_click=_open, args=(None,))
    acting.show_refusal()
    words = str(st.session_state.get("customer_words") or "")
    hits = find_customers(desk, actor, words)
    for hit in hits:
        label = customer_view.hit_label(hit.name, hit.id_number, hit.phone, hit.account)
        with st.container(key=f"entry-{hit.ref.replace(':', '-')}"):
            st.button(label, key=f"hit_{hit.ref}", width="stretch", on_click=_open, args=(hit.ref,))
    if words.strip() and not hits:
        notice.empty_state(_("没有找到。请核对后完整输入，例如 18 位身份证号或 8 位资金账号。"))
    elif not hits:
        notice.empty_state(_("输入后，这里会列出符合的客户。打开客户会留下查阅记录。"))
    proposals.show_waiting(desk, actor, _open)


def _customer(view: CustomerView) -> None:
    st.button(_("返回查找"), key="customer_back", type="tertiary", icon=":material/arrow_back_ios_new:", on_click=_open,
              args=(None,))  # fmt: skip
    acting.show_refusal()
    proposals.show_decision(desk, actor, view)
    left, right = st.columns([3, 2])
    with left:
        customer_view.show_identity(view)
        customer_view.reveal_buttons(desk, actor, view)
        customer_view.show_businesses(view)
        customer_view.show_certificates(view)
        with st.expander(_("客户档案"), icon=":material/folder_shared:"):
            customer_view.show_file(view)
        investor_class.show_class(desk, actor, view)
        proposals.show_phone_form(desk, actor, view)
    with right:
        customer_view.show_notes(desk, actor, view)
        customer_view.show_messages(view)


st.title(_("客户"))
opened = str(st.query_params.get(OPENED, ""))
try:
    if opened:
        _customer(open_customer(desk, actor, opened))
    else:
        _search()
except DeskError as error:
    notice.refusal(error.text)
