"""相同信息: other customers with the same ID number, phone, card or device, each to be judged before the approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.records_watch import MARKS, VERDICTS
from core.usecases.shared_marks import Match
from pages.parts import acting, notice
from pages.parts.language import _

Decide = Callable[[str, str, str], None]
"""Key of the match, verdict, note; raises `DeskError` when it is refused."""


def show_matches(found: Sequence[Match], decide: Decide) -> None:
    """One block for each match with the verdicts; nothing without any."""
    if not found:
        return
    with st.container(key="card-matches"):
        st.markdown(_("**相同信息**　其他客户用过，请逐项判断"))
        for number, match in enumerate(found):
            _block(number, match, decide)


def _block(number: int, match: Match, decide: Decide) -> None:
    head = _("**相同的{marks}**　{name}　{known_as}").format(
        marks=MARKS[match.kind], name=notice.plain(match.name), known_as=notice.plain(match.known_as)
    )
    st.markdown(head)
    if match.verdict:
        st.markdown(
            _(":material/task_alt: {verdicts}：{note}").format(
                verdicts=VERDICTS[match.verdict], note=notice.plain(match.note)
            )
        )
    key = f"match_{number}"

    def save(verdict: str) -> None:
        note = str(st.session_state.get(f"{key}_note") or "")
        acting.attempt(lambda: decide(match.key, verdict, note), _("已记录判断。"))

    st.text_input(_("依据"), key=f"{key}_note", max_chars=500, placeholder=_("判断的依据，必须填写"),
                  label_visibility="collapsed")  # fmt: skip
    with st.container(horizontal=True):
        for verdict, label in VERDICTS.items():
            st.button(label, key=f"{key}_{verdict}", on_click=save, args=(verdict,),
                      type="primary" if verdict == match.verdict else "secondary")  # fmt: skip
