"""电话回访: who is to be called until when, what to ask, and the outcome."""

from __future__ import annotations

import streamlit as st

from core.usecases.callback_plan import CallPlan, call_plan, missing_topics
from core.usecases.complete_case import CALL_TIMES, NEEDS_NOTE, OUTCOMES, record_callback
from core.usecases.read_case import CaseFile, read_case, reveal
from core.usecases.work_lists import Listed, callback_list
from pages.parts import acting, case_file, case_history, case_list, clock_words, notice, state, visitor, wiring
from pages.parts.language import _, dialog

QUESTIONS = {
    "complaint": _("客户投诉。确认后登记为待答复的投诉，账户不会激活，业务仍等待回访，并上报主管。"),
    "confirmed": _("客户已确认本人、自愿和各项内容。确认后账户立即激活，客户会收到短信。"),
    "disputed": _("客户有异议。确认后这笔业务立即终止，不能恢复，客户会收到短信。"),
}
DONE = {
    "confirmed": _("已激活。"),
    "unreached": _("已记录，稍后再拨。"),
    "complaint": _("已登记投诉，合规人员会在期限内答复。"),
    "disputed": _("已终止，请通知合规人员。"),
}
guest = visitor.read()
desk, actor, member = wiring.desk(), guest.actor_staff, guest.member
assert actor is not None and member is not None


def _topic_key(case_id: str, topic: str) -> str:
    return f"topic_{case_id[:8]}_{topic}"


def _asked(case_id: str, plan: CallPlan) -> list[str]:
    return [topic.key for topic in plan.topics if st.session_state.get(_topic_key(case_id, topic.key))]


def _note() -> str:
    return str(st.session_state.get("call_note") or "").strip()


def _record(case_id: str, plan: CallPlan, outcome: str) -> None:
    note, asked, errors = _note(), _asked(case_id, plan), dict[str, str]()
    best = str(st.session_state.get("call_time") or "")
    acting.ask(None)
    if not acting.attempt(lambda: errors.update(record_callback(desk, actor, case_id, outcome, note, asked, best))):
        return
    if errors:
        acting.fail(errors)
        return
    state.say(DONE[outcome])
    st.session_state.pop("call_note", None)
    if outcome != "unreached":
        acting.open_case(None)


def _wish(case_id: str, plan: CallPlan, outcome: str) -> None:
    """What ends the case is asked once more; 接通确认 needs every required topic, 异议 needs a note."""
    missing = missing_topics(plan, _asked(case_id, plan))
    if outcome == "confirmed" and missing:
        acting.fail({"outcome": _("还没有核对：{missing}。").format(missing=_("、").join(missing))})
    elif outcome in NEEDS_NOTE and not _note():
        acting.fail({"note": NEEDS_NOTE[outcome]})
    elif outcome == "unreached":
        _record(case_id, plan, outcome)
    else:
        acting.ask(outcome)


def _reveal(case_id: str, what: str) -> None:
    if acting.attempt(lambda: reveal(desk, actor, case_id, "callback", what)):
        acting.remember_reveal(case_id, what, desk.clock())


@dialog("请再次确认", on_dismiss=lambda: acting.ask(None))
def _confirm(file: CaseFile, plan: CallPlan, outcome: str) -> None:
    st.markdown(QUESTIONS[outcome])
    acting.dialog_buttons(OUTCOMES[outcome], _record, file.case.id, plan, outcome)


def _topics(case_id: str, plan: CallPlan) -> None:
    st.markdown(f":material/record_voice_over: {notice.plain(plan.opening)}")
    for topic in plan.topics:
        label = f"**{notice.plain(topic.title)}**{' *' if topic.required else ''}　{notice.plain(topic.ask)}"
        st.checkbox(label, key=_topic_key(case_id, topic.key))
        flag = f"　:orange[:material/flag: {notice.plain(topic.red_flag)}]" if topic.red_flag else ""
        st.caption(_("应答：{expect}{flag}").format(expect=notice.plain(topic.expect), flag=flag))
    st.markdown(f":material/call_end: {notice.plain(plan.closing)}")


def _outcome(file: CaseFile, plan: CallPlan) -> None:
    st.text_area(_("备注"), key="call_note", height=90, max_chars=500, placeholder=_("客户的补充、投诉或异议的内容"))
    st.selectbox(_("客户方便接听的时间"), list(CALL_TIMES), format_func=lambda each: CALL_TIMES[each], key="call_time")
    acting.field_error("note")
    acting.field_error("outcome")
    with st.container(horizontal=True):
        for outcome, label in OUTCOMES.items():
            st.button(_(label), key=f"outcome_{outcome}", type="primary" if outcome == "confirmed" else "secondary",
                      on_click=_wish, args=(file.case.id, plan, outcome))  # fmt: skip


def _case(row: Listed) -> None:
    file = read_case(desk, actor, row.case.id, "callback")
    plan = call_plan(file.loaded, member.login)
    case_file.show_head(file)

    def on_reveal(what: str) -> None:
        _reveal(file.case.id, what)

    middle, side = st.columns([3, 2])
    with middle:
        _topics(file.case.id, plan)
        _outcome(file, plan)
        case_history.show_callbacks(file)
    with side:
        shown = acting.revealed(file.case.id, "phone", work.now)
        case_file.show_cards(file, shown=False)
        case_file.show_profile(file, full_id=False, phone_shown=shown, on_reveal=on_reveal)
        case_file.show_follow_up(file)
        case_file.show_exchanges(file)
    if acting.asking() in QUESTIONS:
        _confirm(file, plan, acting.asking())


def _words(row: Listed) -> str:
    tried = _("　已拨 {attempts} 次").format(attempts=row.attempts) if row.attempts else ""
    best = _("　宜{call_times}拨打").format(call_times=CALL_TIMES[row.call_time]) if row.call_time else ""
    later = _("　{promise} 后再拨").format(promise=clock_words.promise(row.snoozed_until)) if row.snoozed_until else ""
    return case_list.due_words(row, work) + tried + best + later


def _list() -> None:
    case_list.show_rows(work.rows, work, _words, acting.open_case, _("没有等待回访的业务。复核通过后会出现在这里。"))


work = callback_list(desk, actor)
current = next((row for row in work.rows if row.case.id == acting.opened()), None)
st.title(_("电话回访"))
case_list.beside(
    _("待回访 {total}").format(total=work.total),
    _list,
    lambda: _case(current), case_open=current is not None, hint=_("从列表选择一笔业务，按话题逐项核对后记录结果。"),
)  # fmt: skip
