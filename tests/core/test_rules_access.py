"""Conditions of access: which rows hold for a choice on a day, and what the firm's own data exempt from."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from core.defaults import load_kind
from core.rules.access import Choice, requirements

BODY, TABLE = load_kind("access_rules"), load_kind("exchanges")
TODAY = date(2026, 3, 2)


def choice(*chosen: str, opened: tuple[str, ...] = (), investor: str = "ordinary") -> Choice:
    return Choice(frozenset(chosen), opened, investor)


def keys(made: Choice, day: date = TODAY) -> list[str]:
    return [each.key for each in requirements(BODY, made, TABLE, day)]


@pytest.mark.parametrize(
    ("chosen", "opened", "due"),
    [
        (("SHFE", "DCE"), (), []),
        (("CFFEX", "SHFE"), (), ["financial_funds", "financial_experience", "financial_knowledge"]),
        (("INE",), (), ["energy_funds", "energy_experience", "energy_knowledge"]),
        (("INE", "CFFEX"), (), ["financial_funds", "financial_experience", "financial_knowledge",
                                "energy_funds", "energy_experience", "energy_knowledge"]),
        (("INE",), ("CFFEX",), ["energy_funds", "energy_experience"]),
        (("CFFEX",), ("INE",), ["financial_funds", "financial_experience"]),
        (("CFFEX",), ("SHFE",), ["financial_funds", "financial_experience", "financial_knowledge"]),
        (("SHFE",), ("CFFEX", "INE"), []),
    ],
)  # fmt: skip
def test_what_is_due_for_a_choice(chosen: tuple[str, ...], opened: tuple[str, ...], due: list[str]) -> None:
    assert keys(choice(*chosen, opened=opened)) == due


@pytest.mark.parametrize(
    ("day", "funds"),
    [(date(2019, 6, 6), None), (date(2019, 6, 7), "50"), (date(2026, 6, 30), "50"), (date(2026, 7, 1), "100")],
)
def test_a_row_holds_from_its_first_to_its_last_day(day: date, funds: str | None) -> None:
    body = deepcopy(BODY)
    old = next(row for row in body["rows"] if row["key"] == "financial_funds")
    new = {**deepcopy(old), "valid_from": "2026-07-01", "amounts": {"funds_yuan": 1_000_000, "funds_days": 5}}
    old["valid_to"] = "2026-06-30"
    body["rows"].append(new)
    found = [each for each in requirements(body, choice("CFFEX"), TABLE, day) if each.kind == "funds"]
    assert [f" {funds} 万元" in each.text for each in found] == ([True] if funds else [])


def test_commodity_options_have_conditions_where_the_firm_offers_them() -> None:
    table = deepcopy(TABLE)
    table["groups"].append({"code": "commodity_option", "label": "商品期权", "score_reports": True, "asks_again": True})
    table["exchanges"].append({**table["exchanges"][0], "code": "SHFE_OPT", "group": "commodity_option"})
    found = requirements(BODY, choice("SHFE_OPT"), table, TODAY)
    assert [each.key for each in found] == [
        "commodity_option_funds", "commodity_option_experience", "commodity_option_knowledge",
    ]  # fmt: skip
    assert found[0].title == "商品期权 · 资金"
    assert found[0].text == "申请前连续 5 个交易日，每个交易日可用资金不低于 10 万元。"


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (choice("CFFEX"), set()),
        (choice("CFFEX", investor="professional"), {"professional"}),
        (choice("CFFEX", opened=("INE",)), {"energy_here"}),
        (choice("CFFEX", opened=("SHFE",)), set()),
    ],
)
def test_data_on_file_show_an_exemption(made: Choice, shown: set[str]) -> None:
    funds = next(each for each in requirements(BODY, made, TABLE, TODAY) if each.kind == "funds")
    assert {e.key for e in funds.exemptions if e.on_file} == shown
    assert not funds.uploads
