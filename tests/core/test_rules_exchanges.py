"""Exchanges and score reports (R116-R120)."""

from __future__ import annotations

from datetime import date

import pytest

from core.defaults import load_kind
from core.rules.exchanges import (
    choice_problems,
    groups_of,
    names_of,
    needs_score_reports,
    offered,
    risks_of,
    score_report_problem,
)

TABLE = load_kind("exchanges")
TODAY = date(2026, 2, 14)


def test_six_exchanges_today_and_fewer_before_they_opened():
    assert [exchange.code for exchange in offered(TABLE, TODAY)] == ["SHFE", "DCE", "CZCE", "GFEX", "CFFEX", "INE"]
    assert "GFEX" not in {exchange.code for exchange in offered(TABLE, date(2022, 12, 21))}
    assert "GFEX" in {exchange.code for exchange in offered(TABLE, date(2022, 12, 22))}


def test_a_switched_off_exchange_is_not_offered():
    off = {**TABLE, "exchanges": [{**row, "enabled": row["code"] != "DCE"} for row in TABLE["exchanges"]]}
    assert [p.code for p in choice_problems(["DCE"], [], off, TODAY)] == ["exchange_unknown"]


def test_groups_and_risks():
    assert groups_of(["SHFE", "CFFEX", "INE", "XXXX"], TABLE) == {"commodity", "financial", "energy"}
    assert risks_of(["SHFE", "GFEX"], TABLE) == {"R3"}
    assert risks_of(["CFFEX", "INE"], TABLE) == {"R4"}
    assert names_of(["INE", "SHFE"], TABLE) == "上海期货交易所、上海国际能源交易中心"


@pytest.mark.parametrize(
    ("chosen", "opened", "code"),
    [([], [], "exchange_missing"), (["SHFE"], ["SHFE"], "exchange_open"), (["NYSE"], [], "exchange_unknown")],
)
def test_choices_that_cannot_be(chosen, opened, code):
    assert [problem.code for problem in choice_problems(chosen, opened, TABLE, TODAY)] == [code]


def test_a_possible_choice():
    assert choice_problems(["SHFE", "INE"], ["DCE"], TABLE, TODAY) == []


@pytest.mark.parametrize(
    ("chosen", "opened", "due"),
    [
        (["SHFE"], [], False),
        (["CFFEX"], [], True),
        (["SHFE", "INE"], [], True),
        (["INE"], ["CFFEX"], False),
        (["CFFEX"], ["SHFE"], True),
    ],
)
def test_score_reports_for_the_first_demanding_account(chosen, opened, due):
    assert needs_score_reports(chosen, opened, TABLE) is due


def test_two_to_ten_reports():
    assert [count for count in range(13) if score_report_problem(count, TABLE) is None] == list(range(2, 11))
    few, many = score_report_problem(1, TABLE), score_report_problem(12, TABLE)
    assert few is not None
    assert many is not None
    assert "还差 1 份" in few.text
    assert "多余的 2 份" in many.text
