"""Each decision of a review is kept with its times, so that the promise of R173 can be measured."""

from __future__ import annotations

from datetime import timedelta

from core.actor import Actor
from core.case import Case
from core.ports import Work
from core.rules.calendar import local_day
from core.rules.service_hours import ServiceHours, working_time
from core.usecases.loading import Loaded, fresh_calendar
from core.usecases.second_review import first_reviewer

APPROVED, REJECTED, TERMINATED = "approved", "rejected", "terminated"


def note_decision(work: Work, actor: Actor, loaded: Loaded, result: str) -> None:
    """Keep that the review decided now; call it before the case moves on, with the case as it was reviewed.

    Within the promise is who decides until `due_at`; the time is that of service on trading days.
    """
    working = _working(work, loaded, loaded.case)
    work.results.add_decision(loaded.case, result, working, actor.staff_id, first_reviewer(loaded))


def _working(work: Work, loaded: Loaded, case: Case) -> timedelta:
    assert case.submitted_at is not None
    first = local_day(case.submitted_at)
    calendar = fresh_calendar(work, first, (local_day(work.now) - first).days)
    hours = ServiceHours.of(loaded.rules["service_hours"], "witness")
    return working_time(case.submitted_at, work.now, hours, calendar)
