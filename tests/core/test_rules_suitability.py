"""Questionnaire, levels, match, notices (R108-R122)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.defaults import load_kind
from core.rules.suitability import (
    answer_problems,
    contradictions,
    level_name,
    matching_risks,
    must_insist,
    notices_for,
    rate,
    refusal,
)

SHEET = load_kind("questionnaire")
TABLE = load_kind("match_table")
HIGH = ["financial", "energy"]


def answers_by(pick) -> dict[str, list[str]]:
    """One option per question; the last question is answered 以上都没有 unless `pick` says else."""
    return {question["key"]: [pick(question)["key"]] for question in SHEET["questions"]}


def best(question):
    safe = [option for option in question["options"] if not option.get("lowest")]
    return max(safe, key=lambda option: option["score"])


def worst(question):
    safe = [option for option in question["options"] if not option.get("lowest")]
    return min(safe, key=lambda option: option["score"])


@st.composite
def full_answers(draw):
    given_answers = {}
    for question in SHEET["questions"]:
        keys = [o["key"] for o in question["options"] if not o.get("exclusive")]
        only = [o["key"] for o in question["options"] if o.get("exclusive")]
        many = question["choice"] == "multi"
        chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=len(keys) if many else 1, unique=True))
        given_answers[question["key"]] = only if only and draw(st.booleans()) else chosen
    return given_answers


def test_the_ends_of_the_scale():
    top, bottom = rate(SHEET, answers_by(best), version=7), rate(SHEET, answers_by(worst), version=7)
    assert (top.level, top.lowest, top.version) == ("C5", False, 7)
    assert (bottom.level, bottom.lowest) == ("C1", False)


@given(full_answers())
def test_every_complete_answer_has_one_level(answers):
    rating = rate(SHEET, answers, version=1)
    assert rating.level in {"C1", "C2", "C3", "C4", "C5"}
    assert 0 <= rating.score <= 100
    assert not rating.lowest or rating.level == "C1"
    assert answer_problems(SHEET, dict(rating.answers)) == {}


@given(full_answers(), st.sampled_from(SHEET["questions"]))
def test_a_better_answer_never_lowers_the_level(answers, question):
    before = rate(SHEET, answers, version=1)
    after = rate(SHEET, answers | {question["key"]: [best(question)["key"]]}, version=1)
    multi = question["scoring"] == "sum"
    assert multi or after.score >= before.score
    assert multi or after.level >= before.level


@pytest.mark.parametrize("question_key", ["q14", "q18"])
def test_unwilling_or_unable_is_the_lowest_class(question_key):
    rating = rate(SHEET, answers_by(best) | {question_key: ["a"]}, version=1)
    assert (rating.level, rating.lowest) == ("C1", True)


def test_missing_and_impossible_answers_are_named():
    answers = answers_by(best) | {"q01": [], "q02": ["z"], "q03": ["a", "b"], "q08": ["a", "e"]}
    codes = {key: problem.code for key, problem in answer_problems(SHEET, answers).items()}
    assert codes == {
        "q01": "answer_missing",
        "q02": "answer_unknown",
        "q03": "answer_single",
        "q08": "answer_exclusive",
    }
    with pytest.raises(ValueError, match="completely"):
        rate(SHEET, answers, version=1)


def test_a_score_without_band_is_an_error():
    with pytest.raises(ValueError, match="band"):
        rate({**SHEET, "bands": []}, answers_by(best), version=1)


def test_contradictions_are_hints_for_staff():
    calm = answers_by(best)
    assert contradictions(SHEET, calm, age=40) == []
    assert contradictions(SHEET, calm, age=25) == ["问卷中的年龄段与证件不一致"]
    assert len(contradictions(SHEET, calm | {"q09": ["e"]})) == 2


@pytest.mark.parametrize(
    ("level", "lowest", "investor", "risks"),
    [
        ("C1", False, "ordinary", ("R1",)),
        ("C1", True, "ordinary", ("R1",)),
        ("C3", False, "ordinary", ("R1", "R2", "R3")),
        ("C5", False, "ordinary", ("R1", "R2", "R3", "R4", "R5")),
        ("C1", False, "professional", ("R1", "R2", "R3", "R4", "R5")),
    ],
)
def test_product_match(level, lowest, investor, risks):
    assert matching_risks(level, lowest, investor, TABLE) == risks


@pytest.mark.parametrize("level", ["C1", "C2"])
def test_low_levels_are_warned_twice_on_entry(level):
    assert notices_for(level, False, "ordinary", [], TABLE, "entry") == ("low_level_1", "low_level_2")
    assert notices_for(level, False, "ordinary", ["commodity"], TABLE, "next") == ()
    assert notices_for(level, False, "ordinary", ["energy"], TABLE, "next") == ("low_level_high_risk",)
    assert must_insist(level, False, "ordinary", ["commodity"], TABLE) == ("low_level_1", "low_level_2")


@pytest.mark.parametrize("group", HIGH)
def test_c3_is_warned_twice_at_next(group):
    assert notices_for("C3", False, "ordinary", [], TABLE, "entry") == ()
    assert notices_for("C3", False, "ordinary", ["commodity"], TABLE, "next") == ()
    assert notices_for("C3", False, "ordinary", ["commodity", group], TABLE, "next") == ("high_risk_1", "high_risk_2")
    assert must_insist("C3", False, "ordinary", [group], TABLE) == ("high_risk_1", "high_risk_2")
    assert must_insist("C3", False, "ordinary", ["commodity"], TABLE) == ()


@pytest.mark.parametrize(("level", "investor"), [("C4", "ordinary"), ("C5", "ordinary"), ("C1", "professional")])
def test_high_levels_and_professionals_see_no_notice(level, investor):
    for moment in ("entry", "next"):
        assert notices_for(level, False, investor, HIGH, TABLE, moment) == ()
    assert must_insist(level, False, investor, HIGH, TABLE) == ()


def test_the_lowest_class_is_refused_not_warned():
    problem = refusal(True, "ordinary", ["R3"], TABLE)
    assert problem is not None
    assert problem.code == "lowest_refused"
    assert notices_for("C1", True, "ordinary", [], TABLE, "entry") == ("lowest_refused",)
    assert must_insist("C1", True, "ordinary", HIGH, TABLE) == ()
    assert refusal(True, "ordinary", ["R1"], TABLE) is None
    assert refusal(False, "ordinary", ["R5"], TABLE) is None
    assert refusal(True, "professional", ["R5"], TABLE) is None


def test_level_names():
    assert level_name("C3", False, TABLE) == "C3 稳健型"
    assert level_name("C1", True, TABLE) == "C1 保守型（最低类别）"
