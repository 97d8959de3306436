"""The work lists of staff: who waits for what since when. Names are masked, so reading a list is no personal read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.actor import Actor
from core.businesses import business
from core.case import Case, State
from core.errors import NotFound
from core.permissions import Permission, allow, holds
from core.ports import Desk, Work
from core.records_casework import Found, Order, Where
from core.rules.masks import mask_name
from core.usecases.loading import rules_for
from core.work_lists import AT_COUNTER, AT_STAFF, BY_KEY, CALLED_BACK, LISTS, REPORTING, REVIEW, REVIEWED, WorkListSpec

MOST = 50
"""Rows of a list: what comes after the fifty first is only counted."""


@dataclass(frozen=True)
class Listed:
    """One row. `holder` is the name of who has taken the case, `due_at` the promise it stands under.

    `mine`: the reader holds it. `witnessed`: it waits for a review, which is not for its witness. `requests` are states
    of exchange requests.
    """

    case: Case
    title: str
    branch: str
    customer: str
    since: datetime
    holder: str = ""
    mine: bool = False
    witnessed: bool = False
    due_at: datetime | None = None
    attempts: int = 0
    tasks: int = 0
    requests: tuple[str, ...] = ()
    snoozed_until: datetime | None = None
    escalated: bool = False
    call_time: str = ""


@dataclass(frozen=True)
class WorkList:
    """Rows in order, how many there are in all, and the time they were read at."""

    rows: tuple[Listed, ...]
    total: int
    now: datetime


@dataclass(frozen=True)
class Counted:
    """A list with the number of its cases."""

    spec: WorkListSpec
    count: int


def counted_lists(desk: Desk, actor: Actor) -> tuple[Counted, ...]:
    """The lists that the actor may see with their counts, in one statement."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_WORK)
        specs, rules = [spec for spec in LISTS if holds(actor, spec.permission)], rules_for(work)
        counts = work.lists.counts([spec.where(rules) for spec in specs], actor.staff_id)
        return tuple(Counted(spec, count) for spec, count in zip(specs, counts, strict=True))


def work_list(desk: Desk, actor: Actor, key: str) -> WorkList:
    """The rows of one list; raises `NotFound` for a key that is none, `NotAllowed` for a list of others."""
    spec = BY_KEY.get(key)
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_WORK)
        if spec is None:
            raise NotFound("没有这个列表。")
        allow(actor, spec.permission)
        return _listed(work, actor, spec.where(rules_for(work)), spec.order)


def review_list(desk: Desk, actor: Actor) -> WorkList:
    """Cases to review, the nearest promise first (R173); a case of one's own call is listed but marked."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        return _listed(work, actor, REVIEWED, Order.DUE)


def callback_list(desk: Desk, actor: Actor) -> WorkList:
    """Approved cases that wait for the phone call, the nearest promise first (R174)."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CALLBACK_RECORD)
        return _listed(work, actor, CALLED_BACK, Order.DUE)


def result_list(desk: Desk, actor: Actor) -> WorkList:
    """Cases with requests at exchanges, those that still wait for an answer first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        return _listed(work, actor, REPORTING, Order.REQUESTS)


def counter_list(desk: Desk, actor: Actor) -> WorkList:
    """Approved cases that the counter has to carry out (密码重置), oldest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        return _listed(work, actor, AT_COUNTER, Order.SINCE)


def waiting(requests: Sequence[str]) -> int:
    """How many of the requests are not opened yet."""
    return sum(state != "opened" for state in requests)


def _listed(work: Work, actor: Actor, where: Where, order: Order) -> WorkList:
    found = work.lists.found(where, actor.staff_id, order, MOST)
    total = len(found) if len(found) < MOST else work.lists.counts([where], actor.staff_id)[0]
    names = {member.id: member.name for member in work.people.all_staff()}
    return WorkList(tuple(_row(work, actor, each, names) for each in found), total, work.now)


def holder_of(found: Found, now: datetime) -> str | None:
    """Id of whoever has the case: the reviewer who works in it, or who took it or was given it."""
    case = found.case
    locked = case.state is State.IN_REVIEW and (case.reviewer_until or now) > now
    return case.reviewer_id if locked else found.work.holder_id


def _row(work: Work, actor: Actor, found: Found, names: Mapping[str, str]) -> Listed:
    case, held = found.case, holder_of(found, work.now)
    snoozed = found.work.snoozed_until
    return Listed(
        case=case,
        title=business(case.business).title,
        branch=str(rules_for(work, case.rules)["branches"].get(case.branch_id, "")),
        customer=mask_name(found.name),
        since=found.work.since,
        holder=names.get(held or "", ""),
        mine=held == actor.staff_id,
        witnessed=case.state in REVIEW and found.witness_id == actor.staff_id,
        due_at=case.due_at if case.state in AT_STAFF else None,
        attempts=found.attempts,
        tasks=found.tasks,
        requests=found.requests,
        snoozed_until=snoozed if snoozed and snoozed > work.now else None,
        escalated=found.work.escalated_at is not None,
        call_time=found.work.call_time,
    )
