"""Find the card in a photo: the best of many quads, by its sides, its true ratio, its size and its colours; refined.

Where the first look leaves doubts, a second one goes by the words on the card and by edges that are barely seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from media.photo_candidates import candidates, faint_candidates
from media.photo_field import Field
from media.photo_geometry import (
    CARD_RATIO,
    FOCAL,
    Floats,
    Pixels,
    are_convex,
    areas,
    holding,
    ordered,
    ratio_errors,
    true_ratios,
)
from media.photo_refine import refined

SMALL, MIDDLE = 640, 2100
"""Long side in px where candidates are sought, and where the best is refined."""
WORDS_WEIGH = 0.5
"""What it counts that all words lie inside a quad, beside 1.22 for everything else."""


@dataclass(frozen=True)
class Located:
    """A quad in px of the picture with what speaks for it.

    `support` and `least_support`: share of the sides on an edge, all and the worst; `ratio_error` as logarithm;
    `contrast`: dE76 across each side; `share` of the picture; `cut`: whether it touches the picture's rim.
    """

    quad: Floats
    support: float
    least_support: float
    ratio_error: float
    contrast: tuple[float, ...]
    share: float
    cut: bool


@dataclass(frozen=True)
class _Sizes:
    """A picture in the sizes that are worked in, and how each was scaled from the next larger one."""

    picture: Pixels
    middle: Pixels
    small: Pixels

    @property
    def to_middle(self) -> float:
        return float(self.middle.shape[1] / self.picture.shape[1])

    @property
    def to_small(self) -> float:
        return float(self.small.shape[1] / self.middle.shape[1])


def locate(picture: Pixels, ratio: float | None = CARD_RATIO, focal: float = FOCAL) -> Located | None:
    """The quad that looks most like a card of this ratio (None: a sheet of any); None when nothing does."""
    sizes = _sizes(picture)
    field = Field(sizes.small)
    quads, errors = _plausible(field, candidates(field, sizes.small), ratio, focal)
    best = _best(field, quads, _scores(field, field.supports(quads), quads, errors))
    return None if best is None else _located(best, field, sizes, ratio, focal)


def locate_by_words(
    picture: Pixels, words: Floats, ratio: float | None = CARD_RATIO, focal: float = FOCAL
) -> Located | None:
    """As `locate`, among faint edges as well; `words` are the quads of its text (N, 4, 2) in px of the picture.

    Three times the work, for photos that the first look left in doubt.
    """
    sizes = _sizes(picture)
    field, evened = Field(sizes.small), Field(sizes.small, evened=True)
    sought = np.concatenate([candidates(field, sizes.small), faint_candidates(sizes.small)])
    quads, errors = _plausible(field, sought, ratio, focal)
    supports = np.maximum(field.supports(quads), evened.supports(quads))
    score = _scores(field, supports, quads, errors)
    if len(words) and len(quads):
        score = score + WORDS_WEIGH * _held(quads, words * (sizes.to_middle * sizes.to_small))
    return _located(quads[int(np.argmax(score))], field, sizes, ratio, focal) if len(quads) else None


def _held(quads: Floats, words: Floats) -> Floats:
    """Share of the words, by area, that lie wholly inside each quad."""
    inside = holding(quads, words.reshape(-1, 2)).reshape(len(quads), len(words), 4).all(2)
    weights = areas(words)
    return np.asarray(inside @ weights / weights.sum())


def _sizes(picture: Pixels) -> _Sizes:
    middle = _shrunk(picture, MIDDLE)
    return _Sizes(picture, middle, _shrunk(middle, SMALL))


def _shrunk(picture: Pixels, long_side: int) -> Pixels:
    scale = min(1.0, long_side / max(picture.shape[:2]))
    if scale == 1.0:
        return picture
    if long_side == MIDDLE:
        scale = 1 / math.ceil(1 / scale)  # whole factors shrink several times as fast
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _plausible(field: Field, quads: Floats, ratio: float | None, focal: float) -> tuple[Floats, Floats]:
    """The quads that may be a card by size and shape, and how far their ratio is off."""
    quads = np.array([ordered(quad) for quad in quads]).reshape(-1, 4, 2)
    whole, area = field.height * field.width, areas(quads)
    quads = quads[(area > 0.03 * whole) & (area < 0.995 * whole) & are_convex(quads)]
    if ratio is None:
        return quads, np.zeros(len(quads))
    errors = ratio_errors(true_ratios(quads, (field.width, field.height), focal), ratio)
    return quads[errors < 0.30], errors[errors < 0.30]


def _scores(field: Field, supports: Floats, quads: Floats, errors: Floats) -> Floats:
    size = np.minimum(np.sqrt(areas(quads) / (field.height * field.width)), 0.75)
    ratio = np.exp(-((errors / 0.08) ** 2))
    return np.asarray(0.45 * supports.mean(1) + 0.30 * supports.min(1) + 0.25 * ratio + 0.22 * size)


def _best(field: Field, quads: Floats, score: Floats) -> Floats | None:
    """The best quad, among the first eight also by how far its sides part two colours."""
    if not len(quads):
        return None
    top = np.argsort(-score)[:8]
    parts = [float(np.mean([c for c in field.contrast(quads[i]) if math.isfinite(c)] or [0])) for i in top]
    final = [score[i] + 0.12 * min(1.0, part / 15) for i, part in zip(top, parts, strict=True)]
    return np.asarray(quads[top[int(np.argmax(final))]])


def _located(best: Floats, field: Field, sizes: _Sizes, ratio: float | None, focal: float) -> Located:
    """The quad refined, with its measures, in px of the whole picture."""
    height, width = sizes.picture.shape[:2]
    quad = best / sizes.to_small
    for reach in (12, 6):
        quad = refined(quad, sizes.middle, reach)
    quad = ordered(quad)
    support = field.supports((quad * sizes.to_small)[None])[0]
    whole = quad / sizes.to_middle
    error = ratio_errors(true_ratios(whole[None], (width, height), focal), ratio)[0] if ratio else 0.0
    rim = 0.004 * max(width, height)
    cut = bool((whole < rim).any() or (whole[:, 0] > width - rim).any() or (whole[:, 1] > height - rim).any())
    share = float(areas(whole[None])[0] / (width * height))
    contrast = field.contrast(quad * sizes.to_small)
    return Located(whole, float(support.mean()), float(support.min()), float(error), contrast, share, cut)
