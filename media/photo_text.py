"""Text of a straightened card, row by row. One engine for the process, one thread, one reading at a time.

The models lie inside the rapidocr wheel. Without it nothing is read and customers type.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from core.records_photos import Box
from core.rules.photo_fields import TextRow
from media.photo_geometry import Floats, Pixels

DETECT_SIDE = 640
"""Long side in px where rows are sought; they are read at full size. 960 finds the same rows in twice the time."""
SAME_ROW = 0.035
"""Of the height: boxes nearer than this stand on one row."""
_lock = threading.Lock()


@cache
def _engine() -> Any:
    """The engine, or None where rapidocr is not installed. More threads would only spin (docs/photos.md)."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        return None
    one = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
    detect = {"Det.limit_type": "max", "Det.limit_side_len": DETECT_SIDE}
    return RapidOCR(params={**one, **detect, "Global.log_level": "critical"})


def is_available() -> bool:
    """Whether photos can be read here."""
    with _lock:
        return _engine() is not None


@dataclass(frozen=True)
class Text:
    """Rows of a card, top to bottom, and whether the card lay upside down."""

    rows: tuple[TextRow, ...]
    upside_down: bool


def read_text(card: Pixels, *, upside_down: bool | None = None) -> Text:
    """All rows of a straightened card. None: the engine judges which way is up by the longest rows."""
    with _lock:
        engine = _engine()
        if engine is None:
            return Text((), upside_down=False)
        boxes = _boxes(engine, card)
        if upside_down is None:
            upside_down = _is_upside_down(engine, card, boxes)
        if upside_down:
            card = np.asarray(cv2.rotate(card, cv2.ROTATE_180), np.uint8)
            boxes = [_turned(box, card) for box in boxes]
        rows = [_read(engine, card, box) for box in _rows(boxes, card.shape[0])]
    return Text(tuple(row for row in rows if row.text), upside_down)


def _boxes(engine: Any, card: Pixels) -> list[Floats]:
    """left, top, right, bottom of each piece of text, in px."""
    found = engine(card, use_det=True, use_cls=False, use_rec=False).boxes
    return [] if found is None else [np.concatenate([box.min(0), box.max(0)]) for box in np.asarray(found)]


def _turned(box: Floats, card: Pixels) -> Floats:
    height, width = card.shape[:2]
    return np.array([width - box[2], height - box[3], width - box[0], height - box[1]])


def _cut(card: Pixels, box: Floats, grow: float = 0.06) -> Pixels:
    pad = grow * (box[3] - box[1])
    low = np.floor(box[:2] - pad).astype(int).clip(0)
    high = np.ceil(box[2:] + pad).astype(int)
    return np.ascontiguousarray(card[low[1] : high[1], low[0] : high[0]])


def _is_upside_down(engine: Any, card: Pixels, boxes: list[Floats]) -> bool:
    """By the three widest boxes."""
    widest = sorted(boxes, key=lambda box: box[0] - box[2])[:3]
    votes = 0.0
    for box in widest:
        [(label, score)] = engine(_cut(card, box), use_det=False, use_cls=True, use_rec=False).cls_res
        votes += score if label == "180" else -score
    return votes > 0


def _rows(boxes: list[Floats], height: int) -> list[list[Floats]]:
    """Boxes by rows, top to bottom, each row from left to right."""
    rows: list[list[Floats]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        middle = (box[1] + box[3]) / 2
        for row in rows:
            if abs(np.mean([(b[1] + b[3]) / 2 for b in row]) - middle) < SAME_ROW * height:
                row.append(box)
                break
        else:
            rows.append([box])
    return [sorted(row, key=lambda box: box[0]) for row in rows]


def _pieces(row: list[Floats], width: int) -> list[Floats]:
    """A row in one piece, parted where a wide gap says that two things stand on it."""
    pieces = [row[0]]
    for box in row[1:]:
        if box[0] - pieces[-1][2] < 0.10 * width:
            pieces[-1] = np.concatenate([np.minimum(pieces[-1][:2], box[:2]), np.maximum(pieces[-1][2:], box[2:])])
        else:
            pieces.append(box)
    return pieces


def _read(engine: Any, card: Pixels, row: list[Floats]) -> TextRow:
    """One row of text with the lowest score of its pieces."""
    height, width = card.shape[:2]
    texts, scores = [], []
    for piece in _pieces(row, width):
        found = engine(_cut(card, piece), use_det=False, use_cls=False, use_rec=True)
        texts.append((found.txts or ("",))[0])
        scores.append(float((found.scores or (0.0,))[0]))
    low, high = np.min([box[:2] for box in row], 0), np.max([box[2:] for box in row], 0)
    size = high - low
    box: Box = (low[0] / width, low[1] / height, size[0] / width, size[1] / height)
    kept = [score for text, score in zip(texts, scores, strict=True) if text.strip()]
    return TextRow(" ".join(texts).strip(), min(kept, default=0.0), tuple(float(each) for each in box))  # type: ignore[arg-type]
