"""提交: what was changed, once more, and the way to the reviewer."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.usecases.case_changes import changes_of
from core.usecases.submit_case import is_reviewed, submit_case
from pages.parts import notice, state
from pages.parts.changes import show_changes
from pages.parts.language import _
from pages.parts.step import StepView


def draw(view: StepView) -> None:
    """Everything is done; the customer looks at the changes and hands in."""
    reviewed = is_reviewed(view.loaded)
    then = _("提交后由工作人员复核。") if reviewed else _("提交后即办理完成。")
    st.success(_("全部步骤已完成，{then}").format(then=then), icon=":material/task_alt:")
    show_changes(changes_of(view.loaded), masked=True)
    st.caption(_("提交后，结果会用短信告诉您，也可以在“我的业务”查看。"))

    def hand_in() -> None:
        try:
            submit_case(view.desk, view.actor, view.case_id)
            view.go(None)
            if not reviewed:
                state.say(_("{title}已完成。").format(title=_(view.loaded.business.title)))
        except DeskError as error:
            view.fail({"step": error.text})

    if "step" in view.errors():
        notice.refusal(view.errors()["step"])
    with st.container(key="actions", horizontal=True):
        st.button(_("上一步"), key="previous", on_click=lambda: view.go(view.plan[-1].key))
        st.button(_("提交"), key="next", type="primary", on_click=hand_in)
