"""我的业务: what is still to be done and what is finished (R178-R187)."""

from __future__ import annotations

import streamlit as st

from core.businesses import BUSINESSES
from core.case import ALLOWED, CLOSED_STATES, STATE_TITLES, WITH_CUSTOMER, Action, Case
from core.errors import DeskError
from core.usecases.investor_class import how_to_apply
from core.usecases.own_cases import OwnCase, own_case, own_cases
from pages.parts import acting, clock_words, notice, outcome, reserve, visitor, wiring
from pages.parts.language import _
from pages.parts.own_sessions import show_own_sessions

guest = visitor.read()
if guest.customer is None or guest.actor is None:
    st.switch_page("customer/sign_in.py")
desk, actor = wiring.desk(), guest.actor


def _field(label: str, value: str, width: int | str) -> None:
    st.markdown(f":gray[{label}]  \n{notice.plain(value)}", width=width)


def _standing(row: OwnCase) -> str:
    """The stored state; while the customer is at work also the step (R181)."""
    title = _(STATE_TITLES[row.case.state])
    return f"{title} · {row.step}" if row.case.state in WITH_CUSTOMER and row.step else title


def _date(case: Case) -> str:
    return clock_words.exact(case.closed_at or case.submitted_at or case.created_at)


def _row(row: OwnCase) -> None:
    case = row.case
    with st.container(key=f"card-{case.id[:8]}"):
        with st.container(horizontal=True, gap="medium"):
            _field(_("业务类型"), _(row.title), 140)
            _field(_("办理状态"), _standing(row), 150)
            _field(_("办理日期"), _date(case), 180)
            _field(_("备注"), _(case.remark or "—"), "stretch")
        if row.note:
            st.markdown(f":material/event_upcoming: {notice.plain(row.note)}")
        if case.state in WITH_CUSTOMER:
            reserve.summary(desk, actor, case.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_(":gray[操作]"), width="content")
            _operations(row)


def _operations(row: OwnCase) -> None:
    """操作: continue, look, give up (R180, R184)."""
    case = row.case
    if case.state in WITH_CUSTOMER:
        if st.button(_("继续办理"), key=f"continue_{case.id[:8]}", type="primary"):
            st.switch_page("customer/case.py")
    else:
        st.button(_("查看"), key=f"view_{case.id[:8]}", on_click=acting.open_case, args=(case.id,))
    if Action.ABANDON in ALLOWED[case.state] and not BUSINESSES[case.business].by_firm:
        outcome.give_up_button(case.id)


def _list(title: str, rows: list[OwnCase]) -> None:
    st.subheader(title)
    if not rows:
        notice.empty_state(_("暂无数据"))
    for row in rows:
        _row(row)


def _lists() -> None:
    st.title(_("我的业务"))
    acting.show_refusal()
    rows = own_cases(desk, actor)
    waiting = [row for row in rows if row.case.state not in CLOSED_STATES]
    _list(_("待完成业务"), sorted(waiting, key=lambda row: not BUSINESSES[row.case.business].by_firm))
    _list(_("已完成业务"), [row for row in rows if row.case.state in CLOSED_STATES])
    for row in rows:
        if acting.asking() == outcome.question(row.case.id):
            outcome.confirm_give_up(desk, actor, own_case(desk, actor, row.case.id))
    st.caption(notice.plain(how_to_apply(guest.firm.hotline)))
    st.page_link(
        "customer/my_data.py", label=_("个人信息：查看、获取副本、更正、删除"), icon=":material/shield_person:"
    )
    st.subheader(_("登录情况"))
    show_own_sessions(desk, actor)


try:
    if acting.opened():
        st.button(_("返回我的业务"), key="back", type="tertiary", icon=":material/arrow_back_ios_new:",
                  on_click=acting.open_case, args=(None,))  # fmt: skip
        outcome.show_outcome(desk, actor, own_case(desk, actor, acting.opened()))
    else:
        _lists()
except DeskError as error:
    notice.refusal(error.text)
