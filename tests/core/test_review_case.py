"""Review: taking, giving back, approving, rejecting; who may not, and what each leaves behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import limits
from core.actor import Actor, Role
from core.case import Case, State
from core.errors import NotAllowed, NotFound, WrongState
from core.records import Customer
from core.usecases.abandon_case import abandon_case
from core.usecases.decide_match import decide_match, matches_of
from core.usecases.loading import load
from core.usecases.review_case import approve_case, reject_review, release_case, take_case
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench

OTHERS = [role for role in Role if role is not Role.REVIEW]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return made.make_bench(tmp_path)


@pytest.fixture
def case_id(bench: Bench) -> str:
    found = made.submitted_case(bench)
    bench.pass_time(timedelta(minutes=5))
    return found


def reviewer() -> Actor:
    return made.staff(made.REVIEWER)


def stored(bench: Bench, case_id: str) -> Case:
    with bench.desk.read(made.FIRM.id) as work:
        return work.cases.get(case_id)


def sent(bench: Bench) -> list[str]:
    with bench.desk.read(made.FIRM.id) as work:
        return [message.template for message in work.jobs.recent_sms(work.now - timedelta(days=1))]


# -- take and release
def test_taking_locks_the_case_for_a_quarter_of_an_hour(bench: Bench, case_id: str) -> None:
    case = take_case(bench.desk, reviewer(), case_id)
    assert (case.state, case.reviewer_id) == (State.IN_REVIEW, made.REVIEWER)
    assert stored(bench, case_id).reviewer_until == bench.clock[0] + limits.REVIEW_IDLE
    with pytest.raises(WrongState, match="其他同事"):
        take_case(bench.desk, made.staff(made.SECOND), case_id)


def test_taking_again_renews_the_lock_without_another_audit_row(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    bench.pass_time(timedelta(minutes=10))
    take_case(bench.desk, reviewer(), case_id)
    assert stored(bench, case_id).reviewer_until == bench.clock[0] + limits.REVIEW_IDLE
    assert [tag for tag, _, _ in made.audit_tags(bench)].count("staff:case:take") == 1


def test_an_idle_case_is_free_for_others(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    bench.pass_time(limits.REVIEW_IDLE)
    assert take_case(bench.desk, made.staff(made.SECOND), case_id).reviewer_id == made.SECOND


def test_the_witness_of_a_case_never_reviews_it(bench: Bench, case_id: str) -> None:
    with pytest.raises(NotAllowed, match="见证过"):
        take_case(bench.desk, made.staff(made.WITNESS), case_id)
    assert stored(bench, case_id).state is State.SUBMITTED


def test_only_its_holder_gives_a_case_back(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    release_case(bench.desk, made.staff(made.SECOND), case_id)
    assert stored(bench, case_id).state is State.IN_REVIEW
    release_case(bench.desk, reviewer(), case_id)
    case = stored(bench, case_id)
    assert (case.state, case.reviewer_id, case.reviewer_until) == (State.SUBMITTED, None, None)


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_cannot_take(bench: Bench, case_id: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        take_case(bench.desk, made.staff(made.REVIEWER, role), case_id)


def test_customers_and_other_firms_cannot_take(bench: Bench, case_id: str) -> None:
    with pytest.raises(NotAllowed):
        take_case(bench.desk, made.owner(), case_id)
    with pytest.raises(NotFound):
        take_case(bench.desk, Actor("f2", "staff:s2", frozenset({Role.REVIEW})), case_id)


@pytest.mark.parametrize("state", [State.FILLING, State.REJECTED, State.CALLBACK, State.ACTIVE, State.ABANDONED])
def test_only_a_submitted_case_can_be_taken(bench: Bench, state: State) -> None:
    case_id = made.case_in(bench, state)
    with pytest.raises(WrongState):
        take_case(bench.desk, reviewer(), case_id)


# -- approve
def test_approving_hands_out_account_requests_customer_and_message(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    number = approve_case(bench.desk, reviewer(), case_id)
    case = stored(bench, case_id)
    assert number == "01000001"
    assert (case.state, case.reviewer_id) == (State.CALLBACK, made.REVIEWER)
    with bench.desk.read(made.FIRM.id) as work:
        customer = work.people.find_customer(id_number=made.id_number())
        requests = work.results.requests(case_id)
    assert customer is not None and (customer.id, customer.capital_account) == (case.customer_id, number)
    assert [(r.exchange, r.state) for r in requests] == [("DCE", "waiting"), ("SHFE", "waiting")]
    assert sent(bench) == ["approved"]
    assert ("staff:case:approve", f"case:{case_id}", "") in made.audit_tags(bench)


def test_every_case_gets_an_account_of_its_own(bench: Bench) -> None:
    numbers = []
    for order in (1, 2, 3):
        found = made.submitted_case(bench, order)
        take_case(bench.desk, reviewer(), found)
        numbers.append(approve_case(bench.desk, reviewer(), found))
    assert numbers == ["01000001", "01000002", "01000003"]


def test_approving_twice_is_refused(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    approve_case(bench.desk, reviewer(), case_id)
    with pytest.raises(WrongState):
        approve_case(bench.desk, reviewer(), case_id)


def test_only_the_holder_decides(bench: Bench, case_id: str) -> None:
    with pytest.raises(WrongState):
        approve_case(bench.desk, reviewer(), case_id)
    take_case(bench.desk, made.staff(made.SECOND), case_id)
    for decide in (lambda: approve_case(bench.desk, reviewer(), case_id),
                   lambda: reject_review(bench.desk, reviewer(), case_id, ["D02"], "", "")):  # fmt: skip
        with pytest.raises(NotAllowed, match="领取"):
            decide()
    assert stored(bench, case_id).state is State.IN_REVIEW


def test_an_incomplete_case_cannot_be_approved(bench: Bench) -> None:
    found = made.submitted_case(bench, postcode="")
    take_case(bench.desk, reviewer(), found)
    with pytest.raises(WrongState, match="个人基本资料"):
        approve_case(bench.desk, reviewer(), found)


def test_a_person_who_has_an_account_is_not_given_another(bench: Bench, case_id: str) -> None:
    with bench.work() as work:
        work.people.add_customer(
            Customer("old", "C1", made.NAME, made.id_number(), made.PHONE, (), "ordinary", "C3", "01999999")
        )
    take_case(bench.desk, reviewer(), case_id)
    with pytest.raises(WrongState, match="相同的身份证号"):
        approve_case(bench.desk, reviewer(), case_id)
    for match in matches_of(bench.desk, reviewer(), case_id):
        decide_match(bench.desk, reviewer(), case_id, match.key, "same_person", "证件一致")
    with pytest.raises(WrongState, match="疑似重复"):
        approve_case(bench.desk, reviewer(), case_id)
    with bench.desk.read(made.FIRM.id) as work:
        assert work.results.account_of(case_id) is None


def test_a_case_given_up_during_the_review_cannot_be_approved(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    abandon_case(bench.desk, made.owner(), case_id)
    with pytest.raises(WrongState):
        approve_case(bench.desk, reviewer(), case_id)


# -- reject
def test_a_rejection_names_the_step_and_keeps_the_note_inside(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    reject_review(bench.desk, reviewer(), case_id, ["D02"], "", "电话核实过")
    case = stored(bench, case_id)
    assert (case.state, case.current_step, case.reviewer_id) == (State.REJECTED, "profile", None)
    assert "门牌号" in case.remark and "电话核实过" not in case.remark
    with bench.desk.read(made.FIRM.id) as work:
        loaded = load(work, case_id)
        assert loaded.facts.rejections[-1].targets == ("profile",)
        assert work.cases.internal_notes(case_id)[-1][2] == "电话核实过"
        done = {s.key for s in loaded.business.steps if s.is_done(loaded.facts, loaded.rules, loaded.now)}
    assert {"photos", "bank", "suitability", "exchanges", "witness", "sign", "follow_up"} <= done
    assert sent(bench) == ["review_rejected"]


def test_a_hard_reason_ends_the_case(bench: Bench, case_id: str) -> None:
    take_case(bench.desk, reviewer(), case_id)
    reject_review(bench.desk, reviewer(), case_id, ["V03", "D02"], "", "人像不符")
    case = stored(bench, case_id)
    assert (case.state, case.closed_at) == (State.TERMINATED, bench.clock[0])
    assert sent(bench) == ["stopped"]


@pytest.mark.parametrize("codes", [[], ["X99"], ["D02", "X99"], ["V01"]])
def test_a_rejection_needs_reasons_that_this_stage_knows(bench: Bench, case_id: str, codes: list[str]) -> None:
    take_case(bench.desk, reviewer(), case_id)
    with pytest.raises(WrongState, match="驳回原因"):
        reject_review(bench.desk, reviewer(), case_id, codes, "", "")
    assert stored(bench, case_id).state is State.IN_REVIEW
