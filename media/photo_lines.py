"""Straight lines of a picture, and the quads that four of them make."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from media.photo_geometry import Floats, Pixels, angle_between

MOST_LINES = 16
Line = tuple[float, Floats, Floats]
"""Angle, direction, and a point of it."""


@dataclass
class _Line:
    """Segments on one line: its angle, normal, distance from the origin, total length, ends."""

    angle: float
    normal: Floats
    distance: float
    length: float
    ends: list[Floats]

    def fitted(self) -> Line:
        """Angle, direction and a point of the line through all ends."""
        fit = cv2.fitLine(np.array(self.ends, np.float32), cv2.DIST_L1, 0, 0.01, 0.01).ravel()
        return math.atan2(fit[1], fit[0]) % math.pi, fit[:2], fit[2:]


def _lines(grey: Pixels) -> list[Line]:
    """The longest lines of the picture, collinear segments joined."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return []
    segments, long_side = found.reshape(-1, 4).astype(np.float64), max(grey.shape)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    joined: list[_Line] = []
    order = [i for i in np.argsort(-lengths)[:120] if lengths[i] > 0.025 * long_side]
    for i in order:
        start, end = segments[i, :2], segments[i, 2:]
        angle = math.atan2(*(end - start)[::-1]) % math.pi
        middle = (start + end) / 2
        for line in joined:
            near = abs(line.normal @ middle - line.distance) < 0.006 * long_side
            if near and angle_between(angle, line.angle) < math.radians(3):
                line.length += lengths[i]
                line.ends += [start, end]
                break
        else:
            normal = np.array([-math.sin(angle), math.cos(angle)])
            joined.append(_Line(angle, normal, float(normal @ middle), lengths[i], [start, end]))
    joined.sort(key=lambda line: -line.length)
    return [line.fitted() for line in joined[:MOST_LINES]]


def line_quads(grey: Pixels) -> Floats:
    """Every plausible quad of two nearly parallel pairs of lines."""
    lines, (height, width) = _lines(grey), grey.shape
    pairs = [
        (i, j)
        for i, j in itertools.combinations(range(len(lines)), 2)
        if angle_between(lines[i][0], lines[j][0]) < math.radians(28)
        and _gap(lines[i], lines[j]) >= 0.1 * min(width, height)
    ]
    corners = {(i, j): crossing(lines[i], lines[j]) for i, j in itertools.permutations(range(len(lines)), 2)}
    found = []
    for (i, j), (k, m) in itertools.combinations(pairs, 2):
        if len({i, j, k, m}) == 4 and angle_between(_mean(lines, i, j), _mean(lines, k, m)) >= math.radians(50):
            quad = [corners[i, k], corners[i, m], corners[j, m], corners[j, k]]
            if all(corner is not None for corner in quad):
                found.append(quad)
    if not found:
        return np.zeros((0, 4, 2))
    quads, margin = np.array(found, np.float64), 0.06 * max(width, height)
    inside = (quads > -margin).all((1, 2)) & (quads[..., 0] < width + margin).all(1)
    return np.asarray(quads[inside & (quads[..., 1] < height + margin).all(1)])


def _gap(first: Line, second: Line) -> float:
    normal = np.array([-math.sin(first[0]), math.cos(first[0])])
    return abs(float(normal @ (first[2] - second[2])))


def _mean(lines: list[Line], i: int, j: int) -> float:
    first, second = 2 * lines[i][0], 2 * lines[j][0]
    return math.atan2(math.sin(first) + math.sin(second), math.cos(first) + math.cos(second)) / 2


def crossing(first: Line, second: Line) -> Floats | None:
    """Where two lines meet; None for parallels."""
    (_, (vx, vy), point), (_, (ux, uy), other) = first, second
    determinant = vx * -uy + ux * vy
    if abs(determinant) < 1e-6:
        return None
    far = ((other[0] - point[0]) * -uy + ux * (other[1] - point[1])) / determinant
    return np.asarray(point + far * first[1])
