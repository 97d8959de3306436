"""A stored picture that is decoded only while its pixels are needed, and what every kind of reading does with it."""

from __future__ import annotations

import io
import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from core.records_photos import Quad
from media.photo_geometry import FOCAL, Floats, Pixels
from media.photo_locate import Located

QUALITY = 88
FAR = 99.0
"""Stands for a contrast that could not be measured: the strip outside lies outside the picture."""
HALVED_ABOVE = 2500
"""Long side in px above which half the size is enough to find the card."""


@dataclass(frozen=True)
class Picture:
    """JPEG, width and height in px, and the focal length in long sides. 12 megapixels take 36 MB of pixels."""

    jpeg: bytes
    size: tuple[int, int]
    focal: float = FOCAL

    @classmethod
    def of(cls, jpeg: bytes, notes: Collection[str] = ()) -> Picture:
        """From a stored picture and what its EXIF said."""
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as header:
            return cls(jpeg, header.size, _focal(notes))

    def whole(self) -> Pixels:
        """All pixels."""
        return decode(self.jpeg)

    @cached_property
    def small(self) -> Pixels:
        """Large pictures at half their size, in half the time; decoded once."""
        return decode(self.jpeg, cv2.IMREAD_REDUCED_COLOR_2 if max(self.size) > HALVED_ABOVE else cv2.IMREAD_COLOR)

    def relative(self, quad: Floats) -> Quad:
        """Corners in px of the whole picture as shares of it."""
        width, height = self.size
        return tuple((round(float(x) / width, 5), round(float(y) / height, 5)) for x, y in quad)


def _focal(notes: Collection[str]) -> float:
    """Focal length in long sides, from EXIF's 35 mm equivalent where the camera told it."""
    named = next((note.split(":", 1)[1] for note in notes if note.startswith("focal35:")), "")
    millimetres = float(named) if named.replace(".", "", 1).isdigit() else 0.0
    return millimetres / 36 if 18 <= millimetres <= 120 else FOCAL


def decode(jpeg: bytes, flags: int = cv2.IMREAD_COLOR) -> Pixels:
    """The pixels of a stored picture (`media.images` made it: RGB, upright, no EXIF)."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), flags)
    if picture is None:
        raise ValueError("a stored picture does not decode")
    return np.asarray(picture, np.uint8)


def encode(picture: Pixels) -> bytes:
    """A JPEG of a crop."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()


def shrunk(picture: Pixels, long_side: int) -> Pixels:
    """The picture with at most this long side in px."""
    scale = min(1.0, long_side / max(picture.shape[:2]))
    if scale == 1.0:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def measures_of(located: Located) -> dict[str, float]:
    """What speaks for a quad, as it is stored with the reading."""
    contrast = min(located.contrast)
    return {
        "support": round(located.support, 3),
        "least_support": round(located.least_support, 3),
        "ratio_error": round(located.ratio_error, 3),
        "contrast": round(contrast, 1) if math.isfinite(contrast) else FAR,
        "share": round(located.share, 3),
        "cut": float(located.cut),
    }
