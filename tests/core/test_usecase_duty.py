"""Duty states and offers: who is rung at, what becomes of it, and what silence and time do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from core.actor import Role
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.queueing import BREAK_REASONS, DECLINE_REASONS, LEASE, OFFER_REST, RECUSED
from core.records import SessionRecord
from core.usecases.abandon_case import abandon_case
from core.usecases.duty import change_duty, glance, stand_by
from core.usecases.offers import decline_offer
from core.usecases.serve_customer import accept_offer, claim_next, keep_call, release_call
from core.usecases.sessions import sign_out
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.queue_line import customer, ledger, line, look, online, state, status, stay, swept, take, ticket

RING, WRAP_UP = timedelta(seconds=20), timedelta(seconds=60)


def intervals(bench: Bench, login: str) -> list[tuple[str, str, float | None]]:
    """(status, reason, seconds or None while it runs), oldest first."""
    from db import tables as t

    with bench.database.read("f1") as work:
        rows = work.duty.rows(t.StaffStatus, t.StaffStatus.staff_id == login, order=t.StaffStatus.began_at)
    return [(r.status, r.reason, r.ended_at and round((r.ended_at - r.began_at).total_seconds())) for r in rows]


# -- who is rung at
def test_the_next_customer_rings_at_whoever_is_idle_longest(bench: Bench) -> None:
    online(bench, "witness2", "witness", "witness_b2")
    first, second, third = line(bench, 3)
    assert look(bench, "witness").offer is not None
    assert [state(bench, each) for each in (first, second, third)] == [
        ("offered", "witness2"), ("offered", "witness"), ("waiting", None),
    ]  # fmt: skip


def test_the_worker_offers_when_no_page_does(bench: Bench) -> None:
    online(bench, "witness")
    (only,) = line(bench, 1)
    assert swept(bench) == 1
    assert state(bench, only) == ("offered", "witness")
    assert swept(bench) == 0


def test_going_online_rings_at_once(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    assert state(bench, only) == ("offered", "witness")
    seen = look(bench, "witness")
    assert seen.caller is not None and (seen.caller.customer, seen.waiting) == ("客*", 1)


@pytest.mark.parametrize("away", ["offline", "break", "wrap_up", "silent", "other branch", "other business"])
def test_nobody_is_rung_at_who_cannot_answer(bench: Bench, away: str) -> None:
    online(bench, "witness")
    with bench.work() as work:
        if away == "offline":
            work.duty.stop("witness")
        elif away in {"break", "wrap_up"}:
            work.duty.change("witness", "b1", away)
        elif away == "other business":
            work.duty.stop("witness")
            work.duty.add_skill("trainee", "b1", "settlement")
            work.duty.change("trainee", "b1", "online")
    if away == "silent":
        bench.pass_time(seconds=31)
    (only,) = line(bench, 1, "b2" if away == "other branch" else "b1")
    swept(bench)
    assert state(bench, only) == ("waiting", None)


def test_a_page_that_refreshes_is_rung_at_however_long_it_waited(bench: Bench) -> None:
    online(bench, "witness")
    for _ in range(20):
        bench.pass_time(seconds=9)
        assert look(bench, "witness").status == "online"
        swept(bench)
    (only,) = line(bench, 1)
    look(bench, "witness")
    assert state(bench, only) == ("offered", "witness")


def test_skills_name_business_and_branch(bench: Bench) -> None:
    line(bench, 1)
    with bench.work() as work:
        for skill in (("b2", "open_account"), ("b1", "settlement")):
            work.duty.add_skill("x", *skill)
        assert work.queue.claim("x") is None
        work.duty.add_skill("x", "b1", "open_account")
        assert work.queue.claim("x") is not None


# -- answering
def test_accepting_begins_the_call(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    walk.join(bench)
    online(bench, "witness")
    offer = look(bench, "witness").offer
    assert offer is not None
    call = accept_offer(bench.desk, bench.staff("witness"), offer.id, offer.fence)
    assert (call.state, call.fence, call.attempts) == ("in_call", offer.fence, 1)
    assert call.answered_at == call.claimed_at is not None
    assert status(bench, "witness") == ("busy", "")
    assert keep_call(bench.desk, bench.staff("witness"), call.id, call.fence)


def test_the_button_takes_whoever_rings_and_puts_on_duty(bench: Bench) -> None:
    walk = case_at(bench, "witness")
    walk.join(bench)
    assert status(bench, "witness") == ("offline", "")
    assert take(bench, "witness2") is not None
    assert status(bench, "witness2") == ("busy", "")
    second = line(bench, 1)[0]
    online(bench, "witness")
    assert state(bench, second) == ("offered", "witness")
    taken = take(bench, "witness")
    assert taken is not None and (taken.id, taken.state) == (second, "in_call")


def test_an_offer_is_answered_by_the_one_who_is_rung_at(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    fence = ticket(bench, only).fence
    for login, wrong in (("witness2", 0), ("witness", 1)):
        with pytest.raises(Stale):
            accept_offer(bench.desk, bench.staff(login), only, fence + wrong)
        with pytest.raises(Stale):
            decline_offer(bench.desk, bench.staff(login), only, fence + wrong, "urgent")
    assert take(bench, "witness2") is None
    assert state(bench, only) == ("offered", "witness")


def test_a_customer_who_left_rings_no_more(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    with bench.work() as work:
        assert work.queue.leave(only, "phone:x")
    assert look(bench, "witness").offer is None
    with pytest.raises(Stale):
        accept_offer(bench.desk, bench.staff("witness"), only, 1)


# -- missed
def test_not_answered_is_back_at_the_head_and_goes_to_a_colleague(bench: Bench) -> None:
    online(bench, "witness", "witness2")
    (first,) = line(bench, 1)
    look(bench, "witness")
    assert state(bench, first) == ("offered", "witness")
    bench.pass_time(RING)
    look(bench, "witness2")
    assert state(bench, first) == ("offered", "witness2")
    assert ("missed", "staff:witness", "") in ledger(bench, first)
    assert (ticket(bench, first).attempts, ticket(bench, first).fence) == (0, 2)


def test_missed_twice_in_a_row_is_a_break(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    stay(bench, [only], seconds=21)
    assert look(bench, "witness").offer is not None
    assert status(bench, "witness") == ("online", "missed_offer")
    stay(bench, [only], seconds=21)
    assert look(bench, "witness").offer is None
    assert status(bench, "witness") == ("break", "missed_offers")
    stay(bench, [only], seconds=60)
    swept(bench)
    assert state(bench, only) == ("waiting", None)
    assert change_duty(bench.desk, bench.staff("witness"), "online") == 0
    assert state(bench, only) == ("offered", "witness")


def test_an_answer_in_between_forgives_the_first_miss(bench: Bench) -> None:
    first, second = line(bench, 2)
    online(bench, "witness")
    stay(bench, [first, second], seconds=21)
    look(bench, "witness")
    call = take(bench, "witness")
    assert call is not None
    release_call(bench.desk, bench.staff("witness"), call.id, call.fence)
    online(bench, "witness")
    stay(bench, [first, second], seconds=21)
    look(bench, "witness")
    assert status(bench, "witness") == ("online", "missed_offer")


# -- declined
def test_declining_needs_a_reason_of_the_list_and_is_on_record(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness", "witness2")
    fence = ticket(bench, only).fence
    for reason in ("", "no time", "张三"):
        with pytest.raises(NotFound):
            decline_offer(bench.desk, bench.staff("witness"), only, fence, reason)
    decline_offer(bench.desk, bench.staff("witness"), only, fence, "device")
    assert ("decline", "staff:witness", "device") in ledger(bench, only)
    assert ("staff:offer:decline", "device") in [(tag, d.get("reason")) for tag, _, d in bench.audit()]
    look(bench, "witness")
    assert state(bench, only) == ("offered", "witness2")


@pytest.mark.parametrize("reason", DECLINE_REASONS)
def test_whoever_declined_is_left_in_peace_and_a_recusal_is_for_ever(bench: Bench, reason: str) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    decline_offer(bench.desk, bench.staff("witness"), only, ticket(bench, only).fence, reason)
    look(bench, "witness")
    assert state(bench, only) == ("waiting", None)
    for _ in range(8):
        stay(bench, [only], seconds=OFFER_REST.total_seconds() / 7)
        look(bench, "witness")
    assert state(bench, only)[0] == ("waiting" if reason == RECUSED else "offered")
    if reason == RECUSED:
        assert take(bench, "witness") is None


# -- the switch
def test_leaving_while_people_wait_asks_first(bench: Bench) -> None:
    first, _ = line(bench, 2)
    online(bench, "witness")
    for wanted, reason in (("offline", ""), ("break", "meal")):
        assert change_duty(bench.desk, bench.staff("witness"), wanted, reason) == 2
        assert status(bench, "witness")[0] == "online"
    assert change_duty(bench.desk, bench.staff("witness"), "break", "meal", confirmed=True) == 0
    assert status(bench, "witness") == ("break", "meal")
    assert state(bench, first) == ("waiting", None)
    assert ("decline", "staff:witness", "off_duty") in ledger(bench, first)


def test_leaving_an_empty_queue_asks_nothing(bench: Bench) -> None:
    line(bench, 1, "b2")
    online(bench, "witness")
    assert change_duty(bench.desk, bench.staff("witness"), "offline") == 0
    assert status(bench, "witness") == ("offline", "")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [("busy", ""), ("wrap_up", ""), ("break", ""), ("break", "missed_offers"), ("", ""), ("break", "my own words")],
)
def test_states_that_nobody_chooses(bench: Bench, wanted: str, reason: str) -> None:
    with pytest.raises(NotFound):
        change_duty(bench.desk, bench.staff("witness"), wanted, reason)


def test_in_a_call_the_state_stays(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for wanted in ("online", "offline"):
        with pytest.raises(WrongState):
            change_duty(bench.desk, bench.staff(walk.witness), wanted)
    assert status(bench, walk.witness) == ("busy", "")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WITNESS])
def test_other_roles_have_no_duty(bench: Bench, role: Role) -> None:
    actor = bench.staff("witness", role)
    for act in (
        lambda: change_duty(bench.desk, actor, "online"),
        lambda: stand_by(bench.desk, actor),
        lambda: glance(bench.desk, actor),
        lambda: accept_offer(bench.desk, actor, "t", 1),
        lambda: decline_offer(bench.desk, actor, "t", 1, "urgent"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_every_change_is_on_record_with_its_reason(bench: Bench) -> None:
    for reason in BREAK_REASONS:
        change_duty(bench.desk, bench.staff("witness"), "break", reason)
    online(bench, "witness")
    found = [(d["status"], d["reason"]) for tag, _, d in bench.audit() if tag == "staff:duty:change"]
    assert found == [*(("break", reason) for reason in BREAK_REASONS), ("online", "")]


# -- on other pages
@pytest.mark.parametrize(("status_now", "most"), [("offline", 2), ("break", 1), ("online", 2)])
def test_a_glance_at_the_own_duty_reads_little(bench: Bench, status_now: str, most: int) -> None:
    actor, asked = bench.staff("witness"), list[str]()
    line(bench, 3, branch="b2")
    change_duty(bench.desk, actor, status_now, "meal" if status_now == "break" else "")
    event.listen(bench.database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert glance(bench.desk, actor).status == status_now
    assert len([sql for sql in asked if sql.startswith("SELECT")]) <= most


def test_a_glance_lets_customers_ring_and_misses_them_in_time(bench: Bench) -> None:
    actor = bench.staff("witness")
    online(bench, "witness")
    only = customer(bench, 1)
    bench.pass_time(seconds=9)
    offer = glance(bench.desk, actor).offer
    assert offer is not None and offer.id == only
    bench.pass_time(RING + timedelta(seconds=1))
    again = glance(bench.desk, actor).offer
    assert again is not None and again.fence > offer.fence
    assert status(bench, "witness") == ("online", "missed_offer")


# -- wrap-up, silence, reload
def just_passed(bench: Bench) -> Walk:
    """A case whose call ended a moment ago."""
    walk = case_at(bench, "in_call")
    walk.do_witness(bench)
    return walk


def test_after_a_call_there_is_time_to_wrap_up(bench: Bench) -> None:
    walk = just_passed(bench)
    bench.pass_time(seconds=30)
    seen = look(bench, walk.witness)
    assert seen.status == "wrap_up" and seen.rests_until is not None and seen.rests_until > seen.now
    bench.pass_time(WRAP_UP - timedelta(seconds=30))
    assert look(bench, walk.witness).status == "online"
    assert [i[0] for i in intervals(bench, walk.witness)] == ["busy", "wrap_up", "online"]


def test_wrap_up_ends_early_by_the_button_or_by_the_next_customer(bench: Bench) -> None:
    walk = just_passed(bench)
    online(bench, walk.witness)
    assert status(bench, walk.witness) == ("online", "")
    line(bench, 1)
    assert take(bench, walk.witness) is not None


def test_the_worker_ends_the_wrap_up_of_a_hidden_page(bench: Bench) -> None:
    walk = just_passed(bench)
    bench.pass_time(WRAP_UP + timedelta(seconds=1))
    assert swept(bench) == 1
    assert status(bench, walk.witness) == ("online", "")


def test_a_case_given_up_in_the_call_frees_the_witness(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert look(bench, walk.witness).status == "wrap_up"


def test_a_silent_page_was_on_duty_until_it_was_last_seen(bench: Bench) -> None:
    online(bench, "witness")
    for _ in range(5):
        bench.pass_time(seconds=9)
        look(bench, "witness")
    bench.pass_time(LEASE + timedelta(seconds=1))
    assert swept(bench) == 1
    assert status(bench, "witness") == ("offline", "")
    assert intervals(bench, "witness") == [("online", "", 46)]


def test_signing_out_ends_the_duty(bench: Bench) -> None:
    online(bench, "witness", "witness2")
    sign_out(bench.desk, SessionRecord("s1", "f1", "staff", "staff:witness", bench.now, bench.now))
    assert (status(bench, "witness")[0], status(bench, "witness2")[0]) == ("offline", "online")


def test_a_silent_call_ends_the_duty_and_a_page_that_comes_back_begins_a_new_time(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    bench.pass_time(seconds=60)
    assert keep_call(bench.desk, bench.staff(walk.witness), *walk.held)
    with bench.work() as work:
        work.duty.stop(walk.witness)
    assert keep_call(bench.desk, bench.staff(walk.witness), *walk.held)
    assert [i[0] for i in intervals(bench, walk.witness)] == ["busy", "busy"]


def test_a_reloaded_page_shows_the_same(bench: Bench) -> None:
    (only,) = line(bench, 1)
    online(bench, "witness")
    first, again = look(bench, "witness"), look(bench, "witness")
    assert first.offer == again.offer and first.duty == again.duty
    assert state(bench, only) == ("offered", "witness")


def test_looking_when_offline_changes_nothing(bench: Bench) -> None:
    line(bench, 2)
    before = bench.tags()
    seen = look(bench, "witness")
    assert (seen.status, seen.waiting, seen.offer) == ("offline", 2, None)
    assert bench.tags() == before
    assert claim_next(bench.desk, bench.staff("witness")) is not None
