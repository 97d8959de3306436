"""Conditions of access to a group of products: dated rows per group and kind, with exemptions (R118-R120, C22).

A row holds from `valid_from` to `valid_to` (both included). `proof` says where its proof comes from: `customer_uploads`
asks the customer in the exchange step, `firm_checks` means that the firm looks it up in its own system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.rules.exchanges import groups_of, needs_score_reports

KINDS: Mapping[str, str] = {"funds": "资金", "experience": "交易经历", "knowledge": "知识水平"}
DECISIONS: Mapping[str, str] = {"met": "达到", "not_met": "未达到", "exempt": "豁免"}
"""What staff decide on a requirement."""
CUSTOMER_UPLOADS = "customer_uploads"


@dataclass(frozen=True)
class Choice:
    """Who chooses what: exchange codes, those already open, ordinary or professional."""

    chosen: frozenset[str]
    opened: tuple[str, ...]
    investor_class: str


@dataclass(frozen=True)
class Exemption:
    """Why a requirement may fall away; `on_file` when the firm's own data show it without a proof."""

    key: str
    text: str
    on_file: bool


@dataclass(frozen=True)
class Requirement:
    """One row as it holds for a choice today; `key` is the same in all versions of the row."""

    key: str
    group: str
    group_label: str
    kind: str
    valid_from: date
    uploads: bool
    text: str
    exemptions: tuple[Exemption, ...]

    @property
    def title(self) -> str:
        """What it is called: 金融 · 资金."""
        return f"{self.group_label} · {KINDS[self.kind]}"


def requirements(
    body: Mapping[str, Any], choice: Choice, table: Mapping[str, Any], today: date
) -> tuple[Requirement, ...]:
    """The requirements of this choice on that day (Asia/Shanghai), in the order of the exchanges' groups.

    None for a group that is open already; no knowledge from who needs no score reports (R120).
    """
    wanted = groups_of(choice.chosen, table) - groups_of(choice.opened, table)
    tested = needs_score_reports(choice.chosen, choice.opened, table)
    rows = [row for row in body["rows"] if _holds(row, today) and (row["kind"] != "knowledge" or tested)]
    return tuple(
        _requirement(row, group, choice, table)
        for group in table["groups"]
        if group["code"] in wanted
        for row in rows
        if row["group"] == group["code"]
    )


def _holds(row: Mapping[str, Any], today: date) -> bool:
    began, ends = date.fromisoformat(row["valid_from"]), row["valid_to"]
    return began <= today and (ends is None or today <= date.fromisoformat(ends))


def _requirement(
    row: Mapping[str, Any], group: Mapping[str, Any], choice: Choice, table: Mapping[str, Any]
) -> Requirement:
    on_file = {choice.investor_class, *groups_of(choice.opened, table)}
    return Requirement(
        key=str(row["key"]),
        group=str(group["code"]),
        group_label=str(group["label"]),
        kind=str(row["kind"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        uploads=row["proof"] == CUSTOMER_UPLOADS,
        text=_text(row),
        exemptions=tuple(_exemptions(row["exemptions"], on_file)),
    )


def _text(row: Mapping[str, Any]) -> str:
    """The row's sentence with its amounts; money in units of 10 000 yuan."""
    amounts = dict(row["amounts"])
    if "funds_yuan" in amounts:
        amounts["funds_wan"] = f"{amounts['funds_yuan'] / 10_000:g}"
    return str(row["text"]).format_map(amounts)


def _exemptions(rows: Iterable[Mapping[str, Any]], on_file: set[str]) -> Iterable[Exemption]:
    """`on_file` of a row names the investor class or the open group that shows it."""
    return (Exemption(str(row["key"]), str(row["text"]), row["on_file"] in on_file) for row in rows)
