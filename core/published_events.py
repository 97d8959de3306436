"""Events of a case that other systems may hear of: what a change of state means, without anything personal."""

from __future__ import annotations

from collections.abc import Mapping

from core.case import AFTER_APPROVAL, State

EVENT_TITLES: Mapping[str, str] = {
    "case.submitted": "已提交复核",
    "case.rejected": "已驳回",
    "case.approved": "已通过复核",
    "case.activated": "已激活",
    "case.done": "已完成",
    "case.abandoned": "已放弃",
    "case.expired": "已失效",
    "case.terminated": "已终止",
}
"""Every kind of event -> its name on the staff's pages."""
_ENDS: Mapping[State, str] = {
    State.REJECTED: "case.rejected",
    State.ACTIVE: "case.activated",
    State.DONE: "case.done",
    State.ABANDONED: "case.abandoned",
    State.EXPIRED: "case.expired",
    State.TERMINATED: "case.terminated",
}


def events_of(before: State, after: State) -> tuple[str, ...]:
    """The kinds of event that a change of state is, in order; none for steps within the firm (taking, releasing).

    >>> events_of(State.IN_REVIEW, State.DONE)
    ('case.approved', 'case.done')
    """
    found = []
    if after is State.SUBMITTED and before is not State.IN_REVIEW:
        found.append("case.submitted")
    if before is State.IN_REVIEW and after in AFTER_APPROVAL:
        found.append("case.approved")
    if after is not before and after in _ENDS:
        found.append(_ENDS[after])
    return tuple(found)
