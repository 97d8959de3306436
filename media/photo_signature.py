"""Read a signature: dark strokes on white, from the sheet if one is found, else from the whole picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from core.ports_photos import Seen
from core.records_photos import PhotoFinding, PhotoReading, Quad
from core.rules.photo_findings import LOW_CONTRAST, verdict_of
from media.photo_card import given, in_whole
from media.photo_geometry import Pixels, true_ratios
from media.photo_locate import Located, locate
from media.photo_picture import Picture, encode, measures_of, shrunk
from media.photo_straighten import CARD_SIZE, straighten, strokes_of

RATIOS = (1.0, 8.0)
"""Width over height of what is written."""
LEAST_SHEET = 0.12
MOST_SIDE = 1800
"""Longest side in px of a picture that no sheet was cut from."""
UNSEEN = "没有看清签名。请在白纸上用黑色笔写大一些，光线充足时再拍。"
STANDS = "签名应横向书写，从左到右写在一行。请横着拍，或重新书写。"


def read_signature(reading: PhotoReading, slot: str, picture: Picture, quad: Quad = ()) -> Seen:
    """Strokes as the crop; `none` where nothing is written, `check` where it does not run across."""
    found = given(picture, quad) if quad else in_whole(picture, locate(picture.small, None, picture.focal))
    sheet = found if found and _is_sheet(slot, found) else None
    pixels = _flat(picture, sheet) if sheet else shrunk(picture.whole(), MOST_SIDE)
    measures = measures_of(sheet) if sheet else {}
    strokes = strokes_of(pixels)
    if strokes is None:
        return Seen(replace(reading, measures=measures, findings=(PhotoFinding("no_signature", UNSEEN),)))
    written, (_, _, width, height) = strokes
    measures["aspect"] = round(float(width / height), 2)
    good = RATIOS[0] <= measures["aspect"] <= RATIOS[1]
    findings = () if good else (PhotoFinding("aspect", STANDS, measures["aspect"], RATIOS[0]),)
    corners = picture.relative(sheet.quad) if sheet else ()
    done = replace(reading, verdict="ok" if good else "check", quad=corners, measures=measures, findings=findings)
    return Seen(done, encode(written))


def _is_sheet(slot: str, located: Located) -> bool:
    """A sheet that stands out from its ground; anything less may be a part of the writing."""
    clear = min(located.contrast) >= LOW_CONTRAST and located.share >= LEAST_SHEET
    return clear and verdict_of(slot, measures_of(located), "") != "none"


def _flat(picture: Picture, sheet: Located) -> Pixels:
    """The sheet as it was photographed: its writing may stand, which is said then."""
    ratio = max(0.2, float(true_ratios(sheet.quad[None], picture.size, picture.focal)[0]))
    size = (CARD_SIZE[0], round(CARD_SIZE[0] / max(ratio, 1 / ratio)))
    flat, _, turned = straighten(picture.whole(), sheet.quad, size, picture.focal)
    return np.asarray(cv2.rotate(flat, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8) if turned else flat
