"""Provinces, cities and postcodes from the kept list core/defaults/regions.json (R089, R107)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.defaults import load_kind
from core.rules.problem import Problem
from core.rules.text import narrow

_OFFICES = ("支行", "分行", "营业部", "分理处", "营业室", "营业厅")


def provinces() -> tuple[str, ...]:
    """The 34 provinces, municipalities, autonomous and special administrative regions, in the usual order."""
    return tuple(_regions())


def cities(province: str) -> tuple[str, ...]:
    """The prefecture-level cities of a province, districts of a municipality; empty for an unknown name."""
    return tuple(_regions().get(province, {}).get("cities", ()))


def check_place(province: str, city: str) -> Problem | None:
    """Why this pair cannot be chosen."""
    if province not in _regions():
        return Problem("province_missing", "请选择省份。")
    if city not in cities(province):
        return Problem("city_missing", "请选择该省份下的城市。")
    return None


def check_bank_branch(text: str) -> str | Problem:
    """`省/市/支行` as it is written on bank forms (R085): a province, a city or district of it, the office."""
    parts = [part.strip() for part in text.replace("／", "/").split("/")]
    if len(parts) != 3 or not parts[2]:
        return Problem("branch_shape", "请按“省/市/支行”填写开户网点，例如：上海市/黄浦区/样张支行。")
    problem = check_place(parts[0], parts[1])
    if problem:
        return Problem("branch_place", "开户网点中的省或市不正确。请对照银行卡开户信息填写全称。")
    if not parts[2].endswith(_OFFICES):
        return Problem("branch_office", "开户网点应以支行、分行、营业部或分理处结尾。")
    return "/".join(parts)


def check_postcode(text: str) -> str | Problem:
    """The six digits of a postcode, or why it is none."""
    code = narrow(text)
    if code.isascii() and code.isdigit() and len(code) == 6:
        return code
    return Problem("postcode_shape", "邮政编码应为 6 位数字。请核对后重新输入。")


def postcode_fits(province: str, postcode: str) -> bool:
    """Whether the postcode begins like those of the province; True where no prefixes are known.

    A mismatch is a warning, never an error (R107).
    """
    prefixes = _regions().get(province, {}).get("postcodes", ())
    return not prefixes or postcode.startswith(tuple(prefixes))


@lru_cache(maxsize=1)
def _regions() -> Mapping[str, Mapping[str, Any]]:
    return {row["name"]: row for row in load_kind("regions")["provinces"]}
