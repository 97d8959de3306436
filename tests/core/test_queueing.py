"""Figures of the queue: handling time, expected wait, the range that is shown, the firm's times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.queueing import expected_wait, handling_time, queue_times, trimmed_mean, wait_in_minutes
from tests.desk_bench import defaults

FIVE = timedelta(minutes=5)


def minutes(*values: float) -> list[timedelta]:
    return [timedelta(minutes=value) for value in values]


@pytest.mark.parametrize(
    ("branch", "firm", "wanted"),
    [
        ((), (), 5),
        ((1, 1, 1, 1), (), 5),
        ((1, 1, 1, 1), (8, 8, 8, 8, 8), 8),
        ((4, 4, 4, 4, 4), (8, 8, 8, 8, 8), 4),
        ((2, 3, 3, 3, 3, 3, 3, 3, 3, 90), (), 3),
        ((2, 4, 6, 8, 90), (), 22),
    ],
)
def test_handling_time_comes_from_who_has_enough_calls(
    branch: tuple[float, ...], firm: tuple[float, ...], wanted: float
) -> None:
    assert handling_time(minutes(*branch), minutes(*firm), FIVE) == timedelta(minutes=wanted)


def test_the_longest_and_the_shortest_tenth_do_not_count() -> None:
    calls = minutes(*[4] * 40, *[0.1] * 5, *[500] * 5)
    assert trimmed_mean(calls) == timedelta(minutes=4)


@pytest.mark.parametrize(
    ("position", "handling", "staff", "shown"),
    [
        (1, 5, 0, None), (9, 5, 0, None), (1, 5, 1, (4, 6)), (3, 5, 2, (5, 9)), (2, 5, 10, (1, 1)), (1, 0.5, 4, (1, 1)),
        (10, 6, 3, (14, 24)),
    ],
)  # fmt: skip
def test_the_wait_is_a_range_and_no_number_when_nobody_is_there(
    position: int, handling: float, staff: int, shown: tuple[int, int] | None
) -> None:
    wait = expected_wait(position, timedelta(minutes=handling), staff)
    assert (wait and wait_in_minutes(wait)) == shown


def test_a_firm_sets_its_times_and_an_older_one_has_defaults() -> None:
    now = queue_times(defaults()["thresholds"])
    old = queue_times({"queue": {"alone_hint_minutes": 5}})
    assert now == old
    assert (now.ring, now.wrap_up, now.call) == (timedelta(seconds=20), timedelta(seconds=60), FIVE)
    assert queue_times({"queue": {"alone_hint_minutes": 5, "wrap_up_seconds": 0}}).wrap_up == timedelta()
