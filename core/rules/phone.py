"""Mainland phone numbers: mobile (gets SMS codes) and landline (R026, R051, R088, R103)."""

from __future__ import annotations

import re

from core.rules.problem import Problem
from core.rules.text import digits_only, narrow

_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[0-9]{10}$))")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_TEST = re.compile(r"111508130[0-9]{2}")
_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([2-9][0-9]{6,7})(?:[,转x#]([0-9]{1,6}))?")


def check_mobile(text: str, *, allow_test_numbers: bool = False) -> str | Problem:
    """The 11 digits of a mainland mobile number, or why it is none.

    `allow_test_numbers` (demo mode only) also lets 111 5081 30xx pass: a range that no network serves.
    """
    number = _COUNTRY.sub("", digits_only(text))
    if not number:
        return Problem("phone_missing", "请输入手机号码。")
    if _MOBILE.fullmatch(number) or (allow_test_numbers and is_test_number(number)):
        return number
    return Problem("phone_shape", "手机号码应为 11 位数字，以 1 开头。请核对后重新输入。")


def is_test_number(number: str) -> bool:
    """Whether a normalised number lies in the range of invented people (111 5081 30xx)."""
    return _TEST.fullmatch(number) is not None


def check_landline(text: str) -> str | Problem:
    """A landline number as 0755-20000000 or 0755-20000000-123, or why it is none; the area code is needed."""
    compact = narrow(text).replace("(", "").replace(")", "").lower().replace("ext", "x").replace("分机", "x")
    main, extension = _split_extension(compact)
    match = _LANDLINE.fullmatch(digits_only(main) + extension)
    if match is None:
        return Problem("landline_shape", "座机号码应包含区号，例如 0755-20000000，分机号写在后面。请核对后重新输入。")
    area, number, inner = match.groups()
    return "-".join(part for part in (area, number, inner) if part)


def check_contact_phone(text: str, *, allow_test_numbers: bool = False) -> str | Problem:
    """A contact number that may be a mobile or a landline (R103): both shapes are tried."""
    mobile = check_mobile(text, allow_test_numbers=allow_test_numbers)
    if isinstance(mobile, str):
        return mobile
    landline = check_landline(text)
    if isinstance(landline, str):
        return landline
    return Problem("contact_shape", "请输入 11 位手机号码，或带区号的座机号码，例如 0755-20000000。")


def _split_extension(compact: str) -> tuple[str, str]:
    """`0755-20000000-123` keeps its third group as an extension; other marks stay for the pattern."""
    groups = compact.split("-")
    if len(groups) == 3 and groups[0].startswith("0"):
        return groups[0] + groups[1], "x" + groups[2]
    return compact, ""
