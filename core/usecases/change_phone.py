"""A new mobile number in 我的基本资料: it counts once its own code was typed; a landline needs none (R103)."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.case import Action
from core.errors import TooMany
from core.ports import Desk
from core.rules.phone import check_mobile
from core.rules.problem import Problem
from core.usecases.answer_step import load_own
from core.usecases.loading import settle
from core.usecases.sign_in_customer import over_limit
from core.usecases.sms_codes import accept_code, send_code

PENDING, PROVEN = "new_phone_code", "new_phone"


def request_phone_code(desk: Desk, actor: Actor, case_id: str, phone: str, address: str) -> dict[str, str]:
    """Send a code to the new number; returns errors by field. Raises `TooMany` within 60 s or beyond the daily caps."""
    number = check_mobile(phone, allow_test_numbers=desk.settings.demo)
    if isinstance(number, Problem):
        return {"phone": number.text}
    with desk.write(actor.firm_id) as work:
        load_own(work, actor, case_id, Action.ANSWER, "profile")
        refusal = over_limit(work, number, address)
        if not refusal:
            code_id = send_code(work, f"phone_change:{case_id}", actor.id, number, "更换手机号")
            work.cases.save_answer(case_id, PENDING, {"code_id": code_id, "phone": number})
            work.audit(actor, Tag.CUSTOMER_CODE_REQUEST, f"code:{code_id}")
            return {}
    raise TooMany(refusal)


def prove_phone(desk: Desk, actor: Actor, case_id: str, code: str) -> dict[str, str]:
    """Take the code of the new number, which may then be saved; returns errors by field."""
    with desk.write(actor.firm_id) as work:
        loaded = load_own(work, actor, case_id, Action.ANSWER, "profile")
        pending = loaded.facts.values(PENDING)
        found = accept_code(work, str(pending.get("code_id") or ""), code, f"phone_change:{case_id}")
        if found is None:
            return {"phone_code": "验证码不正确或已过期，请核对短信或重新获取。"}
        work.cases.save_answer(case_id, PROVEN, {"phone": found.phone})
        settle(work, work.cases.change(loaded.case))
        work.audit(actor, Tag.CUSTOMER_STEP_SAVE, f"case:{case_id}", step=PROVEN)
        return {}
