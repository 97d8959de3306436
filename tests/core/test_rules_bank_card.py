"""Bank cards (R080-R085)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.defaults import load_kind
from core.rules.bank_card import UNKNOWN_BANK, card_problem, check_card_number, find_bank, luhn_ok, offered_banks
from core.rules.problem import Problem

TABLE = load_kind("banks")
bodies = st.text(alphabet="0123456789", min_size=15, max_size=18)


def with_check(body: str) -> str:
    return next(body + digit for digit in "0123456789" if luhn_ok(body + digit))


def code_of(problem: object) -> str:
    assert isinstance(problem, Problem)
    return problem.code


def test_known_luhn_numbers():
    assert luhn_ok("79927398713")
    assert not luhn_ok("79927398710")


@given(bodies)
def test_exactly_one_check_digit_fits(body):
    assert sum(luhn_ok(body + digit) for digit in "0123456789") == 1


@given(bodies, st.data())
def test_one_wrong_digit_is_always_found(body, data):
    number = with_check(body)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = str((int(number[place]) + data.draw(st.integers(1, 9))) % 10)
    assert code_of(check_card_number(number[:place] + wrong + number[place + 1 :])) == "card_check"


@given(bodies)
def test_grouped_numbers_are_normalised(body):
    number = with_check(body)
    assert check_card_number(" ".join(number[i : i + 4] for i in range(0, len(number), 4))) == number


@given(st.text(max_size=30))
def test_any_text_gives_an_answer(text):
    assert isinstance(check_card_number(text), str | Problem)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "card_missing"),
        ("123456789012345", "card_shape"),
        ("1" * 20, "card_shape"),
        ("6222x20000000000", "card_shape"),
    ],
)
def test_refusals(text, code):
    assert code_of(check_card_number(text)) == code


def test_bank_and_kind_from_the_number():
    debit, credit = find_bank(with_check("622202" + "0" * 12), TABLE), find_bank(with_check("622230" + "0" * 9), TABLE)
    assert (debit.code, debit.kind) == ("ICBC", "debit")
    assert (credit.code, credit.kind) == ("ICBC", "credit")
    assert find_bank("1234567890123456", TABLE) == UNKNOWN_BANK
    assert UNKNOWN_BANK.name == "未识别"


def test_the_longest_prefix_wins():
    bank = {"enabled": True, "demo": False, "credit": []}
    short, long = (
        {"code": "A", "name": "甲", "debit": ["62"], **bank},
        {"code": "B", "name": "乙", "debit": ["6201"], **bank},
    )
    assert find_bank("6201000000000000", {"banks": [long, short]}).code == "B"
    assert find_bank("6202000000000000", {"banks": [long, short]}).code == "A"


def test_the_specimen_bank_is_for_demo_only():
    number = with_check("999901" + "0" * 9)
    assert find_bank(number, TABLE) == UNKNOWN_BANK
    assert find_bank(number, TABLE, allow_demo=True).code == "DEMO"
    assert "DEMO" not in {bank["code"] for bank in offered_banks(TABLE)}
    assert "DEMO" in {bank["code"] for bank in offered_banks(TABLE, allow_demo=True)}


def test_what_cannot_be_a_settlement_card():
    debit, credit, unknown = (with_check(start) for start in ("622202" + "0" * 12, "622230" + "0" * 9, "1" + "0" * 15))
    assert card_problem(debit, "ICBC", TABLE) is None
    assert card_problem(unknown, "ICBC", TABLE) is None
    assert code_of(card_problem(credit, "ICBC", TABLE)) == "card_credit"
    assert code_of(card_problem(debit, "ABC", TABLE)) == "bank_differs"
    assert code_of(card_problem(debit, "DEMO", TABLE)) == "bank_not_offered"


def test_a_bank_that_the_firm_switched_off_is_not_offered():
    off = {"banks": [{**bank, "enabled": bank["code"] != "ICBC"} for bank in TABLE["banks"]]}
    assert code_of(card_problem(with_check("622202" + "0" * 12), "ICBC", off)) == "bank_not_offered"
