"""Where edges lie in a picture, and how far two colours are apart across a line."""

from __future__ import annotations

import math

import cv2
import numpy as np

from media.photo_geometry import Floats, Pixels, areas

CHANNEL_WEIGHTS = (1.0, 1.6, 1.6)
"""Colour parts weak edges better than brightness."""
EVEN_STEP = 4.0
"""Grey levels of an evened picture that count as one step of Lab."""


def _lab(picture: Pixels, soften: float) -> Floats:
    smooth = cv2.GaussianBlur(picture, (0, 0), soften).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab))


def even(picture: Pixels) -> list[Pixels]:
    """L, a and b each less its surroundings and over their spread: what is barely seen becomes plain."""
    return [_even(part) for part in cv2.split(_lab(picture, 1.5))]


def _even(part: Floats) -> Pixels:
    apart = part - cv2.GaussianBlur(part, (0, 0), 12)
    spread = np.sqrt(cv2.GaussianBlur(apart * apart, (0, 0), 24))
    return np.asarray(np.clip(apart / (spread + 0.6) * 45 + 128, 0, 255), np.uint8)


class Field:
    """Colour, gradients and what counts as an edge in one size of the picture.

    With `evened` gradients are those of the picture whose contrast was made the same everywhere, so that a weak edge
    on a quiet ground counts as much as a strong one; colours stay what they are.
    """

    def __init__(self, picture: Pixels, *, evened: bool = False) -> None:
        self.height, self.width = picture.shape[:2]
        self.lab = _lab(picture, 1.0)
        shown = np.dstack(even(picture)).astype(np.float32) / EVEN_STEP if evened else self.lab
        self.across, self.down, self.strength = self._gradients(shown)
        most = 1e9 if evened else 6.0
        self.edge = float(np.clip(1.5 * np.median(self.strength[::2, ::2]) + 1.0, 1.5, most))

    def _gradients(self, shown: Floats) -> tuple[Floats, Floats, Floats]:
        """Of the channel where they are strongest, pixel by pixel."""
        x = np.zeros(shown.shape[:2], np.float32)
        y, most = x.copy(), x.copy()
        for channel, weight in enumerate(CHANNEL_WEIGHTS):
            part = np.ascontiguousarray(shown[..., channel])
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
            seen = all(np.isfinite(strip).all() for strip in strips)
            found.append(float(np.linalg.norm(strips[0] - strips[1])) if seen else math.inf)
        return tuple(found)

    def _colour(self, line: Floats, step: Floats, share: float) -> Floats:
        at = np.concatenate([line + step * share * far for far in (0.7, 1.0, 1.4)])
        inside = (at >= 0).all(1) & (at[:, 0] < self.width) & (at[:, 1] < self.height)
        if inside.sum() <= 10:
            return np.full(3, math.inf)
        return np.asarray(np.median(self.lab[at[inside, 1].astype(int), at[inside, 0].astype(int)], 0))
