"""受理单历史: everything that happened to one case, newest first, with both clocks; values are masked until opened."""

from __future__ import annotations

import streamlit as st

from core.case import STATE_TITLES
from core.case_trace import Group
from core.errors import DeskError
from core.usecases.trace_case import Entry, Trace, find_trace, trace_case
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.language import _

VALUES = "trace"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _find() -> None:
    number, found = str(st.session_state.get("trace_number") or ""), list[str]()
    acting.open_case(None)
    if acting.attempt(lambda: found.append(find_trace(desk, actor, number))):
        acting.open_case(found[0])


def _search() -> None:
    with st.form("find_trace", border=False):
        st.text_input(_("受理单号"), key="trace_number", max_chars=20, placeholder=_("16 位受理单号"))
        st.form_submit_button(_("查找"), key="trace_find", type="primary", on_click=_find)
    acting.show_refusal()


def _entry(entry: Entry) -> None:
    head = f"{clock_words.exact(entry.at)}　**{notice.plain(entry.words)}**　{notice.plain(entry.who)}"
    lines = [
        _("{title}：{before} → {after}").format(
            title=notice.plain(c.title), before=notice.plain(c.before), after=notice.plain(c.after)
        )
        for c in entry.changes
    ]
    text = [notice.plain(entry.text)] if entry.text else []
    st.markdown("  \n".join([head, *lines, *text]))


def _show(trace: Trace) -> None:
    case = trace.case
    st.subheader(_("{title}　受理单 {number}").format(title=_(trace.title), number=case.number))
    st.caption(notice.plain(f"{trace.customer} · {trace.branch} · {STATE_TITLES[case.state]}"))
    st.caption(f":material/timer: {clock_words.both(trace.clocks)}")
    st.markdown(_(":material/print: [打印受理单](/sheet/case/{id})").format(id=case.id))
    chosen = st.pills(_("只看"), list(Group), selection_mode="multi", key="trace_groups", label_visibility="collapsed")
    if not trace.opened:
        st.button(_("显示全部内容"), key="trace_open", icon=":material/visibility:",
                  help=_("修改前后的值、短信和备注会完整显示，并留下查阅记录。"),
                  on_click=acting.remember_reveal, args=(case.id, VALUES, desk.clock()))  # fmt: skip
    for entry in trace.entries:
        if not chosen or entry.group in chosen:
            _entry(entry)


st.title(_("受理单历史"))
_search()
opened = acting.opened()
try:
    if opened:
        _show(trace_case(desk, actor, opened, opened=acting.revealed(opened, VALUES, desk.clock())))
    else:
        notice.empty_state(_("输入受理单号，这里会按时间列出每一次修改、查阅、通话、短信、协议、驳回和分配。"))
except DeskError as error:
    notice.refusal(error.text)
