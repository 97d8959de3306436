"""排队情况: who waits and who is served at each branch, refreshed by itself; supervisors change the order here."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.permissions import Permission, holds
from core.usecases.queue_overview import BranchQueue, fairness, queue_overview
from pages.parts import acting, clock_words, notice, queue_desk, visitor, wiring
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
manages = holds(actor, Permission.QUEUE_MANAGE)


def _branch(line: BranchQueue) -> None:
    now = desk.clock()
    st.subheader(line.branch.name)
    queue_desk.alerts(line)
    figures = st.columns(4)
    figures[0].metric(_("排队人数"), len(line.waiting), border=True)
    figures[1].metric(_("最长等待"), clock_words.span(line.longest) if line.longest else "—", border=True)
    figures[2].metric(_("通话中"), len(line.running), border=True)
    figures[3].metric(_("在线"), sum(each.status == "online" for each in line.staff), border=True)
    people, staff = st.columns([3, 2])
    with people:
        queue_desk.waiting_table(line, now, may_change=manages)
    with staff:
        queue_desk.running_table(line.running, now)
        queue_desk.staff_table(line.staff, now)


@st.fragment(run_every="5s", key="queue_live")
def _live() -> None:
    """Read anew every five seconds; the permission is checked each time."""
    try:
        if acting.asking() != asked:
            st.rerun(scope="app")
        for line in queue_overview(desk, actor):
            _branch(line)
        st.caption(_("更新于 {exact}，每 5 秒刷新。").format(exact=clock_words.exact(desk.clock())))
    except DeskError as error:
        notice.refusal(error.text)


def _fairness() -> None:
    if st.toggle(_("今天谁被后到的客户超过"), key="fairness"):
        queue_desk.fairness_table(*fairness(desk, actor))


st.title(_("排队情况"))
asked = acting.asking()
_live()
try:
    if manages:
        acting.show_refusal() if not asked else None
        lines = queue_overview(desk, actor)
        queue_desk.messages(desk, actor, lines)
        queue_desk.move_dialog(desk, actor, lines)
    _fairness()
except DeskError as error:
    notice.refusal(error.text)
