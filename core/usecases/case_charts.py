"""Charts of cases: how far those that were begun came, why they were sent back, both clocks, how old the open are.

The unit of the funnel is a case by the day it was begun on; where it stands is read from its state and its step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from core.businesses import BUSINESSES
from core.case import AFTER_APPROVAL, CLOSED_STATES, OPEN_STATES, STATE_TITLES, State
from core.charts import DAY, Cell, Chart, Column, metric
from core.errors import NotFound
from core.metrics import BUCKETS, Span, percentile, period_of, share
from core.ports import Work
from core.records_figures import Standing
from core.rules.calendar import SHANGHAI
from core.rules.device_kind import DEVICE_TITLES
from core.sentence import Sentence
from core.usecases.chart_rows import Asked, business_title, make_chart

BEGUN, READY, HANDED_IN, PASSED, ACTIVATED = "begun", "submit", "handed_in", "passed", "activated"
USUAL_BUSINESS = next(iter(BUSINESSES))
_DONE = AFTER_APPROVAL & CLOSED_STATES
_LAST = {READY: "待提交", HANDED_IN: "已提交", PASSED: "复核通过", ACTIVATED: "已办结"}
_STATES_AT = {HANDED_IN: frozenset(State) - AFTER_APPROVAL, PASSED: AFTER_APPROVAL - _DONE, ACTIVATED: _DONE}
_HERE = {"left_here": {State.ABANDONED}, "expired_here": {State.EXPIRED}, "ended_here": {State.TERMINATED},
         "open_here": OPEN_STATES}  # fmt: skip
_GRAIN_COLUMNS = {"day": DAY, "week": Column("day", "周（周一的日期）"), "month": Column("day", "月（首日的日期）")}
_AGE_DAYS, _AGES = (1, 3, 7), ("age_1", "age_3", "age_7", "age_more")
_NOT_BUSINESS_OR_BRANCH = "按营业部或业务类型比较时，渠道和版本筛选不起作用。"
_NO_CHANNEL = "渠道和版本筛选在这里不起作用。"


# -- the funnel
def places_of(business: str) -> dict[str, str]:
    """The places of a business's funnel in their order, with titles; an unknown business is the usual one."""
    declared = BUSINESSES.get(business) or BUSINESSES[USUAL_BUSINESS]
    return {BEGUN: "开始办理", **{step.key: step.title for step in declared.steps}, **_LAST}


def _place(standing: Standing, places: Mapping[str, str]) -> str:
    """The last place that these cases reached."""
    if not standing.step:
        return next(place for place, states in _STATES_AT.items() if State(standing.state) in states)
    return standing.step if standing.step in places else BEGUN


def funnel(ask: Asked) -> Chart:
    """Of the cases begun in the range: how many reached each place, and what became of those that stand there."""
    span = replace(ask.span, business=ask.span.business or USUAL_BUSINESS)
    places = places_of(span.business)
    at: dict[str, Counter[str]] = {place: Counter() for place in places}
    for standing, count in ask.work.case_figures.standing(span).items():
        at[_place(standing, places)][standing.state] += count
    begun = left = sum(sum(states.values()) for states in at.values())
    rows, previous = [], begun
    for place, title in places.items() if begun else ():
        here = at[place]
        rows.append((title, left, share(left, begun), share(left, previous), *_gone(here)))
        previous, left = left, left - sum(here.values())
    columns = (Column("place", "环节"), *map(metric, ("reached", "of_begun", "of_previous", *_HERE)))
    note = Sentence("一次只看一项业务，现在是{business}。", business=business_title(span.business))
    return make_chart("funnel", "客户办到了哪一步？", columns, rows, "" if ask.span.business else note)


def _gone(here: Counter[str]) -> tuple[int, ...]:
    return tuple(sum(here[str(state)] for state in states) for states in _HERE.values())


def cases_at(work: Work, span: Span, limit: int) -> Chart:
    """The cases begun in the range that stand at `span.place`, the earliest `limit`."""
    span = replace(span, business=span.business or USUAL_BUSINESS)
    places, names = places_of(span.business), {branch.id: branch.name for branch in work.firms.branches()}
    if span.place not in places:
        raise NotFound
    steps = None if span.place in _STATES_AT else {span.place} - {BEGUN} or {""}
    states = {str(state) for state in _STATES_AT.get(span.place, ())}
    found = work.case_figures.begun(span, states, steps, limit)
    rows: list[tuple[Cell, ...]] = [
        (each.number, names.get(each.branch_id, each.branch_id), STATE_TITLES[State(each.state)],
         *(f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else "" for at in
           (each.created_at, each.submitted_at, each.updated_at)))
        for each in found
    ]  # fmt: skip
    heads = (("case_number", "受理单号"), ("branch", "营业部"), ("state", "状态"), ("begun", "开始办理"),
             ("submitted", "提交"), ("updated", "最近变化"))  # fmt: skip
    note = Sentence("只列出最早的 {count} 笔。", count=limit) if len(found) == limit else ""
    title = Sentence("停在“{place}”的受理单", place=places[span.place])
    return make_chart("cases", title, (Column(key, head) for key, head in heads), rows, note)


def compare(ask: Asked) -> Chart:
    """How far the cases begun in the range came, by business, branch, device or version of the questionnaire."""
    by, span = ask.span.by, ask.span
    if by in {"channel", "version"}:
        found = _reached(ask.work.case_figures.standing(span), "device" if by == "channel" else by)
    else:
        groups = ask.work.case_figures.reached(span, "branch_id" if by == "branch" else by)
        found = {group: tuple(figures) for group, *figures in groups}
    names = _names(ask, by)
    rows = [
        (names.get(group, group) or "未知", begun, *(share(part, begun) for part in parts))
        for group, (begun, *parts) in sorted(found.items(), key=lambda pair: (-pair[1][0], pair[0]))
        if begun
    ]
    columns = map(metric, ("begun", "handed_in_share", "passed_share", "activated_share"))
    note = _NOT_BUSINESS_OR_BRANCH if by not in {"channel", "version"} and (span.channel or span.version) else ""
    return make_chart("compare", "哪一类办得更顺？", (Column("group", _TITLES_BY[by]), *columns), rows, note)


_TITLES_BY = {"business": "业务类型", "branch": "营业部", "channel": "渠道", "version": "问卷版本"}


def _names(ask: Asked, by: str) -> dict[str, str]:
    if by == "branch":
        return {branch.id: branch.name for branch in ask.work.firms.branches()}
    if by == "business":
        return {key: business_title(key) for key in BUSINESSES}
    return dict(DEVICE_TITLES) if by == "channel" else {}


def _reached(standing: Mapping[Standing, int], name: str) -> dict[str, tuple[int, ...]]:
    """Group -> begun, handed in, approved, activated."""
    found: dict[str, Counter[str]] = {}
    for each, count in standing.items():
        figures, state = found.setdefault(getattr(each, name), Counter()), State(each.state)
        reached = {BEGUN: True, HANDED_IN: not each.step, PASSED: state in AFTER_APPROVAL, ACTIVATED: state in _DONE}
        figures.update({place: count for place, yes in reached.items() if yes})
    return {group: tuple(f[name] for name in (BEGUN, HANDED_IN, PASSED, ACTIVATED)) for group, f in found.items()}


# -- quality
def pareto_witness(ask: Asked) -> Chart:
    """Reasons that witnesses gave, the most frequent first, with the running share."""
    return _pareto(ask, "pareto_witness", "见证时为什么驳回？", "witness")


def pareto_review(ask: Asked) -> Chart:
    """Reasons that reviewers gave, the most frequent first, with the running share."""
    return _pareto(ask, "pareto_review", "复核时为什么驳回？", "review")


def _pareto(ask: Asked, key: str, title: str, stage: str) -> Chart:
    given = ask.work.case_figures.reasons(ask.span)
    counts = {code: count for (at, code), count in given.items() if at == stage}
    rejected = counts.pop("*", 0)
    labels = {row["code"]: row["label"] for row in ask.rules["reject_reasons"]["reasons"]}
    total, sofar, rows = sum(counts.values()), 0, list[tuple[Cell, ...]]()
    for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        sofar += count
        rows.append((f"{code} {labels.get(code, '')}".strip(), count, share(sofar, total)))
    note = Sentence("共驳回 {rejected} 次。", rejected=rejected) if rejected else ""
    columns = (Column("reason", "驳回原因"), metric("reason_count"), metric("cumulative"))
    return make_chart(key, title, columns, rows, note)


def first_time(ask: Asked) -> Chart:
    """How many approved cases were never rejected, by day, week or month of handing in."""
    sums: dict[date, Counter[str]] = {}
    for day, *figures in ask.days("submitted", "approved", "clean"):
        period = sums.setdefault(period_of(day, ask.span.grain), Counter())
        period.update(dict(zip(("submitted", "approved", "clean"), figures, strict=True)))
    rows: list[tuple[Cell, ...]] = [
        (period, share(f["clean"], f["approved"]), f["submitted"], f["approved"])
        for period, f in sums.items()
        if f["submitted"]
    ]
    columns = (_GRAIN_COLUMNS[ask.span.grain], *map(metric, ("first_time", "submitted", "approved")))
    return make_chart("first_time", "客户一次办成了吗？", columns, rows)


# -- time
def clocks(ask: Asked) -> Chart:
    """Both clocks of the cases that were approved in each day, week or month: the customer's, and the wait for us."""
    took, waited = (_by_period(ask, measure) for measure in ("took", "waited"))
    rows: list[tuple[Cell, ...]] = [
        (period, _hours(buckets, 0.5), _hours(buckets, 0.9), _hours(waited[period], 0.5), _hours(waited[period], 0.9),
         sum(buckets))
        for period, buckets in sorted(took.items())
    ]  # fmt: skip
    names = ("took_p50", "took_p90", "waited_p50", "waited_p90", "clocked")
    note = _NO_CHANNEL if ask.span.channel or ask.span.version else ""
    columns = (_GRAIN_COLUMNS[ask.span.grain], *map(metric, names))
    return make_chart("clocks", "客户和我们各用了多少时间？", columns, rows, note)


def _by_period(ask: Asked, measure: str) -> dict[date, list[int]]:
    found: dict[date, list[int]] = {}
    for day, buckets in ask.work.metrics.histograms(measure, ask.span).items():
        sums = found.setdefault(period_of(day, ask.span.grain), [0] * BUCKETS)
        found[period_of(day, ask.span.grain)] = [a + b for a, b in zip(sums, buckets, strict=True)]
    return found


def _hours(buckets: Iterable[int], part: float) -> float | None:
    """A percentile of minutes as hours."""
    minutes = percentile(list(buckets), part)
    return None if minutes is None else minutes / 60


def ageing(ask: Asked) -> Chart:
    """The open cases of this moment by state and by the time since they were begun."""
    found = ask.work.case_figures.ages(ask.span, _AGE_DAYS)
    rows: list[tuple[Cell, ...]] = [
        (STATE_TITLES[state], *found[str(state)]) for state in STATE_TITLES if str(state) in found
    ]
    note = "这是现在的情况，日期、渠道和版本筛选在这里不起作用。"
    return make_chart("ageing", "在办的业务放了多久？", (Column("state", "状态"), *map(metric, _AGES)), rows, note)
