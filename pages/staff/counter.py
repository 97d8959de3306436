"""柜台办理: approved cases that the counter carries out (密码重置); the outcome is recorded and sent by SMS (R176)."""

from __future__ import annotations

import streamlit as st

from core.usecases.complete_case import record_counter
from core.usecases.read_case import read_case
from core.usecases.work_lists import Listed, counter_list
from pages.parts import acting, case_file, case_list, clock_words, notice, state, visitor, wiring
from pages.parts.language import _

DONE, FAILED = "已办理完成", "没有办成"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _words(row: Listed) -> str:
    return _(":material/pending: 等待办理　{relative}").format(
        relative=clock_words.relative(row.case.updated_at, work.now)
    )


def _save(case_id: str) -> None:
    values, errors = st.session_state, {}
    done, note = values.get("counter_outcome"), str(values.get("counter_note") or "")
    if done is None:
        errors = {"outcome": _("请选择办理结果。")}
    else:
        acting.attempt(lambda: errors.update(record_counter(desk, actor, case_id, done=done == DONE, note=note)))
    if errors:
        acting.fail({f"counter_{field}": text for field, text in errors.items()})
    else:
        acting.open_case(None)
        state.say(_("已登记，客户会收到短信。"))


def _case(row: Listed) -> None:
    file = read_case(desk, actor, row.case.id, "report")
    case_file.show_head(file)
    middle, side = st.columns([3, 2])
    with middle, st.form("counter", border=True):
        st.markdown(
            _("**{title}**：请在柜台系统中办理，然后登记结果。新密码不要写在这里。").format(
                title=notice.plain(row.title)
            )
        )
        st.radio(_("办理结果"), [DONE, FAILED], index=None, key="counter_outcome", horizontal=True, format_func=_)
        acting.field_error("counter_outcome")
        st.text_area(_("说明"), key="counter_note", max_chars=300, help=_("没有办成时必填，客户会看到。"))
        acting.field_error("counter_note")
        st.form_submit_button(_("登记结果"), type="primary", on_click=_save, args=(row.case.id,))
    with side:
        case_file.show_profile(file, full_id=True, phone_shown=False)


def _list() -> None:
    case_list.show_rows(work.rows, work, _words, acting.open_case, _("没有等待柜台办理的业务。"))


work = counter_list(desk, actor)
current = next((row for row in work.rows if row.case.id == acting.opened()), None)
st.title(_("柜台办理"))
case_list.beside(
    _("等待办理 {total}").format(total=work.total), _list, lambda: _case(current), case_open=current is not None,
    hint=_("从列表选择一笔业务，在柜台办理后登记结果。"),
)  # fmt: skip
