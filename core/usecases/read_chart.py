"""The analyst's charts: authorised, for one firm, from rollups; and the tickets of one day behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.actor import Actor
from core.audit import Tag
from core.charts import Chart, Column
from core.errors import NotFound, WrongState
from core.jobs.refresh_rollups import targets_of
from core.metrics import GRAINS, GROUPS, METRICS, Span
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.rules.calendar import SHANGHAI
from core.sentence import Sentence
from core.usecases import case_charts as cases
from core.usecases import chart_rows as rows
from core.usecases.chart_rows import Asked, business_title
from core.usecases.loading import rules_for

LONGEST = 366
TICKETS_SHOWN = 500
_ENDS = {"waiting": "排队中", "offered": "呼叫中", "in_call": "通话中", "done": "已完成", "abandoned": "未接通离开"}
_RESULTS = {"passed": "通过", "rejected": "驳回", "aborted": "中断"}


@dataclass(frozen=True)
class Section:
    """Charts that are read together."""

    title: str
    charts: tuple[str, ...]


CHARTS: Mapping[str, Callable[[Asked], Chart]] = {
    make.__name__: make
    for make in (
        rows.volume, rows.heat, rows.wait, rows.service, rows.branches, rows.abandons, rows.handling, rows.busy,
        rows.people, rows.staff_need, rows.reservations, rows.promises, rows.control_wait, rows.control_abandon,
        rows.review_time, cases.first_time, cases.pareto_witness, cases.pareto_review, cases.funnel, cases.compare,
        cases.clocks, cases.ageing,
    )
}  # fmt: skip
SECTIONS: Mapping[str, Section] = {
    "demand": Section("业务量", ("volume", "heat")),
    "service": Section("服务", ("service", "wait", "abandons", "branches")),
    "people": Section("人员", ("handling", "busy", "staff_need", "people")),
    "reservations": Section("预约与预计", ("reservations", "promises")),
    "control": Section("异常", ("control_wait", "control_abandon")),
    "cases": Section("办件", ("funnel", "compare", "clocks", "ageing")),
    "quality": Section("复核与驳回", ("review_time", "first_time", "pareto_witness", "pareto_review")),
}


def read_chart(desk: Desk, actor: Actor, key: str, span: Span) -> Chart:
    """One chart; `NotFound` for an unknown one, `WrongState` for a range that is empty or longer than a year."""
    if key not in CHARTS or span.grain not in GRAINS or span.by not in GROUPS:
        raise NotFound
    _check_range(span)
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        return CHARTS[key](Asked(work, span, targets_of(work), rules_for(work)))


def _check_range(span: Span) -> None:
    if not 0 <= span.last - span.first < LONGEST:
        raise WrongState("请选择不超过一年的日期范围。")


def read_cases(desk: Desk, actor: Actor, span: Span) -> Chart:
    """The cases that stand at one place (`span.place`) of the funnel, with numbers and no names, the earliest 500.

    `NotFound` for a place that the business does not have.
    """
    _check_range(span)
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        return cases.cases_at(work, span, TICKETS_SHOWN)


def questionnaire_versions(desk: Desk, actor: Actor) -> list[str]:
    """The versions of the questionnaire that cases can have begun with, the newest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        newest = rules_for(work).versions.get("questionnaire", 0)
    return [str(number) for number in range(newest, 0, -1)]


def read_tickets(desk: Desk, actor: Actor, span: Span) -> Chart:
    """The tickets of the span's last day with case numbers and no names, the earliest 500."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_READ)
        return _tickets(work, replace(span, first=span.last))


def _tickets(work: Work, span: Span) -> Chart:
    names = {branch.id: branch.name for branch in work.firms.branches()}
    found = work.metrics.tickets_of_day(span, TICKETS_SHOWN)
    listed = tuple(
        (number, names.get(branch, branch), business_title(business), _exact(joined), wait, promised, talk,
         _ending(state, reason, result))
        for number, branch, business, joined, wait, talk, state, reason, result, promised in found
    )  # fmt: skip
    columns = (
        Column("case_number", "受理单号"), Column("branch", "营业部"), Column("business", "业务类型"),
        Column("joined", "进入排队"), Column("wait", "等待", "秒"), Column("promised_s", "预计", "秒"),
        Column("talk", "通话", "秒"), Column("ending", "结果"),
    )  # fmt: skip
    note = (
        Sentence("只列出最早的 {tickets_shown} 笔。", tickets_shown=TICKETS_SHOWN)
        if len(listed) == TICKETS_SHOWN
        else ""
    )
    return Chart("tickets", Sentence("{day} 的排队记录", day=span.last_day.isoformat()), columns, listed, note)


def _exact(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _ending(state: str, reason: str, result: str) -> str:
    why = METRICS[f"gone_{reason}"].title if f"gone_{reason}" in METRICS else ""
    return " · ".join(filter(None, (_ENDS.get(state, state), _RESULTS.get(result, result), why)))


def export_chart(desk: Desk, actor: Actor, key: str, span: Span, kind: str) -> Chart:
    """The rows of a chart (or of the lists `tickets` and `cases`) that leave the system; put on record."""
    listed = {"tickets": read_tickets, "cases": read_cases}.get(key)
    chart = listed(desk, actor, span) if listed else read_chart(desk, actor, key, span)
    with desk.write(actor.firm_id) as work:
        days = f"{span.first_day.isoformat()}/{span.last_day.isoformat()}"
        work.audit(actor, Tag.STAFF_CHART_EXPORT, f"chart:{key}", kind=kind, days=days, rows=len(chart.rows))
    return chart
