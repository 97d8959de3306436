"""After the approval: answers of the exchanges, the phone callback, activation (R174, R175)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from core.actor import Actor
from core.audit import Tag
from core.case import Action, Ending, State, next_state, require
from core.errors import NotFound
from core.flow import Proof
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.rules.exchanges import names_of
from core.sentence import Sentence, listed
from core.usecases.callback_plan import CallPlan, call_plan, missing_topics
from core.usecases.callback_tries import take_complaint, try_again
from core.usecases.hold_case import not_given_to_another
from core.usecases.loading import Loaded, load
from core.usecases.notify import notify_case

OUTCOMES = {"confirmed": "接通确认", "unreached": "未接通", "complaint": "投诉", "disputed": "异议"}
CALL_TIMES = {"": "不限", "morning": "上午", "noon": "中午", "afternoon": "下午", "evening": "傍晚"}
"""When a customer would like to be called."""
RETURNS = {0: "成功", 1: "该客户已经有流程在处理中", 2: "客户资料检查失败", 3: "实名制检查失败", 4: "其他错误"}
"""Return codes of the monitoring centre (domain.md 4.7)."""
NEEDS_NOTE = {"complaint": "客户投诉时，请写明内容。", "disputed": "客户有异议时，请写明内容。"}
CODE_DIGITS = 12
COUNTER = "counter"
"""Kind of the proof that says what the counter did: done or failed, with the note."""


def record_exchange(
    desk: Desk, actor: Actor, case_id: str, exchange: str, return_code: int, trading_code: str = ""
) -> dict[str, str]:
    """Store what the monitoring centre answered for one exchange; returns errors by field."""
    code = trading_code.strip()
    if return_code not in RETURNS:
        return {"return_code": "请选择回报代码。"}
    if return_code == 0 and not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
        return {"trading_code": Sentence("成功时请填写 {code_digits} 位交易编码。", code_digits=CODE_DIGITS)}
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        loaded = load(work, case_id)
        require(loaded.case, Action.REPORT)
        if _is_stored(work, case_id, exchange, return_code, code):
            return {}
        state = "opened" if return_code == 0 else "failed"
        if not work.results.set_request(case_id, exchange, state, return_code, code, actor.id):
            raise NotFound
        _keep_exchanges(work, loaded)
        _finish_codes(work, actor, loaded)
        template = "exchanges_opened" if return_code == 0 else "exchange_failed"
        notify_case(work, loaded, template, exchanges=names_of([exchange], loaded.rules["exchanges"]))
        work.audit(actor, Tag.STAFF_EXCHANGE_RECORD, f"case:{case_id}", exchange=exchange, code=return_code)
    return {}


def _is_stored(work: Work, case_id: str, exchange: str, return_code: int, code: str) -> bool:
    """Whether exactly this answer is on record (double click): the customer is not told twice."""
    return any(
        (r.exchange, r.return_code, r.trading_code) == (exchange, return_code, code)
        for r in work.results.requests(case_id)
    )


def _keep_exchanges(work: Work, loaded: Loaded) -> None:
    """The customer has what this case opened beside what there was before; a corrected answer counts."""
    customer = work.people.find_customer(customer_id=loaded.case.customer_id or "")
    if customer:
        requests = work.results.requests(loaded.case.id)
        others = set(customer.exchanges) - {r.exchange for r in requests}
        opened = {r.exchange for r in requests if r.state == "opened"}
        work.people.change_customer(replace(customer, exchanges=tuple(sorted(others | opened))))


def _finish_codes(work: Work, actor: Actor, loaded: Loaded) -> None:
    """增开 ends with the last answer; one that failed can still be corrected afterwards."""
    waiting = any(request.state == "waiting" for request in work.results.requests(loaded.case.id))
    if loaded.business.ending is Ending.CODES and loaded.case.state is State.APPROVED and not waiting:
        finish(work, actor, loaded, "completed")


def finish(work: Work, actor: Actor, loaded: Loaded, template: str) -> None:
    """An approved case is done; the customer is told."""
    state = next_state(loaded.case.state, Action.FINISH)
    work.cases.change(loaded.case, state=state, closed_at=work.now, remark="")
    notify_case(work, loaded, template)
    work.audit(actor, Tag.STAFF_CASE_FINISH, f"case:{loaded.case.id}")


def record_counter(desk: Desk, actor: Actor, case_id: str, *, done: bool, note: str) -> dict[str, str]:
    """What the counter did with an approved case (密码重置): done, or not, which needs a reason. Errors by field."""
    if not done and not note.strip():
        return {"note": "没有办成时，请写明原因，客户会看到。"}
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CASE_REPORT)
        loaded = load(work, case_id)
        if loaded.business.ending is not Ending.COUNTER:
            raise NotFound
        require(loaded.case, Action.FINISH)
        proof = Proof(COUNTER, "done" if done else "failed", "", work.now, {"note": note.strip()})
        work.cases.add_proof(case_id, proof, actor.id)
        if done:
            finish(work, actor, loaded, "password_reset")
        else:
            state = next_state(loaded.case.state, Action.TERMINATE)
            work.cases.change(loaded.case, state=state, closed_at=work.now, remark=note.strip())
            notify_case(work, loaded, "stopped")
            work.audit(actor, Tag.STAFF_CASE_TERMINATE, f"case:{case_id}", stage="counter")
    return {}


def record_callback(
    desk: Desk, actor: Actor, case_id: str, outcome: str, note: str, asked: Collection[str] = (), call_time: str = ""
) -> dict[str, str]:
    """One call: 接通确认 activates the account, 未接通 is tried again, 投诉 waits for compliance, 异议 ends the case.

    `asked` are keys of the topics that were covered; 接通确认 needs every required one (R174). `call_time` is when the
    customer would like to be called. Returns errors by field.
    """
    if outcome not in OUTCOMES or call_time not in CALL_TIMES:
        raise NotFound
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.CALLBACK_RECORD)
        loaded = load(work, case_id)
        require(loaded.case, Action.CALL_BACK)
        not_given_to_another(work, actor, loaded.case)
        plan = call_plan(loaded, actor.staff_id)
        errors = _callback_errors(plan, outcome, note, asked)
        if errors:
            return errors
        work.results.add_callback(case_id, outcome, _noted(plan, note, asked), actor.id)
        if call_time:
            work.casework.change(loaded.case, call_time=call_time)
        if outcome == "confirmed":
            activate(work, actor, loaded)
        elif outcome == "unreached":
            try_again(work, loaded)
        elif outcome == "complaint":
            take_complaint(work, loaded, note.strip())
        elif outcome == "disputed":
            state = next_state(loaded.case.state, Action.TERMINATE)
            work.cases.change(loaded.case, state=state, closed_at=work.now, remark="回访时您提出了异议，业务已终止。")
            notify_case(work, loaded, "stopped")
        work.audit(actor, Tag.STAFF_CALLBACK_RECORD, f"case:{case_id}", outcome=outcome)
    return {}


def _callback_errors(plan: CallPlan, outcome: str, note: str, asked: Collection[str]) -> dict[str, str]:
    missing = missing_topics(plan, asked)
    if outcome == "confirmed" and missing:
        return {"outcome": Sentence("还没有核对：{missing}。", missing=listed(missing))}
    if outcome in {"complaint", "disputed"} and not note.strip():
        return {"note": NEEDS_NOTE[outcome]}
    return {}


def _noted(plan: CallPlan, note: str, asked: Collection[str]) -> str:
    """The note of the call, headed by the topics that were covered."""
    titles = "、".join(topic.title for topic in plan.topics if topic.key in asked)
    return "\n".join(filter(None, [f"已核对：{titles}" if titles else "", note.strip()]))


def activate(work: Work, actor: Actor, loaded: Loaded) -> None:
    """The account may be used from now on; the customer is told."""
    state = next_state(loaded.case.state, Action.ACTIVATE)
    work.cases.change(loaded.case, state=state, closed_at=work.now, remark="")
    notify_case(work, loaded, "activated")
    work.audit(actor, Tag.STAFF_CASE_ACTIVATE, f"case:{loaded.case.id}")
