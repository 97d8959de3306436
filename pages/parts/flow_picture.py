"""The picture of a business, drawn from its declaration (R020)."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from pages.parts.step_state import StepState

if TYPE_CHECKING:
    from collections.abc import Iterable

Step = tuple[str, str, str]


def flow_picture(steps: Iterable[Step]) -> str:
    """HTML for st.html: the steps (phase, title, state as in StepState) in order, numbered, one below the other.

    Every text is escaped. Before a business begins all steps are StepState.TODO and only their numbers show.
    """
    numbered = list(enumerate(steps, start=1))
    groups = groupby(numbered, key=lambda item: item[1][0])
    return f'<ol class="jz-flow">{"".join(_phase(name, [*items]) for name, items in groups)}</ol>'


def _phase(name: str, items: list[tuple[int, Step]]) -> str:
    rows = "".join(_step(number, title, StepState(state)) for number, (_, title, state) in items)
    return f'<li><p class="jz-phase">{escape(name)}</p><ol>{rows}</ol></li>'


def _step(number: int, title: str, state: StepState) -> str:
    mark = '<span class="jz-icon">check</span>' if state is StepState.DONE else str(number)
    words = "" if state is StepState.TODO else f'<span class="jz-state">{state.words}</span>'
    return (
        f'<li class="jz-{state}"><span class="jz-mark" aria-hidden="true">{mark}</span>'
        f"<span>{escape(title)}</span>{words}</li>"
    )
