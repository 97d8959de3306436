"""Two columns of text: what a fact is called and what it is. Every text is shown as it stands."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts import notice
from pages.parts.language import _

EMPTY = "—"
UNUSUAL = ":material/flag:"


def cell(text: object) -> str:
    """A text as one cell of a Markdown table: no markup, no line breaks; — where there is nothing."""
    said = _(text) if isinstance(text, str) else text
    words = " ".join(str(said if said is not None else "").split())
    return notice.plain(words) if words else EMPTY


def unusual(text: object) -> str:
    """A cell that asks for attention: an icon as well as a colour."""
    return f":orange[{UNUSUAL} {cell(text)}]"


def fact_table(title: str, rows: Sequence[tuple[str, str]], second: str = "内容") -> None:
    """A table headed by `title`; the right cells are made by `cell` or `unusual`. Nothing without rows."""
    if rows:
        lines = [f"| {cell(title)} | {cell(second)} |", "|---|---|"]
        st.markdown("\n".join([*lines, *(f"| {cell(label)} | {value} |" for label, value in rows)]))
