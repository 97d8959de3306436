"""A work list and the open case: masked, the promise in words, exact times on hover."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import DeskError
from core.usecases.work_lists import Listed, WorkList
from pages.parts import acting, clock_words, notice
from pages.parts.case_file import flag_words
from pages.parts.language import _


def row_label(row: Listed, words: str) -> str:
    """Number, business, who and where, flags, and the words of this list, as one button."""
    flags = "　".join(f":material/flag: {notice.plain(word)}" for word in flag_words(row.case.flags))
    lines = [
        f"**{row.case.number}**",
        f"{notice.plain(row.customer)}　{notice.plain(row.title)}　{notice.plain(row.branch)}",
        words,
        flags,
    ]
    return "  \n".join(line for line in lines if line)


def show_rows(
    rows: Sequence[Listed], work: WorkList, words: Callable[[Listed], str], on_open: Callable[[str], None], empty: str
) -> None:
    """A button per row that opens its case; `empty` says what would stand here."""
    if not rows:
        notice.empty_state(empty)
    for row in rows:
        exact = (
            _("提交于 {exact}").format(exact=clock_words.exact(row.case.submitted_at)) if row.case.submitted_at else ""
        )
        due = _("，承诺 {exact} 前").format(exact=clock_words.exact(row.due_at)) if row.due_at else ""
        with st.container(key=f"entry-{row.case.id}"):
            st.button(
                row_label(row, words(row)), key=f"row_{row.case.id}", help=f"{exact}{due}" or None, width="stretch",
                type="primary" if row.case.id == acting.opened() else "secondary", disabled=row.witnessed, wrap=True,
                on_click=on_open, args=(row.case.id,),
            )  # fmt: skip
    if work.total > len(work.rows):
        st.caption(_("只列出最早的 {count} 笔，共 {total} 笔。").format(count=len(work.rows), total=work.total))


def due_words(row: Listed, work: WorkList) -> str:
    """The promise in words, coloured once it is broken; an icon stands beside the colour."""
    if row.due_at is None:
        return ""
    late = row.due_at < work.now
    words = clock_words.against(row.due_at, work.now)
    return f":red[:material/alarm: {words}]" if late else f":material/schedule: {words}"


def beside(
    title: str, draw_list: Callable[[], None], draw_case: Callable[[], None], *, case_open: bool, hint: str
) -> None:
    """The list at the left with `hint` beside it; with an open case the list folds away, so that the case has room.

    A refused attempt is said above the case, or in the dialog that is open.
    """
    if case_open:
        with st.expander(title, icon=":material/list:"):
            draw_list()
        _guarded(draw_case)
        return
    left, right = st.columns([1, 2])
    with left:
        st.markdown(f"**{notice.plain(title)}**")
        draw_list()
    with right:
        _guarded(lambda: notice.empty_state(hint))


def _guarded(draw: Callable[[], None]) -> None:
    if not acting.asking():
        acting.show_refusal()
    try:
        draw()
    except DeskError as error:
        notice.refusal(error.text)
