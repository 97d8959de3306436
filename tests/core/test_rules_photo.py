"""What rows of text on a card mean, and what measures mean (R073-R079): tables of what the engine really answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from core.records_photos import PhotoReading, ReadField
from core.rules.photo_compare import compared, read_profile
from core.rules.photo_fields import NEVER, VERY_SURE, TextRow, doubted, is_upright, read_fields
from core.rules.photo_findings import (
    editor_finding,
    held_findings,
    kind_findings,
    page_findings,
    picture_findings,
    validity_findings,
    verdict_of,
)
from tests.desk_bench import id_number

NUMBER = id_number(7, "19900312")
GOOD = {
    "support": 1.0, "least_support": 0.9, "ratio_error": 0.01, "contrast": 40.0, "share": 0.4, "cut": 0.0,
    "edge_width": 2.0, "px_per_mm": 14.0, "brightness": 150.0,
}  # fmt: skip
TODAY = date(2026, 3, 2)


def rows(*texts: str, score: float = 0.98) -> list[TextRow]:
    """Rows from top to bottom, as they stand on a card."""
    return [
        TextRow(text, score, (0.06, 0.1 + 0.8 * i / max(1, len(texts) - 1), 0.5, 0.05), (score,) * 40)
        for i, text in enumerate(texts)
    ]


FRONT = (
    "姓名张某某",
    "性别男民族汉",
    "出生1990年3月12日",
    "住址河南省郑州市示例路1号",
    "2号楼",
    f"公民身份号码{NUMBER}",
)


def values(*texts: str, score: float = 0.98) -> dict[str, str]:
    return {name: field.value for name, field in read_fields(rows(*texts, score=score)).fields.items() if field.holds}


def test_every_field_of_a_front() -> None:
    assert read_fields(rows(*FRONT)).kind == "id_front"
    assert values(*FRONT) == {
        "name": "张某某", "sex": "男", "ethnicity": "汉", "birth": "1990-03-12",
        "address": "河南省郑州市示例路1号2号楼", "id_number": NUMBER,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [
        ("民族漢", "ethnicity", "汉"),
        ("民族维吾尔", "ethnicity", "维吾尔"),
        ("名张某|民族汉", "name", "张某"),
        ("姓 名 欧阳某某", "name", "欧阳某某"),
        (f"公民身份号码 {NUMBER[:6]}I99{NUMBER[9:]}", "id_number", NUMBER),
        ("签发机关郑州市公安局示例分局", "authority", "郑州市公安局示例分局"),
        ("签发郑州市公安局示例分局", "authority", "郑州市公安局示例分局"),
        ("有效期限2016.01.15-2036:01.15", "valid_to", "2036-01-15"),
        ("有效期限20160115-20360115", "valid_from", "2016-01-15"),
        ("2018.12.26-长期居民身份证", "valid_to", "长期"),
        ("储蓄卡 6222 0212 3456 7890 128", "card_number", "6222021234567890128"),
        ("海棠银行 储蓄卡", "bank", "海棠银行"),
    ],
)
def test_what_the_engine_answers_is_understood(row: str, name: str, value: str) -> None:
    assert read_fields(rows(*row.split("|"))).fields[name].value == value


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("姓名张某某", f"公民身份号码{NUMBER[:-1]}{(int(NUMBER[-1].replace('X', '9')) + 1) % 10}"), "id_number"),
        (("储蓄卡", "6222021234567890129"), "card_number"),
        (("有效期限2016.01.15-2035.01.15",), "valid_to"),
        (("有效期限2016.13.15-2036.13.15",), "valid_to"),
        (("姓名张某某", "出生1990年2月30日"), "birth"),
        ((*FRONT[:2], "出生1991年3月12日", *FRONT[3:]), "birth"),
        ((FRONT[0], "性别女民族汉", *FRONT[2:]), "sex"),
        (("姓名张某某", "住址阿南省郑州市"), "address"),
        (("姓名张某某", "民族示例"), "ethnicity"),
    ],
)
def test_a_value_whose_check_fails_is_not_filled_in(texts: tuple[str, ...], name: str) -> None:
    assert name not in values(*texts)


def test_names_and_addresses_need_a_sure_engine_and_a_clear_photo() -> None:
    assert {"name", "address"} & values(*FRONT, score=0.75).keys() == set()
    assert {"name", "address"} <= values(*FRONT, score=0.85).keys()
    assert "id_number" in values(*FRONT, score=0.75), "its check digit protects it"
    blurred = doubted(read_fields(rows(*FRONT, score=0.85)).fields, VERY_SURE)
    assert {name for name, field in blurred.items() if field.holds} == {"id_number", "birth", "sex"}
    clear = read_fields(rows(*FRONT)).fields
    assert all(field.holds for field in doubted(clear, VERY_SURE).values()), "all characters are sure"
    never = {name for name, field in doubted(clear, NEVER).items() if field.holds}
    assert never == {"id_number", "birth", "sex"}


def test_a_city_that_is_not_in_its_province_needs_more_sureness() -> None:
    assert "address" in values(*FRONT, score=0.85)
    misread = (*FRONT[:3], "住址河南省郊州市示例路1号", *FRONT[4:])
    assert "address" not in values(*misread, score=0.85)


@pytest.mark.parametrize(
    ("texts", "name", "value"),
    [
        (("华港江苏省南京市示例路1号", "公民身份号码"), "address", "江苏省南京市示例路1号"),
        (("公民身份号码", f"94{NUMBER}"), "id_number", NUMBER),
        (("世名张某某", "性别男民族汉"), "name", "张某某"),
        (("公民身份号码", "住址河南省郑州市示例路1号样张SPECIMEN"), "address", "河南省郑州市示例路1号"),
        (("几关武汉市公安局北湖分局",), "authority", "武汉市公安局北湖分局"),
        (("签发机关韶关市公安局浈江分局",), "authority", "韶关市公安局浈江分局"),
        (("韶关市公安局浈江分局",), "authority", "韶关市公安局浈江分局"),
    ],
)
def test_a_label_that_was_misread_does_no_harm(texts: tuple[str, ...], name: str, value: str) -> None:
    assert values(*texts)[name] == value


def test_words_that_stand_elsewhere_too_mislead_nobody() -> None:
    home = (*FRONT[:3], "住址河南省郑州市公安局家属院1号", *FRONT[5:])
    assert read_fields(rows(*home)).kind == "id_front"
    hers = id_number(8)
    girl = ("姓名王亚男", "性别女民族汉", *FRONT[2:5], f"公民身份号码{hers}")
    assert values(*girl)["sex"] == "女"
    assert "sex" not in read_fields(rows("姓名张某某", "住址河南省郑州市女贞路1号", "公民身份号码")).fields
    assert read_fields(rows(NUMBER[:6] + "19900230" + NUMBER[14:])).kind != "id_front"
    misread = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    assert read_fields(rows(misread)).kind == "id_front", "a misread ID number is no bank card"


def test_a_rare_character_does_not_cut_a_name_short() -> None:
    assert values("姓名买买提•艾力江", *FRONT[1:])["name"] == "买买提·艾力江"
    assert values("姓名欧阳䶮", *FRONT[1:])["name"] == "欧阳䶮"
    assert "name" not in values("姓名欧阳?", *FRONT[1:])


def test_what_nobody_is_sure_of_holds_only_beside_a_number_that_does() -> None:
    sure = {name for name, field in read_fields(rows(*FRONT, score=0.0)).fields.items() if field.holds}
    assert sure == {"id_number", "sex", "birth"}
    alone = read_fields(rows(*FRONT[:3], score=0.0)).fields
    assert not any(field.holds for field in alone.values())
    until = read_fields(rows("有效期限2016.01.15-长期", score=0.0)).fields
    assert not until["valid_from"].holds and read_fields(rows("有效期限2016.01.15-长期")).fields["valid_from"].holds


def test_a_number_in_a_longer_row_of_digits_needs_its_check_digit() -> None:
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    assert "id_number" not in read_fields(rows("公民身份号码", f"94{wrong}")).fields


def test_a_name_without_its_label_stands_first_and_right_of_the_labels() -> None:
    bare = TextRow("张某某", 0.98, (0.2, 0.12, 0.2, 0.05), (0.98,) * 9)
    rest = rows(*FRONT[1:])
    assert read_fields([bare, *rest]).fields["name"].value == "张某某"
    label = TextRow("维张某某", 0.98, (0.06, 0.12, 0.3, 0.05), (0.98,) * 9)
    assert "name" not in read_fields([label, *rest]).fields


def test_a_card_that_lies_upside_down_is_seen_by_where_its_words_stand() -> None:
    assert is_upright(rows(*FRONT)) is True
    assert is_upright(rows(*reversed(FRONT))) is False
    assert is_upright(rows("0515", "花")) is None


@pytest.mark.parametrize(
    ("change", "kind", "verdict"),
    [
        ({}, "id_front", "ok"),
        ({}, "", "check"),
        ({"contrast": 13.0}, "id_front", "check"),
        ({"cut": 1.0}, "id_front", "check"),
        ({"least_support": 0.3}, "id_front", "check"),
        ({"share": 0.03}, "id_front", "check"),
        ({"support": 0.4}, "", "none"),
        ({"support": 0.4}, "id_front", "check"),
        ({"ratio_error": 0.25}, "id_back", "none"),
        ({"support": 0.0}, "id_front", "none"),
    ],
)
def test_the_verdict(change: dict[str, float], kind: str, verdict: str) -> None:
    assert verdict_of("id_front", {**GOOD, **change}, kind) == verdict


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"contrast": 9.0}, ["low_contrast"]),
        ({"edge_width": 3.4, "brightness": 40.0}, ["blurred", "dark"]),
        ({"px_per_mm": 5.0}, ["small"]),
        ({"cut": 1.0, "least_support": 0.2}, ["cut", "covered_edge"]),
    ],
)
def test_measures_become_advice_that_says_what_was_measured(change: dict[str, float], codes: list[str]) -> None:
    found = picture_findings({**GOOD, **change}, "check")
    assert [finding.code for finding in found] == codes
    assert all(f.measured in change.values() and f.limit is not None and not f.blocks for f in found)


def test_without_a_card_the_advice_is_how_to_photograph_it() -> None:
    assert [f.code for f in picture_findings({"contrast": 5.0}, "none")] == ["no_card", "low_contrast"]
    assert [f.code for f in picture_findings({}, "none")] == ["no_card"]


def test_kinds_validity_and_editors() -> None:
    assert (
        kind_findings("id_front", "id_front") == kind_findings("id_front", "") == kind_findings("signature", "x") == []
    )
    assert [f.code for f in kind_findings("id_front", "bank_card")] == ["wrong_side"]
    assert [f.code for f in kind_findings("id_back", "temporary_card")] == ["temporary_card"]
    assert (
        validity_findings("长期", TODAY) == validity_findings("2026-03-02", TODAY) == validity_findings("", TODAY) == []
    )
    assert [f.code for f in validity_findings("2026-03-01", TODAY)] == ["expired"]
    assert [f.code for f in editor_finding(frozenset({"software:GIMP 2.10"}))] == ["edited"]
    assert editor_finding(frozenset({"software:17.5.1", "gps_removed"})) == []


def reading(slot: str, **held: str | ReadField) -> PhotoReading:
    fields = {k: v if isinstance(v, ReadField) else ReadField(v, 0.99, holds=True) for k, v in held.items()}
    return PhotoReading(slot, "done", "ok", fields=fields, kind=slot)


def codes(readings: dict[str, PhotoReading], **profile: object) -> dict[str, list[str]]:
    return {key: [f.code for f in each] for key, each in compared(readings, profile, TODAY).items()}


@pytest.mark.parametrize(
    ("born", "begins", "until", "found"),
    [
        ("19900312", "2016-04-01", "2036-04-01", []),
        ("19900312", "2016-03-01", "2026-03-01", ["expired"]),
        ("19900312", "2016-04-01", "长期", ["different_cards"]),
        ("19600312", "2016-04-01", "长期", []),
        ("19600312", "2016-04-01", "2036-04-01", ["different_cards"]),
        ("20000312", "2016-04-01", "2026-04-01", []),
        ("20050312", "2016-04-01", "2021-04-01", ["expired"]),
    ],
)
def test_the_term_follows_from_the_age_at_issue(born: str, begins: str, until: str, found: list[str]) -> None:
    """居民身份证法 art. 5: 5 years below 16, 10 to 25, 20 to 45, then 长期."""
    front = reading("id_front", id_number=id_number(7, born))
    back = reading("id_back", valid_from=begins, valid_to=until)
    assert codes({"id_front": front, "id_back": back}) == {"id_front": [], "id_back": found}


def test_a_number_that_contradicts_what_is_printed_beside_it() -> None:
    front = reading("id_front", id_number=NUMBER, birth=ReadField("1991-03-12", 0.99, holds=False))
    assert codes({"id_front": front}) == {"id_front": ["mismatch_birth"]}
    unreadable = reading("id_front", id_number=NUMBER, birth=ReadField("", 0.2, holds=False))
    assert codes({"id_front": unreadable}) == {"id_front": []}


def test_typed_is_compared_with_what_was_read() -> None:
    readings = {
        "id_front": reading("id_front", name="张某某", id_number=NUMBER, address="河南省郑州市示例路1号"),
        "id_back": reading("id_back", valid_from="2016-04-01", valid_to="2036-04-01"),
    }
    same = {"name": "张某某", "id_number": NUMBER, "id_address": "河南省郑州市示例路1号", "valid_to": "2036-04-01"}
    assert codes(readings, **same) == {"id_front": [], "id_back": []}
    assert codes(readings, name="张某", long_term=True) == {"id_front": ["typed_differs"], "id_back": ["typed_differs"]}
    assert codes(readings) == {"id_front": [], "id_back": []}, "nothing is typed yet"
    assert read_profile({"id_front": PhotoReading("x", "waiting")}) == {}


def test_a_card_in_hand_is_the_one_that_was_uploaded() -> None:
    front, other = reading("id_front", id_number=NUMBER), id_number(8, "19910312")
    assert codes({"id_front": front, "portrait": reading("portrait", id_number=NUMBER)})["portrait"] == []
    assert codes({"id_front": front, "portrait": reading("portrait", id_number=other)})["portrait"] == [
        "held_other_card"
    ]
    typed = codes({"portrait": reading("portrait", id_number=other)}, id_number=NUMBER)
    assert typed == {"portrait": ["held_other_card"]}
    assert codes({"portrait": reading("portrait")}, id_number=NUMBER) == {"portrait": []}


def test_every_report_has_to_be_the_customer_s_own() -> None:
    own, others = (
        replace(reading("score_report", id_number=n), evidence_id=n) for n in (NUMBER, id_number(8, "19910312"))
    )
    found = compared({}, {"id_number": NUMBER.lower()}, TODAY, [own, others])
    assert {key: [f.code for f in each] for key, each in found.items()} == {
        own.evidence_id: [], others.evidence_id: ["report_other_person"],
    }  # fmt: skip


def test_what_a_portrait_and_a_page_lack() -> None:
    def held(**more: object) -> list[str]:
        said = {"faces": 1, "kind": "id_front", "number": NUMBER} | more
        return [f.code for f in held_findings(150.0, **said)]  # type: ignore[arg-type]

    assert held() == held(kind=None, number="") == []
    assert held(faces=0) == ["no_face"] and held(number="") == ["held_unreadable"]
    assert held(kind="") == ["no_card_held"] and held(kind="bank_card") == ["wrong_side"]
    page = partial(page_findings, "score_report", {"brightness": 40.0})
    assert [f.code for f in page(score=0.98, is_report=False)] == ["dark", "not_a_report"]
    assert [f.code for f in page(score=0.5, is_report=False)] == ["dark", "report_unreadable"]
    assert [f.code for f in page(score=0.5, is_report=True)] == ["dark"]
    assert [f.code for f in page(score=None, is_report=False)] == ["dark"]
