"""Read a report or another page of paper: cut out where it clearly lies on a ground, turned upright, read.

Many reports are pictures of a screen; those are read as they are.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np

from core.ports_photos import Seen
from core.records_photos import Box, PhotoReading, Quad
from core.rules.photo_findings import LOW_CONTRAST, page_findings, verdict_of
from core.rules.report_fields import SCORE_REPORT, read_report_fields
from media import photo_measure
from media.photo_card import given, in_whole
from media.photo_geometry import Floats, Pixels, areas, holding
from media.photo_locate import Located, locate
from media.photo_picture import Picture, encode, measures_of, shrunk
from media.photo_straighten import straighten
from media.photo_text import MOST_ROWS, Text, find_words, is_available, read_page

A4_RATIO = 297 / 210
PAGE = (2000, 1414)
"""Size in px of a straightened page that lies; small print of 3 mm is 20 px high."""
LEAST_PAGE = 0.25
"""Share of the picture below which a sheet is not what the customer took a photo of."""
LEAST_SIDE = 0.7
"""Share of the worst side on an edge: a page is only cut where all four sides are plain."""
AROUND = 0.03
"""Left around what is written, as a share of its longer side."""
BRIGHT_PAPER = 235.0
"""Median of the darkest channel above which glare cannot be told from paper."""
LEAST_ROWS = 3
"""Rows below which a page counts as not legible."""
LEAST_WORDS = 0.9
"""Share of the words in the photo, by area, that the page must hold."""


def read_report(reading: PhotoReading, slot: str, picture: Picture, quad: Quad = ()) -> Seen:
    """A score report with its fields; other pages are only cut and turned."""
    words = find_words(picture.small)
    found = given(picture, quad) if quad else _page_in(picture, words)
    if found:
        flat, _, turned = straighten(picture.whole(), found.quad, PAGE, picture.focal)
    else:
        flat, turned = _written_part(picture, words), 0
    upright, text = read_page(flat, MOST_ROWS if slot == SCORE_REPORT else 0)
    report = read_report_fields(photo_measure.believed(text.rows, _glare(upright)))
    measures = {"brightness": photo_measure.measure(shrunk(upright, PAGE[0] // 2))["brightness"]}
    measures |= measures_of(found) if found else {}
    findings = page_findings(slot, measures, score=_score(text), is_report=report.kind == SCORE_REPORT)
    done = replace(
        reading, verdict="check" if findings else "ok", kind=report.kind, turned=(turned + text.turned) % 360,
        measures=measures, fields=report.fields, findings=findings,
        quad=picture.relative(found.quad) if found else (),
    )  # fmt: skip
    return Seen(done, encode(upright) if found else b"")


def _glare(page: Pixels) -> list[Box]:
    """Nothing where the paper itself is as bright as a reflection."""
    paper = float(np.median(page[::8, ::8].min(2)))
    return photo_measure.glare_boxes(page) if paper < BRIGHT_PAPER else []


def _score(text: Text) -> float | None:
    if not is_available():
        return None
    return median(row.score for row in text.rows) if len(text.rows) >= LEAST_ROWS else 0.0


def _written_part(picture: Picture, words: Floats) -> Pixels:
    """Where something is written, as large as it is read best; the picture itself is handed in as it is."""
    if not len(words):
        return shrunk(picture.small, PAGE[0])
    scale, corners = picture.size[0] / picture.small.shape[1], words.reshape(-1, 2)
    rest = AROUND * np.ptp(corners, 0).max()
    low = np.floor((corners.min(0) - rest) * scale).astype(int).clip(0)
    high = np.ceil((corners.max(0) + rest) * scale).astype(int)
    return shrunk(np.ascontiguousarray(picture.whole()[low[1] : high[1], low[0] : high[0]]), PAGE[0])


def _page_in(picture: Picture, words: Floats) -> Located | None:
    """The page, if all four sides are plain and hold all that is written; a doubtful one is not cut."""
    found = locate(picture.small, A4_RATIO, picture.focal)
    if found is None or found.share < LEAST_PAGE or found.cut or found.least_support < LEAST_SIDE:
        return None
    plain = min(found.contrast) >= LOW_CONTRAST and verdict_of(SCORE_REPORT, measures_of(found), "") == "ok"
    return in_whole(picture, found) if plain and _holds(found.quad, words) else None


def _holds(quad: Floats, words: Floats) -> bool:
    if not len(words):
        return False
    inside = holding(quad[None], words.mean(1))[0]
    return bool(areas(words)[inside].sum() >= LEAST_WORDS * areas(words).sum())
