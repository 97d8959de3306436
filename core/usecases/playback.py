"""What staff need to look at a call again: both sides on one line of time, with what happened as chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.flow import Evidence, Facts, Rules
from core.limits import HEAD_CLIP_SECONDS
from core.records import CallLine
from core.sentence import Sentence
from core.steps.witness import CAPTURES, HEAD_CLIP, RECORDED

SIDES: Mapping[str, str] = {RECORDED["customer"]: "客户画面", RECORDED["staff"]: "见证人员画面"}
WROTE: Mapping[bool, str] = {False: "客户发来文字", True: "见证人员发出文字"}
"""Title of the chapter where a line was written, by whether staff wrote it."""
Scripts = Mapping[str, Mapping[str, str]]
"""Ticket -> ticked step -> time (ISO 8601)."""


@dataclass(frozen=True)
class Track:
    """One side: what is played, and the original with its index, which only an export hands out. Times in ms."""

    title: str
    plays: str
    original: str
    index: str | None
    offset_ms: int
    duration_ms: int


@dataclass(frozen=True)
class Chapter:
    """Something that happened in the call, `at_ms` after its beginning."""

    at_ms: int
    title: str


@dataclass(frozen=True)
class Replay:
    """One call. `began` is when the first side's recording began."""

    began: datetime
    tracks: tuple[Track, ...]
    chapters: tuple[Chapter, ...]

    @property
    def length_ms(self) -> int:
        """From the first frame of either side to the last."""
        return max(track.offset_ms + track.duration_ms for track in self.tracks)


def replays(facts: Facts, rules: Rules, scripts: Scripts, lines: Sequence[CallLine] = ()) -> list[Replay]:
    """Every recorded call of a case, the newest first."""
    taken = sorted((item for slot in SIDES for item in facts.slot(slot)), key=_began)
    groups: list[list[Evidence]] = []
    for item in taken:
        if groups and _belongs(item, groups[-1]):
            groups[-1].append(item)
        else:
            groups.append([item])
    steps = [(ticket, *moment) for ticket in scripts for moment in _steps(ticket, rules, scripts)]
    texts = [(line.ticket_id, line.at, WROTE[line.by_staff]) for line in lines]
    return [_replay(group, facts, [*steps, *texts]) for group in reversed(groups)]


def moment_of(calls: Sequence[Replay], item: Evidence) -> tuple[int, int] | None:
    """Which of the calls (its place in the list) took this picture, and how many ms after its beginning."""
    taken = _taken(item)
    for number, call in enumerate(calls):
        at = _ms(taken - call.began)
        if 0 <= at <= call.length_ms:
            return number, at
    return None


def _began(item: Evidence) -> datetime:
    """When the first frame was taken; older recordings have no index and are placed by when they were stored."""
    noted = item.meta.get("began")
    return datetime.fromisoformat(str(noted)) if noted else item.created_at - _length(item)


def _length(item: Evidence) -> timedelta:
    return timedelta(milliseconds=int(item.meta.get("duration_ms") or 0))


def _belongs(item: Evidence, group: list[Evidence]) -> bool:
    """Whether both sides ran at the same time in the same ticket (a customer may be called twice with one)."""
    same_side = any(item.slot == other.slot for other in group)
    end = max(_began(other) + _length(other) for other in group)
    return not same_side and item.meta.get("ticket") == group[0].meta.get("ticket") and _began(item) <= end


def _replay(group: list[Evidence], facts: Facts, happened: Sequence[tuple[str, datetime, str]]) -> Replay:
    start, end = min(map(_began, group)), max(_began(item) + _length(item) for item in group)
    sides = sorted(group, key=lambda item: list(SIDES).index(item.slot))
    ticket = str(group[0].meta.get("ticket"))
    moments = [*((at, title) for of, at, title in happened if of == ticket), *_captures(ticket, facts)]
    chapters = [Chapter(_ms(at - start), title) for at, title in sorted(moments) if start <= at <= end]
    return Replay(start, tuple(_track(item, start, facts) for item in sides), tuple(chapters))


def _track(item: Evidence, start: datetime, facts: Facts) -> Track:
    copy, index = (_beside(item, facts, ending) for ending in ("play", "index"))
    return Track(SIDES[item.slot], copy or item.id, item.id, index, _ms(_began(item) - start), int(_length(item) / _MS))


def _beside(item: Evidence, facts: Facts, ending: str) -> str | None:
    """What was stored together with a recording: the same call, the same figures."""
    same = (item.meta.get("ticket"), item.meta.get("began"))
    found = [o for o in facts.slot(f"{item.slot}_{ending}") if (o.meta.get("ticket"), o.meta.get("began")) == same]
    return found[-1].id if found else None


def _steps(ticket: str, rules: Rules, scripts: Scripts) -> list[tuple[datetime, str]]:
    titles: dict[str, Any] = {step["key"]: step["title"] for step in rules["witness_script"]["steps"]}
    marks = scripts.get(ticket) or {}
    return [(datetime.fromisoformat(at), titles[key]) for key, at in marks.items() if key in titles]


def _captures(ticket: str, facts: Facts) -> list[tuple[datetime, str]]:
    taken = [
        (_taken(item), Sentence("截取{title}", title=title))
        for slot, title in CAPTURES.items()
        for item in _of(facts, slot, ticket)
    ]
    clip = timedelta(seconds=HEAD_CLIP_SECONDS)
    return taken + [(item.created_at - clip, "录制头部短视频") for item in _of(facts, HEAD_CLIP, ticket)]


def _taken(item: Evidence) -> datetime:
    """When the picture itself was taken; older captures know only when they were stored."""
    noted = item.meta.get("taken")
    return datetime.fromisoformat(str(noted)) if noted else item.created_at


def _of(facts: Facts, slot: str, ticket: str) -> list[Evidence]:
    return [item for item in facts.slot(slot) if item.meta.get("ticket") == ticket]


_MS = timedelta(milliseconds=1)


def _ms(span: timedelta) -> int:
    return round(span / _MS)
