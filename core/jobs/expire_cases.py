"""A case that its customer left lying: told first, ended when nothing happens within the notice (已失效).

The end is a job that is posted with the notice, so nobody loses a case without having been told in time, however long
the worker stood still. Any change of the case makes that job void and starts the time anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.businesses import BY_FIRM
from core.case import Action, Case, next_state
from core.ports import Desk, Work
from core.rules.calendar import local_day
from core.usecases.expiry import may_expire, patience_of
from core.usecases.loading import load_case
from core.usecases.notify import notify_case

AT_ONCE = 100
"""Cases of one transaction; the rest waits for the next turn."""


def warn_silent_cases(desk: Desk, firm_id: str) -> int:
    """Tell the customers of cases that lie still that these will end; run every few minutes. How many."""
    with desk.read(firm_id) as work:
        waiting = _silent(work)
    if not waiting:
        return 0
    with desk.write(firm_id) as work:
        found = _silent(work)
        for case in found:
            _warn(work, case)
        return len(found)


def _silent(work: Work) -> list[Case]:
    """Cases to warn: not yet warned since their last change, and nobody waits or has booked with them."""
    silent = work.cases.silent_since(work.now - patience_of(work).silence, BY_FIRM, AT_ONCE)
    return [case for case in silent if not _is_here(work, case)]


def _is_here(work: Work, case: Case) -> bool:
    """Whether the customer waits, talks, or will come to a booked time."""
    booked = work.reservations.find_booked(case.owner)
    return work.queue.find_live(case.id) is not None or (booked is not None and booked.case_id == case.id)


def _warn(work: Work, case: Case) -> None:
    ends = work.now + patience_of(work).notice
    payload = {"case": case.id, "version": case.version}
    work.jobs.post("expire_case", payload, run_at=ends, dedupe=f"expire|{case.id}|{case.version}")
    notify_case(work, load_case(work, case), "case_expiring", day=str(local_day(ends)))
    work.audit(system(work.firm_id), Tag.SYSTEM_CASE_WARN, f"case:{case.id}", day=str(local_day(ends)))


def expire_case(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """End the case if it still is as it was when its customer was told."""
    with desk.write(firm_id) as work:
        case = work.cases.find(payload["case"])
        if case and case.version == payload["version"] and may_expire(case):
            _end(work, case)
    return True


def _end(work: Work, case: Case) -> None:
    """Whoever waits or has booked meanwhile is at work: the time begins anew."""
    if _is_here(work, case):
        work.cases.change(case)
        return
    notify_case(work, load_case(work, case), "case_expired")
    work.cases.change(case, state=next_state(case.state, Action.EXPIRE), closed_at=work.now)
    work.audit(system(work.firm_id), Tag.SYSTEM_CASE_EXPIRE, f"case:{case.id}")
