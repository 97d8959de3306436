"""What follows a callback that did not end the case: it is tried again later, or a complaint is to be answered."""

from __future__ import annotations

from datetime import timedelta

from core.ports import Work
from core.records_casework import Happened
from core.records_customers import DataRequest, RequestKind
from core.rules.calendar import local_day
from core.usecases.loading import Loaded, rules_for
from core.usecases.notify import notify_case
from core.usecases.own_data import answer_days
from core.usecases.park_case import escalate


def try_again(work: Work, loaded: Loaded) -> None:
    """Out of the list until the next try (`thresholds`: `callback`); after the last try the supervisor is told."""
    setting, case = rules_for(work)["thresholds"]["callback"], loaded.case
    until = work.now + timedelta(minutes=int(setting["retry_after_minutes"]))
    work.casework.change(case, snoozed_until=until)
    work.casework.note(case.id, Happened.SNOOZED, until.isoformat(), {"text": "未接通，到时间再拨。"})
    tried = len(work.results.callbacks(case.id))
    if tried >= int(setting["max_tries"]) and work.casework.of_case(case).escalated_at is None:
        escalate(work, case, f"已拨打 {tried} 次，都没有接通。")


def take_complaint(work: Work, loaded: Loaded, text: str) -> None:
    """The complaint is on record with its term, as if the customer had handed it in; the supervisor is told."""
    case, rules = loaded.case, rules_for(work)
    due = work.now + timedelta(days=answer_days(rules))
    subject = f"customer:{case.customer_id}" if case.customer_id else case.owner
    phone = str(loaded.facts.values("profile").get("phone") or "")
    body = {"text": text, "phone": phone, "case": case.number}
    request = DataRequest(work.new_id(), subject, RequestKind.COMPLAINT, body, work.now, due)
    work.matters.add_request(request)
    escalate(work, case, "客户在回访中投诉。")
    notify_case(work, loaded, "request_received", day=f"{local_day(due):%Y-%m-%d}")
