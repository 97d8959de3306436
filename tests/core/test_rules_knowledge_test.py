"""The knowledge test by its rules: what is drawn, what counts, who may start when."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.defaults import load_kind
from core.rules import knowledge_test as rule
from core.rules.knowledge_test import Attempt, Drawn, Given, KnowledgeRules

BODY = load_kind("knowledge_test")
BANK, RULES = BODY["questions"], KnowledgeRules.of(BODY)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""


def drawn(seed: int = 1) -> tuple[Drawn, ...]:
    return rule.draw(BANK, RULES.questions, Random(seed))


def answered(questions: tuple[Drawn, ...], right: int) -> dict[str, Given]:
    """The first so many right, the rest wrong."""
    found = {}
    for number, question in enumerate(questions):
        wrong = next(key for key, _ in question.options if key != question.right)
        found[question.key] = Given(question.right if number < right else wrong, NOW)
    return found


def attempt(started: datetime, ended: datetime | None = None) -> Attempt:
    return Attempt(f"t{started}", "c", "phone:1", started, started + RULES.length, 1, "", (), ended_at=ended)


# -- drawing
@given(st.integers(min_value=0))
def test_a_draw_is_ten_and_ten_without_repetition_and_even_among_topics(seed: int) -> None:
    questions = drawn(seed)
    assert [q.kind for q in questions] == ["single"] * 10 + ["judge"] * 10
    assert len({q.key for q in questions}) == 20
    for kind in ("single", "judge"):
        topics = Counter(q.topic for q in questions if q.kind == kind)
        assert max(topics.values()) - min(topics.values()) <= 1
        assert len(topics) == len(BODY["topics"])


@given(st.integers(min_value=0))
def test_a_drawn_question_is_the_one_of_the_bank_with_its_options_in_any_order(seed: int) -> None:
    bank = {row["key"]: row for row in BANK}
    for question in drawn(seed):
        row = bank[question.key]
        assert (question.text, question.right, question.topic) == (row["text"], row["right"], row["topic"])
        assert sorted(question.options) == sorted((o["key"], o["text"]) for o in row["options"])
        if question.kind == "judge":
            assert [text for _, text in question.options] == ["正确", "错误"]


def test_draws_differ_and_so_do_the_orders_of_options() -> None:
    draws = [drawn(seed) for seed in range(40)]
    assert len({tuple(q.key for q in each) for each in draws}) == 40
    places = Counter([key for key, _ in q.options].index(q.right) for each in draws for q in each if q.kind == "single")
    assert set(places) == {0, 1, 2, 3}
    assert min(places.values()) > 60
    assert len({q.key for each in draws for q in each}) == len(BANK)


def test_a_bank_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="5 of 10"):
        rule.draw([row for row in BANK if row["kind"] == "single"][:5], {"single": 10}, Random(1))


def test_what_may_be_shown_has_no_right_answer() -> None:
    for question in drawn():
        assert set(vars(question.asked)) == {"key", "kind", "text", "options"}


# -- scoring
@given(st.integers(min_value=0), st.lists(st.sampled_from(["a", "b", "c", "d", "", "x"]), min_size=20, max_size=20))
def test_points_are_five_for_each_right_answer_and_nothing_else(seed: int, options: list[str]) -> None:
    questions = drawn(seed)
    answers = {q.key: Given(option, NOW) for q, option in zip(questions, options, strict=True) if option}
    expected = 5 * sum(q.right == option for q, option in zip(questions, options, strict=True))
    assert rule.score(questions, answers, 5) == expected
    assert rule.score(questions, answers | {"foreign": Given("a", NOW)}, 5) == expected
    topics = rule.wrong_topics(questions, answers)
    assert (topics == ()) is (expected == 100)
    assert set(topics) == {q.topic for q in questions if not rule.is_right(q, answers)}


@pytest.mark.parametrize(("right", "points"), [(0, 0), (15, 75), (16, 80), (20, 100)])
def test_sixteen_right_answers_make_the_pass_mark(right: int, points: int) -> None:
    assert rule.score(drawn(), answered(drawn(), right), RULES.points) == points
    assert (points >= RULES.pass_points) is (right >= 16)


# -- time
@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, True), (1, True)])
def test_the_time_is_over_at_its_end(seconds: int, over: bool) -> None:
    due = NOW + RULES.length
    assert rule.is_over(due, due + timedelta(seconds=seconds)) is over
    assert RULES.length == timedelta(minutes=30)


def test_a_pass_holds_a_year_by_the_days_of_shanghai() -> None:
    assert rule.holds_until(datetime(2026, 3, 2, 17, 0, tzinfo=UTC), RULES) == date(2027, 3, 3)


# -- who may start
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("attempts", "code"),
    [
        ([], None),
        ([attempt(NOW - 9 * MINUTE, NOW - 5 * MINUTE)], "test_pause"),
        ([attempt(NOW - 30 * MINUTE, NOW - 10 * MINUTE)], None),
        ([attempt(NOW - n * 20 * MINUTE, NOW - n * 20 * MINUTE + MINUTE) for n in (1, 2, 3)], "test_day"),
        ([attempt(NOW - DAY, NOW - DAY + n * MINUTE) for n in (1, 2, 3)], None),
        ([attempt(NOW - n * DAY, NOW - n * DAY + MINUTE) for n in range(1, 9)], None),
        ([attempt(NOW - n * DAY, NOW - n * DAY + MINUTE) for n in range(1, 10)], "test_total"),
    ],
)  # fmt: skip
def test_tries_of_a_day_of_all_time_and_the_pause_between(attempts: list[Attempt], code: str | None) -> None:
    problem = rule.may_start(attempts, RULES, NOW)
    assert (problem.code if problem else None) == code


def test_the_day_is_that_of_shanghai() -> None:
    late = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    three = [attempt(late + n * MINUTE, late + n * MINUTE) for n in range(3)]
    assert rule.may_start(three, RULES, late + timedelta(minutes=30)).code == "test_day"  # type: ignore[union-attr]
    assert rule.may_start(three, RULES, late + timedelta(minutes=70)) is None


def test_the_pause_is_told_to_the_minute_that_is_safe() -> None:
    ended = NOW + timedelta(seconds=30)
    problem = rule.may_start([attempt(NOW, ended)], RULES, ended)
    assert problem is not None
    assert "10:11" in problem.text
    assert rule.may_start([attempt(NOW, ended)], RULES, datetime(2026, 3, 2, 2, 11, tzinfo=UTC)) is None


def test_a_firm_may_ask_for_other_numbers() -> None:
    other = KnowledgeRules.of({"rules": {**BODY["rules"], "questions": {"judge": 3}, "pass": 10}})
    assert len(rule.draw(BANK, other.questions, Random(1))) == 3
    assert replace(other, attempts_total=1).attempts_total == 1
