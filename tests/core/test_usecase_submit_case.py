"""Answer the follow-up and submit: once, complete, with the promised time (R167-R173)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.actor import Actor
from core.case import State
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.flow import Checked
from core.usecases.abandon_case import abandon_case
from core.usecases.certificates import apply_again
from core.usecases.submit_case import submit, submit_follow_up
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench


def hand_in(bench: Bench, walk: Walk, *, confirmed: bool = True, **changes: str) -> Checked:
    given = {**walk.follow_up_answers(bench), **changes}
    return submit_follow_up(bench.desk, walk.actor, walk.case_id, given, confirmed=confirmed)


def test_a_complete_case_is_handed_in_with_its_promise(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert hand_in(bench, walk).ok
    case = walk.case(bench)
    assert (case.state, case.current_step, case.remark) == (State.SUBMITTED, "submit", "")
    assert case.submitted_at is not None and abs((bench.now - case.submitted_at).total_seconds()) < 1
    assert case.due_at == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
    assert bench.tags()[-2:] == ["customer:step:save", "customer:case:submit"]


def test_answers_and_submission_are_one_transaction(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert walk.answer(bench, "profile", walk.profile_values(contact_address="样张路 200 号 3 室")) == {}
    with pytest.raises(WrongState):
        hand_in(bench, walk)
    assert walk.case(bench).state is State.FILLING
    assert "follow_up" not in walk.facts(bench).answers


def test_every_question_and_the_confirmation_are_needed(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert list(hand_in(bench, walk, f03="", f05="zz").errors) == ["f03", "f05"]
    assert list(hand_in(bench, walk, confirmed=False).errors) == ["confirmed"]
    assert walk.case(bench).state is State.FILLING
    assert "follow_up" not in walk.facts(bench).answers


def test_a_red_flag_goes_to_the_reviewer_and_blocks_nothing(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert hand_in(bench, walk, f01="b", f12="c").ok
    assert walk.facts(bench).values("follow_up")["flags"] == ["f01", "f12"]
    assert "follow_up" in walk.case(bench).flags


def test_who_insisted_is_asked_about_it(bench: Bench) -> None:
    walk = case_at(bench, "follow_up", level="C2")
    given = walk.follow_up_answers(bench)
    assert "f07" in given
    without = {key: value for key, value in given.items() if key != "f07"}
    checked = submit_follow_up(bench.desk, walk.actor, walk.case_id, without, confirmed=True)
    assert list(checked.errors) == ["f07"]


# -- repetition
def test_submitting_twice_is_the_same_as_once(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    hand_in(bench, walk)
    case = walk.case(bench)
    assert hand_in(bench, walk).ok
    assert walk.case(bench) == case
    assert bench.tags().count("customer:case:submit") == 1


@pytest.mark.parametrize("place", ["in_review", "callback", "active"])
def test_a_late_second_tab_changes_nothing(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    case = walk.case(bench)
    assert hand_in(bench, walk, f01="b").ok
    assert walk.case(bench) == case
    assert walk.facts(bench).values("follow_up")["flags"] == []


def test_a_case_that_changed_meanwhile_is_stale(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert walk.answer(bench, "follow_up", {"answers": walk.follow_up_answers(bench), "confirmed": True}) == {}
    old = walk.case(bench)
    assert walk.answer(bench, "profile", walk.profile_values(education="master")) == {}
    with bench.work() as work, pytest.raises(Stale):
        submit(work, walk.actor, old)
    assert walk.case(bench).state is State.FILLING


# -- not complete
@pytest.mark.parametrize("place", ["device", "photos", "agreements", "witness", "in_call", "certificate", "sign"])
def test_an_unfinished_case_cannot_be_handed_in(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        submit_follow_up(bench.desk, walk.actor, walk.case_id, {}, confirmed=True)
    with bench.work() as work, pytest.raises(WrongState, match="还有步骤没有完成"):
        submit(work, walk.actor, work.cases.get(walk.case_id))
    assert walk.case(bench).state is State.FILLING


def test_documents_of_an_older_certificate_cannot_be_handed_in(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert walk.answer(bench, "follow_up", {"answers": walk.follow_up_answers(bench), "confirmed": True}) == {}
    apply_again(bench.desk, walk.actor, walk.case_id)
    walk.be_witnessed(bench)
    walk.do_certificate(bench)
    with pytest.raises(WrongState):
        hand_in(bench, walk)
    with bench.work() as work, pytest.raises(WrongState, match="签署协议"):
        submit(work, walk.actor, work.cases.get(walk.case_id))
    walk.do_sign(bench)
    assert hand_in(bench, walk).ok
    assert {document.body["kid"] for document in walk.documents(bench)} == {walk.device.kid}


def test_documents_that_no_longer_apply_are_not_handed_in(bench: Bench) -> None:
    walk = case_at(bench, "follow_up", level="C2")
    assert "high_risk_warning" in {d.code for d in walk.documents(bench)}
    walk.level = "C4"
    walk.do_suitability(bench)
    walk.do_agreements(bench)
    walk.do_sign(bench)
    assert hand_in(bench, walk).ok
    assert "high_risk_warning" not in {d.code for d in walk.documents(bench)}
    assert all(d.state == "signed" for d in walk.documents(bench))


# -- wrong state, wrong people
def test_what_was_given_up_is_not_handed_in(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(WrongState):
        hand_in(bench, walk)
    assert walk.case(bench).state is State.ABANDONED


def test_only_the_owner_hands_in(bench: Bench) -> None:
    walk, other = case_at(bench, "follow_up"), case_at(bench, "device", person=LI)
    given = walk.follow_up_answers(bench)
    intruders = [(other.actor, NotAllowed), (bench.staff("review"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(error):
            submit_follow_up(bench.desk, actor, walk.case_id, given, confirmed=True)
    assert walk.case(bench).state is State.FILLING
