"""Read one photo: the machine looks at it outside any transaction, then the reading and the crop are stored."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.actor import system
from core.audit import Tag
from core.flow import Evidence
from core.ports import Desk, Work
from core.ports_photos import Seen
from core.records_photos import PhotoFinding, PhotoReading, Quad

USED_BEFORE = PhotoFinding("used_before", "这张照片在其他业务中使用过。请重新拍摄证件。")
log = logging.getLogger("jianzheng.photos")


def read_photo(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Read a picture unless it was replaced meanwhile; what the machine cannot take is left to people."""
    evidence_id = str(payload["evidence"])
    quad: Quad = tuple((float(x), float(y)) for x, y in payload.get("quad") or ())
    with desk.read(firm_id) as work:
        found, reading = work.cases.find_evidence(evidence_id), work.photos.find(evidence_id)
        live = found is not None and evidence_id in {item.id for item in work.cases.evidence(found[1])}
    if found is None or reading is None:
        return True
    item, case_id = found
    seen = _look(desk, firm_id, item, quad) if live else None
    if seen is None:
        with desk.write(firm_id) as work:
            work.photos.save(replace(reading, state="failed", read_at=work.now))
        return True
    crop = desk.vault.put(firm_id, seen.crop).file_id if seen.crop else ""
    with desk.write(firm_id) as work:
        now = work.photos.find(evidence_id) or reading
        used = "original" if now.used == "original" and not quad else seen.reading.used
        _keep(work, case_id, item, replace(seen.reading, crop_file=crop, used=used), seen)
    return True


def _look(desk: Desk, firm_id: str, item: Evidence, quad: Quad) -> Seen | None:
    reader = desk.vault.open(firm_id, item.file_id)
    notes = [str(note) for note in item.meta.get("notes", ())]
    try:
        return desk.photo_reader.read(item.id, item.slot, reader.read(0, reader.size), quad=quad, notes=notes)
    except Exception as error:  # noqa: BLE001 - reading helps people; what it cannot take must not stop the queue
        log.error("reading a photo failed with %s", type(error).__name__)
        return None


def _keep(work: Work, case_id: str, item: Evidence, reading: PhotoReading, seen: Seen) -> None:
    again = work.photos.seen_before(case_id, item.id, seen.looks) if seen.looks else 0
    findings = (*reading.findings, USED_BEFORE) if again else reading.findings
    work.photos.save(replace(reading, findings=findings, read_at=work.now))
    work.photos.keep_looks(case_id, item.id, seen.looks)
    codes = ",".join(finding.code for finding in findings)
    detail = {"evidence": item.id, "slot": item.slot, "verdict": reading.verdict, "findings": codes}
    work.audit(system(work.firm_id), Tag.SYSTEM_PHOTO_READ, f"case:{case_id}", **detail)
