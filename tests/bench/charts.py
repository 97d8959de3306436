"""Time of every chart's query over a whole year, on SQLite and PostgreSQL: `python -m tests.bench.charts --cases N`.

One JSON line for each chart and database: the median of several reads as an analyst's page makes them (permission,
rules, query, figures), and its ratio to a plain sum over the same year in the same run, which tells a slow machine
from a slow query. Ends with 1 when a chart takes over 200 ms or when a rebuild finds figures that were wrong.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from core.actor import Actor, Role
from core.jobs.refresh_rollups import rebuild_rollups, refresh_rollups
from core.keys import MasterKeys
from core.metrics import GROUPS, Span, day_number
from core.ports import Desk
from core.usecases import wallboard
from core.usecases.read_chart import CHARTS, read_cases, read_chart, read_tickets
from db.database import Database
from db.history import Wish, analyze, make_history
from tests.desk_bench import Backend, make_desk
from tests.postgres import Cluster, scratch
from tests.stand_ins import Clock, SmsRecorder

MOST_MS = 200.0
TURNS = 7
CALLS = 100


def milliseconds(act: Callable[[], object], turns: int = TURNS) -> float:
    """Median of several runs, after one that warms up."""
    taken = []
    for _ in range(turns + 1):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken[1:])


def say(**line: object) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def live_calls(desk: Desk, clock: Clock, firm: str) -> None:
    """Customers who come, are served or leave while the worker keeps the figures."""
    for number in range(CALLS):
        with desk.write(firm) as work:
            work.queue.join(f"live{number}", "b1", "open_account")
        clock.now = clock.now.replace(microsecond=0)
        if number % 3:
            with desk.write(firm) as work:
                call = work.queue.claim("w0")
                assert call
                work.queue.finish(call.id, "w0", call.fence, "passed")
        else:
            with desk.write(firm) as work:
                live = work.queue.find_live(f"live{number}")
                assert live
                work.queue.leave(live.id, "phone:1")
        if number % 10 == 0:
            refresh_rollups(desk, firm)
    refresh_rollups(desk, firm)


def _touch(desk: Desk, clock: Clock, firm: str) -> None:
    """One changed day of one branch, as the worker works it out."""
    with desk.write(firm) as work:
        work.metrics.touch(clock.now - timedelta(days=3), "b1")
    refresh_rollups(desk, firm)


def fresh_board(desk: Desk, actor: Actor) -> object:
    """The wallboard's reading, shared with nobody."""
    return wallboard.look_at_wallboard(replace(desk), actor)


def measure(backend: Backend, cases: int) -> bool:
    """Fill, measure and check one database; whether all was well."""
    clock = Clock()
    if backend.cluster:
        backend.cluster.create("charts")
    database = Database(backend.url("charts"), backend.keys, clock)
    database.migrate()
    desk = make_desk(database, backend, backend.folder / "charts", clock, SmsRecorder(), light=True)
    start = time.perf_counter()
    firm = make_history(desk, database, Wish("8009", cases)).id
    filled = time.perf_counter()
    rebuild_rollups(desk, firm)
    built = time.perf_counter()
    analyze(database)
    say(bench="charts", database=backend.kind, cases=cases, fill_s=round(filled - start, 1),
        rebuild_s=round(built - filled, 1))  # fmt: skip
    slowest = _charts(desk, backend.kind, firm, cases, day_number(clock.now))
    live_calls(desk, clock, firm)
    say(bench="charts", database=backend.kind, figure="refresh_ms", cases=cases,
        value=round(milliseconds(lambda: _touch(desk, clock, firm)), 1))  # fmt: skip
    differing = sum(rebuild_rollups(desk, firm).values())
    limit = slowest <= MOST_MS or cases < 1_000_000
    say(bench="charts", database=backend.kind, figure="slowest_chart_ms", value=round(slowest, 1), limit=MOST_MS,
        cases=cases, rebuild_differences=differing, ok=limit and not differing)  # fmt: skip
    database.close()
    return limit and not differing


def _charts(desk: Desk, kind: str, firm: str, cases: int, today: int) -> float:
    actor, year = Actor(firm, "staff:analyst", frozenset({Role.ANALYST})), Span(today - 364, today)

    def plain() -> None:
        with desk.read(firm) as work:
            work.metrics.by_day(year, ["offered"])

    base = milliseconds(plain)
    asked: dict[str, Callable[[], object]] = {key: _reader(desk, actor, key, year) for key in CHARTS}
    asked |= {f"compare {by}": _reader(desk, actor, "compare", replace(year, by=by)) for by in GROUPS}
    asked["cases"] = lambda: read_cases(desk, actor, replace(year, place="witness"))
    asked["tickets"] = lambda: read_tickets(desk, actor, Span(today - 3, today - 3))
    asked["wallboard"] = lambda: fresh_board(desk, actor)
    slowest = 0.0
    for key, read in asked.items():
        taken = milliseconds(read)
        slowest = max(slowest, taken)
        say(bench="charts", database=kind, chart=key, cases=cases, median_ms=round(taken, 1),
            baseline_ms=round(base, 1), ratio=round(taken / base, 2))  # fmt: skip
    return slowest


def _reader(desk: Desk, actor: Actor, key: str, span: Span) -> Callable[[], object]:
    return lambda: read_chart(desk, actor, key, span)


def main() -> int:
    """Both databases, or the one that is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.charts")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    well = True
    if given.database != "postgresql":
        well = measure(Backend("sqlite", scratch(), MasterKeys.in_memory()), given.cases)
    if given.database != "sqlite":
        cluster = Cluster()
        cluster.start()
        try:
            well = measure(Backend("postgresql", scratch(), MasterKeys.in_memory(), cluster), given.cases) and well
        finally:
            cluster.stop()
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
