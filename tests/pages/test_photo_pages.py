"""Reading photos as the customer sees it: progress, result, 使用原图, fields filled in and never overwritten."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.records_photos import PhotoFinding, PhotoReading, ReadField
from core.steps.photos import PORTRAIT
from core.usecases.answer_step import keep_draft
from core.usecases.photo_readings import PATIENCE
from core.usecases.photos import add_photo
from pages import worker
from tests.builders import Walk, case_at
from tests.desk_bench import Bench, id_number
from tests.pages.staff_pages import calm, press, words
from tests.pages.test_assistance import customer_page, on_pages
from tests.pages.test_photo_routes import demand
from tests.stand_ins import LightReader, tiny_picture

__all__ = ["on_pages"]
CARD = "6222021234567890128"


def machine(bench: Bench) -> LightReader:
    found = bench.desk.photo_reader
    assert isinstance(found, LightReader)
    return found


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 40), (10, 90, 160)).save(out, "JPEG")
    return out.getvalue()


def sees(bench: Bench, *findings: PhotoFinding, verdict: str = "ok", **values: str) -> None:
    fields = {name: ReadField(value, 0.99, holds=True) for name, value in values.items()}
    machine(bench).answer = PhotoReading("", "done", verdict, findings=findings, fields=fields)  # type: ignore[arg-type]
    machine(bench).crop = jpeg()


def add(bench: Bench, walk: Walk, slot: str) -> str:
    return add_photo(bench.desk, walk.actor, walk.case_id, slot, tiny_picture(slot), "a.jpg").id


def captions(at: AppTest) -> str:
    return " ".join(str(each.value) for each in at.caption)


@pytest.fixture
def photos(on_pages: Bench) -> tuple[Bench, Walk]:
    return on_pages, case_at(on_pages, "photos")


def test_the_customer_sees_progress_then_the_result(
    photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, walk = photos
    sees(bench, name="样张三", id_number=id_number(7))
    add(bench, walk, "id_front")
    at = customer_page(bench, walk, monkeypatch)
    assert "正在识别照片" in words(at)
    bench.run_jobs()
    at = calm(at.run())
    shown = words(at)
    assert "正在识别照片" not in shown and "样张三" in shown
    assert id_number(7) not in shown, "numbers are masked outside their field"


def test_low_contrast_shows_both_pictures_and_the_original_may_be_used(
    photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, walk = photos
    low = PhotoFinding("low_contrast", "证件与背景颜色反差较小。", 8.0, 14.0)
    sees(bench, low, verdict="check")
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    at = customer_page(bench, walk, monkeypatch)
    assert "反差较小" in words(at) and "可以继续" in captions(at)
    at = press(at, f"use_original_id_front_{item[:8]}")
    with bench.work() as work:
        found = work.photos.find(item)
    assert found and found.used == "original"
    press(at, f"use_crop_id_front_{item[:8]}")
    with bench.work() as work:
        found = work.photos.find(item)
    assert found and found.used == "crop"


def test_a_picture_that_another_tab_replaced_is_said_to_be_stale(
    photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, walk = photos
    sees(bench)
    item = add(bench, walk, "id_front")
    bench.run_jobs()
    at = customer_page(bench, walk, monkeypatch)
    add_photo(bench.desk, walk.actor, walk.case_id, "id_front", tiny_picture("another"), "b.jpg")
    at = press(at, f"use_original_id_front_{item[:8]}")
    assert [each.value for each in at.toast] == ["内容已在别处更新，请核对后再提交。"]
    assert f"use_original_id_front_{item[:8]}" not in {each.key for each in at.button}


def test_a_portrait_counts_as_a_whole(photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch) -> None:
    bench, walk = photos
    demand(bench, monkeypatch, live_portrait=["open_account"])
    sees(bench, PhotoFinding("no_face", "没有看清正面的脸。"), verdict="check", id_number=id_number(7))
    item = add_photo(bench.desk, walk.actor, walk.case_id, PORTRAIT, tiny_picture("me"), "a.jpg", how="live").id
    bench.run_jobs()
    at = customer_page(bench, walk, monkeypatch)
    assert "没有看清正面的脸" in words(at)
    assert f"use_original_portrait_{item[:8]}" not in {each.key for each in at.button}
    assert [each.key for each in at.toggle] == ["large_text"], "no corners to be moved"


def test_a_score_report_is_read_beside_the_choice(on_pages: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench, walk = on_pages, case_at(on_pages, "exchanges")
    keep_draft(bench.desk, walk.actor, walk.case_id, "exchanges", {"chosen": ["CFFEX"]})
    add(bench, walk, "score_report")
    at = customer_page(bench, walk, monkeypatch)
    assert "正在识别照片" in words(at)
    bench.pass_time(seconds=10)  # the photos of the card come first
    sees(bench, score="88", id_number=id_number(8, "19910312"))
    bench.run_jobs()
    shown = words(calm(at.run()))
    assert "88" in shown and "不一致。请上传本人的成绩报告单" in shown and "正在识别照片" not in shown


def test_a_card_number_that_comes_late_is_offered(on_pages: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench, walk = on_pages, case_at(on_pages, "bank")
    add(bench, walk, "bank_card")
    at = press(customer_page(bench, walk, monkeypatch), "by_hand")
    sees(bench, card_number=CARD)
    bench.pass_time(seconds=10)
    bench.run_jobs()
    at = calm(at.run())
    field = next(each for each in at.text_input if str(each.key).startswith("bank_number"))
    assert field.value == ""
    at = press(at, "fill_number")
    assert next(each for each in at.text_input if each.key == field.key).value == CARD


def test_the_customer_is_not_told_what_only_the_reviewer_needs(
    photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, walk = photos
    sees(bench, PhotoFinding("used_before", "这张照片在其他业务中使用过。"), PhotoFinding("dark", "照片太暗。"))
    add(bench, walk, "id_front")
    bench.run_jobs()
    shown = words(customer_page(bench, walk, monkeypatch))
    assert "照片太暗" in shown and "其他业务" not in shown


def test_without_a_reading_everything_works_by_hand(
    photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, walk = photos
    add(bench, walk, "id_front")
    bench.pass_time(PATIENCE)
    at = customer_page(bench, walk, monkeypatch)
    assert "正在识别照片" not in words(at) and "photos_id_front_0_0" in str(at)


def test_the_worker_reads_photos_in_a_lane_of_its_own(
    photos: tuple[Bench, Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, walk = photos

    class OneRound(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    nicer: list[int] = []
    monkeypatch.setattr(worker, "stopping", OneRound())
    monkeypatch.setattr(worker.os, "setpriority", lambda _which, _thread, niceness: nicer.append(niceness))
    item = add(bench, walk, "id_front")
    assert worker.work_through() is False, "the other lane leaves photos alone"
    assert machine(bench).calls == []
    worker.read_photos()
    assert [call[0] for call in machine(bench).calls] == [item]
    assert nicer in ([], [worker.PHOTO_NICENESS])


def fresh_profile(bench: Bench, *, read_first: bool) -> Walk:
    """A customer at the profile whose card photos were read before, or are still waiting."""
    walk = case_at(bench, "profile")
    sees(
        bench,
        name="样张三",
        id_number=id_number(7),
        address="河南省郑州市示范区1号",
        valid_from="2020-01-02",
        valid_to="长期",
    )
    for slot in ("id_front", "id_back"):
        add(bench, walk, slot)
    bench.pass_time(seconds=15)
    if read_first:
        bench.run_jobs()
    return walk


def test_the_profile_starts_with_what_was_read_and_says_so(on_pages: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = fresh_profile(on_pages, read_first=True)
    at = customer_page(on_pages, walk, monkeypatch)
    assert at.text_input(key="profile_name").value == "样张三"
    assert at.text_input(key="profile_id_number").value == id_number(7)
    assert at.text_input(key="profile_id_address").value == "河南省郑州市示范区1号"
    assert at.checkbox(key="profile_long_term").value is True
    assert captions(at).count("由照片识别") >= 4
    at.text_input(key="profile_name").set_value("样张王").run()
    assert at.text_input(key="profile_name").value == "样张王", "the customer's word stands"
    assert captions(at).count("由照片识别") >= 3


def test_a_late_reading_is_offered_and_fills_only_what_is_empty(
    on_pages: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = fresh_profile(on_pages, read_first=False)
    at = customer_page(on_pages, walk, monkeypatch)
    assert at.text_input(key="profile_name").value == "" and "正在识别" in captions(at)
    at.text_input(key="profile_name").set_value("样张王").run()
    on_pages.run_jobs()
    at = calm(at.run())
    assert at.text_input(key="profile_id_number").value == "", "nothing changes by itself"
    at = press(at, "fill_read")
    assert at.text_input(key="profile_name").value == "样张王"
    assert at.text_input(key="profile_id_number").value == id_number(7)


def test_the_card_number_is_filled_in_and_may_be_typed_instead(
    on_pages: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = case_at(on_pages, "bank")
    sees(on_pages, card_number=CARD)
    add(on_pages, walk, "bank_card")
    at = customer_page(on_pages, walk, monkeypatch)
    assert "by_hand" in [button.key for button in at.button]
    at = press(at, "by_hand")
    at.text_input(key="bank_number_0").set_value("6222").run()
    on_pages.pass_time(seconds=15)
    on_pages.run_jobs()
    at = calm(at.run())
    assert at.text_input(key="bank_number_0").value == "6222", "what was typed stays"
    again = customer_page(on_pages, walk, monkeypatch)
    assert again.text_input(key="bank_number_0").value == CARD
    assert "由照片识别" in captions(again)
