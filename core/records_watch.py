"""Records of what watches over cases: shared marks of persons, the block list, samples for quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MARKS = {"id_number": "身份证号", "phone": "手机号码", "card": "银行卡", "device": "设备"}
"""What two cases may have in common."""
BLOCKED_BY = {"id_number": "身份证号", "phone": "手机号码"}
VERDICTS = {"same_person": "同一人", "family": "家人", "no_concern": "无须处理", "refuse": "拒绝"}
SAMPLED = {"call": "视频见证", "review": "复核"}
RESULTS = {"good": "合格", "minor": "轻微问题", "bad": "不合格"}


@dataclass(frozen=True)
class Block:
    """An entry of the block list; `body` has value and reason. States: waiting, active, refused, lifted."""

    id: str
    kind: str
    state: str
    body: Mapping[str, str]
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Sample:
    """A finished call (`ref`: ticket) or review (`ref`: decision) that is checked again by somebody else."""

    id: str
    kind: str
    ref: str
    case_id: str
    done_by: str
    done_at: datetime
    drawn_at: datetime
    draw: Mapping[str, Any] = field(default_factory=dict)
    checked_by: str | None = None
    checked_at: datetime | None = None
    result: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Finished:
    """A call or review that ended: what can be drawn."""

    kind: str
    ref: str
    case_id: str
    done_by: str
    done_at: datetime
