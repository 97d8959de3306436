"""The dry run: which finished cases would have gone differently, counted without anything personal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.defaults import load_defaults
from core.errors import WrongState
from core.flow import Rules
from core.jobs import dry_run as job
from core.records_rules import PastCase
from core.rules.dry_run import DECIDES, outcomes
from core.usecases.draft_rules import begin_draft
from core.usecases.read_rules import read_draft
from core.usecases.review_case import reject_review
from core.usecases.try_rules import is_of_this_text, start_dry_run
from tests.builders import LI, case_at
from tests.core.test_rule_drafts import MAKER, written
from tests.desk_bench import Bench

ALL = load_defaults()


def tried(bench: Bench, kind: str, change: Any, months: int = 6) -> dict[str, Any]:
    """What a dry run of this change finds."""
    draft = written(bench, kind, change)
    start_dry_run(bench.desk, bench.staff(MAKER), draft.id, months)
    bench.run_jobs()
    return dict(read_draft(bench.desk, bench.staff(MAKER), draft.id).draft.numbers or {})


def lower_bands(body: dict[str, Any]) -> None:
    for band, (first, last) in zip(body["bands"], ((0, 90), (91, 92), (93, 94), (95, 96), (97, 100)), strict=True):
        band.update({"from": first, "to": last})


def test_other_scoring_changes_level_and_opening(bench: Bench) -> None:
    walk = case_at(bench, "active")
    found = tried(bench, "questionnaire", lower_bands)
    assert (found["state"], found["done"], found["changed"]) == ("done", 1, 1)
    assert found["aspects"].keys() == {"level", "opening"}
    assert found["aspects"]["level"]["cases"] == [walk.case(bench).number]
    [move] = found["aspects"]["level"]["moves"]
    assert move.endswith("→ C1 保守型")
    assert walk.person.name not in str(found) and walk.person.id_number not in str(found)


def test_a_question_more_has_to_be_answered_again(bench: Bench) -> None:
    case_at(bench, "active")

    def more(body: dict[str, Any]) -> None:
        body["questions"].append({**body["questions"][0], "key": "q99", "cap": 0})

    found = tried(bench, "questionnaire", more)
    assert [move.split(" → ")[1] for move in found["aspects"]["level"]["moves"]] == ["需要重新作答"]


def test_words_alone_change_nothing(bench: Bench) -> None:
    case_at(bench, "active")
    found = tried(bench, "questionnaire", lambda body: body.update(intro="请如实作答。"))
    assert (found["done"], found["changed"], found["aspects"]) == (1, 0, {})


def test_a_reason_that_was_used_and_goes(bench: Bench) -> None:
    walk = case_at(bench, "in_review", person=LI)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["V03"], "请到营业部办理。", "不一致")

    def without(body: dict[str, Any]) -> None:
        body["reasons"] = [row for row in body["reasons"] if row["code"] != "V03"]

    found = tried(bench, "reject_reasons", without)
    assert list(found["aspects"]["reasons"]["moves"]) == ["V03 终止办理 → V03 已删除"]


def test_older_cases_and_open_ones_are_left_out(bench: Bench) -> None:
    case_at(bench, "active")
    bench.pass_time(days=40)
    assert tried(bench, "questionnaire", lower_bands, months=1)["done"] == 0
    assert tried(bench, "questionnaire", lower_bands, months=3)["done"] == 1


def test_it_goes_on_where_it_stopped(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    case_at(bench, "active")
    monkeypatch.setattr(job, "TOGETHER", 1)
    monkeypatch.setattr(job, "IN_ONE_RUN", 1)
    draft = written(bench, "questionnaire", lower_bands)
    start_dry_run(bench.desk, bench.staff(MAKER), draft.id)
    bench.run_jobs()
    half = read_draft(bench.desk, bench.staff(MAKER), draft.id).draft.numbers
    assert half is not None and (half["state"], half["done"], half["total"]) == ("running", 1, 1)
    bench.pass_time(timedelta(seconds=6))
    bench.run_jobs()
    whole = read_draft(bench.desk, bench.staff(MAKER), draft.id).draft.numbers
    assert whole is not None and (whole["state"], whole["done"], whole["changed"]) == ("done", 1, 1)
    assert bench.tags().count("system:rule:try") == 1


def test_a_second_start_replaces_the_first(bench: Bench) -> None:
    case_at(bench, "active")
    draft = written(bench, "questionnaire", lower_bands)
    for _ in range(2):
        start_dry_run(bench.desk, bench.staff(MAKER), draft.id)
    bench.run_jobs()
    seen = read_draft(bench.desk, bench.staff(MAKER), draft.id).draft
    assert seen.numbers is not None and seen.numbers["done"] == 1 and is_of_this_text(seen)
    assert bench.tags().count("system:rule:try") == 1


def test_kinds_that_decide_nothing_are_not_tried(bench: Bench) -> None:
    draft = begin_draft(bench.desk, bench.staff(MAKER), "prepare")
    with pytest.raises(WrongState, match="不需要试算"):
        start_dry_run(bench.desk, bench.staff(MAKER), draft.id)


def past(**changes: Any) -> PastCase:
    given = {question["key"]: [question["options"][0]["key"]] for question in ALL["questionnaire"]["questions"]}
    answers = {
        "suitability": {"answers": given},
        "exchanges": {"chosen": ["SHFE", "CFFEX"]},
        "profile": {"birth_date": "1958-03-03"},
        **changes.pop("answers", {}),
    }
    at = changes.pop("at", None)
    return PastCase(
        "c", "8001260302000001", changes.pop("business", "open_account"), at or datetime(2026, 3, 2, 2, tzinfo=UTC),
        {}, changes, answers, ("P01",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "aspect", "words"),
    [
        ("questionnaire", "level", "C"),
        ("match_table", "opening", "开立"),
        ("access_rules", "access", "金融"),
        ("age_rules", "age", "提示"),
        ("reject_reasons", "reasons", "P01 退回客户修改"),
        ("business_rules", "business", "在线回访"),
        ("exchanges", "opening", "开立"),
    ],
)
def test_outcomes_in_words(kind: str, aspect: str, words: str) -> None:
    assert words in outcomes(past(), Rules(ALL), DECIDES[kind])[aspect]


def test_age_counts_full_years_on_the_day() -> None:
    """70 on 3 March 2028: a day earlier a warning, from then on two reviewers."""
    for day, wanted in ((2, "提示"), (3, "由两人复核")):
        case = past(at=datetime(2028, 3, day, 2, tzinfo=UTC))
        assert outcomes(case, Rules(ALL), ("age",)) == {"age": wanted}


def test_a_case_without_the_step_has_no_outcome() -> None:
    case = past(answers={"suitability": {}, "exchanges": {}, "profile": {}}, business="password_reset")
    assert outcomes(case, Rules(ALL), ("level", "opening", "access", "age", "business")) == {}
