"""Text of a straightened card, row by row. One engine for the process, one thread, one reading at a time.

The models lie inside the rapidocr wheel. Without it nothing is read and customers type.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from core.rules.photo_fields import TextRow
from media.photo_geometry import Floats, Pixels

DETECT_SIDE = 640
"""Long side in px where rows are sought; they are read at full size. 960 finds the same rows in twice the time."""
PHOTO_SIDE, PAGE_SIDE = 720, 848
"""The same for a whole photo, of which a card takes only a part, and for a page, whose print is small."""
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
    detect = {"Det.limit_type": "max", "Det.limit_side_len": 2000}  # `_sought` shrinks before
    return RapidOCR(params={**one, **detect, "Global.log_level": "critical"})


def is_available() -> bool:
    """Whether photos can be read here."""
    with _lock:
        return _engine() is not None


MOST_ROWS = 40
"""Of a page that are read, from the top."""


@dataclass(frozen=True)
class Text:
    """Rows of a card or a page, top to bottom, and by how many degrees it was turned to make them upright."""

    rows: tuple[TextRow, ...]
    turned: int = 0


def read_text(card: Pixels, *, upside_down: bool | None = None) -> Text:
    """All rows of a straightened card. None: the engine judges which way is up by the longest rows."""
    with _lock:
        engine = _engine()
        if engine is None:
            return Text(())
        boxes = _boxes(engine, card, DETECT_SIDE)
        if upside_down is None:
            upside_down = _is_upside_down(engine, card, boxes)
        if upside_down:
            card, boxes = _turn_right(*_turn_right(card, boxes))
        rows = [_read(engine, card, row) for row in _rows(boxes, SAME_ROW * card.shape[0])]
    return Text(tuple(row for row in rows if row.text), 180 if upside_down else 0)


def read_page(page: Pixels, most_rows: int = MOST_ROWS) -> tuple[Pixels, Text]:
    """The page upright, and its rows from the top; as it is where the engine is not installed or finds no text."""
    with _lock:
        engine = _engine()
        boxes = _boxes(engine, page, PAGE_SIDE) if engine else []
        if not boxes:
            return page, Text(())
        turned = 90 if _stand(boxes) else 0
        if turned:
            page, boxes = _turn_right(page, boxes)
        if _is_upside_down(engine, page, boxes):
            page, boxes = _turn_right(*_turn_right(page, boxes))
            turned += 180
        line = 0.5 * float(np.median([box[3] - box[1] for box in boxes]))
        rows = [_read(engine, page, row) for row in _rows(boxes, line)[:most_rows]]
    return page, Text(tuple(row for row in rows if row.text), turned)


def _stand(boxes: list[Floats]) -> bool:
    """Whether most of the text runs down the picture."""
    sizes = np.array([box[2:] - box[:2] for box in boxes])
    area, tall = sizes.prod(1), sizes[:, 1] > 1.5 * sizes[:, 0]
    return bool(area[tall].sum() > 0.5 * area.sum())


def _turn_right(page: Pixels, boxes: list[Floats]) -> tuple[Pixels, list[Floats]]:
    """Page and boxes a quarter turn clockwise."""
    height = page.shape[0]
    moved = [np.array([height - box[3], box[0], height - box[1], box[2]]) for box in boxes]
    return np.asarray(cv2.rotate(page, cv2.ROTATE_90_CLOCKWISE), np.uint8), moved


def find_words(picture: Pixels) -> Floats:
    """The quads of all pieces of text in a photo, (N, 4, 2) px; nothing where the engine is not installed."""
    with _lock:
        engine = _engine()
        return np.zeros((0, 4, 2)) if engine is None else _sought(engine, picture, PHOTO_SIDE)


def _sought(engine: Any, picture: Pixels, long_side: int) -> Floats:
    """The quads of text in a picture that is shrunk to this size for it, in px of the picture."""
    scale = min(1.0, long_side / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    found = engine(small, use_det=True, use_cls=False, use_rec=False).boxes
    return np.zeros((0, 4, 2)) if found is None else np.asarray(found, np.float64) / scale


def _boxes(engine: Any, card: Pixels, long_side: int) -> list[Floats]:
    """left, top, right, bottom of each piece of text, in px."""
    return [np.concatenate([box.min(0), box.max(0)]) for box in _sought(engine, card, long_side)]


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


def _rows(boxes: list[Floats], apart: float) -> list[list[Floats]]:
    """Boxes by rows, top to bottom, each row from left to right; `apart` px at least lie between two rows."""
    rows: list[list[Floats]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        middle = (box[1] + box[3]) / 2
        for row in rows:
            if abs(np.mean([(b[1] + b[3]) / 2 for b in row]) - middle) < apart:
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
    """One row of text with the lowest score of its pieces and of its characters."""
    height, width = card.shape[:2]
    pieces = [_read_piece(engine, _cut(card, piece)) for piece in _pieces(row, width)]
    low, high = np.min([box[:2] for box in row], 0), np.max([box[2:] for box in row], 0)
    left, top, wide, tall = (float(v) for v in np.concatenate([low, high - low]) / (width, height, width, height))
    texts, means, scores = zip(*pieces, strict=True)
    score = min((mean for text, mean in zip(texts, means, strict=True) if text.strip()), default=0.0)
    return TextRow(" ".join(texts).strip(), score, (left, top, wide, tall), tuple(itertools.chain(*scores)))


def _read_piece(engine: Any, cut: Pixels) -> tuple[str, float, list[float]]:
    """Text, the engine's mean score, and the scores of its characters but spaces."""
    found = engine(cut, use_det=False, use_cls=False, use_rec=True, return_word_box=True)
    if not found.txts or not found.word_results:
        return "", 0.0, []
    text, scores = found.txts[0], found.word_results[0].confs or []
    return text, float(found.scores[0]), [float(s) for c, s in zip(text, scores, strict=False) if not c.isspace()]
