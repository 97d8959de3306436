"""What time alone decides: silence, missed offers, closing time, reservations, reviews, tests, classes, counters."""

from __future__ import annotations

from datetime import timedelta

from core.actor import system
from core.audit import Tag
from core.case import Action, State, next_state
from core.jobs.reservations import end_reservations
from core.ports import Desk, Work
from core.usecases.duty import settle_duty
from core.usecases.hold_case import let_go
from core.usecases.investor_class import end_classes
from core.usecases.knowledge_test import end_overdue
from core.usecases.offers import miss_offers, offer_waiting
from core.usecases.wait_for_witness import close_after_hours

KEEP_COUNTERS = timedelta(days=2)


def sweep(desk: Desk, firm_id: str) -> int:
    """Run every few seconds by one worker; returns how many things changed."""
    with desk.write(firm_id) as work:
        abandoned, back = work.queue.sweep()
        found = {"abandoned": len(abandoned), "back": len(back), "closed": close_after_hours(work)}
        found |= {"missed": miss_offers(work), "silent": work.duty.stop_silent()}
        freed = _free_idle_reviews(work) + end_reservations(work) + settle_duty(work) + offer_waiting(work)
        freed += end_overdue(work)
        freed += end_classes(work)
        changed = sum(found.values())
        if changed:
            counted = {name: count for name, count in found.items() if count}
            work.audit(system(firm_id), Tag.SYSTEM_QUEUE_SWEEP, "queue", **counted)
        return changed + freed


def _free_idle_reviews(work: Work) -> int:
    idle = [c for c in work.cases.in_states([State.IN_REVIEW]) if c.reviewer_until and c.reviewer_until < work.now]
    for case in idle:
        state = next_state(case.state, Action.RELEASE)
        work.cases.change(case, state=state, reviewer_id=None, reviewer_until=None)
        let_go(work, case)
        work.audit(system(work.firm_id), Tag.SYSTEM_CASE_RELEASE, f"case:{case.id}")
    return len(idle)


def forget(desk: Desk, firm_id: str) -> None:
    """Delete counted attempts, captchas and codes after two days; run hourly."""
    with desk.write(firm_id) as work:
        work.people.forget_before(work.now - KEEP_COUNTERS)
