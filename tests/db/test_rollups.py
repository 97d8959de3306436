"""Rollups equal what the facts say on both databases, however they came to be, and firms stay apart."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from core.case import Case, State
from core.flow import Rejection
from core.jobs.refresh_rollups import DAYS_A_CALL, rebuild_rollups, refresh_rollups
from core.metrics import BUCKETS, Span, Targets, bucket_of, day_number
from core.ports import Work
from db import tables as t
from tests.desk_bench import Bench

WHOLE = Span(0, 40_000)
REASONS = ("left", "vanished", "closed", "gave_up", "")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def put(bench: Bench, table: type[t.Base], rows: list[dict[str, Any]]) -> None:
    with bench.database.engine.execution_options(write=True).begin() as connection:
        for row in rows:
            connection.execute(insert(table).values(**row))


def ticket(number: int, joined: datetime, *, firm: str = "f1", wait: int | None = None, talk: int | None = None,
           **more: Any) -> dict[str, Any]:  # fmt: skip
    answered = joined + timedelta(seconds=wait) if wait is not None else None
    ended = (answered or joined) + timedelta(seconds=talk if talk is not None else 20)
    row = {
        "firm_id": firm, "id": f"t{number}", "case_id": f"c{number}", "branch_id": "b1", "business": "open_account",
        "state": "done" if answered else "abandoned", "enqueued_at": joined, "seen_at": joined, "script": {},
        "answered_at": answered, "claimed_at": answered, "ended_at": ended, "result": "passed" if answered else "",
        "staff_id": "witness" if answered else None, "fence": 1, "attempts": 1, "process": "", "rank": 0, "reason": "",
    }  # fmt: skip
    return row | more


def some_tickets(seed: int, count: int) -> list[dict[str, Any]]:
    draw, rows = random.Random(seed), []
    for number in range(count):
        joined = NOON + timedelta(seconds=draw.randrange(-86400 * 3, 86400 * 3), milliseconds=draw.randrange(1000))
        wait = draw.choice([None, None, 3, 59, 60, 61, 200, draw.randrange(2000)])
        more: dict[str, Any] = {"branch_id": draw.choice(["b1", "b2"]), "promised_s": draw.choice([None, 60, 120])}
        more["business"] = draw.choice(["open_account", "add_code"])
        if wait is None:
            more |= {"reason": draw.choice(REASONS), "ended_at": joined + timedelta(seconds=draw.choice([2, 5, 90]))}
        elif draw.random() < 0.1:
            more |= {"state": "abandoned"}
        rows.append(ticket(number, joined, wait=wait, talk=draw.randrange(60, 900), **more))
    return rows


def day_sums(bench: Bench, columns: list[str], *group: str, span: Span = WHOLE, firm: str = "f1") -> list[Any]:
    with bench.desk.read(firm) as work:
        return work.metrics.by_day(span, columns, *group)


def counted(rows: list[dict[str, Any]]) -> dict[tuple[int, str, str], Counter[str]]:
    """The same figures by the plain words of the definitions."""
    found: dict[tuple[int, str, str], Counter[str]] = {}
    for row in rows:
        one = found.setdefault((day_number(row["enqueued_at"]), row["branch_id"], row["business"]), Counter())
        one["offered"] += 1
        joined = int(row["enqueued_at"].timestamp() * 1000)
        if row["answered_at"]:
            wait = (round(row["answered_at"].timestamp() * 1000) - joined) // 1000
            one.update(answered=1, wait_s=wait, in_target=int(wait <= 60), dropped=int(row["state"] == "abandoned"))
            if row["promised_s"] is not None:
                one.update(promised=1, promise_kept=int(wait <= row["promised_s"] * 1.2))
                one.update(promise_early=int(wait < row["promised_s"] * 0.7), promised_s=row["promised_s"])
            if row["state"] == "done":
                one.update(talked=1, talk_s=(row["ended_at"] - row["answered_at"]) // timedelta(seconds=1))
        else:
            gone = (row["ended_at"] - row["enqueued_at"]) // timedelta(seconds=1)
            one.update(abandoned=1, short_abandoned=int(gone < 5))
            if row["reason"]:
                one[f"gone_{row['reason']}"] += 1
    return found


COUNTED = ["offered", "answered", "in_target", "abandoned", "short_abandoned", "gone_left", "gone_vanished",
           "gone_closed", "gone_gave_up", "dropped", "wait_s", "talked", "talk_s", "promised", "promise_kept",
           "promise_early", "promised_s"]  # fmt: skip


def test_rollups_are_the_facts(bench: Bench) -> None:
    rows = some_tickets(3, 300)
    put(bench, t.Ticket, rows)
    rebuild_rollups(bench.desk, "f1")
    stored = {tuple(r[:3]): r[3:] for r in day_sums(bench, COUNTED, "day", "branch_id", "business")}
    together = day_sums(bench, COUNTED)
    assert together == [tuple(sum(figures) for figures in zip(*stored.values(), strict=True))]
    expected = counted(rows)
    assert set(stored) == set(expected) and len(expected) > 20
    for key, figures in expected.items():
        assert stored[key] == tuple(figures[name] for name in COUNTED), key


def test_hours_and_histograms_hold_the_same_tickets(bench: Bench) -> None:
    rows = some_tickets(4, 200)
    put(bench, t.Ticket, rows)
    rebuild_rollups(bench.desk, "f1")
    with bench.desk.read("f1") as work:
        hours = work.metrics.by_hour(WHOLE, ["offered", "answered"], "weekday", "hour")
        waits = work.metrics.histograms("wait", WHOLE)
        talks = work.metrics.histograms("talk", Span(0, 40_000, "b1", "add_code"))
    local = [row["enqueued_at"] + timedelta(hours=8) for row in rows]
    assert {h[:2]: h[2] for h in hours} == Counter((moment.weekday(), moment.hour) for moment in local)
    total = [sum(day[place] for day in waits.values()) for place in range(BUCKETS)]
    answered = [row for row in rows if row["answered_at"]]
    expected = Counter(bucket_of(int((r["answered_at"] - r["enqueued_at"]).total_seconds())) for r in answered)
    assert {place: count for place, count in enumerate(total) if count} == expected
    chosen = [r for r in answered if (r["branch_id"], r["business"], r["state"]) == ("b1", "add_code", "done")]
    assert sum(map(sum, talks.values())) == len(chosen) > 0


def test_a_second_rebuild_finds_nothing(bench: Bench) -> None:
    put(bench, t.Ticket, some_tickets(5, 50))
    assert sum(rebuild_rollups(bench.desk, "f1").values()) > 0
    assert sum(rebuild_rollups(bench.desk, "f1").values()) == 0


def test_a_fact_that_was_changed_behind_the_desk_is_found(bench: Bench) -> None:
    put(bench, t.Ticket, [ticket(1, NOON, wait=30, talk=100)])
    rebuild_rollups(bench.desk, "f1")
    put(bench, t.Ticket, [ticket(2, NOON, wait=30, talk=100, case_id="x")])
    assert rebuild_rollups(bench.desk, "f1")["rollup_day"] == 2, "the branch and all together"


def test_what_vanished_from_the_facts_vanishes(bench: Bench) -> None:
    put(bench, t.Ticket, [ticket(1, NOON, wait=30, talk=100)])
    rebuild_rollups(bench.desk, "f1")
    with bench.database.engine.execution_options(write=True).begin() as connection:
        connection.execute(t.Ticket.__table__.delete())
    assert sum(rebuild_rollups(bench.desk, "f1").values()) > 0
    assert day_sums(bench, ["offered"], "day") == []


# -- marks in the transaction of the fact
def finish_one(bench: Bench, case_id: str, result: str = "passed") -> None:
    with bench.work() as work:
        work.queue.join(case_id, "b1", "open_account")
    bench.pass_time(seconds=40)
    with bench.work() as work:
        call = work.queue.claim("witness")
    bench.pass_time(seconds=200)
    assert call
    with bench.work() as work:
        assert work.queue.finish(call.id, "witness", call.fence, result)


def test_every_change_of_a_ticket_reaches_the_figures(bench: Bench) -> None:
    finish_one(bench, "c1")
    with bench.work() as work:
        work.queue.join("c2", "b1", "open_account")
        left = work.queue.join("c3", "b2", "open_account")
    bench.pass_time(seconds=30)
    with bench.work() as work:
        work.queue.leave(left.id, "customer")
    bench.pass_time(minutes=10)
    with bench.work() as work:
        work.queue.sweep()
    assert refresh_rollups(bench.desk, "f1") and not refresh_rollups(bench.desk, "f1")
    rows = day_sums(bench, ["offered", "answered", "abandoned", "wait_s", "talk_s"], "branch_id")
    assert rows == [("b1", 2, 1, 1, 40, 200), ("b2", 1, 0, 1, 0, 0)]
    assert sum(rebuild_rollups(bench.desk, "f1").values()) == 0


def test_a_fact_that_is_rolled_back_leaves_no_mark(bench: Bench) -> None:
    class _OnPurposeError(Exception):
        pass

    with pytest.raises(_OnPurposeError), bench.work() as work:
        work.queue.join("c1", "b1", "open_account")
        raise _OnPurposeError
    assert not refresh_rollups(bench.desk, "f1")


def test_marks_are_taken_only_with_their_figures(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    finish_one(bench, "c1")
    with pytest.raises(RuntimeError), bench.work() as work:
        work.metrics.refresh_dirty(Targets())
        raise RuntimeError
    assert day_sums(bench, ["offered"], "day") == []
    assert refresh_rollups(bench.desk, "f1")
    assert [row[1:] for row in day_sums(bench, ["offered"], "day")] == [(1,)]


def test_a_long_backlog_is_worked_off_in_turns(bench: Bench) -> None:
    rows = [ticket(n, NOON - timedelta(days=n), wait=5, talk=60) for n in range(DAYS_A_CALL + 3)]
    put(bench, t.Ticket, rows)
    with bench.work() as work:
        for row in rows:
            work.metrics.touch(row["enqueued_at"], "b1")
    assert refresh_rollups(bench.desk, "f1")
    done = [day for day, _ in day_sums(bench, ["offered"], "day")]
    assert len(done) == DAYS_A_CALL and max(done) == day_number(NOON), "the newest first"
    assert refresh_rollups(bench.desk, "f1") and not refresh_rollups(bench.desk, "f1")
    assert len(day_sums(bench, ["offered"], "day")) == len(rows)


def case_of(work: Work, case_id: str, branch: str = "b1") -> Case:
    case = Case(id=case_id, firm_id="f1", number=f"80012603020000{case_id[1:]:>02}", business="open_account",
                owner=f"phone:{case_id}", branch_id=branch, state=State.FILLING, version=1, created_at=work.now,
                updated_at=work.now, rules={})  # fmt: skip
    work.cases.add_case(case)
    return work.cases.get(case_id)


def test_cases_count_on_the_day_they_were_handed_in_last(bench: Bench) -> None:
    with bench.work() as work:
        case = case_of(work, "c1")
        other = case_of(work, "c2", "b2")
        work.cases.change(other, state=State.APPROVED, submitted_at=work.now)
        case = work.cases.change(case, state=State.SUBMITTED, submitted_at=work.now)
    refresh_rollups(bench.desk, "f1")
    bench.pass_time(days=1)
    with bench.work() as work:
        rejection = Rejection("r1", "review", ("P01", "P02"), ("photos",), "请重拍。", work.now)
        work.cases.add_rejection("c1", rejection, "", "staff:review")
        case = work.cases.change(case, state=State.REJECTED)
        work.cases.change(case, state=State.APPROVED, submitted_at=work.now)
    refresh_rollups(bench.desk, "f1")
    today = day_number(bench.now)
    rows = day_sums(bench, ["submitted", "approved", "clean"], "day", "branch_id")
    assert rows == [(today - 1, "b2", 1, 1, 1), (today, "b1", 1, 1, 0)]
    with bench.desk.read("f1") as work:
        assert work.case_figures.reasons(WHOLE) == {("review", code): 1 for code in ("*", "P01", "P02")}
        assert work.case_figures.reasons(Span(0, 40_000, "b2")) == {}
    assert sum(rebuild_rollups(bench.desk, "f1").values()) == 0


def reservation(number: int, state: str, **more: Any) -> dict[str, Any]:
    begins = NOON + timedelta(hours=1)
    return {"firm_id": "f1", "id": f"v{number}", "case_id": f"c{number}", "owner": f"phone:{number}", "branch_id": "b1",
            "day": "2026-03-02", "slot": "13:00", "begins_at": begins, "ends_at": begins + timedelta(hours=2),
            "state": state, "created_at": NOON, "reason": ""} | more  # fmt: skip


def test_reservations_count_on_their_day(bench: Bench) -> None:
    states = ["used", "used", "late", "no_show", "host_no_show", "cancelled", "booked"]
    put(bench, t.Reservation, [reservation(number, state) for number, state in enumerate(states)])
    with bench.work() as work:
        work.metrics.touch(date(2026, 3, 2), "b1")
    refresh_rollups(bench.desk, "f1")
    columns = ["booked", "used", "late", "no_show", "host_no_show", "cancelled"]
    assert day_sums(bench, columns, "day") == [(day_number(date(2026, 3, 2)), 7, 2, 1, 1, 1, 1)]


def duty(number: int, status: str, began: datetime, minutes: float | None) -> dict[str, Any]:
    ended = began + timedelta(minutes=minutes) if minutes is not None else None
    return {"firm_id": "f1", "id": f"d{number}", "staff_id": "witness", "branch_id": "b1", "status": status,
            "reason": "", "began_at": began, "seen_at": ended or began, "ended_at": ended}  # fmt: skip


def test_duty_is_cut_at_hours_and_days(bench: Bench) -> None:
    eve = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    busy, wrap, rest = (eve + timedelta(minutes=minutes) for minutes in (60, 75, 80))
    rows = [duty(1, "online", eve, 60), duty(2, "busy", busy, 15), duty(3, "wrap_up", wrap, 5),
            duty(4, "break", rest, 10), duty(5, "online", NOON, None)]  # fmt: skip
    put(bench, t.StaffStatus, rows)
    with bench.work() as work:
        work.metrics.touch_span(eve, eve + timedelta(minutes=90), "b1")
    refresh_rollups(bench.desk, "f1")
    with bench.desk.read("f1") as work:
        hours = work.metrics.by_hour(WHOLE, ["duty_s", "busy_s", "wrap_s"], "day", "hour")
        staff = work.metrics.by_staff(WHOLE, ["online_s", "busy_s", "wrap_s", "break_s"])
    first = day_number(date(2026, 3, 2))
    assert hours == [(first, 23, 1800, 0, 0), (first + 1, 0, 3000, 1200, 300)]
    assert staff == [("witness", 3600, 900, 300, 600)]
    assert sum(rebuild_rollups(bench.desk, "f1").values()) == 0


# -- firms
def test_firms_are_apart(bench: Bench) -> None:
    put(bench, t.Ticket, [ticket(1, NOON, wait=10, talk=60), ticket(1, NOON, firm="f2", wait=500, talk=60)])
    for firm in ("f1", "f2"):
        rebuild_rollups(bench.desk, firm)
    assert day_sums(bench, ["offered", "wait_s"], "branch_id") == [("b1", 1, 10)]
    assert day_sums(bench, ["offered", "wait_s"], "branch_id", firm="f2") == [("b1", 1, 500)]
    with bench.work("f2") as work:
        work.metrics.touch(NOON, "b1")
    assert not refresh_rollups(bench.desk, "f1") and refresh_rollups(bench.desk, "f2")


def test_every_rollup_begins_with_its_firm(bench: Bench) -> None:
    put(bench, t.Ticket, some_tickets(6, 20))
    rebuild_rollups(bench.desk, "f1")
    with bench.database.engine.connect() as connection:
        for table in (t.RollupHour, t.RollupDay, t.RollupAgentDay, t.RollupHist):
            firms = select(table.__table__.c.firm_id, func.count()).group_by(table.__table__.c.firm_id)
            assert [row[0] for row in connection.execute(firms)] == ["f1"], table.__tablename__
            assert next(iter(table.__table__.primary_key.columns)).name == "firm_id"


def test_a_firm_without_facts_has_no_figures(bench: Bench) -> None:
    assert rebuild_rollups(bench.desk, "f2") == {}
    with bench.desk.read("f2") as work:
        assert work.metrics.by_day(WHOLE, ["offered"]) in ([], [(None,)])
        assert work.metrics.histograms("wait", WHOLE) == {} == work.case_figures.reasons(WHOLE)
