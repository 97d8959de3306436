"""Case (受理单): stored states, what may be done in each, and where an action leads.

Two tables decide everything: `ALLOWED` (state -> actions) and `LEADS_TO` (state, action -> state).
Names such as 待视频 or 待签署 are not states but the name of the current step (core/flow.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import WrongState


class State(StrEnum):
    """Stored state of a case."""

    FILLING = "filling"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    APPROVED = "approved"
    CALLBACK = "callback"
    ACTIVE = "active"
    DONE = "done"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    TERMINATED = "terminated"


STATE_TITLES: Mapping[State, str] = {
    State.FILLING: "填写中",
    State.SUBMITTED: "待复核",
    State.IN_REVIEW: "复核中",
    State.REJECTED: "已驳回",
    State.APPROVED: "已通过",
    State.CALLBACK: "待回访",
    State.ACTIVE: "已激活",
    State.DONE: "已完成",
    State.ABANDONED: "已放弃",
    State.EXPIRED: "已失效",
    State.TERMINATED: "已终止",
}

WITH_CUSTOMER = frozenset({State.FILLING, State.REJECTED})
OPEN_STATES = frozenset(
    {State.FILLING, State.REJECTED, State.SUBMITTED, State.IN_REVIEW, State.APPROVED, State.CALLBACK}
)
CLOSED_STATES = frozenset(State) - OPEN_STATES
AFTER_APPROVAL = frozenset({State.APPROVED, State.CALLBACK, State.ACTIVE, State.DONE})


class Action(StrEnum):
    """What can be done to a case; each is one use case with one audit tag."""

    ANSWER = "answer"
    WITNESS = "witness"
    WITNESS_REJECT = "witness_reject"
    SIGN = "sign"
    SUBMIT = "submit"
    ABANDON = "abandon"
    TAKE = "take"
    RELEASE = "release"
    APPROVE = "approve"
    REJECT = "reject"
    TERMINATE = "terminate"
    REPORT = "report"
    CALL_BACK = "call_back"
    ACTIVATE = "activate"
    FINISH = "finish"
    EXPIRE = "expire"


class Ending(StrEnum):
    """What follows the approval of a business; `APPROVED_AS` says in which state it waits for that."""

    ACCOUNT = "account"
    """An account number, trading codes, the phone callback, activation."""
    CODES = "codes"
    """Trading codes; finished when every exchange has answered."""
    FILE = "file"
    """What was handed in becomes the customer file; nothing else is to be done."""
    COUNTER = "counter"
    """Staff carry it out at the counter and record the outcome."""


_CUSTOMER = frozenset(
    {
        Action.ANSWER,
        Action.WITNESS,
        Action.WITNESS_REJECT,
        Action.SIGN,
        Action.SUBMIT,
        Action.ABANDON,
        Action.TERMINATE,
        Action.EXPIRE,
    }
)

ALLOWED: Mapping[State, frozenset[Action]] = {
    State.FILLING: _CUSTOMER,
    State.REJECTED: _CUSTOMER,
    State.SUBMITTED: frozenset({Action.TAKE, Action.ABANDON}),
    State.IN_REVIEW: frozenset(
        {Action.TAKE, Action.RELEASE, Action.APPROVE, Action.REJECT, Action.TERMINATE, Action.ABANDON}
    ),
    State.APPROVED: frozenset({Action.REPORT, Action.FINISH, Action.TERMINATE}),
    State.CALLBACK: frozenset({Action.REPORT, Action.CALL_BACK, Action.ACTIVATE, Action.TERMINATE}),
    **{state: frozenset() for state in CLOSED_STATES},
    State.ACTIVE: frozenset({Action.REPORT}),
    State.DONE: frozenset({Action.REPORT}),
}
"""An active account still gets the answers of exchanges that come after the callback, and corrections later."""

APPROVED_AS: Mapping[Ending, State] = {
    Ending.ACCOUNT: State.CALLBACK,
    Ending.CODES: State.APPROVED,
    Ending.FILE: State.DONE,
    Ending.COUNTER: State.APPROVED,
}

LEADS_TO: Mapping[tuple[State, Action], State] = {
    (State.FILLING, Action.SUBMIT): State.SUBMITTED,
    (State.REJECTED, Action.SUBMIT): State.SUBMITTED,
    (State.FILLING, Action.WITNESS_REJECT): State.REJECTED,
    (State.SUBMITTED, Action.TAKE): State.IN_REVIEW,
    (State.IN_REVIEW, Action.RELEASE): State.SUBMITTED,
    (State.IN_REVIEW, Action.REJECT): State.REJECTED,
    (State.CALLBACK, Action.ACTIVATE): State.ACTIVE,
    (State.APPROVED, Action.FINISH): State.DONE,
    **{(s, Action.ABANDON): State.ABANDONED for s in ALLOWED if Action.ABANDON in ALLOWED[s]},
    **{(s, Action.TERMINATE): State.TERMINATED for s in ALLOWED if Action.TERMINATE in ALLOWED[s]},
    **{(s, Action.EXPIRE): State.EXPIRED for s in WITH_CUSTOMER},
}


@dataclass(frozen=True)
class Case:
    """One 受理单. `owner` is `phone:<index>` or `customer:<id>`; times are aware UTC."""

    id: str
    firm_id: str
    number: str
    business: str
    owner: str
    branch_id: str
    state: State
    version: int
    created_at: datetime
    updated_at: datetime
    rules: Mapping[str, int] = field(default_factory=dict)
    current_step: str = ""
    customer_id: str | None = None
    flags: tuple[str, ...] = ()
    clear: Mapping[str, Any] = field(default_factory=dict)
    submitted_at: datetime | None = None
    due_at: datetime | None = None
    reviewer_id: str | None = None
    reviewer_until: datetime | None = None
    closed_at: datetime | None = None
    remark: str = ""

    @property
    def open(self) -> bool:
        """Whether the case still blocks another business of the customer (R066)."""
        return self.state in OPEN_STATES


def require(case: Case, action: Action) -> None:
    """Raise `WrongState` unless the case's state allows the action."""
    if action not in ALLOWED[case.state]:
        raise WrongState


def next_state(state: State, action: Action) -> State:
    """State after an allowed action; an action without an entry leaves the state as it is.

    An approval leads where its business ends: `APPROVED_AS`.
    """
    if action not in ALLOWED[state]:
        raise WrongState
    return LEADS_TO.get((state, action), state)
