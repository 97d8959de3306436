"""What each chart shows: sums of the rollups turned into the defined figures. All figures come from rollups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.businesses import BUSINESSES
from core.charts import DAY, WEEKDAYS, Cell, Chart, Column, metric
from core.flow import Rules
from core.metrics import (
    SAME_WEEKDAYS,
    Span,
    Targets,
    abandon_rate,
    control_limits,
    day_of,
    occupancy,
    percentile,
    same_weekdays,
    service_level,
    share,
)
from core.ports import Work
from core.rules import staffing
from core.sentence import Sentence

NO_BUSINESS = "按小时的数据不分业务，业务筛选在这里不起作用。"
_GONE = ("gone_left", "gone_vanished", "gone_closed", "gone_gave_up")


@dataclass(frozen=True)
class Asked:
    """One question: which firm's work, which days, by which goals and rules."""

    work: Work
    span: Span
    targets: Targets
    rules: Rules

    def days(self, *columns: str) -> list[tuple[Any, ...]]:
        """(day number, sums …) of each day with anything."""
        return self.work.metrics.by_day(self.span, columns, "day")


def business_title(key: str) -> str:
    """The Chinese title of a business."""
    return BUSINESSES[key].title if key in BUSINESSES else key or "其他"


def make_chart(
    key: str, title: str, columns: Iterable[Column], rows: Iterable[tuple[Cell, ...]], note: str = ""
) -> Chart:
    """A chart of whatever runs through its columns and rows."""
    return Chart(key, title, tuple(columns), tuple(rows), note)


def _daily(key: str, title: str, names: Iterable[str], rows: Iterable[tuple[Cell, ...]], note: str = "") -> Chart:
    return make_chart(key, title, (DAY, *map(metric, names)), rows, note)


def volume(ask: Asked) -> Chart:
    """Offered by day, one column for each business that occurs."""
    found: dict[int, dict[str, int]] = {}
    for day, business, offered in ask.work.metrics.by_day(ask.span, ["offered"], "day", "business"):
        if offered:
            found.setdefault(day, {})[business] = offered
    seen = {business for figures in found.values() for business in figures}
    known = [key for key in BUSINESSES if key in seen] + sorted(seen - {*BUSINESSES})
    meaning = metric("offered").meaning
    columns = [DAY, *(Column(key, business_title(key), "人次", meaning) for key in known)]
    rows: list[tuple[Cell, ...]] = [
        (day_of(day), *(figures.get(key, 0) for key in known)) for day, figures in sorted(found.items())
    ]
    return make_chart("volume", "每天有多少客户排队？", columns, rows)


def wait(ask: Asked) -> Chart:
    """P50, P90 and mean wait of the answered by day."""
    buckets = ask.work.metrics.histograms("wait", ask.span)
    rows = [
        (day_of(day), _part(buckets, day, 0.5), _part(buckets, day, 0.9), share(seconds, answered))
        for day, answered, seconds in ask.days("answered", "wait_s")
        if answered
    ]
    return _daily("wait", "客户等多久？", ("wait_p50", "wait_p90", "wait_mean"), rows)


def _part(buckets: Mapping[int, list[int]], day: int, part: float) -> float | None:
    return percentile(buckets.get(day, ()), part)


def service(ask: Asked) -> Chart:
    """Service level and abandon rate by day."""
    names = ("offered", "answered", "in_target", "abandoned", "short_abandoned")
    rows = [
        (day_of(day), service_level(on_time, answered, gone, short), abandon_rate(gone, offered), offered)
        for day, offered, answered, on_time, gone, short in ask.days(*names)
        if offered
    ]
    note = Sentence(
        "目标：{target_s} 秒内接通，服务水平 {service_level:.0%}。",
        target_s=ask.targets.target_s,
        service_level=ask.targets.service_level,
    )
    return _daily("service", "接得够快吗？", ("service_level", "abandon_rate", "offered"), rows, note)


def branches(ask: Asked) -> Chart:
    """Service level, abandon rate and mean wait by branch over the whole range."""
    names = {branch.id: branch.name for branch in ask.work.firms.branches()}
    sums = ("offered", "answered", "in_target", "abandoned", "short_abandoned", "wait_s")
    rows: list[tuple[Cell, ...]] = [
        (names.get(branch, branch), service_level(on_time, answered, gone, short), abandon_rate(gone, offered),
         share(seconds, answered), offered)
        for branch, offered, answered, on_time, gone, short, seconds
        in ask.work.metrics.by_day(ask.span, sums, "branch_id")
        if offered
    ]  # fmt: skip
    rows.sort(key=lambda row: -float(row[-1]))  # type: ignore[arg-type]
    columns = (Column("branch", "营业部"), *map(metric, ("service_level", "abandon_rate", "wait_mean", "offered")))
    return make_chart("branches", "哪些营业部需要支援？", columns, rows)


def abandons(ask: Asked) -> Chart:
    """Who left, by the phase and the reason, by day; other is what bears no reason."""
    rows = [
        (day_of(day), *gone, all_gone - sum(gone), dropped)
        for day, all_gone, dropped, *gone in ask.days("abandoned", "dropped", *_GONE)
        if all_gone or dropped
    ]
    return _daily("abandons", "客户在哪个环节离开？", (*_GONE, "gone_other", "dropped"), rows)


def handling(ask: Asked) -> Chart:
    """Talk P50 and P90 and the mean handling time (talk and wrap-up) by day."""
    buckets = ask.work.metrics.histograms("talk", ask.span)
    wraps = {day: wrap / talked for day, talked, wrap in _hours_by_day(ask, "talked", "wrap_s") if talked}
    rows = [
        (day_of(day), _part(buckets, day, 0.5), _part(buckets, day, 0.9), talk / talked + wraps.get(day, 0))
        for day, talked, talk in ask.days("talked", "talk_s")
        if talked
    ]
    return _daily("handling", "一次见证要多久？", ("talk_p50", "talk_p90", "handling"), rows,
                  "整理时间不分业务，取当天全部业务的平均。" if ask.span.business else "")  # fmt: skip


def _hours_by_day(ask: Asked, *columns: str) -> list[tuple[Any, ...]]:
    return ask.work.metrics.by_hour(ask.span, columns, "day")


def busy(ask: Asked) -> Chart:
    """Occupancy and hours on duty by day."""
    rows = [
        (day_of(day), occupancy(working, duty), duty / 3600)
        for day, duty, working in _hours_by_day(ask, "duty_s", "busy_s")
        if duty
    ]
    note = Sentence("占用率长期高于 {occupancy:.0%} 容易疲劳和积压。", occupancy=ask.targets.occupancy)
    return _daily("busy", "见证人员有多忙？", ("occupancy", "duty_hours"), rows, _noted(ask, note))


def _noted(ask: Asked, note: str) -> str:
    return note + (NO_BUSINESS if ask.span.business else "")


def people(ask: Asked) -> Chart:
    """Calls, handling time, share of passes and occupancy by member of staff."""
    names = {member.id: member.name for member in ask.work.people.all_staff()}
    sums = ("calls", "passed", "talk_s", "online_s", "busy_s", "wrap_s")
    rows: list[tuple[Cell, ...]] = [
        (names.get(staff, staff), calls, share(talk + wrap, calls), share(passed, calls),
         occupancy(in_call + wrap, in_call + wrap + online))
        for staff, calls, passed, talk, online, in_call, wrap in ask.work.metrics.by_staff(ask.span, sums)
        if calls
    ]  # fmt: skip
    rows.sort(key=lambda row: -float(row[1]))  # type: ignore[arg-type]
    columns = (Column("staff", "见证人员"), *map(metric, ("calls", "handling", "pass_rate", "occupancy")))
    return make_chart("people", "每位见证人员办理了多少？", columns, rows, _noted(ask, ""))


def heat(ask: Asked) -> Chart:
    """Mean offered by weekday and hour of the day."""
    counts = [0] * 7
    for day in range(ask.span.first, ask.span.last + 1):
        counts[day_of(day).weekday()] += 1
    cells = {
        (weekday, hour): share(offered, counts[weekday])
        for weekday, hour, offered in ask.work.metrics.by_hour(ask.span, ["offered"], "weekday", "hour")
    }
    hours = sorted({hour for _, hour in cells})
    shown_hours = range(hours[0], hours[-1] + 1) if hours else ()
    columns = [
        Column("weekday", "星期"),
        *(
            Column(f"h{hour}", Sentence("{hour} 时", hour=hour), "人次", metric("per_day").meaning)
            for hour in shown_hours
        ),
    ]
    rows = [(WEEKDAYS[day], *(cells.get((day, hour)) for hour in shown_hours)) for day in range(7)] if cells else []
    return make_chart("heat", "什么时候最忙？", columns, rows, _noted(ask, "每格是该时段平均进入排队的人次。"))


def reservations(ask: Asked) -> Chart:
    """What became of the reservations of each day, and the share of those who did not come in time."""
    names = ("booked", "used", "late", "no_show", "host_no_show", "cancelled")
    rows = [
        (day_of(day), *figures, share(figures[2] + figures[3], figures[0] - figures[5]))
        for day, *figures in ask.days(*names)
        if figures[0]
    ]
    return _daily("reservations", "预约用上了吗？", (*names, "no_show_rate"), rows)


def promises(ask: Asked) -> Chart:
    """How the wait that was promised on joining compares to the truth, by day."""
    names = ("promised", "promise_kept", "promise_early", "promised_s", "promised_wait_s")
    rows = [
        (day_of(day), share(kept, count), share(early, count), share(waited, said), count)
        for day, count, kept, early, said, waited in ask.days(*names)
        if count
    ]
    columns = ("promise_kept", "promise_early", "promise_ratio", "promised")
    return _daily("promises", "预计等待时间说得准吗？", columns, rows)


def staff_need(ask: Asked) -> Chart:
    """Witnesses needed on a mean weekday by hour, by Erlang C and A, beside the mean number that was on duty."""
    days = {day for day, offered in _hours_by_day(ask, "offered") if offered and day_of(day).weekday() < 5}
    sums = ("offered", "talked", "talk_s", "wrap_s", "duty_s", "wait_s", "abandoned_wait_s", "abandoned")
    hours: dict[int, list[int]] = {}
    for weekday, hour, *figures in ask.work.metrics.by_hour(ask.span, sums, "weekday", "hour"):
        if weekday < 5:
            hours[hour] = [a + b for a, b in zip(hours.get(hour, [0] * 8), figures, strict=True)]
    patience = share(sum(f[5] + f[6] for f in hours.values()), sum(f[7] for f in hours.values()))
    rows = [_need(ask.targets, hour, hours[hour], len(days), patience) for hour in sorted(hours)] if days else []
    goal = Sentence(
        "{target_s} 秒内接通 {service_level:.0%}，放弃率不超 {abandon_rate:.0%}",
        target_s=ask.targets.target_s,
        service_level=ask.targets.service_level,
        abandon_rate=ask.targets.abandon_rate,
    )
    note = Sentence(
        "周一至周五的平均，所选营业部合并成一个队列计算。目标：{goal}，占用率不超 {occupancy:.0%}。",
        goal=goal,
        occupancy=ask.targets.occupancy,
    )
    columns = map(metric, ("per_day", "handling", "on_duty", "need_c", "need_a"))
    return make_chart(
        "staff_need", "每个时段需要多少见证人员？", (Column("hour", "时段"), *columns), rows, _noted(ask, note)
    )


def _need(
    targets: Targets, hour: int, figures: list[int], days: int, patience: float | None
) -> tuple[Cell, ...]:  # fmt: skip
    offered, talked, talk, wrap, duty = figures[:5]
    length, arrivals = share(talk + wrap, talked), offered / days / 3600
    need_c = need_a = None
    if length:
        need_c = staffing.needed(arrivals, length, targets.target_s, targets.service_level, targets.occupancy)
        if patience:
            need_a = staffing.needed_with_abandons(
                arrivals, length, patience, targets.abandon_rate, targets.occupancy
            )  # fmt: skip
    return Sentence("{hour} 时", hour=hour), offered / days, length, duty / days / 3600, need_c, need_a


def control_wait(ask: Asked) -> Chart:
    """The mean wait of each day against what its weekday lets expect."""
    return _control(ask, "control_wait", "哪几天的等待不寻常？", "wait_mean", ("wait_s", "answered"))


def control_abandon(ask: Asked) -> Chart:
    """The abandon rate of each day against what its weekday lets expect."""
    return _control(ask, "control_abandon", "哪几天离开的客户不寻常？", "abandon_rate", ("abandoned", "offered"))


def _control(ask: Asked, key: str, title: str, name: str, sums: tuple[str, str]) -> Chart:
    earlier = replace(ask.span, first=ask.span.first - 7 * SAME_WEEKDAYS)
    found = {day: share(part, whole) for day, part, whole in ask.work.metrics.by_day(earlier, sums, "day")}
    rows: list[tuple[Cell, ...]] = []
    for day, value in sorted(found.items()):
        if day >= ask.span.first and value is not None:
            limits = control_limits(same_weekdays(found, day))
            expected = (limits.mean, limits.lower, limits.upper) if limits else (None, None, None)
            breach = "越界" if limits and not limits.lower <= value <= limits.upper else ""
            rows.append((day_of(day), value, *expected, breach))
    unit = metric(name).unit
    columns = [replace(metric(each), unit=unit) for each in ("expected", "lower", "upper")]
    note = "与之前八个相同星期几比较，至少有四个才给出上下限。"
    return make_chart(key, title, (DAY, metric(name), *columns, metric("breach")), rows, note)


def review_time(ask: Asked) -> Chart:
    """How many reviews were decided as promised (R173), and P50 and P90 of the service hours they took, by day."""
    buckets = ask.work.metrics.histograms("review", ask.span)
    rows = [
        (day_of(day), share(in_time, decided), _hours(buckets, day, 0.5), _hours(buckets, day, 0.9), decided)
        for day, decided, in_time in ask.days("decided", "decided_in_time")
        if decided
    ]
    return _daily(
        "review_time", "复核按承诺完成了吗？", ("review_in_time", "review_p50", "review_p90", "decided"), rows
    )


def _hours(buckets: Mapping[int, list[int]], day: int, part: float) -> float | None:
    """A percentile of minutes as hours."""
    minutes = _part(buckets, day, part)
    return None if minutes is None else minutes / 60
