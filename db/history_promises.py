"""Promised times and times in service for an invented year, all at once: the demo's service is open day and night."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.metrics import day_of
from core.rules.calendar import build_calendar

_DAY, _EAST = 86_400_000, 28_800_000
_AHEAD = 60
"""No holidays are longer: so many days after today there is a trading day."""
Ints = NDArray[np.int64]


def promises(today: int, submitted: Ints, decided: Ints) -> tuple[Ints, Ints]:
    """When each review is promised (ms, R173) and how long it took on trading days (s). Times in ms, none after today.

    The same as `review_due_at` and `working_time` (core/rules) for hours that never end.
    """
    first = int((submitted.min(initial=today * _DAY) + _EAST) // _DAY)
    trading = _trading(first, today + _AHEAD)
    following = _following(trading)
    day = (submitted + _EAST) // _DAY - first
    received = np.where(trading[day], day, following[day])
    due = (first + following[received] + 1) * _DAY - _EAST
    return due, (_worked(trading, first, decided) - _worked(trading, first, submitted)) // 1000


def _trading(first: int, end: int) -> NDArray[np.bool_]:
    days = [day_of(day) for day in range(first, end)]
    known = {row.day: row.trading for row in build_calendar(days[0].year, days[-1].year)}
    return np.array([known[day] for day in days])


def _following(trading: NDArray[np.bool_]) -> Ints:
    """The next trading day after each day, as places in the array; the last one repeats where none is left."""
    places = np.where(trading, np.arange(len(trading)), len(trading) - 1)
    backwards: Ints = np.minimum.accumulate(places[::-1])[::-1]
    return np.append(backwards[1:], len(trading) - 1)


def _worked(trading: NDArray[np.bool_], first: int, times: Ints) -> Ints:
    """Time on trading days (ms) from the first day on."""
    before = np.concatenate([[0], np.cumsum(trading)]) * _DAY
    day, rest = (times + _EAST) // _DAY - first, (times + _EAST) % _DAY
    found: Ints = before[day] + np.where(trading[day], rest, 0)
    return found
