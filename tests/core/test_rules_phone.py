"""Phone numbers and masks (R026, R052, R088, R103, R206)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.masks import mask_address, mask_card, mask_id, mask_name, mask_phone
from core.rules.phone import check_contact_phone, check_landline, check_mobile, is_test_number
from core.rules.problem import Problem

mobiles = st.from_regex(r"\A1[3-9][0-9]{9}\Z")


@given(mobiles)
def test_every_written_form_gives_the_eleven_digits(number):
    spaced = f"{number[:3]} {number[3:7]}-{number[7:]}"
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for typed in (number, spaced, f"+86 {spaced}", f"0086{number}", f"86{number}", full_width):
        assert check_mobile(typed) == number


@given(st.text(max_size=20))
def test_any_text_gives_an_answer(text):
    for check in (check_mobile, check_landline, check_contact_phone):
        assert isinstance(check(text), str | Problem)


@pytest.mark.parametrize("text", ["", "12345678901", "1381234567", "138123456789", "１３８abc45678"])
def test_other_texts_are_no_mobile_number(text):
    assert isinstance(check_mobile(text), Problem)


def test_invented_numbers_only_when_allowed():
    assert isinstance(check_mobile("111 5081 3003"), Problem)
    assert check_mobile("111 5081 3003", allow_test_numbers=True) == "11150813003"
    assert isinstance(check_mobile("111 5081 3103", allow_test_numbers=True), Problem)
    assert is_test_number("11150813099")
    assert not is_test_number("13812345678")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0755-20000000", "0755-20000000"),
        ("（010）62345678", "010-62345678"),
        ("02162345678", "021-62345678"),
        ("0371 6234567", "0371-6234567"),
        ("0755-82345678-123", "0755-82345678-123"),
        ("0755 82345678 转 9", "0755-82345678-9"),
    ],
)
def test_landlines(typed, number):
    assert check_landline(typed) == number


@pytest.mark.parametrize("typed", ["82345678", "0755-1234", "13812345678", "0755-82345678-1234567", ""])
def test_no_landlines(typed):
    assert isinstance(check_landline(typed), Problem)


def test_a_contact_number_is_either():
    assert check_contact_phone("13812345678") == "13812345678"
    assert check_contact_phone("0755-82345678") == "0755-82345678"
    assert isinstance(check_contact_phone("110"), Problem)


def test_masks_show_little():
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("123") == "***"
    assert mask_name("张三") == "张*"
    assert mask_name("欧阳小明") == "欧***"
    assert mask_name("阿依古丽样张") == "阿***"
    assert mask_name("") == ""
    assert mask_id("999901199005060033") == "9999**********0033"
    assert mask_id("1234") == "****"
    assert mask_card("9999010000000001") == "**** 0001"
    assert mask_card("123") == "****"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("广东省深圳市福田区样张路1号", "广东省深圳市福田区****"),
        ("上海市黄浦区样张路789号", "上海市黄浦区****"),
        ("内蒙古自治区包头市昆都仑区样张街2号", "内蒙古自治区包头市昆都仑区****"),
        ("样张路9号", "样张****"),
        ("", ""),
    ],
)
def test_addresses_keep_their_district(address, masked):
    assert mask_address(address) == masked


@given(st.text(alphabet="0123456789X", min_size=18, max_size=18))
def test_the_middle_of_an_id_number_never_shows(number):
    assert mask_id(number)[4:14] == "*" * 10


@given(st.text(min_size=8, max_size=40))
def test_a_masked_card_keeps_four_characters(number):
    assert mask_card(number) == f"**** {number[-4:]}"
