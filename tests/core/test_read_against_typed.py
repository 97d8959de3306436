"""What was read against what was handed in: writing may differ, values may not."""

from __future__ import annotations

import pytest

from core.records_photos import PhotoReading
from core.rules.read_against_typed import FIELDS, Compared, compare, plain, result_of
from tests.builders import Walk, case_at
from tests.desk_bench import Bench
from tests.photo_readings import sure, unsure


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        ("name", "张 样张", "张样张", True),
        ("name", "买买提·样张", "买买提•样张", True),
        ("name", "张样张", "张样章", False),
        ("birth", "1990年1月2日", "1990-01-02", False),
        ("birth", "1990年01月02日", "1990-01-02", True),
        ("valid_to", "长期", "2099-12-31", True),
        ("valid_to", "2030.01.02", "2030-01-02", True),
        ("valid_to", "长期", "2030-01-02", False),
        ("id_number", "11010119900102003x", "11010119900102003X", True),
        ("card_number", "9999 0100 0000 0000 017", "9999010000000000017", True),
        ("address", "样张省样本市 测试路１号", "样张省样本市测试路1号", True),
        ("address", "丰年路1号", "丰路1号", False),
        ("bank", "工商银行", "中国工商银行", True),
        ("bank", "中国银行", "中国银行股份有限公司", True),
        ("bank", "交通银行", "招商银行", False),
    ],
)
def test_only_the_writing_is_forgiven(field: str, one: str, other: str, same: bool) -> None:
    assert (plain(field, one) == plain(field, other)) is same


@pytest.mark.parametrize(
    ("read", "typed", "holds", "difference", "result"),
    [
        ("张样张", "张样张", True, "same", "right"),
        ("张样章", "张样张", True, "different", "wrong"),
        ("张样章", "张样张", False, "different", "caught"),
        ("张样张", "张样张", False, "same", "held_back"),
        ("", "张样张", False, "only_typed", "missing"),
        ("张样张", "", True, "only_read", None),
        ("", "", False, "neither", None),
    ],
)
def test_what_an_approval_says(read: str, typed: str, holds: bool, difference: str, result: str | None) -> None:
    row = Compared("name", "姓名", read, typed, holds, 0.9)
    assert (row.difference, result_of(row)) == (difference, result)


def row_of(bench: Bench, walk: Walk, slot: str, field: str, reading: PhotoReading | None = None) -> Compared:
    facts = walk.facts(bench)
    return next(row for row in compare(facts.slot(slot)[-1], reading, facts) if row.field == field)


def test_every_field_stands_beside_what_the_customer_typed(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    facts = walk.facts(bench)
    for slot, fields in FIELDS.items():
        if not facts.slot(slot):
            continue  # asked for in other cases
        rows = compare(facts.slot(slot)[-1], None, facts)
        assert [row.field for row in rows] == list(fields)
        assert {row.field for row in rows if not row.typed} <= {"ethnicity", "authority"}
    assert compare(facts.slot("signature")[-1], None, facts) == []
    profile = facts.values("profile")
    assert row_of(bench, walk, "id_front", "birth").typed == profile["birth_date"]
    assert row_of(bench, walk, "id_front", "sex").typed in {"男", "女"}


def test_a_card_number_belongs_to_its_own_photo(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    reading = PhotoReading("", "done", "ok", fields={"card_number": sure(walk.person.card), "bank": unsure("样张银行")})
    assert row_of(bench, walk, "bank_card", "card_number", reading).difference == "same"
    other = compare(walk.facts(bench).slot("id_front")[-1], reading, walk.facts(bench))
    assert "card_number" not in {row.field for row in other}
