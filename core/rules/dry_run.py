"""What would have become of a finished case under other rules: pure, one past case under one set of rules.

An aspect is something the rules decide: level, what may be opened, conditions, age, reasons, the way of a business.
Its outcome is told in words; two sets of rules differ for a case where the words differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from core.flow import Rules
from core.records_rules import PastCase
from core.rules import access, exchanges, suitability
from core.rules.age import judge_age
from core.rules.calendar import local_day
from core.rules.firm_choices import ALWAYS, BY_RISK, IF_FLAGGED, NEVER
from core.sentence import Sentence

ASPECT_TITLES: Mapping[str, str] = {
    "level": "适当性等级",
    "opening": "能否开立",
    "access": "准入条件",
    "age": "年龄规则",
    "reasons": "退回原因",
    "business": "办理方式",
}
_ASKED_AGAIN = "需要重新作答"


def outcomes(past: PastCase, rules: Rules, aspects: tuple[str, ...]) -> dict[str, str]:
    """The outcome of each aspect that applies to the case, in words."""
    found = {aspect: _ASPECTS[aspect](past, rules) for aspect in aspects}
    return {aspect: words for aspect, words in found.items() if words}


def _rating(past: PastCase, rules: Rules) -> tuple[str, bool] | None:
    """(level, 最低类别); None when the answers do not fit the questionnaire, ("", False) without any."""
    answers = past.answers.get("suitability", {}).get("answers")
    if not answers:
        return "", False
    sheet = rules["questionnaire"]
    if suitability.answer_problems(sheet, answers):
        return None
    rating = suitability.rate(sheet, answers, version=0)
    return rating.level, rating.lowest


def _level(past: PastCase, rules: Rules) -> str:
    rating = _rating(past, rules)
    if rating is None:
        return _ASKED_AGAIN
    return suitability.level_name(*rating, rules["match_table"]) if rating[0] else ""


def _opening(past: PastCase, rules: Rules) -> str:
    """Whether the chosen exchanges may be opened: at once, after two notices, or not at all."""
    chosen = past.answers.get("exchanges", {}).get("chosen") or ()
    rating = _rating(past, rules)
    if not chosen or rating == ("", False):
        return ""
    if rating is None:
        return _ASKED_AGAIN
    table, match, kind = rules["exchanges"], rules["match_table"], _investor_class(past)
    if exchanges.choice_problems(chosen, _opened(past), table, local_day(past.at)):
        return "所选交易所不能申请"
    risks = exchanges.risks_of(chosen, table)
    if suitability.refusal(rating[1], kind, risks, match):
        return "不能开立"
    if suitability.must_insist(*rating, kind, exchanges.groups_of(chosen, table), match):
        return "提示后坚持才能开立"
    unmatched = risks - set(suitability.matching_risks(*rating, kind, match))
    return Sentence("可以开立，{listed} 不匹配", listed="、".join(sorted(unmatched))) if unmatched else "可以开立"


def _access(past: PastCase, rules: Rules) -> str:
    chosen = past.answers.get("exchanges", {}).get("chosen") or ()
    choice = access.Choice(frozenset(chosen), _opened(past), _investor_class(past))
    due = access.requirements(rules["access_rules"], choice, rules["exchanges"], local_day(past.at))
    return "；".join(Sentence("{title}：{text}", title=each.title, text=each.text) for each in due) or (
        "没有条件" if chosen else ""
    )


def _age(past: PastCase, rules: Rules) -> str:
    born = past.answers.get("profile", {}).get("birth_date")
    if not born:
        return ""
    birth, day = date.fromisoformat(born), local_day(past.at)
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    decision = judge_age(age, rules["age_rules"])
    if decision.blocked:
        return "不能办理"
    return "由两人复核" if decision.extra_review else "提示" if decision.warn else "没有要求"


def _reasons(past: PastCase, rules: Rules) -> str:
    rows = {row["code"]: row for row in rules["reject_reasons"]["reasons"]}
    kinds = rules["reject_reasons"]["kinds"]
    words = [
        f"{code} {kinds[rows[code]['kind']]}" if code in rows else Sentence("{code} 已删除", code=code)
        for code in past.reasons
    ]
    return "、".join(words)


def _business(past: PastCase, rules: Rules) -> str:
    row = rules["business_rules"]["businesses"].get(past.business, {})
    words: Mapping[str, Mapping[Any, str]] = {"video": {"always": "每次视频", "if_no_certificate": "没有证书时视频",
                       BY_RISK: "没有证书或有风险情形时视频"},
             "phone_callback": {ALWAYS: "电话回访", IF_FLAGGED: "回答异常时电话回访", NEVER: "不打电话回访"},
             "follow_up": {True: "在线回访", False: "不做在线回访"},
             "review": {True: "需要复核", False: "不需要复核"}}  # fmt: skip
    return "、".join(words[name][value] for name, value in sorted(row.items()) if name in words)


def _opened(past: PastCase) -> tuple[str, ...]:
    return tuple(past.clear.get("opened") or ())


def _investor_class(past: PastCase) -> str:
    return str(past.clear.get("investor_class") or "ordinary")


_ASPECTS: Mapping[str, Callable[[PastCase, Rules], str]] = {
    "level": _level,
    "opening": _opening,
    "access": _access,
    "age": _age,
    "reasons": _reasons,
    "business": _business,
}
DECIDES: Mapping[str, tuple[str, ...]] = {
    "questionnaire": ("level", "opening"),
    "match_table": ("opening",),
    "exchanges": ("opening", "access"),
    "access_rules": ("access",),
    "age_rules": ("age",),
    "reject_reasons": ("reasons",),
    "business_rules": ("business",),
}
"""Kind -> the aspects that it decides; of the other kinds no finished case depends."""
_ASKED: Mapping[str, tuple[str, ...]] = {
    "level": ("suitability",), "opening": ("suitability", "exchanges"), "access": ("exchanges",), "age": ("profile",),
}  # fmt: skip


def steps_of(kind: str) -> frozenset[str]:
    """The steps whose answers a dry run of this kind has to open; no others are."""
    return frozenset(step for aspect in DECIDES.get(kind, ()) for step in _ASKED.get(aspect, ()))
