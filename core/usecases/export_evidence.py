"""Hand out an original from the evidence, for court or supervision: compliance only, each time on record."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound
from core.flow import Evidence
from core.permissions import Permission, allow
from core.ports import Desk, VaultReader

_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "text/plain": "txt", "video/webm": "webm"}


def export_evidence(desk: Desk, actor: Actor, evidence_id: str) -> tuple[Evidence, VaultReader, str]:
    """The evidence row, a reader of its bytes and a name for the file: case number, what it is, part of its hash."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.EVIDENCE_EXPORT)
        found = work.cases.find_evidence(evidence_id)
        if found is None:
            raise NotFound
        item, case_id = found
        case = work.cases.get(case_id)
        reader = desk.vault.open(actor.firm_id, item.file_id)
        work.audit(actor, Tag.STAFF_EVIDENCE_EXPORT, f"case:{case_id}", slot=item.slot, sha256=item.sha256)
    return item, reader, f"{case.number}-{item.slot}-{item.sha256[:12]}.{_ENDINGS.get(item.mime, 'bin')}"
