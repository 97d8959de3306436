"""Quads that may be the card: around closed edges, around what differs from the ground, and from straight lines."""

from __future__ import annotations

import cv2
import numpy as np

from media.photo_field import Field, even
from media.photo_geometry import Floats, Pixels
from media.photo_lines import line_quads


def candidates(field: Field, small: Pixels) -> Floats:
    """Every quad worth a look, (K, 4, 2) px of the small picture."""
    found = [*_edge_quads(field), *_ground_quads(field)]
    lines = [line_quads(_bytes(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)))]
    for channel in (1, 2):
        part = field.lab[..., channel]
        if part.std() > 2.5:
            lines.append(line_quads(_bytes(np.clip((part - np.median(part)) * 3 + 128, 0, 255))))
    return np.concatenate([np.array(found).reshape(-1, 4, 2), *lines])


def faint_candidates(small: Pixels) -> Floats:
    """Quads from lines that only show in the evened picture."""
    return np.concatenate([line_quads(part) for part in even(small)])


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


def _edge_quads(field: Field) -> list[Floats]:
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


def _ground_quads(field: Field) -> list[Floats]:
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
