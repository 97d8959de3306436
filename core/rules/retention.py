"""How long records are kept: from firm data `retention` (domain.md 4.8) and a moment to the moment of its deletion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

Day = TypeVar("Day", bound=date)

UNFINISHED, GIVEN_UP, DRAFT = "unfinished", "given_up", "draft"
RECORDS = ("business_record", "recording", "identity", "certificate")
"""Classes of what was handed in: the law keeps them for years after the business or the account has ended."""
MESSAGES, SIGN_INS = "sms_log", "access_log"
FOR_STAFF = frozenset({"impact_assessment"})
"""Classes of papers outside this system."""


def rows_by_key(retention: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The firm's classes by key."""
    return {str(row["key"]): row for row in retention["classes"]}


def over_before(now: datetime, keep: Mapping[str, int]) -> datetime:
    """What began before this moment has been kept for its whole time; `keep` is {"days": n} or {"years": n}."""
    if "days" in keep:
        return now - timedelta(days=int(keep["days"]))
    return _moved(now, -int(keep["years"]))


def last_day(day: date, keep: Mapping[str, int]) -> date:
    """The day on which the time that began on `day` is over."""
    return day + timedelta(days=int(keep["days"])) if "days" in keep else _moved(day, int(keep["years"]))


def longest(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """The longest of several times to keep."""
    keeps: list[Mapping[str, int]] = [row["keep"] for row in rows]
    return max(keeps, key=lambda keep: keep.get("days", 0) + 366 * keep.get("years", 0))


def _moved(day: Day, years: int) -> Day:
    """The same day in another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
