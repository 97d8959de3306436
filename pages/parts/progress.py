"""Progress of a case: where the customer is, what is done and what comes."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.language import _
from pages.parts.step_state import StepState

if TYPE_CHECKING:
    from collections.abc import Sequence

Phase = tuple[str, "Sequence[tuple[str, str]]"]


def show_progress(
    title: str, case_number: str, phases: Sequence[Phase], position: int, total: int, back: str | None = None
) -> None:
    """Draw the head of a step: title, 受理单 number (R016), a mark per step, and 第 n 步 共 m 步.

    `phases` holds (name, [(step title, state)]) in order, states as in StepState. With `back`, a page of the
    navigation such as "customer/hall.py", the title becomes the way there. On a wide screen the steps also
    stand at the left of the column.
    """
    head = _case(case_number)
    if back is None:
        head = f'<span class="jz-title">{escape(title)}</span>{head}'
    else:
        with st.container(key="crumb", horizontal=True):
            st.page_link(back, label=title, icon=":material/arrow_back_ios_new:")
            st.html(head, width="content")
        head = ""
    st.html(progress_html(head, phases, position, total))


def progress_html(head: str, phases: Sequence[Phase], position: int, total: int) -> str:
    """The drawing under `head`, which is HTML already; every text of the phases is escaped."""
    top = f'<p class="jz-head">{head}</p>' if head else ""
    drawn = _drawn(tuple((name, tuple(steps)) for name, steps in phases), position, total)
    return f'<div class="jz-progress">{top}{drawn}</div>'


@lru_cache(maxsize=512)
def _drawn(phases: tuple[tuple[str, tuple[tuple[str, str], ...]], ...], position: int, total: int) -> str:
    """Drawn once for all who stand alike: it says which steps there are and how they stand, not whose."""
    marks = "".join(_phase_marks(*phase) for phase in phases)
    rail = "".join(_phase_list(*phase) for phase in phases)
    return _(
        '<ol class="jz-phases" aria-hidden="true">{marks}</ol><p class="jz-where">第 '
        '{position} 步 共 {total} 步{current}</p><nav class="jz-rail" aria-label="办理步'
        '骤">{rail}</nav>'
    ).format(marks=marks, position=position, total=total, current=_current(phases), rail=rail)


def _case(number: str) -> str:
    return _('<span class="jz-case">受理单 {number}</span>').format(number=escape(number))


def _current(phases: Sequence[Phase]) -> str:
    for _phase, steps in phases:
        for title, state in steps:
            if StepState(state) in {StepState.CURRENT, StepState.REJECTED}:
                return f" · {escape(title)}"
    return ""


def _phase_marks(name: str, steps: Sequence[tuple[str, str]]) -> str:
    states = [StepState(state) for _, state in steps]
    marks = "".join(f'<li class="jz-{state}"></li>' for state in states)
    here = " jz-phase-current" if {StepState.CURRENT, StepState.REJECTED} & set(states) else ""
    return f'<li><ol class="jz-dots">{marks}</ol><span class="jz-phase{here}">{escape(name)}</span></li>'


def _phase_list(name: str, steps: Sequence[tuple[str, str]]) -> str:
    items = "".join(_list_item(title, StepState(state)) for title, state in steps)
    return f'<p class="jz-phase">{escape(name)}</p><ol class="jz-list">{items}</ol>'


def _list_item(title: str, state: StepState) -> str:
    current = ' aria-current="step"' if state is StepState.CURRENT else ""
    return _(
        '<li class="jz-{state}"{current}><span class="jz-icon" aria-hidden="true">{icon}<'
        '/span><span>{title}<span class="jz-unseen">，{words}</span></span></li>'
    ).format(state=state, current=current, icon=state.icon, title=escape(title), words=state.words)
