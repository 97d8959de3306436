"""Read an identity or bank card: straightened, turned upright, its text read, its quality measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from core.ports_photos import Seen
from core.records_photos import Box, PhotoFinding, PhotoReading, Quad, ReadField
from core.rules.photo_fields import NEVER, VERY_SURE, CardText, doubted, is_upright, read_fields
from core.rules.photo_findings import (
    BLURRED,
    LOW_CONTRAST,
    TOO_BLURRED,
    UNSURE,
    kind_findings,
    picture_findings,
    verdict_of,
)
from media import photo_measure
from media.photo_geometry import CARD_RATIO, Pixels, ordered, overlap, ratio_errors, true_ratios
from media.photo_locate import Located, locate, locate_by_words
from media.photo_picture import FAR, Picture, encode, measures_of
from media.photo_straighten import CARD_SIZE, PX_PER_MM, straighten
from media.photo_text import Text, find_words, is_available, read_text

SAME_SHAPE = 0.06
"""Difference of logarithms; 4:3 and 16:9, as cameras have them, are further away."""
SURE_SIDE = 0.8
"""Share of the worst side on an edge below which a photo is looked at a second time."""
SAME_QUAD = 0.97
"""Overlap of two quads that are the same card."""


def read_card(reading: PhotoReading, slot: str, picture: Picture, quad: Quad = ()) -> Seen:
    """A card, with a second look where the first leaves doubts; corners set by hand are believed.

    The whole picture may be the card: then more is read from it than from any part.
    """
    if quad:
        return _read_quad(reading, slot, picture, given(picture, quad))
    located = in_whole(picture, locate(picture.small, CARD_RATIO, picture.focal))
    seen = _read_quad(reading, slot, picture, located)
    if _is_doubtful(seen.reading):
        seen = _second_look(seen, slot, picture, located)
    whole = _whole(picture) if seen.reading.verdict != "ok" else None
    again = _read_quad(reading, slot, picture, whole) if whole else seen
    return again if _worth(again.reading, slot) > _worth(seen.reading, slot) else seen


def in_whole(picture: Picture, located: Located | None) -> Located | None:
    """A quad found in the small picture in px of the whole one."""
    return replace(located, quad=located.quad * (picture.size[0] / picture.small.shape[1])) if located else None


def given(picture: Picture, quad: Quad) -> Located:
    """What the customer set by hand is believed."""
    corners = ordered(np.array(quad) * picture.size)
    error = ratio_errors(true_ratios(corners[None], picture.size, picture.focal), CARD_RATIO)[0]
    return Located(corners, 1.0, 1.0, min(float(error), 0.1), (FAR,) * 4, 1.0, cut=False)


def _whole(picture: Picture) -> Located | None:
    """The picture itself where it has the shape of a card: scans and photos that were cut before."""
    if abs(math.log(max(picture.size) / min(picture.size) / CARD_RATIO)) > SAME_SHAPE:
        return None
    return given(picture, ((0, 0), (1, 0), (1, 1), (0, 1)))


def _is_doubtful(reading: PhotoReading) -> bool:
    """No card was found, or its outline may be wrong; without the engine there are no words to go by."""
    measures = reading.measures
    if not is_available():
        return False
    faint = measures.get("least_support", 0) < SURE_SIDE or measures.get("contrast", 0) < LOW_CONTRAST
    return reading.verdict == "none" or not reading.kind or (reading.verdict == "check" and faint)


def _second_look(first: Seen, slot: str, picture: Picture, located: Located | None) -> Seen:
    """By the words in the photo; the first look stays where it is the same quad, or the second one reads less."""
    words = find_words(picture.small)
    found = in_whole(picture, locate_by_words(picture.small, words, CARD_RATIO, picture.focal))
    if found is None or (located and overlap(found.quad, located.quad) > SAME_QUAD):
        return first
    again = _read_quad(PhotoReading(first.reading.evidence_id, "done"), slot, picture, found)
    return again if _worth(again.reading, slot) >= _worth(first.reading, slot) else first


def _worth(reading: PhotoReading, slot: str) -> tuple[int, int, int]:
    """What speaks for a reading: the expected words, fields whose check holds, fields at all."""
    held = sum(field.holds for field in reading.fields.values())
    return 2 * (reading.kind == slot) + bool(reading.kind), held, len(reading.fields)


def _read_quad(reading: PhotoReading, slot: str, picture: Picture, located: Located | None) -> Seen:
    if located is None:
        return Seen(replace(reading, findings=tuple(picture_findings({}, "none"))))
    card, long_side, turned = straighten(picture.whole(), located.quad, CARD_SIZE, picture.focal)
    text, known = best_text(card)
    if text.turned:
        card, turned = np.asarray(cv2.rotate(card, cv2.ROTATE_180), np.uint8), turned + 180
    spots = photo_measure.glare_boxes(card)
    score = min((row.score for row in known.rows), default=0.0)
    measures = {**measures_of(located), **photo_measure.measure(card)}
    measures |= {"px_per_mm": round(long_side / 85.6, 1), "score": round(score, 3), "scale": PX_PER_MM}
    fields = _seen_fields(text, spots, measures["edge_width"])
    verdict = verdict_of(slot, measures, known.kind)
    findings = [*picture_findings(measures, verdict), *kind_findings(slot, known.kind)]
    findings += _glare(spots, known, score) if verdict != "none" else []
    done = replace(
        reading, verdict=verdict, kind=known.kind, turned=turned % 360, measures=measures,
        fields=fields,
        findings=tuple(findings), quad=picture.relative(located.quad) if verdict != "none" else (),
    )  # fmt: skip
    return Seen(done, encode(card) if verdict != "none" else b"")


def best_text(card: Pixels) -> tuple[Text, CardText]:
    """The text the right way up; tried the other way round when no word of a card was read or all stand reversed."""
    text = read_text(card)
    known = read_fields(text.rows)
    if not text.rows or (known.kind and is_upright(text.rows) is not False):
        return text, known
    other = read_text(card, upside_down=not text.turned)
    other_known = read_fields(other.rows)
    return (other, other_known) if other_known.kind and is_upright(other.rows) is not False else (text, known)


def _seen_fields(text: Text, spots: Sequence[Box], edge_width: float) -> dict[str, ReadField]:
    """The fields, as far as neither glare nor blur speaks against them."""
    fields = read_fields(photo_measure.believed(text.rows, spots)).fields
    if edge_width <= BLURRED:
        return fields
    return doubted(fields, NEVER if edge_width > TOO_BLURRED else VERY_SURE)


def _glare(spots: Sequence[Box], known: CardText, score: float) -> list[PhotoFinding]:
    """Only where it matters: over text, or where the text was hard to read."""
    rows: list[Box] = [row.box for row in known.rows]
    spot = photo_measure.covered(spots, rows) or (spots[0] if spots and rows and score < UNSURE else None)
    if spot is None:
        return []
    share = round(spot[2] * spot[3], 3)
    return [PhotoFinding("glare", "证件上有反光，挡住了文字。请换个角度，避开灯光再拍。", share, 0.005, spot)]
