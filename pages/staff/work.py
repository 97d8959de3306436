"""工作列表: the lists with live counts at the left, the rows of one, the open case beside them."""

from __future__ import annotations

import streamlit as st

from core.permissions import Permission, holds
from core.usecases.complete_case import CALL_TIMES
from core.usecases.hold_case import hand_over
from core.usecases.open_work import WorkFile, open_work
from core.usecases.work_lists import Counted, Listed, counted_lists, work_list
from pages.parts import acting, case_list, clock_words, notice, state, visitor, wiring
from pages.parts.language import _
from pages.parts.work_panel import show_panel

LIST = "list"
PAGES = {
    "review": (_("去复核"), "staff/review.py", Permission.CASE_APPROVE),
    "callback": (_("去回访"), "staff/callback.py", Permission.CALLBACK_RECORD),
    "counter": (_("去办理"), "staff/counter.py", Permission.CASE_REPORT),
    "customer": (_("查看客户"), "staff/customers.py", Permission.CASE_READ),
}
STAGE = {"submitted": "review", "in_review": "review", "callback": "callback", "approved": "counter"}
"""State -> where a case of a mixed list is worked on."""
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _choose(key: str) -> None:
    acting.open_case(None)
    st.query_params[LIST] = key


def _chosen(lists: tuple[Counted, ...]) -> str:
    wanted = str(st.query_params.get(LIST, ""))
    return wanted if wanted in {each.spec.key for each in lists} else lists[0].spec.key


@st.fragment(run_every="15s", key="work_lists")
def _lists(drawn: str) -> None:
    """The lists with their counts, read anew every few seconds; a press in here redraws the rows beside as well."""
    lists = counted_lists(desk, actor)
    chosen = _chosen(lists)
    if chosen != drawn:
        st.rerun()
    for each in lists:
        st.button(
            f"{_(each.spec.title)}　**{each.count}**", key=f"list_{each.spec.key}", width="stretch", on_click=_choose,
            type="primary" if each.spec.key == chosen else "secondary", args=(each.spec.key,),
        )  # fmt: skip


def _words(row: Listed) -> str:
    waited = _(":material/hourglass_empty: {relative}开始等待").format(
        relative=clock_words.relative(row.since, rows.now)
    )
    holder = f":material/person: {_('我') if row.mine else notice.plain(row.holder)}" if row.holder else ""
    marks = [
        waited,
        case_list.due_words(row, rows),
        holder,
        _(":material/block: 您见证过") if row.witnessed else "",
        _(":material/snooze: 延后到 {promise}").format(promise=clock_words.promise(row.snoozed_until))
        if row.snoozed_until
        else "",
        _(":material/priority_high: 已上报") if row.escalated else "",
        _(":material/flag: 待核实 {tasks} 项").format(tasks=row.tasks) if row.tasks else "",
        _(":material/call: 已拨 {attempts} 次").format(attempts=row.attempts) if row.attempts else "",
        _("宜{call_times}拨打").format(call_times=CALL_TIMES[row.call_time]) if row.call_time else "",
    ]
    return "　".join(filter(None, marks))


def _case(file: WorkFile) -> None:
    st.button(
        _("关闭"), key="close_case", type="tertiary", icon=":material/close:", on_click=acting.open_case, args=(None,)
    )
    case = file.case
    for action in dict.fromkeys([chosen.action, STAGE.get(str(case.state), "")]):
        label, path, permission = PAGES.get(action, ("", "", Permission.CASE_WORK))
        if path and holds(actor, permission):
            ref = {"person": f"case:{case.id}"} if action == "customer" else {"case": case.id}
            st.page_link(path, label=label, icon=":material/arrow_forward:", query_params=ref)
    show_panel(desk, actor, file)


def _hand_over() -> None:
    """For supervisors: everything of somebody who is absent, to somebody else or back to the lists."""
    with desk.read(actor.firm_id) as work:
        names = {member.id: member.name for member in work.people.all_staff()}

    def move() -> None:
        values = st.session_state
        moved: dict[str, int] = {}
        who, to = str(values.get("from_staff") or ""), str(values.get("to_staff") or "")
        if acting.attempt(lambda: moved.update(hand_over(desk, actor, who, to))):
            state.say(
                _("已转交 {moved} 笔，放回列表 {moved_2} 笔。").format(moved=moved["given"], moved_2=moved["freed"])
            )

    with st.expander(_("转交同事的业务"), icon=":material/move_up:"), st.form("hand_over", border=False):
        st.selectbox(_("谁的业务"), list(names), format_func=lambda each: names[each], key="from_staff", index=None,
                     placeholder=_("选择同事"))  # fmt: skip
        st.selectbox(_("转交给（不选则放回列表）"), list(names), format_func=lambda each: names[each], key="to_staff",
                     index=None, placeholder=_("放回列表"))  # fmt: skip
        st.form_submit_button(_("转交"), key="hand_over_go", on_click=move)


st.title(_("工作列表"))
mine = counted_lists(desk, actor)
chosen = next(each.spec for each in mine if each.spec.key == _chosen(mine))
rows = work_list(desk, actor, chosen.key)
left, middle, right = st.columns([2, 5, 5] if acting.opened() else [2, 9, 1])
with left:
    _lists(chosen.key)
    if holds(actor, Permission.CASE_ASSIGN):
        _hand_over()
with middle:
    st.markdown(f"**{_(chosen.title)}　{rows.total}**")
    acting.show_refusal()
    st.markdown(_(":material/print: [打印列表](/sheet/list/{key})").format(key=chosen.key))
    case_list.show_rows(rows.rows, rows, _words, acting.open_case, chosen.empty)
with right:
    if acting.opened():
        _case(open_work(desk, actor, acting.opened()))
