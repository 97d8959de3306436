"""Weekly duty as people write it: `08:40-12:00 13:00-17:45`, empty for a day off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from core.rules.problem import Problem
from core.rules.service_hours import Intervals, clock_of, minutes_of
from core.sentence import Sentence

HINT = "写成 08:40-12:00 13:00-17:45，休息的日子留空"
_APART = re.compile(r"[\s,，、;；]+")
_LIKE = str.maketrans("：－—–~～至", ":------")


def parse_times(text: str) -> Intervals | Problem:
    """The intervals of one day in order, or what is wrong with the text."""
    written = re.sub(r"\s*-\s*", "-", text.strip().translate(_LIKE))
    times = []
    for part in filter(None, _APART.split(written)):
        begins, dash, ends = part.partition("-")
        try:
            times.append((minutes_of(begins), minutes_of(ends)))
        except ValueError:
            return Problem("format", Sentence("时间段看不懂，请{hint}。", hint=HINT))
        if not dash or times[-1][0] >= times[-1][1]:
            return Problem("order", "结束时间要晚于开始时间。")
    times.sort()
    if any(earlier[1] > later[0] for earlier, later in pairwise(times)):
        return Problem("overlap", "同一天的时间段不能重叠。")
    return tuple(times)


def times_text(times: Iterable[tuple[int, int]]) -> str:
    """The intervals as people write them."""
    return " ".join(f"{clock_of(begins)}-{clock_of(ends)}" for begins, ends in times)


def meet(one: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]) -> bool:
    """Whether two days have a minute in common."""
    others = tuple(other)
    return any(begins < end and start < ends for begins, ends in one for start, end in others)
