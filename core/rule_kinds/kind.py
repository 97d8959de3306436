"""A kind of firm data: its subject, its description, and the rules between its parts and the other kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.rule_kinds.fields import Found
from core.rule_kinds.groups import Group


class Subject(StrEnum):
    """Where a kind stands on the page 规则设置."""

    TIMES = "服务时间与预约"
    SUITABILITY = "适当性与准入"
    BUSINESSES = "业务与时限"
    CALLS = "视频验证与回访"
    TEXTS = "短信、提示与说明"
    LISTS = "交易所、银行与选项"
    PAPERS = "协议与保存期限"
    REPORTING = "监控中心"


Check = Callable[[Any, Mapping[str, Any]], Found]
"""Rules that a single field cannot hold; gets the body and the newest bodies of all kinds, a right shape is certain."""

CheckAgainst = Callable[[Any, Mapping[str, Any], date | None, Sequence[Any]], Found]
"""Rules that hold against the past: body, bodies of all kinds, day, and every earlier body, the newest first."""


@dataclass(frozen=True)
class Kind:
    """`page` names the page of its own that edits this kind; empty: the form made from `shape`."""

    key: str
    title: str
    subject: Subject
    shape: Group
    help: str = ""
    checks: tuple[Check, ...] = ()
    against: tuple[CheckAgainst, ...] = ()
    page: str = ""
