"""Review: take, release, approve, reject. Never by the witness of the same case (four eyes)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.case import APPROVED_AS, Action, Case, Ending, State, next_state, require
from core.errors import NotAllowed, NotFound, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Customer
from core.sentence import Sentence
from core.steps.exchanges import require_decided
from core.usecases.block_list import require_not_blocked
from core.usecases.callback_plan import callback_due, is_called_back
from core.usecases.case_tasks import require_settled
from core.usecases.complete_case import activate
from core.usecases.counter_phone import leave_number
from core.usecases.customer_file import keep_in_file
from core.usecases.hold_case import hold, let_go
from core.usecases.loading import Loaded, calendar_around, load
from core.usecases.notify import notify_case
from core.usecases.read_results import note_results
from core.usecases.reject_case import reject
from core.usecases.review_decisions import APPROVED, note_decision
from core.usecases.second_review import agreed_by, first_reviewer, is_first, needs_two
from core.usecases.shared_marks import require_decided_matches
from core.usecases.waiting_marks import codes_with_marks, send_marks

ACCOUNT_DIGITS = 8


def take_case(desk: Desk, actor: Actor, case_id: str) -> Case:
    """Lock a submitted case for its reviewer for 15 minutes of idleness; taking it again renews the lock."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        case = work.cases.get(case_id)
        require(case, Action.TAKE)
        if work.cases.witness_of(case_id) == actor.staff_id:
            raise NotAllowed("您见证过这笔业务，不能再复核。")
        busy = case.reviewer_id not in {None, actor.staff_id} and (case.reviewer_until or work.now) > work.now
        if busy:
            raise WrongState("其他同事正在复核这笔业务。")
        mine = case.reviewer_id == actor.staff_id
        hold(work, actor, case, actor.staff_id)
        case = work.cases.change(
            case,
            state=next_state(case.state, Action.TAKE),
            reviewer_id=actor.staff_id,
            reviewer_until=work.now + limits.REVIEW_IDLE,
        )
        if not mine:
            work.audit(actor, Tag.STAFF_CASE_TAKE, f"case:{case_id}")
        return case


def release_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """Give a taken case back to the list; nothing happens when somebody else holds it."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_APPROVE)
        case = work.cases.get(case_id)
        if case.state is State.IN_REVIEW and case.reviewer_id == actor.staff_id:
            state = next_state(case.state, Action.RELEASE)
            work.cases.change(case, state=state, reviewer_id=None, reviewer_until=None)
            let_go(work, case)
            work.audit(actor, Tag.STAFF_CASE_RELEASE, f"case:{case_id}")


def held(work: Work, actor: Actor, case_id: str, action: Action) -> Loaded:
    """The case that this reviewer has taken; raises `NotAllowed` for another's or an own-witnessed one."""
    allow(actor, Permission.CASE_APPROVE)
    loaded = load(work, case_id)
    require(loaded.case, action)
    if loaded.case.reviewer_id != actor.staff_id:
        raise NotAllowed("请先领取这笔业务。")
    if work.cases.witness_of(case_id) == actor.staff_id:
        raise NotAllowed("您见证过这笔业务，不能再复核。")
    return loaded


def approve_case(desk: Desk, actor: Actor, case_id: str) -> str:
    """Approve: what was handed in becomes the customer's file, and what the business ends in begins.

    Returns the capital account number of the customer.
    """
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.APPROVE)
        require_decided(loaded.facts, loaded.rules, loaded.now)
        if loaded.current is not None:
            raise WrongState(Sentence("资料不完整：{title}。", title=loaded.current.title))
        if needs_two(loaded) and first_reviewer(loaded) in {"", actor.staff_id}:
            raise WrongState("按年龄规定，这笔业务由两位工作人员复核，请由另一位同事通过。")
        require_settled(work, case_id)
        require_decided_matches(work, loaded)
        require_not_blocked(work, loaded)
        note_decision(work, actor, loaded, APPROVED)
        return approve(work, actor, loaded, Tag.STAFF_CASE_APPROVE)


def approve(work: Work, actor: Actor, loaded: Loaded, tag: Tag) -> str:
    """The approval itself, inside the caller's transaction; returns the capital account number."""
    case, ending = loaded.case, loaded.business.ending
    customer = _newcomer(work, loaded) if ending is Ending.ACCOUNT else _on_file(work, loaded)
    old_phone, customer = customer.phone, keep_in_file(work, loaded, customer)
    if customer.phone != old_phone:
        leave_number(work, actor, customer, old_phone)
    for exchange in loaded.facts.values("exchanges").get("chosen") or ():
        work.results.add_request(case.id, exchange, actor.id)
    state = APPROVED_AS[ending]
    changes: dict[str, Any] = {"closed_at": work.now} if state is State.DONE else {}
    if state is not State.DONE:
        changes["due_at"] = callback_due(work.now, loaded.rules, calendar_around(work))
    case = work.cases.change(case, state=state, customer_id=customer.id, remark="", reviewer_until=None, **changes)
    note_results(work, loaded)
    work.audit(actor, tag, f"case:{case.id}")
    if state is State.CALLBACK and not is_called_back(loaded):
        activate(work, actor, replace(loaded, case=case))
    else:
        notify_case(work, loaded, _TOLD[ending])
    return str(customer.capital_account)


_TOLD = {
    Ending.ACCOUNT: "approved",
    Ending.CODES: "approved_codes",
    Ending.FILE: "completed",
    Ending.COUNTER: "approved_counter",
}
"""Ending -> the text that tells the customer of the approval."""


def _on_file(work: Work, loaded: Loaded) -> Customer:
    found = work.people.find_customer(customer_id=loaded.case.customer_id or "")
    if found is None:
        raise NotFound
    return found


def agree_case(desk: Desk, actor: Actor, case_id: str) -> None:
    """The first of two reviewers agrees; the case goes back to the list for another one."""
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.APPROVE)
        if loaded.current is not None or not is_first(loaded):
            raise WrongState
        work.cases.add_proof(case_id, agreed_by(loaded, str(actor.staff_id)), actor.id)
        state = next_state(loaded.case.state, Action.RELEASE)
        work.cases.change(loaded.case, state=state, reviewer_id=None, reviewer_until=None)
        work.casework.change(loaded.case, holder_id=None, assigned_by=None)
        work.audit(actor, Tag.STAFF_CASE_AGREE, f"case:{case_id}")


def _new_account(work: Work, case_id: str) -> str:
    """8 digits: the firm's prefix (2) and a running number (6), never used twice (R188)."""
    prefix = work.firms.firm().number[-2:].zfill(2)
    number = f"{prefix}{work.number('capital_account'):0{ACCOUNT_DIGITS - 2}d}"
    if len(number) != ACCOUNT_DIGITS:
        raise WrongState("资金账号已用完，请联系管理员。")
    work.results.add_account(number, case_id)
    return number


def _newcomer(work: Work, loaded: Loaded) -> Customer:
    """The customer whose account is opened: new, or on file without an account."""
    profile, case = loaded.facts.values("profile"), loaded.case
    known = work.people.find_customer(id_number=str(profile["id_number"]))
    account = work.results.account_of(case.id) or _new_account(work, case.id)
    if known and (known.id != case.customer_id or known.capital_account not in {None, account}):
        raise WrongState("该证件已有账户，请按疑似重复处理。")
    if known:
        return replace(known, capital_account=account)
    customer = Customer(
        id=work.new_id(), number=account, name=str(profile["name"]), id_number=str(profile["id_number"]),
        phone=str(profile["phone"]), exchanges=(), investor_class="ordinary", level="", capital_account=account,
    )  # fmt: skip
    work.people.add_customer(customer)
    return customer


def reject_review(
    desk: Desk, actor: Actor, case_id: str, codes: Sequence[str], customer_text: str, internal: str
) -> None:
    """Send the case back, or end it for hard reasons."""
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.REJECT)
        reject(work, actor, loaded, "review", codes_with_marks(work, loaded, codes), customer_text, internal)
        send_marks(work, case_id)
