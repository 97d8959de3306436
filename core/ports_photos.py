"""Ports of reading photos: the store (db/stores/photos.py) and the machine (media/photo_reader.py)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from core.records_photos import PhotoReading, Quad


class Photos(Protocol):
    """One reading for each piece of evidence; what was read is sealed, looks are blind-indexed within the firm."""

    def add_waiting(self, case_id: str, evidence_id: str) -> None: ...
    def find(self, evidence_id: str) -> PhotoReading | None: ...
    def of_case(self, case_id: str) -> dict[str, PhotoReading]: ...
    def waiting_of(self, case_id: str) -> int: ...
    def save(self, reading: PhotoReading) -> bool: ...
    def keep_looks(self, case_id: str, evidence_id: str, looks: Collection[str]) -> None: ...
    def seen_before(self, case_id: str, evidence_id: str, looks: Collection[str]) -> int: ...
    def known_crops(self) -> set[str]: ...


@dataclass(frozen=True)
class Seen:
    """What the machine made of one picture.

    `reading` has no `crop_file` yet; `crop` is the straightened card or the strokes as JPEG, empty when there
    is none; `looks` are parts of a perceptual hash.
    """

    reading: PhotoReading
    crop: bytes = b""
    looks: tuple[str, ...] = field(default_factory=tuple)


class PhotoReader(Protocol):
    """Looks at a stored picture; slow (about a second), so never in the thread of a page."""

    def read(
        self, evidence_id: str, slot: str, jpeg: bytes, *, quad: Quad = (), notes: Collection[str] = ()
    ) -> Seen: ...
