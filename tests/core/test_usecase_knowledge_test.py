"""The online test: kept on the server, timed by its clock, counted once, good for the exchange step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from core.actor import Actor
from core.defaults import load_kind
from core.errors import NotAllowed, NotFound, WrongState
from core.jobs.sweep import sweep
from core.rules.knowledge_test import KnowledgeRules
from core.usecases.abandon_case import abandon_case
from core.usecases.access_decisions import decide_access
from core.usecases.knowledge_test import Standing, choose_option, hand_in, read_test, reuse_result, start_test
from core.usecases.read_case import read_case
from core.usecases.reject_case import default_text
from core.usecases.review_case import reject_review
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench, defaults, id_number
from tests.knowledge import answer_some, take_test

FINANCIAL = {"chosen": ["CFFEX", "SHFE"]}
CHOSEN = ("CFFEX", "SHFE")


def standing(bench: Bench, walk: Walk) -> Standing:
    found = read_test(bench.desk, walk.actor, walk.loaded(bench))
    assert found is not None
    return found


def errors(bench: Bench, walk: Walk) -> list[str]:
    return list(walk.answer(bench, "exchanges", FINANCIAL))


def refused(bench: Bench, walk: Walk) -> str:
    with pytest.raises(WrongState) as caught:
        start_test(bench.desk, walk.actor, walk.case_id)
    return caught.value.text


# -- the way through
def test_a_passed_test_takes_the_place_of_score_reports(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    assert errors(bench, walk) == ["score_report"]
    sheet = take_test(bench, walk, right=16)
    last = standing(bench, walk).last
    assert last is not None
    assert (last.points, last.passed) == (80, True)
    assert errors(bench, walk) == []
    assert walk.step(bench) == "agreements"
    proof = walk.facts(bench).proofs[-1]
    assert (proof.kind, proof.subject) == ("knowledge_test", "passed")
    assert proof.body == {"test": sheet.id, "points": 80, "passed": True, "version": 1}
    assert bench.tags()[-2:] == ["customer:test:end", "customer:step:save"]


def test_a_failed_test_names_topics_and_lets_nobody_through(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk, right=15)
    last = standing(bench, walk).last
    assert last is not None
    assert (last.points, last.passed) == (75, False)
    labels = {t["label"] for t in load_kind("knowledge_test")["topics"]}
    assert 0 < len(last.topics) <= 5
    assert {label for label, _ in last.topics} <= labels
    assert errors(bench, walk) == ["score_report"]
    assert walk.facts(bench).proofs[-1].subject == "failed"


def test_the_same_chance_draws_the_same_test(bench: Bench) -> None:
    walk, other = case_at(bench, "exchanges"), case_at(bench, "exchanges", person=LI)
    first = start_test(bench.desk, walk.actor, walk.case_id, Random(7))
    second = start_test(bench.desk, other.actor, other.case_id, Random(7))
    assert first.questions == second.questions
    assert first.id != second.id


def test_no_right_answer_leaves_the_server(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    assert {name for question in sheet.questions for name in vars(question)} == {"key", "kind", "text", "options"}
    take_test(bench, walk, right=3)
    assert "right" not in repr(standing(bench, walk))


# -- answers
def test_every_answer_is_kept_and_a_reload_finds_them(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    question = sheet.questions[0]
    for option in (question.options[1][0], question.options[0][0], question.options[0][0]):
        assert choose_option(bench.desk, walk.actor, walk.case_id, sheet.id, question.key, option)
    again = standing(bench, walk).sheet
    assert again is not None
    assert (again.id, again.due_at, again.questions) == (sheet.id, sheet.due_at, sheet.questions)
    assert again.answers == {question.key: question.options[0][0]}


def test_a_second_click_and_a_second_tab_get_the_running_test(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    first = start_test(bench.desk, walk.actor, walk.case_id)
    bench.pass_time(minutes=5)
    assert start_test(bench.desk, walk.actor, walk.case_id) == first
    assert bench.tags().count("customer:test:start") == 1


def test_two_tabs_lose_no_answer(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    for question in sheet.questions:
        assert choose_option(bench.desk, walk.actor, walk.case_id, sheet.id, question.key, "a")
    found = standing(bench, walk).sheet
    assert found is not None
    assert len(found.answers) == 20


@pytest.mark.parametrize(("question", "option"), [("unknown", "a"), ("", ""), (None, "e"), (None, "right")])
def test_only_an_option_of_a_drawn_question_counts(bench: Bench, question: str | None, option: str) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    key = sheet.questions[0].key if question is None else question
    with pytest.raises(WrongState):
        choose_option(bench.desk, walk.actor, walk.case_id, sheet.id, key, option)
    found = standing(bench, walk).sheet
    assert found is not None
    assert found.answers == {}


def test_handing_in_twice_counts_once(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = take_test(bench, walk, right=20)
    hand_in(bench.desk, walk.actor, walk.case_id, sheet.id)
    assert bench.tags().count("customer:test:end") == 1
    assert not choose_option(bench.desk, walk.actor, walk.case_id, sheet.id, sheet.questions[0].key, "a")


# -- the clock
def test_a_late_answer_is_refused_and_what_was_saved_counts(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    answer_some(bench, walk, sheet, right=17)
    bench.clock.now = sheet.due_at
    last = sheet.questions[19]
    assert not choose_option(bench.desk, walk.actor, walk.case_id, sheet.id, last.key, last.options[0][0])
    with bench.work() as work:
        attempt = work.knowledge.find(sheet.id)
    assert attempt is not None
    assert (attempt.ended_at, attempt.points, attempt.passed) == (sheet.due_at, 85, True)
    assert last.key not in attempt.answers


def by_looking(bench: Bench, walk: Walk) -> None:
    assert standing(bench, walk).sheet is None


def by_sweeping(bench: Bench, _walk: Walk) -> None:
    assert sweep(bench.desk, "f1") >= 1
    assert "system:test:end" in bench.tags()


@pytest.mark.parametrize("end", [by_looking, by_sweeping])
def test_a_forgotten_test_ends_with_its_time(bench: Bench, end: Callable[[Bench, Walk], None]) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    answer_some(bench, walk, sheet, right=16)
    bench.pass_time(hours=3)
    end(bench, walk)
    last = standing(bench, walk).last
    assert last is not None
    assert (last.points, last.passed, last.ended_at) == (80, True, sheet.due_at)
    assert errors(bench, walk) == []


def test_a_test_in_time_is_left_alone_by_the_sweeper(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    bench.pass_time(minutes=29)
    sweep(bench.desk, "f1")
    found = standing(bench, walk).sheet
    assert found is not None
    assert found.id == sheet.id


def test_a_pass_holds_for_a_year_and_no_longer(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk)
    assert errors(bench, walk) == []
    bench.pass_time(days=365)
    assert walk.loaded(bench).done["exchanges"]
    bench.pass_time(days=1)
    assert not walk.loaded(bench).done["exchanges"]


# -- trying again
def test_another_try_needs_a_pause_and_a_day_has_three(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk, right=0)
    assert "之后可以再次开始" in refused(bench, walk)
    for _ in range(2):
        bench.pass_time(minutes=10)
        take_test(bench, walk, right=0)
    bench.pass_time(minutes=10)
    assert "今天已答题 3 次" in refused(bench, walk)
    assert standing(bench, walk).left == 6
    bench.pass_time(days=1)
    take_test(bench, walk, right=20)
    assert "您已经通过" in refused(bench, walk)


def begun_again(bench: Bench, walk: Walk) -> Walk:
    """The case is given up, and another one of the same customer stands at the exchanges."""
    abandon_case(bench.desk, walk.actor, walk.case_id)
    again = Walk()
    again.start(bench)
    for step in ("device", "photos", "profile", "bank", "suitability"):
        again.go_on(bench, step)
    assert (again.owner, again.case_id == walk.case_id) == (walk.owner, False)
    return again


def test_tries_are_counted_across_cases_of_the_same_customer(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    for _ in range(3):
        take_test(bench, walk, right=0)
        bench.pass_time(minutes=10)
    again = begun_again(bench, walk)
    assert "今天已答题 3 次" in refused(bench, again)
    assert standing(bench, again).last is None


def test_a_test_left_running_in_an_abandoned_case_is_ended_by_the_next_start(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    old = start_test(bench.desk, walk.actor, walk.case_id)
    again = begun_again(bench, walk)
    assert standing(bench, again).sheet is None
    assert "之后可以再次开始" in refused(bench, again)
    bench.pass_time(hours=1)
    assert start_test(bench.desk, again.actor, again.case_id).id != old.id
    with bench.work() as work:
        ended = work.knowledge.find(old.id)
    assert ended is not None
    assert ended.passed is False


# -- a pass of an earlier case
def test_a_pass_of_an_earlier_case_counts_when_the_customer_uses_it(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = take_test(bench, walk, right=18)
    again = begun_again(bench, walk)
    earlier = standing(bench, again).earlier
    assert earlier is not None
    assert (earlier.points, errors(bench, again)) == (90, ["score_report"])
    for _ in range(2):
        reuse_result(bench.desk, again.actor, again.case_id)
    assert errors(bench, again) == []
    assert [proof.body["test"] for proof in again.facts(bench).proofs] == [sheet.id]
    assert bench.tags().count("customer:test:reuse") == 1
    assert standing(bench, again).earlier is None


def test_the_reviewer_reads_the_earlier_test_too(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = take_test(bench, walk)
    again = begun_again(bench, walk)
    reuse_result(bench.desk, again.actor, again.case_id)
    to_review(bench, again)
    file = read_case(bench.desk, bench.staff("review"), again.case_id, "review")
    assert [(test.id, test.points) for test in file.tests] == [(sheet.id, 100)]


def test_an_earlier_pass_keeps_its_own_end(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk)
    bench.pass_time(days=365)
    again = begun_again(bench, walk)
    reuse_result(bench.desk, again.actor, again.case_id)
    assert errors(bench, again) == []
    bench.pass_time(days=1)
    assert errors(bench, again) == ["score_report"]
    with pytest.raises(WrongState):
        reuse_result(bench.desk, again.actor, again.case_id)


def test_an_earlier_pass_of_another_person_or_a_failed_one_cannot_be_used(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk, right=3)
    assert not walk.answer(bench, "profile", walk.profile_values(id_number=id_number(21)))
    bench.pass_time(minutes=10)
    take_test(bench, walk)
    again = begun_again(bench, walk)
    assert standing(bench, again).earlier is None
    with pytest.raises(WrongState):
        reuse_result(bench.desk, again.actor, again.case_id)


# -- what a result attests
def test_a_result_belongs_to_the_person_who_was_on_file(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    take_test(bench, walk)
    assert errors(bench, walk) == []
    assert not walk.answer(bench, "profile", walk.profile_values(id_number=id_number(21)))
    assert errors(bench, walk) == ["score_report"]
    assert not walk.answer(bench, "profile", walk.profile_values())
    assert errors(bench, walk) == []


def handed_in(bench: Bench) -> Walk:
    """A case in review whose only proof of knowledge is a passed test."""
    walk = case_at(bench, "exchanges", chosen=CHOSEN)
    take_test(bench, walk)
    return to_review(bench, walk)


def to_review(bench: Bench, walk: Walk) -> Walk:
    assert errors(bench, walk) == []
    for place in ("agreements", "witness", "in_call", "certificate", "sign", "prepared", "follow_up", "submitted"):
        walk.go_on(bench, place)
    return walk


def test_a_pass_that_staff_do_not_accept_lets_the_customer_try_again(bench: Bench) -> None:
    walk, reviewer = handed_in(bench), bench.staff("review")
    decide_access(bench.desk, reviewer, walk.case_id, "financial_knowledge", "not_met", "疑似他人代答")
    text = default_text(["S03"], walk.loaded(bench).rules)
    reject_review(bench.desk, reviewer, walk.case_id, ["S03"], text, "")
    assert errors(bench, walk) == ["chosen"]
    bench.pass_time(minutes=10)
    take_test(bench, walk, right=19)
    assert errors(bench, walk) == []


def test_a_rejection_for_something_else_keeps_the_result(bench: Bench) -> None:
    walk = handed_in(bench)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["S02"], "请确认选择。", "")
    assert walk.step(bench) == "exchanges"
    assert errors(bench, walk) == []


# -- where there is none
def turn_off(bench: Bench) -> None:
    with bench.work() as work:
        work.firms.add_data("knowledge_test", 2, {**load_kind("knowledge_test"), "enabled": False}, work.now, "test")
    bench.pass_time(seconds=5)


def test_a_firm_without_the_test_offers_none(bench: Bench) -> None:
    turn_off(bench)
    walk = case_at(bench, "exchanges")
    assert read_test(bench.desk, walk.actor, walk.loaded(bench)) is None
    with pytest.raises(WrongState):
        start_test(bench.desk, walk.actor, walk.case_id)
    assert errors(bench, walk) == ["score_report"]


def test_a_case_from_before_there_was_a_test_goes_on_as_before(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    with bench.work() as work:
        case = work.cases.get(walk.case_id)
        older = {k: v for k, v in case.rules.items() if k not in {"knowledge_test", "access_rules"}}
        work.cases.change(case, rules=older)
    assert read_test(bench.desk, walk.actor, walk.loaded(bench)) is None
    assert errors(bench, walk) == ["score_report"]
    for name in ("first", "second"):
        walk.add_photo(bench, "score_report", name)
    assert errors(bench, walk) == []


# -- wrong place, wrong people
@pytest.mark.parametrize("place", ["suitability", "submitted"])
def test_no_test_before_its_step_nor_after_submitting(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        start_test(bench.desk, walk.actor, walk.case_id)
    with bench.work() as work:
        assert work.knowledge.of_person(walk.owner, "") == []


def test_only_the_owner_sees_begins_answers_and_hands_in(bench: Bench) -> None:
    walk, other = case_at(bench, "exchanges"), case_at(bench, "exchanges", person=LI)
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    key = sheet.questions[0].key
    intruders = [(other.actor, NotAllowed), (bench.staff("review"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(NotAllowed):
            read_test(bench.desk, actor, walk.loaded(bench))
        for act in (
            lambda a: start_test(bench.desk, a, walk.case_id),
            lambda a: choose_option(bench.desk, a, walk.case_id, sheet.id, key, "a"),
            lambda a: hand_in(bench.desk, a, walk.case_id, sheet.id),
            lambda a: reuse_result(bench.desk, a, walk.case_id),
        ):
            with pytest.raises(error):
                act(actor)
    found = standing(bench, walk).sheet
    assert found is not None
    assert found.answers == {}


def test_a_test_is_answered_within_its_own_case_only(bench: Bench) -> None:
    walk, other = case_at(bench, "exchanges"), case_at(bench, "exchanges", person=LI)
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    for act in (
        lambda: choose_option(bench.desk, other.actor, other.case_id, sheet.id, sheet.questions[0].key, "a"),
        lambda: hand_in(bench.desk, other.actor, other.case_id, sheet.id),
        lambda: hand_in(bench.desk, other.actor, other.case_id, "unknown"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_tries_are_counted_for_the_person_under_any_sign_in(bench: Bench) -> None:
    """Before the account by phone, by another phone, later as a customer on file: the same ID number."""
    walk = case_at(bench, "exchanges")
    take_test(bench, walk, right=3)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    again = Walk(person=replace(walk.person, phone="11150813066"))
    again.start(bench)
    again.walk_to(bench, "exchanges")
    assert again.owner != walk.owner and standing(bench, again).left == standing_left(bench) - 1
    other = case_at(bench, "exchanges", person=LI)
    assert standing(bench, other).left == standing_left(bench)


def standing_left(bench: Bench) -> int:
    """Tries that the firm gives."""
    return int(KnowledgeRules.of(defaults()["knowledge_test"]).attempts_total)
