"""个人基本资料 of a customer on file: looked through, or one part of it changed (R099-R105, C21).

A case of an existing customer starts with a copy of the customer file as its `profile` answer, so that agreements,
witness and certificate find the data where they always are. `part` in the values says what was changed in this case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.rules.calendar import local_day
from core.sentence import Sentence, listed
from core.steps import profile
from core.steps.profile_fields import CONTACT, DECLARATION, FIELDS, IDENTITY, OTHER, shown_fields

PARTS: Mapping[str, str] = {"identity": "身份信息", "contact": "联系电话", "other": "其他信息"}
"""What 我的基本资料 lets a customer change, one at a time (R101, R105)."""
LOCKED = frozenset({"name", "id_number"})
SECTIONS: Mapping[str, frozenset[str]] = {
    "identity": frozenset({IDENTITY}),
    "contact": frozenset({CONTACT}),
    "other": frozenset({OTHER, DECLARATION}),
}
"""Part -> the sections of the form that belong to it."""


def editable(part: str) -> frozenset[str]:
    """Keys of the fields that belong to a part; name and ID number never (R102)."""
    return frozenset(field.key for field in FIELDS if field.section in SECTIONS[part]) - LOCKED


def missing_titles(values: Mapping[str, Any]) -> list[str]:
    """Titles of the mandatory fields that are empty in these values (R100)."""
    wanted = (field for field in shown_fields(values) if field.required and field.kind != "tick")
    return [field.title for field in wanted if not values.get(field.key)]


# -- 增开交易编码: look, change nothing


def check_read(answers: Answers, facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    """The customer says that the data on file are right; gaps are filled by 适当性评估 (R099, R100)."""
    missing = missing_titles(facts.values("profile"))
    if missing:
        return Checked(
            {
                "profile": Sentence(
                    "基本资料缺少：{missing}。请先办理适当性评估补全，再增开交易编码。", missing=listed(missing)
                )
            }
        )
    if answers.get("confirmed") is not True:
        return Checked({"confirmed": "请核对资料并勾选确认。资料有误时，请先在“我的基本资料”中修改。"})
    return Checked(values={"confirmed": True})


READ = Step("profile_read", "核对基本资料", Phase.DATA, check_read, hint="请核对在本公司登记的资料，这里不能修改。")


# -- 我的基本资料: which part


def expired(facts: Facts, now: datetime) -> bool:
    """Whether the ID card on file when the case began is past its validity: it is renewed first, by video (C08)."""
    ends = facts.values("on_file").get("id_valid_to")
    return bool(ends) and date.fromisoformat(str(ends)) < local_day(now)


def check_part(answers: Answers, facts: Facts, _rules: Rules, now: datetime) -> Checked:
    """One of the three parts; 身份信息 while the ID card on file is expired."""
    part = str(answers.get("part") or "")
    if part not in PARTS:
        return Checked({"part": "请选择要修改的内容。"})
    if part != "identity" and expired(facts, now):
        return Checked({"part": "您登记的身份证已过有效期。请先选择“身份信息”更新有效期，再办理其他内容。"})
    return Checked(values={"part": part})


CHOOSE = Step("part", "选择修改内容", Phase.DATA, check_part, hint="每次办理修改一项。")


# -- the form of one part


def chosen_part(facts: Facts) -> str:
    """The part this case changes: the customer's choice in 我的基本资料, else 其他信息."""
    return str(facts.values("part").get("part") or "other")


def _check_form(answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """The part's own fields are checked like in an opening; the rest stays as it is on file."""
    part, base = chosen_part(facts), facts.values("profile")
    mine = editable(part)
    checked = profile.check({**base, **{key: answers.get(key) for key in mine}}, facts, rules, now)
    errors = {key: text for key, text in checked.errors.items() if key in mine}
    warnings = {key: text for key, text in checked.warnings.items() if key in mine}
    kept = {key: value for key, value in base.items() if key not in mine}
    changed = {key: value for key, value in checked.values.items() if key in mine or key not in base}
    return Checked(errors, {**kept, **changed, "part": part}, warnings)


def _form_done(part_of: Callable[[Facts], str]) -> Callable[[Facts, Rules, datetime], bool]:
    def done(facts: Facts, rules: Rules, now: datetime) -> bool:
        return facts.values("profile").get("part") == part_of(facts) and FORM.answer_holds(facts, rules, now)

    return done


FORM = Step(
    "profile", "修改资料", Phase.DATA, _check_form, done=_form_done(chosen_part),
    hint="请如实填写，带 * 的为必填项。", screen="profile_part",
)  # fmt: skip
