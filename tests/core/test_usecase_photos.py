"""Upload and remove pictures: slots, limits, what is refused, and what a new picture undoes (R069-R079)."""

from __future__ import annotations

import hashlib

import pytest

from core import limits
from core.actor import Actor
from core.errors import BadFile, NotAllowed, NotFound, WrongState
from core.usecases.photos import add_photo, remove_photo
from tests.builders import CONSENTS, LI, Walk, case_at
from tests.desk_bench import Backend, Bench
from tests.forms import sample
from tests.stand_ins import tiny_picture


def add(bench: Bench, walk: Walk, slot: str, name: str = "a", actor: Actor | None = None) -> str:
    data = tiny_picture(name)
    return add_photo(bench.desk, actor or walk.actor, walk.case_id, slot, data, f"{name}.jpg").id


def slots(bench: Bench, walk: Walk, slot: str) -> list[str]:
    return [item.id for item in walk.facts(bench).slot(slot)]


def test_a_picture_is_stored_encrypted_with_its_original(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    item = add_photo(bench.desk, walk.actor, walk.case_id, "id_front", tiny_picture("a"), "a.jpg")
    original = bench.desk.vault.open("f1", str(item.meta["original_file"]))
    assert original.read(0, original.size) == tiny_picture("a")
    assert item.meta["original_sha256"] == hashlib.sha256(tiny_picture("a")).hexdigest()
    assert bench.audit()[-1] == (
        "customer:evidence:add", f"case:{walk.case_id}", {"slot": "id_front", "sha256": item.sha256},
    )  # fmt: skip


def test_both_files_of_an_upload_are_known_and_no_orphans(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    item = add_photo(bench.desk, walk.actor, walk.case_id, "id_front", tiny_picture("a"), "a.jpg")
    with bench.work() as work:
        assert work.cases.known_files() == {item.file_id, str(item.meta["original_file"])}
        assert work.cases.has_file(item.file_id) and not work.cases.has_file("0" * 32)


def test_a_real_picture_is_decoded_and_encoded_afresh(backend: Backend) -> None:
    bench = Bench(backend, light=False)
    try:
        walk = case_at(bench, "photos")
        upload = sample("id_front", 1)
        item = add_photo(bench.desk, walk.actor, walk.case_id, "id_front", upload, "front.jpg")
        again = add_photo(bench.desk, walk.actor, walk.case_id, "id_front", upload, "front.jpg")
        assert (item.meta["width"], item.meta["height"], item.meta["kind"]) == (1600, 1010, "jpg")
        assert item.sha256 != hashlib.sha256(upload).hexdigest()
        assert again.sha256 == item.sha256
        with pytest.raises(BadFile):
            add_photo(bench.desk, walk.actor, walk.case_id, "id_front", b"no picture", "front.jpg")
        assert [e.id for e in walk.facts(bench).slot("id_front")] == [again.id]
    finally:
        bench.close()


def test_a_new_picture_replaces_the_one_in_a_single_slot(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    add(bench, walk, "id_front", "a")
    second = add(bench, walk, "id_front", "b")
    assert slots(bench, walk, "id_front") == [second]


def test_cards_and_reports_are_kept_beside_each_other_but_not_twice(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    ids = [add(bench, walk, "bank_card", name) for name in ("a", "b")]
    with pytest.raises(BadFile, match="已经上传过"):
        add(bench, walk, "bank_card", "a")
    assert slots(bench, walk, "bank_card") == ids


def test_a_score_report_has_room_for_ten(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    for number in range(limits.SCORE_REPORTS_MAX):
        add(bench, walk, "score_report", str(number))
    with pytest.raises(BadFile, match="最多 10 份"):
        add(bench, walk, "score_report", "one more")


def test_uploads_of_a_case_are_limited_replaced_ones_included(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PHOTOS_PER_CASE", 5)
    walk, other = case_at(bench, "photos"), case_at(bench, "photos", person=LI)
    for number in range(5):
        add(bench, walk, "id_front", str(number))
    with pytest.raises(BadFile, match="太多"):
        add(bench, walk, "id_front", "one more")
    assert add(bench, other, "id_front")


def test_evidence_of_the_call_does_not_use_up_the_uploads(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = case_at(bench, "sign")
    monkeypatch.setattr(limits, "PHOTOS_PER_CASE", 5)
    assert len(walk.facts(bench).evidence) > 5
    assert add(bench, walk, "signature")


@pytest.mark.parametrize("slot", ["", "capture_front", "signed", "recording_customer", "nonsense"])
def test_other_slots_are_not_for_customers(bench: Bench, slot: str) -> None:
    walk = case_at(bench, "photos")
    with pytest.raises(NotAllowed):
        add(bench, walk, slot)


def test_no_picture_before_its_step(bench: Bench) -> None:
    walk = case_at(bench, "photos")
    for slot in ("bank_card", "score_report"):
        with pytest.raises(WrongState):
            add(bench, walk, slot)


@pytest.mark.parametrize("place", ["submitted", "in_review", "active"])
def test_no_picture_once_the_case_is_with_the_firm(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        add(bench, walk, "id_front")
    with pytest.raises(WrongState):
        remove_photo(bench.desk, walk.actor, walk.case_id, slots(bench, walk, "id_front")[0])


def test_only_the_owner_adds_and_removes(bench: Bench) -> None:
    walk, other = case_at(bench, "profile"), case_at(bench, "photos", person=LI)
    item = slots(bench, walk, "id_front")[0]
    intruders = [(other.actor, NotAllowed), (bench.staff("review"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(error):
            add(bench, walk, "id_front", "b", actor)
        with pytest.raises(error):
            remove_photo(bench.desk, actor, walk.case_id, item)
    assert slots(bench, walk, "id_front") == [item]


def test_a_picture_of_another_case_is_not_removed(bench: Bench) -> None:
    walk, other = case_at(bench, "profile"), case_at(bench, "profile", person=LI)
    item = slots(bench, other, "id_front")[0]
    remove_photo(bench.desk, walk.actor, walk.case_id, item)
    assert slots(bench, other, "id_front") == [item]


def test_removing_twice_does_nothing_more(bench: Bench) -> None:
    walk = case_at(bench, "profile")
    item = slots(bench, walk, "id_front")[0]
    remove_photo(bench.desk, walk.actor, walk.case_id, item)
    version = walk.case(bench).version
    remove_photo(bench.desk, walk.actor, walk.case_id, item)
    assert (slots(bench, walk, "id_front"), walk.case(bench).version) == ([], version)
    assert walk.step(bench) == "photos"
    assert bench.tags().count("customer:evidence:remove") == 1


def test_captures_and_documents_cannot_be_removed_by_the_customer(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    for slot in ("capture_portrait", "clip_head", "signed"):
        remove_photo(bench.desk, walk.actor, walk.case_id, slots(bench, walk, slot)[0])
        assert slots(bench, walk, slot)


def test_a_new_photo_of_the_card_needs_a_new_video_but_no_new_reading(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    walk.add_photo(bench, "id_back", "new")
    assert walk.step(bench) == "witness"
    walk.be_witnessed(bench)
    assert walk.step(bench) == "follow_up"


def test_the_same_photo_again_undoes_nothing(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    walk.add_photo(bench, "id_back")
    assert walk.step(bench) == "follow_up"


def test_a_removed_photo_leads_back_to_its_step(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    remove_photo(bench.desk, walk.actor, walk.case_id, slots(bench, walk, "signature")[0])
    assert (walk.step(bench), walk.case(bench).current_step) == ("photos", "photos")
    assert walk.answer(bench, "photos", CONSENTS) == {"signature": "请上传签名照。"}
