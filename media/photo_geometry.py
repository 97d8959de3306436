"""Quadrilaterals in pictures: arrays of four corners (x, y) in px, clockwise from the top left."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Pixels = NDArray[np.uint8]
"""A picture, BGR."""
CARD_RATIO = 85.6 / 54.0
"""ID-1 cards (ISO/IEC 7810), identity and bank cards alike."""
FOCAL = 1.15
"""Focal length in long sides of the picture where EXIF does not tell: about 28 mm, as phones have."""


def ordered(quad: Floats) -> Floats:
    """The corners clockwise, beginning with the one nearest to the top left."""
    corners = np.asarray(quad, np.float64).reshape(4, 2)
    middle = corners.mean(0)
    turned = corners[np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))]
    return np.roll(turned, -int(np.argmin(turned.sum(1))), 0)


def areas(quads: Floats) -> Floats:
    """Areas of many quads (K, 4, 2), in square px."""
    x, y = quads[..., 0], quads[..., 1]
    return np.asarray(0.5 * np.abs((x * np.roll(y, -1, -1) - y * np.roll(x, -1, -1)).sum(-1)))


def are_convex(quads: Floats) -> Floats:
    """Which of many quads have no dent."""
    edge = np.roll(quads, -1, 1) - quads
    following = np.roll(edge, -1, 1)
    cross = edge[..., 0] * following[..., 1] - edge[..., 1] * following[..., 0]
    return np.asarray(np.all(cross > 0, 1) | np.all(cross < 0, 1))


def holding(quads: Floats, points: Floats) -> Floats:
    """Which of many convex quads (K, 4, 2) hold which of the points (N, 2): (K, N)."""
    side = np.roll(quads, -1, 1) - quads
    apart = points[None, None] - quads[:, :, None]
    turn = side[:, :, None, 0] * apart[..., 1] - side[:, :, None, 1] * apart[..., 0]
    return np.asarray((turn > 0).all(1) | (turn < 0).all(1))


def true_ratios(quads: Floats, size: tuple[int, int], focal: float = FOCAL) -> Floats:
    """Width over height of the rectangles that look like these quads to a pinhole camera; 0 where none does.

    `size` is the picture's width and height, `focal` in long sides (Zhang and He 2007, whiteboard scanning).
    """
    width, height = size
    length = focal * max(size)
    centred = (quads - np.array([width / 2, height / 2])) / length
    flat = np.concatenate([centred, np.ones((*centred.shape[:2], 1))], 2)
    top_left, top_right, bottom_right, bottom_left = (flat[:, i] for i in range(4))
    with np.errstate(divide="ignore", invalid="ignore"):
        across = np.cross(top_left, bottom_right)
        k2 = (across * bottom_left).sum(1) / (np.cross(top_right, bottom_right) * bottom_left).sum(1)
        k3 = (across * top_right).sum(1) / (np.cross(bottom_left, bottom_right) * top_right).sum(1)
        wide = np.linalg.norm(k2[:, None] * top_right - top_left, axis=1)
        tall = np.linalg.norm(k3[:, None] * bottom_left - top_left, axis=1)
        ratio = wide / tall
    return np.where(np.isfinite(ratio), ratio, 0)


def ratio_errors(ratios: Floats, wanted: float) -> Floats:
    """How far ratios are from the wanted one, lying or standing, as absolute logarithm."""
    safe = np.maximum(ratios, 1e-3)
    return np.asarray(np.minimum(np.abs(np.log(safe / wanted)), np.abs(np.log(safe * wanted))))


def overlap(first: Floats, second: Floats) -> float:
    """Intersection over union of two convex quads."""
    both, _ = cv2.intersectConvexConvex(np.asarray(first, np.float32), np.asarray(second, np.float32))
    one, two = areas(np.asarray([first])), areas(np.asarray([second]))
    return float(both / (one[0] + two[0] - both + 1e-9))


def angle_between(first: float, second: float) -> float:
    """Between two directions of lines, 0 to pi/2."""
    apart = abs(first - second) % math.pi
    return min(apart, math.pi - apart)
