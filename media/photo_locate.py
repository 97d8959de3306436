"""Find the card in a photo: candidates from contours, from the ground's colour and from lines; the best is refined.

Score: how much of each side lies on an edge, true ratio of a card, size, and whether the sides part two colours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from media.photo_geometry import (
    CARD_RATIO,
    FOCAL,
    Floats,
    Pixels,
    are_convex,
    areas,
    ordered,
    ratio_errors,
    true_ratios,
)
from media.photo_lines import crossing, line_quads

SMALL, MIDDLE = 640, 2100
"""Long side in px where candidates are sought, and where the best is refined."""
CHANNEL_WEIGHTS = (1.0, 1.6, 1.6)
"""Colour parts weak edges better than brightness."""


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


class _Field:
    """Colour, gradients and what counts as an edge in one size of the picture."""

    def __init__(self, picture: Pixels, soften: float) -> None:
        self.height, self.width = picture.shape[:2]
        smooth = cv2.GaussianBlur(picture, (0, 0), soften).astype(np.float32) / 255
        self.lab: Floats = cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab)
        self.across, self.down, self.strength = self._gradients()
        self.edge = float(np.clip(1.5 * np.median(self.strength[::2, ::2]) + 1.0, 1.5, 6))

    def _gradients(self) -> tuple[Floats, Floats, Floats]:
        """Of the channel where they are strongest, pixel by pixel."""
        x = np.zeros(self.lab.shape[:2], np.float32)
        y, most = x.copy(), x.copy()
        for channel, weight in enumerate(CHANNEL_WEIGHTS):
            part = np.ascontiguousarray(self.lab[..., channel])
            part_x = cv2.Scharr(part, cv2.CV_32F, 1, 0, scale=weight / 32)
            part_y = cv2.Scharr(part, cv2.CV_32F, 0, 1, scale=weight / 32)
            strength = cv2.magnitude(part_x, part_y)
            better = (strength > most).astype(np.uint8)
            for source, target in ((part_x, x), (part_y, y), (strength, most)):
                cv2.copyTo(source, better, target)
        return x, y, most

    def supports(self, quads: Floats, points: int = 40, reach: int = 2) -> Floats:
        """Share of each side of many quads that lies on an edge across it, (K, 4)."""
        along = np.linspace(0.08, 0.92, points)
        side = np.roll(quads, -1, 1) - quads
        normal = np.stack([-side[..., 1], side[..., 0]], -1) / (np.linalg.norm(side, axis=2, keepdims=True) + 1e-6)
        places = quads[:, :, None] + side[:, :, None] * along[None, None, :, None]
        best = np.zeros((len(quads), 4, points), np.float32)
        for offset in range(-reach, reach + 1):
            at = places + normal[:, :, None] * offset
            column, row = np.rint(at[..., 0]).astype(np.int32), np.rint(at[..., 1]).astype(np.int32)
            inside = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height)
            column, row = np.clip(column, 0, self.width - 1), np.clip(row, 0, self.height - 1)
            x, y = self.across[row, column], self.down[row, column]
            crossing = np.abs(x * normal[:, :, None, 0] + y * normal[:, :, None, 1])
            straight = crossing > 0.85 * np.hypot(x, y)
            best = np.maximum(best, np.where(inside & straight, crossing, 0))
        return np.asarray(np.clip(best / self.edge, 0, 1).mean(2))

    def contrast(self, quad: Floats, share: float = 0.02) -> tuple[float, ...]:
        """dE76 between strips inside and outside each side; infinite where a strip lies outside the picture."""
        middle, scale = quad.mean(0), math.sqrt(float(areas(quad[None])[0]))
        found = []
        for start, end in zip(quad, np.roll(quad, -1, 0), strict=True):
            normal = np.array([-(end - start)[1], (end - start)[0]]) / (np.linalg.norm(end - start) + 1e-6)
            inward = normal if normal @ (middle - start) > 0 else -normal
            line = start + (end - start) * np.linspace(0.1, 0.9, 40)[:, None]
            strips = [self._colour(line, inward * sign * scale, share) for sign in (1, -1)]
            found.append(float(np.linalg.norm(strips[0] - strips[1])))
        return tuple(each if math.isfinite(each) else math.inf for each in found)

    def _colour(self, line: Floats, step: Floats, share: float) -> Floats:
        at = np.concatenate([line + step * share * far for far in (0.7, 1.0, 1.4)])
        inside = (at >= 0).all(1) & (at[:, 0] < self.width) & (at[:, 1] < self.height)
        if inside.sum() <= 10:
            return np.full(3, math.inf)
        return np.asarray(np.median(self.lab[at[inside, 1].astype(int), at[inside, 0].astype(int)], 0))


def locate(picture: Pixels, ratio: float | None = CARD_RATIO, focal: float = FOCAL) -> Located | None:
    """The quad that looks most like a card of this ratio (None: a sheet of any); None when nothing does."""
    height, width = picture.shape[:2]
    middle, scale = _shrunk(picture, MIDDLE)
    small, further = _shrunk(middle, SMALL)
    field = _Field(small, 1.0)
    best = _best(field, _candidates(field, small), ratio, focal)
    if best is None:
        return None
    quad = best / further
    for reach in (12, 6):
        quad = _refined(quad, middle, reach)
    quad = ordered(quad)
    support = field.supports((quad * further)[None])[0]
    error = ratio_errors(true_ratios((quad / scale)[None], (width, height), focal), ratio)[0] if ratio else 0.0
    whole = quad / scale
    rim = 0.004 * max(width, height)
    cut = bool((whole < rim).any() or (whole[:, 0] > width - rim).any() or (whole[:, 1] > height - rim).any())
    share = float(areas(whole[None])[0] / (width * height))
    contrast = field.contrast(quad * further)
    return Located(whole, float(support.mean()), float(support.min()), float(error), contrast, share, cut)


def _shrunk(picture: Pixels, long_side: int) -> tuple[Pixels, float]:
    scale = min(1.0, long_side / max(picture.shape[:2]))
    if scale == 1.0:
        return picture, 1.0
    if long_side == MIDDLE:
        scale = 1 / math.ceil(1 / scale)  # whole factors shrink several times as fast
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scale


def _best(field: _Field, quads: Floats, ratio: float | None, focal: float) -> Floats | None:
    if not len(quads):
        return None
    quads = np.array([ordered(quad) for quad in quads])
    whole = field.height * field.width
    area = areas(quads)
    quads = quads[(area > 0.03 * whole) & (area < 0.995 * whole) & are_convex(quads)]
    errors = (
        ratio_errors(true_ratios(quads, (field.width, field.height), focal), ratio) if ratio else np.zeros(len(quads))
    )
    quads, errors = quads[errors < 0.30], errors[errors < 0.30]
    if not len(quads):
        return None
    support = field.supports(quads)
    size = np.minimum(np.sqrt(areas(quads) / whole), 0.75)
    score = 0.45 * support.mean(1) + 0.30 * support.min(1) + 0.25 * np.exp(-((errors / 0.08) ** 2)) + 0.22 * size
    top = np.argsort(-score)[:8]
    parts = [float(np.mean([c for c in field.contrast(quads[i]) if math.isfinite(c)] or [0])) for i in top]
    final = [score[i] + 0.12 * min(1.0, part / 15) for i, part in zip(top, parts, strict=True)]
    return np.asarray(quads[top[int(np.argmax(final))]])


def _candidates(field: _Field, small: Pixels) -> Floats:
    found = [*_edge_quads(field), *_ground_quads(field)]
    lines = [line_quads(_bytes(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)))]
    for channel in (1, 2):
        part = field.lab[..., channel]
        if part.std() > 2.5:
            lines.append(line_quads(_bytes(np.clip((part - np.median(part)) * 3 + 128, 0, 255))))
    return np.concatenate([np.array(found).reshape(-1, 4, 2), *lines])


def _stretched(part: Floats) -> Pixels:
    low, high = float(part.min()), float(part.max())
    return np.asarray((part - low) * (255 / max(high - low, 1e-6)), np.uint8)


def _bytes(picture: Floats) -> Pixels:
    return np.asarray(picture, np.uint8)


def _hull_quads(mask: Pixels, mode: int) -> list[Floats]:
    """Quads around the largest shapes of a mask."""
    shapes, _ = cv2.findContours(mask, mode, cv2.CHAIN_APPROX_SIMPLE)
    least, found = 0.03 * mask.size, []
    for shape in sorted(shapes, key=cv2.contourArea, reverse=True)[:6]:
        hull = cv2.convexHull(shape)
        if len(hull) < 4 or cv2.contourArea(hull) < least:
            continue
        found.append(np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64))
        try:
            four = cv2.approxPolyN(hull, 4, approxCurve=None, epsilon_percentage=-1.0, ensure_convex=True)
        except cv2.error:
            continue
        if four.size == 8:
            found.append(np.asarray(four.reshape(4, 2), np.float64))
    return found


def _edge_quads(field: _Field) -> list[Floats]:
    found, sample = [], field.strength[::2, ::2]
    for percent in (80, 88, 94):
        edges = _bytes((field.strength > max(1.2, float(np.percentile(sample, percent)))) * 255)
        closed = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        found += _hull_quads(_bytes(closed), cv2.RETR_EXTERNAL)
    for channel in range(3):
        part = _stretched(field.lab[..., channel])
        middle, _ = cv2.threshold(part, 0, 255, cv2.THRESH_OTSU)
        canny = cv2.Canny(part, middle * 0.2, middle * 0.5)
        found += _hull_quads(_bytes(cv2.dilate(canny, np.ones((3, 3), np.uint8))), cv2.RETR_LIST)
    return found


def _ground_quads(field: _Field) -> list[Floats]:
    """What differs from the colours at the rim of the picture (Mahalanobis distance to four of them)."""
    lab = np.ascontiguousarray(field.lab[::2, ::2])
    rim = max(4, int(0.03 * min(lab.shape[:2])))
    strips = (lab[:rim], lab[-rim:], lab[:, :rim], lab[:, -rim:])
    samples = np.concatenate([strip.reshape(-1, 3) for strip in strips]).astype(np.float32)
    samples = samples[:: max(1, len(samples) // 2000)]
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 8, 1.0)
    cv2.setRNGSeed(1)
    _, labels, centres = cv2.kmeans(samples, 4, None, stop, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    apart = np.full(lab.shape[:2], 1e9, np.float32)
    for index, centre in enumerate(centres):
        own = samples[labels.ravel() == index]
        if len(own) >= 0.05 * len(samples):
            spread = own.std(0) + np.array([4, 2, 2], np.float32)
            apart = np.minimum(apart, (((lab - centre) / spread) ** 2).sum(2))
    distance = np.clip(np.sqrt(apart) * 12, 0, 255).astype(np.uint8)
    _, mask = cv2.threshold(distance, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    opened = cv2.morphologyEx(_bytes(mask), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return [quad * 2 for quad in _hull_quads(_bytes(closed), cv2.RETR_EXTERNAL)]


def _refined(quad: Floats, picture: Pixels, reach: int, points: int = 80) -> Floats:
    """Move each side onto the strongest edge within `reach` px (Huber fit), then cross the sides again."""
    sides = [_side(quad[i], quad[(i + 1) % 4], picture, reach, points) for i in range(4)]
    corners = [crossing((0.0, *sides[i - 1][::-1]), (0.0, *sides[i][::-1])) for i in range(4)]
    if any(corner is None for corner in corners):
        return quad
    moved = np.array(corners)
    return moved if np.isfinite(moved).all() and np.abs(moved - quad).max() < 3 * reach else quad


def _side(start: Floats, end: Floats, picture: Pixels, reach: int, points: int) -> tuple[Floats, Floats]:
    """A point and the direction of the edge along this side; the side itself when there is none."""
    along, length = end - start, float(np.linalg.norm(end - start))
    normal = np.array([-along[1], along[0]]) / length
    line = start + along * np.linspace(0.07, 0.93, points)[:, None]
    offsets = np.arange(-reach, reach + 1)
    at = (line[:, None] + normal * offsets[None, :, None]).astype(np.float32)
    strip = cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strip = cv2.cvtColor(cv2.GaussianBlur(strip, (0, 0), 1.5).astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    strength = np.abs(np.gradient(strip, axis=1) * CHANNEL_WEIGHTS).max(2)
    peak = strength.argmax(1)
    value = strength[np.arange(points), peak]
    found = (line + normal * offsets[peak][:, None])[value > max(0.6, 0.35 * float(np.median(value)))]
    if len(found) < 12:
        return start, along / length
    chosen = found.astype(np.float32)
    for _ in range(3):
        vx, vy, x0, y0 = cv2.fitLine(chosen, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        off = np.abs((chosen[:, 0] - x0) * vy - (chosen[:, 1] - y0) * vx)
        kept = off < max(1.0, 2.5 * float(np.median(off)))
        if kept.sum() < 10:
            break
        chosen = chosen[kept]
    return np.array([x0, y0], np.float64), np.array([vx, vy], np.float64)
