"""The work lists of staff: who waits for what since when. Names are masked, so reading a list is no personal read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.actor import Actor
from core.businesses import business
from core.case import Case, Ending, State
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import ExchangeRequest
from core.rules.masks import mask_name
from core.usecases.loading import rules_for

MOST = 50
"""Rows of a list: what comes after the fifty oldest is only counted."""


@dataclass(frozen=True)
class Listed:
    """One row. `holder` is the name of who has taken the case, `due_at` the promise it stands under."""

    case: Case
    title: str
    branch: str
    customer: str
    holder: str = ""
    mine: bool = False
    witnessed: bool = False
    due_at: datetime | None = None
    attempts: int = 0
    requests: tuple[ExchangeRequest, ...] = ()


@dataclass(frozen=True)
class WorkList:
    """Rows in order, how many there are in all, and the time they were read at."""

    rows: tuple[Listed, ...]
    total: int
    now: datetime


def review_list(desk: Desk, actor: Actor) -> WorkList:
    """Cases to review, the nearest promise first (R173); a case of one's own call is listed but marked."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        cases = work.cases.in_states([State.SUBMITTED, State.IN_REVIEW])
        return WorkList(tuple(_review_row(work, actor, case) for case in cases[:MOST]), len(cases), work.now)


def _review_row(work: Work, actor: Actor, case: Case) -> Listed:
    held = case.state is State.IN_REVIEW and (case.reviewer_until or work.now) > work.now
    holder = work.people.find_staff(staff_id=case.reviewer_id) if held and case.reviewer_id else None
    return replace(
        _row(work, case),
        holder=holder.name if holder else "",
        mine=held and case.reviewer_id == actor.staff_id,
        witnessed=work.cases.witness_of(case.id) == actor.staff_id,
        due_at=case.due_at,
    )


def callback_list(desk: Desk, actor: Actor) -> WorkList:
    """Approved cases that wait for the phone call, the nearest promise first (R174)."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CALLBACK_RECORD)
        cases = work.cases.in_states([State.CALLBACK])
        rows = [_callback_row(work, case) for case in cases[:MOST]]
        return WorkList(tuple(sorted(rows, key=lambda row: row.due_at or work.now)), len(cases), work.now)


def _callback_row(work: Work, case: Case) -> Listed:
    return replace(_row(work, case), attempts=len(work.results.callbacks(case.id)))


def result_list(desk: Desk, actor: Actor) -> WorkList:
    """Cases with requests at exchanges, those that still wait for an answer first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        cases = work.cases.in_states([State.APPROVED, State.CALLBACK, State.ACTIVE])
        found = [replace(_row(work, case), requests=tuple(work.results.requests(case.id))) for case in cases]
        rows = [row for row in found if row.requests]
        rows.sort(key=lambda row: (not waiting(row.requests), row.case.updated_at))
        return WorkList(tuple(rows[:MOST]), len(rows), work.now)


def counter_list(desk: Desk, actor: Actor) -> WorkList:
    """Approved cases that the counter has to carry out (密码重置), oldest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        approved = work.cases.in_states([State.APPROVED])
        cases = [case for case in approved if business(case.business).ending is Ending.COUNTER]
        return WorkList(tuple(_row(work, case) for case in cases[:MOST]), len(cases), work.now)


def waiting(requests: Sequence[ExchangeRequest]) -> int:
    """How many of the requests are not opened yet."""
    return sum(request.state != "opened" for request in requests)


def _row(work: Work, case: Case) -> Listed:
    profile = work.cases.answers(case.id).get("profile")
    branches = rules_for(work, case.rules)["branches"]
    customer = mask_name(str(profile.values["name"])) if profile else ""
    return Listed(case, business(case.business).title, str(branches.get(case.branch_id, "")), customer)
