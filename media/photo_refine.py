"""Move the sides of a quad onto the edges beside them, to parts of a pixel."""

from __future__ import annotations

import cv2
import numpy as np

from media.photo_field import CHANNEL_WEIGHTS
from media.photo_geometry import Floats, Pixels
from media.photo_lines import crossing


def refined(quad: Floats, picture: Pixels, reach: int, points: int = 80) -> Floats:
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
