"""The machine that reads photos: decode, locate, straighten, orient, measure, read; nothing here knows a case."""

from __future__ import annotations

import io
import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from core.ports_photos import Seen
from core.records_photos import Box, PhotoFinding, PhotoReading, Quad, Used
from core.rules.photo_fields import CardText, doubted, is_upright, read_fields
from core.rules.photo_findings import (
    BLURRED,
    CARD_SLOTS,
    LOW_CONTRAST,
    UNSURE,
    editor_finding,
    kind_findings,
    picture_findings,
    verdict_of,
)
from media import photo_measure
from media.photo_geometry import CARD_RATIO, FOCAL, Floats, Pixels, ordered, ratio_errors, true_ratios
from media.photo_locate import Located, locate
from media.photo_straighten import CARD_SIZE, PX_PER_MM, straighten, strokes_of
from media.photo_text import Text, read_text

QUALITY = 88
FAR = 99.0
"""Stands for a contrast that could not be measured: the strip outside lies outside the picture."""
SIGNATURE_RATIOS = (1.0, 8.0)
HALVED_ABOVE = 2500
"""Long side in px above which half the size is enough to find the card."""
LEAST_SHEET = 0.12
SAME_SHAPE = 0.06
"""Difference of logarithms; 4:3 and 16:9, as cameras have them, are further away."""
MOST_SIDE = 1800
"""Longest side in px of a straightened sheet that is no card."""


class PhotoMachine:
    """The PhotoReader port over media."""

    def read(self, evidence_id: str, slot: str, jpeg: bytes, *, quad: Quad = (), notes: Collection[str] = ()) -> Seen:
        """Everything the machine can tell about a stored picture; with `quad` the customer set the corners."""
        cv2.setNumThreads(1)  # one photo takes one core
        small, photo = _small(jpeg), _Photo(jpeg, _size(jpeg), _focal(notes))
        looks = photo_measure.looks(small)
        located = _given(photo, quad) if quad else _located(small, photo, CARD_RATIO if slot in CARD_SLOTS else None)
        del small  # the engine needs the memory
        seen = _read_card if slot in CARD_SLOTS else _read_signature if slot == "signature" else _look_only
        found = seen(PhotoReading(evidence_id, "done"), slot, photo, located)
        findings = (*found.reading.findings, *editor_finding(frozenset(notes)))
        used: Used = "corners" if quad else "crop" if found.crop else "original"
        reading = replace(found.reading, findings=findings, used=used)
        return Seen(reading, found.crop, looks)


@dataclass(frozen=True)
class _Photo:
    """A stored picture that is decoded only while its pixels are needed: 12 megapixels take 36 MB."""

    jpeg: bytes
    size: tuple[int, int]
    focal: float


def _size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as header:
        return header.size


def _small(jpeg: bytes) -> Pixels:
    """Large pictures at half their size, in half the time."""
    return decode(jpeg, cv2.IMREAD_REDUCED_COLOR_2 if max(_size(jpeg)) > HALVED_ABOVE else cv2.IMREAD_COLOR)


def _located(small: Pixels, photo: _Photo, ratio: float | None) -> Located | None:
    found = locate(small, ratio, photo.focal)
    return replace(found, quad=found.quad * (photo.size[0] / small.shape[1])) if found else None


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


def _focal(notes: Collection[str]) -> float:
    """Focal length in long sides, from EXIF's 35 mm equivalent where the camera told it."""
    named = next((note.split(":", 1)[1] for note in notes if note.startswith("focal35:")), "")
    millimetres = float(named) if named.replace(".", "", 1).isdigit() else 0.0
    return millimetres / 36 if 18 <= millimetres <= 120 else FOCAL


def _given(photo: _Photo, quad: Quad) -> Located:
    """What the customer set by hand is believed."""
    corners = ordered(np.array(quad) * photo.size)
    error = ratio_errors(true_ratios(corners[None], photo.size, photo.focal), CARD_RATIO)[0]
    return Located(corners, 1.0, 1.0, min(float(error), 0.1), (FAR,) * 4, 1.0, cut=False)


def _measures(located: Located) -> dict[str, float]:
    contrast = min(located.contrast)
    return {
        "support": round(located.support, 3),
        "least_support": round(located.least_support, 3),
        "ratio_error": round(located.ratio_error, 3),
        "contrast": round(contrast, 1) if math.isfinite(contrast) else FAR,
        "share": round(located.share, 3),
        "cut": float(located.cut),
    }


def _relative(quad: Floats, photo: _Photo) -> Quad:
    width, height = photo.size
    return tuple((round(float(x) / width, 5), round(float(y) / height, 5)) for x, y in quad)


def _look_only(reading: PhotoReading, _slot: str, photo: _Photo, located: Located | None) -> Seen:
    """Reports and proofs are kept as they are: only their light is judged."""
    picture = _small(photo.jpeg)
    height, width = picture.shape[:2]
    scale = min(1.0, CARD_SIZE[0] / max(height, width))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    measures = {"brightness": photo_measure.measure(np.asarray(small, np.uint8))["brightness"]}
    quad = _relative(located.quad, photo) if located else ()
    findings = tuple(picture_findings(measures, "ok"))
    return Seen(replace(reading, verdict="ok", quad=quad, measures=measures, findings=findings))


def _read_signature(reading: PhotoReading, slot: str, photo: _Photo, located: Located | None) -> Seen:
    """Dark strokes on white, from the sheet if one is found, else from the whole picture."""
    picture, measures = decode(photo.jpeg), dict[str, float]()
    if located and _is_sheet(slot, located):
        ratio = max(0.2, float(true_ratios(located.quad[None], photo.size, photo.focal)[0]))
        size = (CARD_SIZE[0], round(CARD_SIZE[0] / max(ratio, 1 / ratio)))
        sheet, _, turned = straighten(picture, located.quad, size, photo.focal)
        if turned:  # a sheet may stand: its writing is taken as it was photographed
            sheet = np.asarray(cv2.rotate(sheet, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8)
        measures = _measures(located)
    else:
        scale = min(1.0, MOST_SIDE / max(picture.shape[:2]))
        sheet = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        located = None
    strokes = strokes_of(sheet)
    if strokes is None:
        text = "没有看清签名。请在白纸上用黑色笔写大一些，光线充足时再拍。"
        return Seen(replace(reading, measures=measures, findings=(PhotoFinding("no_signature", text),)))
    written, (_, _, width, height) = strokes
    measures |= {"aspect": round(float(width / height), 2)}
    low, high = SIGNATURE_RATIOS
    quad = _relative(located.quad, photo) if located else ()
    good = low <= measures["aspect"] <= high
    advice = "签名应横向书写，从左到右写在一行。请横着拍，或重新书写。"
    findings = () if good else (PhotoFinding("aspect", advice, measures["aspect"], low),)
    done = replace(reading, verdict="ok" if good else "check", quad=quad)
    return Seen(replace(done, measures=measures, findings=findings), encode(written))


def _is_sheet(slot: str, located: Located) -> bool:
    """A sheet that stands out from its ground; anything less may be a part of the writing."""
    clear = min(located.contrast) >= LOW_CONTRAST and located.share >= LEAST_SHEET
    return clear and verdict_of(slot, _measures(located), "") != "none"


def _whole(photo: _Photo) -> Located | None:
    """The picture itself where it has the shape of a card: scans and photos that were cut before."""
    if abs(math.log(max(photo.size) / min(photo.size) / CARD_RATIO)) > SAME_SHAPE:
        return None
    return _given(photo, ((0, 0), (1, 0), (1, 1), (0, 1)))


def _read_card(reading: PhotoReading, slot: str, photo: _Photo, located: Located | None) -> Seen:
    """Identity and bank cards; without any word of a card the whole picture may be the card."""
    seen = _read_quad(reading, slot, photo, located)
    whole = None if seen.reading.kind else _whole(photo)
    again = _read_quad(reading, slot, photo, whole) if whole else None
    return again if again and again.reading.kind else seen


def _read_quad(reading: PhotoReading, slot: str, photo: _Photo, located: Located | None) -> Seen:
    if located is None:
        return Seen(replace(reading, findings=tuple(picture_findings({}, "none"))))
    card, long_side, turned = straighten(decode(photo.jpeg), located.quad, CARD_SIZE, photo.focal)
    text, known = _best_text(card)
    if text.upside_down:
        card, turned = np.asarray(cv2.rotate(card, cv2.ROTATE_180), np.uint8), turned + 180
    score = min((row.score for row in known.rows), default=0.0)
    measures = {**_measures(located), **photo_measure.measure(card)}
    measures |= {"px_per_mm": round(long_side / 85.6, 1), "score": round(score, 3), "scale": PX_PER_MM}
    verdict = verdict_of(slot, measures, known.kind)
    findings = [*picture_findings(measures, verdict), *kind_findings(slot, known.kind)]
    glare = _glare(card, known, score) if verdict != "none" else []
    findings += glare
    unsure = bool(glare) or measures["edge_width"] > BLURRED
    done = replace(
        reading, verdict=verdict, kind=known.kind, turned=turned % 360, measures=measures,
        fields=doubted(known.fields) if unsure else known.fields,
        findings=tuple(findings), quad=_relative(located.quad, photo) if verdict != "none" else (),
    )  # fmt: skip
    return Seen(done, encode(card) if verdict != "none" else b"")


def _best_text(card: Pixels) -> tuple[Text, CardText]:
    """The text the right way up; tried the other way round when no word of a card was read or all stand reversed."""
    text = read_text(card)
    known = read_fields(text.rows)
    if not text.rows or (known.kind and is_upright(text.rows) is not False):
        return text, known
    other = read_text(card, upside_down=not text.upside_down)
    other_known = read_fields(other.rows)
    return (other, other_known) if other_known.kind and is_upright(other.rows) is not False else (text, known)


def _glare(card: Pixels, known: CardText, score: float) -> list[PhotoFinding]:
    """Only where it matters: over text, or where the text was hard to read."""
    spots = photo_measure.glare_boxes(card)
    rows: list[Box] = [row.box for row in known.rows]
    spot = photo_measure.covered(spots, rows) or (spots[0] if spots and score < UNSURE else None)
    if spot is None:
        return []
    share = round(spot[2] * spot[3], 3)
    return [PhotoFinding("glare", "证件上有反光，挡住了文字。请换个角度，避开灯光再拍。", share, 0.005, spot)]
