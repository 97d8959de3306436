"""Agreements as dialogs, for those that are read before a case exists or beside a tick."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.flow import Rules
from pages.parts import wiring


def _row(rules: Rules, code: str) -> dict[str, Any]:
    return next(row for row in rules["agreements"]["agreements"] if row["code"] == code)


@st.dialog("协议内容", width="large")
def policy_dialog(rules: Rules, code: str, values: dict[str, str] | None = None) -> None:
    """Show one document of the firm in its present version."""
    row = _row(rules, code)
    firm = {"期货公司": rules["firm"]["name"]}
    st.subheader(f"《{row['title']}》")
    st.caption(f"版本 {row['version']}，自 {row['effective_from']} 起生效")
    st.html(wiring.desk().papers.reading_html(row["text"], {**firm, **(values or {})}))
