"""Write the head of the audit chain to a place outside the database, once an hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.audit_heads import AuditHead, read_line, write_line
from core.ports import Desk


def export_audit_head(desk: Desk, firm_id: str, _payload: Mapping[str, Any]) -> bool:
    """Append the signed head unless one of this hour (UTC) is there already (the job was interrupted)."""
    with desk.read(firm_id) as work:
        number, (seq, mac), now, sign = work.firms.firm().number, work.audit_head(), work.now, work.keys.mac
    month = f"{now:%Y-%m}"
    heads = [read_line(sign, line) for line in desk.audit_heads.lines(number, month)]
    if not any(head is not None and f"{head.at:%d%H}" == f"{now:%d%H}" for head in heads):
        desk.audit_heads.append(number, month, write_line(sign, AuditHead(number, seq, mac, now)))
    return True
