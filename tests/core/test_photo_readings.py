"""Reading photos as use cases: the job, what customers may choose, who goes first, what comparing adds (R073-R079)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import BadFile, NotAllowed, NotFound
from core.jobs.run import SLOW, run_next
from core.jobs.sweep_files import sweep_files
from core.records_photos import PhotoFinding, PhotoReading, Quad, ReadField
from core.usecases.photo_readings import (
    PATIENCE,
    choose_picture,
    is_awaited,
    move_corners,
    own_profile_readings,
    own_readings,
)
from core.usecases.photos import add_photo, remove_photo
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench, id_number
from tests.stand_ins import LightReader, tiny_picture

QUAD: Quad = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
LOOKS = ("0:1", "1:2", "2:3", "3:4")


def reader(bench: Bench) -> LightReader:
    found = bench.desk.photo_reader
    assert isinstance(found, LightReader)
    return found


def read_as(bench: Bench, **values: object) -> None:
    """What the machine will see in every picture from now on."""
    reader(bench).answer = replace(PhotoReading("", "done", "ok", quad=QUAD), **values)


def held(**values: str) -> dict[str, ReadField]:
    return {name: ReadField(value, 0.99, holds=True) for name, value in values.items()}


def add(bench: Bench, walk: Walk, slot: str, name: str = "a") -> str:
    return add_photo(bench.desk, walk.actor, walk.case_id, slot, tiny_picture(name), f"{name}.jpg").id


def reading(bench: Bench, walk: Walk, evidence_id: str) -> PhotoReading:
    return own_readings(bench.desk, walk.actor, walk.facts(bench))[evidence_id]


def test_an_upload_is_read_by_a_job_and_the_crop_lies_in_the_vault(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    read_as(bench, fields=held(name="样张三"), measures={"contrast": 40.0}, turned=90)
    reader(bench).crop = b"a straightened card"
    item = add(bench, walk, "id_front")
    assert reading(bench, walk, item).state == "waiting"
    bench.run_jobs()
    found = reading(bench, walk, item)
    assert (found.state, found.verdict, found.quad, found.turned) == ("done", "ok", QUAD, 90)
    assert found.holding("name") == "样张三" and found.read_at is not None
    crop = bench.desk.vault.open("f1", found.crop_file)
    assert crop.read(0, crop.size) == b"a straightened card"
    tag, subject, detail = bench.audit()[-1]
    assert (tag, subject) == ("system:photo:read", f"case:{walk.case_id}")
    assert detail == {"evidence": item, "slot": "id_front", "verdict": "ok", "findings": ""}


def test_the_sweep_knows_the_crops(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    reader(bench).crop = b"a straightened card"
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    crop = reading(bench, walk, item).crop_file
    bench.pass_time(timedelta(days=2))
    assert sweep_files(bench.desk, "f1", {})
    assert bench.desk.vault.open("f1", crop).size == len(b"a straightened card")


def test_a_picture_that_was_replaced_meanwhile_is_not_read(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    first, second = add(bench, walk, "id_front", "a"), add(bench, walk, "id_front", "b")
    bench.pass_time(seconds=10)
    bench.run_jobs()
    assert [call[0] for call in reader(bench).calls] == [second]
    assert reading(bench, walk, first).state == "failed" and reading(bench, walk, second).state == "done"


def test_what_the_machine_cannot_take_is_left_to_people(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    walk = case_at(bench, "photos")

    class Broken(LightReader):
        def read(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise ValueError("张三 410101")

    bench._desk = replace(bench.desk, photo_reader=Broken())
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    assert reading(bench, walk, item).state == "failed"
    assert "ValueError" in caplog.text and "张三" not in caplog.text
    with bench.work() as work:
        assert work.jobs.unfinished() == 0


def test_a_customer_with_many_pictures_lets_others_go_first(bench: Bench) -> None:
    walk, other = case_at(bench, "photos"), case_at(bench, "photos", person=LI)
    for name in "abcd":
        add(bench, walk, "id_front", name)
    late = add(bench, other, "id_front", "z")
    bench.pass_time(seconds=60)
    bench.run_jobs()
    order = [call[0] for call in reader(bench).calls]
    assert late in order and len(order) == 2, "replaced pictures cost nothing"
    assert order[0] == late, "three of the first customer's pictures waited before the last one"


def test_a_page_waits_for_a_while_and_then_goes_on_by_hand(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    add(bench, walk, "id_front")
    [item] = walk.facts(bench).slot("id_front")
    found = reading(bench, walk, item.id)
    assert is_awaited(found, item, bench.desk)
    bench.pass_time(PATIENCE)
    assert not is_awaited(found, item, bench.desk) and not is_awaited(None, item, bench.desk)


def test_the_customer_may_hand_in_the_original_and_come_back(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    reader(bench).crop = b"crop"
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    assert reading(bench, walk, item).used == "crop"
    choose_picture(bench.desk, walk.actor, walk.case_id, item, "original")
    assert reading(bench, walk, item).used == "original"
    choose_picture(bench.desk, walk.actor, walk.case_id, item, "crop")
    assert reading(bench, walk, item).used == "crop"
    with pytest.raises(NotAllowed):
        choose_picture(bench.desk, walk.actor, walk.case_id, item, "corners")
    other = case_at(bench, "photos", person=LI)
    with pytest.raises((NotAllowed, NotFound)):
        choose_picture(bench.desk, other.actor, walk.case_id, item, "original")


def test_without_a_crop_there_is_none_to_choose(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    with pytest.raises(NotAllowed):
        choose_picture(bench.desk, walk.actor, walk.case_id, item, "crop")


def test_a_choice_that_came_before_the_reading_stands(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    reader(bench).crop = b"crop"
    item = add(bench, walk, "id_front")
    choose_picture(bench.desk, walk.actor, walk.case_id, item, "original")
    bench.run_jobs()
    assert reading(bench, walk, item).used == "original" and reading(bench, walk, item).crop_file


def test_photos_are_a_lane_of_their_own(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    add(bench, walk, "id_front")
    assert not run_next(bench.desk, "f1", SLOW, other=True), "nothing but a photo waits"
    with bench.work() as work:
        work.jobs.add_sms(walk.owner, "11150813009", "code", "【样张】")
    assert run_next(bench.desk, "f1", SLOW, other=True) and len(bench.sms.sent) > 0
    assert reader(bench).calls == []
    assert run_next(bench.desk, "f1", SLOW) and len(reader(bench).calls) == 1
    assert not run_next(bench.desk, "f1")


def test_moved_corners_are_read_again(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    bench.pass_time(PATIENCE)
    moved = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    move_corners(bench.desk, walk.actor, walk.case_id, item, moved)
    move_corners(bench.desk, walk.actor, walk.case_id, item, QUAD)
    again, [evidence] = reading(bench, walk, item), walk.facts(bench).slot("id_front")
    assert again.state == "waiting" and is_awaited(again, evidence, bench.desk)
    bench.run_jobs()
    assert [call[2] for call in reader(bench).calls] == [(), moved], "a second press while it is read does nothing"
    assert reading(bench, walk, item).quad == moved


@pytest.mark.parametrize(
    "quad",
    [
        (),
        QUAD[:3],
        ((0.1, 0.1), (0.9, 0.1), (0.9, 1.2), (0.1, 0.9)),
        ((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)),
        ((0.1, 0.1), (0.9, 0.1), (0.3, 0.3), (0.1, 0.9)),
        ((0.5, 0.5), (0.52, 0.5), (0.52, 0.52), (0.5, 0.52)),
        ((0.1, 0.9), (0.9, 0.9), (0.9, 0.1), (0.1, 0.1)),
    ],
)
def test_four_corners_must_be_a_quad_in_the_picture(bench: Bench, quad: Quad) -> None:
    walk = case_at(bench, "photos")
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    with pytest.raises(BadFile):
        move_corners(bench.desk, walk.actor, walk.case_id, item, quad)


def test_a_photo_of_another_case_is_noticed_by_its_looks(bench: Bench) -> None:
    walk, other = case_at(bench, "photos"), case_at(bench, "photos", person=LI)
    reader(bench).looks = LOOKS
    first = add(bench, walk, "id_front", "a")
    bench.run_jobs()
    reader(bench).looks = (*LOOKS[:2], "2:9", "3:9")
    second = add(bench, other, "id_front", "b")
    bench.run_jobs()
    reader(bench).looks = (LOOKS[0], "1:9", "2:8", "3:8")
    third = add(bench, case_at(bench, "photos"), "id_back", "c")
    bench.run_jobs()
    assert [f.code for f in reading(bench, walk, first).findings] == []
    assert [f.code for f in reading(bench, other, second).findings] == ["used_before"]
    with bench.work() as work:
        found = work.photos.find(third)
    assert found and found.findings == (), "one equal part of four is chance"


def test_read_values_wait_for_the_profile_and_a_correction_is_kept_beside_them(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    number = id_number(7)
    read_as(
        bench, kind="id_front", fields=held(name="张某某", id_number=number) | {"address": ReadField("糊", 0.3, False)}
    )
    front = add(bench, walk, "id_front")
    assert own_profile_readings(bench.desk, walk.actor, walk.facts(bench)) == ({}, True)
    bench.run_jobs()
    assert own_profile_readings(bench.desk, walk.actor, walk.facts(bench)) == (
        {"name": "张某某", "id_number": number}, False,
    )  # fmt: skip
    with bench.work() as work:
        work.cases.save_answer(walk.case_id, "profile", {"name": "张某", "id_number": number})
    found = reading(bench, walk, front)
    assert [(f.code, "姓名" in f.text) for f in found.findings] == [("typed_differs", True)]
    assert found.holding("name") == "张某某", "what was read stays as it was read"


def test_removing_a_photo_takes_its_values_away(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    read_as(bench, fields=held(name="张某某"))
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    remove_photo(bench.desk, walk.actor, walk.case_id, item)
    assert own_profile_readings(bench.desk, walk.actor, walk.facts(bench)) == ({}, False)


def test_two_sides_in_the_wrong_places_are_called_swapped(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    wrong = (PhotoFinding("wrong_side", "请核对。"),)
    read_as(bench, kind="id_back", findings=wrong)
    front = add(bench, walk, "id_front", "a")
    bench.run_jobs()
    read_as(bench, kind="id_front", findings=wrong)
    back = add(bench, walk, "id_back", "b")
    assert [f.code for f in reading(bench, walk, front).findings] == ["wrong_side"]
    bench.run_jobs()
    for side in (front, back):
        assert [f.code for f in reading(bench, walk, side).findings] == ["swapped"]
