"""Store the recording of one side of a call: recover it after a crash, decode it once, make it seekable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.errors import WrongState
from core.flow import Evidence
from core.ports import Desk

SLOTS = {"customer": "recording_customer", "staff": "recording_staff"}


def store_recording(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """False while the call still runs or the file is still being written; a lost or changed file is a failure."""
    file_id, case_id, slot = payload["file"], payload["case"], SLOTS[payload["role"]]
    with desk.read(firm_id) as work:
        if work.cases.has_file(file_id):
            return True
        ticket = work.queue.find(payload["ticket"])
        if ticket and ticket.state == "in_call" and not payload.get("closed"):
            return False
    try:
        desk.vault.recover(firm_id, file_id)
    except WrongState:
        return False
    reader = desk.vault.open(firm_id, file_id)
    raw = reader.read(0, reader.size)
    meta, playable = desk.recordings.check(raw)
    stored = desk.vault.put(firm_id, playable) if playable else None
    with desk.write(firm_id) as work:
        if work.cases.has_file(file_id):
            return True
        facts = {**meta, "ticket": payload["ticket"]}
        item = Evidence(
            work.new_id(), slot, file_id, desk.recordings.sha256(raw), "video/webm", len(raw), work.now, facts
        )
        work.cases.add_evidence(case_id, item, "system")
        if stored:
            seekable = Evidence(
                work.new_id(), f"{slot}_play", stored.file_id, stored.sha256, "video/webm", stored.size, work.now, facts
            )
            work.cases.add_evidence(case_id, seekable, "system")
        work.audit(system(firm_id), Tag.SYSTEM_RECORDING_STORE, f"case:{case_id}", slot=slot, errors=meta["errors"])
    return True
