"""Own sign-ins and those of staff: who sees them, who ends them, and that nobody reaches anybody else's."""

from __future__ import annotations

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound, SignedOut
from core.usecases.sessions import (
    LIVES,
    end_other_sessions,
    end_session,
    end_staff_sessions,
    exchange_ticket,
    find_session,
    open_session,
    own_sessions,
    staff_sessions,
)
from tests.desk_bench import STAFF, Bench

PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36"
CUSTOMER, COLLEAGUE = "phone:abc", "staff:review"


def sign_in(bench: Bench, subject: str, browser: str = COMPUTER, firm: str = "f1") -> Actor:
    """A new session; its actor."""
    kind = "staff" if subject.startswith("staff:") else "customer"
    with bench.work(firm) as work:
        ticket = open_session(work, kind, subject)
    found = find_session(bench.desk, kind, token=exchange_ticket(bench.desk, ticket, browser))
    assert found is not None
    roles = STAFF[subject.removeprefix("staff:")][1] if kind == "staff" else ()
    bench.pass_time(seconds=5)
    return Actor(firm, subject, frozenset(roles), found.id)


def ids(bench: Bench, actor: Actor) -> list[str]:
    return [session.id for session in own_sessions(bench.desk, actor)]


def is_signed_in(bench: Bench, actor: Actor) -> bool:
    kind = "staff" if actor.is_staff else "customer"
    return find_session(bench.desk, kind, session_ref=f"{actor.firm_id}.{actor.session_id}") is not None


# -- seeing
def test_the_present_session_comes_first_then_the_last_used(bench: Bench) -> None:
    first, second, third = (sign_in(bench, CUSTOMER, browser) for browser in (PHONE, COMPUTER, ""))
    assert ids(bench, first) == [first.session_id, third.session_id, second.session_id]
    assert [session.device for session in own_sessions(bench.desk, first)] == ["phone", "", "computer"]


def test_a_session_says_when_it_began_and_was_last_used(bench: Bench) -> None:
    began = bench.now
    actor = sign_in(bench, COLLEAGUE)
    bench.pass_time(minutes=20)
    assert is_signed_in(bench, actor)
    [session] = own_sessions(bench.desk, actor)
    assert (session.created_at - began).seconds == 0
    assert (session.seen_at - began).seconds // 60 == 20


def test_only_ones_own_are_seen(bench: Bench) -> None:
    mine = sign_in(bench, CUSTOMER)
    for subject, firm in (("phone:other", "f1"), (CUSTOMER, "f2"), (COLLEAGUE, "f1")):
        sign_in(bench, subject, firm=firm)
    assert ids(bench, mine) == [mine.session_id]


def test_what_ended_or_never_began_is_not_listed(bench: Bench) -> None:
    old = sign_in(bench, CUSTOMER)
    bench.pass_time(LIVES["customer"].idle)
    ended, here = sign_in(bench, CUSTOMER), sign_in(bench, CUSTOMER)
    end_session(bench.desk, here, ended.session_id)
    with bench.work() as work:
        open_session(work, "customer", CUSTOMER)
    assert ids(bench, here) == [here.session_id]
    assert not is_signed_in(bench, old)


# -- ending one's own
def test_one_is_ended_and_the_others_go_on(bench: Bench) -> None:
    lost, other, here = (sign_in(bench, CUSTOMER) for _ in range(3))
    end_session(bench.desk, here, lost.session_id)
    assert [is_signed_in(bench, actor) for actor in (lost, other, here)] == [False, True, True]
    assert bench.audit()[-1] == ("customer:session:close", f"session:{lost.session_id}", {})
    with pytest.raises(NotFound):
        end_session(bench.desk, here, lost.session_id)


@pytest.mark.parametrize("subject", [CUSTOMER, COLLEAGUE])
def test_all_others_are_ended_and_each_is_on_record(bench: Bench, subject: str) -> None:
    here, *others = [sign_in(bench, subject) for _ in range(3)]
    assert end_other_sessions(bench.desk, here) == 2
    assert is_signed_in(bench, here) and not any(is_signed_in(bench, actor) for actor in others)
    closed = [what for tag, what, _ in bench.audit() if tag.endswith(":session:close")]
    assert sorted(closed) == sorted(f"session:{actor.session_id}" for actor in others)
    assert end_other_sessions(bench.desk, here) == 0


@pytest.mark.parametrize(("subject", "firm"), [("phone:other", "f1"), (CUSTOMER, "f2"), ("staff:witness", "f1")])
def test_nobody_ends_somebody_elses(bench: Bench, subject: str, firm: str) -> None:
    mine, theirs = sign_in(bench, CUSTOMER), sign_in(bench, subject, firm=firm)
    with pytest.raises(NotFound):
        end_session(bench.desk, mine, theirs.session_id)
    end_other_sessions(bench.desk, mine)
    assert is_signed_in(bench, theirs)


def test_a_page_that_was_signed_out_ends_nothing(bench: Bench) -> None:
    """Who lost the session must not throw the owner out from a tab that is still open."""
    thief, owner = sign_in(bench, CUSTOMER, PHONE), sign_in(bench, CUSTOMER)
    end_other_sessions(bench.desk, owner)
    for act in (
        lambda: end_session(bench.desk, thief, owner.session_id),
        lambda: end_other_sessions(bench.desk, thief),
    ):
        with pytest.raises(SignedOut):
            act()
    assert is_signed_in(bench, owner)


# -- those of staff
def test_the_administrator_sees_and_ends_what_a_member_of_staff_has(bench: Bench) -> None:
    admin = sign_in(bench, "staff:admin")
    theirs = [sign_in(bench, COLLEAGUE, browser) for browser in (PHONE, COMPUTER)]
    bystander = sign_in(bench, "staff:review2")
    assert [s.device for s in staff_sessions(bench.desk, admin, "review")] == ["computer", "phone"]
    assert end_staff_sessions(bench.desk, admin, "review") == 2
    assert not any(is_signed_in(bench, actor) for actor in theirs)
    assert is_signed_in(bench, bystander) and is_signed_in(bench, admin)
    assert staff_sessions(bench.desk, admin, "review") == []
    with bench.work() as work:
        assert [e.actor for e in work.audit_entries() if e.tag == "staff:session:close"] == ["staff:admin"] * 2


def test_a_customer_is_no_member_of_staff(bench: Bench) -> None:
    admin, customer = bench.staff("admin"), sign_in(bench, CUSTOMER)
    with pytest.raises(NotFound):
        end_staff_sessions(bench.desk, admin, CUSTOMER)
    assert staff_sessions(bench.desk, admin, CUSTOMER) == [] and is_signed_in(bench, customer)


def test_the_administrator_of_another_firm_reaches_nobody(bench: Bench) -> None:
    theirs = sign_in(bench, COLLEAGUE)
    assert staff_sessions(bench.desk, bench.staff("admin", firm="f2"), "review") == []
    assert end_staff_sessions(bench.desk, bench.staff("admin", firm="f2"), "review") == 0
    assert is_signed_in(bench, theirs)


def test_only_the_administrator_may(bench: Bench) -> None:
    theirs = sign_in(bench, COLLEAGUE)
    others = [bench.staff("witness", role) for role in Role if role is not Role.ADMIN]
    for actor in [*others, sign_in(bench, CUSTOMER)]:
        with pytest.raises(NotAllowed):
            staff_sessions(bench.desk, actor, "review")
        with pytest.raises(NotAllowed):
            end_staff_sessions(bench.desk, actor, "review")
    assert is_signed_in(bench, theirs)


def test_of_the_browser_only_the_kind_of_device_is_kept(bench: Bench) -> None:
    sign_in(bench, CUSTOMER, PHONE)
    with bench.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM session").fetchall()
    assert "phone" in str(rows) and "Android" not in str(rows) and "Chrome" not in str(rows)
