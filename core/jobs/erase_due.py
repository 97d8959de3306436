"""Delete once a day what has been kept for its whole time, and the files of what was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.actor import system
from core.ports import Desk
from core.rules.retention import MESSAGES, SIGN_INS, over_before, rows_by_key
from core.usecases.erase_cases import due_cases, erase_cases
from core.usecases.loading import rules_for

TURNS, GO_ON = 100, timedelta(seconds=5)
"""Transactions of one run of the job, which has a lease; when there is more to delete, how soon it goes on."""


def erase_due(desk: Desk, firm_id: str, _payload: Mapping[str, Any]) -> bool | timedelta:
    """Cases by the classes of the firm's table `retention`, then messages and sign-ins that are too old.

    With very many the rest follows in a while, before the lease of the job is over.
    """
    if all(_some(desk, firm_id) for _ in range(TURNS)):
        return GO_ON
    with desk.write(firm_id) as work:
        rows = rows_by_key(rules_for(work)["retention"])
        work.retention.forget_messages(over_before(work.now, rows[MESSAGES]["keep"]))
        work.retention.forget_sessions(over_before(work.now, rows[SIGN_INS]["keep"]))
    return True


def _some(desk: Desk, firm_id: str) -> int:
    """One transaction; how many cases it deleted."""
    with desk.write(firm_id) as work:
        return erase_cases(work, system(firm_id), list(due_cases(work)))


def delete_files(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Delete the files of deleted cases: their keys first, then the bytes. A file that another case names stays."""
    with desk.read(firm_id) as work:
        known = work.cases.known_files() | work.photos.known_crops() | work.jobs.named_files()
    for file_id in set(payload["delete"]) - known:
        desk.vault.delete(firm_id, file_id)
    return True
