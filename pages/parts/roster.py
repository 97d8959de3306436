"""排班: who serves the branch on which weekday from when to when, as a table of texts with its checks."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.rules.reservation import WEEKDAY_NAMES
from core.rules.roster import HINT
from core.usecases.change_roster import WEEK, Duty, change_roster, roster_table
from pages.parts import acting, notice, state
from pages.parts.language import _

_OVER = "roster_overbooked"


def _key(branch_id: str, staff_id: str, weekday: int) -> str:
    return f"duty_{branch_id}_{staff_id}_{weekday}"


def _save(desk: Desk, actor: Actor, branch_id: str, duties: Sequence[Duty]) -> None:
    values = st.session_state
    wanted = {d.staff_id: [str(values.get(_key(branch_id, d.staff_id, day)) or "") for day in WEEK] for d in duties}
    found = []
    if not acting.attempt(lambda: found.append(change_roster(desk, actor, branch_id, wanted))):
        return
    names = {duty.staff_id: duty.name for duty in duties}
    acting.fail({f"{names[who]} {_(WEEKDAY_NAMES[day])}": text for (who, day), text in found[0].mistakes.items()})
    values[_OVER] = found[0].overbooked
    if not found[0].mistakes:
        state.say(_("排班已保存。"))


def _notes() -> None:
    """Mistakes by person and weekday, and slots that are booked beyond their places now."""
    mistakes: dict[str, str] = state.get(state.Key.ERRORS) or {}
    notice.field_errors(
        {name: _("{name}：{text}").format(name=name, text=text) for name, text in mistakes.items() if name != "desk"}
    )
    over: tuple[str, ...] = st.session_state.pop(_OVER, ())
    if over:
        notice.refusal(_("按新的排班，以下时段的预约多于名额，请安排人员或停止预约：") + _("；").join(over) + _("。"))


def roster(desk: Desk, actor: Actor, branch_id: str) -> None:
    """The table of the branch, one row for each member of staff who may serve."""
    duties = roster_table(desk, actor, branch_id)
    st.caption(_("每格填该营业部的视频服务时间，{hint}。预约名额由此计算。").format(hint=HINT))
    _notes()
    if not duties:
        notice.empty_state(_("还没有见证人员。请管理员先在“人员”中添加。"))
        return
    widths = [1.0, *[1.5] * len(WEEK)]
    with st.form("roster", border=False):
        for column, title in zip(st.columns(widths), (_("人员"), *map(_, WEEKDAY_NAMES)), strict=True):
            column.markdown(f"**{title}**")
        for duty in duties:
            name, *days = st.columns(widths, vertical_alignment="center")
            name.markdown(notice.plain(duty.name))
            for weekday, column in enumerate(days):
                column.text_input(
                    f"{duty.name} {_(WEEKDAY_NAMES[weekday])}", duty.days[weekday], max_chars=60,
                    key=_key(branch_id, duty.staff_id, weekday), label_visibility="collapsed",
                )  # fmt: skip
        st.form_submit_button(_("保存排班"), type="primary", on_click=_save, args=(desk, actor, branch_id, duties))
