"""What the figures of wallboard and charts mean: definitions as data, and the values as pure functions.

A share is a float between 0 and 1, or None where there was nothing to share (nothing offered is no 100 %). Lengths
are seconds. The definitions follow what contact centres agree on: offered by the time of joining, wait until the first
answer, service level over answered and abandoned without short abandons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from core.rules.calendar import local_day
from core.sentence import Sentence

NOTHING = "-"
"""What stands where nothing was offered."""


@dataclass(frozen=True)
class Metric:
    """One figure: Chinese title, unit (`人`, `%`, `秒` …) and the sentence behind the question mark."""

    key: str
    title: str
    unit: str
    meaning: str


_LIST = (
    Metric("waiting", "排队人数", "人", "现在排队等待见证的客户，包括正在呼叫见证人员的。"),
    Metric("longest", "最长等待", "秒", "现在排队的客户中，最早进入的一位已等待的时间。"),
    Metric("running", "通话中", "个", "现在正在进行的视频通话。"),
    Metric("online", "在线", "人", "现在可以接听的见证人员。"),
    Metric("busy", "忙碌", "人", "现在正在通话的见证人员。"),
    Metric("wrap_up", "整理", "人", "通话结束后正在整理资料的见证人员。"),
    Metric("break", "小休", "人", "暂时离开的见证人员，不计入在岗时间。"),
    Metric("offered", "进入排队", "人次", "按进入排队的时间统计，同一客户再次进入另计一次。"),
    Metric("answered", "已接通", "人次", "被见证人员接听过的排队。"),
    Metric("abandoned", "未接通离开", "人次", "接通以前离开、失联或被结束的排队，包括短时离开。"),
    Metric("short_abandoned", "短时离开", "人次", "进入排队后几秒内就离开的，单独统计，不计入服务水平。"),
    Metric("abandon_rate", "放弃率", "%", "未接通离开 ÷ 进入排队。"),
    Metric("service_level", "服务水平", "%", "在目标时间内接通的 ÷（已接通 + 未接通离开 − 短时离开）。"),
    Metric("wait_p50", "等待中位数", "秒", "一半已接通客户的等待不超过这个时间。等待从进入排队到第一次接通。"),
    Metric("wait_p90", "等待 P90", "秒", "九成已接通客户的等待不超过这个时间。"),
    Metric("wait_mean", "平均等待", "秒", "已接通客户从进入排队到第一次接通的平均时间。"),
    Metric("talk_p50", "通话中位数", "秒", "一半通话的时长不超过这个时间。"),
    Metric("talk_p90", "通话 P90", "秒", "九成通话的时长不超过这个时间。"),
    Metric("handling", "平均处理时长", "秒", "平均通话时长 + 平均整理时长。"),
    Metric("occupancy", "占用率", "%", "（通话 + 整理）÷（通话 + 整理 + 在线），小休不计。"),
    Metric("on_duty", "在岗", "人", "平均在岗人数：在线、通话和整理的时间 ÷ 统计时段。"),
    Metric("duty_hours", "在岗工时", "小时", "在线、通话和整理的时间总和，小休不计。"),
    Metric("need_c", "需要（Erlang C）", "人", "假设客户都会等下去，达到服务水平目标且占用率不超上限所需的人数。"),
    Metric("need_a", "需要（Erlang A）", "人", "假设客户等不及会离开，放弃率不超上限且占用率不超上限所需的人数。"),
    Metric("booked", "预约", "个", "约定在当天的全部预约，包括后来取消的。"),
    Metric("due", "应到", "个", "约定在当天且没有取消的预约。"),
    Metric("checked_in", "已到", "个", "已在预约时段内登录的预约。"),
    Metric("used", "已使用", "个", "按预约接通了视频的。"),
    Metric("late", "迟到", "个", "过了规定时间才登录，优先权失效的预约。"),
    Metric("no_show", "客户未到", "个", "到预约时段结束客户都没有登录。"),
    Metric("host_no_show", "我方未接", "个", "客户按时到了，但到预约时段结束没有被接通。"),
    Metric("cancelled", "已取消", "个", "客户或营业部取消的预约。"),
    Metric("no_show_rate", "未到率", "%", "（客户未到 + 迟到）÷ 没有取消的预约。"),
    Metric("promised", "有预计的接通", "人次", "进入排队时给过预计等待时间、后来接通的。"),
    Metric("promise_kept", "预计兑现", "%", "实际等待不超过预计 1.2 倍的 ÷ 有预计的接通。"),
    Metric("promise_early", "早于预计", "%", "实际等待不到预计 0.7 倍的 ÷ 有预计的接通。"),
    Metric("promise_ratio", "实际与预计之比", "倍", "实际等待总和 ÷ 预计等待总和，1 表示正好。"),
    Metric("rejected", "驳回次数", "次", "见证和复核中的驳回，同一受理单驳回两次计两次。"),
    Metric("gone_left", "主动离开", "人次", "接通以前自己离开排队的。"),
    Metric("gone_vanished", "失去联系", "人次", "接通以前页面关闭或网络中断，没有在规定时间内回来的。"),
    Metric("gone_closed", "服务结束", "人次", "服务时间结束时还在排队的。"),
    Metric("gone_gave_up", "放弃业务", "人次", "排队时放弃了整笔业务的。"),
    Metric("gone_other", "其他原因", "人次", "接通以前结束、没有记录原因的。"),
    Metric("dropped", "接通后中断", "人次", "已接通，但没有得出结果就结束的，不计入未接通离开。"),
    Metric("per_day", "日均排队", "人次", "该时段进入排队的人次 ÷ 天数。"),
    Metric("expected", "均值", "", "之前八个相同星期几的平均值。"),
    Metric("lower", "下限", "", "均值 − 2.66 × 平均移动极差，不低于零。"),
    Metric("upper", "上限", "", "均值 + 2.66 × 平均移动极差。"),
    Metric("breach", "越界", "", "当天的值超出上下限，值得查看原因。"),
    Metric("reason_count", "次数", "次", "含有这个原因的驳回。一次驳回有三个原因时，三个原因各计一次。"),
    Metric("cumulative", "累计占比", "%", "从最多的原因累加，占全部原因次数的份额。"),
    Metric("submitted", "提交", "件", "按最后一次提交的时间统计的受理单。"),
    Metric("approved", "复核通过", "件", "其中复核通过的。"),
    Metric("first_time", "一次通过率", "%", "从未被驳回的 ÷ 复核通过的。"),
    Metric("decided", "复核决定", "件", "当天作出的复核决定：通过、驳回或终止。再次提交后的决定另计一件。"),
    Metric("review_in_time", "按时率", "%", "承诺时间前作出的 ÷ 复核决定。承诺到受理后下一个交易日服务结束。"),
    Metric("review_p50", "复核用时中位数", "小时", "一半复核从提交到决定不超过的时间，只计交易日的服务时间。"),
    Metric("review_p90", "复核用时 P90", "小时", "九成复核从提交到决定不超过的时间，只计交易日的服务时间。"),
    Metric("reached", "到达", "件", "所选日期开始办理的受理单中，到达或越过这个环节的。不需要的环节视为已越过。"),
    Metric("of_begun", "占开始办理", "%", "到达这个环节的 ÷ 开始办理的。"),
    Metric("of_previous", "占上一环节", "%", "到达这个环节的 ÷ 到达上一环节的。"),
    Metric("left_here", "放弃", "件", "停在这个环节、由客户放弃的。"),
    Metric("expired_here", "失效", "件", "停在这个环节、长期没有继续而失效的。"),
    Metric("ended_here", "终止", "件", "停在这个环节、由我方终止的。"),
    Metric("open_here", "在办", "件", "现在停在这个环节、还在办理的。"),
    Metric("begun", "开始办理", "件", "所选日期开始办理的受理单。"),
    Metric("handed_in_share", "提交率", "%", "已提交复核的 ÷ 开始办理的。"),
    Metric("passed_share", "复核通过率", "%", "复核通过的 ÷ 开始办理的。"),
    Metric("activated_share", "办结率", "%", "已激活或已完成的 ÷ 开始办理的。"),
    Metric("took_p50", "客户用时中位数", "小时",
           "一半受理单的客户用时不超过的时间：从开始到复核通过，不计排队、通话和复核。"),
    Metric("took_p90", "客户用时 P90", "小时",
           "九成受理单的客户用时不超过的时间：从开始到复核通过，不计排队、通话和复核。"),
    Metric("waited_p50", "客户等待中位数", "小时",
           "一半受理单的客户等待不超过的时间：排队和通话，加上复核所用的服务时间。"),
    Metric("waited_p90", "客户等待 P90", "小时",
           "九成受理单的客户等待不超过的时间：排队和通话，加上复核所用的服务时间。"),
    Metric("clocked", "通过的复核", "件", "该时段内复核通过的受理单，两种时间都计到通过为止。"),
    Metric("age_1", "1 天以内", "件", "开始办理不到 1 天、还没有办结的。"),
    Metric("age_3", "1 至 3 天", "件", "开始办理满 1 天、不到 3 天，还没有办结的。"),
    Metric("age_7", "3 至 7 天", "件", "开始办理满 3 天、不到 7 天，还没有办结的。"),
    Metric("age_more", "7 天以上", "件", "开始办理满 7 天，还没有办结的。"),
    Metric("calls", "通话数", "个", "当天进入排队并由该人员完成的通话。"),
    Metric("pass_rate", "通过率", "%", "结果为通过的 ÷ 通话数。"),
)  # fmt: skip
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _LIST}


@dataclass(frozen=True)
class Targets:
    """The firm's goals, from firm data (`thresholds`, key `desk_figures`). Seconds and shares."""

    target_s: int = 60
    short_s: int = 5
    service_level: float = 0.8
    abandon_rate: float = 0.05
    occupancy: float = 0.85
    longest_s: int = 300

    @staticmethod
    def of(thresholds: Mapping[str, Any]) -> Targets:
        """From the body of `thresholds`; the defaults where a firm's version is older than these goals."""
        return Targets(**thresholds.get("desk_figures", {}))


# -- values
def share(part: float, whole: float) -> float | None:
    """part ÷ whole; None where there is no whole."""
    return part / whole if whole > 0 else None


def service_level(in_target: int, answered: int, abandoned: int, short: int) -> float | None:
    """Answered in the target ÷ (answered + abandoned − short abandons)."""
    return share(in_target, answered + abandoned - short)


def abandon_rate(abandoned: int, offered: int) -> float | None:
    """Abandoned ÷ offered, short abandons included."""
    return share(abandoned, offered)


def occupancy(busy_s: float, duty_s: float) -> float | None:
    """(in call + wrap-up) ÷ (in call + wrap-up + available); breaks are in neither."""
    return share(busy_s, duty_s)


def shown(value: float | str | None, unit: str) -> str:
    """A value in words for people: `83.5%`, `1,234`, `2 分 5 秒`, `-` for None."""
    if isinstance(value, str):
        return value
    if value is None or math.isnan(value) or math.isinf(value):
        return NOTHING
    if unit == "%":
        return f"{value * 100:.1f}%"
    if unit == "秒":
        return seconds_words(round(value))
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def at_a_glance(value: float | None, unit: str) -> str:
    """A value as short as a wallboard needs it: `84%`, `12:08` (minutes and seconds), `1:02:03`, `-` for None."""
    if value is None or unit not in {"%", "秒"}:
        return shown(value, unit)
    if unit == "%":
        return f"{value:.0%}"
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes}:{seconds:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def seconds_words(seconds: int) -> str:
    """`45 秒`, `2 分 5 秒`, `1 时 3 分`."""
    if seconds < 60:
        return Sentence("{seconds} 秒", seconds=seconds)
    if seconds < 3600:
        minutes, rest = divmod(seconds, 60)
        whole = Sentence("{minutes} 分", minutes=minutes)
        return Sentence("{minutes} 分 {seconds} 秒", minutes=minutes, seconds=rest) if rest else whole
    return Sentence("{hours} 时 {minutes} 分", hours=seconds // 3600, minutes=seconds % 3600 // 60)


# -- percentiles by logarithmic buckets: mergeable, within (GAMMA - 1) / (GAMMA + 1) = 3.85 % of the exact value
GAMMA = 1.08
BUCKETS = 160
_LOG = math.log(GAMMA)


def bucket_of(seconds: int) -> int:
    """Which bucket a length belongs to; the last one takes everything beyond 57 hours."""
    return min(BUCKETS - 1, math.ceil(math.log(max(1, seconds)) / _LOG - 1e-9))


def percentile(buckets: Sequence[int], part: float) -> float | None:
    """The length that a share `part` of the counted ones does not exceed; None where nothing was counted."""
    rank = math.ceil(part * sum(buckets))
    below = 0
    for number, count in enumerate(buckets):
        below += count
        if count and below >= rank:
            return 2 * GAMMA**number / (GAMMA + 1)
    return None


# -- days
_FIRST = date(1970, 1, 1)


def day_number(when: date | datetime) -> int:
    """A day in Asia/Shanghai as a number (1970-01-01 is 0); an aware datetime counts for its local day."""
    day = local_day(when) if isinstance(when, datetime) else when
    return (day - _FIRST).days


def day_of(number: int) -> date:
    """The day behind a number."""
    return _FIRST + timedelta(days=number)


GRAINS: Mapping[str, str] = {"day": "按日", "week": "按周", "month": "按月"}
GROUPS: Mapping[str, str] = {"business": "业务类型", "branch": "营业部", "channel": "渠道", "version": "问卷版本"}


@dataclass(frozen=True)
class Span:
    """What figures are asked for: day numbers, both included; an empty branch, business, channel or version means all.

    `grain` (of `GRAINS`) and `by` (of `GROUPS`) say how figures of cases are put together, `place` which of them are
    listed; charts that know nothing of these do not heed them.
    """

    first: int
    last: int
    branch: str = ""
    business: str = ""
    channel: str = ""
    version: str = ""
    grain: str = "day"
    by: str = "business"
    place: str = ""

    @property
    def first_day(self) -> date:
        """The first day as a date."""
        return day_of(self.first)

    @property
    def last_day(self) -> date:
        """The last day as a date."""
        return day_of(self.last)


def period_of(number: int, grain: str) -> date:
    """The first day of the day, week (from Monday) or month that a day number belongs to."""
    day = day_of(number)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


# -- control charts
@dataclass(frozen=True)
class Limits:
    """Where the values of a day are expected: mean ± 2.66 × mean moving range of its last same weekdays."""

    mean: float
    lower: float
    upper: float


SAME_WEEKDAYS = 8


def control_limits(earlier: Sequence[float]) -> Limits | None:
    """XmR limits from earlier values of the same weekday, oldest first; None with fewer than four (textbook)."""
    if len(earlier) < 4:
        return None
    mean = sum(earlier) / len(earlier)
    ranges = [abs(b - a) for a, b in pairwise(earlier)]
    reach = 2.66 * sum(ranges) / len(ranges)
    return Limits(mean, max(0.0, mean - reach), mean + reach)


def same_weekdays(values: Mapping[int, float | None], day: int) -> list[float]:
    """The values of the last eight same weekdays before a day number, oldest first, without gaps."""
    found = [values.get(day - 7 * back) for back in range(SAME_WEEKDAYS, 0, -1)]
    return [value for value in found if value is not None]
