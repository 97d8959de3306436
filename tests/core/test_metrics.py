"""What the figures mean: values where something was offered, `-` where nothing was, percentiles, limits."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import metrics as m
from core.defaults import load_kind


def test_each_figure_has_a_title_and_a_whole_sentence() -> None:
    assert len(m.METRICS) > 35
    for metric in m.METRICS.values():
        assert metric.title and metric.meaning.endswith("。"), metric.key
    titles = [metric.title for metric in m.METRICS.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("in_target", "answered", "abandoned", "short", "level"), [
    (80, 90, 12, 2, 0.8), (0, 0, 0, 0, None), (0, 0, 3, 3, None), (0, 0, 3, 1, 0.0), (5, 5, 0, 0, 1.0),
])  # fmt: skip
def test_service_level(in_target: int, answered: int, abandoned: int, short: int, level: float | None) -> None:
    assert m.service_level(in_target, answered, abandoned, short) == level


@pytest.mark.parametrize(("value", "expected"), [
    (m.abandon_rate(5, 100), 0.05), (m.abandon_rate(0, 0), None), (m.abandon_rate(0, 4), 0.0),
    (m.occupancy(2700, 3600), 0.75), (m.occupancy(0, 0), None),
])  # fmt: skip
def test_rates(value: float | None, expected: float | None) -> None:
    assert value == expected


@pytest.mark.parametrize(("value", "unit", "words"), [
    (None, "%", "-"), (float("nan"), "秒", "-"), (float("inf"), "秒", "-"), (0.835, "%", "83.5%"), (0.0, "%", "0.0%"),
    (0, "人", "0"), (1234, "人", "1,234"), (1.25, "倍", "1.25"), (45, "秒", "45 秒"), (125, "秒", "2 分 5 秒"),
    (120, "秒", "2 分"), (3780, "秒", "1 时 3 分"),
])  # fmt: skip
def test_words(value: float | None, unit: str, words: str) -> None:
    assert m.shown(value, unit) == words


@pytest.mark.parametrize(("value", "unit", "words"), [
    (None, "%", "-"), (None, "秒", "-"), (0.8349, "%", "83%"), (7, "人", "7"), (9, "秒", "0:09"), (728, "秒", "12:08"),
    (3723, "秒", "1:02:03"),
])  # fmt: skip
def test_words_at_a_glance(value: float | None, unit: str, words: str) -> None:
    assert m.at_a_glance(value, unit) == words


def test_percentiles_are_within_four_percent() -> None:
    draw = random.Random(7)
    waits = sorted(round(draw.lognormvariate(4.2, 1.1)) for _ in range(5000))
    buckets = [0] * m.BUCKETS
    for wait in waits:
        buckets[m.bucket_of(wait)] += 1
    for part in (0.5, 0.9, 0.99):
        exact = waits[int(part * len(waits)) - 1]
        found = m.percentile(buckets, part)
        assert found is not None and abs(found - exact) / exact < 0.04


def test_nothing_counted_has_no_percentile() -> None:
    assert m.percentile([0] * m.BUCKETS, 0.5) is None


@given(st.integers(1, 190_000))
def test_a_bucket_stands_for_what_it_holds(seconds: int) -> None:
    one = [0] * m.BUCKETS
    one[m.bucket_of(seconds)] = 1
    value = m.percentile(one, 0.5)
    assert value is not None and abs(value - seconds) / seconds < 0.0386


@pytest.mark.parametrize("seconds", [0, 10**9])
def test_extremes_have_a_bucket(seconds: int) -> None:
    assert 0 <= m.bucket_of(seconds) < m.BUCKETS


def test_days_are_days_in_shanghai() -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert m.day_of(m.day_number(late)) == date(2026, 3, 2)
    assert m.day_number(date(2026, 3, 2)) == (int(late.timestamp()) + 28800) // 86400


def test_limits_follow_the_last_same_weekdays() -> None:
    values = {100 - 7 * back: 10.0 + back % 2 for back in range(1, 12)} | {99: 500.0}
    earlier = m.same_weekdays(values, 100)
    assert len(earlier) == m.SAME_WEEKDAYS
    limits = m.control_limits(earlier)
    assert limits is not None and limits.mean == 10.5
    assert limits.upper == pytest.approx(10.5 + 2.66) and limits.lower == pytest.approx(10.5 - 2.66)
    assert m.control_limits(earlier[:3]) is None


def test_goals_come_from_firm_data_and_have_defaults() -> None:
    assert m.Targets.of(load_kind("thresholds")) == m.Targets()
    assert m.Targets.of({"desk_figures": {"target_s": 30}}).target_s == 30
    assert m.Targets.of({}) == m.Targets()
