"""How sharp, bright and free of glare a straightened card is, in units that no camera changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from core.records_photos import Box
from core.rules.photo_fields import TextRow
from media.photo_geometry import Pixels

WHITE, NOISE = 245, 3.0
"""Glare is where the darkest channel is at least this bright, once the noise is smoothed away (px at 15 px/mm)."""


def measure(card: Pixels) -> dict[str, float]:
    """`edge_width` (px at 15 px/mm that a sharp edge takes, 2 is sharp), `brightness` (0 to 255), `chroma`."""
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY)
    lines = np.ascontiguousarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.2))
    across = cv2.Sobel(lines, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    steep = cv2.magnitude(across, cv2.Sobel(lines, cv2.CV_32F, 0, 1, ksize=3, scale=0.25))
    around = np.ones((13, 13), np.uint8)
    step = cv2.dilate(lines, around) - cv2.erode(lines, around)
    strong = steep > np.percentile(steep[::3, ::3], 97)
    width = float(np.median(step[strong] / (steep[strong] + 1e-3))) if strong.any() else 99.0
    small = cv2.resize(card, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    chroma = float(cv2.cvtColor(small, cv2.COLOR_BGR2HSV)[..., 1].mean())
    return {"edge_width": round(width, 2), "brightness": round(float(grey.mean()), 1), "chroma": round(chroma, 1)}


def glare_boxes(card: Pixels) -> list[Box]:
    """Spots of reflected light, half a percent to a quarter of the card (more is a white card), the largest first."""
    height, width = card.shape[:2]
    clipped = (cv2.GaussianBlur(card, (0, 0), NOISE).min(2) >= WHITE).astype(np.uint8)
    clipped = np.asarray(cv2.morphologyEx(clipped, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), np.uint8)
    _, _, spots, _ = cv2.connectedComponentsWithStats(clipped)
    large = sorted((spot for spot in spots[1:] if 0.005 < spot[4] / clipped.size < 0.25), key=lambda spot: -spot[4])
    return [(x / width, y / height, w / width, h / height) for x, y, w, h, _ in large]


def covered(spots: Sequence[Box], rows: Sequence[Box]) -> Box | None:
    """The first spot that lies over a row of text; the rows' boxes in the same units."""
    for spot in spots:
        for row in rows:
            wide = min(spot[0] + spot[2], row[0] + row[2]) - max(spot[0], row[0])
            tall = min(spot[1] + spot[3], row[1] + row[3]) - max(spot[1], row[1])
            if wide > 0.01 and tall > 0.3 * row[3]:
                return spot
    return None


AROUND = (0.02, 0.02, 0.06, 0.08)
"""Left, top, right, bottom of a row: a spot there may hide its last character or the line that follows it."""


def believed(rows: Iterable[TextRow], spots: Sequence[Box]) -> list[TextRow]:
    """The rows; of those that glare touches no character is sure, as one may be gone without a trace."""
    return [replace(row, scores=()) if is_touched(row.box, spots) else row for row in rows]


def is_touched(row: Box, spots: Sequence[Box]) -> bool:
    """Whether a spot lies on a row of text or so near that a part of it may be gone without a trace."""
    left, top = row[0] - AROUND[0], row[1] - AROUND[1]
    right, bottom = row[0] + row[2] + AROUND[2], row[1] + row[3] + AROUND[3]
    return any(x < right and x + wide > left and y < bottom and y + tall > top for x, y, wide, tall in spots)


LEAST_BITS, MOST_BITS = 6, 30
"""Of the 36 of a part: plain areas have fewer or more, and are the same in pictures that are not."""


def looks(picture: Pixels) -> tuple[str, ...]:
    """A perceptual hash in four parts: which of neighbouring patches is brighter. The same photo keeps most parts.

    Each part is 36 bits, so that chance does not make two photos the same (two equal parts are asked for); parts of
    plain areas are left out.
    """
    grey = cv2.cvtColor(cv2.resize(picture, (13, 12), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY).astype(int)
    bits = "".join("1" if brighter else "0" for brighter in (grey[:, 1:] > grey[:, :-1] + 1).ravel())
    parts = [bits[part * 36 : part * 36 + 36] for part in range(4)]
    return tuple(
        f"{n}:{int(part, 2):09x}" for n, part in enumerate(parts) if LEAST_BITS <= part.count("1") <= MOST_BITS
    )
