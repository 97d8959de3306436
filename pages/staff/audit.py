"""审计: check the chain from its first row to its last, and look at the newest rows."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.records import AuditEntry
from core.usecases.verify_audit import AuditCheck, verify_audit
from pages.parts import clock_words, notice, visitor, wiring
from pages.parts.fact_table import cell, fact_table
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _row(entry: AuditEntry) -> tuple[str, str]:
    detail = "　".join(f"{key}={value}" for key, value in entry.detail.items())
    parts = [clock_words.exact(entry.at), entry.tag, entry.actor[:24], entry.object, detail]
    return f"{entry.seq}", cell("　".join(filter(None, parts)))


def _result(check: AuditCheck) -> None:
    if check.whole:
        st.success(_("审计记录完整，共 {rows} 条。").format(rows=check.rows), icon=":material/verified:")
    else:
        st.error(
            _("{problem}请立即保存现场，并通知合规人员。").format(problem=check.problem), icon=":material/gpp_bad:"
        )
    fact_table(_("序号"), [_row(entry) for entry in check.recent], _("最近的记录"))


st.title(_("审计"))
st.caption(_("每一次办理、查看和修改都留有一条记录，记录前后相连，改动任何一条都会被发现。"))
if st.button(_("校验全部记录"), key="verify", type="primary", icon=":material/policy:"):
    try:
        _result(verify_audit(desk, actor))
    except DeskError as error:
        notice.refusal(error.text)
