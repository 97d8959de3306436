"""交易所回报: what the monitoring centre answered for each exchange, entered by staff."""

from __future__ import annotations

import streamlit as st

from core.case import ALLOWED, Action
from core.records import ExchangeRequest
from core.usecases.complete_case import CODE_DIGITS, RETURNS, record_exchange
from core.usecases.read_case import CaseFile, read_case
from core.usecases.work_lists import Listed, result_list, waiting
from pages.parts import (
    acting,
    case_file,
    case_history,
    case_list,
    clock_words,
    notice,
    reporting,
    state,
    visitor,
    wiring,
)
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _words(row: Listed) -> str:
    left = waiting(row.requests)
    since = clock_words.relative(row.case.updated_at, work.now)
    return (
        _(":material/pending: 还有 {left} 家　{since}").format(left=left, since=since)
        if left
        else _(":material/check_circle: 全部开通")
    )


def _save(case_id: str, exchange: str) -> None:
    values = st.session_state
    code, number = values.get(f"return_{exchange}"), str(values.get(f"number_{exchange}") or "")
    errors: dict[str, str] = {}
    given = -1 if code is None else int(code)
    acting.attempt(lambda: errors.update(record_exchange(desk, actor, case_id, exchange, given, number)))
    if errors:
        acting.fail({f"{field}_{exchange}": text for field, text in errors.items()})
    else:
        state.say(_("已保存，客户会收到短信。"))


def _form(case_id: str, request: ExchangeRequest) -> None:
    exchange = request.exchange
    with st.form(f"form_{exchange}", border=False):
        left, right = st.columns([3, 2])
        left.selectbox(
            _("回报代码"), list(RETURNS), format_func=lambda code: f"{code} {_(RETURNS[code])}",
            key=f"return_{exchange}", index=request.return_code, placeholder=_("选择监控中心的回报"),
        )  # fmt: skip
        right.text_input(_("交易编码"), key=f"number_{exchange}", max_chars=CODE_DIGITS,
                         placeholder=_("{code_digits} 位数字，成功时填写").format(code_digits=CODE_DIGITS))  # fmt: skip
        acting.field_error(f"return_code_{exchange}")
        acting.field_error(f"trading_code_{exchange}")
        st.form_submit_button(_("保存回报"), key=f"save_{exchange}", on_click=_save, args=(case_id, exchange))


def _request(file: CaseFile, request: ExchangeRequest) -> None:
    with st.container(key=f"card-{request.exchange}"):
        code = (
            _("　交易编码 ****{trading_code}").format(trading_code=request.trading_code[-4:])
            if request.trading_code
            else ""
        )
        st.markdown(f"**{notice.plain(case_history.request_words(request, file.loaded.rules))}**{notice.plain(code)}")
        st.caption(reporting.request_status(file.loaded, request))
        st.caption(_("更新于 {exact}").format(exact=clock_words.exact(request.updated_at)))
        if request.state != "opened" and Action.REPORT in ALLOWED[file.case.state]:
            _form(file.case.id, request)


def _case(row: Listed) -> None:
    file = read_case(desk, actor, row.case.id, "report")
    case_file.show_head(file)
    middle, side = st.columns([3, 2])
    with middle:
        for request in file.requests:
            _request(file, request)
        reporting.show_case(desk, actor, row.case.id)
    with side:
        case_file.show_profile(file, full_id=True, phone_shown=False)
        case_file.show_exchanges(file)


def _list() -> None:
    case_list.show_rows(work.rows, work, _words, acting.open_case, _("没有等待回报的申请。复核通过后会出现在这里。"))


work = result_list(desk, actor)
current = next((row for row in work.rows if row.case.id == acting.opened()), None)
st.title(_("交易所回报"))
if current is None:
    reporting.show_batch(desk, actor)
case_list.beside(
    _("等待回报 {sum}").format(sum=sum(1 for row in work.rows if waiting(row.requests))),
    _list,
    lambda: _case(current), case_open=current is not None, hint=_("从列表选择一笔业务，录入监控中心的回报。"),
)  # fmt: skip
