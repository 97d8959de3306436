"""在线回访, and handing the case in."""

from __future__ import annotations

import streamlit as st

from core.steps.follow_up import questions
from core.usecases.submit_case import submit_follow_up
from pages.parts import notice, state
from pages.parts.language import _, dialog, spoken
from pages.parts.state import Key
from pages.parts.step import StepView


def _given(view: StepView) -> dict[str, str]:
    keys = [q["key"] for q in questions(view.loaded.facts, view.loaded.rules)]
    return {key: st.session_state[view.key(key)] for key in keys if st.session_state.get(view.key(key))}


def _submit(view: StepView, *, confirmed: bool) -> None:
    given = _given(view)
    checked = view.attempt(lambda: submit_follow_up(view.desk, view.actor, view.case_id, given, confirmed=confirmed))
    if checked is None or checked.ok:
        view.go(None)
    elif set(checked.errors) == {"confirmed"}:
        state.put(Key.ASKING, "follow_up")
    else:
        view.fail(checked.errors)


@dialog("请再次确认", on_dismiss=lambda: state.drop(Key.ASKING))
def _confirm(view: StepView) -> None:
    st.markdown(notice.plain(view.loaded.rules["notices"]["notices"]["follow_up_confirm"]["text"]))
    if st.button(_("确定"), type="primary", key="confirm_yes", width="stretch"):
        _submit(view, confirmed=True)
        st.rerun()
    if st.button(_("返回修改"), key="confirm_no", width="stretch"):
        state.drop(Key.ASKING)
        st.rerun()


def draw(view: StepView) -> None:
    """The firm's questions; 提交 asks once more (R168)."""
    saved = dict(view.values.get("answers") or {})
    for number, question in enumerate(questions(view.loaded.facts, view.loaded.rules), 1):
        options = {option["key"]: option["text"] for option in question["options"]}
        codes = list(options)
        start = saved.get(question["key"])
        st.radio(
            f"{number}. {_(question['text'])}",
            codes,
            format_func=spoken(options),
            key=view.key(question["key"]),
            index=codes.index(start) if start in codes else None,
        )
        view.show_error(question["key"])
    view.actions(lambda: _submit(view, confirmed=False), label=_("提交"))
    if state.get(Key.ASKING) == "follow_up":
        _confirm(view)
