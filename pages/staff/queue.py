"""排队情况: who waits and who is served at each branch, refreshed by itself."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import DeskError
from core.usecases.queue_overview import BranchQueue, Place, queue_overview
from pages.parts import clock_words, notice, visitor, wiring
from pages.parts.fact_table import cell, fact_table

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _rows(places: Sequence[Place]) -> list[tuple[str, str]]:
    now = desk.clock()
    rows = []
    for number, place in enumerate(places, 1):
        who = f"{number}. {place.customer}　{place.case_number}"
        witness = f"　{place.witness}" if place.witness else ""
        rows.append((who, cell(f"{clock_words.span(now - place.since)}{witness}")))
    return rows


def _branch(line: BranchQueue) -> None:
    st.subheader(line.branch.name)
    figures = st.columns(3)
    figures[0].metric("排队人数", len(line.waiting), border=True)
    figures[1].metric("最长等待", clock_words.span(line.longest) if line.longest else "—", border=True)
    figures[2].metric("通话中", len(line.running), border=True)
    fact_table("排队", _rows(line.waiting), "已等待")
    fact_table("通话", _rows(line.running), "已通话")


@st.fragment(run_every="5s", key="queue_live")
def _live() -> None:
    """Read anew every five seconds; the permission is checked each time."""
    try:
        for line in queue_overview(desk, actor):
            _branch(line)
        st.caption(f"更新于 {clock_words.exact(desk.clock())}，每 5 秒刷新。")
    except DeskError as error:
        notice.refusal(error.text)


st.title("排队情况")
_live()
