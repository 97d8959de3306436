"""The machine that reads photos, stage by stage, on small invented photos (tests/photos)."""

from __future__ import annotations

import io
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from core.ports_photos import Seen
from core.records_photos import PhotoReading
from media import photo_measure, photo_text
from media.images import safe_decode
from media.photo_geometry import CARD_RATIO, ordered, overlap, true_ratios
from media.photo_locate import locate
from media.photo_picture import decode
from media.photo_reader import PhotoMachine
from media.photo_straighten import CARD_SIZE, straighten, strokes_of
from tests.forms import sample
from tests.photos.cards import DRAWN
from tests.photos.scenes import LEVELS, Photo, as_phone, photo

SIZE = (1344, 1008)


@cache
def made(kind: str, level: str, seed: int, ground: str = "") -> Photo:
    return photo(kind, level, seed, SIZE, **({"ground": ground} if ground else {}))


@cache
def seen(kind: str, level: str, seed: int, slot: str = "", ground: str = "") -> Seen:
    found = made(kind, level, seed, ground)
    picture = safe_decode(found.jpeg, "a.jpg")
    return PhotoMachine().read("e1", slot or kind, picture.jpeg, notes=picture.notes)


def codes(reading: PhotoReading) -> set[str]:
    return {finding.code for finding in reading.findings}


def pixels(found: Photo) -> np.ndarray:
    return decode(safe_decode(found.jpeg, "a.jpg").jpeg)


# -- the generator
def test_the_same_seed_is_the_same_photo_and_the_same_person_at_every_level() -> None:
    assert photo("id_front", "hard", 5, SIZE).jpeg == made("id_front", "hard", 5).jpeg
    fields = [made("id_front", level, 5).truth.fields for level in LEVELS]
    assert fields[0] == fields[1] == fields[2] != made("id_front", "easy", 6).truth.fields


def test_nobody_exists_on_the_cards() -> None:
    numbers = [made("id_front", "easy", seed).truth.fields["id_number"] for seed in range(3)]
    assert all(number[2:6] == "0101" for number in numbers), "a division that is not issued to persons"


# -- geometry
def test_corners_are_ordered_from_the_top_left() -> None:
    quad = np.array([[90.0, 80], [10, 12], [12, 82], [88, 8]])
    assert ordered(quad).tolist() == [[10, 12], [88, 8], [90, 80], [12, 82]]


@pytest.mark.parametrize("seed", range(4))
def test_the_true_ratio_is_seen_through_the_perspective(seed: int) -> None:
    corners = np.array(made("id_back", "hard", seed).truth.corners)
    assert true_ratios(corners[None], SIZE)[0] == pytest.approx(CARD_RATIO, rel=0.06)


# -- locate
@pytest.mark.parametrize("level", ["easy", "medium"])
@pytest.mark.parametrize("kind", ["id_front", "id_back", "bank_card"])
def test_a_card_is_found(kind: str, level: str) -> None:
    for seed in (11, 12):
        found = made(kind, level, seed)
        located = locate(pixels(found))
        assert located and overlap(located.quad, np.array(found.truth.corners)) > 0.95


def test_nothing_is_found_where_nothing_lies() -> None:
    noise = np.random.default_rng(1).integers(90, 110, (600, 800, 3), dtype=np.uint8)
    reading = PhotoMachine().read("e1", "id_front", _jpeg(noise)).reading
    assert reading.verdict == "none" and reading.quad == () and "no_card" in codes(reading)
    flat = np.full((600, 800, 3), 128, np.uint8)
    assert PhotoMachine().read("e1", "id_front", _jpeg(flat)).reading.verdict == "none"


def _jpeg(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=92)
    return out.getvalue()


# -- straighten and measure
def test_a_straightened_card_is_the_flat_one() -> None:
    import random

    found = made("id_back", "easy", 11)
    card, long_side, _ = straighten(pixels(found), np.array(found.truth.corners))
    drawn = DRAWN["id_back"](random.Random(11 * 7919 + 2)).picture.resize((CARD_SIZE[0] - 30, CARD_SIZE[1] - 30))
    flat = cv2.GaussianBlur(cv2.cvtColor(np.asarray(drawn), cv2.COLOR_RGB2BGR), (0, 0), 2)
    assert card.shape == (CARD_SIZE[1], CARD_SIZE[0], 3) and long_side > 700
    assert np.corrcoef(card[75:-75:4, 75:-75:4].ravel(), flat[60:-60:4, 60:-60:4].ravel())[0, 1] > 0.8


def test_blur_and_darkness_are_measured() -> None:
    found = made("id_front", "easy", 11)
    card, _, _ = straighten(pixels(found), np.array(found.truth.corners))
    sharp, blurred = photo_measure.measure(card), photo_measure.measure(cv2.GaussianBlur(card, (0, 0), 4))
    assert sharp["edge_width"] < 3.2 < blurred["edge_width"]
    assert photo_measure.measure((card * 0.2).astype(np.uint8))["brightness"] < 60 < sharp["brightness"]


def test_glare_counts_where_it_covers_text() -> None:
    card = np.full((810, 1284, 3), 180, np.uint8)
    assert photo_measure.glare_boxes(card) == []
    cv2.circle(card, (300, 400), 80, (255, 255, 255), -1)
    [spot] = photo_measure.glare_boxes(card)
    over, beside = (0.1, 0.45, 0.5, 0.06), (0.5, 0.1, 0.4, 0.06)
    assert photo_measure.covered([spot], [beside, over]) == spot
    assert photo_measure.covered([spot], [beside]) is None


def test_the_same_photo_keeps_its_looks_and_another_has_others() -> None:
    first = pixels(made("id_front", "medium", 11))
    again = decode(_jpeg(cv2.cvtColor(cv2.resize(first, (900, 675)), cv2.COLOR_BGR2RGB)))
    other = pixels(made("id_front", "medium", 12))
    looks = set(photo_measure.looks(first))
    assert len(looks & set(photo_measure.looks(again))) >= 2
    assert len(looks & set(photo_measure.looks(other))) < 2


def test_plain_pages_are_not_the_same_photo() -> None:
    first, other = (np.full((900, 640, 3), 250, np.uint8) for _ in range(2))
    cv2.putText(first, "ONE", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 8)
    cv2.putText(other, "ANOTHER", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 8)
    assert len(set(photo_measure.looks(first)) & set(photo_measure.looks(other))) < 2
    assert PhotoMachine().read("e1", "score_report", _jpeg(first)).looks == (), "pages of one form look alike"


# -- read
def test_a_front_is_read_upright_whatever_way_it_lay() -> None:
    for seed in (11, 13):
        reading = seen("id_front", "medium", seed).reading
        truth = made("id_front", "medium", seed).truth
        assert reading.kind == "id_front" and reading.state == "done"
        assert reading.holding("id_number") == truth.fields["id_number"]
        assert {k: reading.fields[k].value for k in truth.fields} == truth.fields


def test_a_back_and_a_bank_card_are_read() -> None:
    for kind in ("id_back", "bank_card"):
        reading, truth = seen(kind, "easy", 11).reading, made(kind, "easy", 11).truth
        assert (reading.kind, reading.verdict, reading.used) == (kind, "ok", "crop")
        assert {k: reading.holding(k) for k in truth.fields} == truth.fields


def test_the_crop_is_a_jpeg_that_is_upright() -> None:
    found = seen("id_front", "medium", 11)
    card = decode(found.crop)
    assert card.shape[:2] == (CARD_SIZE[1], CARD_SIZE[0])
    assert photo_text.read_text(card).turned == 0


def test_the_wrong_side_is_noticed() -> None:
    assert "wrong_side" in codes(seen("id_back", "easy", 11, "id_front").reading)
    assert "wrong_side" in codes(seen("bank_card", "easy", 11, "id_back").reading)
    assert "wrong_side" not in codes(seen("id_back", "easy", 11).reading)


def test_a_temporary_card_is_noticed() -> None:
    found = photo("id_back", "easy", 11, SIZE, temporary=True)
    reading = PhotoMachine().read("e1", "id_back", safe_decode(found.jpeg, "a.jpg").jpeg).reading
    assert "temporary_card" in codes(reading)


def test_low_contrast_is_warned_of_and_never_called_ok() -> None:
    low = seen("id_back", "easy", 12, ground="lowcontrast").reading
    assert made("id_back", "easy", 12, "lowcontrast").truth.contrast < 14
    assert "low_contrast" in codes(low) and low.verdict == "check"
    assert "low_contrast" not in codes(seen("id_back", "easy", 12, ground="dark").reading)


@pytest.mark.parametrize(
    ("kind", "level", "seed"),
    [("bank_card", "medium", 905002), ("id_back", "hard", 905011), ("id_back", "hard", 905014)],
)
def test_a_second_look_goes_by_the_words(kind: str, level: str, seed: int) -> None:
    """Photos in which the first look takes a part of the card, or a sheet of paper beside it."""
    found = photo(kind, level, seed, (2016, 1512))
    picture = safe_decode(found.jpeg, "a.jpg")
    first, truth = locate(decode(picture.jpeg)), np.array(found.truth.corners)
    assert first and overlap(first.quad, truth) < 0.9
    reading = PhotoMachine().read("e1", kind, picture.jpeg, notes=picture.notes).reading
    assert overlap(np.array(reading.quad) * found.truth.size, truth) > 0.9
    assert reading.kind == kind and reading.verdict == "check"


def test_what_glare_touches_is_not_filled_in() -> None:
    """A character may be gone without a trace, so the row is not believed; the rows away from it are."""
    found = photo("id_front", "medium", 911011, (2016, 1512))
    picture = safe_decode(found.jpeg, "a.jpg")
    reading = PhotoMachine().read("e1", "id_front", picture.jpeg, notes=picture.notes).reading
    assert reading.fields["name"].value != found.truth.fields["name"]
    assert reading.holding("name") == "" and reading.holding("id_number") == found.truth.fields["id_number"]


def test_corners_set_by_hand_are_believed() -> None:
    found = made("id_front", "easy", 11)
    quad = tuple((x / SIZE[0], y / SIZE[1]) for x, y in found.truth.corners)
    jpeg = safe_decode(found.jpeg, "a.jpg").jpeg
    reading = PhotoMachine().read("e1", "id_front", jpeg, quad=quad).reading
    assert reading.used == "corners" and reading.holding("id_number") == found.truth.fields["id_number"]


def test_an_editor_named_in_exif_is_noticed_and_a_camera_s_firmware_is_not() -> None:
    picture = cv2.cvtColor(pixels(made("id_back", "easy", 11)), cv2.COLOR_BGR2RGB)
    for software, noticed in (("Adobe Photoshop 25.1", True), ("HDR+ 1.0.5", False), ("", False)):
        upload = safe_decode(as_phone(picture, software=software), "a.jpg")
        reading = PhotoMachine().read("e1", "score_report", upload.jpeg, notes=upload.notes).reading
        assert ("edited" in codes(reading)) is noticed


# -- signature
def test_a_signature_becomes_dark_strokes_on_white() -> None:
    found = seen("signature", "easy", 11)
    written = decode(found.crop)
    assert found.reading.verdict == "ok" and 1 < found.reading.measures["aspect"] < 8
    grey = cv2.cvtColor(written, cv2.COLOR_BGR2GRAY)
    assert np.median(grey) > 245 and np.percentile(grey, 1) < 90
    assert (grey[:8] > 200).all(), "white all around"


@pytest.mark.parametrize("slot", ["id_front", "id_back", "bank_card"])
def test_a_picture_that_is_nothing_but_the_card_is_read(slot: str) -> None:
    upload = safe_decode(sample(slot, 1), "a.jpg")
    reading = PhotoMachine().read("e1", slot, upload.jpeg).reading
    assert (reading.kind, reading.quad) == (slot, ((0, 0), (1, 0), (1, 1), (0, 1)))


def test_a_signature_that_fills_the_picture_is_kept_whole() -> None:
    upload = safe_decode(sample("signature", 1), "a.jpg")
    found = PhotoMachine().read("e1", "signature", upload.jpeg)
    picture = cv2.cvtColor(decode(upload.jpeg), cv2.COLOR_BGR2GRAY)
    columns = np.flatnonzero((picture < 120).any(0))
    written = decode(found.crop)
    assert found.reading.quad == () and written.shape[1] > np.ptp(columns)


def test_an_empty_sheet_is_no_signature() -> None:
    sheet = np.full((700, 1000, 3), 225, np.uint8)
    assert strokes_of(sheet) is None
    assert "no_signature" in codes(PhotoMachine().read("e1", "signature", _jpeg(sheet)).reading)


def test_a_signature_that_lies_sideways_is_asked_for_again() -> None:
    assert made("signature", "medium", 11).truth.turn == 270
    sideways = seen("signature", "medium", 11).reading
    assert sideways.verdict == "check" and "aspect" in codes(sideways)
    sheet = np.full((1200, 900, 3), 235, np.uint8)
    cv2.line(sheet, (450, 150), (470, 1000), (20, 20, 20), 14)
    assert "aspect" in codes(PhotoMachine().read("e1", "signature", _jpeg(sheet)).reading)


# -- without the engine
def test_without_the_engine_nothing_is_read_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_text, "_engine", lambda: None)
    assert not photo_text.is_available()
    found = made("id_front", "easy", 11)
    done = PhotoMachine().read("e1", "id_front", safe_decode(found.jpeg, "a.jpg").jpeg)
    assert done.reading.fields == {} and done.reading.verdict == "check" and done.crop
