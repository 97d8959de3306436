"""通话前检测: what the customer's browser measured right before the queue, and what is poor about it.

The figures come from the customer's browser and can be invented there. They are advice for customer and witness and
choose the size of the picture; they prove nothing, and nothing is refused because of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from core.rules.call_quality import LEAST_UPLINK_KBPS

KEPT_FOR = timedelta(minutes=30)
"""Light and line change: an older measurement is not handed to the witness."""
MOST_KBPS = 1_000_000
SLOW = "slow"
LIMITS: Mapping[str, float] = {
    "dark_luma": 60,
    "dark_percent": 60,
    "bright_luma": 215,
    "bright_percent": 25,
    "least_sharpness": 40,
    "least_loudness": -45,
    "least_uplink_kbps": LEAST_UPLINK_KBPS,
}
"""Where poor begins; the browser judges its live picture by the same figures. Found by trying drawn pictures, lit and
blurred in steps: they warn, and no decision hangs on them."""


class Face(StrEnum):
    """What the detector sees in a frame."""

    ONE = "one"
    NONE = "none"
    SEVERAL = "several"
    SMALL = "small"
    ASIDE = "aside"


class Box(NamedTuple):
    """A found face: left, top and side of its square, in px."""

    left: int
    top: int
    side: int


_SMALL = 0.2
"""Least side of a face as a share of the picture's shorter side: about a metre from a laptop's camera."""
_PORTRAIT = 0.5
"""A second face of less than this share of the largest is the portrait on a card or a picture on the wall."""
_ASIDE = 0.22
"""How far from the middle of the width the face may be, as a share of it."""
_HEIGHTS = (0.2, 0.72)


def face_place(boxes: Sequence[Box], width: int, height: int) -> Face:
    """Whether one person looks into the middle of a picture of this size, near enough."""
    if not boxes:
        return Face.NONE
    largest = max(boxes, key=lambda box: box.side)
    if sum(box.side >= _PORTRAIT * largest.side for box in boxes) > 1:
        return Face.SEVERAL
    if largest.side < _SMALL * min(width, height):
        return Face.SMALL
    across, down = (largest.left + largest.side / 2) / width, (largest.top + largest.side / 2) / height
    centred = abs(across - 0.5) <= _ASIDE and _HEIGHTS[0] <= down <= _HEIGHTS[1]
    return Face.ONE if centred else Face.ASIDE


@dataclass(frozen=True)
class Rehearsal:
    """One measurement; what was not measured is None.

    Mean brightness (`luma`, 0 to 255) and the percentage of pixels that are nearly black or white; variance of the
    Laplacian at 320 px (`sharpness`); loudest second (`loudness`, dBFS); uplink in kbit/s, round trip in ms.
    """

    at: datetime
    luma: int | None = None
    dark: int | None = None
    bright: int | None = None
    sharpness: int | None = None
    face: Face | None = None
    loudness: int | None = None
    uplink_kbps: int | None = None
    round_trip_ms: int | None = None

    def stored(self) -> dict[str, Any]:
        """As it is kept with the ticket."""
        return {**asdict(self), "at": self.at.isoformat()}


_RANGES = {
    "luma": (0, 255),
    "dark": (0, 100),
    "bright": (0, 100),
    "sharpness": (0, 100_000),
    "loudness": (-100, 0),
    "uplink_kbps": (1, MOST_KBPS),
    "round_trip_ms": (0, 60_000),
}


def rehearsal_of(values: Mapping[str, Any], at: datetime) -> Rehearsal | None:
    """The figures of a report that are numbers in their range and a known place of the face; None when none is."""
    numbers = {name: _whole(values.get(name), *span) for name, span in _RANGES.items()}
    face = values.get("face")
    seen = Face(face) if isinstance(face, str) and face in set(Face) else None
    if seen is None and not any(number is not None for number in numbers.values()):
        return None
    return Rehearsal(at, face=seen, **numbers)


def stored_rehearsal(kept: Mapping[str, Any] | None) -> Rehearsal | None:
    """What a ticket keeps (see `Rehearsal.stored`)."""
    return rehearsal_of(kept, datetime.fromisoformat(kept["at"])) if kept else None


def _whole(value: object, least: int, most: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        return None
    return round(value)


def poor(found: Rehearsal) -> list[str]:
    """Codes of what is poor: dark or bright, blurred, the place of the face, quiet, slow. Not measured is not poor."""

    def below(value: int | None, limit: str) -> bool:
        return value is not None and value < LIMITS[limit]

    def above(value: int | None, limit: str) -> bool:
        return value is not None and value > LIMITS[limit]

    dark = below(found.luma, "dark_luma") or above(found.dark, "dark_percent")
    bright = above(found.luma, "bright_luma") or above(found.bright, "bright_percent")
    codes = ["dark"] if dark else ["bright"] if bright else []
    codes += ["blurred"] if below(found.sharpness, "least_sharpness") and not dark else []
    codes += [f"face_{found.face}"] if found.face not in {None, Face.ONE} else []
    codes += ["quiet"] if below(found.loudness, "least_loudness") else []
    codes += [SLOW] if below(found.uplink_kbps, "least_uplink_kbps") else []
    return codes
