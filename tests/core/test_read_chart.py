"""Charts of a made-up year: right roles, own firm, defined figures, nothing without data, exports on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actor import Actor, Role
from core.charts import Chart
from core.errors import NotAllowed, NotFound, WrongState
from core.jobs.refresh_rollups import rebuild_rollups
from core.metrics import METRICS, Span, day_number
from core.usecases.read_chart import CHARTS, SECTIONS, export_chart, read_chart, read_tickets
from db.history import Wish, make_history
from tests.desk_bench import Bench

FIRM = "history8009"
NOT_IN_HISTORY = {"ageing", "pareto_witness"}
"""Nothing of the invented year is open, and its witnesses give no reasons."""
ANALYST = Actor(FIRM, "staff:analyst", frozenset({Role.ANALYST}))


def last(bench: Bench, days: int, branch: str = "", business: str = "") -> Span:
    today = day_number(bench.now)
    return Span(today - days + 1, today, branch, business)


def history(bench: Bench, cases: int = 600) -> None:
    make_history(bench.desk, bench.database, Wish("8009", cases))
    rebuild_rollups(bench.desk, FIRM)


def total(chart: Chart, key: str) -> float:
    return sum(float(value) for value in chart.values(key) if value is not None)  # type: ignore[arg-type]


def test_every_chart_belongs_to_one_section() -> None:
    listed = [key for section in SECTIONS.values() for key in section.charts]
    assert sorted(listed) == sorted(CHARTS)


@pytest.mark.parametrize("key", CHARTS)
def test_a_firm_without_facts_has_an_empty_chart(bench: Bench, key: str) -> None:
    chart = read_chart(bench.desk, bench.staff("analyst"), key, last(bench, 366))
    assert chart.rows == () and chart.title.endswith("？") and len(chart.columns) >= 1


def test_each_chart_has_rows_that_fit_its_columns(bench: Bench) -> None:
    history(bench)
    for key in CHARTS:
        for span in (last(bench, 365), last(bench, 120, "b1"), last(bench, 120, "", "open_account")):
            chart = read_chart(bench.desk, ANALYST, key, span)
            assert chart.key == key and bool(chart.rows) == (key not in NOT_IN_HISTORY), key
            assert {len(row) for row in chart.rows} <= {len(chart.columns)}
            for column in chart.figures:
                shares = [v for v in chart.values(column.key) if column.unit == "%" and isinstance(v, float)]
                assert column.key in METRICS or column.meaning
                assert all(0 <= share <= 1.0001 for share in shares) or column.key == "upper", (key, column.key)


def test_the_charts_agree_with_the_facts(bench: Bench) -> None:
    history(bench)
    year = last(bench, 365)
    read = {key: read_chart(bench.desk, ANALYST, key, year) for key in CHARTS}
    offered = total(read["service"], "offered")
    volume = sum(total(read["volume"], column.key) for column in read["volume"].figures)
    assert offered == volume == total(read["branches"], "offered")
    with bench.desk.read(FIRM) as work:
        listed = sum(len(work.metrics.tickets_of_day(Span(d, d), 99)) for d in range(year.first, year.last + 1))
    assert listed == offered
    with bench.desk.read(FIRM) as work:
        reasons = work.case_figures.reasons(year)
        begun = sum(work.case_figures.standing(year).values())
    assert total(read["pareto_review"], "reason_count") == sum(reasons.values()) - reasons["review", "*"]
    assert read["pareto_review"].rows[-1][-1] == 1.0
    assert total(read["compare"], "begun") == begun == 600
    assert read["funnel"].rows[0][1] < begun, "one business at a time"
    for branch in ("b1", "b2"):
        part = read_chart(bench.desk, ANALYST, "service", last(bench, 365, branch))
        assert 0 < total(part, "offered") < offered


def test_a_quiet_day_has_no_share_of_nothing(bench: Bench) -> None:
    history(bench, 60)
    chart = read_chart(bench.desk, ANALYST, "service", last(bench, 365))
    assert len(chart.rows) < 365, "days without tickets are left out"
    reserved = read_chart(bench.desk, ANALYST, "reservations", last(bench, 365))
    place = [c.key for c in reserved.columns].index("no_show_rate")
    assert all(row[place] is None for row in reserved.rows if row[1] == row[6])


def test_staffing_needs_at_least_the_load(bench: Bench) -> None:
    history(bench, 2000)
    chart = read_chart(bench.desk, ANALYST, "staff_need", last(bench, 90))
    for _, per_hour, handling, on_duty, need_c, need_a in chart.rows:
        if handling and per_hour:
            load = float(per_hour) * float(handling) / 3600  # type: ignore[arg-type]
            assert isinstance(need_c, int) and need_c >= load / 0.85 and on_duty is not None
            assert need_a is None or 1 <= need_a <= 50  # type: ignore[operator]


# -- who may, and what is written down
@pytest.mark.parametrize("role", Role)
def test_only_roles_with_the_queue_may_read(bench: Bench, role: Role) -> None:
    actor, span = bench.staff("analyst", role), last(bench, 30)
    if role in {Role.ANALYST, Role.WITNESS, Role.SUPERVISOR}:
        assert read_chart(bench.desk, actor, "wait", span).rows == () == read_tickets(bench.desk, actor, span).rows
        return
    for read in (lambda: read_chart(bench.desk, actor, "wait", span), lambda: read_tickets(bench.desk, actor, span)):
        with pytest.raises(NotAllowed):
            read()


def test_customers_may_not_read(bench: Bench) -> None:
    with pytest.raises(NotAllowed):
        read_chart(bench.desk, Actor("f1", "phone:1"), "wait", last(bench, 30))


def test_unknown_charts_and_impossible_ranges_are_refused(bench: Bench) -> None:
    analyst, today = bench.staff("analyst"), day_number(bench.now)
    with pytest.raises(NotFound):
        read_chart(bench.desk, analyst, "nothing", last(bench, 30))
    for span in (Span(today, today - 1), Span(today - 366, today)):
        with pytest.raises(WrongState, match="一年"):
            read_chart(bench.desk, analyst, "wait", span)


def test_another_firm_sees_nothing_of_it(bench: Bench) -> None:
    history(bench, 200)
    for key in CHARTS:
        assert read_chart(bench.desk, bench.staff("analyst"), key, last(bench, 365)).rows == (), key
    day = Span(day_number(bench.now) - 300, day_number(bench.now))
    assert read_tickets(bench.desk, bench.staff("analyst"), day).rows == ()


def test_the_tickets_of_a_day_bear_numbers_and_no_names(bench: Bench) -> None:
    history(bench, 600)
    chart = read_chart(bench.desk, ANALYST, "service", last(bench, 365))
    busiest = max(chart.rows, key=lambda row: row[-1])  # type: ignore[arg-type, return-value]
    day = day_number(busiest[0])  # type: ignore[arg-type]
    found = read_tickets(bench.desk, ANALYST, Span(day, day))
    assert len(found.rows) == busiest[-1]
    assert all(len(str(row[0])) == 16 and str(row[3]).startswith(str(busiest[0])) for row in found.rows)
    assert "name" not in [column.key for column in found.columns]


def test_an_export_is_on_record(bench: Bench) -> None:
    analyst = bench.staff("analyst")
    for key in ("wait", "tickets"):
        export_chart(bench.desk, analyst, key, last(bench, 30), "csv")
    written = [(what, detail) for tag, what, detail in bench.audit() if tag == "staff:chart:export"]
    rows = [(what, detail["kind"], detail["rows"]) for what, detail in written]
    assert rows == [("chart:wait", "csv", 0), ("chart:tickets", "csv", 0)]
    with pytest.raises(NotAllowed):
        export_chart(bench.desk, bench.staff("service"), "wait", last(bench, 30), "csv")


def test_unusual_days_are_marked(bench: Bench) -> None:
    for week in range(8):
        calls(bench, wait=100 + 10 * (week % 2), count=2)
        bench.pass_time(days=7)
    calls(bench, wait=1000, count=2)
    rebuild_rollups(bench.desk, "f1")
    chart = read_chart(bench.desk, bench.staff("analyst"), "control_wait", last(bench, 40))
    assert chart.rows[-1][1] == 1000 and chart.rows[-1][-1] == "越界"
    assert [row[-1] for row in chart.rows[:-1]] == [""] * (len(chart.rows) - 1)
    assert chart.rows[0][2] is None or chart.rows[0][2] != 1000


def calls(bench: Bench, wait: int, count: int) -> None:
    """Customers who are answered after a wait, one after the other, in the morning of a day."""
    start = bench.now
    for number in range(count):
        with bench.work() as work:
            work.queue.join(f"c{bench.now.timestamp()}-{number}", "b1", "open_account")
        for _ in range(wait // 50):
            bench.pass_time(seconds=50)
            with bench.work() as work:
                waiting = work.queue.waiting("b1")
                work.queue.seen(waiting[0].id)
        with bench.work() as work:
            call = work.queue.claim("witness")
        assert call
        bench.pass_time(seconds=60)
        with bench.work() as work:
            work.queue.finish(call.id, "witness", call.fence, "passed")
    bench.clock.now = start + timedelta(0)
