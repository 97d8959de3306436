"""Charts of cases on a handful of cases made by hand, so that every number can be counted on the fingers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from core.actor import Actor, Role
from core.businesses import BUSINESSES
from core.case import Case, State
from core.charts import Chart
from core.errors import NotAllowed, NotFound
from core.flow import Rejection
from core.jobs.refresh_rollups import rebuild_rollups, refresh_rollups
from core.metrics import Span, day_number, period_of
from core.usecases.case_charts import ACTIVATED, HANDED_IN, PASSED, places_of
from core.usecases.read_chart import export_chart, questionnaire_versions, read_cases, read_chart
from core.usecases.sessions import exchange_ticket, find_session, open_session
from core.usecases.start_case import start_case
from db import tables as t
from tests.desk_bench import Bench

# id, business, branch, device, version, state, step, handed in
CASES = (
    ("c1", "open_account", "b1", "phone", 1, "abandoned", "photos", False),
    ("c2", "open_account", "b1", "phone", 1, "expired", "photos", False),
    ("c3", "open_account", "b1", "phone", 1, "filling", "witness", False),
    ("c4", "open_account", "b1", "computer", 2, "rejected", "photos", True),
    ("c5", "open_account", "b2", "computer", 2, "approved", "submit", True),
    ("c6", "open_account", "b2", "", 2, "active", "submit", True),
    ("c7", "open_account", "b1", "phone", 2, "terminated", "", False),
    ("c8", "open_account", "b1", "phone", 2, "filling", "submit", False),
    ("c9", "password_reset", "b1", "phone", 2, "done", "submit", True),
)


def put(bench: Bench, *made: tuple[Any, ...], days_ago: int = 0) -> None:
    at = bench.now - timedelta(days=days_ago)
    with bench.database.engine.execution_options(write=True).begin() as connection:
        for case, business, branch, device, version, state, step, handed_in in made:
            row = {
                "firm_id": "f1", "id": case, "number": f"80012603{case[1:]:>08}".replace(" ", "0"), "version": 1,
                "business": business, "branch_id": branch, "owner": f"phone:{case}", "state": state,
                "current_step": step, "flags": [], "clear": {"device": device} if device else {},
                "rules": {"questionnaire": version}, "created_at": at, "updated_at": at,
                "submitted_at": at if handed_in else None,
            }  # fmt: skip
            connection.execute(insert(t.CaseRow).values(**row))


def chart(bench: Bench, key: str, days: int = 30, **cut: Any) -> Chart:
    today = day_number(bench.now)
    return read_chart(bench.desk, bench.staff("analyst"), key, Span(today - days + 1, today, **cut))


def by_first(found: Chart) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in found.rows}


@pytest.fixture
def made(bench: Bench) -> Bench:
    put(bench, *CASES)
    rebuild_rollups(bench.desk, "f1")
    return bench


# -- the funnel
def test_the_funnel_counts_who_reached_each_place_and_what_became_of_the_rest(made: Bench) -> None:
    found = chart(made, "funnel", business="open_account")
    assert [row[0] for row in found.rows] == list(places_of("open_account").values())
    rows = {key: row[1:] for key, row in zip(places_of("open_account"), found.rows, strict=True)}
    assert rows["begun"] == (8, 1.0, 1.0, 0, 0, 1, 0), "one was ended before its first step"
    assert rows["device"] == (7, 7 / 8, 7 / 8, 0, 0, 0, 0)
    assert rows["photos"] == (7, 7 / 8, 1.0, 1, 1, 0, 0)
    assert rows["profile"][0] == 5 and rows["profile"][2] == 5 / 7
    assert rows["witness"] == (5, 5 / 8, 1.0, 0, 0, 0, 1)
    assert rows["submit"] == (4, 4 / 8, 1.0, 0, 0, 0, 1)
    assert rows[HANDED_IN] == (3, 3 / 8, 3 / 4, 0, 0, 0, 1), "the one that was sent back is open"
    assert rows[PASSED] == (2, 2 / 8, 2 / 3, 0, 0, 0, 1)
    assert rows[ACTIVATED] == (1, 1 / 8, 1 / 2, 0, 0, 0, 0)


@pytest.mark.parametrize(("cut", "begun", "handed_in"), [
    ({}, 8, 3), ({"branch": "b1"}, 6, 1), ({"branch": "b2"}, 2, 2), ({"channel": "phone"}, 5, 0),
    ({"channel": "computer"}, 2, 2), ({"channel": "tablet"}, None, None), ({"version": "1"}, 3, 0),
    ({"version": "2", "channel": "phone"}, 2, 0), ({"business": "password_reset"}, 1, 1),
    ({"business": "add_code"}, None, None),
])  # fmt: skip
def test_the_funnel_heeds_every_filter(made: Bench, cut: dict[str, str], begun: int, handed_in: int) -> None:
    rows = by_first(chart(made, "funnel", **cut))
    assert (rows.get("开始办理", (None,))[0], rows.get("已提交", (None,))[0]) == (begun, handed_in)


def test_the_funnel_takes_one_business_and_says_which(made: Bench) -> None:
    assert "开立" in chart(made, "funnel").note or BUSINESSES["open_account"].title in chart(made, "funnel").note
    assert chart(made, "funnel", business="add_code").note == ""


@pytest.mark.parametrize(("place", "numbers"), [
    ("photos", "12"), ("witness", "3"), ("begun", "7"), ("submit", "8"), (HANDED_IN, "4"), (PASSED, "5"),
    (ACTIVATED, "6"), ("bank", ""),
])  # fmt: skip
def test_behind_each_place_are_its_cases(made: Bench, place: str, numbers: str) -> None:
    today = day_number(made.now)
    found = read_cases(made.desk, made.staff("analyst"), Span(today, today, place=place))
    assert [str(row[0])[-1] for row in found.rows] == list(numbers)
    assert all(len(row) == len(found.columns) for row in found.rows)
    here = chart(made, "funnel", days=1).rows[list(places_of("open_account")).index(place)]
    assert len(numbers) == sum(here[4:]) or place == ACTIVATED


def test_the_list_heeds_channel_version_and_branch(made: Bench) -> None:
    today, analyst = day_number(made.now), made.staff("analyst")
    cuts = (({"channel": "computer"}, 1), ({"version": "1"}, 0), ({"version": "2"}, 1), ({"branch": "b2"}, 0))
    for cut, count in cuts:
        found = read_cases(made.desk, analyst, Span(today, today, place=HANDED_IN, **cut))
        assert len(found.rows) == count, cut
    with pytest.raises(NotFound):
        read_cases(made.desk, analyst, Span(today, today, place="nowhere"))
    with pytest.raises(NotAllowed):
        read_cases(made.desk, made.staff("service"), Span(today, today, place=HANDED_IN))


def test_a_list_that_leaves_is_on_record(made: Bench) -> None:
    today = day_number(made.now)
    sent = export_chart(made.desk, made.staff("analyst"), "cases", Span(today, today, place="photos"), "csv")
    assert len(sent.rows) == 2
    assert ("chart:cases", 2) in [(what, d.get("rows")) for tag, what, d in made.audit() if tag == "staff:chart:export"]


# -- comparison
@pytest.mark.parametrize(("by", "expected"), [
    ("business", {"open_account": (8, 3 / 8, 2 / 8, 1 / 8), "password_reset": (1, 1.0, 1.0, 1.0)}),
    ("branch", {"b1": (7, 2 / 7, 1 / 7, 1 / 7), "b2": (2, 1.0, 1.0, 1 / 2)}),
    ("channel", {"手机": (6, 1 / 6, 1 / 6, 1 / 6), "电脑": (2, 1.0, 1 / 2, 0.0), "未知设备": (1, 1.0, 1.0, 1.0)}),
    ("version", {"1": (3, 0.0, 0.0, 0.0), "2": (6, 4 / 6, 3 / 6, 2 / 6)}),
])  # fmt: skip
def test_groups_are_compared(made: Bench, by: str, expected: dict[str, tuple[Any, ...]]) -> None:
    with made.desk.read("f1") as work:
        names = {branch.id: branch.name for branch in work.firms.branches()}
    names |= {key: each.title for key, each in BUSINESSES.items()}
    assert by_first(chart(made, "compare", by=by)) == {names.get(key, key): row for key, row in expected.items()}


def test_unknown_groups_and_periods_are_refused(made: Bench) -> None:
    for cut in ({"by": "customer"}, {"grain": "hour"}):
        with pytest.raises(NotFound):
            chart(made, "compare", **cut)


# -- age of the open
def test_the_open_are_counted_by_age(bench: Bench) -> None:
    for number, days in enumerate((0, 1, 2, 3, 7, 30)):
        put(bench, (f"c{number}", "open_account", "b1", "", 1, "filling", "photos", False), days_ago=days)
    put(bench, ("c8", "add_code", "b2", "", 1, "submitted", "submit", True), days_ago=4)
    put(bench, ("c9", "open_account", "b1", "", 1, "active", "submit", True), days_ago=4)
    assert chart(bench, "ageing").rows == (("填写中", 1, 2, 1, 2), ("待复核", 0, 0, 1, 0))
    assert chart(bench, "ageing", branch="b2").rows == (("待复核", 0, 0, 1, 0),)
    assert chart(bench, "ageing", business="open_account").rows == (("填写中", 1, 2, 1, 2),)


# -- reasons, first time right
def test_reasons_of_witness_and_review_stand_apart(made: Bench) -> None:
    given = (("c1", "witness", ("P01",)), ("c3", "witness", ("P01", "P02")), ("c4", "review", ("P02",)))
    with made.work() as work:
        for number, (case, stage, codes) in enumerate(given):
            rejection = Rejection(f"r{number}", stage, codes, (), "请重拍。", work.now)
            work.cases.add_rejection(case, rejection, "", "staff:x")
    assert refresh_rollups(made.desk, "f1")
    witness = chart(made, "pareto_witness")
    assert [(str(row[0])[:3], *row[1:]) for row in witness.rows] == [("P01", 2, 2 / 3), ("P02", 1, 1.0)]
    assert "2" in witness.note
    assert [(str(row[0])[:3], *row[1:]) for row in chart(made, "pareto_review").rows] == [("P02", 1, 1.0)]
    assert chart(made, "pareto_review", business="add_code").rows == ()
    assert sum(rebuild_rollups(made.desk, "f1").values()) == 0


def test_first_time_right_by_day_week_and_month(bench: Bench) -> None:
    """Today is Monday 2 March 2026; ten days ago is a Friday."""
    put(bench, ("c1", "open_account", "b1", "", 1, "active", "submit", True), days_ago=10)
    put(bench, ("c2", "open_account", "b1", "", 1, "done", "submit", True), days_ago=9)
    put(bench, ("c3", "open_account", "b1", "", 1, "approved", "submit", True))
    with bench.work() as work:
        work.cases.add_rejection("c2", Rejection("r1", "review", ("P01",), (), "请重拍。", work.now), "", "staff:x")
    rebuild_rollups(bench.desk, "f1")
    today = bench.now.date()
    for grain, count in (("day", 3), ("week", 2), ("month", 2)):
        rows = by_first(chart(bench, "first_time", grain=grain))
        assert len(rows) == count, grain
        assert rows[period_of(day_number(today), grain)] == (1.0, 1, 1)
    weeks = by_first(chart(bench, "first_time", grain="week"))
    assert weeks[period_of(day_number(today) - 10, "week")] == (0.5, 2, 2)


@pytest.mark.parametrize(("grain", "first"), [
    ("day", date(2026, 3, 4)), ("week", date(2026, 3, 2)), ("month", date(2026, 3, 1)),
])  # fmt: skip
def test_a_period_begins_on_its_first_day(grain: str, first: date) -> None:
    assert period_of(day_number(date(2026, 3, 4)), grain) == first


# -- both clocks
def test_both_clocks_of_a_case_that_was_sent_back(bench: Bench) -> None:
    """Begun ten hours ago; 1 h in queue and call, reviews of 2 h and 1 h (1 h and 30 min of service): 6 h are left."""
    put(bench, ("c1", "open_account", "b1", "", 1, "approved", "submit", True))
    start, hour = bench.now - timedelta(hours=10), timedelta(hours=1)
    decision = {"firm_id": "f1", "case_id": "c1", "due_at": bench.now}
    reviews = (("d1", "rejected", 4, 6, 3600), ("d2", "approved", 9, 10, 1800))
    ticket = {"firm_id": "f1", "id": "t1", "case_id": "c1", "branch_id": "b1", "business": "open_account",
              "state": "done", "enqueued_at": start + hour, "seen_at": start, "script": {}, "claimed_at": start + hour,
              "ended_at": start + 2 * hour, "result": "passed", "staff_id": "witness", "fence": 1, "attempts": 1,
              "process": "", "rank": 0, "reason": ""}  # fmt: skip
    with bench.database.engine.execution_options(write=True).begin() as connection:
        connection.execute(t.CaseRow.__table__.update().values(created_at=start, submitted_at=start + 9 * hour))
        connection.execute(insert(t.Ticket).values(**ticket))
        for key, result, begins, ends, working in reviews:
            times = {"submitted_at": start + begins * hour, "decided_at": start + ends * hour, "working_s": working}
            connection.execute(insert(t.DecisionRow).values(**decision, id=key, result=result, **times))
    rebuild_rollups(bench.desk, "f1")
    for grain in ("day", "week", "month"):
        ((_, took, took_p90, waited, waited_p90, count),) = chart(bench, "clocks", grain=grain).rows
        assert (took, took_p90, waited, waited_p90) == pytest.approx((6, 6, 2.5, 2.5), rel=0.04)
        assert count == 1
    assert chart(bench, "clocks", business="add_code").rows == ()


# -- marks and the start of a case
def begin(bench: Bench, browser: str = "") -> Case:
    """Signed in with a browser, the customer begins to open an account."""
    phone = "13900000001"
    with bench.work() as work:
        ticket = open_session(work, "customer", f"phone:{phone}", phone)
    found = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket, browser))
    assert found
    return start_case(bench.desk, Actor("f1", f"phone:{phone}", session_id=found.id), "open_account", "b1", phone)


def test_the_device_that_a_case_was_begun_on_stays_its_channel(bench: Bench) -> None:
    case = begin(bench, "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36")
    refresh_rollups(bench.desk, "f1")
    assert chart(bench, "funnel", channel="phone").rows[0][1] == 1 and case.clear["device"] == "phone"
    assert chart(bench, "funnel", channel="computer").rows == ()


def test_a_case_is_counted_as_soon_as_it_moves(bench: Bench) -> None:
    case = begin(bench)
    assert refresh_rollups(bench.desk, "f1")
    assert chart(bench, "funnel").rows[0][1] == 1
    bench.pass_time(days=2)
    with bench.work() as work:
        work.cases.change(work.cases.get(case.id), current_step="bank")
    assert refresh_rollups(bench.desk, "f1"), "the day it was begun on is marked, two days later"
    assert by_first(chart(bench, "funnel"))[places_of("")["bank"]][-1] == 1
    with bench.work() as work:
        work.cases.change(work.cases.get(case.id), state=State.ABANDONED)
    refresh_rollups(bench.desk, "f1")
    assert by_first(chart(bench, "funnel"))[places_of("")["bank"]][3:] == (1, 0, 0, 0)
    assert sum(rebuild_rollups(bench.desk, "f1").values()) == 0


def test_another_firm_counts_its_own(made: Bench) -> None:
    rebuild_rollups(made.desk, "f2")
    with made.desk.read("f2") as work:
        whole = Span(0, 40_000)
        assert work.case_figures.standing(whole) == {} == work.case_figures.ages(whole, (1, 3, 7))
        assert work.case_figures.reached(whole, "business") == [] == work.case_figures.begun(whole, (), None, 9)


def test_versions_are_offered_newest_first(bench: Bench) -> None:
    assert questionnaire_versions(bench.desk, bench.staff("analyst")) == ["1"]
    with pytest.raises(NotAllowed):
        questionnaire_versions(bench.desk, bench.staff("analyst", Role.SERVICE))
