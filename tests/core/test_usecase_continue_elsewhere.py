"""The same case on another device: the ticket's life, whose it is, how long the new session lives, the certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core import limits
from core.actor import Actor
from core.errors import NotAllowed, NotFound, SignedOut, TooMany, WrongState
from core.records import SessionRecord
from core.usecases.continue_elsewhere import certificate_stays_behind, continue_elsewhere
from core.usecases.sessions import LIVES, exchange_ticket, find_session, open_session, own_sessions, sign_out
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench


def signed_in(bench: Bench, walk: Walk) -> tuple[Actor, SessionRecord]:
    """The customer at a computer."""
    with bench.work(walk.firm) as work:
        ticket = open_session(work, "customer", walk.owner, walk.person.phone)
    session = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket))
    assert session is not None
    return replace(walk.actor, session_id=session.id), session


def on_phone(bench: Bench, ticket: str) -> SessionRecord:
    found = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket, "iPhone Mobi"))
    assert found is not None
    return found


def test_the_phone_is_signed_in_as_the_same_customer_and_both_stay(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    actor, here = signed_in(bench, walk)
    there = on_phone(bench, continue_elsewhere(bench.desk, actor, walk.case_id))
    assert (there.subject, there.phone, there.firm_id, there.device) == (
        here.subject,
        here.phone,
        here.firm_id,
        "phone",
    )
    with bench.desk.read(walk.firm) as work:
        case = work.cases.find_open(there.subject)
    assert case is not None and case.id == walk.case_id
    assert {session.id for session in own_sessions(bench.desk, actor)} >= {here.id, there.id}


@pytest.mark.parametrize(("seconds", "good"), [(115, True), (121, False)])
def test_the_code_lives_two_minutes(bench: Bench, seconds: int, good: bool) -> None:
    walk = case_at(bench, "profile")
    ticket = continue_elsewhere(bench.desk, signed_in(bench, walk)[0], walk.case_id)
    bench.pass_time(seconds=seconds)
    if good:
        assert on_phone(bench, ticket)
    else:
        with pytest.raises(SignedOut):
            exchange_ticket(bench.desk, ticket)


def test_the_code_works_once_and_in_its_firm(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    ticket = continue_elsewhere(bench.desk, signed_in(bench, walk)[0], walk.case_id)
    with pytest.raises(SignedOut):
        exchange_ticket(bench.desk, "f2." + ticket.partition(".")[2])
    on_phone(bench, ticket)
    with pytest.raises(SignedOut):
        exchange_ticket(bench.desk, ticket)


def test_changing_devices_does_not_lengthen_the_sign_in(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    actor, here = signed_in(bench, walk)
    bench.pass_time(minutes=50)
    there = on_phone(bench, continue_elsewhere(bench.desk, actor, walk.case_id))
    assert there.created_at == here.created_at
    at = replace(there, seen_at=here.created_at + LIVES["customer"].whole)
    bench.clock.now = at.seen_at + timedelta(seconds=1)
    assert find_session(bench.desk, "customer", session_ref=f"{walk.firm}.{there.id}") is None


def test_only_whoever_is_signed_in_gets_a_code_for_the_own_case(bench: Bench) -> None:
    walk, other = case_at(bench, "profile"), case_at(bench, "profile", person=LI)
    actor, here = signed_in(bench, walk)
    stranger, _ = signed_in(bench, other)
    with pytest.raises(NotAllowed):
        continue_elsewhere(bench.desk, stranger, walk.case_id)
    with pytest.raises(SignedOut):
        continue_elsewhere(bench.desk, replace(actor, session_id=stranger.session_id), walk.case_id)
    with pytest.raises(SignedOut):
        continue_elsewhere(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(NotFound):
        continue_elsewhere(bench.desk, replace(actor, firm_id="f2"), walk.case_id)
    sign_out(bench.desk, here)
    with pytest.raises(SignedOut):
        continue_elsewhere(bench.desk, actor, walk.case_id)


def test_what_was_handed_in_needs_no_other_device(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    with pytest.raises(WrongState):
        continue_elsewhere(bench.desk, signed_in(bench, walk)[0], walk.case_id)


def test_codes_are_counted(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    actor, _ = signed_in(bench, walk)
    for _ in range(limits.CONTINUES_MOST):
        continue_elsewhere(bench.desk, actor, walk.case_id)
    with pytest.raises(TooMany):
        continue_elsewhere(bench.desk, actor, walk.case_id)


def test_from_the_certificate_on_the_device_matters(bench: Bench) -> None:
    loaded = case_at(bench, "profile").loaded(bench)
    keys = [step.key for step in loaded.plan]
    at = keys.index("certificate")
    assert [certificate_stays_behind(loaded, key) for key in keys] == [place >= at for place in range(len(keys))]
