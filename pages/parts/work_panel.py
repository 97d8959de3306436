"""The open case of a work list: who has it, its clocks, what staff wrote, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

import streamlit as st

from core.actor import Actor
from core.case import STATE_TITLES
from core.permissions import Permission, holds
from core.ports import Desk
from core.records_casework import Happened
from core.rules.calendar import SHANGHAI, local_day
from core.usecases.case_tasks import settle_task
from core.usecases.hold_case import assign_case, claim_case, give_back
from core.usecases.open_work import Task, WorkFile
from core.usecases.park_case import (
    MOST_REASON,
    add_case_note,
    answer_escalation,
    escalate_case,
    snooze_case,
    wake_case,
)
from pages.parts import acting, case_file, clock_words, notice
from pages.parts.language import _

WRITTEN = {
    Happened.NOTED: "备注", Happened.SNOOZED: "延后", Happened.ESCALATED: "上报主管", Happened.SETTLED: "处理结果",
}  # fmt: skip


def show_panel(desk: Desk, actor: Actor, file: WorkFile) -> None:
    """Everything about the open case, and its buttons."""
    case = file.case
    st.subheader(_("{title}　受理单 {number}").format(title=_(file.title), number=case.number))
    held = _("我") if file.mine else file.holder or _("无人领取")
    st.caption(
        notice.plain(
            _("{customer} · {branch} · {state_titles} · 处理人 {held}").format(
                customer=file.customer, branch=file.branch, state_titles=STATE_TITLES[case.state], held=held
            )
        )
    )
    case_file.show_flags(case.flags)
    st.caption(f":material/timer: {clock_words.both(file.clocks)}")
    if file.work.snoozed_until and file.work.snoozed_until > file.now:
        st.caption(_(":material/snooze: 延后到 {exact}").format(exact=clock_words.exact(file.work.snoozed_until)))
    _hold(desk, actor, file)
    for task in file.tasks:
        _task(desk, actor, task)
    with st.container(horizontal=True):
        _park(desk, actor, file)
    for remark in file.remarks:
        head = f"**{WRITTEN[remark.kind]}**　{notice.plain(remark.author)}　{clock_words.exact(remark.at)}"
        st.markdown(f"{head}  \n{notice.plain(remark.text)}")


def _hold(desk: Desk, actor: Actor, file: WorkFile) -> None:
    case_id = file.case.id
    with st.container(horizontal=True):
        if file.mine:
            st.button(_("放回列表"), key="give_back", on_click=acting.attempt,
                      args=(lambda: give_back(desk, actor, case_id), _("已放回列表。")))  # fmt: skip
        elif file.may_hold:
            st.button(_("领取"), key="claim", type="primary", on_click=acting.attempt,
                      args=(lambda: claim_case(desk, actor, case_id), _("已领取。")))  # fmt: skip
    if file.able:
        _assign(desk, actor, file)


def _assign(desk: Desk, actor: Actor, file: WorkFile) -> None:
    case_id, names = file.case.id, dict(file.able)

    def give() -> None:
        chosen = str(st.session_state.get("assign_to") or "")
        acting.attempt(lambda: assign_case(desk, actor, case_id, chosen), _("已分配。"))

    with st.form("assign", border=False):
        st.selectbox(_("分配给"), list(names), format_func=lambda each: names[each], key="assign_to", index=None,
                     placeholder=_("选择同事"))  # fmt: skip
        st.form_submit_button(_("分配"), key="assign_give", on_click=give)


def _task(desk: Desk, actor: Actor, task: Task) -> None:
    done = task.task.done_at
    if done:
        st.markdown(f":material/task_alt: {notice.plain(task.words)}  \n{notice.plain(task.task.note)}")
        return
    key = f"task_{task.task.id[:8]}"

    def settle() -> None:
        words = str(st.session_state.get(f"{key}_note") or "")
        acting.attempt_form(lambda: settle_task(desk, actor, task.task.id, words), _("已记录核实结果。"), f"{key}_")

    with st.form(key, border=True):
        st.markdown(_(":orange[:material/flag: 待核实]　{words}").format(words=notice.plain(task.words)))
        st.text_area(_("核实的经过和结果"), key=f"{key}_note", max_chars=MOST_REASON, height=80)
        acting.field_error(f"{key}_note")
        st.form_submit_button(_("记录核实结果"), key=f"{key}_save", on_click=settle)


def _park(desk: Desk, actor: Actor, file: WorkFile) -> None:
    case_id, put_off = file.case.id, file.work.snoozed_until
    if put_off and put_off > file.now:
        st.button(_("取消延后"), key="wake", on_click=acting.attempt,
                  args=(lambda: wake_case(desk, actor, case_id), _("已回到列表。")))  # fmt: skip
    elif file.able or file.may_hold:
        _snooze(desk, actor, file)
    if file.work.escalated_at and holds(actor, Permission.CASE_ASSIGN):
        _write("answer", _("答复上报"), lambda text: answer_escalation(desk, actor, case_id, text), _("已答复。"))
    elif file.may_hold and not file.work.escalated_at:
        _write("escalate", _("上报主管"), lambda text: escalate_case(desk, actor, case_id, text), _("已上报主管。"))
    _write("note", _("备注"), lambda text: add_case_note(desk, actor, case_id, text), _("已记下。"), "note")


def _snooze(desk: Desk, actor: Actor, file: WorkFile) -> None:
    def save() -> None:
        day, clock = st.session_state.get("snooze_day"), st.session_state.get("snooze_time")
        until = datetime.combine(day or local_day(file.now), clock or time(9), SHANGHAI)
        words = str(st.session_state.get("snooze_reason") or "")
        acting.attempt_form(lambda: snooze_case(desk, actor, file.case.id, until, words), _("已延后。"), "snooze_")

    with st.popover(_("延后"), key="snooze", icon=":material/snooze:"), st.form("snooze_form", border=False):
        st.date_input(_("到哪一天"), key="snooze_day", format="YYYY-MM-DD", value=local_day(file.now))
        st.time_input(_("几点"), key="snooze_time", value=time(9))
        acting.field_error("snooze_until")
        st.text_area(_("原因"), key="snooze_reason", max_chars=MOST_REASON, height=80)
        acting.field_error("snooze_reason")
        st.caption(_("对客户承诺的时间不变。"))
        st.form_submit_button(_("延后"), key="snooze_save", on_click=save)


def _write(key: str, label: str, act: Callable[[str], dict[str, str]], done: str, field: str = "reason") -> None:
    def save() -> None:
        words = str(st.session_state.get(f"{key}_text") or "")
        acting.attempt_form(lambda: act(words), done, f"{key}_")

    with st.popover(label, key=key), st.form(f"{key}_form", border=False, clear_on_submit=True):
        st.text_area(_("内容（只有工作人员能看到）"), key=f"{key}_text", max_chars=MOST_REASON, height=100)
        acting.field_error(f"{key}_{field}")
        st.form_submit_button(label, key=f"{key}_save", on_click=save)
