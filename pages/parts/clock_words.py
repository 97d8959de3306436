"""Times in words, always in Asia/Shanghai: exact, as a promise, relative to now, against a promise (R183)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.rules.calendar import SHANGHAI
from core.rules.two_clocks import Clocks
from pages.parts.language import _

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
        return _("{day.month}月{day.day}日 24:00").format(day=ending)
    return _("{day.month}月{day.day}日 {day:%H:%M}").format(day=local)


def span(length: timedelta) -> str:
    """A length in its two largest units: `45 秒`, `3 分 20 秒`, `2 小时 5 分钟`, `3 天 4 小时`; never negative."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return _("{seconds} 秒").format(seconds=seconds)
    if seconds < _HOUR:
        return _two(seconds, _MINUTE, _("分钟"), 1, _("秒"), _("分"))
    if seconds < _DAY:
        return _two(seconds, _HOUR, _("小时"), _MINUTE, _("分钟"))
    return _two(seconds, _DAY, _("天"), _HOUR, _("小时"))


def _two(seconds: int, large: int, name: str, small: int, rest_name: str, short: str = "") -> str:
    rest = seconds % large // small
    return f"{seconds // large} {short or name} {rest} {rest_name}" if rest else f"{seconds // large} {name}"


def relative(moment: datetime, now: datetime) -> str:
    """`刚刚`, `3 分钟前`, `2 小时前`, `5 天前`; the same with 后 for what lies ahead. One unit, rounded down."""
    seconds = int(abs((now - moment).total_seconds()))
    if seconds < _MINUTE:
        return _("刚刚") if moment <= now else _("马上")
    unit, name = next((u, n) for u, n in ((_DAY, _("天")), (_HOUR, _("小时")), (_MINUTE, _("分钟"))) if seconds >= u)
    said = _("{count} {unit}前") if moment <= now else _("{count} {unit}后")
    return said.format(count=seconds // unit, unit=name)


def both(clocks: Clocks) -> str:
    """The two clocks of a case in one line."""
    waited, worked, took = (span(each) for each in (clocks.waited, clocks.worked, clocks.took))
    return _("客户等待 {waited}（其中我方处理 {worked}）　客户用时 {took}").format(
        waited=waited, worked=worked, took=took
    )


def against(due: datetime, now: datetime) -> str:
    """A promise in words: `剩余 5 小时 10 分钟` before it, `已超时 2 小时` after it."""
    return _("已超时 {now}").format(now=span(now - due)) if now > due else _("剩余 {due}").format(due=span(due - now))
