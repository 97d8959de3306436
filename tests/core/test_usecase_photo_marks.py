"""Marks on pictures: who may, what the rejection carries, what the customer sees and for how long; opinions."""

from __future__ import annotations

import pytest

from core.case import State
from core.errors import DeskError, NotAllowed, NotFound, WrongState
from core.records_photos import Box
from core.usecases.open_evidence import open_crop
from core.usecases.photo_marks import (
    MOST,
    TEXT_MOST,
    judge_finding,
    mark_photo,
    mark_reasons,
    remove_mark,
    shown_marks,
)
from core.usecases.photo_station import photo_station
from core.usecases.photos import add_photo
from core.usecases.reading_quality import reading_quality
from core.usecases.review_case import approve_case, reject_review, take_case
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.photo_readings import BLURRED, GLARE, put_reading, sure, unsure
from tests.stand_ins import tiny_picture

BOX: Box = (0.1, 0.2, 0.3, 0.25)


def mark(bench: Bench, walk: Walk, slot: str = "id_front", code: str = "P01", text: str = "", box: Box = BOX) -> str:
    item = walk.facts(bench).slot(slot)[-1]
    return mark_photo(bench.desk, bench.staff("review"), walk.case_id, item.id, "picture", box, code, text, "灯下拍的")


def reject(bench: Bench, walk: Walk, *codes: str, text: str = "") -> None:
    reject_review(bench.desk, bench.staff("review"), walk.case_id, codes, text, "")
    bench.pass_time(minutes=1)


def test_each_picture_has_its_own_reasons(bench: Bench) -> None:
    loaded = case_at(bench, "in_review").loaded(bench)
    found = {slot: {r["code"] for r in mark_reasons(loaded, slot)}
             for slot in ("id_front", "id_back", "signature", "bank_card", "capture_front")}  # fmt: skip
    assert found["id_front"] == {"P01", "P03", "M03"} and found["id_back"] == {"P02", "P04"}
    assert found["signature"] == {"P06"} and "B01" in found["bank_card"] and not found["capture_front"]


def test_a_rejection_carries_the_marks_and_the_customer_sees_the_cut_out(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    mark(bench, walk, text="这里反光，请避开灯。")
    mark(bench, walk, "signature", "P06")
    assert shown_marks(bench.desk, walk.actor, walk.case_id) == []
    reject(bench, walk)
    rejection = walk.facts(bench).rejections[-1]
    assert set(rejection.codes) == {"P01", "P06"} and walk.case(bench).state is State.REJECTED
    shown = shown_marks(bench.desk, walk.actor, walk.case_id)
    assert (shown[0].slot, shown[0].text) == ("id_front", "这里反光，请避开灯。")
    assert shown[1].slot == "signature" and "重拍" in shown[1].text
    front = walk.facts(bench).slot("id_front")[-1]
    assert (shown[0].file_id, shown[0].box) == (front.file_id, BOX) and "灯下" not in repr(shown)


def test_a_mark_goes_when_the_picture_was_taken_again(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    mark(bench, walk)
    reject(bench, walk, "P06")
    first = walk.facts(bench).slot("id_front")[-1]
    add_photo(bench.desk, walk.actor, walk.case_id, "id_front", tiny_picture("again"), "again.jpg")
    assert shown_marks(bench.desk, walk.actor, walk.case_id) == []
    with bench.work() as work:
        assert [item.id for item in work.cases.replaced_evidence(walk.case_id)] == [first.id]


def test_the_reasons_of_marks_are_added_to_those_chosen(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    mark(bench, walk)
    reject(bench, walk, "D02", "P01", text="请按说明修改。")
    rejection = walk.facts(bench).rejections[-1]
    assert rejection.codes == ("D02", "P01") and rejection.customer_text == "请按说明修改。"


def test_without_marks_a_rejection_still_needs_a_reason(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    remove_mark(bench.desk, bench.staff("review"), walk.case_id, mark(bench, walk))
    with pytest.raises(WrongState, match="驳回原因"):
        reject(bench, walk)
    assert [tag for tag in bench.tags() if ":mark:" in tag] == ["staff:mark:add", "staff:mark:remove"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"box": (0.9, 0.2, 0.3, 0.2)}, WrongState),
        ({"box": (0.1, 0.2, 0.001, 0.2)}, WrongState),
        ({"box": (-0.1, 0.2, 0.3, 0.2)}, WrongState),
        ({"code": "P06"}, WrongState),
        ({"code": "D02"}, WrongState),
        ({"slot": "capture_front"}, NotFound),
        ({"text": "长" * (TEXT_MOST + 1)}, WrongState),
    ],
)
def test_what_cannot_be_marked(bench: Bench, change: dict[str, object], error: type[DeskError]) -> None:
    walk = case_at(bench, "in_review")
    with pytest.raises(error):
        mark(bench, walk, **change)  # type: ignore[arg-type]


def test_a_mark_on_the_card_needs_the_card(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    item, who = walk.facts(bench).slot("id_front")[-1].id, bench.staff("review")
    with pytest.raises(NotFound):
        mark_photo(bench.desk, who, walk.case_id, item, "crop", BOX, "P01", "", "")
    crop = bench.desk.vault.put("f1", b"the card")
    put_reading(bench, walk, "id_front", crop_file=crop.file_id)
    mark_photo(bench.desk, who, walk.case_id, item, "crop", BOX, "P01", "", "")
    _, reader = open_crop(bench.desk, who, item)
    assert reader.read(0, reader.size) == b"the card"
    reject(bench, walk)
    assert shown_marks(bench.desk, walk.actor, walk.case_id)[0].file_id == crop.file_id


def test_marks_are_limited(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    for _ in range(MOST):
        mark(bench, walk)
    with pytest.raises(WrongState, match="最多标注"):
        mark(bench, walk)


def test_only_the_reviewer_of_the_case_marks_and_only_the_owner_sees(bench: Bench) -> None:
    walk, other = case_at(bench, "in_review"), case_at(bench, "in_review", person=LI)
    item = walk.facts(bench).slot("id_front")[-1].id
    for who in (bench.staff("review2"), walk.actor):
        with pytest.raises(NotAllowed):
            mark_photo(bench.desk, who, walk.case_id, item, "picture", BOX, "P01", "", "")
        with pytest.raises(NotAllowed):
            photo_station(bench.desk, who, walk.case_id)
    with pytest.raises(NotFound):
        mark_photo(bench.desk, bench.staff("review"), other.case_id, item, "picture", BOX, "P01", "", "")
    mark(bench, walk)
    reject(bench, walk)
    with pytest.raises(NotAllowed):
        shown_marks(bench.desk, other.actor, walk.case_id)


def test_the_station_shows_earlier_versions_readings_and_marks(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    mark(bench, walk)
    first = put_reading(bench, walk, "id_front", {"name": sure(walk.person.name)})
    reject(bench, walk)
    add_photo(bench.desk, walk.actor, walk.case_id, "id_front", tiny_picture("again"), "again.jpg")
    bench.pass_time(minutes=1)
    with bench.work() as work:
        work.cases.change(work.cases.get(walk.case_id), state=State.SUBMITTED)
    take_case(bench.desk, bench.staff("review"), walk.case_id)
    station = photo_station(bench.desk, bench.staff("review"), walk.case_id)
    assert [item.id for item in station.earlier["id_front"]] == [first]
    assert station.readings[first].holding("name") == walk.person.name
    assert len(station.marks) == 1 and station.waiting_marks == ()


def test_an_opinion_about_a_finding_can_be_changed_and_is_counted_once(bench: Bench) -> None:
    walk, who = case_at(bench, "in_review"), bench.staff("review")
    item = put_reading(bench, walk, "id_front", findings=(GLARE, BLURRED))
    for finding, agrees in (("glare", True), ("blurred", True), ("blurred", False)):
        judge_finding(bench.desk, who, walk.case_id, item, finding, agrees=agrees)
    found = {(each.code, each.agrees) for each in photo_station(bench.desk, who, walk.case_id).judgements}
    assert found == {("glare", True), ("blurred", False)}
    quality = reading_quality(bench.desk, bench.staff("analyst"))
    counts = {row.code: (row.agreed, row.disagreed) for row in quality.findings}
    assert counts == {"glare": (1, 0), "blurred": (0, 1)}
    with pytest.raises(NotFound):
        judge_finding(bench.desk, who, walk.case_id, item, "glare.2", agrees=True)


def test_an_approval_counts_how_the_machine_had_read(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    profile = walk.facts(bench).values("profile")
    put_reading(bench, walk, "id_front", {
        "name": sure(str(profile["name"])), "id_number": unsure("110101"), "address": sure("别处路 9 号"),
    })  # fmt: skip
    analyst = bench.staff("analyst")
    assert reading_quality(bench.desk, analyst).by_field == ()
    approve_case(bench.desk, bench.staff("review"), walk.case_id)
    quality = reading_quality(bench.desk, analyst)
    found = {tally.name[1]: {result for result, count in tally.counts.items() if count} for tally in quality.by_field}
    assert (found["name"], found["id_number"], found["address"]) == ({"right"}, {"caught"}, {"wrong"})
    assert found["birth"] == {"missing"} and "ethnicity" not in found
    camera = quality.by_camera[0]
    assert (camera.total, camera.read_right) == (5, 1)
    with pytest.raises(NotAllowed):
        reading_quality(bench.desk, bench.staff("review"))
