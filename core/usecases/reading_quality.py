"""How well the machine read in this firm's own cases: counts by field, camera and finding, never a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.actor import Actor
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_marks import FindingCount, Result, ResultCount

RESULTS: tuple[Result, ...] = ("right", "held_back", "caught", "wrong", "missing")


@dataclass(frozen=True)
class Tally:
    """How one group of fields was read; `name` says which: (slot, field) or (camera, device)."""

    name: tuple[str, str]
    counts: dict[Result, int]

    @property
    def total(self) -> int:
        """Fields that review confirmed."""
        return sum(self.counts.values())

    @property
    def read_right(self) -> int:
        """Fields whose reading equals what was approved, filled in or not."""
        return self.counts["right"] + self.counts["held_back"]


@dataclass(frozen=True)
class ReadingQuality:
    """What approvals say about reading: by field, by camera, and agreement with each finding."""

    by_field: tuple[Tally, ...]
    by_camera: tuple[Tally, ...]
    findings: tuple[FindingCount, ...]


def reading_quality(desk: Desk, actor: Actor) -> ReadingQuality:
    """The figures of the whole firm; needs the permission to evaluate."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.PHOTO_EVALUATE)
        counts, findings = work.marks.result_counts(), work.marks.finding_counts()
    return ReadingQuality(
        _tallies(((row.slot, row.field), row) for row in counts),
        _tallies(((row.camera, row.device), row) for row in counts),
        tuple(findings),
    )


def _tallies(rows: Iterable[tuple[tuple[str, str], ResultCount]]) -> tuple[Tally, ...]:
    found: dict[tuple[str, str], Counter[Result]] = {}
    for name, row in rows:
        found.setdefault(name, Counter())[row.result] += row.count
    return tuple(Tally(name, {result: counts[result] for result in RESULTS}) for name, counts in found.items())
