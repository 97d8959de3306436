"""Put a case off until a time, take it to the supervisor, write a note beside it. Texts are sealed, for staff only."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.actor import Actor
from core.audit import Tag
from core.case import Case
from core.errors import WrongState
from core.permissions import Permission, allow, holds
from core.ports import Desk, Work
from core.records_casework import Happened
from core.sentence import Sentence
from core.usecases.loading import rules_for
from core.work_lists import AT_STAFF

MOST_REASON = 500


def snooze_case(desk: Desk, actor: Actor, case_id: str, until: datetime, reason: str) -> dict[str, str]:
    """Leave a case out of the lists until then; it comes back by itself. The promise to the customer stays.

    Returns errors by field (`until`, `reason`). At most `case_work`: `snooze_days`.
    """
    with desk.write(actor.firm_id) as work:
        case = _workable(work, actor, case_id)
        most = int(rules_for(work)["case_work"]["snooze_days"])
        errors = _reason_error(reason)
        if not work.now < until <= work.now + timedelta(days=most):
            errors["until"] = Sentence("请选择以后的时间，最多 {most} 天。", most=most)
        if errors:
            return errors
        work.casework.change(case, snoozed_until=until)
        work.casework.note(case_id, Happened.SNOOZED, until.isoformat(), {"text": reason.strip()})
        work.audit(actor, Tag.STAFF_CASE_SNOOZE, f"case:{case_id}", until=until.isoformat())
    return {}


def wake_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """Take a case back into the lists before its time; nothing happens to one that is there."""
    with desk.write(actor.firm_id) as work:
        case = _workable(work, actor, case_id)
        until = work.casework.of_case(case).snoozed_until
        if until and until > work.now:
            work.casework.change(case, snoozed_until=None)
            work.casework.note(case_id, Happened.WOKEN)
            work.audit(actor, Tag.STAFF_CASE_WAKE, f"case:{case_id}")


def escalate_case(desk: Desk, actor: Actor, case_id: str, reason: str) -> dict[str, str]:
    """Ask the supervisor; returns errors by field. Raises `WrongState` while it is with the supervisor already."""
    errors = _reason_error(reason)
    with desk.write(actor.firm_id) as work:
        case = _workable(work, actor, case_id)
        if work.casework.of_case(case).escalated_at:
            raise WrongState("这笔业务已上报，等待主管处理。")
        if not errors:
            escalate(work, case, reason.strip())
            work.audit(actor, Tag.STAFF_CASE_ESCALATE, f"case:{case_id}")
    return errors


def escalate(work: Work, case: Case, reason: str) -> None:
    """Put a case before the supervisor, inside the caller's transaction."""
    work.casework.change(case, escalated_at=work.now)
    work.casework.note(case.id, Happened.ESCALATED, "", {"text": reason})


def answer_escalation(desk: Desk, actor: Actor, case_id: str, answer: str) -> dict[str, str]:
    """The supervisor says what to do; the case leaves 已上报. Returns errors by field."""
    errors = _reason_error(answer)
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_ASSIGN)
        case = _workable(work, actor, case_id)
        if work.casework.of_case(case).escalated_at is None:
            raise WrongState("这笔业务没有上报。")
        if not errors:
            work.casework.change(case, escalated_at=None)
            work.casework.note(case_id, Happened.SETTLED, "escalation", {"text": answer.strip()})
            work.audit(actor, Tag.STAFF_CASE_SETTLE, f"case:{case_id}", what="escalation")
    return errors


def add_case_note(desk: Desk, actor: Actor, case_id: str, text: str) -> dict[str, str]:
    """Keep a note beside a case, in whatever state; returns errors by field. Notes are never changed."""
    errors = _reason_error(text, "note")
    with desk.write(actor.firm_id) as work:
        if not holds(actor, Permission.CASE_TRACE):
            allow(actor, Permission.CASE_WORK)
        case = work.cases.get(case_id)
        if not errors:
            work.casework.note(case.id, Happened.NOTED, "", {"text": text.strip()})
            work.audit(actor, Tag.STAFF_CASE_NOTE, f"case:{case_id}")
    return errors


def _reason_error(text: str, field: str = "reason") -> dict[str, str]:
    return (
        {}
        if 0 < len(text.strip()) <= MOST_REASON
        else {field: Sentence("请填写，最多 {MOST_REASON} 字。", MOST_REASON=MOST_REASON)}
    )


def _workable(work: Work, actor: Actor, case_id: str) -> Case:
    allow(actor, Permission.CASE_WORK)
    case = work.cases.get(case_id)
    if case.state not in AT_STAFF:
        raise WrongState
    return case
