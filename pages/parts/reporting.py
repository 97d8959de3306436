"""报送监控中心, on the page 交易所回报: packages to download, what was sent, and the centre's answers from a file."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.records import ExchangeRequest
from core.reporting import ACTION_TITLES, STATUS_TITLES, action_of, status_of
from core.usecases.import_results import FATES, Fate, RowReport, import_results
from core.usecases.loading import Loaded
from core.usecases.report_cases import MOST, mark_sent, missing_of, outbox
from pages.parts import acting, clock_words, notice, state
from pages.parts.language import _

FILE, REPORT = "results_file", "results_report"


def request_status(loaded: Loaded, request: ExchangeRequest) -> str:
    """`申请：1 开户　状态：2 已提交（03-02 10:00）`."""
    action, status = action_of(loaded.business.ending), status_of(request)
    sent = _("　报送于 {sent}").format(sent=clock_words.exact(request.sent_at)) if request.sent_at else ""
    said = _("申请：{action} {action_title}　状态：{status} {status_title}").format(
        action=str(action), action_title=_(ACTION_TITLES[action]), status=str(status),
        status_title=_(STATUS_TITLES[status]),
    )  # fmt: skip
    return said + sent


def show_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """The package of one case, or what is missing in it."""
    with st.container(key="card-report"):
        st.markdown(_("**报送监控中心**"))
        missing = missing_of(desk, actor, case_id)
        if missing:
            st.caption(_("资料未补全，不能导出：{missing}").format(missing=_("、").join(missing)))
            return
        _link(f"/reports/{case_id}.zip", _("下载报送资料（ZIP）"))
        st.button(_("标记为已报送"), key="mark_sent", on_click=_mark, args=(desk, actor, [case_id]))
        st.caption(_("资料含客户信息，下载会留下记录。提交到监控中心后，请标记为已报送。"))


def _link(address: str, words: str) -> None:
    st.html(f'<p class="jz-export"><a href="{address}" download>{words}</a></p>')


def _mark(desk: Desk, actor: Actor, case_ids: list[str]) -> None:
    counts: list[int] = []
    if acting.attempt(lambda: counts.append(mark_sent(desk, actor, case_ids))):
        state.say(_("已将 {count} 笔业务标记为已报送。").format(count=counts[0]))


def show_batch(desk: Desk, actor: Actor) -> None:
    """Everything that waits as one package, and the answers from a file."""
    with st.expander(_("批量报送与导入回报"), icon=":material/sync_alt:"):
        waiting = outbox(desk, actor)
        st.markdown(_("等待报送 **{total}** 笔").format(total=waiting.total))
        if waiting.ready:
            _link("/reports/waiting.zip", _("下载最早的 {count} 笔（ZIP）").format(count=len(waiting.ready)))
            st.button(_("将这 {count} 笔标记为已报送").format(count=len(waiting.ready)), key="mark_batch",
                      on_click=_mark, args=(desk, actor, list(waiting.ready)))  # fmt: skip
        if waiting.total > MOST:
            st.caption(_("每次最多 {most} 笔，标记后再下载其余的。").format(most=MOST))
        for number, missing in waiting.incomplete.items():
            st.caption(_("{number} 未补全：{missing}").format(number=number, missing=_("、").join(missing)))
        _import(desk, actor)


def _import(desk: Desk, actor: Actor) -> None:
    st.file_uploader(_("监控中心的回报（CSV 或 JSON）"), type=["csv", "json"], key=FILE, max_upload_size=1)
    st.button(_("导入回报"), key="import_results", on_click=_take, args=(desk, actor))
    found: list[RowReport] = st.session_state.get(REPORT) or []
    if not found:
        return
    counts = {fate: sum(each.fate is fate for each in found) for fate in Fate}
    st.markdown(
        _("已录入 {taken} 行，此前已录入 {known} 行，未录入 {refused} 行").format(
            taken=counts[Fate.TAKEN], known=counts[Fate.KNOWN], refused=counts[Fate.REFUSED]
        )
    )
    for each in found:
        if each.fate is Fate.REFUSED:
            st.markdown(notice.plain(_row_words(each)))


def _row_words(each: RowReport) -> str:
    return _("第 {line} 行　{number} {exchange}　{fate}：{reason}").format(
        line=each.row.line, number=each.row.number, exchange=each.row.exchange, fate=_(FATES[each.fate]),
        reason=_(each.reason),
    )  # fmt: skip


def _take(desk: Desk, actor: Actor) -> None:
    given = st.session_state.get(FILE)
    st.session_state.pop(REPORT, None)
    if given is None:
        return
    found: list[RowReport] = []
    if acting.attempt(lambda: found.extend(import_results(desk, actor, given.getvalue()))):
        st.session_state[REPORT] = found
