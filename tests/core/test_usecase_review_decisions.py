"""Decisions of a review: kept with the promise they were made under, and what the chart makes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.charts import Cell
from core.jobs.refresh_rollups import rebuild_rollups, refresh_rollups
from core.metrics import Span, day_number
from core.rules.calendar import local_time
from core.usecases.abandon_case import abandon_case
from core.usecases.read_chart import read_chart
from core.usecases.review_case import approve_case, reject_review, release_case, take_case
from db import tables as t
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench

IN_TIME, LATE = timedelta(hours=3), timedelta(days=2, hours=3)
"""Handed in on Monday at ten: promised until the end of Tuesday, since the demo's service never ends."""


def decisions(bench: Bench, firm: str = "f1") -> list[tuple[str, str, bool, int]]:
    """(case, result, as promised, whole hours in service), in order."""
    columns = t.DecisionRow.__table__.c
    query = select(columns).where(columns.firm_id == firm).order_by(columns.decided_at)
    with bench.database.engine.connect() as connection:
        found = connection.execute(query).fetchall()
    return [(r.case_id, r.result, r.decided_at <= r.due_at, r.working_s // 3600) for r in found]


def approve(bench: Bench, walk: Walk) -> None:
    take_case(bench.desk, bench.staff("review", firm=walk.firm), walk.case_id)
    approve_case(bench.desk, bench.staff("review", firm=walk.firm), walk.case_id)


def reject(bench: Bench, walk: Walk, *codes: str) -> None:
    take_case(bench.desk, bench.staff("review"), walk.case_id)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, codes, "", "")


def chart(bench: Bench, business: str = "", branch: str = "") -> list[tuple[Cell, ...]]:
    today = day_number(bench.now)
    return list(
        read_chart(bench.desk, bench.staff("analyst"), "review_time", Span(today - 30, today, branch, business)).rows
    )


@pytest.mark.parametrize(("after", "kept", "hours"), [(IN_TIME, True, 3), (LATE, False, 51)])
def test_an_approval_is_kept_under_the_promise_of_the_review(
    bench: Bench, after: timedelta, kept: bool, hours: int
) -> None:
    walk = case_at(bench, "submitted")
    submitted = walk.case(bench)
    bench.pass_time(after)
    approve(bench, walk)
    assert decisions(bench) == [(walk.case_id, "approved", kept, hours)]
    with bench.database.engine.connect() as connection:
        columns = t.DecisionRow.__table__.c
        [row] = connection.execute(select(columns.submitted_at, columns.due_at)).fetchall()
    assert tuple(row) == (submitted.submitted_at, submitted.due_at)


def test_the_last_moment_of_the_promise_keeps_it(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    due = walk.case(bench).due_at
    assert due is not None
    bench.clock.now = due - timedelta(seconds=1)
    approve(bench, walk)
    assert [kept for _, _, kept, _ in decisions(bench)] == [True]


@pytest.mark.parametrize(("code", "result"), [("D02", "rejected"), ("S05", "terminated"), ("M04", "terminated")])
def test_a_rejection_is_a_decision_too(bench: Bench, code: str, result: str) -> None:
    walk = case_at(bench, "submitted")
    bench.pass_time(IN_TIME)
    reject(bench, walk, code)
    assert decisions(bench) == [(walk.case_id, result, True, 3)]


def test_waiting_for_something_giving_back_and_leaving_decide_nothing(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    reject(bench, walk, "M01")
    release_case(bench.desk, bench.staff("review"), walk.case_id)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert decisions(bench) == []


def test_a_weekend_is_no_time_in_service(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    bench.clock.now = local_time(bench.now.date() + timedelta(days=4), 22 * 60)
    walk.go_on(bench, "follow_up")
    bench.clock.now = local_time(bench.now.date() + timedelta(days=3), 60)
    approve(bench, walk)
    assert decisions(bench) == [(walk.case_id, "approved", True, 3)]


def test_the_chart_counts_by_the_day_of_the_decision(bench: Bench) -> None:
    first, second = case_at(bench, "submitted"), case_at(bench, "submitted", person=LI)
    bench.pass_time(IN_TIME)
    reject(bench, first, "K01")
    refresh_rollups(bench.desk, "f1")
    bench.pass_time(LATE - IN_TIME)
    approve(bench, second)
    refresh_rollups(bench.desk, "f1")
    [(_, kept, median, _, count), (day, late, *slow, _)] = chart(bench)
    assert (kept, late, count) == (1.0, 0.0, 1) and day == bench.now.date()
    assert median == pytest.approx(3.2, abs=0.3) and slow == [pytest.approx(51, rel=0.05)] * 2
    assert (
        chart(bench, "open_account", "b1") == chart(bench) and chart(bench, "add_code") == chart(bench, "", "b2") == []
    )
    assert sum(rebuild_rollups(bench.desk, "f1").values()) == 0


def test_another_firm_s_decisions_are_its_own(bench: Bench) -> None:
    walk = case_at(bench, "submitted", firm="f2")
    approve(bench, walk)
    refresh_rollups(bench.desk, "f2")
    assert len(decisions(bench, "f2")) == 1
    assert decisions(bench) == [] == chart(bench)
