"""Provinces, cities and postcodes from the kept list core/defaults/regions.json (R089, R107)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.defaults import load_kind
from core.rules.problem import Problem
from core.rules.text import narrow


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
