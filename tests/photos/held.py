"""People who hold their identity card into the camera: a drawn face, a shirt, a room, fingers on the card.

Levels as for flat cards; the same seed is the same person and card at every level.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.photos.cards import Card, back, front, portrait
from tests.photos.scenes import Floats, Photo, Truth, as_phone, lay

SIZE = (1512, 2016)
"""Width and height of a front camera's photo."""


@dataclass(frozen=True)
class Held:
    """How hard portraits of a level are; pairs are the least and the most of a figure."""

    card: tuple[float, float]
    spin: float
    fingers: bool
    room: int
    blur: tuple[float, float]
    noise: float
    gain: tuple[float, float]


LEVELS = {
    "easy": Held((0.46, 0.56), 6, False, 0, (0, 0.5), 2, (0.95, 1.05)),
    "medium": Held((0.38, 0.52), 12, True, 3, (0.3, 1.2), 4, (0.8, 1.1)),
    "hard": Held((0.3, 0.46), 22, True, 6, (0.8, 2.4), 8, (0.55, 1.2)),
}


def hand_held(seed: int, level: str = "easy", *, side: str = "front", with_face: bool = True,
              size: tuple[int, int] = SIZE) -> Photo:  # fmt: skip
    """A person with the card below the chin; `side` is front, back or none, and the face may be turned away."""
    chance, hard = random.Random(seed * 7919 + 9), LEVELS[level]
    noise = np.random.default_rng(seed * 31 + list(LEVELS).index(level))
    card = {"front": front, "back": back}[side](random.Random(seed)) if side != "none" else None
    pixels = _person(chance, random.Random(seed), hard, size, with_face=with_face)
    shown = {name: card.fields[name] for name in ("name", "id_number") if name in card.fields} if card else {}
    truth = Truth("portrait", level, seed, "room", shown, size=size)
    if card:
        pixels = _hold(pixels, card, chance, noise, hard, truth)
    return Photo(as_phone(_taken(pixels, chance, noise, hard)), truth)


def _person(chance: random.Random, who: random.Random, hard: Held, size: tuple[int, int], *, with_face: bool) -> Floats:
    """A room with shelves and frames, and somebody before it."""
    width, height = size
    wall = tuple(chance.randint(120, 235) for _ in range(3))
    picture = Image.new("RGB", size, wall)
    draw = ImageDraw.Draw(picture)
    for _ in range(hard.room):
        left, top = chance.uniform(-0.1, 0.9) * width, chance.uniform(-0.1, 0.7) * height
        box = [left, top, left + chance.uniform(0.1, 0.5) * width, top + chance.uniform(0.05, 0.4) * height]
        draw.rectangle(box, fill=tuple(chance.randint(40, 240) for _ in range(3)), outline=(60, 60, 60), width=6)
    shirt = tuple(chance.randint(30, 220) for _ in range(3))
    if with_face:
        tall = int(width * 0.98)
        face = portrait(who, int(width * 0.8), tall, (1, 2, 3))
        mask = Image.fromarray((np.abs(np.asarray(face).astype(int) - (1, 2, 3)).sum(2) > 40).astype(np.uint8) * 255)
        picture.paste(face, ((width - face.width) // 2, int(height * 0.03)), mask)
    draw.ellipse([width * 0.02, height * 0.62, width * 0.98, height * 1.6], fill=shirt)
    for stripe in range(0, width, max(30, width // chance.randint(12, 40))):
        if hard.room:
            draw.line([stripe, height * 0.75, stripe + 40, height], fill=tuple(int(v * 0.8) for v in shirt), width=8)
    return np.asarray(picture).astype(np.float32)


def _hold(
    pixels: Floats, card: Card, chance: random.Random, noise: np.random.Generator, hard: Held, truth: Truth
) -> Floats:
    width, height = truth.size
    long, spin = width * chance.uniform(*hard.card), math.radians(chance.uniform(-hard.spin, hard.spin))
    middle = np.array([width * chance.uniform(0.38, 0.62), height * chance.uniform(0.76, 0.84)])
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (long / 2, long * 54 / 85.6 / 2)
    half[:, 0] *= 1 + np.array([-1, 1, 1, -1]) * noise.uniform(-0.03, 0.03)
    turn = np.array([[math.cos(spin), math.sin(spin)], [-math.sin(spin), math.cos(spin)]])
    quad = (half @ turn + middle).astype(np.float32)
    laid, _ = lay(pixels, np.asarray(card.picture).astype(np.float32), card, quad, noise)
    truth.corners = quad.round(1).tolist()
    if not hard.fingers:
        return laid
    truth.finger = True
    shown = np.clip(laid, 0, 255).astype(np.uint8)
    skin = (206, 164, 134)
    for side in (0, 1):  # a thumb from each side, over the card's rim below the middle
        rim = quad[3] * 0.7 + quad[0] * 0.3 if side == 0 else quad[2] * 0.7 + quad[1] * 0.3
        out = (rim - middle) / np.linalg.norm(rim - middle)
        ends = [tuple((rim + out * far * long).astype(int).tolist()) for far in (-0.035, 0.6)]
        cv2.line(shown, ends[0], ends[1], skin, int(long * 0.09), cv2.LINE_AA)
    return shown.astype(np.float32)


def _taken(pixels: Floats, chance: random.Random, noise: np.random.Generator, hard: Held) -> NDArray[np.uint8]:
    """Exposure, blur of the lens, noise of the sensor."""
    scene = pixels * chance.uniform(*hard.gain)
    blur = chance.uniform(*hard.blur)
    if blur > 0.3:
        scene = cv2.GaussianBlur(scene, (0, 0), blur)
    grain = noise.standard_normal((scene.shape[0] // 2, scene.shape[1] // 2, 1), np.float32) * hard.noise
    return np.clip(scene + cv2.resize(grain, scene.shape[1::-1])[..., None], 0, 255).astype(np.uint8)
