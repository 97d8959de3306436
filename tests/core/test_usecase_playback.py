"""Looking at a call again: both sides on one line of time, chapters where things happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.actor import Role
from core.errors import NotAllowed, NotFound
from core.flow import Evidence, Facts
from core.records import CallLine
from core.usecases.export_evidence import export_evidence
from core.usecases.playback import Chapter, Replay, moment_of, replays
from core.usecases.read_case import find_case, read_case
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

BEGAN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def recording(
    number: int, side: str, after_s: float, seconds: float, ticket: str = "t1", *, indexed: bool = True
) -> list[Evidence]:
    """What the job stores of one side: original, copy and index."""
    began = BEGAN + timedelta(seconds=after_s)
    meta: dict[str, Any] = {"ticket": ticket, "duration_ms": round(seconds * 1000), "errors": 0, "flag": ""}
    if indexed:
        meta["began"] = began.isoformat(timespec="milliseconds")
    stored = began + timedelta(seconds=seconds)
    slot = f"recording_{side}"
    parts = [(slot, "o"), (f"{slot}_play", "p"), *([(f"{slot}_index", "i")] if indexed else [])]
    return [Evidence(f"{letter}{number}", name, "f", "s", "video/webm", 9, stored, meta) for name, letter in parts]


def capture(slot: str, after_s: float, ticket: str = "t1", taken_s: float | None = None) -> Evidence:
    at = BEGAN + timedelta(seconds=after_s)
    taken = {} if taken_s is None else {"taken": (BEGAN + timedelta(seconds=taken_s)).isoformat()}
    return Evidence(slot, slot, "f", "s", "image/jpeg", 9, at, {"ticket": ticket, **taken})


def line(after_s: float, author: str, ticket: str = "t1") -> CallLine:
    at = BEGAN + timedelta(seconds=after_s)
    return CallLine(f"l{after_s}", ticket, "case", 1, "customer", author, at, "听不到")


def looked_at(
    bench: Bench, *evidence: Evidence, marks: dict[str, float] | None = None, lines: Sequence[CallLine] = ()
) -> list[Replay]:
    walk = case_at(bench, "device")
    times = {key: (BEGAN + timedelta(seconds=after)).isoformat() for key, after in (marks or {}).items()}
    with bench.work() as work:
        rules = work.firms.rules()
    return replays(Facts(walk.case(bench), evidence=evidence), rules, {"t1": times}, lines)


def test_both_sides_of_a_call_lie_on_one_line_of_time(bench: Bench) -> None:
    [call] = looked_at(bench, *recording(1, "staff", 0, 60), *recording(2, "customer", 2.5, 90))
    assert [(t.title, t.plays, t.original, t.index, t.offset_ms, t.duration_ms) for t in call.tracks] == [
        ("客户画面", "p2", "o2", "i2", 2500, 90_000), ("见证人员画面", "p1", "o1", "i1", 0, 60_000),
    ]  # fmt: skip
    assert (call.began, call.length_ms) == (BEGAN, 92_500)


@pytest.mark.parametrize(("taken_s", "place"), [(20, (1, 20_000)), (310, (0, 10_000)), (200, None), (-5, None)])
def test_a_capture_leads_to_its_moment_in_the_right_call(
    bench: Bench, taken_s: float, place: tuple[int, int] | None
) -> None:
    calls = looked_at(bench, *recording(1, "customer", 0, 60), *recording(2, "customer", 300, 60))
    assert moment_of(calls, capture("capture_front", 400, taken_s=taken_s)) == place


@pytest.mark.parametrize(
    ("second", "calls"),
    [
        (recording(2, "staff", 50, 60), [["o1", "o2"]]),
        (recording(2, "staff", 61, 60), [["o2"], ["o1"]]),
        (recording(2, "staff", 50, 60, "t2"), [["o2"], ["o1"]]),
        (recording(2, "customer", 50, 60), [["o2"], ["o1"]]),
    ],
    ids=["at the same time", "called again later", "another ticket", "the same side"],
)
def test_what_ran_together_is_one_call(bench: Bench, second: list[Evidence], calls: list[list[str]]) -> None:
    found = looked_at(bench, *recording(1, "customer", 0, 60), *second)
    assert [[track.original for track in call.tracks] for call in found] == calls


def test_steps_and_captures_are_chapters(bench: Bench) -> None:
    [call] = looked_at(
        bench, *recording(1, "customer", 0, 60), capture("capture_front", 30), capture("clip_head", 45),
        capture("capture_back", 30, "t2"), capture("capture_portrait", 99), marks={"greet": 5, "gone": 6},
    )  # fmt: skip
    with bench.work() as work:
        steps = work.firms.rules()["witness_script"]["steps"]
    known = [step["key"] for step in steps]
    greeting = [Chapter(5000, step["title"]) for step in steps if step["key"] == "greet"]
    assert "gone" not in known and greeting
    assert list(call.chapters) == [*greeting, Chapter(30_000, "截取身份证正面"), Chapter(35_000, "录制头部短视频")]


def test_a_chosen_frame_lies_where_it_was_taken_and_lines_where_they_were_written(bench: Bench) -> None:
    texts = [line(7, "staff:witness"), line(9, "phone:a"), line(8, "phone:a", "t2"), line(70, "phone:a")]
    picture = capture("capture_front", 30, taken_s=28.5)
    [call] = looked_at(bench, *recording(1, "customer", 0, 60), picture, lines=texts)
    assert [(chapter.at_ms, chapter.title) for chapter in call.chapters] == [
        (7000, "见证人员发出文字"), (9000, "客户发来文字"), (28_500, "截取身份证正面"),
    ]  # fmt: skip


def test_an_older_recording_without_an_index_is_placed_by_when_it_was_stored(bench: Bench) -> None:
    [call] = looked_at(bench, *recording(1, "customer", 0, 60, indexed=False), capture("capture_front", 30))
    assert call.chapters == (Chapter(30_000, "截取身份证正面"),)
    assert call.tracks[0].index is None and call.tracks[0].plays == "p1"


def test_a_case_without_recordings_has_no_calls(bench: Bench) -> None:
    assert looked_at(bench) == []


# -- compliance
def test_compliance_opens_any_case_by_its_number_and_the_reading_is_on_record(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    actor = bench.staff("compliance")
    case_id = find_case(bench.desk, actor, f" {walk.case(bench).number} ")
    assert case_id == walk.case_id
    file = read_case(bench.desk, actor, case_id, "inspection")
    assert file.case.id == walk.case_id
    assert bench.audit()[-1][2] == {"purpose": "inspection"}
    with pytest.raises(NotFound):
        find_case(bench.desk, actor, "0" * 16)


def picture(bench: Bench, walk: Walk) -> Evidence:
    return walk.facts(bench).slot("capture_front")[0]


def test_an_export_hands_out_the_original_under_its_name_and_is_on_record_each_time(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    wanted = picture(bench, walk)
    for _ in range(2):
        item, reader, name = export_evidence(bench.desk, bench.staff("compliance"), wanted.id)
        assert (item.id, reader.size) == (wanted.id, wanted.size)
        assert name == f"{walk.case(bench).number}-capture_front-{wanted.sha256[:12]}.jpg"
    exports = [(obj, detail) for tag, obj, detail in bench.audit() if tag == "staff:evidence:export"]
    assert exports == [(f"case:{walk.case_id}", {"slot": "capture_front", "sha256": wanted.sha256})] * 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMPLIANCE])
def test_nobody_else_exports_or_inspects(bench: Bench, role: Role) -> None:
    walk = case_at(bench, "certificate")
    actor = bench.staff("review", role)
    for act in (
        lambda: export_evidence(bench.desk, actor, picture(bench, walk).id),
        lambda: find_case(bench.desk, actor, walk.case(bench).number),
        lambda: read_case(bench.desk, actor, walk.case_id, "inspection"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert "staff:evidence:export" not in bench.tags()


def test_another_firm_has_nothing_to_export(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    foreign = bench.staff("compliance", firm="f2")
    with pytest.raises(NotFound):
        export_evidence(bench.desk, foreign, picture(bench, walk).id)
    with pytest.raises(NotFound):
        find_case(bench.desk, foreign, walk.case(bench).number)
