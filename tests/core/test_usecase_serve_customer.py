"""The witness's side of a call: claim, keep, fence, script, captures, pass and reject (R151-R157)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound, Stale
from core.jobs.sweep import sweep
from core.queueing import LEASE
from core.steps.witness import HEAD_CLIP
from core.usecases.loading import load
from core.usecases.serve_customer import (
    add_capture,
    add_companion,
    ask_still,
    claim_next,
    keep_call,
    mark_script,
    missing_proofs,
    pass_witness,
    reject_witness,
    release_call,
    script_steps,
    start_recording,
    still_wishes,
)
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.stand_ins import tiny_picture


def witness(bench: Bench, walk: Walk) -> Actor:
    return bench.staff(walk.witness, firm=walk.firm)


def missing(bench: Bench, walk: Walk) -> list[str]:
    with bench.work(walk.firm) as work:
        ticket = work.queue.find(walk.ticket)
        assert ticket is not None
        return missing_proofs(load(work, walk.case_id), ticket)


def ticket_state(bench: Bench, walk: Walk) -> str:
    with bench.work(walk.firm) as work:
        found = work.queue.find(walk.ticket)
    assert found is not None
    return found.state


def wishes(bench: Bench, walk: Walk) -> dict[str, str]:
    with bench.work(walk.firm) as work:
        found = work.queue.find(walk.ticket)
    assert found is not None
    return still_wishes(found)


# -- claim
def test_the_longest_waiting_customer_of_the_branch_comes_first(bench: Bench) -> None:
    first, second = case_at(bench, "witness"), case_at(bench, "witness", person=LI)
    first.join(bench)
    second.join(bench)
    assert first.claim(bench).attempts == 1
    assert second.claim(bench, "witness2").case_id == second.case_id
    assert claim_next(bench.desk, bench.staff("supervisor")) is None


def test_a_held_call_comes_before_a_new_one(bench: Bench) -> None:
    first, second = case_at(bench, "in_call"), case_at(bench, "witness", person=LI)
    second.join(bench)
    again = claim_next(bench.desk, witness(bench, first))
    assert again is not None and (again.id, again.fence) == first.held
    assert bench.tags().count("staff:call:claim") == 1


def test_nobody_waits_in_another_branch_or_firm(bench: Bench) -> None:
    case_at(bench, "witness").join(bench)
    assert claim_next(bench.desk, bench.staff("witness_b2")) is None
    assert claim_next(bench.desk, bench.staff("witness", firm="f2")) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WITNESS])
def test_other_roles_serve_nobody(bench: Bench, role: Role) -> None:
    walk = case_at(bench, "in_call")
    actor = bench.staff("witness", role)
    acts: list[Callable[[], Any]] = [
        lambda: claim_next(bench.desk, actor),
        lambda: keep_call(bench.desk, actor, *walk.held),
        lambda: release_call(bench.desk, actor, *walk.held),
        lambda: mark_script(bench.desk, actor, *walk.held, "greet", passed=True),
        lambda: add_capture(bench.desk, actor, *walk.held, HEAD_CLIP, b"webm", "video/webm", {}),
        lambda: ask_still(bench.desk, actor, *walk.held, "capture_front"),
        lambda: start_recording(bench.desk, actor, *walk.held, "customer", "f" * 32, "e" * 32),
        lambda: pass_witness(bench.desk, actor, *walk.held),
        lambda: reject_witness(bench.desk, actor, *walk.held, ["V02"], "", ""),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert ticket_state(bench, walk) == "in_call"


def test_a_witness_who_is_unknown_claims_nothing(bench: Bench) -> None:
    case_at(bench, "witness").join(bench)
    with pytest.raises(NotFound):
        claim_next(bench.desk, Actor("f1", "staff:stranger", frozenset({Role.WITNESS})))


# -- lease and fence
def test_a_silent_witness_loses_the_call_and_the_customer_is_the_first_again(bench: Bench) -> None:
    walk, later = case_at(bench, "in_call"), case_at(bench, "witness", person=LI)
    later.join(bench)
    bench.pass_time(LEASE + timedelta(seconds=1))
    later.join(bench)
    with bench.work() as work:
        work.queue.seen(later.ticket)
    sweep(bench.desk, "f1")
    assert ticket_state(bench, walk) == "waiting"
    old = walk.held
    assert walk.claim(bench, "witness2").fence == old[1] + 1
    assert not keep_call(bench.desk, bench.staff("witness"), *old)


def test_a_renewed_lease_is_not_lost(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for _ in range(4):
        bench.pass_time(LEASE - timedelta(seconds=1))
        assert keep_call(bench.desk, witness(bench, walk), *walk.held)
        sweep(bench.desk, "f1")
    assert ticket_state(bench, walk) == "in_call"


def stale_acts(bench: Bench, actor: Actor, held: tuple[str, int]) -> list[Callable[[], Any]]:
    desk = bench.desk
    return [
        lambda: release_call(desk, actor, *held),
        lambda: mark_script(desk, actor, *held, "greet", passed=True),
        lambda: add_capture(desk, actor, *held, "capture_front", tiny_picture("x"), "image/jpeg", {}),
        lambda: start_recording(desk, actor, *held, "customer", "f" * 32, "e" * 32),
        lambda: pass_witness(desk, actor, *held),
        lambda: reject_witness(desk, actor, *held, ["V02"], "", ""),
    ]


def test_an_old_fence_changes_nothing(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    old, actor = walk.held, witness(bench, walk)
    release_call(bench.desk, actor, *old)
    walk.claim(bench)
    for act in stale_acts(bench, actor, old):
        with pytest.raises(Stale):
            act()
    assert not keep_call(bench.desk, actor, *old)
    assert ticket_state(bench, walk) == "in_call"


def test_nobody_acts_in_the_call_of_a_colleague_or_another_firm(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for actor in (bench.staff("witness2"), bench.staff("witness", firm="f2")):
        for act in stale_acts(bench, actor, walk.held):
            with pytest.raises(Stale):
                act()
        assert not keep_call(bench.desk, actor, *walk.held)


def test_after_the_result_the_call_is_over(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    for act in stale_acts(bench, witness(bench, walk), walk.held):
        with pytest.raises(Stale):
            act()
    proofs = [p for p in walk.facts(bench).proofs if p.kind == "witness"]
    assert len(proofs) == 1


def test_a_released_customer_is_the_first_again(bench: Bench) -> None:
    walk, later = case_at(bench, "in_call"), case_at(bench, "witness", person=LI)
    later.join(bench)
    release_call(bench.desk, witness(bench, walk), *walk.held)
    assert walk.claim(bench, "witness2").attempts == 2


# -- script and captures
def test_marks_can_be_set_and_taken_back(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    title = next(s["title"] for s in script_steps(walk.loaded(bench)) if s["key"] == "greet")
    assert title in missing(bench, walk)
    for passed in (True, True, False):
        mark_script(bench.desk, witness(bench, walk), *walk.held, "greet", passed=passed)
        assert (title not in missing(bench, walk)) is passed


def test_only_steps_of_the_script_can_be_marked(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for key in ("", "nonsense", "facts", "stills", "marks"):
        with pytest.raises(NotFound):
            mark_script(bench.desk, witness(bench, walk), *walk.held, key, passed=True)


def test_who_insisted_is_asked_about_it(bench: Bench) -> None:
    calm, eager = case_at(bench, "in_call", level="C4"), case_at(bench, "witness", person=LI, level="C2")
    eager.call_by(bench, "witness2")
    assert "insisted" not in {s["key"] for s in script_steps(calm.loaded(bench))}
    assert "insisted" in {s["key"] for s in script_steps(eager.loaded(bench))}


@pytest.mark.parametrize("slot", ["", "id_front", "signed", "recording_customer", "capture_front_still"])
def test_only_captures_are_taken_in_a_call(bench: Bench, slot: str) -> None:
    walk = case_at(bench, "in_call")
    with pytest.raises(NotFound):
        add_capture(bench.desk, witness(bench, walk), *walk.held, slot, b"x", "image/jpeg", {})


def test_a_capture_taken_again_replaces_the_first(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    walk.capture(bench, "capture_front")
    second = walk.capture(bench, "capture_front")
    assert [e.id for e in walk.facts(bench).slot("capture_front")] == [second.id]


def test_the_browser_is_asked_for_its_still_until_it_came(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    asked = ("capture_front", "capture_front", "capture_back")
    items = {slot: ask_still(bench.desk, witness(bench, walk), *walk.held, slot) for slot in asked}
    walk.capture(bench, "capture_front")
    assert wishes(bench, walk) == items
    for slot in ("capture_front", "capture_front", "capture_back"):
        add_companion(bench.desk, walk.actor, walk.ticket, slot, tiny_picture(slot))
        items.pop(slot, None)
        assert wishes(bench, walk) == items
    assert len(walk.facts(bench).slot("capture_front_still")) == 1


def test_only_the_holder_of_the_call_asks_for_a_still_and_of_a_capture_only(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for slot in (HEAD_CLIP, "id_front", ""):
        with pytest.raises(NotFound):
            ask_still(bench.desk, witness(bench, walk), *walk.held, slot)
    ticket_id, fence = walk.held
    for actor, seen in ((bench.staff("witness2"), fence), (witness(bench, walk), fence - 1)):
        with pytest.raises(Stale):
            ask_still(bench.desk, actor, ticket_id, seen, "capture_front")
    assert wishes(bench, walk) == {}


def test_another_frame_replaces_the_capture_and_asks_for_nothing(bench: Bench) -> None:
    walk, actor = case_at(bench, "in_call"), bench.staff("witness")
    for frame in (2, 4):
        data, meta = tiny_picture(f"frame {frame}"), {"frame": frame, "taken": bench.now.isoformat()}
        add_capture(bench.desk, actor, *walk.held, "capture_front", data, "image/jpeg", meta)
    assert [item.meta["frame"] for item in walk.facts(bench).slot("capture_front")] == [4]
    assert wishes(bench, walk) == {} and "身份证正面" not in missing(bench, walk)
    with bench.work() as work:
        assert work.cases.count_uploads(walk.case_id, ["capture_front"]) == 2


def test_only_the_browser_of_the_customer_adds_a_still_and_during_the_call_only(bench: Bench) -> None:
    walk, other = case_at(bench, "in_call"), case_at(bench, "device", person=LI)
    data = tiny_picture("still")
    for actor in (other.actor, bench.staff("witness"), Actor("f2", walk.owner), Actor("f1", "customer:None")):
        with pytest.raises(NotFound):
            add_companion(bench.desk, actor, walk.ticket, "capture_front", data)
    for slot in ("clip_head", "id_front", ""):
        with pytest.raises(NotFound):
            add_companion(bench.desk, walk.actor, walk.ticket, slot, data)
    release_call(bench.desk, witness(bench, walk), *walk.held)
    with pytest.raises(NotFound):
        add_companion(bench.desk, walk.actor, walk.ticket, "capture_front", data)
    assert walk.facts(bench).slot("capture_front_still") == ()


# -- recordings
def test_a_recording_is_promised_once_by_a_job(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    bench.run_jobs()
    for _ in range(2):
        start_recording(bench.desk, witness(bench, walk), *walk.held, "customer", "f" * 32, "e" * 32)
    with bench.work() as work:
        assert work.jobs.unfinished() == 1
