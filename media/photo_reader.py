"""The machine that reads photos: decode, locate, straighten, orient, measure, read; nothing here knows a case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import cv2

from core.ports_photos import Seen
from core.records_photos import PhotoReading, Quad, Used
from core.rules.photo_findings import CARD_SLOTS, editor_finding
from core.steps.photos import PORTRAIT
from media import photo_measure
from media.photo_card import read_card
from media.photo_held import read_held
from media.photo_picture import Picture
from media.photo_report import read_report
from media.photo_signature import read_signature

Reads = Callable[[PhotoReading, str, Picture, Quad], Seen]
READS: Mapping[str, Reads] = {
    **dict.fromkeys(CARD_SLOTS, read_card), "signature": read_signature, PORTRAIT: read_held,
}  # fmt: skip
"""Slot -> how it is read; everything else is a page of paper or a picture of a screen."""


class PhotoMachine:
    """The PhotoReader port over media."""

    def read(self, evidence_id: str, slot: str, jpeg: bytes, *, quad: Quad = (), notes: Collection[str] = ()) -> Seen:
        """Everything the machine can tell about a stored picture; with `quad` the customer set the corners."""
        cv2.setNumThreads(1)  # one photo takes one core
        picture = Picture.of(jpeg, notes)
        looks = photo_measure.looks(picture.small) if slot in READS else ()  # pages of one form look alike
        found = READS.get(slot, read_report)(PhotoReading(evidence_id, "done"), slot, picture, quad)
        findings = (*found.reading.findings, *editor_finding(frozenset(notes)))
        used: Used = "corners" if quad else "crop" if found.crop and slot != PORTRAIT else "original"
        return Seen(replace(found.reading, findings=findings, used=used), found.crop, looks)
