"""Photo readings and the looks of pictures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, func, select

from core.records_photos import PhotoFinding, PhotoReading, ReadField
from db import tables_photos as t
from db.stores.base import Store

_R, _L = t.PhotoReadingRow, t.PhotoLook
_SEALED = ("quad", "turned", "measures", "findings", "fields", "kind")
SAME_PARTS = 2
"""Equal parts of two perceptual hashes that make two pictures the same."""


class Photos(Store):
    """One reading for each piece of evidence; what was read is sealed, looks are blind-indexed within the firm."""

    def add_waiting(self, case_id: str, evidence_id: str) -> None:
        """A reading that is still to be done."""
        values = self._row(PhotoReading(evidence_id, "waiting"))
        self.add(_R, evidence_id=evidence_id, case_id=case_id, created_at=self.work.now, **values)

    def _row(self, reading: PhotoReading) -> dict[str, Any]:
        whole = asdict(reading)
        body = {name: whole[name] for name in _SEALED}
        return {
            "state": reading.state,
            "verdict": reading.verdict,
            "used": reading.used,
            "crop_file": reading.crop_file,
            "read_at": reading.read_at,
            "body_sealed": self.seal(_R, "body_sealed", reading.evidence_id, body),
        }

    def _reading(self, r: Row[Any]) -> PhotoReading:
        body = self.unseal(_R, "body_sealed", r.evidence_id, r.body_sealed)
        findings = tuple(
            PhotoFinding(**{**each, "box": tuple(each["box"]) if each["box"] else None}) for each in body["findings"]
        )
        return PhotoReading(
            evidence_id=r.evidence_id,
            state=r.state,
            verdict=r.verdict,
            quad=tuple((x, y) for x, y in body["quad"]),
            crop_file=r.crop_file,
            turned=body["turned"],
            used=r.used,
            measures=body["measures"],
            findings=findings,
            fields={name: ReadField(**each) for name, each in body["fields"].items()},
            read_at=r.read_at,
            kind=body["kind"],
        )

    def find(self, evidence_id: str) -> PhotoReading | None:
        """The reading of a piece of evidence, also of a replaced one."""
        found = self.equal(_R, evidence_id=evidence_id)
        return self._reading(found[0]) if found else None

    def of_case(self, case_id: str) -> dict[str, PhotoReading]:
        """Every reading of a case by evidence id, those of replaced pictures included."""
        found = self.equal(_R, case_id=case_id, order=("created_at", "evidence_id"))
        return {row.evidence_id: self._reading(row) for row in found}

    def waiting_of(self, case_id: str) -> int:
        """How many pictures of a case wait to be read."""
        return len(self.equal(_R, case_id=case_id, state="waiting"))

    def save(self, reading: PhotoReading) -> bool:
        """Write a reading over the one there; False when there is none."""
        where = (_R.firm_id == self.work.firm_id, _R.evidence_id == reading.evidence_id)
        return self.work.update_one(_R, where, **self._row(reading))

    def keep_looks(self, case_id: str, evidence_id: str, looks: Collection[str]) -> None:
        """Remember how a picture looks, once."""
        if self.equal(_L, evidence_id=evidence_id):
            return
        for part, look in enumerate(looks):
            values = {"part": part, "look_index": self.index("photo_look", look)}
            self.add(_L, case_id=case_id, evidence_id=evidence_id, **values)

    def seen_before(self, case_id: str, evidence_id: str, looks: Collection[str]) -> int:
        """How many pictures of other cases look the same."""
        indexes = [self.index("photo_look", look) for look in looks]
        query = (
            select(_L.evidence_id)
            .where(_L.firm_id == self.work.firm_id, _L.look_index.in_(indexes), _L.case_id != case_id)
            .where(_L.evidence_id != evidence_id)
            .group_by(_L.evidence_id)
            .having(func.count() >= SAME_PARTS)
        )
        return len(self.work.connection.execute(query).fetchall())

    def known_crops(self) -> set[str]:
        """Files of straightened cards."""
        query = select(_R.crop_file).where(_R.firm_id == self.work.firm_id, _R.crop_file != "")
        return {row.crop_file for row in self.work.connection.execute(query)}
