"""Readings for tests: what the machine is said to have read from a picture of a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.records_photos import PhotoFinding, PhotoReading, ReadField
from tests.builders import Walk
from tests.desk_bench import Bench

GLARE = PhotoFinding("glare", "有反光，请避开灯光再拍一次。", 0.031, 0.01, (0.1, 0.2, 0.3, 0.2))
BLURRED = PhotoFinding("blurred", "不够清楚，请对焦后再拍一次。", 3.6, 3.2)


def put_reading(bench: Bench, walk: Walk, slot: str, fields: dict[str, ReadField] | None = None, **more: Any) -> str:
    """Say what was read from the newest picture of a slot; returns the id of the picture."""
    item = walk.facts(bench).slot(slot)[-1]
    with bench.work() as work:
        if work.photos.find(item.id) is None:
            work.photos.add_waiting(walk.case_id, item.id)
        reading = PhotoReading(item.id, "done", "ok", fields=fields or {}, read_at=work.now)
        assert work.photos.save(replace(reading, **more))
    return item.id


def sure(value: str) -> ReadField:
    """A value whose check holds."""
    return ReadField(value, 0.99, holds=True)


def unsure(value: str) -> ReadField:
    """A value whose check does not hold."""
    return ReadField(value, 0.71, holds=False)
