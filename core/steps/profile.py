"""个人基本资料: every field of R087-R098 checked, mistakes named at the field, doubts as warnings (R107)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.rules import id_card, phone, region
from core.rules.age import judge_age
from core.rules.calendar import local_day
from core.rules.problem import Problem
from core.sentence import Sentence
from core.steps.profile_fields import Field, shown_fields

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NAME = re.compile(r"[^\d\s<>&\"'/\\]{2,50}")


def _codes(rules: Rules, name: str) -> set[str]:
    return {item["code"] for item in rules["codes"]["lists"][name]["items"]}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _text(value: Any) -> str:
    return str(value or "").strip()


def _missing(field: Field, answers: Answers) -> bool:
    return field.required and field.kind != "tick" and not answers.get(field.key)


def _shape_error(field: Field, answers: Answers, rules: Rules) -> str | None:
    """Missing, too long, or not from the list."""
    value = answers.get(field.key)
    if _missing(field, answers):
        typed = field.kind in {"text", "date"}
        return (
            Sentence("请填写{title}。", title=field.title) if typed else Sentence("请选择{title}。", title=field.title)
        )
    if field.kind == "choice" and value and value not in _codes(rules, field.codes):
        return Sentence("请重新选择{title}。", title=field.title)
    if field.kind == "multi" and (not isinstance(value, list) or not set(value) <= _codes(rules, field.codes)):
        return Sentence("请重新选择{title}。", title=field.title)
    if field.kind == "text" and len(_text(value)) > field.limit:
        return Sentence("{title}最多 {limit} 个字。", title=field.title, limit=field.limit)
    return None


def _identity(answers: Answers, rules: Rules, today: date) -> tuple[dict[str, str], dict[str, Any], dict[str, str]]:
    """Errors, normalised values and warnings of the ID card's fields."""
    errors: dict[str, str] = {}
    person = id_card.check_id_number(_text(answers.get("id_number")))
    if isinstance(person, Problem):
        return {"id_number": person.text}, {}, {}
    for problem in filter(None, [id_card.adult_problem(person, today)]):
        errors["id_number"] = problem.text
    age = judge_age(person.age_on(today), rules["age_rules"])
    if age.blocked and "id_number" not in errors:
        errors["id_number"] = "".join(age.texts)
    start = _day(answers.get("valid_from"))
    end = id_card.LONG_TERM if answers.get("long_term") else _day(answers.get("valid_to"))
    for problem in id_card.validity_problems(start, end, today):
        errors.setdefault("valid_to", problem.text)
    doubts = id_card.validity_warnings(start, end) if start and end and not errors else []
    warnings = {"valid_to": doubts[0].text} if doubts else {}
    if (age.warn or age.extra_review) and not age.blocked:
        warnings["id_number"] = "".join(age.texts)
    values = {
        "id_number": person.number,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat(),
        "age_band": id_card.age_band(person.age_on(today)),
        "valid_to": end.isoformat() if end else None,
        "extra_review": age.extra_review,
    }
    return errors, values, warnings


def _contact(answers: Answers, phone_on_session: str, *, demo: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Errors and normalised numbers of the telephones."""
    found = {"phone": phone.check_mobile(_text(answers.get("phone")), allow_test_numbers=demo)}
    if _text(answers.get("landline")):
        found["landline"] = phone.check_landline(_text(answers.get("landline")))
    errors = {key: number.text for key, number in found.items() if isinstance(number, Problem)}
    values = {key: number for key, number in found.items() if isinstance(number, str)}
    if phone_on_session and values.get("phone", phone_on_session) != phone_on_session:
        errors["phone"] = "这个手机号还没有验证，请用短信验证码验证后再保存。"
    return errors, values


def _place(answers: Answers) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Errors, warnings and normalised values of the address."""
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}
    values: dict[str, str] = {}
    province, city = _text(answers.get("province")), _text(answers.get("city"))
    place = region.check_place(province, city)
    if place:
        errors["city"] = place.text
    postcode = region.check_postcode(_text(answers.get("postcode")))
    if isinstance(postcode, Problem):
        errors["postcode"] = postcode.text
    else:
        values["postcode"] = postcode
        if not place and not region.postcode_fits(province, postcode):
            warnings["postcode"] = Sentence("邮政编码与{province}不一致，请核对。确认无误可以继续。", province=province)
    if 0 < len(_text(answers.get("contact_address"))) < 5:
        errors["contact_address"] = "请把联系地址写到门牌号。"
    return errors, warnings, values


def _declared(answers: Answers) -> dict[str, str]:
    errors = {}
    dishonesty = answers.get("dishonesty") or []
    if "none" in dishonesty and len(dishonesty) > 1:
        errors["dishonesty"] = "选择“无”时不能同时选择其他来源。"
    foreign = answers.get("tax_residency") in {"foreign_only", "both"}
    if foreign and not answers.get("tax_number") and not answers.get("tin_missing_reason"):
        errors["tin_missing_reason"] = "没有纳税人识别号时，请选择原因。"
    return errors


def check(answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """All fields; values are trimmed and normalised, hidden fields are dropped."""
    fields = shown_fields(answers)
    values: dict[str, Any] = {f.key: _trim(answers.get(f.key)) for f in fields}
    errors = {f.key: e for f in fields if (e := _shape_error(f, answers, rules))}
    if values.get("name") and not _NAME.fullmatch(str(values["name"])):
        errors.setdefault("name", "请按身份证填写姓名，不含空格和数字。")
    if values.get("email") and not _EMAIL.fullmatch(str(values["email"])):
        errors.setdefault("email", "电子邮箱格式不正确。")
    identity, normal, doubts = _identity(answers, rules, local_day(now))
    place, warnings, address = _place(answers)
    session_phone = str(facts.values("new_phone").get("phone") or facts.values("identity").get("phone", ""))
    contact, numbers = _contact(answers, session_phone, demo=bool(rules["firm"]["demo"]))
    for group in (identity, contact, place, _declared(answers)):
        for key, text in group.items():
            errors.setdefault(key, text)
    values |= {**normal, **numbers, **address}
    return Checked(errors, values, {**doubts, **warnings})


def _trim(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def clear_facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """What lists and charts may know without opening the sealed answer."""
    return {"province": values.get("province"), "age_band": values.get("age_band")}


STEP = Step("profile", "个人基本资料", Phase.DATA, check, hint="请按身份证如实填写。")
