"""个人信息申请 on the staff's side: what is due, reading one (on record), the answer (个人信息保护法 art. 50)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records_customers import DataRequest, RequestKind
from core.sentence import Sentence
from core.usecases.deletion_plan import DELETED, PlanLine, plan_errors, plan_of, recorded
from core.usecases.erase_cases import erase_cases
from core.usecases.loading import rules_for
from core.usecases.notify import notify
from core.usecases.persons import of_case

MOST_ANSWER = 1000


@dataclass(frozen=True)
class Due:
    """What has to be answered, the earliest due first, and the present time."""

    requests: tuple[DataRequest, ...]
    now: datetime


def open_requests(desk: Desk, actor: Actor) -> Due:
    """The work list: kinds and times; what a customer wrote shows when one is opened."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.REQUEST_ANSWER)
        return Due(tuple(work.matters.open_requests()), work.now)


def read_request(desk: Desk, actor: Actor, request_id: str) -> tuple[DataRequest, str]:
    """One request with its words, and the reference of its person; the reading is on record. Raises `NotFound`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.REQUEST_ANSWER)
        found = _find(work, request_id)
        work.personal_read(actor, f"request:{request_id}", "request")
        return found, _person(work, found)


def read_plan(desk: Desk, actor: Actor, request_id: str) -> tuple[PlanLine, ...]:
    """What is to be decided line by line before a deletion is answered; empty for other requests."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.REQUEST_ANSWER)
        return _plan(work, _find(work, request_id))


def _plan(work: Work, found: DataRequest) -> tuple[PlanLine, ...]:
    return plan_of(work, found) if found.kind is RequestKind.DELETION else ()


def _person(work: Work, found: DataRequest) -> str:
    """Reference of who asked, empty for somebody without any case."""
    cases = work.cases.of_owner(found.subject)
    if found.subject.startswith("customer:"):
        return found.subject
    return of_case(work, cases[0]).ref if cases else ""


def _find(work: Work, request_id: str) -> DataRequest:
    found = work.matters.find_request(request_id)
    if found is None or found.due_at is None:
        raise NotFound
    return found


def answer_request(
    desk: Desk, actor: Actor, request_id: str, text: str, outcomes: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Answer once, and tell the customer that there is an answer; errors by field. Raises `Stale` when it has one.

    `outcomes` decides each line of `read_plan`: what is to be deleted goes with the answer, in which the decided plan
    is recorded (art. 47).
    """
    words, decided = text.strip(), outcomes or {}
    if not 0 < len(words) <= MOST_ANSWER:
        return {"answer": Sentence("请写明答复，最多 {most_answer} 字。", most_answer=MOST_ANSWER)}
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.REQUEST_ANSWER)
        found = _find(work, request_id)
        if found.answered_at:
            raise Stale
        plan = _plan(work, found)
        errors = plan_errors(plan, decided)
        if errors:
            return errors
        body = {**found.body, "answer": words} | ({"plan": recorded(plan, decided)} if plan else {})
        if not work.matters.answer_request(found, actor.id, body):
            raise Stale
        notify(work, rules_for(work), found.subject, _phone(work, found), "request_answered")
        gone = [line for line in plan if decided[line.key] == DELETED]
        erase_cases(work, actor, [(work.cases.get(case_id), line.key) for line in gone for case_id in line.cases])
        deleted = [line.key for line in gone]
        work.audit(actor, Tag.STAFF_REQUEST_ANSWER, f"request:{request_id}", kind=str(found.kind), deleted=deleted)
    return {}


def _phone(work: Work, found: DataRequest) -> str:
    """The number on file now, else the one that asked."""
    kind, _, row_id = found.subject.partition(":")
    customer = work.people.find_customer(customer_id=row_id) if kind == "customer" else None
    return customer.phone if customer else str(found.body.get("phone") or "")
