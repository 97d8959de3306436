"""Delete evidence files that no row knows: what was stored just before its transaction failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.actor import system
from core.audit import Tag
from core.ports import Desk

ORPHAN_AGE = timedelta(hours=24)
"""A file comes before its row; nothing takes a day in between but a recording, which a job names."""


def sweep_files(desk: Desk, firm_id: str, _payload: Mapping[str, Any]) -> bool:
    """Delete orphans that have not changed for a day; how many is on record before the first one goes."""
    with desk.read(firm_id) as work:
        known = work.cases.known_files() | work.photos.known_crops() | work.jobs.named_files()
        now = work.now
    orphans = desk.vault.orphans(firm_id, known, ORPHAN_AGE.total_seconds(), now)
    if orphans:
        with desk.write(firm_id) as work:
            work.audit(system(firm_id), Tag.SYSTEM_FILES_SWEEP, "vault", count=len(orphans))
    for file_id in orphans:
        desk.vault.delete(firm_id, file_id)
    return True
