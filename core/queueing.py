"""The queue in plain figures: how long things may last, lists of reasons, and how long a customer will wait.

A ticket is waiting -> offered (rings at one member of staff) -> in_call -> done, or abandoned. A member of staff is
online, busy, break or wrap_up; who is in none of these is offline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

LEASE = timedelta(seconds=90)
"""How long a call stays with a witness whose page is silent before the customer returns to the head.

The same time ends the duty of a page that is silent.
"""

ALIVE = timedelta(seconds=90)
"""How long a waiting customer may be silent (hidden tab, reload, network change) before the place is lost."""

HEARTBEAT = timedelta(seconds=8)
"""How often the waiting page and the witness page say that they are there."""

RINGABLE = timedelta(seconds=30)
"""Nobody is rung at whose page was silent for longer: the bell would not be heard."""

OFFER_REST = timedelta(seconds=60)
"""After a customer was declined or released, the same member of staff is not rung for that customer so long."""

HISTORY = timedelta(days=30)
HISTORY_CALLS, HISTORY_LEAST = 50, 5
"""Handling time: from the last 50 calls of 30 days; fewer than five say nothing."""

MESSAGE_LENGTH = 200

ANY_BUSINESS = "*"
"""In a skill: every business of the branch. Whoever has no skill is offered nobody."""

BREAK_REASONS: Mapping[str, str] = {"meal": "用餐", "rest": "休息", "meeting": "会议或培训", "paperwork": "处理资料"}
MISSED_OFFERS = "missed_offers"
"""Reason of the break of somebody who missed two customers in a row."""
MISSED_OFFER = "missed_offer"
"""Reason of the time online after the first customer that was missed."""

RECUSED = "recused"
"""Decline reason for as long as a ticket lives: whoever knows the customer does not witness (independence)."""
RECUSED_FOR = timedelta(days=3)
"""No ticket waits longer: closing time ends each of them."""
DECLINE_REASONS: Mapping[str, str] = {
    RECUSED: "认识该客户，回避",
    "device": "设备或网络故障",
    "business": "不办理该业务",
    "urgent": "临时有事",
}
DEVIATION_REASONS: Mapping[str, str] = {
    "assistance": "年长或行动不便",
    "interrupted": "此前通话中断",
    "complaint": "投诉处理",
    "deadline": "客户时间紧迫",
    "staffing": "该营业部无人值守",
    "language": "方言或语言需要",
}
"""Why a supervisor departs from the order of joining. A list, so that no personal value gets into the ledger."""
CLAIM_REASONS: Mapping[str, str] = {
    "ahead": "主管提前",
    "reservation": "预约优先",
    "skill": "见证人员不办理该业务或已回避",
}
"""Why a claim passed over somebody who had joined earlier."""

STATUS_TITLES: Mapping[str, str] = {
    "online": "在线", "busy": "通话中", "break": "小休", "wrap_up": "整理", "offline": "离线",
}  # fmt: skip


@dataclass(frozen=True)
class QueueTimes:
    """What a firm sets for its queue (`thresholds.queue`)."""

    ring: timedelta
    wrap_up: timedelta
    alone: timedelta
    call: timedelta


def queue_times(thresholds: Mapping[str, Any]) -> QueueTimes:
    """The firm's times; a firm founded before a setting existed has its default."""
    found = thresholds["queue"]
    return QueueTimes(
        ring=timedelta(seconds=found.get("ring_seconds", 20)),
        wrap_up=timedelta(seconds=found.get("wrap_up_seconds", 60)),
        alone=timedelta(minutes=found["alone_hint_minutes"]),
        call=timedelta(minutes=found.get("default_call_minutes", 5)),
    )


def handling_time(branch: Sequence[timedelta], firm: Sequence[timedelta], default: timedelta) -> timedelta:
    """How long one call takes: from the branch's last calls, else from the firm's, else the firm's default."""
    for calls in (branch, firm):
        if len(calls) >= HISTORY_LEAST:
            return trimmed_mean(calls)
    return default


def trimmed_mean(lengths: Sequence[timedelta]) -> timedelta:
    """Mean without the longest and the shortest tenth: one forgotten call does not frighten everybody."""
    cut = len(lengths) // 10
    kept = sorted(lengths)[cut : len(lengths) - cut]
    return sum(kept, timedelta()) / len(kept)


def expected_wait(position: int, handling: timedelta, staff: int) -> timedelta | None:
    """position x handling time / staff on duty; None when nobody is on duty: then no number is said."""
    return position * handling / staff if staff else None


def wait_in_minutes(expected: timedelta) -> tuple[int, int]:
    """The range that is shown: 0.7 to 1.2 of the estimate, in whole minutes from 1 on (notes: P10 and P90)."""
    minutes = expected.total_seconds() / 60
    low = max(1, round(0.7 * minutes))
    return low, max(low, round(1.2 * minutes))
