"""Exchanges a customer may choose, groups, score reports (R116-R120, C19, C22, domain.md 4.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.rules.problem import Problem
from core.sentence import Sentence, listed


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange of the firm's table; `risk` is R1-R5, `group` commodity, financial or energy."""

    code: str
    name: str
    short: str
    group: str
    group_label: str
    risk: str
    opens_from: date
    examples: str


def offered(table: Mapping[str, Any], today: date) -> list[Exchange]:
    """The exchanges on offer on that day (Asia/Shanghai), in the firm's order."""
    labels = {group["code"]: str(group["label"]) for group in table["groups"]}
    found = [_exchange(row, labels) for row in table["exchanges"] if row["enabled"]]
    return [exchange for exchange in found if exchange.opens_from <= today]


def choice_problems(
    chosen: Collection[str], opened: Collection[str], table: Mapping[str, Any], today: date
) -> list[Problem]:
    """Why these exchange codes cannot be applied for: nothing chosen, not offered, already open (R117)."""
    new = set(chosen)
    if not new:
        return [Problem("exchange_missing", "请至少选择一家交易所。")]
    if new & set(opened):
        return [Problem("exchange_open", "您选择的交易所已经开通，不需要再次申请。请取消后再继续。")]
    if new - {exchange.code for exchange in offered(table, today)}:
        return [Problem("exchange_unknown", "您选择的交易所暂时不能申请。请重新选择。")]
    return []


def groups_of(codes: Iterable[str], table: Mapping[str, Any]) -> frozenset[str]:
    """The groups of these exchange codes; unknown codes have none."""
    wanted = set(codes)
    return frozenset(str(row["group"]) for row in table["exchanges"] if row["code"] in wanted)


def risks_of(codes: Iterable[str], table: Mapping[str, Any]) -> frozenset[str]:
    """The product risks (R1-R5) of these exchange codes."""
    wanted = set(codes)
    return frozenset(str(row["risk"]) for row in table["exchanges"] if row["code"] in wanted)


def needs_score_reports(chosen: Iterable[str], opened: Iterable[str], table: Mapping[str, Any]) -> bool:
    """Whether reports are due: a first 金融 or 原油 account (R118); who has one already needs none (R120)."""
    demanding = {group["code"] for group in table["groups"] if group["score_reports"]}
    return bool(groups_of(chosen, table) & demanding) and not groups_of(opened, table) & demanding


def score_report_problem(count: int, table: Mapping[str, Any]) -> Problem | None:
    """Why this number of uploaded reports will not do; 2 to 10 by default (R118)."""
    least, most = int(table["score_reports"]["min"]), int(table["score_reports"]["max"])
    if count < least:
        return Problem(
            "reports_few",
            Sentence("请上传至少 {least} 份成绩报告单，还差 {missing} 份。", least=least, missing=least - count),
        )
    if count > most:
        return Problem(
            "reports_many",
            Sentence("成绩报告单最多 {most} 份，请删除多余的 {count} 份。", most=most, count=count - most),
        )
    return None


def names_of(codes: Iterable[str], table: Mapping[str, Any]) -> str:
    """The full names joined with 、 in the firm's order, for texts and agreements."""
    wanted = set(codes)
    return listed(str(row["name"]) for row in table["exchanges"] if row["code"] in wanted)


def _exchange(row: Mapping[str, Any], labels: Mapping[str, str]) -> Exchange:
    return Exchange(
        code=str(row["code"]),
        name=str(row["name"]),
        short=str(row["short"]),
        group=str(row["group"]),
        group_label=labels[row["group"]],
        risk=str(row["risk"]),
        opens_from=date.fromisoformat(row["opens_from"]),
        examples=str(row["examples"]),
    )
