"""Read values beside typed ones, with the characters marked in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

import streamlit as st

from core.rules.masks import mask_card
from core.rules.read_against_typed import Compared
from pages.parts.language import _

_WORDS = {
    "same": ("check", "一致"), "different": ("error", "不一致"), "only_read": ("info", "未填写"),
    "only_typed": ("help", "未读出"), "neither": ("remove", "无"),
}  # fmt: skip


def show_compared(rows: Sequence[Compared], *, masked: bool) -> None:
    """The table; with `masked` card numbers stay covered and only say whether they are equal. Nothing without rows."""
    if rows:
        head = _("<tr><th>项目</th><th>照片读取</th><th>客户填写</th><th>对照</th></tr>")
        st.html(f'<table class="jz-compared">{head}{"".join(_row(row, masked) for row in rows)}</table>')


def _row(row: Compared, masked: bool) -> str:
    symbol, words = _WORDS[row.difference]
    if row.field == "card_number" and masked:
        read, typed = escape(mask_card(row.read)), escape(mask_card(row.typed))
    elif row.difference == "different":
        read, typed = _marked(row.read, row.typed), _marked(row.typed, row.read)
    else:
        read, typed = escape(row.read), escape(row.typed)
    if row.read and not row.holds:
        read += _("<br><small>校验不通过，未采用</small>")
    icon = f'<span class="jz-icon" aria-hidden="true">{symbol}</span>'
    cells = f"<th>{_(row.title)}</th><td>{read or '—'}</td><td>{typed or '—'}</td><td>{icon} {_(words)}</td>"
    return f'<tr data-state="{row.difference}">{cells}</tr>'


def _marked(text: str, other: str) -> str:
    """The text with what the other does not have in common with it marked."""
    parts = []
    for kind, start, end, *_other in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        piece = escape(text[start:end])
        parts.append(piece if kind == "equal" or not piece else f"<mark>{piece}</mark>")
    return "".join(parts)
