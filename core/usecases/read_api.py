"""What the read-only API hands out: cases and events of a firm, nothing personal without the scope for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.businesses import BUSINESSES
from core.case import Case, State
from core.errors import NotAllowed, NotFound
from core.ports import Desk, Work
from core.usecases.api_keys import Caller
from core.usecases.loading import rules_for
from core.usecases.read_case import account_of
from core.webhooks import event_data, stamp

PURPOSE = "api"


def api_cases(
    desk: Desk, caller: Caller, *, after: str, limit: int, state: str = "", business: str = "", branch: str = ""
) -> dict[str, Any]:
    """A page of cases in the order of their numbers; `next` is the number to go on after, None at the end."""
    _need(caller, "cases:read")
    wanted = State(state) if state else None
    with desk.read(caller.firm_id) as work:
        found = work.interfaces.cases_after(after, limit + 1, state=wanted, business=business, branch=branch)
        rows = [_case(work, case) for case in found[:limit]]
    return {"cases": rows, "next": rows[-1]["number"] if len(found) > limit else None}


def api_case(desk: Desk, caller: Caller, number: str) -> dict[str, Any]:
    """One case with its exchanges; name and account only for a key that may read them, which is on record."""
    _need(caller, "cases:read")
    with desk.read(caller.firm_id) as work:
        case = work.cases.find_number(number)
        if case is None:
            raise NotFound
        requests = work.results.requests(case.id)
        answer = _case(work, case) | {
            "exchanges": [{"exchange": r.exchange, "state": r.state, "return_code": r.return_code} for r in requests]
        }
    return answer | ({"customer": _customer(desk, caller, case)} if caller.may("customers:read") else {})


def _customer(desk: Desk, caller: Caller, case: Case) -> dict[str, Any]:
    """Recorded before it is read."""
    with desk.write(caller.firm_id) as work:
        work.personal_read(caller.actor, f"case:{case.id}", PURPOSE)
    with desk.read(caller.firm_id) as work:
        profile = work.cases.answers(case.id).get("profile")
        name = str(profile.values.get("name") or "") if profile else ""
        return {"name": name or None, "capital_account": account_of(work, case)}


def api_events(desk: Desk, caller: Caller, *, after: int, limit: int) -> dict[str, Any]:
    """Events with a higher number; `next` is the number to ask after the next time, also when there are none yet."""
    _need(caller, "events:read")
    with desk.read(caller.firm_id) as work:
        found = work.interfaces.events_after(after, limit)
    return {"events": [event_data(event) for event in found], "next": found[-1].seq if found else after}


def _need(caller: Caller, scope: str) -> None:
    if not caller.may(scope):
        raise NotAllowed


def _case(work: Work, case: Case) -> dict[str, Any]:
    """A case without its customer."""
    branches = rules_for(work, case.rules)["branches"]
    return {
        "number": case.number, "business": case.business, "business_title": BUSINESSES[case.business].title,
        "state": str(case.state), "branch": case.branch_id, "branch_title": str(branches.get(case.branch_id, "")),
        "created_at": stamp(case.created_at), "updated_at": stamp(case.updated_at),
        "submitted_at": _time(case.submitted_at), "due_at": _time(case.due_at), "closed_at": _time(case.closed_at),
    }  # fmt: skip


def _time(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
