"""The two tables of a case: state -> allowed actions, and where an action leads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.businesses import BUSINESSES
from core.case import (
    ALLOWED,
    APPROVED_AS,
    CLOSED_STATES,
    LEADS_TO,
    OPEN_STATES,
    STATE_TITLES,
    WITH_CUSTOMER,
    Action,
    Case,
    Ending,
    State,
    next_state,
    require,
)
from core.errors import WrongState

NOW = datetime(2026, 3, 2, tzinfo=UTC)
A, S = Action, State
CUSTOMER = {
    A.ANSWER: None, A.WITNESS: None, A.WITNESS_REJECT: S.REJECTED, A.SIGN: None, A.SUBMIT: S.SUBMITTED,
    A.ABANDON: S.ABANDONED, A.TERMINATE: S.TERMINATED, A.EXPIRE: S.EXPIRED,
}  # fmt: skip
TABLE: dict[State, dict[Action, State | None]] = {
    S.FILLING: CUSTOMER,
    S.REJECTED: {**CUSTOMER, A.WITNESS_REJECT: None},
    S.SUBMITTED: {A.TAKE: S.IN_REVIEW, A.ABANDON: S.ABANDONED},
    S.IN_REVIEW: {
        A.TAKE: None, A.RELEASE: S.SUBMITTED, A.APPROVE: None, A.REJECT: S.REJECTED,
        A.TERMINATE: S.TERMINATED, A.ABANDON: S.ABANDONED,
    },
    S.APPROVED: {A.REPORT: None, A.FINISH: S.DONE, A.TERMINATE: S.TERMINATED},
    S.CALLBACK: {A.REPORT: None, A.CALL_BACK: None, A.ACTIVATE: S.ACTIVE, A.TERMINATE: S.TERMINATED},
    S.ACTIVE: {A.REPORT: None},
    S.DONE: {A.REPORT: None},
    S.ABANDONED: {}, S.EXPIRED: {}, S.TERMINATED: {},
}  # fmt: skip
"""What may happen in each state and where it leads; None: the state stays."""


def case(state: State) -> Case:
    return Case("c1", "f1", "8001260302000001", "open_account", "phone:1", "b1", state, 1, NOW, NOW)


@pytest.mark.parametrize("state", State)
def test_exactly_these_actions_are_allowed(state: State) -> None:
    for action in Action:
        if action in TABLE[state]:
            require(case(state), action)
        else:
            with pytest.raises(WrongState):
                require(case(state), action)
    assert ALLOWED[state] == set(TABLE[state])


@pytest.mark.parametrize("state", State)
def test_each_action_leads_where_the_table_says(state: State) -> None:
    for action in Action:
        if action in TABLE[state]:
            assert next_state(state, action) is (TABLE[state][action] or state)
        else:
            with pytest.raises(WrongState):
                next_state(state, action)


def test_no_transition_is_declared_for_a_forbidden_action() -> None:
    assert all(action in ALLOWED[state] for state, action in LEADS_TO)


def test_open_and_closed_states_share_all_states_between_them() -> None:
    assert set(State) == OPEN_STATES | CLOSED_STATES
    assert not OPEN_STATES & CLOSED_STATES
    assert WITH_CUSTOMER < OPEN_STATES
    assert {s for s in State if case(s).open} == OPEN_STATES


def test_a_closed_state_is_never_left() -> None:
    assert all(next_state(state, action) is state for state in CLOSED_STATES for action in ALLOWED[state])


def test_every_state_can_be_reached() -> None:
    assert set(State) == {S.FILLING, *LEADS_TO.values(), *APPROVED_AS.values()}


def test_every_ending_says_where_an_approval_leads() -> None:
    assert set(APPROVED_AS) == set(Ending)
    assert {business.ending for business in BUSINESSES.values()} == set(Ending)


def test_every_state_has_a_title_of_its_own() -> None:
    assert set(STATE_TITLES) == set(State)
    assert len(set(STATE_TITLES.values())) == len(State)
