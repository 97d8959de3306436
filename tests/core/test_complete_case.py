"""After the approval: the exchanges' answers, the phone callback, activation (R174, R175)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.actor import Role
from core.case import Case, State
from core.errors import NotAllowed, NotFound, WrongState
from core.usecases.complete_case import record_callback, record_exchange
from core.usecases.loading import load
from core.usecases.review_case import approve_case, take_case
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.walk import required_topics

CODE = "001200345678"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return made.make_bench(tmp_path)


@pytest.fixture
def case_id(bench: Bench) -> str:
    found = made.submitted_case(bench)
    take_case(bench.desk, made.staff(made.REVIEWER), found)
    approve_case(bench.desk, made.staff(made.REVIEWER), found)
    bench.pass_time(timedelta(hours=1))
    return found


def stored(bench: Bench, case_id: str) -> Case:
    with bench.desk.read(made.FIRM.id) as work:
        return work.cases.get(case_id)


def answer(bench: Bench, case_id: str, code: int, number: str = "", exchange: str = "SHFE") -> dict[str, str]:
    return record_exchange(bench.desk, made.staff(made.REVIEWER), case_id, exchange, code, number)


def newest_sms(bench: Bench) -> str:
    with bench.desk.read(made.FIRM.id) as work:
        return work.jobs.recent_sms(work.now - timedelta(minutes=1))[0].template


# -- exchanges
@pytest.mark.parametrize(("code", "number", "field"), [
    (0, "", "trading_code"), (0, "12345678901", "trading_code"), (0, "1234567890123", "trading_code"),
    (0, "12345678901a", "trading_code"), (5, CODE, "return_code"), (-1, "", "return_code"),
])  # fmt: skip
def test_wrong_input_is_named_at_its_field_and_not_stored(
    bench: Bench, case_id: str, code: int, number: str, field: str
) -> None:
    assert list(answer(bench, case_id, code, number)) == [field]
    with bench.desk.read(made.FIRM.id) as work:
        assert {r.state for r in work.results.requests(case_id)} == {"waiting"}


def test_an_opened_exchange_is_kept_with_the_customer(bench: Bench, case_id: str) -> None:
    assert answer(bench, case_id, 0, f" {CODE} ") == {}
    with bench.desk.read(made.FIRM.id) as work:
        request = next(r for r in work.results.requests(case_id) if r.exchange == "SHFE")
        customer = work.people.find_customer(id_number=made.id_number())
    assert (request.state, request.trading_code) == ("opened", CODE)
    assert customer is not None and customer.exchanges == ("SHFE",)
    assert newest_sms(bench) == "exchanges_opened"


@pytest.mark.parametrize("code", [1, 2, 3, 4])
def test_a_refusal_can_be_followed_by_a_success(bench: Bench, case_id: str, code: int) -> None:
    assert answer(bench, case_id, code) == {}
    assert newest_sms(bench) == "exchange_failed"
    assert answer(bench, case_id, 0, CODE) == {}
    with bench.desk.read(made.FIRM.id) as work:
        assert next(r for r in work.results.requests(case_id) if r.exchange == "SHFE").return_code == 0


def test_an_exchange_that_was_not_asked_for_has_no_answer(bench: Bench, case_id: str) -> None:
    with pytest.raises(NotFound):
        answer(bench, case_id, 0, CODE, "CFFEX")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEW])
def test_other_roles_do_not_report(bench: Bench, case_id: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        record_exchange(bench.desk, made.staff(made.REVIEWER, role), case_id, "SHFE", 0, CODE)


def test_before_the_approval_there_is_nothing_to_report(bench: Bench) -> None:
    found = made.submitted_case(bench, 2)
    with pytest.raises(WrongState):
        answer(bench, found, 0, CODE)


# -- callback
def call(bench: Bench, case_id: str, outcome: str, note: str = "") -> dict[str, str]:
    with bench.desk.read(made.FIRM.id) as work:
        asked = required_topics(load(work, case_id))
    return record_callback(bench.desk, made.staff(made.CALLER), case_id, outcome, note, asked)


def test_a_confirmed_call_activates_the_account(bench: Bench, case_id: str) -> None:
    call(bench, case_id, "confirmed", "已核对")
    case = stored(bench, case_id)
    assert (case.state, case.closed_at) == (State.ACTIVE, bench.clock[0])
    assert newest_sms(bench) == "activated"
    assert [tag for tag, _, _ in made.audit_tags(bench)][-2:] == ["staff:case:activate", "staff:callback:record"]


def test_an_unreached_customer_is_called_again(bench: Bench, case_id: str) -> None:
    caller = made.staff(made.CALLER)
    assert record_callback(bench.desk, caller, case_id, "unreached", "") == {}
    bench.pass_time(timedelta(hours=2))
    assert record_callback(bench.desk, caller, case_id, "unreached", "关机") == {}
    assert stored(bench, case_id).state is State.CALLBACK
    with bench.desk.read(made.FIRM.id) as work:
        assert [c.note for c in work.results.callbacks(case_id)] == ["", "关机"]


def test_an_objection_ends_the_case_and_needs_its_content(bench: Bench, case_id: str) -> None:
    assert call(bench, case_id, "disputed", "  ") == {"note": "客户有异议时，请写明内容。"}
    assert stored(bench, case_id).state is State.CALLBACK
    call(bench, case_id, "disputed", "不是本人办理")
    case = stored(bench, case_id)
    assert case.state is State.TERMINATED and "不是本人办理" not in case.remark
    assert newest_sms(bench) == "stopped"


def test_a_closed_case_is_not_called_again(bench: Bench, case_id: str) -> None:
    call(bench, case_id, "confirmed")
    with pytest.raises(WrongState):
        call(bench, case_id, "confirmed")


def test_an_unknown_outcome_is_refused(bench: Bench, case_id: str) -> None:
    with pytest.raises(NotFound):
        call(bench, case_id, "maybe")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CALLBACK])
def test_other_roles_do_not_call_back(bench: Bench, case_id: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        record_callback(bench.desk, made.staff(made.CALLER, role), case_id, "confirmed", "")
