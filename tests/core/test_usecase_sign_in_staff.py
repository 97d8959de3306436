"""Staff sign in: the same answer for every failure, lock-out after five, one-time passwords once (RFC 6238)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from core import limits
from core.usecases.sessions import exchange_ticket, find_session
from core.usecases.sign_in_staff import sign_in_staff
from tests.desk_bench import STAFF_PASSWORD, Bench

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enter(bench: Bench, login: str = "review", password: str = STAFF_PASSWORD, otp: str = "", firm: str = "f1") -> bool:
    return sign_in_staff(bench.desk, firm, login, password, otp) is not None


def fail(bench: Bench, times: int) -> None:
    for _ in range(times):
        assert not enter(bench, password="wrong")


def with_totp(bench: Bench) -> pyotp.TOTP:
    with bench.work() as work:
        work.people.change_staff("review", totp_secret=SECRET)
    return pyotp.TOTP(SECRET)


def test_the_right_password_opens_a_staff_session(bench: Bench) -> None:
    ticket = sign_in_staff(bench.desk, "f1", " review ", STAFF_PASSWORD)
    assert ticket is not None
    session = find_session(bench.desk, "staff", token=exchange_ticket(bench.desk, ticket))
    assert session is not None and (session.subject, session.firm_id) == ("staff:review", "f1")
    assert find_session(bench.desk, "customer", session_ref=f"f1.{session.id}") is None


@pytest.mark.parametrize(
    ("login", "password"), [("review", "wrong"), ("nobody", STAFF_PASSWORD), ("", ""), ("review", "")]
)
def test_every_failure_has_the_same_answer(bench: Bench, login: str, password: str) -> None:
    assert not enter(bench, login, password)


def test_a_failure_of_a_known_login_stands_in_the_audit(bench: Bench) -> None:
    fail(bench, 2)
    assert [d["failed"] for tag, _, d in bench.audit() if tag == "staff:session:fail"] == [1, 2]


def test_a_closed_account_does_not_sign_in(bench: Bench) -> None:
    with bench.work() as work:
        work.people.change_staff("review", active=False)
    assert not enter(bench)


def test_a_login_belongs_to_its_firm(bench: Bench) -> None:
    with bench.work("f2") as work:
        work.people.change_staff("review", password_hash="plain:other")
    assert enter(bench, password="other", firm="f2")
    assert not enter(bench, password="other", firm="f1")


# -- lock-out
def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(bench: Bench) -> None:
    fail(bench, limits.STAFF_TRIES)
    assert not enter(bench)
    bench.pass_time(limits.STAFF_LOCK)
    assert enter(bench)


def test_four_failures_do_not_lock_and_a_success_forgets_them(bench: Bench) -> None:
    for _ in range(3):
        fail(bench, limits.STAFF_TRIES - 1)
        assert enter(bench)


def test_guessing_on_prolongs_the_lock(bench: Bench) -> None:
    fail(bench, limits.STAFF_TRIES)
    bench.pass_time(minutes=10)
    fail(bench, limits.STAFF_TRIES)
    bench.pass_time(minutes=10)
    assert not enter(bench)


def test_a_lock_holds_for_one_account_only(bench: Bench) -> None:
    fail(bench, limits.STAFF_TRIES)
    assert enter(bench, "review2")
    assert enter(bench, firm="f2")


def test_failures_at_the_same_time_are_all_counted(bench: Bench) -> None:
    assert bench.desk
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: enter(bench, password="wrong"), range(limits.STAFF_TRIES)))
    assert not enter(bench)


# -- one-time password
def test_with_a_secret_the_one_time_password_is_needed(bench: Bench) -> None:
    totp = with_totp(bench)
    assert not enter(bench)
    assert not enter(bench, otp="000000" if totp.at(bench.now) != "000000" else "111111")
    assert enter(bench, otp=totp.at(bench.now))


def test_each_one_time_password_works_once(bench: Bench) -> None:
    totp = with_totp(bench)
    otp = totp.at(bench.now)
    assert enter(bench, otp=otp)
    assert not enter(bench, otp=otp)
    bench.pass_time(seconds=30)
    assert enter(bench, otp=totp.at(bench.now))


def test_the_previous_step_is_accepted_but_not_after_a_newer_one(bench: Bench) -> None:
    totp = with_totp(bench)
    old = totp.at(bench.now)
    bench.pass_time(seconds=30)
    assert enter(bench, otp=totp.at(bench.now))
    assert not enter(bench, otp=old)


@pytest.mark.parametrize(("steps", "good"), [(1, True), (2, False), (-1, False)])
def test_a_one_time_password_is_good_for_its_step_and_the_next(bench: Bench, steps: int, good: bool) -> None:
    totp = with_totp(bench)
    otp = totp.at(bench.now)
    bench.pass_time(seconds=30 * steps)
    assert enter(bench, otp=otp) is good


def test_a_wrong_password_does_not_use_up_the_one_time_password(bench: Bench) -> None:
    totp = with_totp(bench)
    otp = totp.at(bench.now)
    assert not enter(bench, password="wrong", otp=otp)
    assert enter(bench, otp=otp)


def test_one_time_passwords_at_the_same_time_open_one_session(bench: Bench) -> None:
    totp = with_totp(bench)
    otp = totp.at(bench.now)
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: enter(bench, otp=otp), range(4)))
    assert opened.count(True) == 1
