"""A card seen at an angle becomes a flat picture of fixed scale; a signature becomes dark strokes on white."""

from __future__ import annotations

import cv2
import numpy as np

from media.photo_geometry import FOCAL, Floats, Pixels, ordered, true_ratios

PX_PER_MM = 15
CARD_SIZE = (1284, 810)
"""An ID-1 card at 15 px a millimetre, so that limits of measures do not depend on the camera."""
MARGIN = 0.012
"""Of the width: what is left around the card, so that no edge is cut."""
SIGNATURE_MARGIN = 0.06


def straighten(
    picture: Pixels, quad: Floats, size: tuple[int, int] = CARD_SIZE, focal: float = FOCAL
) -> tuple[Pixels, float, int]:
    """The flat card lying on its long side, the px of its long side in the photo, and how far it was turned (0 or 90).

    A card lies upright or upside down afterwards: only its text tells which.
    """
    corners, turned = ordered(quad), 0
    height, width = picture.shape[:2]
    if true_ratios(corners[None], (width, height), focal)[0] < 1:
        corners, turned = np.roll(corners, 1, 0), 90
    long_side = max(float(np.linalg.norm(corners[0] - corners[1])), float(np.linalg.norm(corners[2] - corners[3])))
    if long_side > 2 * size[0]:  # bilinear warping aliases when it shrinks by more than two
        scale = 1.5 * size[0] / long_side
        low = np.floor(corners.min(0) - 20).astype(int).clip(0)
        high = np.ceil(corners.max(0) + 20).astype(int)
        part = picture[low[1] : high[1], low[0] : high[0]]
        picture = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        corners = (corners - low) * scale
    x, y = size[0] * MARGIN, size[0] * MARGIN
    flat = np.array([[x, y], [size[0] - x, y], [size[0] - x, size[1] - y], [x, size[1] - y]], np.float32)
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), flat)
    card = cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(card, np.uint8), long_side, turned


def strokes_of(sheet: Pixels) -> tuple[Pixels, Floats] | None:
    """Dark strokes on white, cut to the writing, and its box (x, y, width, height) in the sheet; None without any."""
    grey = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY).astype(np.float32)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.GaussianBlur(cv2.dilate(small, np.ones((15, 15), np.uint8)), (0, 0), 10), grey.shape[::-1])
    ink = np.clip((paper - grey) / np.maximum(paper, 1), 0, 1)
    limit, _ = cv2.threshold((ink * 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    limit = max(limit / 255, 0.15)
    mask = (ink > limit).astype(np.uint8)
    rim_y, rim_x = (round(side * SIGNATURE_MARGIN / 2) for side in mask.shape)
    mask[:rim_y], mask[-rim_y:], mask[:, :rim_x], mask[:, -rim_x:] = 0, 0, 0, 0
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if mask.mean() < 0.002 or mask.mean() > 0.35 or not len(rows):
        return None
    rest = round(SIGNATURE_MARGIN * mask.shape[1])
    top, bottom = max(0, rows[0] - rest), min(mask.shape[0], rows[-1] + rest)
    left, right = max(0, columns[0] - rest), min(mask.shape[1], columns[-1] + rest)
    near = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    soft = 255 * (1 - np.clip(ink / (limit * 1.6), 0, 1) * near)
    written = np.repeat(soft[top:bottom, left:right, None], 3, 2).astype(np.uint8)
    return written, np.array([left, top, right - left, bottom - top], np.float64)
