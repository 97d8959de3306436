"""Check the audit chain of a firm from its first row to its last."""

from __future__ import annotations

from dataclasses import dataclass

from core.actor import Actor
from core.audit import first_break
from core.permissions import Permission, allow
from core.ports import Desk
from core.records import AuditEntry

RECENT = 50


@dataclass(frozen=True)
class AuditCheck:
    """`broken_at` is the first row that does not fit, None for a whole chain; `recent` are the newest rows."""

    rows: int
    broken_at: int | None
    recent: tuple[AuditEntry, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was edited, moved, inserted or left out."""
        return self.broken_at is None


def verify_audit(desk: Desk, actor: Actor) -> AuditCheck:
    """The check for staff with the permission to verify."""
    allow(actor, Permission.AUDIT_VERIFY)
    return check_chain(desk, actor.firm_id)


def check_chain(desk: Desk, firm_id: str) -> AuditCheck:
    """The check for whoever runs the server (command line)."""
    with desk.read(firm_id) as work:
        entries, mac = work.audit_entries(), work.keys.mac
    return AuditCheck(len(entries), first_break(mac, entries), tuple(entries[: -RECENT - 1 : -1]))
