"""The worker's timers: each at the start, then in its own rhythm, for every firm."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages import worker
from pages.parts import wiring
from tests.pages import staff_cases as made


def test_each_timer_runs_at_once_and_then_in_its_rhythm(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[int, str]] = []
    clock, firms = [1000.0], [made.FIRM]
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(wiring, "desk", lambda: None)
    monkeypatch.setattr(wiring, "firms", lambda: firms)

    def often(_desk: object, firm: str) -> None:
        ran.append((int(clock[0]) - 1000, f"often {firm}"))

    def seldom(_desk: object, firm: str) -> None:
        ran.append((int(clock[0]) - 1000, f"seldom {firm}"))

    monkeypatch.setattr(worker, "TIMERS", {often: 5.0, seldom: 12.0})
    started: dict[object, float] = {}
    for _ in range(14):
        worker.run_timers(started)  # type: ignore[arg-type]
        clock[0] += 1
    assert ran == [(0, "often f1"), (0, "seldom f1"), (5, "often f1"), (10, "often f1"), (12, "seldom f1")]


def test_the_worker_posts_and_does_what_repeats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = made.make_bench(tmp_path)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    worker.run_timers({})
    while worker.work_through():
        pass
    assert len(bench.desk.audit_heads.lines(made.FIRM.number)) == 1
