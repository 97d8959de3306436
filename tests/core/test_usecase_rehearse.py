"""通话前检测: who may use it, and how its result reaches the ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actor import Actor
from core.errors import DeskError, NotAllowed
from core.rules.rehearsal import KEPT_FOR, Rehearsal, rehearsal_of, stored_rehearsal
from core.usecases.abandon_case import abandon_case
from core.usecases.rehearse import may_rehearse
from core.usecases.wait_for_witness import join_queue, leave_queue
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.queue_line import ticket


def measured(bench: Bench, uplink: int = 820) -> Rehearsal:
    found = rehearsal_of({"luma": 40, "face": "one", "uplink_kbps": uplink}, bench.now)
    assert found is not None
    return found


def kept(bench: Bench, walk: Walk) -> Rehearsal | None:
    return stored_rehearsal(ticket(bench, walk.ticket).rehearsal)


def join(bench: Bench, walk: Walk, found: Rehearsal | None) -> None:
    walk.ticket = join_queue(bench.desk, walk.actor, walk.case_id, found).id


def test_the_result_goes_with_the_ticket_to_the_witness(bench: Bench) -> None:
    walk, found = case_at(bench, "witness"), measured(bench)
    bench.pass_time(KEPT_FOR - timedelta(seconds=1))
    join(bench, walk, found)
    assert kept(bench, walk) == found
    walk.claim(bench)
    assert kept(bench, walk) == found


def test_an_old_result_stays_behind(bench: Bench) -> None:
    walk, found = case_at(bench, "witness"), measured(bench)
    bench.pass_time(KEPT_FOR)
    join(bench, walk, found)
    assert ticket(bench, walk.ticket).rehearsal is None


def test_nobody_has_to_rehearse(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    join(bench, walk, None)
    assert ticket(bench, walk.ticket).rehearsal is None


def test_a_live_ticket_keeps_its_result_and_a_new_one_gets_the_new(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    join(bench, walk, measured(bench, 500))
    join(bench, walk, measured(bench, 900))
    first = kept(bench, walk)
    leave_queue(bench.desk, walk.actor, walk.case_id)
    join(bench, walk, measured(bench, 900))
    second = kept(bench, walk)
    assert first is not None and second is not None
    assert (first.uplink_kbps, second.uplink_kbps) == (500, 900)


def test_only_the_own_case_that_may_come_to_a_call(bench: Bench) -> None:
    walk, other = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    may_rehearse(bench.desk, walk.actor, walk.case_id)
    strangers = [other.actor, bench.staff("witness"), Actor("f1", "phone:0", frozenset())]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            may_rehearse(bench.desk, stranger, walk.case_id)
    elsewhere = Actor("f2", walk.owner, frozenset())
    with pytest.raises(DeskError):
        may_rehearse(bench.desk, elsewhere, walk.case_id)
    abandon_case(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(DeskError):
        may_rehearse(bench.desk, walk.actor, walk.case_id)
