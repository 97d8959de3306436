"""Review: take, release, approve, reject. Never by the witness of the same case (four eyes)."""

from __future__ import annotations

from collections.abc import Sequence

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.case import Action, Case, State, next_state, require
from core.errors import NotAllowed, WrongState
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import Customer
from core.steps.exchanges import require_decided
from core.usecases.callback_plan import callback_due
from core.usecases.loading import Loaded, calendar_around, load
from core.usecases.notify import notify_case
from core.usecases.reject_case import reject

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
    """Approve: capital account, customer record, exchange requests, callback task. Returns the account number."""
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.APPROVE)
        require_decided(loaded.facts, loaded.rules, loaded.now)
        if loaded.current is not None:
            raise WrongState(f"资料不完整：{loaded.current.title}。")
        number = work.results.account_of(case_id) or _new_account(work, case_id)
        customer_id = _customer(work, loaded, number)
        for exchange in loaded.facts.values("exchanges").get("chosen") or ():
            work.results.add_request(case_id, exchange, actor.id)
        state = next_state(loaded.case.state, Action.APPROVE)
        due = callback_due(work.now, loaded.rules, calendar_around(work))
        work.cases.change(loaded.case, state=state, customer_id=customer_id, remark="", reviewer_until=None, due_at=due)
        notify_case(work, loaded, "approved")
        work.audit(actor, Tag.STAFF_CASE_APPROVE, f"case:{case_id}")
        return number


def _new_account(work: Work, case_id: str) -> str:
    """8 digits: the firm's prefix (2) and a running number (6), never used twice (R188)."""
    prefix = work.firms.firm().number[-2:].zfill(2)
    number = f"{prefix}{work.number('capital_account'):0{ACCOUNT_DIGITS - 2}d}"
    if len(number) != ACCOUNT_DIGITS:
        raise WrongState("资金账号已用完，请联系管理员。")
    work.results.add_account(number, case_id)
    return number


def _customer(work: Work, loaded: Loaded, account: str) -> str:
    profile = loaded.facts.values("profile")
    level = str(loaded.facts.values("suitability").get("level", ""))
    known = work.people.find_customer(id_number=str(profile["id_number"]))
    if known and (known.id != loaded.case.customer_id or known.capital_account not in {None, account}):
        raise WrongState("该证件已有账户，请按疑似重复处理。")
    if known:
        work.people.set_account(known.id, account, level)
        return known.id
    customer_id = work.new_id()
    work.people.add_customer(
        Customer(
            id=customer_id, number=account, name=str(profile["name"]), id_number=str(profile["id_number"]),
            phone=str(profile["phone"]), exchanges=(), investor_class="ordinary", level=level, capital_account=account,
            id_valid_to=str(profile.get("valid_to") or ""),
        )
    )  # fmt: skip
    return customer_id


def reject_review(
    desk: Desk, actor: Actor, case_id: str, codes: Sequence[str], customer_text: str, internal: str
) -> None:
    """Send the case back, or end it for hard reasons."""
    with desk.write(actor.firm_id) as work:
        loaded = held(work, actor, case_id, Action.REJECT)
        reject(work, actor, loaded, "review", codes, customer_text, internal)
