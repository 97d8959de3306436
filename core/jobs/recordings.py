"""Store the recording of one side of a call: recover it after a crash, decode it once, hold it against its index.

What does not decode or does not fit its index is kept all the same, and the case is flagged for reviewer and
supervisor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.errors import NotFound, WrongState
from core.flow import Evidence
from core.keys import Unreadable
from core.ports import Desk, Work
from core.steps.witness import RECORDED, RECORDING_FLAG


def store_recording(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """False while the call still runs or a file is still being written; a lost or changed file is a failure."""
    with desk.read(firm_id) as work:
        if work.cases.has_file(payload["file"]):
            return True
        ticket = work.queue.find(payload["ticket"])
        if ticket and ticket.state == "in_call" and not payload.get("closed"):
            return False
    try:
        raw = _recovered(desk, firm_id, payload["file"])
        index = _index(desk, firm_id, payload.get("index"))
    except WrongState:
        return False
    except (NotFound, Unreadable):
        with desk.write(firm_id) as work:
            _flag(work, payload, "lost")
        raise
    meta, playable = desk.recordings.check(raw, index)
    stored = desk.vault.put(firm_id, playable) if playable else None
    with desk.write(firm_id) as work:
        if work.cases.has_file(payload["file"]):
            return True
        slot, facts = RECORDED[payload["role"]], {**meta, "ticket": payload["ticket"]}
        _add(desk, work, payload, slot, payload["file"], raw, facts)
        if index:
            _add(desk, work, payload, f"{slot}_index", payload["index"], index, facts, "text/plain")
        if stored and playable:
            _add(desk, work, payload, f"{slot}_play", stored.file_id, playable, facts)
        if meta["flag"]:
            _flag(work, payload, meta["flag"])
        detail = {"slot": slot, "errors": meta["errors"], "flag": meta["flag"]}
        work.audit(system(firm_id), Tag.SYSTEM_RECORDING_STORE, f"case:{payload['case']}", **detail)
    return True


def _recovered(desk: Desk, firm_id: str, file_id: str) -> bytes:
    desk.vault.recover(firm_id, file_id)
    reader = desk.vault.open(firm_id, file_id)
    return reader.read(0, reader.size)


def _index(desk: Desk, firm_id: str, file_id: str | None) -> bytes | None:
    """The index; empty when it was lost, so that it fits nothing. Older recordings have none."""
    if file_id is None:
        return None
    try:
        return _recovered(desk, firm_id, file_id)
    except (NotFound, Unreadable):
        return b""


def _add(
    desk: Desk,
    work: Work,
    payload: Mapping[str, Any],
    slot: str,
    file_id: str,
    data: bytes,
    facts: Mapping[str, Any],
    mime: str = "video/webm",
) -> None:
    digest = desk.recordings.sha256(data)
    item = Evidence(work.new_id(), slot, file_id, digest, mime, len(data), work.now, facts)
    work.cases.add_evidence(payload["case"], item, "system")


def _flag(work: Work, payload: Mapping[str, Any], what: str) -> None:
    """Tell reviewer and supervisor, once per case."""
    case = work.cases.get(payload["case"])
    if RECORDING_FLAG not in case.flags:
        work.cases.change(case, flags=tuple(sorted({*case.flags, RECORDING_FLAG})))
        role, ticket = payload["role"], payload["ticket"]
        work.audit(system(work.firm_id), Tag.SYSTEM_RECORDING_CHECK, f"case:{case.id}", role=role, flag=what,
                   ticket=ticket)  # fmt: skip
