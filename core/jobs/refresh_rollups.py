"""Rollups follow the facts: the worker works out marked days anew, a command works out everything anew."""

from __future__ import annotations

from collections import Counter

from core.metrics import Targets
from core.ports import Desk, Work
from core.usecases.loading import rules_for

DAYS_AT_ONCE = 31
DAYS_A_CALL = 20


def targets_of(work: Work) -> Targets:
    """The firm's goals of today."""
    return Targets.of(rules_for(work)["thresholds"])


def refresh_rollups(desk: Desk, firm_id: str) -> bool:
    """Work out what is marked, newest day first, one short transaction a day; False when nothing was marked.

    After a while it returns with marks left, so that SMS and sealing do not wait for a long backlog.
    """
    with desk.read(firm_id) as work:
        if not work.metrics.dirty():
            return False
    for _ in range(DAYS_A_CALL):
        with desk.write(firm_id) as work:
            if not work.metrics.refresh_dirty(targets_of(work)):
                break
    return True


def rebuild_rollups(desk: Desk, firm_id: str) -> dict[str, int]:
    """Work out every day anew, what is marked first; how many rows differed, by table (none, if all is well)."""
    while refresh_rollups(desk, firm_id):
        pass
    with desk.read(firm_id) as work:
        days = work.metrics.days_with_facts()
    differing: Counter[str] = Counter()
    if days:
        for first in range(days[0], days[1] + 1, DAYS_AT_ONCE):
            with desk.write(firm_id) as work:
                end = min(first + DAYS_AT_ONCE, days[1] + 1)
                differing.update(work.metrics.refresh(targets_of(work), first, end))
    return dict(differing)
