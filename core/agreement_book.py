"""The firm's agreements as a book: which version of each held from when to when, and what a draft makes of it.

Firm data of the kind `agreements` is one list; a change of one agreement is a new version of the list. So the versions
of one agreement follow from the versions of the list, and nothing has to be kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from core.businesses import BUSINESSES
from core.defaults import load_kind
from core.rules.agreement_check import Known, Row
from core.steps.on_file import PARTS

INVESTOR_CLASSES: Mapping[str, str] = {"ordinary": "普通投资者", "professional": "专业投资者"}
SAMPLES: Mapping[str, str] = {
    "客户姓名": "张样张", "证件号码": "110101199001010015", "受理单号": "1300000000000000", "风险等级": "C3 稳健型",
    "拟开交易所": "上海期货交易所、大连商品交易所", "结算银行": "样张银行", "结算账号尾号": "0000",
    "资金账号": "审核通过后分配",
    "税收居民身份": "仅为中国税收居民", "手机号": "13800000000", "联系地址": "北京市海淀区样张路 1 号样张大厦 101 室",
}  # fmt: skip
"""Invented values for a preview; nobody's."""
_VARIABLE = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")
ALWAYS = date.min


@dataclass(frozen=True)
class Edition:
    """One version of an agreement: in force from `since` to `until` (days in Shanghai, None: no end planned)."""

    row: Row
    since: date
    until: date | None
    changed_by: str

    def state(self, today: date) -> str:
        """past, present or planned."""
        if today < self.since:
            return "planned"
        return "past" if self.until is not None and self.until < today else "present"


def editions(versions: Iterable[tuple[date, str, Sequence[Row]]]) -> dict[str, list[Edition]]:
    """Code -> its versions, from the versions of the list (first day, who, rows); the oldest first in both."""
    found: dict[str, list[Edition]] = {}
    for since, who, rows in versions:
        there = {str(row["code"]): row for row in rows}
        for code, known in found.items():
            if known[-1].until is None and known[-1].row["version"] != there.get(code, {}).get("version"):
                known[-1] = replace(known[-1], until=since - timedelta(days=1))
        for code, row in there.items():
            known = found.setdefault(code, [])
            if known and known[-1].until is None:
                known[-1] = replace(known[-1], row=row)  # order, conditions or seconds changed, the text did not
            else:
                known.append(Edition(row, since, None, who))
    return found


def used_texts(bodies: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """(code, version) -> text of everything that was ever put into force or is planned."""
    return {(row["code"], row["version"]): row["text"] for body in bodies for row in body["agreements"]}


def titles_of(others: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What conditions may name, with titles, from the firm's other data."""
    return {
        "business": {key: each.title for key, each in BUSINESSES.items() if not each.by_firm},
        "part": dict(PARTS),
        "investor_class": dict(INVESTOR_CLASSES),
        "level": {row["code"]: f"{row['code']} {row['name']}" for row in others["match_table"]["levels"]},
        "exchange": {row["code"]: str(row["name"]) for row in others["exchanges"]["exchanges"]},
        "bank": {row["code"]: str(row["name"]) for row in others["banks"]["banks"]},
    }


def known_of(
    body: Mapping[str, Any],
    others: Mapping[str, Any],
    today: date = ALWAYS,
    used: Mapping[tuple[str, str], str] | None = None,
) -> Known:
    """What the agreements of a body are held against; without a day and a past, only what holds on any day."""
    fixed = {row["code"]: row["place"] for row in load_kind("agreements")["agreements"] if row["place"] != "agreements"}
    variables = [each["name"] for each in body["variables"]]
    return Known(variables, today, used or {}, fixed, titles_of(others), _asks())


def _asks() -> dict[str, tuple[str, ...]]:
    """Business -> the conditions that its cases can answer: a step asks for it, or it is on file."""
    needs = {"part": "part", "level": "suitability", "bank": "bank", "insisted": "exchanges", "exchange": "exchanges"}
    found = {}
    for key, each in BUSINESSES.items():
        steps = {step.key for step in each.steps} | set(each.takes)
        open_already = () if each.newcomers else ("exchange",)
        found[key] = (*(name for name, step in needs.items() if step in steps), *open_already)
    return found


def with_row(body: Mapping[str, Any], row: Row, before: Mapping[str, Any], day: date | None) -> dict[str, Any]:
    """The body with this agreement in place of the one of its code, or added; what changed begins on that day."""
    others = [each for each in body["agreements"] if each["code"] != row["code"]]
    rows = sorted([*others, row], key=lambda each: (each["order"], each["code"]))
    return dated({**body, "agreements": rows}, before, day)


def dated(body: Mapping[str, Any], before: Mapping[str, Any], day: date | None) -> dict[str, Any]:
    """The body with the day of the draft in every agreement that is not as `before`."""
    old = {row["code"]: row for row in before["agreements"]}

    def begins(row: Row) -> Row:
        same = {**row, "effective_from": old[row["code"]]["effective_from"]} if row["code"] in old else None
        if same == old.get(row["code"], row):
            return same or row
        return {**row, "effective_from": day.isoformat() if day else ""}

    return {**body, "agreements": [begins(row) for row in body["agreements"]]}


def without_row(body: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The body without this agreement: it ends when the new list takes effect."""
    return {**body, "agreements": [row for row in body["agreements"] if row["code"] != code]}


def new_row(code: str, title: str, text: str, order: int) -> dict[str, Any]:
    """An agreement that begins as most do: read and signed in 阅读相关协议, for everybody."""
    return {
        "code": code, "title": title, "aliases": [], "version": "", "effective_from": "", "file": f"{code}.md",
        "place": "agreements", "order": order, "signed": True, "min_read_seconds": 10, "applies": {}, "text": text,
    }  # fmt: skip


def sample_values(text: str, firm: str, branch: str, today: date) -> dict[str, str]:
    """Invented values for every variable of a text; an unknown one is shown by its name."""
    own = {"期货公司": firm, "营业部": branch, "日期": f"{today.year}年{today.month}月{today.day}日"}
    return {name: {**SAMPLES, **own}.get(name, f"【{name}】") for name in _VARIABLE.findall(text)}
