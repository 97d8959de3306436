"""Customers sign in: captcha, code by SMS, limits, and nothing that tells whether somebody is known (R048-R063)."""

from __future__ import annotations

from typing import Any

import pytest

from core import limits
from core.errors import TooMany
from core.jobs.sweep import forget
from core.usecases.sessions import exchange_ticket, find_session
from core.usecases.sign_in_customer import CodeRequested, new_captcha, request_code, sign_in_customer
from tests.builders import LI, ZHANG, sign_in
from tests.desk_bench import EXISTING, Bench, id_number

UNKNOWN_ID = id_number(77)


def ask(
    bench: Bench, phone: str = ZHANG.phone, *, address: str = "198.51.100.7", firm: str = "f1", **who: Any
) -> CodeRequested:
    """Solve a fresh captcha and ask for a code."""
    shown = new_captcha(bench.desk, firm)
    wanted = who or {"phone": phone}
    return request_code(
        bench.desk, firm, captcha_id=shown.id, captcha=shown.png.decode(), address=address, **wanted
    )  # fmt: skip


def enter(bench: Bench, code_id: str, code: str, *, firm: str = "f1", agreed: bool = True) -> str | None:
    return sign_in_customer(bench.desk, firm, code_id=code_id, code=code, policy="2026.1", agreed=agreed)


def sent_code(bench: Bench) -> str:
    bench.run_jobs()
    return bench.sms.code()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# -- the way it should go
def test_a_phone_signs_in_with_captcha_and_code(bench: Bench) -> None:
    asked = ask(bench)
    ticket = enter(bench, asked.code_id, sent_code(bench))
    assert ticket is not None
    session = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket))
    assert session is not None and session.phone == ZHANG.phone and session.subject.startswith("phone:")
    assert bench.sms.sent[0][0] == ZHANG.phone


def test_the_accepted_policy_stands_in_the_audit_with_its_version(bench: Bench) -> None:
    enter(bench, ask(bench).code_id, sent_code(bench))
    assert ("customer:notice:acknowledge", "policy", {"version": "2026.1"}) in bench.audit()
    assert bench.tags()[-2:] == ["customer:session:open", "customer:notice:acknowledge"]


def test_the_same_phone_is_the_same_subject_and_each_phone_another(bench: Bench) -> None:
    first = sign_in(bench, phone=ZHANG.phone)
    bench.pass_time(seconds=61)
    assert sign_in(bench, phone=f"+86 {ZHANG.phone[:3]} {ZHANG.phone[3:]}") == first
    assert sign_in(bench, phone=LI.phone) != first


def test_a_customer_on_file_gets_the_code_on_the_phone_on_file(bench: Bench) -> None:
    assert sign_in(bench, id_number=EXISTING.id_number.lower()) == f"customer:{EXISTING.id}"
    assert bench.sms.sent[-1][0] == EXISTING.phone


def test_the_same_phone_is_another_subject_in_another_firm(bench: Bench) -> None:
    assert sign_in(bench, "f1", phone=ZHANG.phone) != sign_in(bench, "f2", phone=ZHANG.phone)


# -- wrong input is a result
@pytest.mark.parametrize(
    ("who", "field"),
    [({"phone": "12345"}, "phone"), ({"phone": ""}, "phone"), ({"id_number": "99990119900312001"}, "id_number")],
)
def test_wrong_input_is_named_at_its_field(bench: Bench, who: dict[str, str], field: str) -> None:
    asked = ask(bench, **who)
    assert (asked.code_id, list(asked.errors)) == ("", [field])
    assert bench.run_jobs() == 0


def test_nothing_happens_without_the_policy(bench: Bench) -> None:
    asked = ask(bench)
    code = sent_code(bench)
    assert enter(bench, asked.code_id, code, agreed=False) is None
    assert enter(bench, asked.code_id, code) is not None


# -- captcha
def test_a_captcha_counts_once_whether_right_or_wrong(bench: Bench) -> None:
    shown = new_captcha(bench.desk, "f1")
    how = {"phone": ZHANG.phone, "captcha_id": shown.id, "address": "198.51.100.7"}
    assert "captcha" in request_code(bench.desk, "f1", captcha="1111", **how).errors
    assert "captcha" in request_code(bench.desk, "f1", captcha=shown.png.decode(), **how).errors
    assert bench.run_jobs() == 0


def test_a_captcha_is_used_up_also_when_the_limit_refuses(bench: Bench) -> None:
    ask(bench)
    shown = new_captcha(bench.desk, "f1")
    how = {"phone": ZHANG.phone, "captcha_id": shown.id, "captcha": shown.png.decode(), "address": "198.51.100.7"}
    with pytest.raises(TooMany):
        request_code(bench.desk, "f1", **how)
    bench.pass_time(seconds=61)
    assert "captcha" in request_code(bench.desk, "f1", **how).errors


@pytest.mark.parametrize(("seconds", "good"), [(119, True), (121, False)])
def test_a_captcha_lives_two_minutes(bench: Bench, seconds: int, good: bool) -> None:
    shown = new_captcha(bench.desk, "f1")
    bench.pass_time(seconds=seconds)
    asked = request_code(
        bench.desk, "f1", phone=ZHANG.phone, captcha_id=shown.id, captcha=shown.png.decode(), address="198.51.100.7"
    )
    assert bool(asked.code_id) is good


def test_a_captcha_of_another_firm_is_none(bench: Bench) -> None:
    shown = new_captcha(bench.desk, "f2")
    asked = request_code(
        bench.desk, "f1", phone=ZHANG.phone, captcha_id=shown.id, captcha=shown.png.decode(), address="198.51.100.7"
    )
    assert list(asked.errors) == ["captcha"]


# -- limits
def test_a_new_code_comes_after_sixty_seconds(bench: Bench) -> None:
    ask(bench)
    bench.pass_time(seconds=59)
    with pytest.raises(TooMany, match="60 秒"):
        ask(bench)
    bench.pass_time(seconds=2)
    assert ask(bench).code_id


def test_a_phone_gets_ten_codes_a_day(bench: Bench) -> None:
    for _ in range(limits.CODES_PER_PHONE_A_DAY):
        assert ask(bench).code_id
        bench.pass_time(minutes=2)
    with pytest.raises(TooMany, match="上限"):
        ask(bench)
    assert ask(bench, LI.phone).code_id
    bench.pass_time(days=1)
    assert ask(bench).code_id


def test_an_address_gets_a_limited_number_of_codes_a_day(bench: Bench) -> None:
    with bench.work() as work:
        for _ in range(limits.CODES_PER_ADDRESS_A_DAY):
            work.people.count_event("address|203.0.113.9")
    with pytest.raises(TooMany, match="上限"):
        ask(bench, address="203.0.113.9")
    assert ask(bench, address="203.0.113.10").code_id


def test_limits_still_hold_after_old_counts_were_deleted(bench: Bench) -> None:
    ask(bench)
    forget(bench.desk, "f1")
    with pytest.raises(TooMany):
        ask(bench)


# -- code
def test_a_code_can_be_tried_five_times(bench: Bench) -> None:
    asked = ask(bench)
    code = sent_code(bench)
    for _ in range(limits.CODE_TRIES):
        assert enter(bench, asked.code_id, wrong(code)) is None
    assert enter(bench, asked.code_id, code) is None
    assert bench.tags().count("customer:session:fail") == limits.CODE_TRIES


def test_the_fifth_try_still_counts_when_it_is_right(bench: Bench) -> None:
    asked = ask(bench)
    code = sent_code(bench)
    for _ in range(limits.CODE_TRIES - 1):
        assert enter(bench, asked.code_id, wrong(code)) is None
    assert enter(bench, asked.code_id, code) is not None


@pytest.mark.parametrize(("seconds", "good"), [(299, True), (301, False)])
def test_a_code_lives_five_minutes(bench: Bench, seconds: int, good: bool) -> None:
    asked = ask(bench)
    code = sent_code(bench)
    bench.pass_time(seconds=seconds)
    assert (enter(bench, asked.code_id, code) is not None) is good


def test_a_code_signs_in_once(bench: Bench) -> None:
    asked = ask(bench)
    code = sent_code(bench)
    assert enter(bench, asked.code_id, code) is not None
    assert enter(bench, asked.code_id, code) is None


def test_a_code_fits_only_the_request_and_the_firm_it_was_sent_for(bench: Bench) -> None:
    first = ask(bench)
    code = sent_code(bench)
    other = ask(bench, LI.phone)
    assert enter(bench, other.code_id, code) is None or code == sent_code(bench)
    assert enter(bench, first.code_id, code, firm="f2") is None
    assert enter(bench, "no such code", code) is None
    assert enter(bench, first.code_id, code) is not None


# -- nothing shows whether an ID number is known
def test_an_unknown_id_number_looks_like_a_known_one(bench: Bench) -> None:
    known, unknown = ask(bench, id_number=EXISTING.id_number), ask(bench, id_number=UNKNOWN_ID)
    assert known.errors == unknown.errors == {}
    assert len(known.code_id) == len(unknown.code_id)
    bench.run_jobs()
    assert len(bench.sms.sent) == 1
    for asked in (known, unknown):
        assert enter(bench, asked.code_id, wrong(bench.sms.code())) is None


def test_an_unknown_id_number_meets_the_same_limits(bench: Bench) -> None:
    number = id_number(78).replace("X", "x")
    for spelling in (EXISTING.id_number, number):
        ask(bench, id_number=spelling)
        for again in (spelling, f" {spelling[:6]} {spelling[6:]}", spelling.upper(), spelling.lower()):
            with pytest.raises(TooMany, match="60 秒"):
                ask(bench, id_number=again)


def test_a_code_of_an_unknown_id_number_signs_nobody_in(bench: Bench) -> None:
    asked = ask(bench, id_number=UNKNOWN_ID)
    with bench.work() as work:
        mac = work.keys.mac("sms_code", f"{asked.code_id}|123456".encode())
        found = work.people.find_code(asked.code_id)
    assert found is not None and found.phone == ""
    right = "123456" if mac == found.code_mac else None
    assert enter(bench, asked.code_id, right or "000000") is None


def test_codes_and_captchas_are_forgotten_after_two_days(bench: Bench) -> None:
    asked = ask(bench)
    code = sent_code(bench)
    bench.pass_time(days=3)
    forget(bench.desk, "f1")
    with bench.work() as work:
        assert work.people.find_code(asked.code_id) is None
        assert work.people.events_since(f"code|{ZHANG.phone}", bench.now.replace(year=2025)) == 0
    assert enter(bench, asked.code_id, code) is None
