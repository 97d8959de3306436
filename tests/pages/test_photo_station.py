"""The image review station, the customer's side of a mark, and the evaluation page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.actor import Role
from core.case import State
from core.flow import Evidence
from core.records_photos import PhotoFinding, PhotoReading, ReadField
from core.rules.photo_compare import ANOTHER
from core.usecases.review_case import approve_case, reject_review, take_case
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, calm, press, words
from tests.stand_ins import LightImages

ROOT = Path(__file__).parents[2]

PAGE, QUALITY = "staff/review.py", "staff/reading_quality.py"
GLARE = PhotoFinding("glare", "有反光，请避开灯光再拍一次。", 0.0314, 0.01, (0.1, 0.2, 0.3, 0.2))
BOX = [0.1, 0.2, 0.3, 0.25]


def picture_of(office: Bench, case_id: str, slot: str) -> Evidence:
    with office.work() as work:
        return next(item for item in work.cases.evidence(case_id) if item.slot == slot)


def read(office: Bench, case_id: str, slot: str, **fields: ReadField) -> str:
    """The machine has read a picture, found a reflex in it, and cut the card out."""
    item = picture_of(office, case_id, slot)
    crop = office.desk.vault.put(made.FIRM.id, made.picture())
    with office.work() as work:
        work.photos.add_waiting(case_id, item.id)
        reading = PhotoReading(item.id, "done", "check", crop_file=crop.file_id, findings=(GLARE,), fields=fields)
        assert work.photos.save(reading)
    return item.id


@pytest.fixture
def case_id(office: Bench) -> str:
    """A case that the reviewer has taken, with a read card whose name is another one."""
    office.desk = replace(office.desk, images=LightImages())
    case_id = made.submitted_case(office)
    office.pass_time(timedelta(minutes=1))
    take_case(office.desk, made.staff(made.REVIEWER), case_id)
    name, number = ReadField("张样章", 0.95, holds=True), ReadField(made.id_number(), 0.99, holds=True)
    read(office, case_id, "id_front", name=name, id_number=number)
    return case_id


def draw_mark(at: AppTest, item: str, nonce: str = "n1") -> AppTest:
    """What the browser sends when a region was drawn."""
    result = {"nonce": nonce, "evidence": item, "on": "picture", "box": BOX}
    at.session_state["station_id_front"] = {"result": result}
    return at.run()


def drawn(at: AppTest) -> str:
    """What the components were given."""
    given = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    return json.dumps(given, ensure_ascii=False)


def form_keys(at: AppTest) -> set[str]:
    return {str(box.key) for box in at.text_area}


def test_read_and_typed_values_stand_side_by_side_with_the_difference_marked(page: Open, case_id: str) -> None:
    shown = words(page(PAGE, made.REVIEWER, case=case_id))
    assert "张样<mark>章</mark>" in shown and "张样<mark>张</mark>" in shown and "不一致" in shown
    assert "有反光" in shown and "测得 0.0314，界限 0.01" in shown and "裁切请留意" in shown
    assert "不比对人脸" in shown and "不检测翻拍屏幕" in shown


def test_a_card_number_stays_covered_until_it_is_asked_for(office: Bench, page: Open, case_id: str) -> None:
    read(office, case_id, "bank_card", card_number=ReadField(made.CARD, 0.99, holds=True))
    at = press(page(PAGE, made.REVIEWER, case=case_id), "subject_bank_card_1")
    assert made.CARD not in words(at) and "一致" in words(at)
    assert made.CARD in words(press(at, "reveal_cards"))


def test_faces_are_put_beside_each_other_and_not_compared_by_the_machine(page: Open, case_id: str) -> None:
    at = press(page(PAGE, made.REVIEWER, case=case_id), "subject_faces")
    assert "身份证上的照片" in drawn(at) and "/crop/face" in drawn(at)
    assert "客户填写" not in words(at) and "不比对人脸" in words(at)


def test_every_finding_of_the_machine_has_a_name_for_the_charts() -> None:
    """A code without a name would stand on 识别评估 as it is."""
    rules = ROOT / "core/rules"
    places = [rules / "photo_findings.py", rules / "photo_compare.py", *(ROOT / "media").glob("photo_*.py")]
    found = {code for path in places for code in re.findall(r'PhotoFinding\(\s*"([a-z_]+)"', path.read_text("utf-8"))}
    found |= {*re.findall(r'_(?:below|over)\("([a-z_]+)"', places[0].read_text("utf-8")), *ANOTHER}
    named = re.findall(r'"([a-z_]+)": _\(', (ROOT / "pages/staff/reading_quality.py").read_text("utf-8"))
    assert len(found) > 20 and found - set(named) == set()


def test_a_region_is_marked_and_goes_out_with_the_rejection(office: Bench, page: Open, case_id: str) -> None:
    item = picture_of(office, case_id, "id_front").id
    at = draw_mark(page(PAGE, made.REVIEWER, case=case_id), item)
    at.text_area(key="mark_text").set_value("红框里反光，请避开灯光。")
    at.text_area(key="mark_internal").set_value("疑似灯下拍摄")
    at = press(at, "mark_save")
    assert "红框里反光" in words(at) and "mark_text" not in form_keys(at)
    at = press(at, "reject")
    assert at.multiselect(key="review_reject_codes").value == ["P01"]
    press(at, "review_reject_send")
    with office.work() as work:
        assert work.cases.get(case_id).state is State.REJECTED
        [mark] = work.marks.of_case(case_id)
        assert mark.rejection_id == work.cases.rejections(case_id)[-1].id and list(mark.box) == BOX
    shown = words(page("customer/case.py", customer=1))
    assert "红框里反光，请避开灯光。" in shown and "data:image/jpeg;base64," in shown and "疑似灯下" not in shown


def test_a_mark_is_taken_back_and_a_drawing_dropped(office: Bench, page: Open, case_id: str) -> None:
    item = picture_of(office, case_id, "id_front").id
    at = press(draw_mark(page(PAGE, made.REVIEWER, case=case_id), item), "mark_cancel")
    assert "mark_text" not in form_keys(at)
    at = press(draw_mark(at, item, "n2"), "mark_save")
    with office.work() as work:
        [mark] = work.marks.waiting(case_id)
    press(at, f"unmark_{mark.id[:8]}")
    with office.work() as work:
        assert work.marks.of_case(case_id) == []


def test_an_opinion_about_a_finding_is_kept(office: Bench, page: Open, case_id: str) -> None:
    item = picture_of(office, case_id, "id_front").id
    at = press(page(PAGE, made.REVIEWER, case=case_id), f"judge_{item[:8]}_glare_False")
    with office.work() as work:
        assert [(each.code, each.agrees) for each in work.marks.judgements(case_id)] == [("glare", False)]
    assert at.button(key=f"judge_{item[:8]}_glare_False").proto.type == "primary"


def test_an_earlier_version_can_be_looked_at_after_a_retake(office: Bench, page: Open, case_id: str) -> None:
    old = picture_of(office, case_id, "id_front")
    with office.work() as work:
        work.cases.replace_evidence(case_id, slot="id_front")
        work.cases.add_evidence(case_id, replace(old, id="new" * 10, created_at=work.now), "test")
    shown = drawn(page(PAGE, made.REVIEWER, case=case_id))
    assert f"/evidence/{old.id}" in shown and "以前的版本 1" in shown


def test_the_evaluation_counts_what_review_confirmed(office: Bench, page: Open, case_id: str) -> None:
    assert words(page(QUALITY, made.SECOND, Role.ANALYST)).count("jz-empty") == 3
    approve_case(office.desk, made.staff(made.REVIEWER), case_id)
    shown = words(page(QUALITY, made.SECOND, Role.COMPLIANCE))
    assert "身份证正面　姓名" in shown and "没有写明相机" in shown and "少于 20" in shown
    assert made.NAME not in shown and made.id_number() not in shown


def test_a_rejection_without_marks_shows_no_picture(office: Bench, page: Open, case_id: str) -> None:
    reject_review(office.desk, made.staff(made.REVIEWER), case_id, ["P01"], "", "")
    shown = words(page("customer/case.py", customer=1))
    assert "身份证正面照片看不清楚" in shown and '<figure class="jz-mark">' not in shown


def test_the_customer_sets_the_corners_by_hand(office: Bench, page: Open, case_id: str) -> None:
    reject_review(office.desk, made.staff(made.REVIEWER), case_id, ["P01"], "", "")
    item = picture_of(office, case_id, "id_front").id
    name = item[:8]
    at = calm(page("customer/case.py", customer=1).toggle(key=f"photos_set_corners_{name}").set_value(True).run())
    quad = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    at.session_state[f"photos_corners_{name}"] = {"result": {"nonce": "n1", "quad": quad}}
    assert "正在识别照片" in words(calm(at.run()))
    with office.work() as work:
        reading = work.photos.find(item)
    assert reading is not None and reading.state == "waiting"
