"""The bench of the waiting page without its servers: what counts as broken, and how refreshes become figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.waiting import Figures, figures_of
from tests.bench.waiting_customers import Load

GOOD = Figures(waiting=100, refreshes=1000, wanted=1000, p95_ms=120.0, cpu_ms=4.0, rate=29.9, opening_rate=29.0)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({}, []),
        ({"p95_ms": 1000.0, "rate": 28.6, "refreshes": 900}, []),
        ({"p95_ms": 1001.0}, ["refresh_p95_ms"]),
        ({"rate": 28.4}, ["calls_frames_per_second"]),
        ({"waiting": 99}, ["waiting"]),
        ({"refreshes": 899}, ["refreshes"]),
        ({"p95_ms": 3000.0, "rate": 12.0}, ["refresh_p95_ms", "calls_frames_per_second"]),
    ],
)
def test_the_ramp_ends_where_something_is_no_longer_good(change: dict[str, float], broken: list[str]):
    assert replace(GOOD, **change).broken(100) == broken


def test_refreshes_become_figures():
    load = Load(spans=[float(ms) for ms in range(200, 0, -1)], waiting=20, wanted=210)
    figures = figures_of(load, cpu_s=0.8, rate=30.0, opening_rate=29.5)
    assert figures == Figures(20, 200, 210, p95_ms=191.0, cpu_ms=4.0, rate=30.0, opening_rate=29.5)


def test_no_refresh_at_all_is_broken():
    figures = figures_of(Load(waiting=20, wanted=200), cpu_s=0.1, rate=30.0, opening_rate=30.0)
    assert figures.broken(20) == ["refresh_p95_ms", "refreshes"]
