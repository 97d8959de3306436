"""The customers of the demo firms: one on file without an account, one with an account to work on. All 样张."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.ports import Desk, Work
from core.records import Customer, CustomerFile, Firm
from core.rules.id_card import check_digit
from core.rules.suitability import rate

PROFILE: Mapping[str, Any] = {
    "id_address": "样张省样张市样张路 1 号", "valid_from": "2020-01-01", "valid_to": "2040-01-01", "long_term": False,
    "landline": "", "province": "上海市", "city": "黄浦区", "contact_address": "样张路 100 号 2 室",
    "postcode": "200000", "email": "", "education": "bachelor", "occupation": "clerk", "employer": "",
    "employer_kind": None, "tax_residency": "china_only", "pep": "none", "investment_horizon": "1_to_5_years",
    "expected_return": "growth", "actual_control": "absent", "beneficiary": "self", "products": ["futures_options"],
    "dishonesty": ["none"],
}  # fmt: skip


AGE = 40
"""Full years of each, on their birthday in March."""


def _number(firm: Firm, year: int, sequence: int) -> str:
    first = f"999901{year - AGE}0312{int(firm.number) % 100:02d}{sequence}"
    return first + check_digit(first)


def newcomer_on_file(desk: Desk, firm: Firm) -> Customer:
    """Known to the firm, no account yet."""
    return Customer(
        f"existing-{firm.number}", f"{firm.number}0001", "李样张", _number(firm, desk.clock().year, 1), "11150813009",
        ("SHFE", "DCE", "CZCE"), "ordinary", "C3", None, "2035-01-01",
    )  # fmt: skip


def account_holder(desk: Desk, firm: Firm) -> Customer:
    """Has an account and two exchanges; every business of the hall can be tried."""
    number = f"{firm.number[-2:]}900001"
    return Customer(
        f"holder-{firm.number}", number, "王样张", _number(firm, desk.clock().year, 3), "11150813019",
        ("SHFE", "DCE"), "ordinary", "C3", number, "2040-01-01",
    )  # fmt: skip


def _usual(options: Sequence[Mapping[str, Any]]) -> str:
    """The second best answer that does not make the lowest class."""
    ranked = sorted((option for option in options if not option.get("lowest")), key=lambda option: option["score"])
    return str(ranked[-2 if len(ranked) > 1 else -1]["key"])


def file_of(work: Work, customer: Customer, questionnaire: Mapping[str, Any]) -> CustomerFile:
    """What such a customer would have handed in; the rating is a year old."""
    answers = {q["key"]: [_usual(q["options"])] for q in questionnaire["questions"]}
    age = questionnaire["age_question"]
    answers[age["question"]] = [next(key for key, (least, most) in age["bands"].items() if least <= AGE <= most)]
    rating = rate(questionnaire, answers, version=1)
    who = {"name": customer.name, "id_number": customer.id_number, "phone": customer.phone, "age_band": "31_40"}
    sex = {"sex": "male", "birth_date": f"{customer.id_number[6:10]}-03-12", "extra_review": False}
    suitability = {
        "answers": answers, "level": rating.level, "lowest": rating.lowest, "score": rating.score, "version": 1,
        "rated_at": work.now.replace(year=work.now.year - 1, day=1).isoformat(),
    }  # fmt: skip
    return CustomerFile({**PROFILE, **who, **sex}, {}, suitability)


def settle_in(desk: Desk, firm: Firm, questionnaire: Mapping[str, Any]) -> None:
    """Give the firm its account holder, once."""
    holder = account_holder(desk, firm)
    with desk.write(firm.id) as work:
        if work.people.find_customer(customer_id=holder.id) is None:
            file = file_of(work, holder, questionnaire)
            work.people.add_customer(replace(holder, level=str(file.suitability["level"])))
            work.people.keep_file(holder.id, file)
