"""通话前检测: what is taken from a browser's report, what is poor, where the face is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.rules.rehearsal import Box, Face, Rehearsal, face_place, poor, rehearsal_of, stored_rehearsal

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GOOD = {"luma": 120, "dark": 4, "bright": 1, "sharpness": 320, "face": "one", "loudness": -28, "uplink_kbps": 4000,
        "round_trip_ms": 32}  # fmt: skip


def found(**changes: Any) -> Rehearsal:
    made = rehearsal_of({**GOOD, **changes}, AT)
    assert made is not None
    return made


@pytest.mark.parametrize(("changes", "codes"), [
    ({}, []),
    ({"luma": 60, "sharpness": 40, "loudness": -45, "uplink_kbps": 1000, "bright": 25, "dark": 60}, []),
    ({"luma": 59}, ["dark"]), ({"dark": 61}, ["dark"]), ({"luma": 216}, ["bright"]), ({"bright": 26}, ["bright"]),
    ({"sharpness": 39}, ["blurred"]), ({"luma": 30, "sharpness": 5}, ["dark"]), ({"face": "none"}, ["face_none"]),
    ({"face": "several"}, ["face_several"]), ({"loudness": -46}, ["quiet"]), ({"uplink_kbps": 999}, ["slow"]),
    ({"luma": 30, "face": "aside", "loudness": -90, "uplink_kbps": 300}, ["dark", "face_aside", "quiet", "slow"]),
    ({"luma": None, "sharpness": None, "face": None, "loudness": None, "uplink_kbps": None}, []),
])  # fmt: skip
def test_what_is_poor(changes: dict[str, Any], codes: list[str]) -> None:
    assert poor(found(**changes)) == codes


@pytest.mark.parametrize("name", [name for name in GOOD if name != "face"])
@pytest.mark.parametrize("value", ["12", True, None, [1], {"a": 1}, -101, 10**9, float("nan"), float("inf")])
def test_a_figure_that_is_none_is_dropped(name: str, value: object) -> None:
    assert getattr(found(**{name: value}), name) is None


@pytest.mark.parametrize("face", ["two", "", 1, None, ["one"], {"face": "one"}])
def test_an_unknown_place_of_the_face_is_dropped(face: object) -> None:
    assert found(face=face).face is None


def test_nothing_usable_is_no_rehearsal() -> None:
    assert rehearsal_of({}, AT) is None
    assert rehearsal_of({"name": "张三", "luma": "bright", "face": "张三"}, AT) is None


def test_figures_are_whole_numbers_and_nothing_else_is_kept() -> None:
    made = found(luma=119.6, name="张三", script="<b>")
    kept = made.stored()
    assert kept == {**GOOD, "luma": 120, "at": "2026-03-02T09:30:00+00:00"}
    assert stored_rehearsal(json.loads(json.dumps(kept))) == made
    assert stored_rehearsal(None) is None


@pytest.mark.parametrize(("boxes", "size", "place"), [
    ([], (320, 240), Face.NONE), ([Box(110, 70, 100)], (320, 240), Face.ONE),
    ([Box(70, 90, 110)], (240, 320), Face.ONE),
    ([Box(136, 96, 48)], (320, 240), Face.ONE), ([Box(136, 96, 47)], (320, 240), Face.SMALL),
    ([Box(20, 70, 90)], (320, 240), Face.ASIDE), ([Box(110, 150, 90)], (320, 240), Face.ASIDE),
    ([Box(110, 0, 80)], (320, 240), Face.ASIDE),
    ([Box(30, 70, 80), Box(200, 70, 80)], (320, 240), Face.SEVERAL),
    ([Box(110, 60, 100), Box(40, 170, 40)], (320, 240), Face.ONE),
])  # fmt: skip
def test_where_the_face_is(boxes: list[Box], size: tuple[int, int], place: Face) -> None:
    assert face_place(boxes, *size) is place
