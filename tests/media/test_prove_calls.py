"""A few calls of `tests.prove.calls`, which proves them by the hundred."""

from __future__ import annotations

import asyncio

from media.rooms import Role
from tests.prove.calls import Joined, p95, prove_joins, prove_recordings, stories, told_joins, told_recordings


def test_calls_come_together_in_whatever_order_people_come() -> None:
    found = asyncio.run(prove_joins(4, seed=3, at_once=2))
    told = told_joins(found)
    assert (told["joined"], told["failed"]) == (4, [])
    assert told["first_picture_p95_s"] < 10


def test_recordings_made_under_load_decode_and_fit_their_index() -> None:
    told = told_recordings(asyncio.run(prove_recordings(2, seed=3, at_once=1, seconds=2)))
    assert (told["recordings"], told["undecodable_frames"], told["indexes_that_fit"], told["empty"]) == (2, 0, 2, 0)
    assert told["pictures"] > 20


def test_the_stories_name_each_order_and_each_disturbance() -> None:
    told = stories(200, 1)
    assert len(told) == 200 and len(set(told[:14])) == 14
    assert {each for story in told for each in story[1:]} == {
        f"{role}_{what}" for role in Role for what in ("reloads", "hangs_up", "vanishes")
    }
    assert stories(30, 2) == stories(30, 2) != stories(30, 3)


def test_a_call_that_did_not_come_together_is_told() -> None:
    told = told_joins([Joined(("staff_first",), 0.5), Joined(("customer_first",), None, ["staff: (0, 9)"])], part="x")
    assert (told["joins"], told["joined"]) == (2, 1)
    assert told["failed"] == [{"story": ("customer_first",), "missing": ["staff: (0, 9)"]}]
    assert [p95([float(n) for n in range(1, 101)]), p95([])] == [95.0, None]
