"""Who may begin which business now; asked by the hall to explain and by `start_case` to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.flow import Business, Rules
from core.ports import Work
from core.records import Customer
from core.rules.calendar import local_day
from core.rules.service_hours import ServiceHours
from core.sentence import Sentence, listed
from core.steps.on_file import missing_titles
from core.steps.suitability import rating_expires
from core.usecases.customer_file import ratings
from core.usecases.loading import calendar_around, rules_for

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Refusal:
    """Why not, in words for the customer, and the business that helps first (empty: none)."""

    text: str
    instead: str = ""


def why_not(work: Work, business: Business, customer: Customer | None) -> Refusal | None:
    """None when the customer may begin; somebody signed in by phone is no customer on file (R054, R058)."""
    rules = rules_for(work)
    if business.newcomers:
        done = customer is not None and customer.capital_account is not None
        return Refusal("您已经开立期货账户，可以选择其他业务。") if done else None
    if customer is None:
        return Refusal(
            "这项业务面向已开户的客户。已开户请退出后用身份证号登录，未开户请先开立期货账户。", "open_account"
        )
    if customer.capital_account is None:
        return Refusal("您未开通期货账户，请先办理开立期货账户。", "open_account")
    today = local_day(work.now)
    if _expired(customer, today) and not (business.key == "profile" and rules["business_rules"]["online_id_renewal"]):
        return _renew(rules)
    own = _OWN.get(business.key)
    return own(work, customer, rules) if own else None


def closed_now(work: Work, branch_id: str = "") -> str:
    """Why nothing new may begin at this hour; empty while self-service is open.

    Who is mid-way when it closes goes on to the end: answers, signatures and handing in are always taken (C01).
    """
    hours = ServiceHours.of(rules_for(work)["service_hours"], "self_service", branch_id)
    if hours.is_open(work.now, calendar_around(work)):
        return ""
    return Sentence(
        "现在不在自助办理时间，不能开始新的业务。办理时间：{hours}。已开始的业务可以继续。",
        hours=hours.sentence(),
    )


def _expired(customer: Customer, today: date) -> bool:
    return bool(customer.id_valid_to) and date.fromisoformat(customer.id_valid_to) < today


def _renew(rules: Rules) -> Refusal:
    """An expired ID card: online in 我的基本资料 where the firm allows it, else at the counter (C08)."""
    if rules["business_rules"]["online_id_renewal"]:
        return Refusal("您登记的身份证已过有效期。请先在“我的基本资料”中更新身份证有效期，再办理其他业务。", "profile")
    return Refusal("您登记的身份证已过有效期。请携带新身份证到营业部更新，再办理其他业务。")


def _for_codes(work: Work, customer: Customer, rules: Rules) -> Refusal | None:
    """增开 needs complete data and a rating that still counts (R100)."""
    file = work.people.customer_file(customer.id)
    if not file.suitability:
        return Refusal("还没有您的适当性评估结果。请先办理适当性评估，再增开交易编码。", "assessment")
    ends = rating_expires(file.suitability, rules)
    if ends and ends < local_day(work.now):
        return Refusal(
            Sentence("您的适当性评估已于 {ends} 到期。请先重新评估，再增开交易编码。", ends=ends), "assessment"
        )
    missing = missing_titles(file.profile)
    if missing:
        text = Sentence(
            "您的基本资料缺少：{missing}。请先办理适当性评估补全，再增开交易编码。", missing=listed(missing)
        )
        return Refusal(text, "assessment")
    return None


def _for_assessment(work: Work, customer: Customer, rules: Rules) -> Refusal | None:
    """Not twice in short time: answers are to be honest, not tried until they fit (domain.md 6.4)."""
    limits, now = rules["business_rules"]["assessment"], work.now
    recent = [rated for rated in ratings(work, customer.id) if now - rated.at < MONTH]
    if len(recent) >= int(limits["most_in_30_days"]):
        return Refusal("您最近 30 天内评估的次数已达上限，请过些时候再来。")
    wait = timedelta(days=int(limits["cool_down_days"]))
    if recent and now - recent[0].at < wait:
        again = local_day(recent[0].at + wait)
        return Refusal(Sentence("您刚完成过评估。{again} 起可以重新评估。", again=again))
    return None


_OWN: Mapping[str, Callable[[Work, Customer, Rules], Refusal | None]] = {
    "add_code": _for_codes,
    "assessment": _for_assessment,
}
"""Business -> what it asks of a customer beside an account and a valid ID card."""
