"""Check the audit chain of a firm from its first row to its last, and against the heads kept outside."""

from __future__ import annotations

from dataclasses import dataclass

from core.actor import Actor
from core.audit import first_break
from core.audit_heads import HeadCheck, compare
from core.permissions import Permission, allow
from core.ports import Desk
from core.records import AuditEntry
from core.sentence import Sentence

RECENT = 50


@dataclass(frozen=True)
class AuditCheck:
    """`broken_at` is the first row that does not fit, None for a whole chain; `recent` are the newest rows."""

    rows: int
    broken_at: int | None
    recent: tuple[AuditEntry, ...]
    heads: HeadCheck

    @property
    def whole(self) -> bool:
        """Whether nothing was edited, moved, inserted or left out, and nothing is missing at the end."""
        return self.broken_at is None and self.heads.whole

    @property
    def problem(self) -> str:
        """What does not fit, as a sentence; empty for a whole chain."""
        known = self.heads.contradicted_at
        if self.broken_at is not None:
            return Sentence("第 {broken_at} 条不符，可能被修改、删除或插入。", broken_at=self.broken_at)
        if known is not None and known > self.rows:
            return Sentence(
                "导出的链头记到第 {known} 条，数据库中只有 {rows} 条，末尾的记录缺失。", known=known, rows=self.rows
            )
        if known is not None:
            return Sentence("第 {known} 条与导出的链头不符，这一条或之前的记录被替换过。", known=known)
        return (
            Sentence("导出的链头中有 {unreadable} 行无法核对。", unreadable=self.heads.unreadable)
            if self.heads.unreadable
            else ""
        )


def verify_audit(desk: Desk, actor: Actor) -> AuditCheck:
    """The check for staff with the permission to verify."""
    allow(actor, Permission.AUDIT_VERIFY)
    return check_chain(desk, actor.firm_id)


def check_chain(desk: Desk, firm_id: str) -> AuditCheck:
    """The check for whoever runs the server (command line)."""
    with desk.read(firm_id) as work:
        number = work.firms.firm().number
    lines = desk.audit_heads.lines(number)  # before the chain: a head never knows more than the chain read after it
    with desk.read(firm_id) as work:
        entries, mac = work.audit_entries(), work.keys.mac
    heads = compare(mac, number, lines, entries)
    return AuditCheck(len(entries), first_break(mac, entries), tuple(entries[: -RECENT - 1 : -1]), heads)
