"""The work lists, each declared once: what it asks for, in which order, who sees it, what is done from it.

db/stores/work_lists.py turns `Where` into SQL; counts, rows and pages follow from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.businesses import BUSINESSES, BY_FIRM
from core.case import WITH_CUSTOMER, Ending, State
from core.flow import Rules
from core.permissions import Permission
from core.records_casework import Order, Where

REVIEW = frozenset({State.SUBMITTED, State.IN_REVIEW})
AT_STAFF = REVIEW | {State.APPROVED, State.CALLBACK}
REPORTED = frozenset({State.APPROVED, State.CALLBACK, State.ACTIVE})
RISKS = frozenset({"dishonesty", "duplicate", "follow_up", "pep", "recording"})
"""Flags that make a case one of 高风险."""
COUNTER = frozenset(key for key, business in BUSINESSES.items() if business.ending is Ending.COUNTER)


@dataclass(frozen=True)
class WorkListSpec:
    """One list. `action` names the page where its main action is done (pages/staff/work.py)."""

    key: str
    title: str
    where: Callable[[Rules], Where]
    order: Order
    permission: Permission
    action: str
    empty: str


def _expiring(rules: Rules) -> Where:
    expiry = rules["business_rules"]["expiry"]
    silent = timedelta(days=int(expiry["days"]) - int(expiry["notice_days"]))
    return Where(WITH_CUSTOMER, silent_for=silent, businesses=frozenset(BUSINESSES) - BY_FIRM)


def _due_soon(rules: Rules) -> Where:
    return Where(AT_STAFF, due_within=timedelta(hours=int(rules["case_work"]["due_soon_hours"])))


def _where(states: frozenset[State], **parts: object) -> Callable[[Rules], Where]:
    wanted = Where(states, **parts)  # type: ignore[arg-type]
    return lambda _rules: wanted


_P = Permission
LISTS: tuple[WorkListSpec, ...] = (
    WorkListSpec("review", "待复核", _where(REVIEW, snoozed=False), Order.DUE, _P.CASE_APPROVE, "review",
                 "没有等待复核的业务。客户提交后会出现在这里。"),
    WorkListSpec("returned", "驳回后重交", _where(REVIEW, returned=True, snoozed=False), Order.DUE, _P.CASE_APPROVE,
                 "review", "没有驳回后重新提交的业务。"),
    WorkListSpec("risk", "高风险", _where(REVIEW | {State.CALLBACK}, flags=RISKS, snoozed=False), Order.DUE,
                 _P.CASE_WORK, "file", "没有带风险标记的业务。"),
    WorkListSpec("tasks", "待核实", _where(AT_STAFF, tasks=True), Order.SINCE, _P.CASE_WORK, "file",
                 "没有要核实的事项。在线回访有异常答案时会出现在这里。"),
    WorkListSpec("callback", "待回访", _where(frozenset({State.CALLBACK}), snoozed=False), Order.DUE,
                 _P.CALLBACK_RECORD, "callback", "没有等待回访的业务。复核通过后会出现在这里。"),
    WorkListSpec("counter", "柜台办理", _where(frozenset({State.APPROVED}), businesses=COUNTER, snoozed=False),
                 Order.SINCE, _P.CASE_REPORT, "counter", "没有等待柜台办理的业务。"),
    WorkListSpec("overdue", "超时", _where(AT_STAFF, overdue=True), Order.DUE, _P.CASE_WORK, "file",
                 "没有超过承诺时间的业务。"),
    WorkListSpec("soon", "即将超时", _due_soon, Order.DUE, _P.CASE_WORK, "file", "没有快到承诺时间的业务。"),
    WorkListSpec("mine", "我的", _where(AT_STAFF, holder="me"), Order.DUE, _P.CASE_WORK, "file",
                 "您手上没有业务。领取或分配给您的会出现在这里。"),
    WorkListSpec("unheld", "无人领取", _where(AT_STAFF, holder="nobody", snoozed=False), Order.SINCE, _P.CASE_WORK,
                 "file", "每笔业务都有人处理。"),
    WorkListSpec("escalated", "已上报", _where(AT_STAFF, escalated=True), Order.ESCALATED, _P.CASE_WORK, "file",
                 "没有上报主管的业务。"),
    WorkListSpec("snoozed", "已延后", _where(AT_STAFF, snoozed=True), Order.SNOOZED, _P.CASE_WORK, "file",
                 "没有延后处理的业务。到时间后会自动回到原来的列表。"),
    WorkListSpec("expiring", "即将失效", _expiring, Order.SILENT, _P.CASE_WORK, "customer",
                 "没有即将失效的业务。客户长时间没有继续办理时会出现在这里。"),
)  # fmt: skip
BY_KEY: Mapping[str, WorkListSpec] = {spec.key: spec for spec in LISTS}
if len(BY_KEY) != len(LISTS):
    raise ValueError("two work lists have the same key")
CALLED_BACK = Where(frozenset({State.CALLBACK}))
REVIEWED = Where(REVIEW)
REPORTING = Where(REPORTED, requests=True)
AT_COUNTER = Where(frozenset({State.APPROVED}), businesses=COUNTER)
"""What the pages of one stage each ask for: everything of the stage, put off or not."""
