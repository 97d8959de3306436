"""The invented year: only in demo mode, the same each time, whole in every table, equal to its figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.case import OPEN_STATES
from core.errors import NotAllowed
from core.jobs.refresh_rollups import rebuild_rollups
from core.metrics import Span
from core.rules.calendar import Calendar, build_calendar, review_due_at
from core.rules.service_hours import ServiceHours, working_time
from core.usecases.verify_audit import check_chain
from db import tables as t
from db.history import Wish, make_history
from tests.desk_bench import Bench, defaults

CASES = 400
TABLES = (t.CaseRow, t.Ticket, t.RejectionRow, t.DecisionRow, t.Reservation, t.StaffStatus)


def rows(bench: Bench, table: type[t.Base], firm: str) -> list[Any]:
    query = select(*table.__table__.columns).where(table.__table__.c.firm_id == firm).order_by(table.__table__.c.id)
    with bench.database.engine.connect() as connection:
        return connection.execute(query).fetchall()


def count(bench: Bench, table: type[t.Base], firm: str) -> int:
    with bench.database.engine.connect() as connection:
        return int(connection.execute(select(func.count()).where(table.__table__.c.firm_id == firm)).scalar_one())


def test_a_year_fills_every_table_and_its_figures(bench: Bench) -> None:
    firm = make_history(bench.desk, bench.database, Wish("8009", CASES))
    for table in TABLES:
        assert count(bench, table, firm.id) > 10, table.__tablename__
    assert rebuild_rollups(bench.desk, firm.id)["rollup_day"] > 100
    with bench.desk.read(firm.id) as work:
        [(offered, answered, abandoned, dropped)] = work.metrics.by_day(
            Span(0, 40_000), ["offered", "answered", "abandoned", "dropped"]
        )
    tickets = rows(bench, t.Ticket, firm.id)
    assert (offered, answered, dropped) == (len(tickets), sum(1 for x in tickets if x.answered_at), 0)
    assert offered == answered + abandoned and abandoned > 0
    assert sum(rebuild_rollups(bench.desk, firm.id).values()) == 0
    assert check_chain(bench.desk, firm.id).whole


def test_the_invented_reviews_keep_to_the_rules_of_the_promise(bench: Bench) -> None:
    firm = make_history(bench.desk, bench.database, Wish("8009", CASES))
    hours, calendar = ServiceHours.of(defaults()["service_hours"], "witness"), Calendar(build_calendar(2024, 2027))
    decisions = rows(bench, t.DecisionRow, firm.id)
    for row in decisions:
        assert row.due_at == review_due_at(row.submitted_at, hours, calendar)
        working = working_time(row.submitted_at, row.decided_at, hours, calendar)
        assert abs(working - timedelta(seconds=row.working_s)) <= timedelta(seconds=1)
    late = [row for row in decisions if row.decided_at > row.due_at]
    assert 0 < len(late) < len(decisions) / 5
    assert {row.result for row in decisions} == {"approved", "rejected"}
    assert all(row.decided_at <= bench.now for row in decisions)


def test_nothing_of_it_is_open_or_ahead_of_the_clock(bench: Bench) -> None:
    firm = make_history(bench.desk, bench.database, Wish("8009", CASES))
    cases, tickets = rows(bench, t.CaseRow, firm.id), rows(bench, t.Ticket, firm.id)
    assert not {row.state for row in cases} & {str(state) for state in OPEN_STATES}
    assert all(row.created_at < bench.now for row in cases)
    assert all(row.ended_at <= bench.now for row in tickets)
    assert all(row.answered_at is None or row.enqueued_at <= row.answered_at <= row.ended_at for row in tickets)
    assert len({row.number for row in cases}) == CASES and all(len(row.number) == 16 for row in cases)


def test_the_same_wish_makes_the_same_year(bench: Bench) -> None:
    first = make_history(bench.desk, bench.database, Wish("8009", 200))
    again = make_history(bench.desk, bench.database, Wish("8010", 200))
    for table in (t.Ticket, t.StaffStatus):
        assert [row[1:] for row in rows(bench, table, first.id)] == [row[1:] for row in rows(bench, table, again.id)]


def test_it_is_refused_outside_the_demo_and_for_a_taken_number(bench: Bench) -> None:
    production = replace(bench.desk, settings=replace(bench.desk.settings, mode="production"))
    with pytest.raises(NotAllowed, match="演示模式"):
        make_history(production, bench.database, Wish("8009", 10))
    with pytest.raises(NotAllowed, match="已经存在"):
        make_history(bench.desk, bench.database, Wish("8001", 10))
    assert [firm.number for firm in bench.database.firms()] == ["8001", "8002"]


def test_it_touches_no_other_firm(bench: Bench) -> None:
    make_history(bench.desk, bench.database, Wish("8009", 100))
    assert [count(bench, table, "f1") for table in TABLES] == [0] * len(TABLES)
