"""When an agreement belongs to a business of a customer, and why: the conditions of `agreements.json` as sentences.

An agreement without conditions is for everybody; with several, all of them must hold. Used by the case itself and by
the try-out of the staff, so that both always say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.sentence import Sentence

Names = Mapping[str, Mapping[str, str]]
"""Condition -> code -> title, for the sentences; a code without title stands for itself."""

LABELS: Mapping[str, str] = {
    "business": "业务类型",
    "part": "修改内容",
    "investor_class": "投资者类别",
    "level": "风险承受能力等级",
    "insisted": "高于自身等级的选择",
    "exchange": "交易所",
    "bank": "结算银行",
    "age": "年龄",
}
"""Every condition there is, in the order in which it is told."""
OLDEST = 120


@dataclass(frozen=True, slots=True)
class Situation:
    """What conditions may ask of a customer's business; `level` is empty and `age` None while they are not known.

    `exchanges` are those chosen in this business, else those the customer has; `named` are the codes that a 补签协议
    asks for.
    """

    business: str
    part: str = "other"
    investor_class: str = "ordinary"
    level: str = ""
    insisted: bool = False
    exchanges: frozenset[str] = frozenset()
    banks: frozenset[str] = frozenset()
    age: int | None = None
    named: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition held against a situation, as a sentence for staff."""

    met: bool
    text: str


def applies(row: Mapping[str, Any], situation: Situation) -> bool:
    """Whether the agreement belongs to the business; a 补签协议 takes exactly what it names."""
    if situation.named is not None and row["place"] == "agreements":
        return row["code"] in situation.named
    return all(_HOLDS[key](value, situation) for key, value in row["applies"].items())


def reasons(row: Mapping[str, Any], situation: Situation, names: Names) -> list[Reason]:
    """Each condition of the agreement with what it wants and what is there; one sentence where there is none."""
    if situation.named is not None and row["place"] == "agreements":
        met = row["code"] in situation.named
        return [Reason(met, "本次补签要求签署这份协议。" if met else "本次补签没有要求签署这份协议。")]
    if not row["applies"]:
        return [Reason(True, "没有条件，所有客户都适用。")]
    wanted = {key: row["applies"][key] for key in LABELS if key in row["applies"]}
    return [_reason(key, value, situation, names) for key, value in wanted.items()]


def in_words(conditions: Mapping[str, Any], names: Names) -> str:
    """When an agreement appears, as one sentence."""
    parts = [
        Sentence("{LABELS}为{_wanted}", LABELS=LABELS[key], _wanted=_wanted(key, conditions[key], names))
        for key in LABELS
        if key in conditions
    ]
    return (
        Sentence("同时满足以下条件时出现：{listed}。", listed="；".join(parts))
        if parts
        else "没有条件，所有客户都会看到。"
    )


def _reason(key: str, value: Any, situation: Situation, names: Names) -> Reason:
    wanted, there = _wanted(key, value, names), _there(key, situation, names)
    if _HOLDS[key](value, situation):
        return Reason(True, Sentence("{LABELS}为{there}，符合条件。", LABELS=LABELS[key], there=there))
    return Reason(
        False, Sentence("{LABELS}应为{wanted}，现在是{there}。", LABELS=LABELS[key], wanted=wanted, there=there)
    )


def _holds_age(value: Mapping[str, Any], situation: Situation) -> bool:
    if situation.age is None:
        return False
    return int(value.get("from", 0)) <= situation.age <= int(value.get("to", OLDEST))


_HOLDS: Mapping[str, Callable[[Any, Situation], bool]] = {
    "business": lambda value, s: s.business in value,
    "part": lambda value, s: s.part in value,
    "investor_class": lambda value, s: s.investor_class in value,
    "level": lambda value, s: s.level in value,
    "insisted": lambda value, s: s.insisted is value,
    "exchange": lambda value, s: bool(s.exchanges & set(value)),
    "bank": lambda value, s: bool(s.banks & set(value)),
    "age": _holds_age,
}


def _wanted(key: str, value: Any, names: Names) -> str:
    if key == "insisted":
        return _yes(value)
    if key == "age":
        return _ages(value.get("from"), value.get("to"))
    return "或".join(names.get(key, {}).get(code, str(code)) for code in value)


def _ages(first: Any, last: Any) -> str:
    if first is None:
        return Sentence("{last} 周岁及以下", last=last)
    return (
        Sentence("{first} 周岁及以上", first=first)
        if last is None
        else Sentence("{first} 至 {last} 周岁", first=first, last=last)
    )


def _yes(value: object) -> str:
    return "有" if value else "没有"


def _there(key: str, situation: Situation, names: Names) -> str:
    """What is there, in words."""
    if key == "insisted":
        return _yes(situation.insisted)
    if key == "age":
        return "未填写" if situation.age is None else Sentence("{age} 周岁", age=situation.age)
    codes: Mapping[str, frozenset[str]] = {
        "business": frozenset({situation.business}),
        "part": frozenset({situation.part}),
        "investor_class": frozenset({situation.investor_class}),
        "level": frozenset({situation.level} if situation.level else ()),
        "exchange": situation.exchanges,
        "bank": situation.banks,
    }
    return "、".join(names.get(key, {}).get(code, code) for code in sorted(codes[key])) or "未填写"
