"""录像查阅: compliance looks at the calls of any case by its number, and exports originals."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.usecases.read_case import find_case, read_case
from pages.parts import acting, case_file, case_history, case_media, notice, visitor, wiring
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _find() -> None:
    """Opening the case is on record before anything is shown."""
    acting.open_case(None)
    number = str(st.session_state["inspect_number"])
    acting.attempt(lambda: acting.open_case(find_case(desk, actor, number)))


def _case(case_id: str) -> None:
    file = read_case(desk, actor, case_id, "inspection")
    case_file.show_head(file)
    case_media.show_recordings(file, export=True)
    case_history.show_witness(file)


st.title(_("录像查阅"))
st.caption(_("查阅和下载都会留下记录。下载的原件与时间索引一起，可以证明录像没有被改动。"))
with st.form("inspect", border=False):
    st.text_input(_("受理单号"), key="inspect_number", max_chars=16, placeholder=_("16 位数字"))
    st.form_submit_button(_("查阅"), key="inspect_open", type="primary", on_click=_find)
acting.show_refusal()
opened = acting.opened()
try:
    if opened:
        _case(opened)
    else:
        notice.empty_state(_("输入受理单号后，这里会显示通话录像。"))
except DeskError as error:
    notice.refusal(error.text)
