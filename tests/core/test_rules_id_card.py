"""GB 11643 numbers, validity, age (R022-R025, R054, R102, R177)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.id_card import (
    LONG_TERM,
    IdNumber,
    adult_problem,
    age_band,
    check_digit,
    check_id_number,
    salutation,
    validity_problems,
    validity_warnings,
)
from core.rules.problem import Problem

TODAY = date(2026, 2, 14)
births = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def number_for(birth: date, order: int = 3) -> str:
    """A specimen number with an area code that is not issued."""
    first = f"999901{birth:%Y%m%d}{order:03d}"
    return first + check_digit(first)


def checked(text: str) -> IdNumber:
    found = check_id_number(text)
    assert isinstance(found, IdNumber)
    return found


def code_of(text: str) -> str:
    found = check_id_number(text)
    assert isinstance(found, Problem)
    return found.code


def test_known_check_digits():
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(births, st.integers(0, 999))
def test_a_built_number_is_read_back(birth, order):
    person = checked(number_for(birth, order))
    assert person.birth_date == birth
    assert person.sex == ("male" if order % 2 else "female")
    assert person.region_code == "999901"


@given(births, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(birth, order, place, shift):
    number = number_for(birth, order)
    wrong = str((int(number[place]) + shift) % 10)
    assert isinstance(check_id_number(number[:place] + wrong + number[place + 1 :]), Problem)


@given(births, st.integers(0, 999), st.integers(0, 15))
def test_two_swapped_digits_are_always_found(birth, order, place):
    number = number_for(birth, order)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or isinstance(check_id_number(swapped), Problem)


@given(st.text(max_size=30))
def test_any_text_gives_an_answer(text):
    assert isinstance(check_id_number(text), IdNumber | Problem)


def test_typed_forms_are_normalised():
    number = next(n for n in (number_for(date(1990, 5, 6), i) for i in range(100)) if n.endswith("X"))
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for typed in (number.lower(), f" {number[:6]} {number[6:14]} {number[14:]} ", full_width):
        assert checked(typed).number == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id_missing"),
        ("12345", "id_shape"),
        ("99990119900506003", "id_shape"),
        ("९९९९०११९९००५०६००३५", "id_shape"),
        ("999901199013060030", "id_birth"),
        ("999901189905060030", "id_birth"),
    ],
)
def test_refusals_say_what_is_wrong(text, code):
    assert code_of(text) == code


def test_a_wrong_check_digit_is_named():
    number = number_for(date(1990, 5, 6))
    last = "1" if number[-1] != "1" else "2"
    assert code_of(number[:-1] + last) == "id_check"


def test_the_number_does_not_show_in_repr():
    person = checked(number_for(date(1990, 5, 6)))
    assert person.number not in repr(person)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 2, 14), date(2026, 2, 13), 17),
        (date(2008, 2, 14), date(2026, 2, 14), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_changes_on_the_birthday(birth, day, age):
    person = checked(number_for(birth))
    assert person.age_on(day) == age
    assert (adult_problem(person, day) is None) == (age >= 18)


@given(births, st.integers(0, 36500))
def test_age_never_falls(birth, days):
    person = checked(number_for(birth))
    day = birth + timedelta(days=days)
    assert 0 <= person.age_on(day) <= person.age_on(day + timedelta(days=1)) <= person.age_on(day) + 1


def test_age_bands():
    bands = [age_band(age) for age in (17, 18, 30, 31, 50, 60, 70, 71, 99)]
    assert bands == ["under_18", "18_30", "18_30", "31_40", "41_50", "51_60", "61_70", "over_70", "over_70"]


def test_salutation_follows_the_sex_digit():
    assert salutation(checked(number_for(date(1990, 5, 6), 3))) == "先生"
    assert salutation(checked(number_for(date(1990, 5, 6), 4))) == "女士"


def test_expired_text_says_why_and_what_to_do():
    [problem] = validity_problems(date(2014, 3, 1), date(2024, 3, 1), TODAY)
    assert problem.text == "身份证已于 2024-03-01 到期。请先更新证件，或携带新证到营业部办理。"


def test_the_last_day_is_still_valid():
    assert validity_problems(date(2016, 2, 14), TODAY, TODAY) == []
    assert validity_problems(date(2016, 2, 14), LONG_TERM, TODAY) == []


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "code"),
    [
        (None, LONG_TERM, "validity_missing"),
        (date(2026, 1, 1), date(2026, 1, 1), "validity_order"),
        (date(2026, 2, 15), date(2036, 2, 15), "validity_future"),
        (date(2015, 2, 13), date(2026, 2, 13), "validity_expired"),
    ],
)
def test_impossible_validity(valid_from, valid_to, code):
    assert [problem.code for problem in validity_problems(valid_from, valid_to, TODAY)] == [code]


def test_unusual_terms_are_only_doubted():
    assert [w.code for w in validity_warnings(date(2015, 1, 1), date(2025, 12, 31))] == ["validity_term"]
    for years in (5, 10, 20):
        assert validity_warnings(date(2015, 1, 1), date(2015 + years, 1, 1)) == []
    assert validity_warnings(date(2015, 1, 1), LONG_TERM) == []


def test_terms_from_a_leap_day():
    for end in (date(2026, 2, 28), date(2026, 3, 1)):
        assert validity_warnings(date(2016, 2, 29), end) == []
    assert validity_warnings(date(2016, 2, 29), date(2036, 2, 29)) == []
    assert validity_warnings(date(2016, 2, 29), date(2026, 3, 2)) != []
