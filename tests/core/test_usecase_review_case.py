"""Review after a real walk: four eyes, the lock, account numbers, customers on file; and both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core import limits
from core.actor import Actor, Role
from core.case import State
from core.errors import DeskError, NotAllowed, NotFound, WrongState
from core.jobs.sweep import sweep
from core.usecases.abandon_case import abandon_case
from core.usecases.decide_match import decide_match, matches_of
from core.usecases.review_case import agree_case, approve_case, reject_review, release_case, take_case
from core.usecases.second_review import first_reviewer
from core.usecases.start_case import start_case
from tests.builders import LI, MILESTONES, Walk, case_at, sign_in
from tests.desk_bench import EXISTING, Bench, id_number
from tests.walk import Person


def take(bench: Bench, walk: Walk, login: str = "review") -> None:
    take_case(bench.desk, bench.staff(login, firm=walk.firm), walk.case_id)


def approve(bench: Bench, walk: Walk, login: str = "review") -> str:
    return approve_case(bench.desk, bench.staff(login, firm=walk.firm), walk.case_id)


# -- four eyes
def test_the_witness_of_a_case_neither_takes_nor_decides_it(bench: Bench) -> None:
    walk = case_at(bench, "submitted", witness="both")
    with pytest.raises(NotAllowed, match="见证过"):
        take(bench, walk, "both")
    take(bench, walk)
    for act in (approve, lambda b, w, who: reject_review(b.desk, b.staff(who), w.case_id, ["D02"], "", "")):
        with pytest.raises(NotAllowed):
            act(bench, walk, "both")
    assert walk.case(bench).state is State.IN_REVIEW


def test_the_database_refuses_a_reviewer_who_is_the_witness(bench: Bench) -> None:
    walk = case_at(bench, "submitted", witness="both")
    with pytest.raises(DeskError), bench.work() as work:
        work.cases.change(work.cases.get(walk.case_id), reviewer_id="both")
    assert walk.case(bench).reviewer_id is None


def test_another_witness_with_both_roles_may_review(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    take(bench, walk, "both")
    assert approve(bench, walk, "both")


# -- the lock
def test_a_taken_case_is_locked_until_its_reviewer_is_idle(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    with pytest.raises(WrongState, match="其他同事"):
        take(bench, walk, "review2")
    bench.pass_time(limits.REVIEW_IDLE - timedelta(minutes=1))
    take(bench, walk)
    bench.pass_time(limits.REVIEW_IDLE - timedelta(minutes=1))
    with pytest.raises(WrongState):
        take(bench, walk, "review2")
    bench.pass_time(minutes=2)
    take(bench, walk, "review2")
    with pytest.raises(NotAllowed, match="领取"):
        approve(bench, walk)


def test_the_sweep_gives_an_idle_case_back_to_the_list(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    while sweep(bench.desk, "f1"):
        """The witness of the case, whose page is silent, is off duty in the end."""
    assert walk.case(bench).state is State.IN_REVIEW
    bench.pass_time(limits.REVIEW_IDLE + timedelta(seconds=1))
    assert (sweep(bench.desk, "f1"), sweep(bench.desk, "f1")) == (1, 0)
    case = walk.case(bench)
    assert (case.state, case.reviewer_id) == (State.SUBMITTED, None)
    assert bench.tags()[-1] == "system:case:release"
    with pytest.raises(WrongState):
        approve(bench, walk)


def test_two_reviewers_at_the_same_moment_do_not_both_get_the_case(bench: Bench) -> None:
    walk = case_at(bench, "submitted")

    def one(login: str) -> bool:
        try:
            take(bench, walk, login)
        except DeskError:
            return False
        return True

    assert bench.desk
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, ("review", "review2"))) == [False, True]


def test_giving_back_is_repeatable_and_only_for_the_holder(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    release_case(bench.desk, bench.staff("review2"), walk.case_id)
    assert walk.case(bench).state is State.IN_REVIEW
    for _ in range(2):
        release_case(bench.desk, bench.staff("review"), walk.case_id)
    assert walk.case(bench).state is State.SUBMITTED
    assert bench.tags().count("staff:case:release") == 1


# -- approve
def test_an_approval_hands_out_everything_at_once(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    case = walk.case(bench)
    with bench.work() as work:
        customer = work.people.find_customer(id_number=walk.person.id_number)
        requests = work.results.requests(walk.case_id)
        assert work.results.account_of(walk.case_id) == walk.account
    assert customer is not None and customer.phone == walk.person.phone
    assert (case.state, case.customer_id, customer.capital_account) == (State.CALLBACK, customer.id, walk.account)
    assert [(r.exchange, r.state) for r in requests] == [("DCE", "waiting"), ("SHFE", "waiting")]
    bench.run_jobs()
    assert bench.sms.sent[-1][0] == walk.person.phone and "已通过复核" in bench.sms.sent[-1][1]


def test_account_numbers_have_eight_digits_and_are_never_used_twice(bench: Bench) -> None:
    first, second = case_at(bench, "callback"), case_at(bench, "callback", person=LI)
    other = case_at(bench, "callback", person=LI, firm="f2")
    assert (first.account, second.account, other.account) == ("01000001", "01000002", "02000001")


def test_a_number_that_was_taken_is_not_handed_out_again(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    with bench.work() as work:
        assert work.number("capital_account") == 1
    assert approve(bench, walk) == "01000002"


def test_when_the_numbers_are_used_up_nothing_is_approved(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    with bench.work() as work:
        work.number("capital_account", start=999_999)
    with pytest.raises(WrongState, match="用完"):
        approve(bench, walk)
    assert walk.case(bench).state is State.IN_REVIEW


def test_approving_twice_hands_out_one_account(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    approve(bench, walk)
    with pytest.raises(WrongState):
        approve(bench, walk)
    with bench.work() as work:
        assert work.number("capital_account") == 2


def test_a_card_that_expired_since_stops_the_approval(bench: Bench) -> None:
    walk = case_at(bench, "in_review", profile={"valid_to": "2026-03-04"})
    bench.pass_time(days=3)
    with pytest.raises(WrongState, match="个人基本资料"):
        approve(bench, walk)


def test_a_customer_on_file_keeps_the_record_and_gets_the_account(bench: Bench) -> None:
    person = Person(EXISTING.name, EXISTING.phone, EXISTING.id_number, "")
    walk = Walk(person, chosen=("GFEX",))
    walk.owner = sign_in(bench, id_number=EXISTING.id_number)
    walk.case_id = start_case(bench.desk, walk.actor, "open_account", "b1", EXISTING.phone).id
    walk.person = Person(EXISTING.name, EXISTING.phone, EXISTING.id_number, LI.card)
    for milestone in MILESTONES[: MILESTONES.index("in_review")]:
        walk.go_on(bench, milestone)
    account = approve(bench, walk)
    assert walk.case(bench).flags == ()
    with bench.work() as work:
        customer = work.people.find_customer(id_number=EXISTING.id_number)
    assert customer is not None and (customer.id, customer.capital_account) == (EXISTING.id, account)
    assert customer.exchanges == EXISTING.exchanges


def test_somebody_else_s_record_stops_the_approval(bench: Bench) -> None:
    walk = case_at(bench, "in_review", profile={"id_number": EXISTING.id_number})
    assert walk.case(bench).flags == ("duplicate",)
    with pytest.raises(WrongState, match="相同的身份证号"):
        approve(bench, walk)
    reviewer = bench.staff("review")
    for match in matches_of(bench.desk, reviewer, walk.case_id):
        decide_match(bench.desk, reviewer, walk.case_id, match.key, "same_person", "证件一致")
    with pytest.raises(WrongState, match="疑似重复"):
        approve(bench, walk)
    with bench.work() as work:
        assert work.results.account_of(walk.case_id) is None


# -- wrong state, wrong role, wrong firm
@pytest.mark.parametrize("place", ["follow_up", "callback", "active"])
def test_only_submitted_cases_are_taken(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    for act in (take, approve):
        with pytest.raises(WrongState):
            act(bench, walk)


def test_a_case_given_up_in_review_is_gone_for_the_reviewer(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    for act in (take, approve):
        with pytest.raises(WrongState):
            act(bench, walk)
    release_case(bench.desk, bench.staff("review"), walk.case_id)
    assert walk.case(bench).state is State.ABANDONED


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEW])
def test_other_roles_do_not_review(bench: Bench, role: Role) -> None:
    walk = case_at(bench, "in_review")
    actor = bench.staff("review", role)
    for act in (take_case, release_case, approve_case):
        with pytest.raises(NotAllowed):
            act(bench.desk, actor, walk.case_id)
    with pytest.raises(NotAllowed):
        reject_review(bench.desk, actor, walk.case_id, ["D02"], "", "")


def test_customers_and_other_firms_do_not_review(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    strangers = [(walk.actor, NotAllowed), (bench.staff("review", firm="f2"), NotFound),
                 (Actor("f1", walk.owner, frozenset({Role.REVIEW})), NotAllowed)]  # fmt: skip
    for actor, error in strangers:
        for act in (take_case, release_case, approve_case):
            with pytest.raises(error):
                act(bench.desk, actor, walk.case_id)


# -- two reviewers for old customers
OLD = {"id_number": id_number(9, "19500101")}


def agree(bench: Bench, walk: Walk, login: str = "review") -> None:
    agree_case(bench.desk, bench.staff(login, firm=walk.firm), walk.case_id)


def test_the_case_of_an_old_customer_needs_two_reviewers(bench: Bench) -> None:
    walk = case_at(bench, "in_review", profile=OLD)
    assert walk.case(bench).flags == ("age",)
    with pytest.raises(WrongState, match="两位"):
        approve(bench, walk)
    agree(bench, walk)
    assert (walk.case(bench).state, walk.case(bench).reviewer_id) == (State.SUBMITTED, None)
    assert first_reviewer(walk.loaded(bench)) == "review"
    take(bench, walk)
    for act in (approve, agree):
        with pytest.raises(WrongState):
            act(bench, walk)
    release_case(bench.desk, bench.staff("review"), walk.case_id)
    take(bench, walk, "review2")
    assert approve(bench, walk, "review2")
    assert walk.case(bench).state is State.CALLBACK


def test_who_agreed_does_not_count_for_what_is_handed_in_again(bench: Bench) -> None:
    walk = case_at(bench, "in_review", profile=OLD)
    agree(bench, walk)
    bench.pass_time(seconds=5)
    take(bench, walk, "review2")
    reject_review(bench.desk, bench.staff("review2"), walk.case_id, ["D02"], "请补全联系地址。", "")
    bench.pass_time(seconds=5)
    walk.do_profile(bench)
    walk.do_follow_up(bench)
    assert first_reviewer(walk.loaded(bench)) == ""
    take(bench, walk, "review2")
    with pytest.raises(WrongState, match="两位"):
        approve(bench, walk, "review2")


def test_nobody_agrees_to_what_one_reviewer_may_approve(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    with pytest.raises(WrongState):
        agree(bench, walk)
    assert approve(bench, walk)


def test_the_witness_is_neither_of_the_two(bench: Bench) -> None:
    walk = case_at(bench, "submitted", witness="both", profile=OLD)
    with pytest.raises(DeskError):
        agree(bench, walk, "both")
    assert first_reviewer(walk.loaded(bench)) == ""
