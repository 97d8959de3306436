"""Photos that stay whole or are pages: a person with the card in hand, score reports (C14, R118)."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from core.ports_photos import Seen
from media import photo_text
from media.images import safe_decode
from media.photo_geometry import overlap
from media.photo_picture import decode, encode
from media.photo_reader import PhotoMachine
from media.photo_straighten import CARD_SIZE
from tests.photos.held import hand_held
from tests.photos.scenes import Photo, photo

SIZE = (1512, 2016)


@cache
def portrait(seed: int, level: str, side: str = "front", *, with_face: bool = True) -> tuple[Photo, Seen]:
    found = hand_held(seed, level, side=side, with_face=with_face)
    return found, PhotoMachine().read("e1", "portrait", safe_decode(found.jpeg, "a.jpg").jpeg)


@cache
def report(seed: int, level: str, ground: str) -> tuple[Photo, Seen]:
    found = photo("score_report", level, seed, (2016, 1512), ground=ground)
    picture = safe_decode(found.jpeg, "a.jpg")
    return found, PhotoMachine().read("e1", "score_report", picture.jpeg, notes=picture.notes)


def codes(seen: Seen) -> list[str]:
    return [finding.code for finding in seen.reading.findings]


# -- the card in hand
@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
def test_a_card_in_hand_is_found_and_its_number_is_read(level: str) -> None:
    made, seen = portrait(7, level)
    reading = seen.reading
    assert overlap(np.array(reading.quad) * made.truth.size, np.array(made.truth.corners)) > 0.9
    assert reading.holding("id_number") == made.truth.fields["id_number"]
    assert (reading.verdict, reading.used, codes(seen)) == ("ok", "original", [])
    assert decode(seen.crop).shape[:2] == (CARD_SIZE[1], CARD_SIZE[0]), "the reviewer sees the card straightened"


def test_what_a_portrait_lacks_is_said() -> None:
    assert codes(portrait(7, "medium", "none")[1]) == ["no_card_held"]
    assert codes(portrait(7, "medium", with_face=False)[1]) == ["no_face"]
    assert codes(portrait(7, "medium", "back")[1]) == ["wrong_side"]
    assert portrait(7, "medium", "none")[1].crop == b""


def test_the_portrait_on_the_card_is_nobody_who_holds_it() -> None:
    lying = photo("id_front", "easy", 31, (2016, 1512), ground="wood")
    seen = PhotoMachine().read("e1", "portrait", safe_decode(lying.jpeg, "a.jpg").jpeg)
    assert codes(seen) == ["no_face"] and seen.reading.holding("id_number")


def test_a_number_that_a_finger_hides_is_asked_for() -> None:
    made, _ = portrait(7, "easy")
    picture = decode(safe_decode(made.jpeg, "a.jpg").jpeg)
    bottom = np.array(made.truth.corners)[[3, 2]] * 0.87 + np.array(made.truth.corners)[[0, 1]] * 0.13
    start, end = (bottom[0] * 0.5 + bottom[1] * 0.5, bottom[1] * 0.9 + bottom[0] * 0.1)
    cv2.line(picture, tuple(start.astype(int).tolist()), tuple(end.astype(int).tolist()), (140, 166, 214), 70)
    assert codes(PhotoMachine().read("e1", "portrait", encode(picture))) == ["held_unreadable"]


def test_a_dark_portrait_is_noticed() -> None:
    made, _ = portrait(7, "easy")
    picture = (decode(safe_decode(made.jpeg, "a.jpg").jpeg) * 0.2).astype(np.uint8)
    assert "dark" in codes(PhotoMachine().read("e1", "portrait", encode(picture)))


# -- reports
@pytest.mark.parametrize(
    ("seed", "level", "ground"), [(5, "easy", "dark"), (6, "medium", "wood"), (8, "medium", "fabric")]
)
def test_a_report_is_cut_turned_upright_and_read(seed: int, level: str, ground: str) -> None:
    made, seen = report(seed, level, ground)
    reading = seen.reading
    assert overlap(np.array(reading.quad) * made.truth.size, np.array(made.truth.corners)) > 0.9
    assert (reading.kind, reading.verdict, reading.used) == ("score_report", "ok", "crop")
    assert {name: reading.fields[name].value for name in made.truth.fields} == made.truth.fields
    assert photo_text.read_page(decode(seen.crop))[1].turned == 0


def test_a_page_without_plain_sides_is_read_whole() -> None:
    made, seen = report(9, "easy", "lowcontrast")
    assert seen.reading.quad == () and seen.reading.kind == "score_report"
    assert seen.reading.holding("id_number") == made.truth.fields["id_number"]


def test_a_page_that_is_no_report_is_noticed() -> None:
    front = photo("id_front", "easy", 11, (1344, 1008))
    seen = PhotoMachine().read("e1", "score_report", safe_decode(front.jpeg, "a.jpg").jpeg)
    assert codes(seen) == ["not_a_report"] and seen.reading.verdict == "check"


def test_proofs_of_money_have_no_words_that_are_expected() -> None:
    _, seen = report(5, "easy", "dark")
    page = PhotoMachine().read("e1", "proof_funds", seen.crop)
    assert (page.reading.fields, codes(page)) == ({}, [])


def test_without_the_engine_only_light_and_faces_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_text, "_engine", lambda: None)
    made, _ = portrait(7, "easy")
    seen = PhotoMachine().read("e1", "portrait", safe_decode(made.jpeg, "a.jpg").jpeg)
    assert codes(seen) == [] and seen.reading.fields == {}
    sheet, _ = report(5, "easy", "dark")
    page = PhotoMachine().read("e1", "score_report", safe_decode(sheet.jpeg, "a.jpg").jpeg)
    assert (codes(page), page.reading.fields, page.crop) == ([], {}, b"")
