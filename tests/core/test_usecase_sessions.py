"""Sessions: the ticket once, idle and whole life, revoking, and what another firm or kind may see of them."""

from __future__ import annotations

import pytest

from core.errors import SignedOut
from core.records import SessionRecord
from core.usecases.sessions import exchange_ticket, find_session, firm_of, open_session, sign_out
from tests.desk_bench import Bench

PHONE = "11150813001"


def ticket_for(bench: Bench, kind: str = "customer", firm: str = "f1") -> str:
    with bench.work(firm) as work:
        return open_session(work, kind, "phone:abc" if kind == "customer" else "staff:review", PHONE)


def session_of(bench: Bench, kind: str = "customer") -> tuple[str, SessionRecord]:
    token = exchange_ticket(bench.desk, ticket_for(bench, kind))
    found = find_session(bench.desk, kind, token=token)
    assert found is not None
    return token, found


def test_a_ticket_becomes_a_cookie_that_finds_the_session(bench: Bench) -> None:
    token, session = session_of(bench)
    assert (session.subject, session.phone, session.firm_id) == ("phone:abc", PHONE, "f1")
    assert find_session(bench.desk, "customer", session_ref=f"f1.{session.id}") == session
    assert firm_of(token) == "f1"


def test_a_ticket_works_once(bench: Bench) -> None:
    ticket = ticket_for(bench)
    exchange_ticket(bench.desk, ticket)
    with pytest.raises(SignedOut):
        exchange_ticket(bench.desk, ticket)


@pytest.mark.parametrize(("seconds", "good"), [(58, True), (61, False)])
def test_a_ticket_lives_a_minute(bench: Bench, seconds: int, good: bool) -> None:
    ticket = ticket_for(bench)
    bench.pass_time(seconds=seconds)
    if good:
        assert exchange_ticket(bench.desk, ticket)
    else:
        with pytest.raises(SignedOut):
            exchange_ticket(bench.desk, ticket)


@pytest.mark.parametrize("forged", ["", "f1", "f1.", ".x", "f1.not-a-ticket", "f9.x"])
def test_what_is_no_ticket_is_refused(bench: Bench, forged: str) -> None:
    ticket_for(bench)
    with pytest.raises(SignedOut):
        exchange_ticket(bench.desk, forged)


def test_a_ticket_is_good_in_its_firm_only(bench: Bench) -> None:
    ticket = ticket_for(bench)
    with pytest.raises(SignedOut):
        exchange_ticket(bench.desk, "f2." + ticket.partition(".")[2])


def test_a_session_is_not_found_before_its_ticket_was_exchanged(bench: Bench) -> None:
    ticket = ticket_for(bench)
    _, other = session_of(bench)
    assert find_session(bench.desk, "customer", token=ticket) is None
    assert find_session(bench.desk, "customer", session_ref=f"f1.{other.id}") is not None


@pytest.mark.parametrize("reference", ["", "f1", "f1.", "f1.unknown", "f2.unknown"])
def test_an_unknown_reference_finds_nothing(bench: Bench, reference: str) -> None:
    assert find_session(bench.desk, "customer", token=reference) is None
    assert find_session(bench.desk, "customer", session_ref=reference) is None


def test_another_firm_and_another_kind_find_nothing(bench: Bench) -> None:
    token, session = session_of(bench)
    assert find_session(bench.desk, "staff", token=token) is None
    assert find_session(bench.desk, "customer", session_ref=f"f2.{session.id}") is None
    assert find_session(bench.desk, "customer", token="f2." + token.partition(".")[2]) is None


@pytest.mark.parametrize(("kind", "idle"), [("customer", 60), ("staff", 30)])
def test_an_idle_session_ends_and_a_used_one_goes_on(bench: Bench, kind: str, idle: int) -> None:
    token, _ = session_of(bench, kind)
    for _ in range(3):
        bench.pass_time(minutes=idle - 1)
        assert find_session(bench.desk, kind, token=token)
    bench.pass_time(minutes=idle + 1)
    assert find_session(bench.desk, kind, token=token) is None


@pytest.mark.parametrize(("kind", "hours"), [("customer", 12), ("staff", 10)])
def test_a_session_ends_after_its_whole_life_however_busy(bench: Bench, kind: str, hours: int) -> None:
    token, _ = session_of(bench, kind)
    for _ in range(hours * 3 - 1):
        bench.pass_time(minutes=20)
        assert find_session(bench.desk, kind, token=token)
    bench.pass_time(minutes=20, seconds=1)
    assert find_session(bench.desk, kind, token=token) is None


def test_signing_out_ends_all_tabs_and_stands_in_the_audit(bench: Bench) -> None:
    token, session = session_of(bench)
    sign_out(bench.desk, session)
    assert find_session(bench.desk, "customer", token=token) is None
    assert find_session(bench.desk, "customer", session_ref=f"f1.{session.id}") is None
    assert bench.audit()[-1] == ("customer:session:close", f"session:{session.id}", {})


def test_signing_out_leaves_other_sessions_of_the_person(bench: Bench) -> None:
    first, session = session_of(bench)
    second, _ = session_of(bench)
    sign_out(bench.desk, session)
    sign_out(bench.desk, session)
    assert find_session(bench.desk, "customer", token=first) is None
    assert find_session(bench.desk, "customer", token=second) is not None


def test_neither_ticket_nor_token_is_stored(bench: Bench) -> None:
    ticket = ticket_for(bench)
    token = exchange_ticket(bench.desk, ticket)
    with bench.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM session").fetchall()
    assert rows and not any(secret in str(row) for row in rows for secret in (ticket, token, token.split(".")[1]))
