"""Two texts beside each other as one: what was removed and added, by sign and colour."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.text_diff import Change, DiffLine, changed_only, diff
from pages.parts import notice
from pages.parts.language import _

_MARKS = {Change.REMOVED: ("del", "−"), Change.ADDED: ("ins", "+")}


def text_compare(old: str, new: str, *, whole: bool = False) -> None:
    """Draw the comparison; only the changed lines with their neighbours unless `whole`."""
    lines = diff(old, new)
    if not any(line.changed for line in lines):
        notice.empty_state(_("两个版本的正文相同。"))
        return
    shown = list(lines) if whole else changed_only(lines)
    rows = "".join(_row(line) for line in shown)
    st.html(
        _('<table class="jz-diff"><caption>红色“−”为删除，绿色“+”为新增</caption><tbody>{rows}</tbody></table>').format(
            rows=rows
        )
    )


def _row(line: DiffLine | None) -> str:
    if line is None:
        return '<tr><td colspan="3" class="jz-diff-gap">……</td></tr>'
    pieces = "".join(_piece(kind, text) for kind, text in line.pieces)
    return f"<tr><td>{line.old or ''}</td><td>{line.new or ''}</td><td>{pieces}</td></tr>"


def _piece(kind: Change, text: str) -> str:
    if kind is Change.SAME:
        return escape(text)
    tag, mark = _MARKS[kind]
    return f"<{tag}>{mark}{escape(text)}</{tag}>"
