"""Closed lists that fields refer to: what the program knows (steps, businesses, captures) and what other kinds hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.businesses import BUSINESSES
from core.rule_kinds.fields import Options, Scope
from core.steps.photos import ALL_SLOTS
from core.steps.profile_fields import FIELDS
from core.steps.witness import CAPTURES, HEAD_CLIP

BUSINESS_TITLES: Options = {key: each.title for key, each in BUSINESSES.items()}
_STEPS = [step for each in BUSINESSES.values() for step in each.steps]
STEP_TITLES: Options = {step.key: step.title for step in reversed(_STEPS)}
"""As 开户 calls them: other businesses have names of their own for some."""
PROFILE_TITLES: Options = {each.key: each.title for each in FIELDS}
CASE_FIELDS: Options = {
    **PROFILE_TITLES, **ALL_SLOTS, **CAPTURES,
    "card_number": "银行卡号", "bank": "银行", "exchanges": "交易所", "score_reports": "成绩报告单",
}  # fmt: skip
"""Places of a case at which a reject reason may point."""
SPOKEN_FACTS: Options = {**PROFILE_TITLES, "bank": "银行", "exchanges": "交易所", "birth_date": "出生日期"}
EVIDENCE: Options = {"mark": "勾选", "note": "备注", "result": "结果", **CAPTURES, HEAD_CLIP: "正面视频"}
CAPTURE_TITLES: Options = {**CAPTURES, HEAD_CLIP: "正面视频"}
STAGES: Options = {"witness": "见证", "review": "复核", "callback": "回访"}
INSISTED: Options = {"insisted": "客户坚持开立时"}
SITUATIONS: Options = {"insisted": "客户坚持开立时", "assisted": "有人协助时"}
INVESTOR_CLASSES: Options = {"ordinary": "普通投资者", "professional": "专业投资者"}


def rows_of(kind: str, rows: str, key: str = "code", title: str = "name") -> Any:
    """Options from the rows of another kind, or of the body itself when it is of that kind."""

    def source(scope: Scope) -> Options:
        return _named(_part(scope.others.get(kind), rows), key, title)

    return source


def own_rows(rows: str, key: str = "key", title: str = "text") -> Any:
    """Options from rows of the same body."""

    def source(scope: Scope) -> Options:
        return _named(_part(scope.body, rows), key, title)

    return source


def _part(body: Any, name: str) -> Any:
    """A part of a body that may be wrong in any way while it is being written."""
    return body.get(name) if isinstance(body, Mapping) else None


def _named(rows: Any, key: str, title: str) -> Options:
    if not isinstance(rows, list):
        return {}
    return {str(row[key]): str(row.get(title) or row[key]) for row in rows if isinstance(row, Mapping) and key in row}


def notice_keys(scope: Scope) -> Options:
    """The notices of the firm by key."""
    notices = _part(scope.others.get("notices"), "notices")
    return (
        {key: str(_part(row, "title") or key) for key, row in notices.items()} if isinstance(notices, Mapping) else {}
    )


def groups_and_options(scope: Scope) -> Options:
    """Groups of exchanges, and options on commodities, which have conditions of their own."""
    return {**rows_of("exchanges", "groups", title="label")(scope), "commodity_option": "商品期权"}


def groups_or_class(scope: Scope) -> Options:
    """What the firm's own data may show: a class of investor, or a group that is open."""
    return {"professional": "专业投资者", **rows_of("exchanges", "groups", title="label")(scope)}


def own_branches(scope: Scope) -> Options:
    """Branches by id."""
    branches: Options = scope.others.get("branches", {})
    return branches


def branches_of(scope: Scope) -> Options:
    """Branches by id, with 全部 for all of them."""
    return {"": "全部营业部", **own_branches(scope)}
