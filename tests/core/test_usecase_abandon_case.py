"""The customer gives a business up: allowed until the approval, once, and everything held is let go (R180, R187)."""

from __future__ import annotations

import pytest

from core.actor import Actor
from core.case import State
from core.errors import NotAllowed, NotFound, WrongState
from core.usecases.abandon_case import abandon_case
from core.usecases.start_case import start_case
from tests.builders import LI, ZHANG, case_at
from tests.desk_bench import Bench


@pytest.mark.parametrize("place", ["device", "witness", "in_call", "sign", "submitted", "in_review"])
def test_a_case_can_be_given_up_until_it_is_approved(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    case = walk.case(bench)
    assert (case.state, case.reviewer_id, case.reviewer_until) == (State.ABANDONED, None, None)
    assert case.closed_at is not None
    assert bench.audit()[-1] == ("customer:case:abandon", f"case:{walk.case_id}", {})


@pytest.mark.parametrize("place", ["callback", "active"])
def test_an_approved_case_cannot_be_given_up(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    state = walk.case(bench).state
    with pytest.raises(WrongState):
        abandon_case(bench.desk, walk.actor, walk.case_id)
    assert walk.case(bench).state is state


def test_giving_up_twice_is_refused_and_changes_nothing(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    case = walk.case(bench)
    with pytest.raises(WrongState):
        abandon_case(bench.desk, walk.actor, walk.case_id)
    assert walk.case(bench) == case


@pytest.mark.parametrize(("place", "state"), [("witness", "waiting"), ("in_call", "in_call")])
def test_the_place_in_the_queue_is_let_go(bench: Bench, place: str, state: str) -> None:
    walk = case_at(bench, place)
    ticket = walk.join(bench)
    assert ticket.state == state
    abandon_case(bench.desk, walk.actor, walk.case_id)
    with bench.work() as work:
        found = work.queue.find(ticket.id)
        assert found is not None and (found.state, found.lease_until) == ("abandoned", None)
        assert work.queue.find_live(walk.case_id) is None
        assert work.queue.find_held("witness") is None


def test_another_business_can_start_afterwards(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert start_case(bench.desk, walk.actor, "open_account", "b1", ZHANG.phone).id != walk.case_id


def test_only_the_owner_gives_up(bench: Bench) -> None:
    walk, other = case_at(bench, "photos"), case_at(bench, "device", person=LI)
    intruders = [(other.actor, NotAllowed), (bench.staff("review"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(error):
            abandon_case(bench.desk, actor, walk.case_id)
    with pytest.raises(NotFound):
        abandon_case(bench.desk, walk.actor, "nonsense")
    assert walk.case(bench).state is State.FILLING
