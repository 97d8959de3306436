"""个人信息申请: what customers asked about their data, due dates, answers (个人信息保护法 art. 50)."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.records_customers import DataRequest
from core.usecases.answer_requests import (
    MOST_ANSWER,
    Due,
    answer_request,
    open_requests,
    read_plan,
    read_request,
)
from core.usecases.deletion_plan import KEPT, OUTCOMES, PlanLine
from core.usecases.own_data import KINDS
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.language import _, spoken
from pages.parts.list_and_detail import list_and_detail

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _label(each: DataRequest, due: Due) -> str:
    assert each.due_at is not None
    words = clock_words.against(each.due_at, due.now)
    promise = f":red[:material/alarm: {words}]" if each.due_at < due.now else f":material/schedule: {words}"
    return f"**{KINDS[each.kind]}**　{clock_words.exact(each.created_at)}  \n{promise}"


def _list(due: Due) -> None:
    st.markdown(_("**等待答复 {count}**").format(count=len(due.requests)))
    for each in due.requests:
        with st.container(key=f"entry-{each.id}"):
            st.button(_label(each, due), key=f"request_{each.id}", width="stretch", on_click=acting.open_case,
                      args=(each.id,))  # fmt: skip
    if not due.requests:
        notice.empty_state(_("没有等待答复的申请。客户在“个人信息”中提交后，这里会列出。"))


def _answer(request_id: str, plan: tuple[PlanLine, ...]) -> None:
    text = str(st.session_state.get("request_answer") or "")
    outcomes = {line.key: str(st.session_state.get(f"outcome_{line.key}") or "") for line in plan}
    if acting.attempt_form(
        lambda: answer_request(desk, actor, request_id, text, outcomes), _("已答复，客户会收到短信。")
    ):
        acting.open_case(None)


def _plan(plan: tuple[PlanLine, ...]) -> None:
    """What the law keeps and until when; what is marked as deleted goes with the answer."""
    for line in plan:
        st.radio(
            _("{title}：{words}").format(title=_(line.title), words=_(line.words)),
            list(OUTCOMES),
            format_func=spoken(OUTCOMES),
            horizontal=True,
            index=list(OUTCOMES).index(KEPT) if line.kept else None,
            disabled=line.kept,
            key=f"outcome_{line.key}",
        )
        acting.field_error(f"outcome_{line.key}")


def _request(found: DataRequest, person: str) -> None:
    st.markdown(f"**{KINDS[found.kind]}**　{clock_words.exact(found.created_at)}")
    with st.container(key="card-request"):
        st.markdown(notice.plain(str(found.body.get("text") or "")))
    if person:
        st.page_link("staff/customers.py", label=_("打开客户"), icon=":material/person_search:",
                     query_params={"person": person})  # fmt: skip
    if found.answered_at:
        st.markdown(
            notice.plain(
                _("已于 {exact} 答复：{value}").format(
                    exact=clock_words.exact(found.answered_at), value=found.body.get("answer")
                )
            )
        )
        return
    plan = read_plan(desk, actor, found.id)
    with st.form("answer_form", border=False):
        _plan(plan)
        st.text_area(
            _("答复"), key="request_answer", max_chars=MOST_ANSWER, help=_("客户登录后看到全文；短信只通知有答复。")
        )
        acting.field_error("answer")
        st.form_submit_button(_("答复"), key="answer_send", type="primary", on_click=_answer, args=(found.id, plan))


st.title(_("个人信息申请"))
left, right = list_and_detail()
try:
    with left:
        _list(open_requests(desk, actor))
    with right:
        acting.show_refusal()
        if acting.opened():
            _request(*read_request(desk, actor, acting.opened()))
        else:
            notice.empty_state(_("从列表选择一项申请。打开后会留下查阅记录。"))
except DeskError as error:
    notice.refusal(error.text)
