"""Times in words, always in Asia/Shanghai: exact, as a promise, relative to now, against a promise (R183)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.rules.calendar import SHANGHAI
from core.rules.two_clocks import Clocks

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def exact(moment: datetime) -> str:
    """`2019-09-09 09:54:11` for an aware datetime (R183)."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def minute(moment: datetime) -> str:
    """`14:05`, for what happened just now."""
    return moment.astimezone(SHANGHAI).strftime("%H:%M")


def promise(moment: datetime) -> str:
    """`2月24日 17:45`: a moment as customers are promised it; midnight is 24:00 of the day that ends."""
    local = moment.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        ending = local - timedelta(minutes=1)
        return f"{ending.month}月{ending.day}日 24:00"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def span(length: timedelta) -> str:
    """A length in its two largest units: `45 秒`, `3 分 20 秒`, `2 小时 5 分钟`, `3 天 4 小时`; never negative."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} 秒"
    if seconds < _HOUR:
        return _two(seconds, _MINUTE, "分钟", 1, "秒", "分")
    if seconds < _DAY:
        return _two(seconds, _HOUR, "小时", _MINUTE, "分钟")
    return _two(seconds, _DAY, "天", _HOUR, "小时")


def _two(seconds: int, large: int, name: str, small: int, rest_name: str, short: str = "") -> str:
    rest = seconds % large // small
    return f"{seconds // large} {short or name} {rest} {rest_name}" if rest else f"{seconds // large} {name}"


def relative(moment: datetime, now: datetime) -> str:
    """`刚刚`, `3 分钟前`, `2 小时前`, `5 天前`; the same with 后 for what lies ahead. One unit, rounded down."""
    seconds = int(abs((now - moment).total_seconds()))
    if seconds < _MINUTE:
        return "刚刚" if moment <= now else "马上"
    unit, name = next((u, n) for u, n in ((_DAY, "天"), (_HOUR, "小时"), (_MINUTE, "分钟")) if seconds >= u)
    return f"{seconds // unit} {name}{'前' if moment <= now else '后'}"


def both(clocks: Clocks) -> str:
    """The two clocks of a case in one line."""
    waited, worked, took = (span(each) for each in (clocks.waited, clocks.worked, clocks.took))
    return f"客户等待 {waited}（其中我方处理 {worked}）　客户用时 {took}"


def against(due: datetime, now: datetime) -> str:
    """A promise in words: `剩余 5 小时 10 分钟` before it, `已超时 2 小时` after it."""
    return f"已超时 {span(now - due)}" if now > due else f"剩余 {span(due - now)}"
