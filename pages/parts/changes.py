"""变更对照: what was on file beside what the case says now."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.usecases.case_changes import Change
from pages.parts import notice
from pages.parts.fact_table import cell
from pages.parts.language import _


def show_changes(changes: Sequence[Change], *, masked: bool) -> None:
    """A table by part with before and after; says so when nothing differs."""
    if not changes:
        notice.empty_state(_("与登记的资料相比没有变化。"))
    for part, rows in groupby(changes, key=lambda change: change.part):
        lines = [_("| {part} | 变更前 | 变更后 |").format(part=cell(part)), "|---|---|---|"]
        for row in rows:
            pair = (row.masked_before, row.masked_after) if masked else (row.before, row.after)
            lines.append(f"| {cell(row.title)} | {cell(pair[0])} | **{cell(pair[1])}** |")
        st.markdown("\n".join(lines))
