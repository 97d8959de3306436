"""An approval confirms values: how the machine had read them is counted, for the firm's own evaluation."""

from __future__ import annotations

from core.flow import Evidence
from core.ports import Work
from core.records_marks import ReadResult
from core.rules.read_against_typed import FIELDS, compare, result_of
from core.usecases.loading import Loaded


def camera_of(item: Evidence) -> str:
    """The camera model that the upload named in EXIF, empty when it named none."""
    notes = (str(note) for note in item.meta.get("notes") or ())
    return next((note.removeprefix("camera:") for note in notes if note.startswith("camera:")), "")


def note_results(work: Work, loaded: Loaded) -> None:
    """Count how the readings compare to what is approved now, without any personal value."""
    readings = work.photos.of_case(loaded.case.id)
    results = []
    for item in loaded.facts.evidence:
        reading = readings.get(item.id)
        if item.slot not in FIELDS or reading is None or reading.state != "done":
            continue
        for row in compare(item, reading, loaded.facts):
            result = result_of(row)
            if result:
                device = str(item.meta.get("device") or "")
                results.append(ReadResult(item.id, item.slot, row.field, result, camera_of(item), device))
    work.marks.add_results(loaded.case.id, results)
