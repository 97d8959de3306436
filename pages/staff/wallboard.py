"""看板: how the desk stands now, in figures that are read from three metres; refreshed by itself."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.metrics import METRICS, at_a_glance
from core.usecases.wallboard import Board, Standing, look_at_wallboard
from pages.parts import clock_words, notice, visitor, wiring
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
BAD = ":material/warning:"
ALERTS_SHOWN = 3


def _figure(key: str, value: float | None, *, bad: bool = False) -> None:
    """One figure with its definition; a bad one bears an icon as well as a colour."""
    metric = METRICS[key]
    with st.container(key=f"board-{'bad' if bad else 'cell'}-{key}"):
        words, icon = at_a_glance(value, metric.unit), BAD if bad else None
        st.metric(_(metric.title), words, help=_(metric.meaning), icon=icon, border=True)


def _now(one: Standing) -> None:
    _figure("waiting", one.waiting, bad=one.waiting > 0 and one.late)
    _figure("longest", one.longest, bad=one.late)
    _figure("service_level", one.service_level, bad=one.below)
    _figure("running", one.running)
    for state in ("online", "busy", "wrap_up", "break"):
        _figure(state, one.duty.get(state, 0))


def _today(one: Standing) -> None:
    for key in ("offered", "answered", "short_abandoned"):
        _figure(key, one.today.get(key, 0))
    _figure("abandon_rate", one.abandon_rate, bad=(one.abandon_rate or 0) > one.targets.abandon_rate and one.below)
    for key in ("due", "checked_in", "late", "no_show"):
        _figure(key, one.reserved.get(key, 0))


def _alerts(board: Board, branch: str) -> None:
    found = board.alerts(branch)
    lines = [f"{BAD} **{notice.plain(name)}**　{notice.plain(words)}" for name, words in found[:ALERTS_SHOWN]]
    if len(found) > ALERTS_SHOWN:
        lines.append(_("另有 {count} 条，请选择营业部查看。").format(count=len(found) - ALERTS_SHOWN))
    with st.container(key=f"board_alerts_{'some' if found else 'none'}"):
        st.markdown("  \n".join(lines) or _(":material/check_circle: 没有需要处理的情况"))


@st.fragment(run_every="5s", key="wallboard_live")
def _live() -> None:
    """Look anew every five seconds; the permission is checked each time, the reading is shared."""
    try:
        board = look_at_wallboard(desk, actor)
    except DeskError as error:
        notice.refusal(error.text)
        return
    names = {one.branch_id: _(one.name) for one in (board.whole, *board.branches)}
    with st.container(horizontal=True, vertical_alignment="center", key="board_head"):
        st.title(_("看板"))
        chosen = st.selectbox(_("营业部"), list(names), format_func=lambda key: names[key], key="branch",
                              bind="query-params", label_visibility="collapsed", width=260)  # fmt: skip
        st.caption(
            _("目标 {target_s} 秒内接通 · 更新于 {exact}").format(
                target_s=board.whole.targets.target_s, exact=clock_words.exact(board.at)[11:]
            )
        )
    one = board.of(chosen or "")
    _alerts(board, chosen or "")
    with st.container(key="board_figures"):
        _now(one)
        _today(one)


_live()
