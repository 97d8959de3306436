"""Regions and postcodes (R089, R107)."""

from __future__ import annotations

import pytest

from core.rules.problem import Problem
from core.rules.region import check_bank_branch, check_place, check_postcode, cities, postcode_fits, provinces


def test_all_provinces_have_cities():
    assert len(provinces()) == 34
    assert all(cities(province) for province in provinces())
    assert sum(len(cities(province)) for province in provinces()) > 450


def test_places():
    assert check_place("河南省", "郑州市") is None
    assert [getattr(check_place(*pair), "code", None) for pair in (("", ""), ("河南省", "哈尔滨市"))] == [
        "province_missing",
        "city_missing",
    ]
    assert cities("样张省") == ()


def test_the_manuals_own_sample_is_doubted():
    assert not postcode_fits("河南省", "150002")
    assert postcode_fits("黑龙江省", "150002")
    assert postcode_fits("台湾省", "123456")
    assert postcode_fits("内蒙古自治区", "137400")


@pytest.mark.parametrize(
    ("typed", "fits"), [("450000", True), ("４５０ ０００", True), ("45000", False), ("45000a", False)]
)
def test_postcodes(typed, fits):
    assert isinstance(check_postcode(typed), str) is fits
    assert isinstance(check_postcode(typed), Problem) is not fits


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("上海市/黄浦区/样张支行", "上海市/黄浦区/样张支行"),
        (" 河南省 ／郑州市／样张分行营业部", "河南省/郑州市/样张分行营业部"),
        ("上海市黄浦区样张支行", "branch_shape"), ("上海市/黄浦区/", "branch_shape"), ("", "branch_shape"),
        ("上海/黄浦区/样张支行", "branch_place"), ("河南省/哈尔滨市/样张支行", "branch_place"),
        ("上海市/黄浦区/样张", "branch_office"),
    ],
)  # fmt: skip
def test_the_office_of_a_bank(typed: str, found: str) -> None:
    result = check_bank_branch(typed)
    assert (result.code if isinstance(result, Problem) else result) == found
