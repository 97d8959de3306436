"""What time alone decides: silent customers, lost witness pages, reservations that are over, idle reviews, counters."""

from __future__ import annotations

from datetime import timedelta

from core.actor import system
from core.audit import Tag
from core.case import Action, State, next_state
from core.jobs.reservations import end_reservations
from core.ports import Desk, Work

KEEP_COUNTERS = timedelta(days=2)


def sweep(desk: Desk, firm_id: str) -> int:
    """Run every few seconds by one worker; returns how many things changed."""
    with desk.write(firm_id) as work:
        abandoned, back = work.queue.sweep()
        freed = _free_idle_reviews(work) + end_reservations(work)
        changed = len(abandoned) + len(back)
        if changed:
            actor = system(firm_id)
            work.audit(actor, Tag.SYSTEM_QUEUE_SWEEP, "queue", abandoned=len(abandoned), back=len(back))
        return changed + freed


def _free_idle_reviews(work: Work) -> int:
    idle = [c for c in work.cases.in_states([State.IN_REVIEW]) if c.reviewer_until and c.reviewer_until < work.now]
    for case in idle:
        state = next_state(case.state, Action.RELEASE)
        work.cases.change(case, state=state, reviewer_id=None, reviewer_until=None)
        work.audit(system(work.firm_id), Tag.SYSTEM_CASE_RELEASE, f"case:{case.id}")
    return len(idle)


def forget(desk: Desk, firm_id: str) -> None:
    """Delete counted attempts, captchas and codes after two days; run hourly."""
    with desk.write(firm_id) as work:
        work.people.forget_before(work.now - KEEP_COUNTERS)
