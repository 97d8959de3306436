"""Erlang C and A against known values (60 calls an hour, 270 s each: the textbook's 4.5 Erlang)."""

from __future__ import annotations

import math

import pytest

from core.rules import staffing as s

RATE, AHT = 60 / 3600, 270.0


@pytest.mark.parametrize(("servers", "load", "waits"), [
    (1, 0.5, 0.5), (2, 1.0, 1 / 3), (5, 4.5, 0.7625), (7, 4.5, 0.2172), (3, 3.0, 1.0), (4, 0.0, 0.0),
])  # fmt: skip
def test_probability_to_wait(servers: int, load: float, waits: float) -> None:
    assert s.waits(servers, load) == pytest.approx(waits, abs=2e-4)


def test_the_known_hour() -> None:
    assert s.needed(RATE, AHT, 60, 0.8, 0.85) == 7
    assert s.answered_within(7, RATE, AHT, 60) == pytest.approx(0.875, abs=5e-4)
    assert s.mean_wait(7, RATE, AHT) == pytest.approx(23.5, abs=0.1)


def test_leaving_customers() -> None:
    assert s.abandons(7, RATE, AHT, 180)[1] == pytest.approx(0.041, abs=1e-3)
    waits, leave = s.abandons(5, RATE, AHT, 180)
    assert waits == pytest.approx(0.43, abs=5e-3) and leave == pytest.approx(0.15, abs=5e-3)


def test_endless_patience_is_erlang_c() -> None:
    assert s.abandons(7, RATE, AHT, 1e7)[0] == pytest.approx(s.waits(7, 4.5), abs=1e-4)


def test_too_few_never_catch_up() -> None:
    assert s.answered_within(4, RATE, AHT, 60) == 0
    assert math.isinf(s.mean_wait(4, RATE, AHT))
    assert s.abandons(4, RATE, AHT, 180)[1] > 0.2


def test_nobody_comes() -> None:
    assert s.needed(0, AHT, 60, 0.8, 0.85) == 0 == s.needed_with_abandons(0, AHT, 180, 0.05, 0.85)
    assert s.mean_wait(1, 0, AHT) == 0 and s.answered_within(0, 0, AHT, 60) == 1 and s.abandons(1, 0, AHT, 9) == (0, 0)


def test_the_occupancy_is_a_floor() -> None:
    assert s.needed(RATE, AHT, 600, 0.1, 0.5) == 9
    assert s.needed_with_abandons(RATE, AHT, 180, 0.9, 0.5) == 9


@pytest.mark.parametrize("rate", [1, 5, 20, 60, 120, 400])
def test_more_customers_need_more_witnesses(rate: int) -> None:
    now = s.needed(rate / 3600, AHT, 60, 0.8, 0.85)
    assert now <= s.needed((rate + 30) / 3600, AHT, 60, 0.8, 0.85)
    assert s.answered_within(now, rate / 3600, AHT, 60) >= 0.8
    leave = s.needed_with_abandons(rate / 3600, AHT, 180, 0.05, 0.85)
    assert s.abandons(leave, rate / 3600, AHT, 180)[1] <= 0.05
