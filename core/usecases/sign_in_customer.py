"""Customers sign in: captcha, then a code by SMS, with the privacy policy accepted (R048-R063).

A new customer uses the own phone number. An existing customer uses the ID number; the code goes to the
phone on file. Whether an ID number is known shows only after a right captcha and a right code.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.errors import TooMany
from core.ports import Desk, Work
from core.rules.calendar import local_day
from core.rules.firm_choices import ID_FIRST, newcomers_sign_in
from core.rules.id_card import adult_problem, check_id_number
from core.rules.phone import check_mobile
from core.rules.problem import Problem
from core.usecases.loading import rules_for
from core.usecases.reservations import note_sign_in
from core.usecases.sessions import open_session
from core.usecases.sms_codes import accept_code, send_code

WRONG_CAPTCHA = "图形验证码不正确或已过期，请按新图片重新输入。"
BROKERAGE = "brokerage"
"""期货经纪, the kind of account that this desk opens and changes; a code of the list `account_type`."""
NOT_SERVED = "这里只办理期货经纪账户。资管等其他账户，请拨打服务热线或到营业部办理。"
WRONG_CODE = "验证码不正确或已过期，请核对短信或重新获取。"


@dataclass(frozen=True)
class CaptchaShown:
    """A captcha as picture (PNG) and as speech (WAV)."""

    id: str
    png: bytes
    wav: bytes


@dataclass(frozen=True)
class NumberLooked:
    """Either a pass for the page with the phone, or errors by field (own_id, captcha)."""

    passed: str
    errors: dict[str, str]


@dataclass(frozen=True)
class CodeRequested:
    """Either the id of a sent code, or errors by field (phone, id_number, captcha)."""

    code_id: str
    errors: dict[str, str]


def new_captcha(desk: Desk, firm_id: str) -> CaptchaShown:
    """Make a captcha of digits; its answer is kept as a MAC for two minutes."""
    text = "".join(secrets.choice("23456789") for _ in range(4))
    png, wav = desk.images.captcha_png(text), desk.images.captcha_wav(text)
    with desk.write(firm_id) as work:
        captcha_id = work.new_id()
        work.people.add_captcha(captcha_id, _captcha_mac(work, captcha_id, text))
    return CaptchaShown(captcha_id, png, wav)


def _captcha_mac(work: Work, captcha_id: str, text: str) -> bytes:
    return work.keys.mac("captcha", f"{captcha_id}|{text.strip().lower()}".encode())


def _captcha_fits(work: Work, captcha_id: str, text: str) -> bool:
    found = work.people.use_captcha(captcha_id)
    if found is None or work.now - found[1] > limits.CAPTCHA_LIFE:
        return False
    return hmac.compare_digest(found[0], _captcha_mac(work, captcha_id, text))


def asks_number_first(work: Work) -> bool:
    """Whether a newcomer types the ID number on a page before the one with the phone (C02, R060)."""
    return newcomers_sign_in(rules_for(work)["business_rules"], "open_account") == ID_FIRST


def look_at_number(desk: Desk, firm_id: str, *, own_id: str, captcha_id: str, captcha: str) -> NumberLooked:
    """The first of two pages: a number that can be somebody's of age, so that no code is spent on a slip of the pen.

    Nothing of the number is kept, and whether it is known is not told. The pass is good for `limits.NUMBER_PAGE`.
    """
    with desk.write(firm_id) as work:
        if not _captcha_fits(work, captcha_id, captcha):
            return NumberLooked("", {"captcha": WRONG_CAPTCHA})
        person = check_id_number(own_id)
        if isinstance(person, Problem):
            return NumberLooked("", {"own_id": person.text})
        refused = adult_problem(person, local_day(work.now))
        if refused:
            return NumberLooked("", {"own_id": refused.text})
        passed = secrets.token_hex(16)
        work.people.count_event(f"number_page|{passed}")
        return NumberLooked(passed, {})


@dataclass(frozen=True)
class _Asker:
    """Who wants a code: an unknown ID number has no phone, but the same limits under `limited`."""

    subject: str
    phone: str
    limited: str


def _who(work: Work, phone: str, id_number: str, *, test_numbers: bool) -> _Asker | dict[str, str]:
    """The asker, or errors by field."""
    if not id_number:
        number = check_mobile(phone, allow_test_numbers=test_numbers)
        if isinstance(number, Problem):
            return {"phone": number.text}
        return _Asker(f"phone:{work.keys.index('phone', number).hex()}", number, number)
    person = check_id_number(id_number)
    if isinstance(person, Problem):
        return {"id_number": person.text}
    customer = work.people.find_customer(id_number=person.number)
    if customer is None:
        return _Asker("unknown", "", f"unknown|{person.number}")
    return _Asker(f"customer:{customer.id}", customer.phone, customer.phone)


def request_code(
    desk: Desk, firm_id: str, *, phone: str = "", id_number: str = "", captcha_id: str, captcha: str, address: str,
    passed: str = "", account_type: str = BROKERAGE,
) -> CodeRequested:  # fmt: skip
    """Send a code after a right captcha, which is used up either way.

    Only accounts of the brokerage are served online (R049). A newcomer needs the pass of `look_at_number` where the
    firm asks for the number first.
    Raises `TooMany` within 60 s or beyond the daily caps (R057).
    """
    with desk.write(firm_id) as work:
        if not _captcha_fits(work, captcha_id, captcha):
            return CodeRequested("", {"captcha": WRONG_CAPTCHA})
        if account_type != BROKERAGE:
            return CodeRequested("", {"account_type": NOT_SERVED})
        if not id_number and not _came_by_number(work, passed):
            return CodeRequested("", {"own_id": "请先填写身份证号。"})
        asker = _who(work, phone, id_number, test_numbers=desk.settings.demo)
        if isinstance(asker, dict):
            return CodeRequested("", asker)
        refusal = over_limit(work, asker.limited, address)
        if not refusal:
            code_id = send_code(work, asker.subject, asker.subject, asker.phone, "登录")
            work.audit(Actor(firm_id, asker.subject), Tag.CUSTOMER_CODE_REQUEST, f"code:{code_id}")
            return CodeRequested(code_id, {})
    raise TooMany(refusal)


def _came_by_number(work: Work, passed: str) -> bool:
    if not asks_number_first(work):
        return True
    return bool(passed) and work.people.events_since(f"number_page|{passed}", work.now - limits.NUMBER_PAGE) > 0


def over_limit(work: Work, number: str, address: str) -> str:
    """Why no code may be sent now; empty when one may, which is then counted."""
    day = work.now - timedelta(days=1)
    if work.people.events_since(f"code|{number}", work.now - limits.CODE_RESEND):
        return "验证码已发送，60 秒后可以重新获取。"
    over_phone = work.people.events_since(f"code|{number}", day) >= limits.CODES_PER_PHONE_A_DAY
    if over_phone or work.people.events_since(f"address|{address}", day) >= limits.CODES_PER_ADDRESS_A_DAY:
        return "今天获取验证码的次数已达上限，请明天再试或拨打服务热线。"
    work.people.count_event(f"code|{number}")
    work.people.count_event(f"address|{address}")
    return ""


def sign_in_customer(desk: Desk, firm_id: str, *, code_id: str, code: str, policy: str, agreed: bool) -> str | None:
    """One-time ticket for a right code, None for a wrong one; `policy` is the version that was ticked (R055)."""
    if not agreed:
        return None
    with desk.write(firm_id) as work:
        asked = work.people.find_code(code_id)
        found = accept_code(work, code_id, code)
        if found is None or found.subject == "unknown":
            if asked and asked.tries < limits.CODE_TRIES:
                work.audit(Actor(firm_id, asked.subject), Tag.CUSTOMER_SESSION_FAIL, f"code:{code_id}")
            return None
        ticket = open_session(work, "customer", found.subject, found.phone)
        note_sign_in(work, found.subject)
        work.audit(Actor(firm_id, found.subject), Tag.CUSTOMER_NOTICE_ACKNOWLEDGE, "policy", version=policy)
        return ticket
