"""The two clocks of a case, from its stored changes of state and its places in the queue."""

from __future__ import annotations

from collections.abc import Sequence

from core.case import Case, State
from core.ports import Work
from core.records_casework import CaseEvent, Happened
from core.rules.calendar import local_day
from core.rules.service_hours import ServiceHours
from core.rules.two_clocks import Clocks, QueueTime, clocks_of, stays_of
from core.usecases.loading import fresh_calendar, rules_for


def case_clocks(work: Work, case: Case, events: Sequence[CaseEvent]) -> Clocks:
    """Both clocks, until the case was closed or now; hours and calendar are those of the case's branch and rules."""
    until = case.closed_at or work.now
    changes = [(State(each.subject), each.at) for each in events if each.kind is Happened.STATE]
    tickets = work.queue.of_case(case.id)
    queue = [QueueTime(each.enqueued_at, each.answered_at, each.ended_at) for each in tickets]
    hours = ServiceHours.of(rules_for(work, case.rules)["service_hours"], "witness", case.branch_id)
    first = local_day(case.created_at)
    calendar = fresh_calendar(work, first, (local_day(until) - first).days + 1)
    return clocks_of(stays_of(changes, until), queue, hours, calendar, until)
