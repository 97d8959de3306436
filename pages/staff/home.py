"""工作台: staff sign in here; signed in, it says what waits."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.permissions import Permission, holds
from core.rules.text import narrow
from core.usecases.sign_in_staff import WRONG, sign_in_staff
from core.usecases.work_calendar import warning
from core.usecases.work_lists import counted_lists
from pages.parts import acting, notice, state, visitor, wiring
from pages.parts.components.session_exchange import session_exchange
from pages.parts.entry import WRONG as UNKNOWN_FIRM
from pages.parts.language import _
from pages.parts.opening import show_opening
from pages.parts.own_password import own_password
from pages.parts.own_sessions import show_own_sessions
from pages.parts.state import Key

guest = visitor.read()


def _sign_in() -> None:
    values = st.session_state
    number = narrow(str(values.get("staff_firm") or ""))
    firm = next((firm for firm in wiring.firms() if firm.number == number), None)
    if firm is None:
        state.put(Key.ERRORS, {"login": _(UNKNOWN_FIRM).format(number=number) if number else _("请输入期货公司编号。")})
        return
    login, password = str(values.get("login") or ""), str(values.get("password") or "")
    ticket = sign_in_staff(wiring.desk(), firm.id, login, password, str(values.get("otp") or ""))
    state.put(Key.TICKET, ticket)
    state.put(Key.ERRORS, {} if ticket else {"login": WRONG})


def _form() -> None:
    st.title(_("员工登录"))
    if state.get(Key.TICKET):
        st.info(_("正在登录…"))
        if session_exchange("exchange_staff", ticket=state.get(Key.TICKET), kind="staff", target="/desk"):
            state.drop(Key.TICKET)
            st.rerun()
        return
    with st.form("staff_sign_in"):
        number = guest.firm.number if guest.named else ""
        st.text_input(
            _("期货公司编号"), number, key="staff_firm", max_chars=12, help=guest.firm.name if number else None
        )
        st.text_input(_("工号"), key="login", autocomplete="username")
        st.text_input(_("密码"), key="password", type="password", autocomplete="current-password")
        st.text_input(_("动态口令（已启用时填写）"), key="otp", max_chars=6, autocomplete="one-time-code")
        st.form_submit_button(_("登录"), type="primary", on_click=_sign_in)
    if state.get(Key.ERRORS, {}).get("login"):
        notice.refusal(state.get(Key.ERRORS)["login"])


@st.fragment(run_every="15s", key="home_lists")
def _work(actor: Actor) -> None:
    """The work lists that hold something, each a way to its cases."""
    for each in counted_lists(wiring.desk(), actor):
        if each.count:
            label = f"{_(each.spec.title)}　{each.count}"
            st.page_link(
                "staff/work.py", label=label, icon=":material/checklist:", query_params={"list": each.spec.key}
            )


def _overview() -> None:
    actor, member = guest.actor_staff, guest.member
    assert actor is not None and member is not None
    st.title(_("{name}，您好").format(name=member.name))
    with wiring.desk().read(actor.firm_id) as work:
        waiting = len(work.queue.waiting(member.branch_id)) if holds(actor, Permission.QUEUE_READ) else None
    warned = warning(wiring.desk(), actor) if holds(actor, Permission.CALENDAR_MANAGE) else ""
    if warned:
        st.warning(notice.plain(warned), icon=":material/event_busy:")
    if holds(actor, Permission.PEOPLE_MANAGE):
        show_opening(wiring.desk(), actor)
    if waiting is not None:
        st.columns(3)[0].metric(_("本营业部排队"), waiting, border=True)
    if holds(actor, Permission.CASE_WORK):
        _work(actor)
    st.subheader(_("账号"))
    acting.show_refusal()
    show_own_sessions(wiring.desk(), actor)
    own_password(wiring.desk(), actor)


_overview() if guest.actor_staff else _form()
