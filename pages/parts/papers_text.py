"""Agreements as dialogs, for those that are read before a case exists or beside a tick."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.flow import Rules
from pages.parts import notice, wiring
from pages.parts.language import _, dialog


def _row(rules: Rules, code: str) -> dict[str, Any]:
    return next(row for row in rules["agreements"]["agreements"] if row["code"] == code)


@dialog("协议内容", width="large")
def policy_dialog(rules: Rules, code: str, values: dict[str, str] | None = None) -> None:
    """Show one document of the firm in its present version."""
    row = _row(rules, code)
    firm = {"期货公司": rules["firm"]["name"]}
    st.subheader(_("《{title}》").format(title=_(row["title"])))
    st.caption(_("版本 {version}，自 {begins} 起生效").format(version=row["version"], begins=row["effective_from"]))
    notice.chinese_counts()
    st.html(wiring.desk().papers.reading_html(row["text"], {**firm, **(values or {})}))
