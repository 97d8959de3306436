"""Resident identity card: number, validity, age (GB 11643-1999; R022-R025, R054, R087, R102, R177)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core import limits
from core.rules.problem import Problem
from core.rules.text import narrow
from core.sentence import Sentence

LONG_TERM = date(2099, 12, 31)
"""How 长期 is stored (R102)."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARS = "10X98765432"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIRST_YEAR = 1900
_TERMS = (5, 10, 20)
_BANDS = ((18, "under_18"), (31, "18_30"), (41, "31_40"), (51, "41_50"), (61, "51_60"), (71, "61_70"))

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that passed every check of GB 11643; `number` is normalised (18 characters, capital X)."""

    number: str
    birth_date: date
    sex: Sex
    region_code: str

    def age_on(self, day: date) -> int:
        """Full years on that day; a birthday counts from its own day, 29 February from 1 March otherwise."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    def __repr__(self) -> str:
        """Without the number: this object may end up in a log or a traceback."""
        return "IdNumber(…)"


def check_digit(first_17: str) -> str:
    """The 18th character that GB 11643 (ISO 7064 MOD 11-2) demands after these 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_CHARS[total % 11]


def check_id_number(text: str) -> IdNumber | Problem:
    """The number as typed (full-width, spaced, small x allowed) or why it cannot be one (GB 11643)."""
    number = narrow(text).upper()
    if not number:
        return Problem("id_missing", "请输入身份证号码。")
    if not _SHAPE.fullmatch(number):
        return Problem("id_shape", "身份证号码应为 18 位，前 17 位是数字，最后一位是数字或 X。请核对后重新输入。")
    birth_date = _real_date(number[6:14])
    if birth_date is None:
        return Problem("id_birth", "身份证号码中的出生日期不存在。请对照身份证重新输入。")
    if check_digit(number[:17]) != number[17]:
        return Problem("id_check", "身份证号码的校验位不正确，可能输错了一位。请对照身份证重新输入。")
    return IdNumber(number, birth_date, _sex_of(number), number[:6])


def adult_problem(person: IdNumber, today: date) -> Problem | None:
    """Refusal of anybody below 18 full years (R022), or of a birth date that lies ahead."""
    if person.age_on(today) >= limits.ADULT_YEARS:
        return None
    return Problem("id_minor", "开户需要年满 18 周岁。您的身份证显示未满 18 周岁，请年满后再来办理。")


def validity_problems(valid_from: date | None, valid_to: date | None, today: date) -> list[Problem]:
    """What forbids this validity period: missing, reversed, not begun, expired (R025, R054, R102)."""
    if valid_from is None or valid_to is None:
        return [Problem("validity_missing", "请填写身份证有效期的起止日期。")]
    if valid_from >= valid_to:
        return [Problem("validity_order", "有效期的截止日期应晚于起始日期。请对照身份证反面重新填写。")]
    if valid_from > today:
        return [Problem("validity_future", "有效期的起始日期还没有到。请对照身份证反面重新填写。")]
    if valid_to < today:
        return [Problem("validity_expired", _expired_text(valid_to))]
    return []


def validity_warnings(valid_from: date, valid_to: date) -> list[Problem]:
    """A hint when the period is none that a card is issued for: 5, 10, 20 years or 长期 (居民身份证法 art. 5)."""
    if valid_to == LONG_TERM or any(_is_term(valid_from, valid_to, years) for years in _TERMS):
        return []
    return [Problem("validity_term", "身份证的有效期通常是 5 年、10 年、20 年或长期。请再核对一次起止日期。")]


def age_band(age: int) -> str:
    """The clear fact kept for lists and charts instead of the age: `under_18`, `18_30` … `over_70`."""
    return next((band for below, band in _BANDS if age < below), "over_70")


def salutation(person: IdNumber) -> str:
    """先生 or 女士, from the sex digit (R177)."""
    return "先生" if person.sex == "male" else "女士"


def _sex_of(number: str) -> Sex:
    return "male" if int(number[16]) % 2 else "female"


def _real_date(digits: str) -> date | None:
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


def _expired_text(valid_to: date) -> str:
    return Sentence("身份证已于 {day} 到期。请先更新证件，或携带新证到营业部办理。", day=valid_to.isoformat())


def _is_term(valid_from: date, valid_to: date, years: int) -> bool:
    year = valid_from.year + years
    if (valid_from.month, valid_from.day) == (2, 29):
        return valid_to in {date(year, 2, 28), date(year, 3, 1)} or _same_leap_day(valid_to, year)
    return valid_to == valid_from.replace(year=year)


def _same_leap_day(valid_to: date, year: int) -> bool:
    return (valid_to.year, valid_to.month, valid_to.day) == (year, 2, 29)
